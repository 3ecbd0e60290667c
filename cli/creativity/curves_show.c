/* What --curve says: tables, JSON, and the plane. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/exact.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/creativity/curves.h"

/* What a row of a table is about. */
typedef enum Measure { AREA, AT_COHERENCE, AT_ENTROPY, COHERENCE_AT_ENTROPY } Measure;

static const double coherence_level[] = {0.7, 0.8, 0.9, 0.95};
enum { COHERENCES = sizeof coherence_level / sizeof *coherence_level, ENTROPIES_MAX = 5 };

static double measured(const SamplerCurves *curves, int c, int replicate, Measure measure, double level) {
    const PlanePoint *p =
        curves->point + (size_t)replicate * (size_t)curves->n_points + curves->curve[c].first;
    int n = curves->curve[c].grid.n_points;
    if (measure == AREA) return plane_area(p, n);
    if (measure == AT_COHERENCE) return plane_at_coherence(p, n, level);
    PlanePoint at = plane_at_entropy(p, n, level);
    return measure == AT_ENTROPY ? at.ratio : at.coherence;
}

/* Over the replicates; NAN where one of them has none. less: minus the first curve's, replicate by replicate. */
static Interval over_replicates(const SamplerCurves *curves, int c, Measure measure, double level,
                                bool less) {
    double x[REPLICATES_MAX];
    for (int r = 0; r < curves->n_replicates; r++) {
        x[r] = measured(curves, c, r, measure, level);
        if (less) x[r] -= measured(curves, 0, r, measure, level);
        if (isnan(x[r])) return (Interval){NAN, NAN, NAN, NAN};
    }
    return mean_interval(x, curves->n_replicates);
}

/* Whole numbers of bits that the first curve has in every replicate: the largest ones, but not far above what all valid
 * samples have. */
static int entropy_levels(const SamplerCurves *curves, double out[ENTROPIES_MAX]) {
    int n = 0;
    for (int bits = (int)ceil(exact_log2(curves->last.valid)); bits >= 0 && n < ENTROPIES_MAX; bits--)
        if (!isnan(over_replicates(curves, 0, AT_ENTROPY, bits, false).value)) out[n++] = bits;
    for (int i = 0; i < n / 2; i++) {
        double t = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = t;
    }
    return n;
}

static const char *verdict_of(const Interval *less) {
    if (!isfinite(less->low)) return "-";
    return less->low > 0 ? "better" : less->high < 0 ? "worse" : "no difference";
}

/* ---- for people ---- */

static const char *with_error(char out[32], const Interval *x) {
    if (isnan(x->value)) snprintf(out, 32, "-");
    else if (!isfinite(x->high)) snprintf(out, 32, "%.3f", x->value);
    else snprintf(out, 32, "%.3f ±%.3f", x->value, x->high - x->value);
    return out;
}

enum { LINE_MAX = 400 };

/* Adds a cell to the line, to the right of `width` columns. The sign ± takes two bytes and one column. */
static void add_cell(char line[LINE_MAX], const char *text, int width) {
    size_t used = strlen(line);
    snprintf(line + used, LINE_MAX - used, " %*s", width + (strstr(text, "±") != NULL), text);
}

/* Without blanks at its end. */
static void print_line(char line[LINE_MAX]) {
    size_t n = strlen(line);
    while (n && line[n - 1] == ' ') n--;
    printf("%.*s\n", (int)n, line);
}

static void print_areas(const SamplerCurves *curves) {
    char text[32], line[LINE_MAX];
    printf("%-33s %6s %14s %22s  %s\n", "curve", "points", "area", "less the first's", "verdict");
    for (int c = 0; c < curves->n; c++) {
        Interval area = over_replicates(curves, c, AREA, 0, false),
                 less = over_replicates(curves, c, AREA, 0, true);
        snprintf(line, sizeof line, "%-33s %6d", curves->curve[c].name, curves->curve[c].grid.n_points);
        add_cell(line, with_error(text, &area), 14);
        add_cell(line, c ? with_error(text, &less) : "", 22);
        add_cell(line, "", 0);
        add_cell(line, c ? verdict_of(&less) : "", 0);
        print_line(line);
    }
}

