/* rote capacity: bits per parameter of a sweep. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/capacity/certify.h"
#include "cli/capacity/text.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "eval/capacity/words.h"

/* ---- JSON ---- */

static json_t *json_answer(Answer a) {
    return a == ANSWER_UNKNOWN ? json_null() : json_boolean(a == ANSWER_YES);
}

static json_t *json_lira(const Lira *l) {
    json_t *o = json_object();
    json_object_set_new(o, "runs", json_integer(l->n_runs));
    json_object_set_new(o, "facts_judged", json_number(l->examples));
    json_object_set_new(o, "variance_per_fact", json_boolean(l->own_variance));
    json_object_set_new(o, "auc", json_number(l->auc));
    json_object_set_new(o, "tpr_at_fpr_1pct", json_number(l->tpr_low));
    json_object_set_new(o, "code_length_auc", json_number(l->plain_auc));
    json_object_set_new(o, "code_length_tpr_at_fpr_1pct", json_number(l->plain_tpr_low));
    return o;
}

/* The sizes of an architecture; a figure that no run has is left out. */
static json_t *json_sizes(const Series *s, int architecture) {
    json_t *all = json_array();
    for (int i = 0; i < s->n_sizes; i++) {
        const SizeSummary *size = &s->sizes[i];
        if (size->architecture != architecture) continue;
        json_t *o = json_object();
        json_object_set_new(o, "facts", json_number(size->facts));
        json_object_set_new(o, "runs", json_integer(size->n_runs));
        json_object_set_new(o, "overfill", json_number(size->overfill));
        for (int k = 0; k < n_size_figures; k++)
            if (isfinite(size->mean[size_figures[k]]))
                json_object_set_new(o, figure_rows[size_figures[k]].key,
                                    json_number(size->mean[size_figures[k]]));
        if (size->lira.n_runs) json_object_set_new(o, "lira", json_lira(&size->lira));
        json_array_append_new(all, o);
    }
    return all;
}

static json_t *json_architecture(const Series *s, int at) {
    const Architecture *a = &s->architectures[at];
    const Plateau *p = &a->plateau;
    double params = (double)a->params;
    Interval per_param = {p->reached.value / params, p->reached.low / params, p->reached.high / params, NAN};
    json_t *o = json_pack("{ss si si sI si si si si}", "label", a->label, "n_layer",
                          swept_config(a->first).model.n_layer, "n_embd", swept_config(a->first).model.n_embd,
                          "params", (json_int_t)a->params, "runs", a->n_runs, "sizes", a->n_sizes, "budgets",
                          a->n_budgets, "seeds", a->n_seeds);
    if (!o) return NULL;
    json_object_set_new(o, "longest_budget", json_number(p->budget));
    json_object_set_new(o, "exposures", json_number(a->exposures));
    json_object_set_new(o, "plateau_bits", json_interval(&p->reached));
    json_object_set_new(o, "plateau_bits_set", json_number(p->set_bits));
    json_object_set_new(o, "bits_per_param", json_interval(&per_param));
    json_object_set_new(o, "largest_size_bits", json_number(p->largest_bits));
    json_object_set_new(o, "overfill", json_number(p->overfill));
    json_object_set_new(o, "sizes_beyond", json_integer(p->n_sizes));
    json_object_set_new(o, "spread", json_number(p->spread));
    json_object_set_new(o, "load_factor", json_number(p->load_factor));
    json_object_set_new(o, "rise", json_interval(&p->rise));
    json_object_set_new(o, "odd_seed", p->odd.column < 0 ? json_null() : json_string(a->odd_seed));
    json_object_set_new(o, "odd_excess", json_number(a->odd_excess));
    json_object_set_new(o, "gain", json_interval(&p->gain));
    json_object_set_new(o, "gain_factor", json_number(p->gain_factor));
    json_object_set_new(o, "gain_pairs", json_integer(p->n_pairs));
    json_object_set_new(o, "endless_bits", json_interval(&a->endless));
    json_object_set_new(o, "saturated", json_boolean(p->saturated));
    json_object_set_new(o, "converged", json_answer(p->converged));
    json_object_set_new(o, "unstable", json_boolean(p->unstable));
    json_object_set_new(o, "lower_bound_only", json_boolean(!architecture_certain(a)));
    json_object_set_new(o, "verdict", json_string_take(architecture_verdict(a)));
    json_object_set_new(o, "by_size", json_sizes(s, at));
    return o;
}

static const char *budget_unit(const Series *s) { return s->budget_in_exposures ? "exposures" : "steps"; }

