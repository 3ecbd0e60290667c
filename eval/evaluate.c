/* Code lengths come from the same forward as training's; here they are only summed, in a fixed order. */
#include "eval/evaluate.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/number.h"
#include "base/threads.h"

Status fact_batch_create(FactBatch *out, const FactSet *facts, Err *err) {
    memset(out, 0, sizeof *out);
    int64_t tokens = facts->start[facts->n_pool];
    if (tokens > INT32_MAX || facts->n_pool > INT32_MAX - 1)
        return err_set(err, ERR_INPUT, "facts hold %lld tokens, at most %d fit; take fewer or shorter facts",
                       (long long)tokens, INT32_MAX);
    out->start = malloc(((size_t)facts->n_pool + 1) * sizeof(int32_t));
    out->tags = malloc(((size_t)facts->n_pool + 1) * sizeof(int32_t));
    out->inputs = malloc(((size_t)tokens + 1) * sizeof(int32_t));
    out->targets = malloc(((size_t)tokens + 1) * sizeof(int32_t));
    if (!out->start || !out->tags || !out->inputs || !out->targets) {
        fact_batch_free(out);
        return err_set(err, ERR_NOMEM, "no memory for %lld tokens of facts", (long long)tokens);
    }
    for (int i = 0; i < facts->n_pool; i++) {
        int64_t first = facts->start[i];
        if (fact_length(facts, i) < 1) {
            fact_batch_free(out);
            return err_set(err, ERR_INPUT, "fact %d is empty: a fact has at least one token", i);
        }
        out->start[i] = (int32_t)first;
        out->tags[i] = facts->tag ? facts->tag[i] : -1;
        out->inputs[first] = 0; /* BOS reads row 0 */
        for (int64_t t = first + 1; t < facts->start[i + 1]; t++) out->inputs[t] = facts->tokens[t - 1];
    }
    out->start[facts->n_pool] = (int32_t)tokens;
    memcpy(out->targets, facts->tokens, (size_t)tokens * sizeof(int32_t));
    out->batch = (Batch){facts->n_pool, out->start, out->inputs, out->targets, out->tags, NULL};
    return OK;
}

void fact_batch_free(FactBatch *b) {
    free(b->start);
    free(b->inputs);
    free(b->targets);
    free(b->tags);
    free(b->sequence);
    memset(b, 0, sizeof *b);
}

Status fact_batch_reserve(FactBatch *out, int n, int max_len, Err *err) {
    size_t sequences = (size_t)n, tokens = sequences * (size_t)max_len;
    *out = (FactBatch){.start = calloc(sequences + 1, sizeof *out->start),
                       .tags = calloc(sequences, sizeof *out->tags),
                       .sequence = calloc(sequences, sizeof *out->sequence),
                       .inputs = calloc(tokens, sizeof *out->inputs),
                       .targets = calloc(tokens, sizeof *out->targets)};
    if (!out->start || !out->tags || !out->sequence || !out->inputs || !out->targets) {
        fact_batch_free(out);
        return err_set(err, ERR_NOMEM, "no memory for a batch of %zu tokens", tokens);
    }
    out->batch = (Batch){n, out->start, out->inputs, out->targets, out->tags, NULL};
    return OK;
}

void fact_batch_clear(FactBatch *b) { b->batch.n_seq = b->start[0] = 0; }

void fact_batch_add(FactBatch *to, const FactBatch *from, int j) {
    int n = to->batch.n_seq++;
    int32_t at = to->start[n], first = from->start[j], length = from->start[j + 1] - first;
    memcpy(to->inputs + at, from->inputs + first, (size_t)length * sizeof *to->inputs);
    memcpy(to->targets + at, from->targets + first, (size_t)length * sizeof *to->targets);
    to->tags[n] = from->tags[j];
    to->sequence[n] = from->sequence ? from->sequence[j] : j;
    to->start[n + 1] = at + length;
}

void fact_batch_draw(FactBatch *out, const FactBatch *all, Mix *mix, int64_t position) {
    int n = out->batch.n_seq;
    fact_batch_clear(out);
    for (int j = 0; j < n; j++) fact_batch_add(out, all, mix_sequence(mix, position + j));
}

/* ---- prompts: sorted, a fact shares its longest prefix with a neighbour ---- */

static int common_prefix(const FactSet *facts, int a, int b) {
    const int32_t *x = facts->tokens + facts->start[a], *y = facts->tokens + facts->start[b];
    int n = fact_length(facts, a), m = fact_length(facts, b), k = 0;
    while (k < n && k < m && x[k] == y[k]) k++;
    return k;
}

