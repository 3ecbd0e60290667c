/* rote fit: the sweep grows by what search_next asks for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/search/fit.h"

/* ---- the line on the screen ---- */

typedef struct Screen {
    const Fit *fit;
    const SearchStep *step;
    ProgressLine line;
    ProgressSink sink;
    double left_s; /* of the search, when the present runs began */
} Screen;

static void update(void *user, const SweepView *view) {
    Screen *s = user;
    char text[256], label[64], eta[24] = "?";
    if (view->note) (view->warning ? run_warn : run_note)(&s->sink, 0, "%s", view->note);
    if (!grown_line_due(&s->line) || view->n_workers == 0) return;
    const SweepWorker *w = &view->worker[0];
    for (int i = 1; i < view->n_workers; i++)
        if (view->worker[i].step > w->step) w = &view->worker[i];
    fit_label(s->fit, s->step->depth, s->step->size, label);
    double left = s->left_s - view->seconds;
    if (isfinite(left) && left < 3.6e6) snprintf(eta, sizeof eta, "%s", show_clock(left > 0 ? left : 0));
    int used = snprintf(text, sizeof text, "%s, %s parameters, seed%s %d", label,
                        show_int(w->run->plan.params), plural(s->step->n_seeds), s->step->first_seed);
    if (s->step->n_seeds > 1)
        used += snprintf(text + used, sizeof text - (size_t)used, "-%d",
                         s->step->first_seed + s->step->n_seeds - 1);
    if (w->step)
        used += snprintf(text + used, sizeof text - (size_t)used, ": step %lld/%lld, %.4f bits/token",
                         (long long)w->step, (long long)w->max_steps, w->loss_bits);
    snprintf(text + used, sizeof text - (size_t)used, "; search ends in about %s", eta);
    progress_show(&s->line, text);
}

/* "L1 d16, 4,192 parameters: recall 1.0000 1.0000 0.9960: not enough" */
static void tell(const Screen *s, const Grown *g, const SearchStep *step) {
    char label[64], recall[SMALLEST_SEEDS * 16] = "";
    int used = 0;
    bool reached = true;
    const SweepRun *run = NULL;
    for (int seed = 0; seed < step->first_seed + step->n_seeds; seed++) {
        run = fit_run(s->fit, g, step->depth, step->size, seed);
        double value = run && run->state == SWEEP_DONE ? run->result->figures.value[FIG_RECALL] : NAN;
        reached = reached && value >= s->fit->recall;
        used += isnan(value) ? snprintf(recall + used, sizeof recall - (size_t)used, " diverged")
                             : snprintf(recall + used, sizeof recall - (size_t)used, " %.4f", value);
    }
    if (s->line.quiet || !run || (reached && step->first_seed == 0)) return; /* its other seeds follow */
    fit_label(s->fit, step->depth, step->size, label);
    run_note(&s->sink, 0, "%s, %s parameters: recall%s: %s", label, show_int(run->plan.params), recall,
             reached ? "enough" : "not enough");
}

/* ---- the search ---- */

static Status add_point(const Fit *fit, Grown *g, int depth, int size, int seed, Err *err) {
    Config c = fit_config(fit, depth, size);
    c.train.seed = (uint64_t)seed;
    return grown_add(g, &c, err);
}

static Status run_step(Screen *s, Grown *g, const SearchStep *step, Err *err) {
    for (int seed = step->first_seed; seed < step->first_seed + step->n_seeds; seed++)
        if (!fit_run(s->fit, g, step->depth, step->size, seed))
            TRY(add_point(s->fit, g, step->depth, step->size, seed, err));
    TRY(grown_plan(g, err));
    GrownOptions options = {.jobs = s->fit->jobs, .update = update, .user = s};
    s->step = step;
    Status status = grown_run(g, &options, err);
    if (status == OK) tell(s, g, step);
    progress_end(&s->line);
    return status;
}

/* How many times as long as estimated the search took so far. */
static double slowness(double seconds, double estimated) { return estimated > 0 ? seconds / estimated : 1; }

Status fit_search(const Fit *fit, Grown *g, SearchStep *step, Err *err) {
    Screen s = {.fit = fit};
    s.sink = progress_line(&s.line, "", fit->quiet);
    double began = clock_s(), whole = NAN;
    for (;;) {
        TriedModel *tried;
        int n;
        TRY(fit_tried(fit, g, &tried, &n, err));
        *step = search_next(&fit->range, tried, n);
        double left = search_cost(&fit->range, tried, n, step->reached ? step->reached : step->size,
                                  fit_run_seconds, (void *)fit);
        free(tried);
        if (step->state != SEARCH_ON) return OK;
        if (isnan(whole)) whole = left;
        s.left_s = left * slowness(clock_s() - began, whole - left);
        TRY(run_step(&s, g, step, err));
    }
}
