#include "eval/neurons/atlas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "base/threads.h"
#include "eval/neurons/atlas_layer.h"
#include "eval/stats/ranking.h"
#include "eval/stats/stats.h"

static Status no_memory(const Atlas *a, Err *err) {
    return err_set(err, ERR_NOMEM, "no memory for an atlas of %d neurons, %d heads and %d classes",
                   a->n_neurons, a->n_heads, a->classes->n);
}

/* ---- one unit: its scores of all facts against the classes ---- */

/* The chance level. A shuffle permutes the classes among the facts. */
typedef struct Shuffles {
    int32_t *permutation;       /* (ATLAS_SHUFFLES, n) */
    double max[ATLAS_SHUFFLES]; /* |gap| in standard deviations, of all units and classes so far */
} Shuffles;

typedef struct Scratch {
    RankItem *item;
    int64_t *rank2;
} Scratch;

/* Sums of doubled ranks of each class; integers, so the order of addition does not matter. permutation NULL: the
 * actual classes. */
static void rank_sums(int64_t *sum, const AtlasClasses *c, const int64_t *rank2, const int32_t *permutation) {
    memset(sum, 0, (size_t)c->n * sizeof *sum);
    for (int i = 0; i < c->n_facts; i++)
        for (uint64_t m = c->member[permutation ? permutation[i] : i]; m; m &= m - 1)
            sum[__builtin_ctzll(m)] += rank2[i];
}

static void measure_gaps(AtlasCell *cell, double *max, const AtlasClasses *c, const AtlasLayer *l, int u,
                         const Shuffles *shuffles, Scratch *s) {
    int64_t sum[ATLAS_CLASSES_MAX];
    for (int i = 0; i < c->n_facts; i++)
        s->item[i] = (RankItem){(double)l->score[(size_t)i * (size_t)l->units + (size_t)u], i};
    ranks_twice(s->rank2, s->item, c->n_facts);
    rank_sums(sum, c, s->rank2, NULL);
    for (int k = 0; k < c->n; k++) cell[k].gap = auroc_gap(sum[k], c->size[k], c->n_facts);
    for (int p = 0; p < ATLAS_SHUFFLES; p++) {
        rank_sums(sum, c, s->rank2, shuffles->permutation + (size_t)p * (size_t)c->n_facts);
        for (int k = 0; k < c->n; k++) {
            double gap = fabs(auroc_gap(sum[k], c->size[k], c->n_facts));
            gap /= auroc_deviation(c->size[k], c->n_facts);
            if (gap > max[p]) max[p] = gap;
        }
    }
}

static double share(double part, double whole) { return whole > 0 ? part / whole : NAN; }

/* Sums in the order of facts, in double. */
static void measure_means(AtlasCell *cell, const AtlasClasses *c, const AtlasLayer *l, int u) {
    bool head = u >= l->neurons;
    double rows[2] = {0}, mean[2], looked = 0, look[LOOKS];
    int64_t fires[2];
    for (int k = 0; k < c->n; k++) {
        rows[0] = rows[1] = mean[0] = mean[1] = looked = 0;
        fires[0] = fires[1] = 0;
        memset(look, 0, sizeof look);
        for (int i = 0; i < c->n_facts; i++) {
            int in = c->member[i] >> k & 1;
            size_t at = (size_t)i * (size_t)(head ? l->units : l->neurons) + (size_t)u;
            rows[in] += l->rows[i];
            mean[in] += (double)(head ? l->score[at] : l->mean[at]) * l->rows[i];
            if (!head) fires[in] += l->fires[at];
            if (!head || !in) continue;
            const real *own = l->look + ((size_t)i * (size_t)l->heads + (size_t)(u - l->neurons)) * LOOKS;
            looked += l->looked[i];
            for (int o = 0; o < LOOKS; o++) look[o] += (double)own[o] * l->looked[i];
        }
        double in = share(mean[1], rows[1]), rest = share(mean[0], rows[0]), all = fabs(in) + fabs(rest);
        cell[k].mean = in;
        cell[k].mean_rest = rest;
        cell[k].selectivity = all == 0 ? 0 : (in - rest) / all;
        cell[k].firing = head ? NAN : share((double)fires[1], rows[1]);
        cell[k].firing_rest = head ? NAN : share((double)fires[0], rows[0]);
        for (int o = 0; o < LOOKS; o++) cell[k].look[o] = head ? share(look[o], looked) : NAN;
    }
}

/* ---- all units ---- */

static size_t place_of(const Atlas *a, const AtlasLayer *l, int u) {
    if (u < l->neurons) return (size_t)l->layer * (size_t)l->neurons + (size_t)u;
    return (size_t)a->n_neurons + (size_t)l->layer * (size_t)l->heads + (size_t)(u - l->neurons);
}

