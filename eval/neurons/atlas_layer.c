#include "eval/neurons/atlas_layer.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "eval/prompts.h"

static int sequences_of(const AtlasReader *r) {
    int max_len = r->classes->facts->max_len;
    return 256 / max_len > 1 ? 256 / max_len : 1;
}

Status atlas_reader_create(AtlasReader *out, const Gpt *g, const AtlasClasses *classes, bool answer,
                           int threads, Err *err) {
    const FactSet *facts = classes->facts;
    bool heads = hook_width(&g->config, HOOK_Z) > 0;
    *out = (AtlasReader){.g = g, .classes = classes, .answer = answer};
    TRY(facts_readable(g, facts, err));
    TRY(fact_batch_create(&out->all, facts, err));
    out->work = calloc((size_t)threads, sizeof *out->work);
    if (!out->work) return err_set(err, ERR_NOMEM, "no memory for %d threads", threads);
    int sequences = sequences_of(out);
    for (; out->threads < threads; out->threads++)
        TRY(gpt_work_create(&out->work[out->threads], g, sequences * facts->max_len, sequences,
                            facts->max_len, heads, 1, NULL, err));
    return OK;
}

void atlas_reader_free(AtlasReader *r) {
    for (int t = 0; t < r->threads; t++) gpt_work_free(r->work[t]);
    free(r->work);
    fact_batch_free(&r->all);
}

Status atlas_layer_create(AtlasLayer *out, const AtlasReader *reader, Err *err) {
    const ModelConfig *c = &reader->g->config;
    const FactSet *facts = reader->classes->facts;
    size_t n = (size_t)reader->classes->n_facts;
    AtlasLayer l = {.neurons = hook_width(c, HOOK_POST), .heads = hook_width(c, HOOK_Z) ? c->n_head : 0};
    l.units = l.neurons + l.heads;
    l.rows = calloc(n, sizeof *l.rows);
    l.looked = calloc(n, sizeof *l.looked);
    l.score = calloc(n * (size_t)l.units + 1, sizeof *l.score);
    l.mean = calloc(n * (size_t)l.neurons + 1, sizeof *l.mean);
    l.fires = calloc(n * (size_t)l.neurons + 1, sizeof *l.fires);
    l.look = calloc(n * (size_t)l.heads * LOOKS + 1, sizeof *l.look);
    *out = l;
    if (!l.rows || !l.looked || !l.score || !l.mean || !l.fires || !l.look)
        return err_set(err, ERR_NOMEM,
                       "no memory for %zu facts and the %d neurons and heads of a layer (%.1f MiB)", n,
                       l.units, (double)n * (12.0 * l.neurons + 20.0 * l.heads) / (1 << 20));
    for (size_t i = 0; i < n; i++) {
        int sequence = reader->classes->first + (int)i;
        int length = (int)(facts->start[sequence + 1] - facts->start[sequence]);
        int from = reader->answer ? facts->prompt_len[sequence] : 0;
        l.rows[i] = length - from;
        l.looked[i] = length - (from > 1 ? from : 1);
    }
    return OK;
}

void atlas_layer_free(AtlasLayer *l) {
    free(l->rows);
    free(l->looked);
    free(l->score);
    free(l->mean);
    free(l->fires);
    free(l->look);
}

/* ---- one fact: the observed rows from `from` on ---- */

typedef struct Rows {
    const real *x;
    ptrdiff_t ld;
    int from, to;
} Rows;

static void take_pre(const AtlasLayer *l, size_t i, Rows r) {
    for (int j = 0; j < l->neurons; j++) {
        double sum = 0;
        int fires = 0;
        for (int t = r.from; t < r.to; t++) {
            sum += (double)r.x[t * r.ld + j];
            fires += r.x[t * r.ld + j] > 0;
        }
        l->score[i * (size_t)l->units + (size_t)j] = (real)(sum / l->rows[i]);
        l->fires[i * (size_t)l->neurons + (size_t)j] = fires;
    }
}

static void take_post(const AtlasLayer *l, size_t i, Rows r) {
    for (int j = 0; j < l->neurons; j++) {
        double sum = 0;
        for (int t = r.from; t < r.to; t++) sum += (double)r.x[t * r.ld + j];
        l->mean[i * (size_t)l->neurons + (size_t)j] = (real)(sum / l->rows[i]);
    }
}

