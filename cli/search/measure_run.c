/* rote measure: round after round, as long as the time allows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/threads.h"
#include "cli/common/show.h"
#include "cli/search/measure.h"

/* ---- the line on the screen ---- */

typedef struct Screen {
    const Lab *lab;
    const Measurement *m;
    ProgressLine line;
    ProgressSink sink;
} Screen;

static int64_t steps_of(const RoundStep *step) {
    return step->reason == ROUND_PILOT ? MEASURE_FIRST : step->round.steps;
}

/* "2.654 bits/param (2.61 to 2.70)" of the last complete round; nothing before. */
static int put_estimate(char *out, size_t size, const Screen *s) {
    const Interval *c = &s->m->step.architecture.plateau.reached;
    double p = (double)s->lab->params;
    if (!s->m->step.measured || !(c->value > 0)) return 0;
    int used = snprintf(out, size, "%.3f bits/param", c->value / p);
    if (isfinite(c->low))
        used += snprintf(out + used, size - (size_t)used, " (%.2f to %.2f)", c->low / p, c->high / p);
    return used + snprintf(out + used, size - (size_t)used, "; ");
}

static void update(void *user, const SweepView *view) {
    Screen *s = user;
    char text[256];
    if (view->note && !s->line.quiet) run_note(&s->sink, 0, "%s", view->note);
    if (!grown_line_due(&s->line)) return;
    int used = put_estimate(text, sizeof text, s), missing = s->m->step.n_missing;
    int left = sweep_count(view->sweep, SWEEP_WAITING) + sweep_count(view->sweep, SWEEP_RUNNING);
    if (missing < left) missing = left; /* with runs that an earlier call left */
    double eta = s->m->next_s - view->seconds;
    snprintf(text + used, sizeof text - (size_t)used,
             "%s: %s steps, %d of %d runs done; round ends in about %s", s->lab->label,
             show_int(steps_of(&s->m->step)), missing - left, missing,
             isfinite(eta) && eta < 3.6e6 ? show_clock(eta > 0 ? eta : 0) : "?");
    progress_show(&s->line, text);
}

static const char *const reason_text[] = {
    [ROUND_PILOT] = "first guess",
    [ROUND_FIRST] = "first round",
    [ROUND_STEPS] = "twice the steps",
    [ROUND_LEVEL] = "twice the facts",
    [ROUND_SEEDS] = "one seed more",
    [ROUND_CONFIRM] = "one seed more, to confirm",
    [ROUND_DONE] = "done",
    [ROUND_UNSTABLE] = "longer training holds less",
};

static void tell_round(const Screen *s) {
    char estimate[96] = "";
    const RoundStep *step = &s->m->step;
    if (s->line.quiet) return;
    int used = put_estimate(estimate, sizeof estimate, s);
    if (step->measured && !isnan(step->architecture.plateau.gain.value))
        snprintf(estimate + used, sizeof estimate - (size_t)used, "doubling gains %.1f %%; ",
                 100 * step->architecture.plateau.gain.value);
    run_note(&s->sink, 0, "%snext: %s: %s steps, %d seed%s, %d run%s, %s", estimate,
             reason_text[step->reason], show_int(steps_of(step)), step->round.seeds,
             plural(step->round.seeds), step->n_missing, plural(step->n_missing),
             show_duration(s->m->next_s));
}

/* ---- rounds ---- */

static bool same_run(const Config *a, const Config *b) {
    return a->facts.load == b->facts.load && a->train.max_steps == b->train.max_steps &&
           a->train.seed == b->train.seed;
}

static bool is_missing(const RoundStep *step, const Lab *lab, const RunPoint *pilot, const Config *of) {
    for (int i = 0; i < step->n_missing; i++) {
        Config c = lab_config(lab, pilot, &step->missing[i]);
        if (same_run(&c, of)) return true;
    }
    return false;
}