static json_t *json_series(const Series *s) {
    const Slope *l = &s->slope;
    json_t *o = json_object(), *architectures = json_array();
    json_object_set_new(o, "settings", json_string(s->settings));
    json_object_set_new(o, "statement", json_string_take(series_statement(s)));
    json_object_set_new(o, "verdict", json_string_take(series_verdict(s)));
    json_object_set_new(o, "advice", json_string_take(series_advice(s)));
    json_object_set_new(o, "saturated", json_boolean(s->saturated));
    json_object_set_new(o, "converged", json_answer(s->converged));
    json_object_set_new(o, "unstable", json_boolean(s->unstable));
    json_object_set_new(o, "lower_bound_only", json_boolean(!series_certain(s)));
    json_object_set_new(o, "runs", json_integer(s->n_runs));
    json_object_set_new(o, "seeds", json_integer(s->n_seeds));
    json_object_set_new(o, "budgets", json_integer(s->n_budgets));
    json_object_set_new(o, "budget_unit", json_string(budget_unit(s)));
    json_object_set_new(o, "architectures_counted", json_integer(l->n_architectures));
    json_object_set_new(o, "bits_per_param", json_interval(&l->origin));
    json_object_set_new(o, "bits_per_param_set", json_interval(&l->set));
    json_object_set_new(o, "slope_with_intercept", json_interval(&l->slope));
    json_object_set_new(o, "intercept_bits", json_interval(&l->intercept));
    json_object_set_new(o, "exponent", json_interval(&l->exponent));
    json_object_set_new(o, "r2", json_number(l->r2));
    json_object_set_new(o, "gain", json_interval(&l->gain));
    json_object_set_new(o, "gain_factor", json_number(l->gain_factor));
    json_object_set_new(o, "endless_bits_per_param", json_interval(&l->endless));
    json_object_set_new(o, "gamma", json_interval(&s->gamma));
    json_object_set_new(o, "exposures_e0", json_interval(&s->e0));
    json_object_set_new(o, "exposures_bits_per_param", json_interval(&s->exposures_limit));
    json_object_set_new(o, "budget_law_error", json_number(s->law_error[0]));
    json_object_set_new(o, "exposures_law_error", json_number(s->law_error[1]));
    json_object_set_new(o, "heldout_loss_peak", json_interval(&s->peak));
    json_object_set_new(o, "mia_f1_law_error", json_number(s->membership_error));
    for (int a = 0; a < s->n_architectures; a++)
        json_array_append_new(architectures, json_architecture(s, a));
    json_object_set_new(o, "architectures", architectures);
    return o;
}

static Status capacity_json(const Capacity *c, Err *err) {
    json_t *o = json_object(), *runs = json_object(), *left_out = json_array(), *series = json_array();
    for (int i = 0; i < SWEPT_STATES; i++)
        json_object_set_new(runs, swept_state_name[i], json_integer(c->n_in_state[i]));
    json_object_set_new(runs, "waiting", json_integer(c->n_waiting));
    for (int i = 0; i < c->files.n; i++) {
        const SweptRun *r = &c->files.runs[i];
        if (r->state != SWEPT_DONE)
            json_array_append_new(left_out, json_pack("{ss ss ss}", "run", r->name, "state",
                                                      swept_state_name[r->state], "reason", r->reason));
    }
    for (int i = 0; i < c->n_series; i++) json_array_append_new(series, json_series(&c->series[i]));
    json_object_set_new(o, "sweep", json_string(c->files.dir));
    json_object_set_new(o, "runs", runs);
    json_object_set_new(o, "not_counted", left_out);
    json_object_set_new(o, "series", series);
    json_object_set_new(o, "references",
                        json_pack("[{ss sf} {ss sf}]", "source", "Morris et al. 2025, random sequences",
                                  "bits_per_param", 3.6, "source", "Allen-Zhu & Li 2024, facts",
                                  "bits_per_param", 2.0));
    return json_out(o, err);
}

/* ---- text ---- */

static Status print_architectures(const Series *s, Err *err) {
    int width = 12;
    for (int a = 0; a < s->n_architectures; a++)
        if ((int)strlen(s->architectures[a].label) > width) width = (int)strlen(s->architectures[a].label);
    printf("  %-*s %10s %5s %7s %5s %9s  %-27s %-21s %s\n", width, "model", "params", "sizes", "budgets",
           "seeds", "exposures", "bits (95 % interval)", "bits/param", "verdict");
    for (int a = 0; a < s->n_architectures; a++) {
        const Architecture *arch = &s->architectures[a];
        double params = (double)arch->params;
        Interval c = arch->plateau.reached, r = {c.value / params, c.low / params, c.high / params, NAN};
        char bits[80], ratio[80], *verdict = architecture_verdict(arch);
        if (!verdict) return err_set(err, ERR_NOMEM, "capacity: no memory for a table");
        printf("  %-*s %10s %5d %7d %5d %9.0f  %-27s %-21s %s\n", width, arch->label, show_int(arch->params),
               arch->n_sizes, arch->n_budgets, arch->n_seeds, arch->exposures,
               interval_text(bits, sizeof bits, &c, 0), interval_text(ratio, sizeof ratio, &r, 3), verdict);
        free(verdict);
    }
    return OK;
}

