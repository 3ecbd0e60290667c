#include "eval/tools/tool_eval.h"

#include <stdlib.h>
#include <string.h>

#include "eval/fact_batch.h"
#include "eval/prompts.h"
#include "eval/tools/other_answer.h"
#include "eval/tools/token_eval.h"
#include "model/parallel.h"
#include "model/tool_writes.h"

const char *const tool_cause_name[CAUSES] = {"right",    "missed",    "early",   "false",
                                             "argument", "execution", "decoding"};

typedef struct Bench {
    const Gpt *g;
    const FactSet *facts;
    const Calls *calls;
    ToolSet *set;
    const ToolEvalOptions *options;
    FactBatch pool, batch;
    ToolRows rows;
    Parallel *parallel;
    ToolWrites writes;
    int32_t *written, *call, *point, *best; /* of the batch's tokens */
    int32_t *called, *caller;               /* as in ToolWrites, of the batch's tokens */
    int32_t *tokens;                        /* as ToolEvalOptions has them, with wrong results injected */
    double *nats;
    int not_wrong; /* calls whose result stayed the true one */
    int i;         /* the sequence that is read */
} Bench;

/* ---- what calls return ---- */

static const Call *due_at(const Bench *b, int i, int row) {
    for (int64_t c = b->calls->start[i]; c < b->calls->start[i + 1]; c++)
        if (b->calls->call[c].row == row && b->calls->call[c].tool >= 0) return &b->calls->call[c];
    return NULL;
}

/* A ToolResult. */
static int result_of(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    Bench *b = user;
    const int32_t *tokens = b->tokens + b->facts->start[b->i];
    const Call *due = due_at(b, b->i, position);
    if (b->options->inject == INJECT_NONE) return TOOL_NONE;
    if (b->options->inject == INJECT_WRONG && due && due->tool == call - 1) {
        int n = due->n_result < room ? due->n_result : room;
        memcpy(result, tokens + position, (size_t)n * sizeof *result);
        return n;
    }
    return tool_set_result(&(ToolReader){b->set, tokens}, position, call, place, result, room);
}

static void inject_wrong(Bench *b, int first, int n) {
    const OtherAnswers others = {.facts = b->facts,
                                 .calls = b->calls,
                                 .symbol_class = b->set->spelling->symbol_class,
                                 .stream = random_stream(b->options->seed, RANDOM_TOOLS, 1),
                                 .tokens = b->tokens};
    b->not_wrong = other_answers(&others, first, n);
}

/* ---- the passes ---- */

static Status bench_create(Bench *b, int first, int n, Err *err) {
    const FactSet *facts = b->facts;
    int threads = b->options->threads, len = facts->max_len;
    size_t tokens = (size_t)n * (size_t)len, pointers = (size_t)b->g->config.tool.n_pointers;
    ParallelPlan plan = {.threads = threads, .batch_size = n, .max_len = len};
    TRY(facts_readable(b->g, facts, err));
    TRY(fact_batch_create(&b->pool, facts, err));
    TRY(fact_batch_reserve(&b->batch, n, len, err));
    TRY(parallel_create(&b->parallel, b->g, &plan, err));
    TRY(tool_writes_create(&b->writes, len, b->set->max_calls, result_of, b, err));
    b->written = malloc(tokens * sizeof *b->written);
    b->call = calloc(tokens, sizeof *b->call);
    b->point = calloc(tokens * (pointers + 1), sizeof *b->point);
    b->best = malloc(tokens * sizeof *b->best);
    b->called = calloc(tokens, sizeof *b->called);
    b->caller = malloc(tokens * sizeof *b->caller);
    b->nats = malloc(tokens * sizeof *b->nats);
    b->tokens = malloc((size_t)facts->start[facts->n_pool] * sizeof *b->tokens);
    if (!b->written || !b->call || !b->point || !b->best || !b->called || !b->caller || !b->nats ||
        !b->tokens)
        return err_set(err, ERR_NOMEM, "no memory to evaluate the tools on %d facts", n);
    memcpy(b->tokens, b->options->tokens ? b->options->tokens : facts->tokens,
           (size_t)facts->start[facts->n_pool] * sizeof *b->tokens);
    if (b->options->inject == INJECT_WRONG) inject_wrong(b, first, n);
    fact_batch_clear(&b->batch);
    for (int i = first; i < first + n; i++) {
        fact_batch_add(&b->batch, &b->pool, i);
        int32_t at = b->batch.start[i - first], length = b->batch.start[i - first + 1] - at;
        const int32_t *read = b->tokens + facts->start[i];
        memcpy(b->batch.inputs + at + 1, read, (size_t)(length - 1) * sizeof *read);
    }
    b->rows = (ToolRows){.written = b->written, .symbol_class = b->set->spelling->symbol_class};
    return OK;
}

