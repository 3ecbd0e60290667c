#include "eval/logits/rows.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/threads.h"
#include "model/pass.h"

/* ---- the shape of a row ---- */

void shape_ranks(int out[SHAPE_RANKS], int n) {
    enum { HALF = SHAPE_RANKS / 2 };
    out[HALF] = (n + 1) / 2;
    for (int i = 0; i < HALF; i++) { /* in even steps of ln k from 1 to the middle */
        int k = (int)floor(exact_exp(exact_log((n + 1) / 2.0) * i / HALF) + 0.5);
        out[i] = k < out[HALF] ? k : out[HALF];
        out[SHAPE_RANKS - 1 - i] = n + 1 - out[i];
    }
}

/* sorted: the logits that count, the largest first. */
static void shape_of(LogitShape *out, const double *sorted, const LogitRow *row, const int *rank) {
    double mu = row->kstar.mu, sigma = row->kstar.sigma, sum = 0;
    double scale = SHAPE_BINS / (2 * SHAPE_REACH);
    memset(out->bin, 0, sizeof out->bin);
    for (int i = 0; i < row->n && sigma > 0; i++) {
        double place = floor(((sorted[i] - mu) / sigma + SHAPE_REACH) * scale);
        out->bin[place < 0 ? 0 : place >= SHAPE_BINS ? SHAPE_BINS - 1 : (int)place]++;
    }
    for (int i = 0; i < SHAPE_RANKS; i++) out->z[i] = sigma > 0 ? (sorted[rank[i] - 1] - mu) / sigma : NAN;
    for (int i = 0, k = 0; i < SHAPE_MASSES; i++) {
        for (; k < row->n && k < 1 << i; k++) sum += exact_exp(sorted[k] - row->log_z);
        out->mass[i] = row->n >= 1 << i ? sum : NAN;
    }
}

/* ---- a chunk of inputs ---- */

typedef struct Piece {
    LogitSeen *seen; /* room for row_room */
    int32_t *start, *inputs, *targets;
    uint8_t *chosen; /* one per token, as inputs and targets */
    int *first_row;  /* n_seq + 1: of the chosen rows, those of each sequence */
    int n_seq, rows, room;
    real *logits; /* (room, models, vocab_size), or NULL */
    size_t row_size;
} Piece;

/* What one thread needs. */
typedef struct Worker {
    GptWork **work; /* one for each model */
    int model;
    LogitWork stats;
    double *row; /* vocab_size */
    const LogitRowsPlan *plan;
    int vocab_size;
    const int *rank;
    LogitSeen *next;
    real *raw; /* of the row that comes next, or NULL */
    size_t row_size;
    Status status;
    Err err;
} Worker;

typedef struct Rows {
    const Gpt *g;
    LogitInputs *inputs;
    const LogitRowsPlan *plan;
    Piece piece;
    const Gpt **model; /* n_models: g, then the others */
    Weights *weights;
    int n_models, n_weights, n_workers, rank[SHAPE_RANKS];
    Worker *worker;
} Rows;

enum { PIECE_ROWS = 512, PIECE_REALS = 1 << 24, WORK_TOKENS = 256 };

static Status piece_create(Piece *p, int max_rows, size_t row_size, Err *err) {
    size_t room = PIECE_ROWS;
    if (row_size && room > PIECE_REALS / row_size) room = PIECE_REALS / row_size;
    if (room < (size_t)max_rows) room = (size_t)max_rows;
    *p = (Piece){.room = (int)room, .row_size = row_size};
    p->seen = malloc(room * sizeof *p->seen);
    p->start = calloc(room + 1, sizeof *p->start);
    p->inputs = malloc(room * sizeof *p->inputs);
    p->targets = malloc(room * sizeof *p->targets);
    p->chosen = malloc(room);
    p->first_row = calloc(room + 1, sizeof *p->first_row);
    p->logits = row_size ? malloc(room * row_size * sizeof *p->logits) : NULL;
    if (p->seen && p->start && p->inputs && p->targets && p->chosen && p->first_row &&
        (p->logits || !row_size))
        return OK;
    return err_set(err, ERR_NOMEM, "no memory for %zu rows of logits", room);
}

