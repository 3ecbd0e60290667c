/* What `rote neurons eval` prints: means over runs with their intervals, as a table or as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/common/json.h"
#include "cli/neurons/eval.h"
#include "eval/stats/stats.h"

typedef enum Source { SOURCE_OWN, SOURCE_TWIN, SOURCE_SHUFFLED, SOURCE_RANDOM } Source;

typedef struct Estimate {
    double mean, low, high;
    int n; /* number of values; 0: none, below 0: out of memory */
} Estimate;

/* The mean with its 95 % interval; quantiles: with the 2.5 % and 97.5 % quantiles instead. Values that are not
 * finite are left out. Reorders values. */
static Estimate estimate_of(double *values, int n, bool quantiles) {
    int n_finite = 0;
    for (int i = 0; i < n; i++)
        if (isfinite(values[i])) values[n_finite++] = values[i];
    Interval mean = mean_interval(values, n_finite);
    Estimate f = {mean.value, mean.low, mean.high, n_finite};
    if (!quantiles) return f;
    sort_doubles(values, n_finite);
    f.low = quantile_sorted(values, n_finite, 0.025);
    f.high = quantile_sorted(values, n_finite, 0.975);
    return f;
}

static const NeuronFigures *figures_of(const RuleInRun *run, Source column) {
    return column == SOURCE_OWN    ? &run->measured.own
           : column == SOURCE_TWIN ? &run->twin.own
                                   : &run->measured.shuffled;
}

/* Over runs; over all random sets of all runs for SOURCE_RANDOM. */
static Estimate figure(const RuleOverRuns *x, Source column, int group, int figure) {
    int max_values = 0, n = 0;
    for (int r = 0; r < x->n_runs; r++)
        max_values += column == SOURCE_RANDOM ? x->run[r].measured.n_random : 1;
    double *values = malloc(((size_t)max_values + 1) * sizeof *values);
    if (!values) return (Estimate){NAN, NAN, NAN, -1};
    for (int r = 0; r < x->n_runs; r++) {
        const NeuronMeasures *a = &x->run[r].measured;
        if (column != SOURCE_RANDOM) values[n++] = figures_of(&x->run[r], column)->of[group][figure];
        else
            for (int i = 0; i < a->n_random; i++) values[n++] = a->random[i].of[group][figure];
    }
    Estimate f = estimate_of(values, n, column == SOURCE_RANDOM);
    free(values);
    return f;
}

static Estimate price(const RuleOverRuns *x, bool recalled) {
    double *values = malloc(((size_t)x->n_runs + 1) * sizeof *values);
    if (!values) return (Estimate){NAN, NAN, NAN, -1};
    for (int r = 0; r < x->n_runs; r++)
        values[r] = recalled ? x->run[r].recalled_price : x->run[r].memorized_price;
    Estimate f = estimate_of(values, x->n_runs, false);
    free(values);
    return f;
}

/* ---- JSON ---- */

static json_t *figure_json(Estimate f) {
    if (f.n < 0) {
        json_lost();
        return NULL;
    }
    if (f.n == 0) return json_null();
    return json_pack("{so so so si}", "mean", json_number(f.mean), "low", json_number(f.low), "high",
                     json_number(f.high), "n", f.n);
}

static json_t *column_json(const RuleOverRuns *x, Source column) {
    static const char *const group_key[NEURON_GROUPS] = {"trained", "heldout"};
    json_t *o = json_object();
    for (int g = 0; g < NEURON_GROUPS; g++) {
        json_t *group = json_object();
        for (int i = 0; i < NEURON_FIGURES; i++)
            if (json_object_set_new(group, neuron_figure_key[i], figure_json(figure(x, column, g, i))) != 0) {
                json_decref(group);
                json_decref(o);
                return NULL;
            }
        json_object_set_new(o, group_key[g], group);
    }
    return o;
}

static json_t *units_json(const RuleOverRuns *x) {
    json_t *all = json_array();
    for (int r = 0; r < x->n_runs; r++) {
        json_t *one = json_array();
        for (int j = 0; j < x->run[r].n_units; j++)
            json_array_append_new(one, json_integer(x->run[r].unit[j]));
        json_array_append_new(all, one);
    }
    return all;
}

json_t *rule_over_runs_json(const RuleOverRuns *x) {
    json_t *o = column_json(x, SOURCE_OWN), *rule = json_object();
    json_object_set_new(rule, "name", json_string(x->rule.name));
    json_object_set_new(rule, "hook", json_string(x->rule.hook));
    json_object_set_new(rule, "units", units_json(x));
    json_object_update(rule, o);
    json_decref(o);
    json_t *twin = x->has_twin ? column_json(x, SOURCE_TWIN) : json_null();
    json_t *random = column_json(x, SOURCE_RANDOM), *shuffled = column_json(x, SOURCE_SHUFFLED);
    json_t *cost = x->has_twin
                       ? json_pack("{so so}", "memorized_bits_per_param", figure_json(price(x, false)),
                                   "recalled_bits_per_param", figure_json(price(x, true)))
                       : json_null();
    bool complete = o && twin && random && shuffled && cost;
    json_object_set_new(rule, "twin", twin);
    json_object_set_new(rule, "random", random);
    json_object_set_new(rule, "shuffled", shuffled);
    json_object_set_new(rule, "cost", cost);
    if (complete) return rule;
    json_decref(rule);
    return NULL;
}

