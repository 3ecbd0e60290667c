/* rote capacity --certify: an archive for every model of a sweep, in several formats, and what they prove. */
#include "cli/capacity/certify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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
#include "eval/capacity/certify.h"
#include "train/train.h"

enum { FORMATS_MAX = 16 };

/* One way to hold weights; every model is archived in each. */
typedef struct Way {
    int bits;
    Quantize kind;
    QuantizeMethod method;
} Way;

/* The runs of one model and number of facts, at the longest budget. */
typedef struct Group {
    const Series *series;
    const Architecture *architecture;
    double facts, budget;
    int first, n; /* of series->runs */
    CertifiedMean mean[FORMATS_MAX];
} Group;

typedef struct Work {
    Way way[FORMATS_MAX];
    int n_ways;
    bool as_set;
    int threads;
    Group *group;
    int n_groups, n_runs;
    double cost, done, began_s; /* of all runs: parameters times tokens */
    ProgressLine line;
    char leak[512]; /* the first archive that is too short, or empty */
    int leaks;
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

/* Formats without codes have nothing for GPTQ to choose: they stand once. */
static Status add_bits(Work *w, int bits, const char *methods, Err *err) {
    Quantize kind;
    if (!format_of_bits(bits, &kind))
        return err_set(err, ERR_INPUT, "capacity: --bits %d: allowed are " FORMAT_BITS, bits);
    for (const char *at = methods; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        QuantizeMethod method;
        if (!method_named(at, strcspn(at, ","), &method))
            return err_set(err, ERR_INPUT, "capacity: --method '%s': a list of rtn and gptq", methods);
        if (w->n_ways == FORMATS_MAX)
            return err_set(err, ERR_INPUT, "capacity: --bits: at most %d formats", FORMATS_MAX);
        if (quantize_has_codes(kind)) w->way[w->n_ways++] = (Way){bits, kind, method};
        else if (at == methods) w->way[w->n_ways++] = (Way){bits, kind, METHOD_RTN};
    }
    return OK;
}

static Status read_options(Work *w, const Args *args, Err *err) {
    const char *bits = args_value(args, "bits"), *method = args_value(args, "method");
    *w = (Work){.as_set = args_has(args, "set")};
    TRY(args_threads(args, &w->threads, err));
    if (!bits) bits = "32,16,8,4";
    for (const char *at = bits;; at++) {
        char *end;
        long value = strtol(at, &end, 10);
        if (end == at || (*end && *end != ',') || value < 0 || value > 64)
            return err_set(err, ERR_INPUT, "capacity: --bits '%s': a list of " FORMAT_BITS, bits);
        TRY(add_bits(w, (int)value, method ? method : "gptq", err));
        at = end;
        if (!*at) return OK;
    }
}

Status certify_check(const Args *args, Err *err) {
    static const char *const with_certify[] = {"bits", "method", "set", "threads", "quiet"};
    Work w;
    for (int i = 0; i < 5; i++)
        if (args_has(args, with_certify[i]) && !args_has(args, "certify"))
            return err_set(err, ERR_INPUT, "capacity: --%s goes with --certify", with_certify[i]);
    return read_options(&w, args, err);
}

/* ---- the work ---- */

static double size_of(const SeriesRun *r) { return sweep_figure(r->run, "facts"); }

static double cost_of(const SeriesRun *r) {
    return sweep_figure(r->run, "params") * size_of(r) * r->run->config.facts.seq_len;
}

/* Series whose facts have a known entropy; runs lie by architecture, size, budget, so the longest is last. */
static Status find_groups(Work *w, const Capacity *c, Err *err) {
    w->group = calloc((size_t)c->files.n + 1, sizeof *w->group);
    if (!w->group) return err_set(err, ERR_NOMEM, "capacity: no memory for %d runs", c->files.n);
    for (int s = 0; s < c->n_series; s++) {
        const Series *series = &c->series[s];
        for (int i = 0; i < series->n_runs; i++) {
            const SeriesRun *run = &series->runs[i];
            Group *g = w->n_groups ? &w->group[w->n_groups - 1] : NULL;
            const Architecture *a = &series->architectures[run->architecture];
            if (run->point.bits != run->point.bits) continue;
            if (!g || g->series != series || g->architecture != a || g->facts != size_of(run))
                g = &w->group[w->n_groups++];
            if (!g->n || g->budget != run->point.budget)
                *g = (Group){.series = series,
                             .architecture = a,
                             .facts = size_of(run),
                             .budget = run->point.budget,
                             .first = i};
            g->n = i + 1 - g->first;
        }
    }
    for (int k = 0; k < w->n_groups; k++)
        for (int i = 0; i < w->group[k].n; i++, w->n_runs++)
            w->cost += cost_of(&w->group[k].series->runs[w->group[k].first + i]);
    return OK;
}

static void show_progress(Work *w, int runs) {
    if (!progress_due(&w->line)) return;
    double spent = clock_s() - w->began_s;
    char text[80];
    snprintf(text, sizeof text, "certify: run %d/%d  ETA %s", runs, w->n_runs,
             show_clock(w->done > 0 ? spent * (w->cost / w->done - 1) : 0));
    progress_show(&w->line, text);
}

static void raise_alarm(Work *w, const char *run, const Way *way, const Certificate *c) {
    if (w->leaks++) return;
    snprintf(w->leak, sizeof w->leak,
             "%s as %s: the whole archive, %.0f bits, is %.0f shorter than random facts of %.0f bits "
             "can be coded in",
             run, quantize_name[way->kind], c->archive_bits, c->data_bits - c->archive_bits, c->data_bits);
}

/* All archives of one run: out[k] for way k. */
static Status certify_run(Work *w, const SeriesRun *r, CertifiedRun *out, int stride, Err *err) {
    Run run;
    TRY(open_run(&run, r->run->path, err));
    Status status = OK;
    for (int k = 0; status == OK && k < w->n_ways; k++) {
        CertifiedRun *to = &out[k * stride];
        CertifyOptions options = {w->way[k].kind, w->way[k].method, w->as_set, w->threads};
        if (stop_requested) status = err_set(err, ERR_STOPPED, "capacity: stopped; no archive is kept");
        else
            status =
                certify(&to->certificate, &run.gpt, run.config.train.quantize, &run.facts, &options, err);
        if (status != OK) break;
        to->data_hash = r->run->result->data_hash;
        to->memorized_bits = r->point.bits;
        if (to->certificate.leaks) raise_alarm(w, r->run->name, &w->way[k], &to->certificate);
        w->done += cost_of(r) / w->n_ways;
    }
    if (status != OK && status != ERR_STOPPED) err_prefix(err, "%s: ", r->run->name);
    run_close(&run);
    return status;
}

static Status certify_group(Work *w, Group *g, int *runs, Err *err) {
    CertifiedRun *all = calloc((size_t)(g->n * w->n_ways), sizeof *all);
    if (!all) return err_set(err, ERR_NOMEM, "capacity: no memory for %d certificates", g->n * w->n_ways);
    Status status = OK;
    for (int i = 0; status == OK && i < g->n; i++) {
        show_progress(w, ++*runs);
        status = certify_run(w, &g->series->runs[g->first + i], all + i, g->n, err);
    }
    for (int k = 0; status == OK && k < w->n_ways; k++)
        status = certified_mean(&g->mean[k], all + k * g->n, g->n, err);
    free(all);
    return status;
}

/* ---- text ---- */

static const char *way_name(const Way *way) {
    return way->kind == QUANTIZE_NONE ? "fp32" : quantize_name[way->kind];
}

/* Weights that were trained in the format stay as they are. */
static bool rounded(const Way *way, const Group *g) {
    return quantize_has_codes(way->kind) && g->series->runs[g->first].run->config.train.quantize != way->kind;
}

static const char *way_method(const Way *way, const Group *g) {
    return rounded(way, g) ? quantize_method_name[way->method] : "-";
}

static void print_group(const Work *w, const Group *g) {
    double params = (double)g->architecture->params;
    for (int k = 0; k < w->n_ways; k++) {
        const CertifiedMean *m = &g->mean[k];
        char sure[80], entropy[32], share[80];
        Interval percent = {100 * m->share.value, 100 * m->share.low, 100 * m->share.high, NAN};
        snprintf(entropy, sizeof entropy, "%.0f", m->memorized.value);
        printf("  %-12s %8s %6s %5d  %-5s %-5s %10.0f %13s  %-25s %-22s %6.3f %7.4f %9.0f\n",
               g->architecture->label, show_int(g->architecture->params), show_int((int64_t)g->facts),
               m->n_draws, way_name(&w->way[k]), way_method(&w->way[k], g), m->data_bits, entropy,
               interval_text(sure, sizeof sure, &m->certified, 0),
               interval_text(share, sizeof share, &percent, 1), m->certified.value / params,
               m->certified.value / m->weight_bits, m->ceiling_bits);
    }
}

/* Mean over models and sizes, with the lowest and the highest. */
static void print_over_models(const Work *w) {
    printf("\n  %-5s %-5s  %-30s %-24s %s\n", "bits", "", "certified / cross-entropy, %", "bits/param",
           "bits per bit of weight");
    for (int k = 0; k < w->n_ways; k++) {
        Interval of[3] = {
            {0, INFINITY, -INFINITY, NAN}, {0, INFINITY, -INFINITY, NAN}, {0, INFINITY, -INFINITY, NAN}};
        char text[3][80];
        const char *method = "-";
        for (int i = 0; i < w->n_groups; i++) {
            if (rounded(&w->way[k], &w->group[i])) method = way_method(&w->way[k], &w->group[i]);
            const CertifiedMean *m = &w->group[i].mean[k];
            double x[3] = {100 * m->share.value,
                           m->certified.value / (double)w->group[i].architecture->params,
                           m->certified.value / m->weight_bits};
            for (int j = 0; j < 3; j++) {
                of[j].value += x[j] / w->n_groups;
                of[j].low = fmin(of[j].low, x[j]);
                of[j].high = fmax(of[j].high, x[j]);
            }
        }
        for (int j = 0; j < 3; j++)
            interval_text(text[j], sizeof text[j], &of[j], j == 0 ? 1 : j == 1 ? 3 : 4);
        printf("  %-5d %-5s  %-30s %-24s %s\n", w->way[k].bits, method, text[0], text[1], text[2]);
    }
    printf("  mean over models and sizes (lowest to highest)\n");
}

static void print_work(const Work *w, const Capacity *c) {
    double min_margin = INFINITY;
    print_states(c);
    for (int i = 0; i < w->n_groups; i++) {
        const Group *g = &w->group[i];
        if (i == 0 || g->series != w->group[i - 1].series) {
            if (g->series->settings[0]) printf("\n%s\n", g->series->settings);
            printf("  %-12s %8s %6s %5s  %-5s %-5s %10s %13s  %-25s %-22s %6s %7s %9s\n", "model", "params",
                   "facts", "draws", "held", "", w->as_set ? "H (set)" : "H", "cross-entropy",
                   "certified (95 %)", "share, % (95 %)", "/param", "/bit", "ceiling");
        }
        print_group(w, g);
        for (int k = 0; k < w->n_ways; k++) min_margin = fmin(min_margin, g->mean[k].least_margin);
    }
    print_over_models(w);
    printf("\n%d archives of %d runs at the longest budget, all read back and compared; "
           "certified = H - stream - side information,\n"
           "H the entropy of the %s. Shortest archive, weights and all: H %+.0f bits.\n",
           w->n_runs * w->n_ways, w->n_runs, w->as_set ? "facts as a set" : "ordered facts", min_margin);
}

/* ---- JSON ---- */

static json_t *json_group(const Work *w, const Group *g) {
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
    for (int k = 0; k < w->n_ways; k++) {
        const CertifiedMean *m = &g->mean[k];
        json_t *f = json_pack("{si ss ss}", "bits", w->way[k].bits, "weights", way_name(&w->way[k]), "method",
                              way_method(&w->way[k], g));
        json_object_set_new(f, "certified_bits", json_interval(&m->certified));
        json_object_set_new(f, "share", json_interval(&m->share));
        json_object_set_new(f, "bits_per_param", json_number(m->certified.value / params));
        json_object_set_new(f, "bits_per_weight_bit", json_number(m->certified.value / m->weight_bits));
        json_object_set_new(f, "weight_bits", json_number(m->weight_bits));
        json_object_set_new(f, "stored_weight_bits", json_number(m->stored_bits));
        json_object_set_new(f, "ceiling_bits", json_number(m->ceiling_bits));
        json_object_set_new(f, "least_archive_minus_data_bits", json_number(m->least_margin));
        json_array_append_new(formats, f);
    }
    json_object_set_new(o, "formats", formats);
    return o;
}

static Status json_work(const Work *w, const Capacity *c, Err *err) {
    json_t *models = json_array();
    json_t *o = json_pack("{ss sb si si}", "sweep", c->files.dir, "set", w->as_set, "archives",
                          w->n_runs * w->n_ways, "leaks", w->leaks);
    for (int i = 0; i < w->n_groups; i++) json_array_append_new(models, json_group(w, &w->group[i]));
    json_object_set_new(o, "models", models);
    return json_out(o, err);
}

Status capacity_certify(const Args *args, const Capacity *capacity, Err *err) {
    Work w;
    int runs = 0;
    TRY(read_options(&w, args, err));
    TRY(find_groups(&w, capacity, err));
    if (w.n_groups == 0) {
        free(w.group);
        return err_set(err, ERR_INPUT,
                       "%s: no run is done whose facts have a known entropy: nothing to certify",
                       capacity->files.dir);
    }
    signals_catch();
    progress_line(&w.line, "certify", args_has(args, "quiet"));
    w.began_s = clock_s();
    w.line.next_s = w.began_s + (w.line.terminal ? 0.2 : 10);
    Status status = OK;
    for (int i = 0; status == OK && i < w.n_groups; i++) status = certify_group(&w, &w.group[i], &runs, err);
    progress_end(&w.line);
    if (status == OK && args_has(args, "json")) status = json_work(&w, capacity, err);
    else if (status == OK) print_work(&w, capacity);
    if (status == OK && w.leaks)
        status =
            err_set(err, ERR_FORMAT, "leak alarm, %d archive%s: %s: their source is not what it is taken for",
                    w.leaks, w.leaks == 1 ? "" : "s", w.leak);
    free(w.group);
    return status;
}