/* Threads take units, each with a slot of its own; a maximum does not depend on the order. */
static Status measure_layer(Atlas *a, const AtlasLayer *l, Shuffles *shuffles, int threads, Err *err) {
    const AtlasClasses *c = a->classes;
    size_t n = (size_t)c->n_facts;
    bool failed = false;
#pragma omp parallel num_threads(threads)
    {
        double max[ATLAS_SHUFFLES] = {0};
        Scratch s = {malloc(n * sizeof *s.item), malloc(n * sizeof *s.rank2)};
        bool room = s.item && s.rank2;
#pragma omp for schedule(dynamic, 4)
        for (int u = 0; u < l->units; u++) {
            size_t place = place_of(a, l, u);
            AtlasCell *cell = a->cell + place * (size_t)c->n;
            if (!room) continue;
            a->unit[place] = (AtlasUnit){.layer = l->layer, .unit = u < l->neurons ? u : u - l->neurons};
            measure_gaps(cell, max, c, l, u, shuffles, &s);
            measure_means(cell, c, l, u);
        }
#pragma omp critical(rote_atlas)
        {
            failed |= !room;
            for (int p = 0; p < ATLAS_SHUFFLES; p++)
                if (max[p] > shuffles->max[p]) shuffles->max[p] = max[p];
        }
        free(s.item);
        free(s.rank2);
    }
    return failed ? no_memory(a, err) : OK;
}

static Status shuffles_create(Shuffles *out, int n, uint64_t seed, Err *err) {
    *out = (Shuffles){.permutation = malloc((size_t)ATLAS_SHUFFLES * (size_t)n * sizeof(int32_t))};
    if (!out->permutation)
        return err_set(err, ERR_NOMEM, "no memory for %d shuffles of %d facts", ATLAS_SHUFFLES, n);
    for (int p = 0; p < ATLAS_SHUFFLES; p++)
        random_permutation(out->permutation + (size_t)p * (size_t)n, n,
                           random_stream(seed, RANDOM_SHUFFLE, (uint32_t)p));
    return OK;
}

/* ---- ranks ---- */

/* Negative: x comes first. Order: beyond chance, then the larger gap, then a larger score for the class. */
static int compare_cells(const AtlasCell *x, const AtlasCell *y) {
    if (x->beyond != y->beyond) return x->beyond ? -1 : 1;
    if (fabs(x->gap) != fabs(y->gap)) return fabs(x->gap) > fabs(y->gap) ? -1 : 1;
    return (x->gap < y->gap) - (x->gap > y->gap);
}

typedef struct Ranked {
    AtlasUnit unit;
    const AtlasCell *cells;
} Ranked;

static int by_rank(const void *left, const void *right) {
    const Ranked *x = left, *y = right;
    int order = compare_cells(&x->cells[x->unit.best], &y->cells[y->unit.best]);
    if (order) return order;
    if (x->unit.layer != y->unit.layer) return x->unit.layer - y->unit.layer;
    return x->unit.unit - y->unit.unit;
}

static Status rank_units(Atlas *a, int from, int n, Err *err) {
    size_t row = (size_t)a->classes->n;
    Ranked *ranked = calloc((size_t)n + 1, sizeof *ranked);
    AtlasCell *cells = calloc((size_t)n * row + 1, sizeof *cells);
    if (!ranked || !cells) {
        free(ranked);
        free(cells);
        return no_memory(a, err);
    }
    memcpy(cells, a->cell + (size_t)from * row, (size_t)n * row * sizeof *cells);
    for (int i = 0; i < n; i++) ranked[i] = (Ranked){a->unit[from + i], cells + (size_t)i * row};
    qsort(ranked, (size_t)n, sizeof *ranked, by_rank);
    for (int i = 0; i < n; i++) {
        a->unit[from + i] = ranked[i].unit;
        memcpy(a->cell + (size_t)(from + i) * row, ranked[i].cells, row * sizeof *cells);
    }
    free(ranked);
    free(cells);
    return OK;
}