static void take_z(const AtlasLayer *l, size_t i, Rows r, int size) {
    for (int h = 0; h < l->heads; h++) {
        double sum = 0;
        for (int t = r.from; t < r.to; t++) {
            double square = 0;
            for (int j = 0; j < size; j++) {
                double v = (double)r.x[t * r.ld + h * size + j];
                square += v * v;
            }
            sum += sqrt(square);
        }
        l->score[i * (size_t)l->units + (size_t)(l->neurons + h)] = (real)(sum / l->rows[i]);
    }
}

/* Key t is the row whose input is token t - 1: keys 1 .. prompt are those of the prompt. */
static void take_pattern(const AtlasLayer *l, size_t i, Rows r, int head, int prompt) {
    double sum[LOOKS] = {0};
    for (int t = r.from > 1 ? r.from : 1; t < r.to; t++) {
        const real *key = r.x + t * r.ld;
        sum[LOOK_BOS] += (double)key[0];
        sum[LOOK_PREVIOUS] += (double)key[t - 1];
        sum[LOOK_SELF] += (double)key[t];
        for (int k = 1; k <= prompt && k <= t; k++) sum[LOOK_PROMPT] += (double)key[k];
    }
    for (int o = 0; o < LOOKS; o++)
        l->look[(i * (size_t)l->heads + (size_t)head) * LOOKS + (size_t)o] =
            (real)(l->looked[i] > 0 ? sum[o] / l->looked[i] : 0);
}

/* ---- all of them ---- */

typedef struct Taker {
    const AtlasReader *reader;
    const AtlasLayer *layer;
    int sequence; /* the first of the block */
} Taker;

static void take(void *user, const HookObservation *seen) {
    const Taker *k = user;
    const AtlasReader *reader = k->reader;
    const AtlasLayer *l = k->layer;
    const FactSet *facts = reader->classes->facts;
    const ModelConfig *c = &reader->g->config;
    if (seen->hook.layer != l->layer) return;
    int s = k->sequence;
    while (reader->all.start[s] < seen->token) s++;
    for (int32_t end = seen->token + seen->rows; reader->all.start[s] < end; s++) {
        int32_t start = reader->all.start[s];
        size_t i = (size_t)(s - reader->classes->first);
        Rows r = {seen->x + (start - seen->token) * seen->ld, seen->ld,
                  reader->answer ? facts->prompt_len[s] : 0, reader->all.start[s + 1] - start};
        if (seen->hook.site == HOOK_PRE) take_pre(l, i, r);
        else if (seen->hook.site == HOOK_POST) take_post(l, i, r);
        else if (seen->hook.site == HOOK_Z) take_z(l, i, r, head_size(c));
        else take_pattern(l, i, r, seen->column / c->block_size, facts->prompt_len[s]);
    }
}

/* Threads take blocks of facts; the scores of a fact depend on no other fact. */
Status atlas_layer_read(AtlasLayer *l, const AtlasReader *reader, int layer, Err *err) {
    const AtlasClasses *c = reader->classes;
    int block = sequences_of(reader), blocks = (c->n_facts + block - 1) / block;
    unsigned sites = 0;
    l->layer = layer;
    if (l->neurons) sites |= 1u << HOOK_PRE | 1u << HOOK_POST;
    if (l->heads) sites |= 1u << HOOK_Z | 1u << HOOK_PATTERN;
#pragma omp parallel for num_threads(reader->threads) schedule(dynamic, 1)
    for (int b = 0; b < blocks; b++) {
        int from = b * block, to = from + block < c->n_facts ? from + block : c->n_facts;
        Taker taker = {reader, l, c->first + from};
        gpt_observe(reader->g, reader->work[omp_get_thread_num()], &reader->all.batch, c->first + from,
                    c->first + to, sites, take, &taker);
    }
    for (size_t i = 0; i < (size_t)c->n_facts * (size_t)l->units; i++)
        if (!isfinite(l->score[i]))
            return err_set(err, ERR_NUMERIC, "activations of layer %d are beyond all numbers", layer);
    return OK;
}
