/* rote capacity --certify: an archive for every model of a sweep, in several formats, and what they prove. */
#include "cli/capacity/certify.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/archive/archive.h"
#include "cli/capacity/text.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "eval/capacity/certify_runs.h"

typedef struct Work {
    CertifyPlan plan;
    CertifiedRuns found;
    double began_s;
    ProgressLine line;
} Work;

/* ---- options ---- */

static bool method_named(const char *word, size_t size, QuantizeMethod *out) {
    for (int m = 0; quantize_method_name[m]; m++)
        if (strlen(quantize_method_name[m]) == size && !memcmp(quantize_method_name[m], word, size)) {
            *out = (QuantizeMethod)m;
            return true;
        }
    return false;
}

/* Formats without codes have nothing for GPTQ to choose: they have one row. */
static Status add_bits(Work *w, int bits, const char *methods, Err *err) {
    Quantize kind;
    if (!format_of_bits(bits, &kind))
        return err_set(err, ERR_INPUT, "capacity: --bits %d: allowed are " FORMAT_BITS, bits);
    for (const char *at = methods; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        QuantizeMethod method;
        if (!method_named(at, strcspn(at, ","), &method))
            return err_set(err, ERR_INPUT, "capacity: --method '%s': a list of rtn and gptq", methods);
        if (w->plan.n_formats == CERTIFY_FORMATS_MAX)
            return err_set(err, ERR_INPUT, "capacity: --bits: at most %d formats", CERTIFY_FORMATS_MAX);
        if (quantize_has_codes(kind))
            w->plan.format[w->plan.n_formats++] = (WeightFormat){bits, kind, method};
        else if (at == methods) w->plan.format[w->plan.n_formats++] = (WeightFormat){bits, kind, METHOD_RTN};
    }
    return OK;
}

static Status read_options(Work *w, const Args *args, Err *err) {
    const char *bits = args_value(args, "bits"), *method = args_value(args, "method");
    *w = (Work){.plan = {.as_set = args_has(args, "set")}};
    TRY(args_threads(args, &w->plan.threads, err));
    if (!bits) bits = "32,16,8,4";
    for (const char *at = bits; at;) {
        int value;
        if (!list_int(&at, &value) || value < 0 || value > 64)
            return err_set(err, ERR_INPUT, "capacity: --bits '%s': a list of " FORMAT_BITS, bits);
        TRY(add_bits(w, value, method ? method : "gptq", err));
    }
    return OK;
}

Status certify_check(const Args *args, Err *err) {
    static const char *const with_certify[] = {"bits", "method", "set", "threads", "quiet"};
    Work w;
    for (int i = 0; i < 5; i++)
        if (args_has(args, with_certify[i]) && !args_has(args, "certify"))
            return err_set(err, ERR_INPUT, "capacity: --%s goes with --certify", with_certify[i]);
    return read_options(&w, args, err);
}

/* ---- progress ---- */

static void show_progress(void *user, int run, int runs, double share) {
    Work *w = user;
    if (!progress_due(&w->line)) return;
    double spent = clock_s() - w->began_s;
    char text[80];
    snprintf(text, sizeof text, "certify: run %d/%d  ETA %s", run, runs,
             show_clock(share > 0 ? spent * (1 / share - 1) : 0));
    progress_show(&w->line, text);
}

/* ---- text ---- */

static const char *format_name(const WeightFormat *format) {
    return format->kind == QUANTIZE_NONE ? "fp32" : quantize_name[format->kind];
}

/* Weights that were trained in the format are not rounded again. */
static bool rounded(const WeightFormat *format, const CertifiedGroup *g) {
    return quantize_has_codes(format->kind) &&
           swept_config(g->series->runs[g->first].run).train.quantize != format->kind;
}

static const char *format_method(const WeightFormat *format, const CertifiedGroup *g) {
    return rounded(format, g) ? quantize_method_name[format->method] : "-";
}

static void print_group(const Work *w, const CertifiedGroup *g) {
    double params = (double)g->architecture->params;
    for (int k = 0; k < w->plan.n_formats; k++) {
        const CertifiedMean *m = &g->mean[k];
        char sure[80], entropy[32], share[80];
        Interval percent = {100 * m->share.value, 100 * m->share.low, 100 * m->share.high, NAN};
        snprintf(entropy, sizeof entropy, "%.0f", m->memorized.value);
        printf("  %-12s %8s %6s %5d  %-5s %-5s %10.0f %13s  %-25s %-22s %6.3f %7.4f %9.0f\n",
               g->architecture->label, show_int(g->architecture->params), show_int((int64_t)g->facts),
               m->n_draws, format_name(&w->plan.format[k]), format_method(&w->plan.format[k], g),
               m->data_bits, entropy, interval_text(sure, sizeof sure, &m->certified, 0),
               interval_text(share, sizeof share, &percent, 1), m->certified.value / params,
               m->certified.value / m->weight_bits, m->ceiling_bits);
    }
}