/* Steps of the next round's runs, and of those that an earlier call began and left: a sweep makes all that wait. */
static double steps_to_do(const Lab *lab, const Grown *g, const Measurement *m) {
    const RunPoint *pilot = m->has_pilot ? &m->pilot : NULL;
    double steps = 0;
    for (int i = 0; i < m->step.n_missing; i++) steps += (double)m->step.missing[i].steps;
    for (int i = 0; i < g->sweep.n; i++) {
        const SweepRun *run = &g->sweep.run[i];
        bool over = run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED;
        Config c;
        config_unpack(&c, &run->config);
        if (!over && !is_missing(&m->step, lab, pilot, &c)) steps += (double)c.train.max_steps;
    }
    return steps;
}

/* The state of the folder, and the next round if so many seconds are left. */
static Status look(const Lab *lab, const Grown *g, double left_s, Measurement *m, Err *err) {
    RoundRun *runs;
    int n;
    double slowness, thousand_s = NAN;
    int cores = lab->jobs < threads_cores() ? lab->jobs : threads_cores();
    TRY(lab_runs(lab, g, &runs, &n, &slowness, err));
    const RunPoint *pilot = lab_pilot(runs, n);
    const RoundRun one = {.level = pilot ? 0 : PILOT_LEVEL,
                          .steps = 1000}; /* a step costs the same at any level */
    Status status = lab_run_seconds(lab, pilot, &one, &thousand_s, err);
    double step_s = thousand_s / 1000 * slowness / cores;
    if (status == OK)
        status = round_next(&m->step, lab->within, MEASURE_FIRST, left_s / step_s, runs, n, err);
    m->has_pilot = pilot != NULL;
    if (pilot) m->pilot = *pilot;
    m->n_runs = n;
    m->spent_s = grown_seconds(g);
    m->next_s = steps_to_do(lab, g, m) * step_s;
    free(runs);
    return status;
}

static bool has_point(const Grown *g, const Config *c) {
    for (int i = 0; i < g->sweep.n; i++) {
        Config there;
        config_unpack(&there, &g->sweep.run[i].config);
        if (same_run(&there, c)) return true;
    }
    return false;
}

static Status run_round(Screen *s, Grown *g, Err *err) {
    const Measurement *m = s->m;
    for (int i = 0; i < m->step.n_missing; i++) {
        Config c = lab_config(s->lab, m->has_pilot ? &m->pilot : NULL, &m->step.missing[i]);
        if (!has_point(g, &c)) TRY(grown_add(g, &c, err));
    }
    TRY(grown_plan(g, err));
    GrownOptions options = {.jobs = s->lab->jobs, .update = update, .user = s};
    Status status = grown_run(g, &options, err);
    progress_end(&s->line);
    return status;
}

Status lab_look(const Lab *lab, Measurement *out, Err *err) {
    Grown grown;
    *out = (Measurement){.next_s = NAN};
    TRY(grown_open(&grown, "measure", lab->dir, &lab->base, lab_keys, err));
    Status status = look(lab, &grown, lab->time_s, out, err);
    grown_free(&grown);
    return status;
}

Status lab_measure(const Lab *lab, Measurement *out, Err *err) {
    double began = clock_s();
    int64_t rounds = 0;
    Grown grown;
    Screen s = {.lab = lab, .m = out};
    *out = (Measurement){.next_s = NAN};
    s.sink = progress_line(&s.line, "", lab->quiet);
    TRY(grown_open(&grown, "measure", lab->dir, &lab->base, lab_keys, err));
    Status status = OK;
    for (;;) {
        double left_s = lab->time_s - (clock_s() - began);
        TRY_GOTO(look(lab, &grown, left_s, out, err));
        if (out->step.n_missing == 0) break;
        if (out->next_s > left_s || rounds++ == lab->rounds) break;
        tell_round(&s);
        TRY_GOTO(run_round(&s, &grown, err));
    }
    TRY_GOTO(grown_table(&grown, err));
done:
    grown_free(&grown);
    return status;
}
