#include "eval/neurons/clamp_values.h"

#include <math.h>
#include <stdlib.h>

#include "eval/neurons/places.h"
#include "model/pass.h"

/* ---- donors ---- */

/* Sorted by the lengths of prompt and fact, so that the possible donors of a fact are consecutive. */
static int compare_shapes(const FactSet *f, int a, int b) {
    if (f->prompt_len[a] != f->prompt_len[b]) return f->prompt_len[a] < f->prompt_len[b] ? -1 : 1;
    return fact_length(f, a) - fact_length(f, b);
}

/* The number of donors before those with the fact's shape; after: including those with its shape. */
static int donors_before(const ClampPlan *p, int fact, bool after) {
    int low = 0, high = p->n_donors;
    while (low < high) {
        int middle = (low + high) / 2, order = compare_shapes(p->facts, p->donor[middle], fact);
        if (order < 0 || (after && order == 0)) low = middle + 1;
        else high = middle;
    }
    return low;
}

int clamp_donor(const ClampPlan *p, int source, Stream stream, uint64_t at) {
    int first = donors_before(p, source, false), end = donors_before(p, source, true), own = end;
    if (source < p->facts->n && p->act_row[source] >= 0) {
        own = first;
        for (int high = end; own < high;) {
            int middle = (own + high) / 2;
            if (p->donor[middle] < source) own = middle + 1;
            else high = middle;
        }
    }
    int others = end - first - (own < end);
    if (others == 0) return -1;
    int drawn = first + (int)random_below(stream, at, (uint64_t)others);
    return p->donor[drawn + (drawn >= own)];
}

typedef struct Shape {
    int prompt, length, fact;
} Shape;

static int by_shape(const void *left, const void *right) {
    const Shape *a = left, *b = right;
    if (a->prompt != b->prompt) return a->prompt < b->prompt ? -1 : 1;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return a->fact - b->fact;
}

static Status find_donors(ClampPlan *p, const int8_t *label, Err *err) {
    const FactSet *f = p->facts;
    Shape *shape = malloc(((size_t)f->n + 1) * sizeof *shape);
    if (!shape) return err_set(err, ERR_NOMEM, "no memory for the donors of %d facts", f->n);
    for (int i = 0; i < f->n; i++) {
        bool in = false;
        p->act_row[i] = -1;
        for (int64_t t = f->start[i]; t < f->start[i + 1]; t++) {
            if (label[t] != 1) continue;
            in = true;
            p->class_rows[p->place[t]]++;
        }
        if (!in) continue;
        shape[p->n_donors++] = (Shape){f->prompt_len[i], fact_length(f, i), i};
        p->act_row[i] = p->act_rows;
        p->act_rows += fact_length(f, i);
    }
    qsort(shape, (size_t)p->n_donors, sizeof *shape, by_shape);
    for (int i = 0; i < p->n_donors; i++) p->donor[i] = shape[i].fact;
    free(shape);
    return OK;
}

Status clamp_plan_create(ClampPlan *out, const Gpt *g, const FactSet *facts, const FactBatch *all,
                         const int8_t *label, int layer, Err *err) {
    size_t n = (size_t)facts->n + 1;
    *out = (ClampPlan){.g = g,
                       .facts = facts,
                       .all = all,
                       .label = label,
                       .layer = layer,
                       .n_places = places_count(facts->max_len)};
    TRY(places_of_pool(&out->place, facts, err));
    out->class_rows = calloc((size_t)out->n_places, sizeof *out->class_rows);
    out->donor = malloc(n * sizeof *out->donor);
    out->act_row = malloc(n * sizeof *out->act_row);
    if (!out->class_rows || !out->donor || !out->act_row)
        return err_set(err, ERR_NOMEM, "no memory for the donors of %d facts", facts->n);
    return find_donors(out, label, err);
}

void clamp_plan_free(ClampPlan *p) {
    free(p->place);
    free(p->class_rows);
    free(p->donor);
    free(p->act_row);
    *p = (ClampPlan){.n_donors = 0};
}

/* ---- their values ---- */

typedef struct Keeper {
    const ClampPlan *plan;
    const int32_t *unit;
    ClampValues *to;
    int64_t *rows; /* n_places: trained rows */
    int fact;      /* fact of the last row: rows come in order */
} Keeper;

static void keep(void *user, const HookObservation *seen) {
    Keeper *k = user;
    const ClampPlan *p = k->plan;
    int n = k->to->n;
    if (seen->hook.layer != p->layer) return;
    for (int r = 0; r < seen->rows; r++) {
        int64_t token = seen->token + r;
        const real *x = seen->x + r * seen->ld;
        ptrdiff_t at = (ptrdiff_t)p->place[token] * n;
        while (token >= p->facts->start[k->fact + 1]) k->fact++;
        k->rows[p->place[token]]++;
        for (int j = 0; j < n; j++) {
            double a = (double)x[k->unit[j]];
            k->to->mean[at + j] += a;
            if (p->label[token] == 1) k->to->class_mean[at + j] += a;
            if (p->act_row[k->fact] >= 0)
                k->to->act[(p->act_row[k->fact] + token - p->facts->start[k->fact]) * n + j] = x[k->unit[j]];
        }
    }
}

/* Divides the sums. */
static void divide(ClampValues *x, const ClampPlan *p, const int64_t *rows) {
    for (int j = 0; j < x->n; j++) {
        double total = 0;
        for (int at = 0; at < p->n_places; at++) total += x->mean[(ptrdiff_t)at * x->n + j];
        for (int at = 0; at < p->n_places; at++) {
            double *mean = &x->mean[(ptrdiff_t)at * x->n + j],
                   *of_class = &x->class_mean[(ptrdiff_t)at * x->n + j];
            *mean = rows[at] ? *mean / (double)rows[at] : total / (double)p->facts->start[p->facts->n];
            *of_class = p->class_rows[at] ? *of_class / (double)p->class_rows[at] : NAN;
        }
    }
}

Status clamp_values_collect(ClampValues *out, const ClampPlan *p, const int32_t *unit, int n, Err *err) {
    int max_len = p->facts->max_len, seqs = 256 / max_len > 1 ? 256 / max_len : 1;
    size_t cells = (size_t)p->n_places * (size_t)n, kept = (size_t)p->act_rows * (size_t)n;
    GptWork *work = NULL;
    Status status = OK;
    int64_t *rows = calloc((size_t)p->n_places, sizeof *rows);
    *out = (ClampValues){.n = n,
                         .mean = calloc(cells, sizeof *out->mean),
                         .class_mean = calloc(cells, sizeof *out->class_mean),
                         .act = malloc((kept + 1) * sizeof *out->act)};
    if (!rows || !out->mean || !out->class_mean || !out->act)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d neurons in %d facts (%.1f MiB)", n, p->n_donors,
                         (double)(16 * cells + kept * sizeof *out->act) / (1 << 20)));
    TRY_GOTO(gpt_work_create(&work, p->g, seqs * max_len, seqs, max_len, false, 1, NULL, err));
    Keeper keeper = {p, unit, out, rows, 0};
    gpt_observe(p->g, work, &p->all->batch, 0, p->facts->n, 1u << HOOK_POST, keep, &keeper);
    divide(out, p, rows);
done:
    gpt_work_free(work);
    free(rows);
    if (status != OK) clamp_values_free(out);
    return status;
}

void clamp_values_free(ClampValues *x) {
    free(x->mean);
    free(x->class_mean);
    free(x->act);
    *x = (ClampValues){.n = 0};
}