static int compare_facts(const void *left, const void *right, void *context) {
    const FactSet *facts = context;
    int a = *(const int32_t *)left, b = *(const int32_t *)right, k = common_prefix(facts, a, b);
    int n = fact_length(facts, a), m = fact_length(facts, b);
    if (k == n || k == m) return n != m ? (n > m) - (n < m) : (a > b) - (a < b);
    int32_t x = facts->tokens[facts->start[a] + k], y = facts->tokens[facts->start[b] + k];
    return (x > y) - (x < y);
}

Status recall_prompts(int32_t *out, const FactSet *facts, Err *err) {
    int n = facts->n;
    int32_t *sorted = malloc(((size_t)n + 1) * sizeof *sorted);
    if (!sorted) return err_set(err, ERR_NOMEM, "no memory to sort %d facts", n);
    for (int i = 0; i < n; i++) sorted[i] = i;
    qsort_r(sorted, (size_t)n, sizeof *sorted, compare_facts, (void *)facts);
    for (int i = 0; i < n; i++) out[sorted[i]] = 0;
    for (int i = 0; i + 1 < n; i++) {
        int a = sorted[i], b = sorted[i + 1], unique = common_prefix(facts, a, b) + 1;
        if (out[a] < unique) out[a] = unique;
        if (out[b] < unique) out[b] = unique;
    }
    free(sorted);
    for (int i = 0; i < n; i++) {
        int own = facts->prompt_len ? facts->prompt_len[i] : 0, length = fact_length(facts, i);
        if (own >= length)
            return err_set(err, ERR_INPUT,
                           "fact %d: a prompt of %d tokens leaves nothing to recall of its %d", i, own,
                           length);
        if (own > 0) out[i] = own;
        if (out[i] > length - 1) out[i] = length - 1;
    }
    return OK;
}

/* ---- the evaluator ---- */

Status facts_readable(const Gpt *g, const FactSet *facts, Err *err) {
    for (int i = 0; i < facts->n_pool; i++) {
        if (fact_length(facts, i) > g->config.block_size)
            return err_set(err, ERR_INPUT, "fact %d has %d tokens, the model reads at most block_size = %d",
                           i, fact_length(facts, i), g->config.block_size);
        for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++)
            if (facts->tokens[t] < 0 || facts->tokens[t] >= g->config.vocab_size)
                return err_set(err, ERR_INPUT, "fact %d, token %lld is %d, the model's vocab_size is %d", i,
                               (long long)(t - facts->start[i]), facts->tokens[t], g->config.vocab_size);
    }
    return OK;
}

Status evaluator_create(Evaluator *out, const Gpt *g, const FactSet *facts, int threads, Err *err) {
    memset(out, 0, sizeof *out);
    if (facts->n < 1) return err_set(err, ERR_INPUT, "no facts to evaluate: at least 1");
    TRY(facts_readable(g, facts, err));
    Status status = OK;
    int n_scored = facts->n + facts->n_heldout; /* they stand at the pool's beginning */
    out->facts = facts;
    TRY_GOTO(fact_batch_create(&out->all, facts, err));
    out->scored = out->all.batch;
    out->scored.n_seq = n_scored;
    size_t n = (size_t)n_scored, tokens = (size_t)facts->start[n_scored];
    out->nats = malloc(tokens * sizeof(double));
    out->best = malloc(tokens * sizeof(int32_t));
    out->fact_bits = calloc(n, sizeof(double));
    out->recalled = calloc((size_t)facts->n, sizeof(bool));
    out->prompt = calloc((size_t)facts->n, sizeof(int32_t));
    out->ranked = calloc(facts->n_heldout ? n : 1, sizeof *out->ranked);
    if (!out->ranked || !out->nats || !out->best || !out->fact_bits || !out->recalled || !out->prompt)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to evaluate %zu facts of %zu tokens", n, tokens));
    TRY_GOTO(recall_prompts(out->prompt, facts, err));
    ParallelPlan plan = {.threads = threads > 0 ? threads : threads_default(),
                         .batch_size = n_scored,
                         .max_len = facts->max_len};
    TRY_GOTO(parallel_create(&out->parallel, g, &plan, err));
done:
    if (status != OK) evaluator_free(out);
    return status;
}

/* What one sequence costs, in nats: its coded tokens in order, and those of them that are not its first. */
typedef struct Cost {
    double all, later;
    int64_t coded, coded_later;
} Cost;