/* ---- the table ---- */

enum { CELL = 15, CELL_RANDOM = 21 };

static const char *cell(char out[64], Estimate f, bool quantiles, bool count) {
    char mean[32];
    bool whole = count && f.mean == floor(f.mean);
    snprintf(mean, sizeof mean, "%.*f", whole ? 0 : fabs(f.mean) >= 100 ? 1 : 4, f.mean);
    if (f.n <= 0) snprintf(out, 64, "-");
    else if (!isfinite(f.low) || (f.low == f.high && !quantiles)) snprintf(out, 64, "%s", mean);
    else if (quantiles) snprintf(out, 64, "%.3f (%.2f..%.2f)", f.mean, f.low, f.high);
    else snprintf(out, 64, "%s ±%.2g", mean, f.high - f.mean);
    return out;
}

/* The sign ± takes two bytes and one column. */
static void put_cell(Estimate f, bool quantiles, bool count) {
    char text[64];
    cell(text, f, quantiles, count);
    int wide = (int)strlen(text) - (strstr(text, "±") != NULL);
    int width = quantiles ? CELL_RANDOM : CELL;
    printf(" %*s%s", wide < width ? width - wide : 0, "", text);
}

static const struct Row {
    int figure;
    const char *label;
} row[] = {
    {FIGURE_CLASS_FACTS, "facts of the class"},
    {FIGURE_OTHER_FACTS, "other facts"},
    {FIGURE_HIT, "HIT"},
    {FIGURE_FAR, "FAR"},
    {FIGURE_AUROC, "AUROC of a fact's mean z"},
    {FIGURE_PRECISION, "average precision"},
    {FIGURE_PRIOR, "share of the class"},
    {FIGURE_SELECTIVITY, "class selectivity"},
    {FIGURE_SELECTIVE, "units with a selectivity"},
    {FIGURE_INFORMATION, "information, bits"},
    {FIGURE_INFORMATION_MAX, "of the best unit"},
    {FIGURE_UNCLAMPED, "class: bits a fact"},
    {FIGURE_ZERO, "  + zeroed (necessity)"},
    {FIGURE_MEAN, "  + at their means"},
    {FIGURE_UNCLAMPED + 1, "others: bits a fact"},
    {FIGURE_ZERO + 1, "  + zeroed (specificity)"},
    {FIGURE_MEAN + 1, "  + at their means"},
    {FIGURE_DOSE_BITS, "  + clamped to 0.5 x mean"},
    {FIGURE_DOSE_BITS + 1, "  + clamped to 1 x mean"},
    {FIGURE_DOSE_BITS + 2, "  + clamped to 2 x mean"},
    {FIGURE_DOSE_BITS + 3, "  + clamped to 4 x mean"},
    {FIGURE_UNCLAMPED + 2, "class: recall"},
    {FIGURE_ZERO + 2, "  zeroed"},
    {FIGURE_MEAN + 2, "  at their means"},
    {FIGURE_UNCLAMPED + 3, "others: recall"},
    {FIGURE_ZERO + 3, "  zeroed"},
    {FIGURE_MEAN + 3, "  at their means"},
    {FIGURE_DOSE_RECALL, "  clamped to 0.5 x mean"},
    {FIGURE_DOSE_RECALL + 1, "  clamped to 1 x mean"},
    {FIGURE_DOSE_RECALL + 2, "  clamped to 2 x mean"},
    {FIGURE_DOSE_RECALL + 3, "  clamped to 4 x mean"},
    {FIGURE_PAIRS, "counterparts"},
    {FIGURE_FLIP_BASE, "  flipped without clamping"},
    {FIGURE_DOSE_FLIP, "  clamped to 0.5 x mean"},
    {FIGURE_DOSE_FLIP + 1, "  clamped to 1 x mean"},
    {FIGURE_DOSE_FLIP + 2, "  clamped to 2 x mean"},
    {FIGURE_DOSE_FLIP + 3, "  clamped to 4 x mean"},
    {FIGURE_DONOR_PAIRS, "  of them with a donor"},
    {FIGURE_DONOR_FLIP, "  clamped to 0.5 x donor"},
    {FIGURE_DONOR_FLIP + 1, "  clamped to 1 x donor"},
    {FIGURE_DONOR_FLIP + 2, "  clamped to 2 x donor"},
    {FIGURE_DONOR_FLIP + 3, "  clamped to 4 x donor"},
    {FIGURE_TAG_PAIRS, "counterparts of --pairs-tag"},
    {FIGURE_TAG_FLIP_BASE, "  flipped without clamping"},
    {FIGURE_DOSE_TAG_FLIP, "  clamped to 0.5 x mean"},
    {FIGURE_DOSE_TAG_FLIP + 1, "  clamped to 1 x mean"},
    {FIGURE_DOSE_TAG_FLIP + 2, "  clamped to 2 x mean"},
    {FIGURE_DOSE_TAG_FLIP + 3, "  clamped to 4 x mean"},
    {FIGURE_DONOR_TAG_PAIRS, "  of them with a donor"},
    {FIGURE_DONOR_TAG_FLIP, "  clamped to 0.5 x donor"},
    {FIGURE_DONOR_TAG_FLIP + 1, "  clamped to 1 x donor"},
    {FIGURE_DONOR_TAG_FLIP + 2, "  clamped to 2 x donor"},
    {FIGURE_DONOR_TAG_FLIP + 3, "  clamped to 4 x donor"},
    {FIGURE_LEAK_WITHOUT, "probe without the units, AUROC"},
    {FIGURE_LEAK_WITH, "probe with them, AUROC"},
};

