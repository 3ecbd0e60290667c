#include "eval/capacity/certify_runs.h"

#include <stdlib.h>

#include "store/run.h"

typedef struct Work {
    const CertifyPlan *plan;
    CertifiedRuns *out;
    int runs;          /* number of runs begun */
    double cost, done; /* parameters times tokens, of all runs and of those already certified */
} Work;

static double size_of(const SeriesRun *r) { return sweep_figure(r->run, "facts"); }

static double cost_of(const SeriesRun *r) {
    return sweep_figure(r->run, "params") * size_of(r) * swept_config(r->run).facts.seq_len;
}

/* Series whose facts have a known entropy. Runs are sorted by architecture, size and budget, so the longest is last. */
static Status find_groups(Work *w, const Capacity *c, Err *err) {
    w->out->group = calloc((size_t)c->files.n + 1, sizeof *w->out->group);
    if (!w->out->group) return err_set(err, ERR_NOMEM, "capacity: no memory for %d runs", c->files.n);
    for (int s = 0; s < c->n_series; s++) {
        const Series *series = &c->series[s];
        for (int i = 0; i < series->n_runs; i++) {
            const SeriesRun *run = &series->runs[i];
            CertifiedGroup *g = w->out->n_groups ? &w->out->group[w->out->n_groups - 1] : NULL;
            const Architecture *a = &series->architectures[run->architecture];
            if (run->point.bits != run->point.bits) continue;
            if (!g || g->series != series || g->architecture != a || g->facts != size_of(run))
                g = &w->out->group[w->out->n_groups++];
            if (!g->n || g->budget != run->point.budget)
                *g = (CertifiedGroup){.series = series,
                                      .architecture = a,
                                      .facts = size_of(run),
                                      .budget = run->point.budget,
                                      .first = i};
            g->n = i + 1 - g->first;
        }
    }
    for (int k = 0; k < w->out->n_groups; k++)
        for (int i = 0; i < w->out->group[k].n; i++, w->out->n_runs++)
            w->cost += cost_of(&w->out->group[k].series->runs[w->out->group[k].first + i]);
    return OK;
}

static void raise_alarm(CertifiedRuns *out, const char *run, const WeightFormat *format,
                        const Certificate *c) {
    if (out->leaks++) return;
    snprintf(out->leak, sizeof out->leak,
             "%s as %s: the whole archive, %.0f bits, is %.0f shorter than random facts of %.0f bits "
             "can be coded in",
             run, quantize_name[format->kind], c->archive_bits, c->data_bits - c->archive_bits, c->data_bits);
}

/* All archives of one run: out[k * stride] for format k. */
static Status certify_run(Work *w, const SeriesRun *r, CertifiedRun *out, int stride, Err *err) {
    const CertifyPlan *plan = w->plan;
    Run run;
    TRY(run_open(&run, r->run->path, plan->notes, err));
    Status status = OK;
    for (int k = 0; status == OK && k < plan->n_formats; k++) {
        const WeightFormat *format = &plan->format[k];
        CertifiedRun *to = &out[k * stride];
        CertifyOptions options = {format->kind, format->method, plan->as_set, plan->threads};
        if (plan->stop && *plan->stop)
            status = err_set(err, ERR_STOPPED, "capacity: stopped; no archive is kept");
        else
            status =
                certify(&to->certificate, &run.gpt, run.config.train.quantize, &run.facts, &options, err);
        if (status != OK) break;
        to->data_hash = r->run->result->data_hash;
        to->memorized_bits = r->point.bits;
        if (to->certificate.leaks) raise_alarm(w->out, r->run->name, format, &to->certificate);
        w->done += cost_of(r) / plan->n_formats;
    }
    if (status != OK && status != ERR_STOPPED) err_prefix(err, "%s: ", r->run->name);
    run_close(&run);
    return status;
}

static Status certify_group(Work *w, CertifiedGroup *g, Err *err) {
    int n_formats = w->plan->n_formats;
    CertifiedRun *all = calloc((size_t)(g->n * n_formats), sizeof *all);
    if (!all) return err_set(err, ERR_NOMEM, "capacity: no memory for %d certificates", g->n * n_formats);
    Status status = OK;
    for (int i = 0; status == OK && i < g->n; i++) {
        w->runs++;
        if (w->plan->progress) w->plan->progress(w->plan->user, w->runs, w->out->n_runs, w->done / w->cost);
        status = certify_run(w, &g->series->runs[g->first + i], all + i, g->n, err);
    }
    for (int k = 0; status == OK && k < n_formats; k++)
        status = certified_mean(&g->mean[k], all + k * g->n, g->n, err);
    free(all);
    return status;
}

Status certify_runs(CertifiedRuns *out, const Capacity *capacity, const CertifyPlan *plan, Err *err) {
    *out = (CertifiedRuns){.n_groups = 0};
    Work w = {.plan = plan, .out = out};
    TRY(find_groups(&w, capacity, err));
    if (out->n_groups == 0)
        return err_set(err, ERR_INPUT,
                       "%s: no run is done whose facts have a known entropy: nothing to certify",
                       capacity->files.dir);
    for (int i = 0; i < out->n_groups; i++) TRY(certify_group(&w, &out->group[i], err));
    return OK;
}

void certified_runs_free(CertifiedRuns *x) {
    free(x->group);
    *x = (CertifiedRuns){.n_groups = 0};
}