/* Mean over models and sizes, with the lowest and the highest. */
static void print_over_models(const Work *w) {
    printf("\n  %-5s %-5s  %-30s %-24s %s\n", "bits", "", "certified / cross-entropy, %", "bits/param",
           "bits per bit of weight");
    for (int k = 0; k < w->plan.n_formats; k++) {
        Interval of[3] = {
            {0, INFINITY, -INFINITY, NAN}, {0, INFINITY, -INFINITY, NAN}, {0, INFINITY, -INFINITY, NAN}};
        char text[3][80];
        const char *method = "-";
        for (int i = 0; i < w->found.n_groups; i++) {
            if (rounded(&w->plan.format[k], &w->found.group[i]))
                method = format_method(&w->plan.format[k], &w->found.group[i]);
            const CertifiedMean *m = &w->found.group[i].mean[k];
            double x[3] = {100 * m->share.value,
                           m->certified.value / (double)w->found.group[i].architecture->params,
                           m->certified.value / m->weight_bits};
            for (int j = 0; j < 3; j++) {
                of[j].value += x[j] / w->found.n_groups;
                of[j].low = fmin(of[j].low, x[j]);
                of[j].high = fmax(of[j].high, x[j]);
            }
        }
        for (int j = 0; j < 3; j++)
            interval_text(text[j], sizeof text[j], &of[j], j == 0 ? 1 : j == 1 ? 3 : 4);
        printf("  %-5d %-5s  %-30s %-24s %s\n", w->plan.format[k].bits, method, text[0], text[1], text[2]);
    }
    printf("  mean over models and sizes (lowest to highest)\n");
}

static void print_work(const Work *w, const Capacity *c) {
    double min_margin = INFINITY;
    print_states(c);
    for (int i = 0; i < w->found.n_groups; i++) {
        const CertifiedGroup *g = &w->found.group[i];
        if (i == 0 || g->series != w->found.group[i - 1].series) {
            if (g->series->settings[0]) printf("\n%s\n", g->series->settings);
            printf("  %-12s %8s %6s %5s  %-5s %-5s %10s %13s  %-25s %-22s %6s %7s %9s\n", "model", "params",
                   "facts", "draws", "held", "", w->plan.as_set ? "H (set)" : "H", "cross-entropy",
                   "certified (95 %)", "share, % (95 %)", "/param", "/bit", "ceiling");
        }
        print_group(w, g);
        for (int k = 0; k < w->plan.n_formats; k++) min_margin = fmin(min_margin, g->mean[k].min_margin);
    }
    print_over_models(w);
    printf("\n%d archives of %d runs at the longest budget, all read back and compared; "
           "certified = H - stream - side information,\n"
           "H the entropy of the %s. Shortest archive, weights and all: H %+.0f bits.\n",
           w->found.n_runs * w->plan.n_formats, w->found.n_runs,
           w->plan.as_set ? "facts as a set" : "ordered facts", min_margin);
}

/* ---- JSON ---- */

static json_t *json_group(const Work *w, const CertifiedGroup *g) {
    double params = (double)g->architecture->params;
    const CertifiedMean *first = &g->mean[0];
    json_t *formats = json_array();
    json_t *o = json_pack("{ss ss sI si si}", "label", g->architecture->label, "settings",
                          g->series->settings, "params", (json_int_t)g->architecture->params, "runs",
                          first->n_runs, "draws", first->n_draws);
    if (!o) return NULL;
    json_object_set_new(o, "facts", json_number(g->facts));
    json_object_set_new(o, "budget", json_number(g->budget));
    json_object_set_new(o, "data_bits", json_number(first->data_bits));
    json_object_set_new(o, "memorized_bits", json_interval(&first->memorized));
    for (int k = 0; k < w->plan.n_formats; k++) {
        const CertifiedMean *m = &g->mean[k];
        json_t *f =
            json_pack("{si ss ss}", "bits", w->plan.format[k].bits, "weights",
                      format_name(&w->plan.format[k]), "method", format_method(&w->plan.format[k], g));
        json_object_set_new(f, "certified_bits", json_interval(&m->certified));
        json_object_set_new(f, "share", json_interval(&m->share));
        json_object_set_new(f, "bits_per_param", json_number(m->certified.value / params));
        json_object_set_new(f, "bits_per_weight_bit", json_number(m->certified.value / m->weight_bits));
        json_object_set_new(f, "weight_bits", json_number(m->weight_bits));
        json_object_set_new(f, "stored_weight_bits", json_number(m->stored_bits));
        json_object_set_new(f, "ceiling_bits", json_number(m->ceiling_bits));
        json_object_set_new(f, "least_archive_minus_data_bits", json_number(m->min_margin));
        json_array_append_new(formats, f);
    }
    json_object_set_new(o, "formats", formats);
    return o;
}

static Status json_work(const Work *w, const Capacity *c, Err *err) {
    json_t *models = json_array();
    json_t *o = json_pack("{ss sb si si}", "sweep", c->files.dir, "set", w->plan.as_set, "archives",
                          w->found.n_runs * w->plan.n_formats, "leaks", w->found.leaks);
    for (int i = 0; i < w->found.n_groups; i++)
        json_array_append_new(models, json_group(w, &w->found.group[i]));
    json_object_set_new(o, "models", models);
    return json_out(o, err);
}

Status capacity_certify(const Args *args, const Capacity *capacity, Err *err) {
    Work w;
    TRY(read_options(&w, args, err));
    w.plan.stop = &stop_requested;
    w.plan.notes = &note_sink;
    w.plan.progress = show_progress;
    w.plan.user = &w;
    signals_catch();
    progress_line(&w.line, "certify", args_has(args, "quiet"));
    w.began_s = clock_s();
    w.line.next_s = w.began_s + (w.line.terminal ? 0.2 : 10);
    Status status = certify_runs(&w.found, capacity, &w.plan, err);
    progress_end(&w.line);
    if (status == OK && args_has(args, "json")) status = json_work(&w, capacity, err);
    else if (status == OK) print_work(&w, capacity);
    if (status == OK && w.found.leaks)
        status =
            err_set(err, ERR_FORMAT, "leak alarm, %d archive%s: %s: their source is not what it is taken for",
                    w.found.leaks, w.found.leaks == 1 ? "" : "s", w.found.leak);
    certified_runs_free(&w.found);
    return status;
}
