#include "eval/neurons/steer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/neurons/places.h"
#include "eval/prompts.h"
#include "model/pass.h"

/* ---- values of activations ---- */

/* The means of one edit. */
typedef struct Sums {
    const Edit *edit;
    const int32_t *place; /* of each token of the pool */
    double *sum;          /* (places, n) */
    int64_t *rows;        /* places: number of summed rows */
} Sums;

static void sum_rows(void *user, const HookObservation *seen) {
    const Sums *s = user;
    const Edit *e = s->edit;
    if (e->hook.layer != seen->hook.layer) return;
    for (int r = 0; r < seen->rows; r++) {
        int place = s->place[seen->token + r];
        double *to = s->sum + (ptrdiff_t)place * e->n;
        for (int j = 0; j < e->n; j++) to[j] += (double)seen->x[r * seen->ld + e->unit[j]];
        s->rows[place]++;
    }
}

/* At a place that no fact has: for `mean` the mean over all places; for `donor` the activation is unchanged. */
static void values_of_sums(Edit *e, const Sums *s) {
    int64_t all = 0;
    for (int p = 0; p < e->rows; p++) all += s->rows[p];
    for (int j = 0; j < e->n; j++) {
        double total = 0;
        for (int p = 0; p < e->rows; p++) total += s->sum[(ptrdiff_t)p * e->n + j];
        for (int p = 0; p < e->rows; p++) {
            ptrdiff_t at = (ptrdiff_t)p * e->n + j;
            e->value[at] = (real)(s->rows[p]           ? s->sum[at] / (double)s->rows[p]
                                  : e->op == EDIT_MEAN ? total / (double)all
                                                       : NAN);
        }
    }
}

typedef struct Reader {
    const Gpt *g;
    const FactSet *facts;
    FactBatch all;
    GptWork *work;
    int32_t *place;
} Reader;

static Status value_edit(Edit *e, const Reader *r, Err *err) {
    const FactSet *f = r->facts;
    int rows = places_count(f->max_len), first = 0, end = f->n;
    Status status = OK;
    if (e->op == EDIT_DONOR) {
        if (e->fact >= f->n + f->n_heldout)
            return err_set(err, ERR_INPUT, "'%.100s': there is no fact %lld; allowed: 0 to %d", e->text,
                           (long long)e->fact, f->n + f->n_heldout - 1);
        first = (int)e->fact;
        end = first + 1;
    }
    size_t cells = (size_t)rows * (size_t)e->n;
    Sums sums = {e, r->place, calloc(cells, sizeof *sums.sum), calloc((size_t)rows, sizeof *sums.rows)};
    real *value = malloc(cells * sizeof *value);
    if (!sums.sum || !sums.rows || !value) {
        free(value);
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d units at %d places", e->n, rows));
    }
    free(e->value);
    e->value = value;
    e->rows = rows;
    gpt_observe(r->g, r->work, &r->all.batch, first, end, 1u << e->hook.site, sum_rows, &sums);
    values_of_sums(e, &sums);
done:
    free(sums.sum);
    free(sums.rows);
    return status;
}

static bool of_activations(const Edit *e) { return e->op == EDIT_MEAN || e->op == EDIT_DONOR; }

Status steer_values(Edits *edits, const Gpt *g, const FactSet *facts, Err *err) {
    int max_len = facts->max_len, seqs = max_len && 256 / max_len > 1 ? 256 / max_len : 1;
    Reader r = {.g = g, .facts = facts};
    Status status = OK;
    bool any = false;
    for (int i = 0; i < edits->n; i++) any |= of_activations(&edits->edit[i]);
    if (!any) return OK;
    if (facts->n == 0)
        return err_set(err, ERR_INPUT,
                       "mean and donor are values over facts, and there are none; use set, add or zero");
    TRY(facts_readable(g, facts, err));
    TRY_GOTO(places_of_pool(&r.place, facts, err));
    TRY_GOTO(fact_batch_create(&r.all, facts, err));
    TRY_GOTO(gpt_work_create(&r.work, g, seqs * max_len, seqs, max_len, false, 1, NULL, err));
    for (int i = 0; i < edits->n; i++)
        if (of_activations(&edits->edit[i])) TRY_GOTO(value_edit(&edits->edit[i], &r, err));
done:
    gpt_work_free(r.work);
    fact_batch_free(&r.all);
    free(r.place);
    return status;
}