static const struct TableColumn {
    const char *name;
    Source column;
    int group;
} column[] = {{"trained", SOURCE_OWN, GROUP_TRAINED},
              {"held out", SOURCE_OWN, GROUP_HELDOUT},
              {"twin", SOURCE_TWIN, GROUP_TRAINED},
              {"random units", SOURCE_RANDOM, GROUP_TRAINED}};
enum { COLUMNS = sizeof column / sizeof *column };

static bool shown(const RuleOverRuns *x, int k) {
    if (column[k].column == SOURCE_TWIN) return x->has_twin;
    if (column[k].column == SOURCE_RANDOM) return x->run[0].measured.n_random > 0;
    return column[k].group == GROUP_TRAINED || x->has_heldout;
}

static bool is_count(int figure) {
    return figure == FIGURE_CLASS_FACTS || figure == FIGURE_OTHER_FACTS || figure == FIGURE_SELECTIVE ||
           figure == FIGURE_PAIRS || figure == FIGURE_DONOR_PAIRS || figure == FIGURE_TAG_PAIRS ||
           figure == FIGURE_DONOR_TAG_PAIRS;
}

/* false: no memory. */
static bool print_row(const RuleOverRuns *x, const struct Row *r) {
    Estimate f[COLUMNS];
    bool any = false;
    for (int k = 0; k < COLUMNS; k++) {
        f[k] = figure(x, column[k].column, column[k].group, r->figure);
        if (f[k].n < 0) return false;
        any |= shown(x, k) && f[k].n > 0;
    }
    bool none = (r->figure == FIGURE_PAIRS || r->figure == FIGURE_TAG_PAIRS) && f[0].mean == 0;
    if (!any || none) return true;
    printf("%-30s", r->label);
    for (int k = 0; k < COLUMNS; k++)
        if (shown(x, k)) put_cell(f[k], column[k].column == SOURCE_RANDOM, is_count(r->figure));
    putchar('\n');
    return true;
}

static bool same_units(const RuleOverRuns *x) {
    for (int r = 1; r < x->n_runs; r++)
        if (x->run[r].n_units != x->run[0].n_units ||
            memcmp(x->run[r].unit, x->run[0].unit, (size_t)x->run[0].n_units * sizeof *x->run[0].unit) != 0)
            return false;
    return true;
}

static void print_units(const RuleOverRuns *x) {
    int n = same_units(x) ? 1 : x->n_runs;
    for (int r = 0; r < n; r++) {
        const RuleInRun *run = &x->run[r];
        printf(r ? ";" : " units");
        for (int j = 0, last; j < run->n_units; j = last + 1) {
            for (last = j; last + 1 < run->n_units && run->unit[last + 1] == run->unit[last] + 1;) last++;
            printf(j ? ",%d" : " %d", run->unit[j]);
            if (last > j) printf("-%d", run->unit[last]);
        }
    }
    putchar('\n');
}

/* Behind `before`; false: no memory. */
static bool put_one(const char *before, Estimate f) {
    char text[64];
    printf("%s %s", before, cell(text, f, false, false));
    return f.n >= 0;
}

Status rule_over_runs_print(const RuleOverRuns *x, Err *err) {
    bool whole = true;
    printf("rule %s: %s,", x->rule.name, x->rule.hook);
    print_units(x);
    printf("%-30s", "");
    for (int k = 0; k < COLUMNS; k++)
        if (shown(x, k))
            printf(" %*s", column[k].column == SOURCE_RANDOM ? CELL_RANDOM : CELL, column[k].name);
    putchar('\n');
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) whole = print_row(x, &row[i]) && whole;
    printf("%-30s", "sides permuted: HIT, FAR, AUROC");
    static const int shuffled[] = {FIGURE_HIT, FIGURE_FAR, FIGURE_AUROC};
    for (int i = 0; i < 3; i++)
        whole = put_one(i ? "," : "", figure(x, SOURCE_SHUFFLED, GROUP_TRAINED, shuffled[i])) && whole;
    putchar('\n');
    if (x->has_twin) {
        printf("%-30s", "price, bits per parameter");
        whole = put_one("", price(x, false)) && whole;
        whole = put_one(" memorized,", price(x, true)) && whole;
        puts(" recalled");
    }
    return whole ? OK : err_set(err, ERR_NOMEM, "no memory for the figures of a rule");
}