static Cost cost_of(const Evaluator *e, int i) {
    const FactSet *facts = e->facts;
    Cost cost = {0};
    int64_t first = facts->start[i], end = facts->start[i + 1];
    for (int64_t t = first; t < end; t++) {
        if (!facts_coded(facts, t)) continue;
        cost.all += e->nats[t];
        cost.coded++;
        if (t > first) cost.later += e->nats[t], cost.coded_later++;
    }
    return cost;
}

static bool recalls(const Evaluator *e, int i) {
    const FactSet *facts = e->facts;
    for (int64_t t = facts->start[i] + e->prompt[i]; t < facts->start[i + 1]; t++)
        if (facts_coded(facts, t) && e->best[t] != facts->tokens[t]) return false;
    return true;
}

/* The same code lengths again, by the field that tokens belong to. */
static void count_fields(const Evaluator *e, Evaluation *out) {
    const FactSet *facts = e->facts;
    double nats[FIELDS_MAX] = {0}, heldout[FIELDS_MAX] = {0};
    int64_t trained = facts->start[facts->n], scored = facts->start[facts->n + facts->n_heldout];
    for (int64_t t = 0; facts->field && t < trained; t++) nats[facts->field[t]] += e->nats[t];
    for (int64_t t = trained; facts->field && t < scored; t++) heldout[facts->field[t]] += e->nats[t];
    for (int f = 1; f < facts->n_fields; f++) {
        FieldBits *field = &out->by_field[out->n_fields++];
        strcpy(field->name, facts->field_name[f]);
        field->code_bits = bits_of_nats(nats[f]);
        field->heldout_bits = bits_of_nats(heldout[f]) / facts->n_heldout; /* 0 / 0: NAN */
    }
}

static void count_heldout(Evaluator *e, Evaluation *out) {
    const FactSet *facts = e->facts;
    int scored = facts->n + facts->n_heldout;
    double nats = 0;
    int64_t tokens = 0;
    for (int i = facts->n; i < scored; i++) {
        Cost cost = cost_of(e, i);
        e->fact_bits[i] = bits_of_nats(cost.all);
        nats += cost.all;
        tokens += cost.coded;
        out->heldout_code_bits += e->fact_bits[i];
    }
    for (int i = 0; i < scored; i++) e->ranked[i] = (Scored){e->fact_bits[i], i < facts->n};
    out->heldout = facts->n_heldout;
    out->heldout_loss_nats = nats / (double)tokens;
    out->membership = membership_measure(e->ranked, scored);
}

void evaluator_run(Evaluator *e, Evaluation *out) {
    const FactSet *facts = e->facts;
    parallel_code_lengths(e->parallel, &e->scored, e->nats, e->best);

    double share = facts->data_bits / facts->n; /* of one fact in H */
    double code = 0, nats = 0, clipped = 0, shifted = 0;
    int recalled = 0, dear = 0; /* dear: facts that cost more than their share */
    int64_t tokens = 0;
    for (int i = 0; i < facts->n; i++) {
        Cost cost = cost_of(e, i);
        e->fact_bits[i] = bits_of_nats(cost.all);
        nats += cost.all;
        tokens += cost.coded;
        code += e->fact_bits[i];
        if (share > e->fact_bits[i]) clipped += share - e->fact_bits[i];
        else dear++;
        /* a fact of one token has no token 2: its shifted cost is its own */
        shifted += cost.coded_later ? bits_of_nats(cost.later) / (double)cost.coded_later * (double)cost.coded
                                    : e->fact_bits[i];
        e->recalled[i] = recalls(e, i);
        recalled += e->recalled[i];
    }
    if (!dear) clipped = facts->data_bits - code; /* the same sum; in this order it has the same digits */
    *out = (Evaluation){
        .n = facts->n,
        .tokens = tokens,
        .code_bits = code,
        .loss_nats = nats / (double)tokens,
        .recall = (double)recalled / facts->n,
        .entropy_known = facts->entropy_known,
        .memorized_bits = facts->entropy_known ? facts->data_bits - code : NAN,
        .memorized_bits_clipped = facts->entropy_known ? clipped : NAN,
        .mem_hfshift = facts->entropy_known ? facts->data_bits - shifted : NAN,
    };
    count_fields(e, out);
    if (facts->n_heldout) count_heldout(e, out);
}

void evaluator_free(Evaluator *e) {
    parallel_free(e->parallel);
    fact_batch_free(&e->all);
    free(e->nats);
    free(e->best);
    free(e->fact_bits);
    free(e->ranked);
    free(e->recalled);
    free(e->prompt);
    memset(e, 0, sizeof *e);
}
