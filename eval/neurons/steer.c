#include "eval/neurons/steer.h"

#include <stdlib.h>
#include <string.h>

#include "eval/prompts.h"
#include "model/pass.h"

/* ---- means ---- */

typedef struct Sums {
    const Edits *edits;
    double **sum; /* of each edit's units, NULL where no mean is needed */
} Sums;

static void sum_rows(void *user, const HookObservation *seen) {
    const Sums *s = user;
    for (int i = 0; i < s->edits->n; i++) {
        const Edit *e = &s->edits->edit[i];
        if (!s->sum[i] || e->hook.site != seen->hook.site || e->hook.layer != seen->hook.layer) continue;
        for (int r = 0; r < seen->rows; r++)
            for (int j = 0; j < e->n; j++) s->sum[i][j] += (double)seen->x[r * seen->ld + e->unit[j]];
    }
}

Status steer_means(Edits *edits, const Gpt *g, const FactSet *facts, Err *err) {
    int max_len = facts->max_len, seqs = 256 / max_len > 1 ? 256 / max_len : 1;
    FactBatch all = {.start = NULL};
    GptWork *work = NULL;
    Status status = OK;
    unsigned sites = 0;
    Sums sums = {edits, calloc((size_t)edits->n + 1, sizeof *sums.sum)};
    if (!sums.sum) return err_set(err, ERR_NOMEM, "no memory for the means of %d edits", edits->n);
    for (int i = 0; i < edits->n; i++) {
        const Edit *e = &edits->edit[i];
        if (e->op != EDIT_MEAN) continue;
        sites |= 1u << e->hook.site;
        if (!(sums.sum[i] = calloc((size_t)e->n, sizeof *sums.sum[i])))
            TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the means of %d units", e->n));
    }
    if (!sites) goto done;
    TRY_GOTO(facts_readable(g, facts, err));
    TRY_GOTO(fact_batch_create(&all, facts, err));
    TRY_GOTO(gpt_work_create(&work, g, seqs * max_len, seqs, max_len, false, 1, NULL, err));
    gpt_observe(g, work, &all.batch, 0, facts->n, sites, sum_rows, &sums);
    for (int i = 0; i < edits->n; i++)
        for (int j = 0; sums.sum[i] && j < edits->edit[i].n; j++)
            edits->edit[i].value[j] = (real)(sums.sum[i][j] / (double)facts->start[facts->n]);
done:
    gpt_work_free(work);
    fact_batch_free(&all);
    for (int i = 0; i < edits->n; i++) free(sums.sum[i]);
    free(sums.sum);
    return status;
}

/* ---- before and after ---- */

static int tag_of(const FactSet *facts, int i) { return facts->tag ? facts->tag[i] : -1; }

static void add_fact(Knowledge *k, const Evaluator *e, int i) {
    k->code_bits += e->fact_bits[i];
    k->recall += e->recalled[i];
}

Status steer_evaluate(Steered *out, const Gpt *g, const FactSet *facts, const Edits *edits, int threads,
                      Err *err) {
    Evaluator e;
    Status status = OK;
    *out = (Steered){.n_tags = 0};
    TRY(evaluator_create(&e, g, facts, threads, err));
    bool *before = calloc((size_t)facts->n, sizeof *before);
    /* row 0: facts without a tag */
    TagChange *tag = out->tag = calloc((size_t)facts->n_tags + 1, sizeof *out->tag);
    if (!before || !tag)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the figures of %d tags", facts->n_tags));
    evaluator_run(&e, &out->before);
    memcpy(before, e.recalled, (size_t)facts->n * sizeof *before);
    for (int i = 0; i < facts->n; i++) add_fact(&tag[tag_of(facts, i) + 1].before, &e, i);
    parallel_edit(e.parallel, edits);
    evaluator_run(&e, &out->after);
    for (int i = 0; i < facts->n; i++) {
        TagChange *t = &tag[tag_of(facts, i) + 1];
        add_fact(&t->after, &e, i);
        t->facts++;
        t->changed += e.recalled[i] != before[i];
    }
    for (int t = 0; t <= facts->n_tags; t++) {
        if (!tag[t].facts) continue;
        tag[t].tag = t - 1;
        tag[t].before.recall /= tag[t].facts;
        tag[t].after.recall /= tag[t].facts;
        out->changed += tag[t].changed;
        tag[out->n_tags++] = tag[t];
    }
done:
    free(before);
    evaluator_free(&e);
    if (status != OK) steered_free(out);
    return status;
}

void steered_free(Steered *s) {
    free(s->tag);
    *s = (Steered){.n_tags = 0};
}