static void bench_free(Bench *b) {
    fact_batch_free(&b->pool);
    fact_batch_free(&b->batch);
    parallel_free(b->parallel);
    tool_writes_free(&b->writes);
    free(b->written);
    free(b->call);
    free(b->point);
    free(b->best);
    free(b->called);
    free(b->caller);
    free(b->nats);
    free(b->tokens);
}

/* ---- what is counted ---- */

static bool same_tokens(const int32_t *tokens, Piece a, Piece b) {
    return a.n == b.n && memcmp(tokens + a.first, tokens + b.first, (size_t)a.n * sizeof *tokens) == 0;
}

static bool same_arguments(const Bench *b, const Call *due, const int32_t *place) {
    Piece piece[TOOL_ARGS_MAX];
    int64_t start = b->facts->start[b->i];
    const int32_t *tokens = b->tokens + start, *fact = b->facts->tokens + start;
    const ToolArgs *args = &b->set->args[due->tool];
    if (!tool_set_arguments(b->set, tokens, due->row, due->tool + 1, place, piece)) return false;
    for (int a = 0; a < args->n; a++)
        if (!same_tokens(tokens, piece[a], call_piece(due, args, a, fact, b->set->spelling))) return false;
    return true;
}

static bool same_result(const Bench *b, const Call *due, int32_t at, int rows) {
    const int32_t *written = b->written + at, *caller = b->caller + at;
    const int32_t *answer = b->tokens + b->facts->start[b->i] + due->row;
    for (int k = 0; k < due->n_result; k++)
        if (written[due->row + k] != answer[k]) return false;
    int32_t end = due->row + due->n_result; /* where the next call may have its own result */
    return end >= rows || written[end] == TOOL_END || caller[end] != due->row;
}

static int calls_made(const int32_t *called, int tool, int before) {
    int n = 0;
    for (int t = 0; t < before; t++) n += called[t] == tool + 1;
    return n;
}

/* Of a wrong answer; at: the first row of the sequence in the batch. */
static ToolCause cause_of(const Bench *b, const Call *c, int32_t at, int rows) {
    const int32_t *called = b->called + at;
    int last = c->row + c->n_result < rows ? c->row + c->n_result : rows - 1, here = called[c->row];
    if (c->tool < 0) {
        for (int t = 0; t <= last; t++)
            if (called[t] && !due_at(b, b->i, t)) return CAUSE_FALSE;
        return CAUSE_DECODING;
    }
    if (here && here != c->tool + 1) return CAUSE_FALSE;
    if (!here) {
        bool used_up = calls_made(called, c->tool, c->row) >= b->set->max_calls[c->tool];
        return b->caller[at + c->row] >= 0 || used_up ? CAUSE_EARLY : CAUSE_MISSED;
    }
    const int32_t *place = b->point + (size_t)(at + c->row) * (size_t)b->g->config.tool.n_pointers;
    if (!same_arguments(b, c, place)) return CAUSE_ARGUMENT;
    return same_result(b, c, at, rows) ? CAUSE_DECODING : CAUSE_EXECUTION;
}

