/* rote measure: the plan, and the result. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/threads.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/search/measure.h"
#include "eval/capacity/words.h"

/* Seconds of a round of so many steps with one seed; the loads do not matter. NAN: it cannot be run. */
static double round_seconds(const Lab *lab, int64_t steps) {
    double bits = 2 * (double)lab->params, one = NAN, half = NAN;
    RunPoint guess = {.ceiling_bits = 1, .data_bits = 1, .bits = bits};
    RoundRun run = {.steps = steps}, shorter = {.steps = steps / 2};
    if (lab_run_seconds(lab, &guess, &run, &one, NULL) != OK) return NAN;
    if (lab_run_seconds(lab, &guess, &shorter, &half, NULL) != OK) return NAN;
    return ROUND_LEVELS * (one + half) / (lab->jobs < threads_cores() ? lab->jobs : threads_cores());
}

void lab_show_plan(const Lab *lab, const Measurement *m) {
    enum { EARLY = 4 * MEASURE_FIRST, LATE = 64 * MEASURE_FIRST };
    fprintf(stderr, "structure   %s, %s parameters; %s facts, %s in a step\n", lab->label,
            show_int(lab->params), config_choice("facts.kind", (int)lab->base.facts.kind),
            show_int(lab->base.train.batch_size));
    fprintf(stderr, "goal        +-%.3g %%, converged and saturated; %s at most\n", 100 * lab->within,
            show_duration(lab->time_s));
    fprintf(stderr,
            "rounds      three sizes of fact set; twice the steps while that gains 1 %%; then more seeds\n");
    fprintf(stderr, "cost        %s steps: %s a seed; %s steps: %s, with --jobs %d\n", show_int(EARLY),
            show_duration(round_seconds(lab, EARLY)), show_int(LATE), show_duration(round_seconds(lab, LATE)),
            lab->jobs);
    if (m->n_runs)
        fprintf(stderr, "done        %d run%s in %s\n", m->n_runs, plural(m->n_runs), show_name(lab->dir));
}

/* ---- the result ---- */

static Interval per_param(const Lab *lab, const Measurement *m) {
    double p = (double)lab->params;
    Interval c = m->step.architecture.plateau.reached;
    if (!m->step.measured) return (Interval){NAN, NAN, NAN, NAN};
    return (Interval){c.value / p, c.low / p, c.high / p, c.df};
}

static double half_width(const Interval *i) { return (i->high - i->low) / 2 / i->value; }

/* What would be done next, and what it is for; NULL: nothing. */
static const char *next_text(const Measurement *m) {
    if (m->step.n_missing == 0) return NULL;
    switch (m->step.reason) {
    case ROUND_PILOT: return "a first guess";
    case ROUND_FIRST: return "a first round";
    case ROUND_STEPS: return "twice the steps, as doubling them still gains too much";
    case ROUND_LEVEL: return "larger fact sets, as the smallest is not beyond capacity";
    case ROUND_SEEDS: return "another seed, as the intervals are too wide";
    case ROUND_CONFIRM: return "another seed, to confirm what one round has shown";
    case ROUND_DONE:
    case ROUND_UNSTABLE: break;
    }
    return NULL;
}

/* "12m", "40s": for --time. */
static void put_time(char out[24], double seconds) {
    if (seconds < 100) snprintf(out, 24, "%.0fs", ceil(seconds));
    else snprintf(out, 24, "%.0fm", ceil(seconds / 60));
}

static void print_next(const Lab *lab, const Measurement *m) {
    const char *next = next_text(m);
    char time[24];
    if (m->step.reason == ROUND_UNSTABLE)
        printf(
            "next        a lower train.learning_rate than %.3g, and another --out: longer training holds less\n",
            lab->base.train.learning_rate);
    if (!next) return;
    put_time(time, 1.1 * m->next_s + 1);
    printf("next        %s: %s (--time %s); the same command goes on\n", next, show_duration(m->next_s),
           time);
}

static Status print_one(const Lab *lab, const Measurement *m, Err *err) {
    const RoundStep *step = &m->step;
    Interval bits = per_param(lab, m);
    if (!(bits.value > 0)) {
        printf("%s, %s parameters: no figure yet\n", lab->label, show_int(lab->params));
        print_next(lab, m);
        return OK;
    }
    char *verdict = architecture_verdict(&step->architecture);
    if (!verdict) return err_set(err, ERR_NOMEM, "measure: no memory for a verdict");
    printf("%.3f bits/param, ", bits.value);
    if (isfinite(bits.low))
        printf("95 %% interval %.3f to %.3f (+-%.1f %%)\n", bits.low, bits.high, 100 * half_width(&bits));
    else printf("no interval\n");
    printf("verdict     %s\n", verdict);
    printf("structure   %s, %s parameters, hold %s bits\n", lab->label, show_int(lab->params),
           show_int((int64_t)(bits.value * (double)lab->params + 0.5)));
    printf("rounds      %s steps of %s facts; three sizes of fact set, %d seed%s\n",
           show_int(step->last.steps), show_int(lab->base.train.batch_size), step->last.seeds,
           plural(step->last.seeds));
    printf("sweep       %s: %d runs, %.0f s together; for rote capacity and rote report\n",
           show_name(lab->dir), m->n_runs, m->spent_s);
    print_next(lab, m);
    free(verdict);
    return OK;
}

static json_t *json_one(const Lab *lab, const Measurement *m) {
    const RoundStep *step = &m->step;
    const Plateau *p = &step->architecture.plateau;
    const char *next = next_text(m);
    bool has = step->measured;
    json_t *o = json_pack("{ss sI so sf sb}", "structure", lab->label, "params", (json_int_t)lab->params,
                          "bits_per_param", json_triple(per_param(lab, m)), "within", lab->within, "reached",
                          step->reason == ROUND_DONE);
    if (!o) return NULL;
    json_object_set_new(o, "verdict",
                        has ? json_string_take(architecture_verdict(&step->architecture)) : json_null());
    json_object_set_new(o, "saturated", json_boolean(has && p->saturated));
    json_object_set_new(o, "converged", json_boolean(has && p->converged == ANSWER_YES));
    json_object_set_new(o, "gain", has ? json_triple(p->gain) : json_null());
    json_object_set_new(o, "steps", has ? json_integer(step->last.steps) : json_null());
    json_object_set_new(o, "batch_size", json_integer(lab->base.train.batch_size));
    json_object_set_new(o, "seeds", has ? json_integer(step->last.seeds) : json_null());
    json_object_set_new(o, "runs", json_integer(m->n_runs));
    json_object_set_new(o, "seconds_of_all_runs", json_number(m->spent_s));
    json_object_set_new(o, "sweep", json_name(lab->dir));
    json_object_set_new(o, "next", next ? json_string(next) : json_null());
    json_object_set_new(o, "next_seconds_estimate", next ? json_number(m->next_s) : json_null());
    return o;
}

Status lab_show(const Lab *lab, const Measurement *m, int n, bool json, Err *err) {
    if (!json) {
        for (int i = 0; i < n; i++) {
            if (i) putchar('\n');
            TRY(print_one(&lab[i], &m[i], err));
        }
        return OK;
    }
    json_t *all = json_array();
    for (int i = 0; i < n; i++) json_array_append_new(all, json_one(&lab[i], &m[i]));
    return json_out(json_pack("{so}", "structures", all), err);
}
