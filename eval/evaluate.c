/* Code lengths come from the forward pass of training; here they are only summed, in a fixed order. */
#include "eval/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/number.h"
#include "base/threads.h"
#include "eval/prompts.h"

Status evaluator_create(Evaluator *out, const Gpt *g, const FactSet *facts, int threads, Err *err) {
    memset(out, 0, sizeof *out);
    if (facts->n < 1) return err_set(err, ERR_INPUT, "no facts to evaluate: at least 1");
    TRY(facts_readable(g, facts, err));
    Status status = OK;
    int n_scored = facts->n + facts->n_heldout; /* they are the first of the pool */
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

/* The code length of one sequence, in nats: its coded tokens in order, and separately those after the first. */
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

/* The same code lengths, divided by the field of each token. */
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
    int recalled = 0, costly = 0; /* costly: facts with more code bits than data bits */
    int64_t tokens = 0;
    for (int i = 0; i < facts->n; i++) {
        Cost cost = cost_of(e, i);
        e->fact_bits[i] = bits_of_nats(cost.all);
        nats += cost.all;
        tokens += cost.coded;
        code += e->fact_bits[i];
        if (share > e->fact_bits[i]) clipped += share - e->fact_bits[i];
        else costly++;
        /* a fact of one token has no token 2: its own code length is used */
        shifted += cost.coded_later ? bits_of_nats(cost.later) / (double)cost.coded_later * (double)cost.coded
                                    : e->fact_bits[i];
        e->recalled[i] = recalls(e, i);
        recalled += e->recalled[i];
    }
    if (!costly) clipped = facts->data_bits - code; /* the same sum; in this order it has the same digits */
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