static void print_figure(const char *name, const Interval *i, int digits, const char *unit) {
    char text[80];
    if (i->value == i->value)
        printf("  %-20s %s%s%s\n", name, interval_text(text, sizeof text, i, digits), *unit ? " " : "", unit);
}

/* A column of the table over sizes, which is shown where at least one run has the figure. */
typedef struct SizeColumn {
    const char *title;
    RunFigure figure;
    double scale; /* factor; 0: divide by the number of parameters */
    int digits;
} SizeColumn;

static bool any_size_has(const Series *s, RunFigure figure) {
    for (int i = 0; i < s->n_sizes; i++)
        if (s->sizes[i].mean[figure] == s->sizes[i].mean[figure]) return true;
    return false;
}

static void print_sizes(const Series *s, bool known) {
    static const SizeColumn columns[] = {{"data/param", FIG_DATA_BITS, 0, 3},
                                         {"memorized/param", FIG_MEMORIZED_BITS, 0, 3},
                                         {"code bits", FIG_CODE_BITS, 1, 0},
                                         {"answers' bits", FIG_ANSWER_BITS, 1, 0},
                                         {"zlib bits", FIG_ZLIB_BYTES, 8, 0},
                                         {"recall", FIG_RECALL, 1, 4},
                                         {"held-out nats", FIG_HELDOUT_LOSS_NATS, 1, 4},
                                         {"AUC", FIG_MIA_AUC, 1, 4},
                                         {"F1", FIG_MIA_F1, 1, 4},
                                         {"F1 law", FIG_MIA_F1_LAW, 1, 4},
                                         {"R", FIG_R, 1, 3},
                                         {"R_max", FIG_R_MAX, 1, 3}};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    bool shown[COLUMNS];
    for (int k = 0; k < COLUMNS; k++)
        shown[k] = any_size_has(s, columns[k].figure) && !(known && columns[k].figure == FIG_CODE_BITS);
    printf("\n  %-16s %8s", "model", "facts");
    for (int k = 0; k < COLUMNS; k++)
        if (shown[k]) printf(" %15s", columns[k].title);
    printf("\n");
    for (int i = 0; i < s->n_sizes; i++) {
        const SizeSummary *size = &s->sizes[i];
        const Architecture *a = &s->architectures[size->architecture];
        printf("  %-16s %8s", a->label, show_int((int64_t)size->facts));
        for (int k = 0; k < COLUMNS; k++) {
            const SizeColumn *c = &columns[k];
            double x = size->mean[c->figure] * (c->scale > 0 ? c->scale : 1 / (double)a->params);
            if (shown[k] && x == x) printf(" %15.*f", c->digits, x);
            else if (shown[k]) printf(" %15s", "-");
        }
        printf("\n");
    }
}

static void print_budgets(const Series *s) {
    double low = INFINITY, high = 0;
    for (int i = 0; i < s->n_runs; i++) {
        low = fmin(low, s->runs[i].point.budget);
        high = fmax(high, s->runs[i].point.budget);
    }
    if (s->n_budgets > 1)
        printf("  %-20s %d, from %.10g to %.10g %s\n", "budgets", s->n_budgets, low, high, budget_unit(s));
}

static void print_peak(const Series *s) {
    char text[80];
    if (s->n_peaks > 0)
        printf("  %-20s at %s times capacity, %d architecture%s\n", "held-out loss peaks",
               interval_text(text, sizeof text, &s->peak, 2), s->n_peaks, plural(s->n_peaks));
    if (s->membership_error == s->membership_error)
        printf("  %-20s off the law of Morris et al. by %.3f (root mean square)\n", "membership F1",
               s->membership_error);
}

static void print_lira(const Series *s) {
    for (int i = 0; i < s->n_sizes; i++) {
        const SizeSummary *size = &s->sizes[i];
        const Lira *l = &size->lira;
        if (l->n_runs)
            printf("  LiRA, %s facts, %s: AUC %.4f, TPR %.4f at 1 %% FPR "
                   "(%d runs; by code length alone %.4f, %.4f)\n",
                   show_int((int64_t)size->facts), s->architectures[size->architecture].label, l->auc,
                   l->tpr_low, l->n_runs, l->plain_auc, l->plain_tpr_low);
    }
}