/* A mark says that the difference from the first curve, replicate by replicate, is beyond chance. */
static void print_levels(const SamplerCurves *curves, Measure measure, const double *level, int n,
                         const char *head) {
    char text[32], marked[40], line[LINE_MAX];
    printf("\n%-33s", head);
    for (int i = 0; i < n; i++) printf(" %15.*f", measure == AT_COHERENCE ? 2 : 0, level[i]);
    putchar('\n');
    for (int c = 0; c < curves->n; c++) {
        snprintf(line, sizeof line, "%-33s", curves->curve[c].name);
        for (int i = 0; i < n; i++) {
            Interval x = over_replicates(curves, c, measure, level[i], false),
                     less = over_replicates(curves, c, measure, level[i], true);
            const char *mark = less.low > 0 ? "+" : less.high < 0 ? "-" : " ";
            snprintf(marked, sizeof marked, "%s%s", with_error(text, &x), mark);
            add_cell(line, marked, 15);
        }
        print_line(line);
    }
}

Status sampler_curves_print(const SamplerCurves *curves, Err *err) {
    (void)err;
    double bits[ENTROPIES_MAX];
    int n = entropy_levels(curves, bits);
    printf("%s: %s valid; %s samples each, of %d %s; ± half of the 95 %% interval (Student's t)\n",
           curves->kind, show_int((int64_t)curves->last.valid), show_int(curves->last.n),
           curves->n_replicates, curves->n_runs > 1 ? "runs" : "draws of one run");
    print_areas(curves);
    print_levels(curves, AT_COHERENCE, coherence_level, COHERENCES, "cr/cr* at this coherence or more");
    if (n) print_levels(curves, AT_ENTROPY, bits, n, "cr/cr* at entropy, bits");
    if (n) print_levels(curves, COHERENCE_AT_ENTROPY, bits, n, "coherence at entropy, bits");
    printf(
        "\nIn brackets: the first curve under other draws. + -: beyond chance above or below the first.\n");
    return OK;
}

/* ---- for programs ---- */

static json_t *levels_json(const SamplerCurves *curves, int c, Measure measure, const double *level, int n) {
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "level", json_number(level[i]));
        json_object_set_new(one, "ratio", json_triple(over_replicates(curves, c, measure, level[i], false)));
        json_object_set_new(one, "ratio_less",
                            json_triple(over_replicates(curves, c, measure, level[i], true)));
        if (measure == AT_ENTROPY)
            json_object_set_new(
                one, "coherence",
                json_triple(over_replicates(curves, c, COHERENCE_AT_ENTROPY, level[i], false)));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *points_json(const SamplerCurves *curves, int c) {
    json_t *list = json_array();
    for (int p = 0; p < curves->curve[c].grid.n_points; p++) {
        char words[CHAIN_TEXT_MAX];
        json_t *one = json_object(), *values = json_array();
        grid_words(&curves->curve[c].grid, p, words);
        for (int r = 0; r < curves->n_replicates; r++) {
            const PlanePoint *x =
                &curves->point[(size_t)r * (size_t)curves->n_points + (size_t)(curves->curve[c].first + p)];
            json_array_append_new(values, json_pack("[o, o, o]", json_number(x->coherence),
                                                    json_number(x->ratio), json_number(x->entropy)));
        }
        json_object_set_new(one, "chain", json_string(words));
        json_object_set_new(one, "replicates", values);
        json_array_append_new(list, one);
    }
    return list;
}

Status sampler_curves_json(const SamplerCurves *curves, Err *err) {
    double bits[ENTROPIES_MAX];
    int n = entropy_levels(curves, bits);
    json_t *list = json_array();
    for (int c = 0; c < curves->n; c++) {
        json_t *one = json_object();
        Interval less = over_replicates(curves, c, AREA, 0, true);
        json_object_set_new(one, "curve", json_string(curves->curve[c].name));
        json_object_set_new(one, "points", points_json(curves, c));
        json_object_set_new(one, "area", json_triple(over_replicates(curves, c, AREA, 0, false)));
        json_object_set_new(one, "area_less", json_triple(less));
        json_object_set_new(one, "verdict", c ? json_string(verdict_of(&less)) : json_null());
        json_object_set_new(one, "at_coherence",
                            levels_json(curves, c, AT_COHERENCE, coherence_level, COHERENCES));
        json_object_set_new(one, "at_entropy", levels_json(curves, c, AT_ENTROPY, bits, n));
        json_array_append_new(list, one);
    }
    return json_out(json_pack("{ss so si si so}", "kind", curves->kind, "valid",
                              json_number(curves->last.valid), "n", curves->last.n, "replicates",
                              curves->n_replicates, "curves", list),
                    err);
}