static void piece_free(Piece *p) {
    free(p->seen);
    free(p->start);
    free(p->inputs);
    free(p->targets);
    free(p->chosen);
    free(p->first_row);
    free(p->logits);
}

/* False: there is no room left for it. */
static bool piece_add(Piece *p, const LogitInput *input) {
    int at = p->start[p->n_seq];
    if (at + input->n + 1 > p->room) return false;
    for (int t = 0; t <= input->n; t++, at++) {
        p->inputs[at] = t ? input->token[t - 1] : 0;
        p->targets[at] = t < input->n ? input->token[t] : input->target;
        p->chosen[at] = t >= input->from;
        if (!p->chosen[at]) continue;
        LogitSeen *seen = &p->seen[p->rows++];
        seen->logits = p->logits ? p->logits + (size_t)(p->rows - 1) * p->row_size : NULL;
        seen->classes = input->classes;
        seen->number = input->number;
        seen->position = t;
        seen->target = p->targets[at];
    }
    p->start[++p->n_seq] = at;
    p->first_row[p->n_seq] = p->rows;
    return true;
}

/* Fills the piece; `pending`: an input that was read and had no room in the piece before, or its n is -1. */
static Status piece_fill(Rows *r, LogitInput *pending, bool *more, Err *err) {
    Piece *p = &r->piece;
    int V = r->g->config.vocab_size;
    p->n_seq = p->rows = 0;
    if (pending->n >= 0) CHECK(piece_add(p, pending));
    pending->n = -1;
    while (*more) {
        LogitInput input;
        TRY(r->inputs->next(r->inputs->source, &input, more, err));
        if (!*more) break;
        CHECK(input.n + 1 <= r->inputs->max_rows && input.from <= input.n);
        if (input.n + 1 > r->g->config.block_size)
            return err_set(err, ERR_INPUT, "input %d has %d tokens, with BOS the model reads at most %d",
                           input.number, input.n, r->g->config.block_size);
        for (int t = 0; t < input.n; t++)
            if (input.token[t] < 0 || input.token[t] >= V)
                return err_set(err, ERR_INPUT, "input %d: token %d, the model has %d symbols", input.number,
                               input.token[t], V);
        if (!piece_add(p, &input)) {
            *pending = input;
            break;
        }
    }
    return OK;
}

static void take_row(void *user, const real *logits) {
    Worker *w = user;
    LogitSeen *seen = w->next++;
    if (w->raw) {
        memcpy(w->raw + (size_t)w->model * (size_t)w->vocab_size, logits,
               (size_t)w->vocab_size * sizeof *logits);
        w->raw += w->row_size;
    }
    if (w->model || !w->plan->figures || w->status != OK) return;
    for (int v = 0; v < w->vocab_size; v++) w->row[v] = (double)logits[v];
    w->status = logit_row(&seen->row, w->row, w->vocab_size, w->plan->skip, seen->target, &w->stats, &w->err);
    if (w->status == OK) shape_of(&seen->shape, w->stats.sorted, &seen->row, w->rank);
}

/* Sequences are cut into equal parts, one for each thread. */
static Status run_piece(Rows *r, Err *err) {
    const Piece *p = &r->piece;
    Batch batch = {.n_seq = p->n_seq, .start = p->start, .inputs = p->inputs, .targets = p->targets};
#pragma omp parallel for schedule(static) num_threads(r->n_workers)
    for (int t = 0; t < r->n_workers; t++) {
        Worker *w = &r->worker[t];
        int from = (int)((int64_t)p->n_seq * t / r->n_workers),
            to = (int)((int64_t)p->n_seq * (t + 1) / r->n_workers);
        for (w->model = 0; w->model < r->n_models && from < to; w->model++) {
            w->next = p->seen + p->first_row[from];
            w->raw = p->logits ? p->logits + (size_t)p->first_row[from] * p->row_size : NULL;
            w->row_size = p->row_size;
            gpt_lens(r->model[w->model], w->work[w->model], &batch, from, to, r->plan->layer, p->chosen,
                     take_row, w);
        }
    }
    for (int t = 0; t < r->n_workers; t++)
        if (r->worker[t].status != OK) return err_set(err, r->worker[t].status, "%s", r->worker[t].err.msg);
    return OK;
}