static void print_limit(const Interval *limit, double below, const char *name, const Series *s) {
    print_figure(name, limit, 3, "bits/param");
    if (below == below)
        printf("  %-20s none: %.3f bits/param would lie below the %.3f reached, so this law does not hold\n",
               name, below, s->slope.origin.value);
}

static void print_laws(const Series *s) {
    const Slope *l = &s->slope;
    char text[80];
    if (s->gamma.value == s->gamma.value) {
        bool cut = !(s->gamma.low > 0 && s->gamma.high < INFINITY);
        printf("  %-20s gamma %s, residual %.1f %%%s\n", "C - c t^-gamma",
               interval_text(text, sizeof text, &s->gamma, 2), 100 * s->law_error[0],
               cut ? ": these budgets do not determine the limit" : "");
        print_limit(&l->endless, s->limit_below[0], "  limit (t -> inf)", s);
    }
    if (s->e0.value == s->e0.value) {
        printf("  %-20s E0 %s exposures, residual %.1f %%\n", "C (1 - e^(-E/E0))",
               interval_text(text, sizeof text, &s->e0, 0), 100 * s->law_error[1]);
        print_limit(&s->exposures_limit, s->limit_below[1], "  limit (E -> inf)", s);
    }
}

static Status print_series(const Series *s, Err *err) {
    const Slope *l = &s->slope;
    char *statement = series_statement(s);
    if (!statement) return err_set(err, ERR_NOMEM, "capacity: no memory for a statement");
    if (s->settings[0]) printf("\n%s\n", s->settings);
    Status status = s->entropy_known ? print_architectures(s, err) : OK;
    printf("\n%s\n", statement);
    free(statement);
    char *advice = series_advice(s);
    if (!advice) return err_set(err, ERR_NOMEM, "capacity: no memory for a statement");
    if (*advice) printf("%s\n", advice);
    free(advice);
    if (!s->entropy_known || any_size_has(s, FIG_HELDOUT_LOSS_NATS) || any_size_has(s, FIG_R))
        print_sizes(s, s->entropy_known);
    print_budgets(s);
    print_peak(s);
    print_lira(s);
    if (l->n_architectures == 0) return status;
    print_figure("coded as a set", &l->set, 3, "bits/param");
    print_figure("with an intercept", &l->slope, 3, "bits/param");
    print_figure("  intercept", &l->intercept, 0, "bits");
    print_figure("exponent of P", &l->exponent, 3, "");
    if (l->r2 == l->r2) printf("  %-20s %.5f\n", "R2 of C against P", l->r2);
    print_laws(s);
    return status;
}

static void print_references(const Capacity *c) {
    for (int i = 0; i < c->n_series; i++) {
        if (c->series[i].slope.n_architectures == 0) continue;
        printf("\n  for comparison: 3.6 bits/param, random sequences (Morris et al. 2025); "
               "2, facts (Allen-Zhu & Li 2024)\n");
        return;
    }
}

static Status cmd_capacity(const Args *args, Err *err) {
    Capacity capacity;
    TRY(certify_check(args, err));
    Status status = capacity_read(&capacity, args->words[0], err);
    if (status == OK && args_has(args, "certify")) {
        status = capacity_certify(args, &capacity, err);
    } else if (status == OK && args_has(args, "json")) {
        status = capacity_json(&capacity, err);
    } else if (status == OK) {
        print_states(&capacity);
        for (int i = 0; status == OK && i < capacity.n_series; i++)
            status = print_series(&capacity.series[i], err);
        if (capacity.n_series == 0) printf("no run is done, so there is no result yet\n");
        print_references(&capacity);
    }
    capacity_free(&capacity);
    return status;
}

static const Option capacity_options[] = {
    FLAG("certify",
         "write an archive of every run and read it back: the bits that its weights provably hold"),
    OPTION("bits", "B,B,...", "--certify: bits of a weight: 32, 16, 8, 6, 4, 3, 2 (default: 32,16,8,4)"),
    OPTION(
        "method", "rtn,gptq",
        "--certify: rounding of weights of 8 bits and fewer: to nearest, or by GPTQ on the facts (default: "
        "gptq)"),
    FLAG("set", "--certify: code the facts as a set"),
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command capacity_command = {
    .name = "capacity",
    .words = "SWEEP",
    .min_words = 1,
    .max_words = 1,
    .reads = "sweep",
    .n_reads = 1,
    .summary =
        "estimates the capacity of a sweep's models: plateaus, bits per parameter, intervals, verdicts",
    .options = capacity_options,
    .run = cmd_capacity,
};
