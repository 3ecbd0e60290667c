#include "eval/neurons/flips.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/counterparts.h"

static bool same_answer(const FactSet *f, int a, int b) {
    int prompt = f->prompt_len[a];
    int64_t n = f->start[a + 1] - f->start[a] - prompt;
    if (f->start[b + 1] - f->start[b] - prompt != n) return false;
    return !memcmp(f->tokens + f->start[a] + prompt, f->tokens + f->start[b] + prompt,
                   (size_t)n * sizeof *f->tokens);
}

/* The input of a source is replaced by its base's prompt; the target stays the source's answer. */
static void add_pair(Flips *x, const FactSet *f, const FactBatch *all, int base, int source, int list) {
    int at = x->batch.batch.n_seq;
    fact_batch_add(&x->batch, all, source);
    memcpy(x->batch.inputs + x->batch.start[at] + 1, f->tokens + f->start[base],
           (size_t)f->prompt_len[base] * sizeof *x->batch.inputs);
    int32_t first = x->batch.start[at], end = x->batch.start[at + 1];
    const int32_t *a = f->tokens + f->start[base], *b = f->tokens + f->start[source];
    int apart = 0;
    while (a[apart] == b[apart]) apart++;
    for (int32_t t = first; t < end; t++) x->apart[t] = t - first > apart;
    x->list[at] = list;
    x->pairs[list]++;
}

Status flips_create(Flips *out, const FactSet *f, const FactBatch *all, const int8_t *side, int n_lists,
                    Err *err) {
    size_t lists = (size_t)n_lists, pool = (size_t)f->n_pool;
    int total = 0, found;
    Status status = OK;
    int32_t *source = malloc((lists * pool + 1) * sizeof *source);
    *out = (Flips){.n_lists = n_lists, .pairs = calloc(lists, sizeof *out->pairs)};
    if (!source || !out->pairs) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to pair %d facts", f->n_pool));
    for (size_t l = 0; l < lists; l++) {
        int32_t *of = source + l * pool;
        TRY_GOTO(counterparts_find(of, &found, f, side + l * pool, err));
        for (int i = 0; i < f->n_pool; i++) {
            if (of[i] >= 0 && same_answer(f, i, of[i])) of[i] = -1;
            total += of[i] >= 0;
        }
    }
    if (!total) goto done;
    TRY_GOTO(fact_batch_reserve(&out->batch, total, f->max_len, err));
    fact_batch_clear(&out->batch);
    size_t tokens = (size_t)total * (size_t)f->max_len;
    out->list = calloc((size_t)total, sizeof *out->list);
    out->best = calloc(tokens, sizeof *out->best);
    out->nats = calloc(tokens, sizeof *out->nats);
    out->apart = malloc(tokens);
    if (!out->list || !out->best || !out->nats || !out->apart)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d pairs of facts", total));
    for (int l = 0; l < n_lists; l++)
        for (int i = 0; i < f->n_pool; i++)
            if (source[(size_t)l * pool + (size_t)i] >= 0)
                add_pair(out, f, all, i, source[(size_t)l * pool + (size_t)i], l);
done:
    free(source);
    if (status != OK) flips_free(out);
    return status;
}

void flips_free(Flips *x) {
    fact_batch_free(&x->batch);
    free(x->list);
    free(x->pairs);
    free(x->best);
    free(x->nats);
    free(x->apart);
    *x = (Flips){.n_lists = 0};
}

/* If every token of the answer is the arg-max given the answer before it, greedy decoding gives the answer. */
static bool says_answer(const Flips *x, const FactSet *f, int pair) {
    int source = x->batch.sequence[pair];
    int32_t first = x->batch.start[pair], end = x->batch.start[pair + 1];
    for (int32_t t = first + f->prompt_len[source]; t < end; t++)
        if (facts_coded(f, f->start[source] + t - first) && x->best[t] != x->batch.targets[t]) return false;
    return true;
}

void flips_run(Flips *x, const FactSet *f, Parallel *parallel, const bool *skip, double *share) {
    int n = flips_count(x);
    for (int l = 0; l < x->n_lists; l++) share[l] = NAN;
    if (n == 0) return;
    parallel_code_lengths(parallel, &x->batch.batch, x->nats, x->best);
    for (int l = 0; l < x->n_lists; l++) {
        int pairs = 0, said = 0;
        for (int i = 0; i < n; i++) {
            if (x->list[i] != l || (skip && skip[i])) continue;
            pairs++;
            said += says_answer(x, f, i);
        }
        if (pairs) share[l] = (double)said / pairs;
    }
}