/* Answers the calls of one sequence. */
static void write_rows(Bench *b, int32_t at, int rows, ToolFigures *out) {
    size_t pointers = (size_t)b->g->config.tool.n_pointers;
    b->writes.length = rows;
    for (int t = 0; t < rows; t++) {
        const int32_t *place = b->point + (size_t)(at + t) * pointers;
        b->written[at + t] = tool_writes_step(&b->writes, t, b->options->off ? 0 : b->call[at + t], place);
        const Call *due = due_at(b, b->i, t);
        int called = b->writes.called[t];
        out->made += called > 0;
        out->spurious += called > 0 && (!due || due->tool + 1 != called);
        out->due += due != NULL;
        out->missed += due && due->tool + 1 != called;
    }
    memcpy(b->called + at, b->writes.called, (size_t)rows * sizeof *b->called);
    memcpy(b->caller + at, b->writes.caller, (size_t)rows * sizeof *b->caller);
}

static void count_answers(Bench *b, int32_t at, int rows, ToolFigures *out) {
    const int32_t *tokens = b->tokens + b->facts->start[b->i], eos = b->facts->vocab.eos;
    for (int64_t k = b->calls->start[b->i]; k < b->calls->start[b->i + 1]; k++) {
        const Call *c = &b->calls->call[k];
        int end = c->row + c->n_result;
        bool right = true;
        if (b->options->counted && !b->options->counted[k]) continue;
        end += end < rows && tokens[end] == eos;
        for (int t = c->row; t < end; t++) right = right && b->best[at + t] == tokens[t];
        out->answers++;
        out->by_weights += c->tool < 0;
        out->right_by_weights += c->tool < 0 && right;
        out->answer_tokens += end - c->row;
        out->ended += c->tool >= 0 && eos >= 0 && b->best[at + c->row] == eos;
        out->cause[right ? CAUSE_RIGHT : cause_of(b, c, at, rows)]++;
    }
}

/* As a code length of the facts is counted (eval/evaluate.h): fact by fact. */
static double coded_nats(const Bench *b, int32_t at, int rows) {
    double nats = 0;
    for (int t = 0; t < rows; t++)
        if (facts_coded(b->facts, b->facts->start[b->i] + t)) nats += b->nats[at + t];
    return nats;
}

static Status evaluate(Bench *b, int first, int n, ToolFigures *out, Err *err) {
    int64_t unspelled = b->set->unspelled;
    b->batch.batch.tools = &b->rows;
    tool_set_begin(b->set);
    out->not_wrong = b->not_wrong;
    if (b->g->config.tool.n_tools) parallel_tool_choices(b->parallel, &b->batch.batch, b->call, b->point);
    for (int s = 0; s < n; s++) {
        b->i = first + s;
        write_rows(b, b->batch.start[s], b->batch.start[s + 1] - b->batch.start[s], out);
    }
    if (b->set->status != OK) return err_set(err, b->set->status, "%s", b->set->err.msg);
    parallel_code_lengths(b->parallel, &b->batch.batch, b->nats, b->best);
    for (int s = 0; s < n; s++) {
        b->i = first + s;
        int32_t at = b->batch.start[s], rows = b->batch.start[s + 1] - at;
        count_answers(b, at, rows, out);
        out->code_nats += coded_nats(b, at, rows);
    }
    if (out->answers) out->answer_tokens /= out->answers;
    out->unspelled = b->set->unspelled - unspelled;
    return OK;
}

Status tool_evaluate(ToolFigures *out, const Gpt *g, const FactSet *facts, int first, int n,
                     const Calls *calls, ToolSet *set, const ToolEvalOptions *options, Err *err) {
    if (tools_by_tokens(set->config->tools, set->config->n_tools))
        return token_evaluate(out, g, facts, first, n, calls, set, options, err);
    Bench b = {.g = g, .facts = facts, .calls = calls, .set = set, .options = options};
    *out = (ToolFigures){.answers = 0};
    Status status = bench_create(&b, first, n, err);
    if (status == OK) status = evaluate(&b, first, n, out, err);
    bench_free(&b);
    return status;
}