/* ---- all of them ---- */

static Status weights_of_models(Rows *r, Err *err) {
    static const Team alone = {0, 1, NULL};
    int n = 1 + r->plan->n_others;
    r->model = calloc((size_t)n, sizeof *r->model);
    r->weights = calloc((size_t)n, sizeof *r->weights);
    if (!r->model || !r->weights) return err_set(err, ERR_NOMEM, "no memory for %d models", n);
    r->n_models = n;
    for (int m = 0; m < n; m++) r->model[m] = m ? r->plan->others[m - 1] : r->g;
    for (int m = 0; m < n; m++) {
        const Gpt *g = r->model[m];
        TRY(weights_create(&r->weights[m], g, g->ops->exact ? PACK_FORWARD : PACK_NONE, err));
        r->n_weights++;
        weights_pack(&r->weights[m], g->ops, PACK_FORWARD, &alone);
    }
    return OK;
}

static Status worker_create(Worker *w, Rows *r, Err *err) {
    int V = r->g->config.vocab_size, longest = r->inputs->max_rows;
    int sequences = WORK_TOKENS / longest > 1 ? WORK_TOKENS / longest : 1;
    *w = (Worker){.plan = r->plan, .vocab_size = V, .rank = r->rank};
    w->row = malloc((size_t)V * sizeof *w->row);
    w->work = calloc((size_t)r->n_models, sizeof *w->work);
    if (!w->row || !w->work) return err_set(err, ERR_NOMEM, "no memory for %d logits", V);
    for (int m = 0; m < r->n_models; m++)
        TRY(gpt_work_create(&w->work[m], r->model[m], sequences * longest, sequences, longest, false, 1,
                            &r->weights[m], err));
    return logit_work_create(&w->stats, V, err);
}

static Status workers_create(Rows *r, Err *err) {
    int threads = r->plan->threads ? r->plan->threads : threads_default(), V = r->g->config.vocab_size, n = V;
    for (int v = 0; r->plan->skip && v < V; v++) n -= r->plan->skip[v] != 0;
    if (n < KSTAR_VOCABULARY_MIN)
        return err_set(err, ERR_INPUT,
                       "%d of the model's %d symbols were trained; a normal law needs at least %d logits", n,
                       V, KSTAR_VOCABULARY_MIN);
    shape_ranks(r->rank, n);
    TRY(weights_of_models(r, err));
    r->worker = calloc((size_t)threads, sizeof *r->worker);
    if (!r->worker) return err_set(err, ERR_NOMEM, "no memory for %d threads", threads);
    while (r->n_workers < threads) TRY(worker_create(&r->worker[r->n_workers++], r, err));
    return OK;
}

static void rows_free(Rows *r) {
    for (int t = 0; t < r->n_workers; t++) {
        Worker *w = &r->worker[t];
        for (int m = 0; w->work && m < r->n_models; m++) gpt_work_free(w->work[m]);
        free(w->work);
        logit_work_free(&w->stats);
        free(w->row);
    }
    for (int m = 0; m < r->n_weights; m++) weights_free(&r->weights[m]);
    free(r->weights);
    free(r->model);
    free(r->worker);
    piece_free(&r->piece);
}

Status logit_rows(const Gpt *g, LogitInputs *inputs, const LogitRowsPlan *plan, LogitSink *sink, void *user,
                  Err *err) {
    Rows r = {.g = g, .inputs = inputs, .plan = plan};
    LogitInput pending = {.n = -1};
    bool more = true;
    Status status = OK;
    size_t row_size = plan->raw ? (size_t)g->config.vocab_size * (size_t)(1 + plan->n_others) : 0;
    TRY_GOTO(piece_create(&r.piece, inputs->max_rows, row_size, err));
    TRY_GOTO(workers_create(&r, err));
    TRY_GOTO(inputs->rewind(inputs->source, err));
    while (more || pending.n >= 0) {
        TRY_GOTO(piece_fill(&r, &pending, &more, err));
        TRY_GOTO(run_piece(&r, err));
        for (int i = 0; i < r.piece.rows; i++) TRY_GOTO(sink(user, &r.piece.seen[i], err));
    }
done:
    rows_free(&r);
    return status;
}