Status steer_rows_of_text(int32_t **out, const FactSet *facts, int n_prompt, int rows, Err *err) {
    int usual = facts->n ? facts->prompt_len[0] : 0, prompt = usual > 0 && n_prompt > 0 ? n_prompt : usual;
    *out = malloc(((size_t)rows + 1) * sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "no memory for the places of %d rows", rows);
    for (int r = 0; r < rows; r++) (*out)[r] = place_of(facts->max_len, prompt, r);
    return OK;
}

/* ---- before and after ---- */

static int tag_of(const FactSet *facts, int i) { return facts->tag ? facts->tag[i] : -1; }

/* What every fact cost, and whether it was recalled, without the edits. */
typedef struct Then {
    double *bits;
    bool *recalled;
} Then;

static void add_change(ClassChange *to, const Then *then, const Evaluator *now, int i) {
    to->facts++;
    to->changed += now->recalled[i] != then->recalled[i];
    to->before.code_bits += then->bits[i];
    to->before.recall += then->recalled[i];
    to->after.code_bits += now->fact_bits[i];
    to->after.recall += now->recalled[i];
}

/* Sums of recalled facts become shares; groups without facts are left out. */
static void finish(Steered *s, int groups) {
    for (int g = 0; g < groups; g++) {
        ClassChange c = s->group[g];
        if (!c.facts) continue;
        c.before.recall /= c.facts;
        c.after.recall /= c.facts;
        s->group[s->n_groups++] = c;
    }
}

/* Group 0: facts without a tag. */
static void by_tag(Steered *s, const FactSet *facts, const Then *then, const Evaluator *now) {
    for (int t = 0; t <= facts->n_tags; t++) s->group[t].name = t ? facts->tag_names[t - 1] : NULL;
    for (int i = 0; i < facts->n; i++) add_change(&s->group[tag_of(facts, i) + 1], then, now, i);
    finish(s, facts->n_tags + 1);
}

static void by_class(Steered *s, const AtlasClasses *classes, const Then *then, const Evaluator *now) {
    for (int c = 0; c < classes->n; c++) {
        s->group[c].name = classes->name[c];
        for (int i = 0; i < classes->n_facts; i++)
            if (classes->member[i] >> c & 1) add_change(&s->group[c], then, now, i);
    }
    finish(s, classes->n);
}

Status steer_evaluate(Steered *out, const Gpt *g, const FactSet *facts, const AtlasClasses *classes,
                      const Edits *edits, int threads, Err *err) {
    Evaluator e;
    Edits placed = *edits;
    int32_t *place = NULL;
    size_t n = (size_t)facts->n, groups = (size_t)(classes ? classes->n : facts->n_tags + 1);
    Status status = OK;
    *out = (Steered){.n_groups = 0};
    CHECK(!classes || (classes->first == 0 && classes->n_facts == facts->n));
    TRY(evaluator_create(&e, g, facts, threads, err));
    Then then = {malloc(n * sizeof *then.bits), malloc(n * sizeof *then.recalled)};
    out->group = calloc(groups, sizeof *out->group);
    if (!then.bits || !then.recalled || !out->group)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the figures of %zu groups of facts", groups));
    TRY_GOTO(places_of_pool(&place, facts, err));
    placed.row = place;
    evaluator_run(&e, &out->before);
    memcpy(then.bits, e.fact_bits, n * sizeof *then.bits);
    memcpy(then.recalled, e.recalled, n * sizeof *then.recalled);
    parallel_edit(e.parallel, &placed);
    evaluator_run(&e, &out->after);
    for (int i = 0; i < facts->n; i++) out->changed += e.recalled[i] != then.recalled[i];
    if (classes) by_class(out, classes, &then, &e);
    else by_tag(out, facts, &then, &e);
done:
    free(then.bits);
    free(then.recalled);
    free(place);
    evaluator_free(&e);
    if (status != OK) steered_free(out);
    return status;
}

void steered_free(Steered *s) {
    free(s->group);
    *s = (Steered){.n_groups = 0};
}