static Status rank_all(Atlas *a, Shuffles *shuffles, Err *err) {
    const AtlasClasses *c = a->classes;
    sort_doubles(shuffles->max, ATLAS_SHUFFLES);
    double reach = quantile_sorted(shuffles->max, ATLAS_SHUFFLES, 0.95);
    for (int k = 0; k < c->n; k++) a->chance[k] = reach * auroc_deviation(c->size[k], c->n_facts);
    for (int u = 0; u < a->n_neurons + a->n_heads; u++) {
        AtlasCell *cell = a->cell + (size_t)u * (size_t)c->n;
        AtlasUnit *unit = &a->unit[u];
        for (int k = 0; k < c->n; k++) cell[k].beyond = fabs(cell[k].gap) > a->chance[k];
        for (int k = 1; k < c->n; k++)
            if (compare_cells(&cell[k], &cell[unit->best]) < 0) unit->best = k;
        unit->beyond = cell[unit->best].beyond;
        *(u < a->n_neurons ? &a->beyond_neurons : &a->beyond_heads) += unit->beyond;
    }
    TRY(rank_units(a, 0, a->n_neurons, err));
    return rank_units(a, a->n_neurons, a->n_heads, err);
}

static void count_rows(Atlas *a, const AtlasLayer *l) {
    for (int i = 0; i < a->classes->n_facts; i++) {
        a->rows += l->rows[i];
        for (int k = 0; k < a->classes->n; k++)
            if (a->classes->member[i] >> k & 1) a->class_rows[k] += l->rows[i];
    }
}

Status atlas_make(Atlas *out, const Gpt *g, const AtlasClasses *classes, const AtlasPlan *plan, Err *err) {
    const ModelConfig *m = &g->config;
    int threads = plan->threads > 0 ? plan->threads : threads_default();
    AtlasReader reader = {.threads = 0};
    AtlasLayer layer = {.layer = 0};
    Shuffles shuffles = {.permutation = NULL};
    Status status = OK;
    Atlas a = {.classes = classes,
               .n_neurons = m->n_layer * hook_width(m, HOOK_POST),
               .n_heads = hook_width(m, HOOK_Z) ? m->n_layer * m->n_head : 0};
    size_t units = (size_t)(a.n_neurons + a.n_heads);
    *out = (Atlas){.classes = classes};
    if (!units)
        return err_set(err, ERR_INPUT, "the model has neither neurons nor heads (model.mlp, model.attn)");
    a.unit = calloc(units, sizeof *a.unit);
    a.cell = calloc(units * (size_t)classes->n, sizeof *a.cell);
    if (!a.unit || !a.cell) TRY_GOTO(no_memory(&a, err));
    TRY_GOTO(shuffles_create(&shuffles, classes->n_facts, plan->seed, err));
    TRY_GOTO(atlas_reader_create(&reader, g, classes, plan->answer, threads, err));
    TRY_GOTO(atlas_layer_create(&layer, &reader, err));
    count_rows(&a, &layer);
    for (int l = 0; l < m->n_layer; l++) {
        TRY_GOTO(atlas_layer_read(&layer, &reader, l, err));
        TRY_GOTO(measure_layer(&a, &layer, &shuffles, threads, err));
    }
    TRY_GOTO(rank_all(&a, &shuffles, err));
    *out = a;
done:
    atlas_layer_free(&layer);
    atlas_reader_free(&reader);
    free(shuffles.permutation);
    if (status != OK) atlas_free(&a);
    return status;
}

void atlas_free(Atlas *a) {
    free(a->unit);
    free(a->cell);
    *a = (Atlas){.classes = NULL};
}

/* ---- a table ---- */

static void write_number(FILE *out, double x) {
    if (isfinite(x)) fprintf(out, "\t%.9g", x);
    else fputc('\t', out);
}

Status atlas_write_tsv(const char *path, const Atlas *a, Err *err) {
    const AtlasClasses *c = a->classes;
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    fputs(ATLAS_TSV_HEAD
          "mean\tmean_rest\tauroc\tselectivity\tbeyond_chance\tto_bos\tto_previous\tto_self\tto_prompt\n",
          file.stream);
    for (int u = 0; u < a->n_neurons + a->n_heads; u++)
        for (int k = 0; k < c->n; k++) {
            const AtlasCell *x = &a->cell[(size_t)u * (size_t)c->n + (size_t)k];
            fprintf(file.stream, "%s\t%d\t%d\t%s", u < a->n_neurons ? "neuron" : "head", a->unit[u].layer,
                    a->unit[u].unit, c->name[k]);
            write_number(file.stream, x->firing);
            write_number(file.stream, x->firing_rest);
            write_number(file.stream, x->mean);
            write_number(file.stream, x->mean_rest);
            write_number(file.stream, 0.5 + x->gap);
            write_number(file.stream, x->selectivity);
            fprintf(file.stream, "\t%d", x->beyond);
            for (int o = 0; o < LOOKS; o++) write_number(file.stream, x->look[o]);
            fputc('\n', file.stream);
        }
    return atomic_commit(&file, "atlas", err);
}
