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

static void add_fact(Knowledge *k, const Evaluator *e, int i) {
    k->code_bits += e->fact_bits[i];
    k->recall += e->recalled[i];
}

Status steer_evaluate(Steered *out, const Gpt *g, const FactSet *facts, const Edits *edits, int threads,
                      Err *err) {
    Evaluator e;
    Edits placed = *edits;
    int32_t *place = NULL;
    Status status = OK;
    *out = (Steered){.n_tags = 0};
    TRY(evaluator_create(&e, g, facts, threads, err));
    bool *before = calloc((size_t)facts->n, sizeof *before);
    /* row 0: facts without a tag */
    TagChange *tag = out->tag = calloc((size_t)facts->n_tags + 1, sizeof *out->tag);
    if (!before || !tag)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the figures of %d tags", facts->n_tags));
    TRY_GOTO(places_of_pool(&place, facts, err));
    placed.row = place;
    evaluator_run(&e, &out->before);
    memcpy(before, e.recalled, (size_t)facts->n * sizeof *before);
    for (int i = 0; i < facts->n; i++) add_fact(&tag[tag_of(facts, i) + 1].before, &e, i);
    parallel_edit(e.parallel, &placed);
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
    free(place);
    evaluator_free(&e);
    if (status != OK) steered_free(out);
    return status;
}

void steered_free(Steered *s) {
    free(s->tag);
    *s = (Steered){.n_tags = 0};
}
