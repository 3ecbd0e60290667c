/* The verdicts and the statement of a series as text, for the terminal, JSON and the report. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text_stream.h"
#include "eval/capacity/words.h"

/* "doubling the budget", "3 times the budget" */
static void put_factor(FILE *f, double factor) {
    if (factor > 1.95 && factor < 2.05) fputs("doubling the budget", f);
    else fprintf(f, "%.3g times the budget", factor);
}

/* "gains 2.1 % (1.0 to 3.2", or "loses" with the signs changed; with "still" if it is significant. */
static void put_change(FILE *f, const Interval *gain) {
    double sign = gain->value < -0.0005 ? -1 : 1; /* -0.0 % is no loss */
    double ends[2] = {100 * sign * gain->low, 100 * sign * gain->high};
    fprintf(f, "%s%s %.1f %%", gain->low >= GAIN_MAX ? " still" : "", sign < 0 ? " loses" : " gains",
            __builtin_fabs(100 * gain->value));
    if (gain->low == gain->low) fprintf(f, " (%.1f to %.1f", ends[sign < 0], ends[sign > 0]);
}

static void put_gain(FILE *f, const Interval *gain, double factor, int n, const char *of) {
    if (gain->high <= -GAIN_MAX) fputs("unstable: ", f);
    put_factor(f, factor);
    put_change(f, gain);
    if (gain->low != gain->low) fprintf(f, ", seen in one %s only: no interval", of);
    else if (gain->low >= GAIN_MAX || gain->high <= -GAIN_MAX) fputs(")", f);
    else
        fprintf(f, ", %d %ss)%s", n, of,
                within(gain, GAIN_MAX) == ANSWER_YES ? "" : ", not shown to be below 1 %");
}

static void put_loads(FILE *f, const Architecture *a) {
    fprintf(f, "loads span only a factor of %.1f, %d needed", a->plateau.load_factor, LOADS_MIN);
    if (a->next_load > 0) fprintf(f, ": add facts.load=%.3g", a->next_load);
    else if (a->next_facts > 0) fprintf(f, ": add facts.n=%.0f", a->next_facts);
}

static void put_rise(FILE *f, const Interval *rise) {
    double sign = rise->value < 0 ? -1 : 1;
    fprintf(f, "four times the data %s what it holds by %.1f %%", sign < 0 ? "lower" : "raise",
            __builtin_fabs(100 * rise->value));
    if (rise->low == rise->low)
        fprintf(f, " (%.1f to %.1f)", 100 * sign * (sign < 0 ? rise->high : rise->low),
                100 * sign * (sign < 0 ? rise->low : rise->high));
    if (within(rise, RISE_MAX) == ANSWER_UNKNOWN) fputs(", not shown to be below 3 %: add seeds", f);
}

static bool loads_too_near(const Plateau *p) {
    return p->overfill >= OVERFILL_MIN && p->n_sizes >= SIZES_MIN && p->load_factor < LOADS_MIN * LOADS_SLACK;
}

static void put_saturation(FILE *f, const Architecture *a) {
    const Plateau *p = &a->plateau;
    fputs("not saturated: ", f);
    if (p->overfill != p->overfill) fputs("nothing is held of the largest fact set", f);
    else if (p->overfill < OVERFILL_MIN)
        fprintf(f, "the largest fact set is %.2f times what it holds, 1.5 needed", p->overfill);
    else if (p->n_sizes < SIZES_MIN)
        fprintf(f, "%d size%s beyond 1.5 times capacity, 3 needed", p->n_sizes, p->n_sizes == 1 ? "" : "s");
    else if (loads_too_near(p)) put_loads(f, a);
    else if (p->spread > SPREAD_MAX)
        fprintf(f, "a size beyond capacity is %.1f %% off their mean, 3 %% allowed", 100 * p->spread);
    else put_rise(f, &p->rise);
}

static void put_odd_seed(FILE *f, const Architecture *a) {
    fprintf(f, "%s holds %.0f %% %s than the other seeds", a->odd_seed, __builtin_fabs(100 * a->odd_excess),
            a->odd_excess < 0 ? "less" : "more");
}

/* Closes the stream and returns its text; NULL: no memory. */
static char *finish(TextStream *text) {
    char *out;
    return text_end(text, &out, NULL, NULL) == OK ? out : NULL;
}

char *architecture_verdict(const Architecture *a) {
    TextStream *text;
    if (text_begin(&text, NULL) != OK) return NULL;
    FILE *f = text_file(text);
    const Plateau *p = &a->plateau;
    if (!a->entropy_known) {
        fputs("no capacity: the entropy of these facts is unknown", f);
    } else if (architecture_certain(a)) {
        fputs("converged and saturated: ", f);
        put_gain(f, &p->gain, p->gain_factor, p->n_pairs, "pair");
    } else {
        const char *between = "";
        fputs("lower bound only: ", f);
        if (p->odd.column >= 0) put_odd_seed(f, a), between = "; ";
        if (!p->saturated) fputs(between, f), put_saturation(f, a), between = "; ";
        if (p->converged != ANSWER_YES) {
            fputs(between, f);
            if (p->n_pairs == 0) fputs("no run with twice the budget", f);
            else put_gain(f, &p->gain, p->gain_factor, p->n_pairs, "pair");
        }
    }
    return finish(text);
}

/* How many of the architectures with a plateau are not saturated, and whether the loads are too close to each other. */
static void put_unsaturated(FILE *f, const Series *s) {
    const Architecture *nearest = NULL;
    int bad = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        const Plateau *p = &s->architectures[a].plateau;
        if (!(p->reached.value > 0) || p->saturated) continue;
        bad++;
        if (loads_too_near(p) && (!nearest || p->load_factor < nearest->plateau.load_factor))
            nearest = &s->architectures[a];
    }
    if (s->slope.n_architectures == 1) fputs("not saturated", f);
    else fprintf(f, "%d of %d architectures not saturated", bad, s->slope.n_architectures);
    if (!nearest) return;
    fputs(": ", f);
    put_loads(f, nearest);
}

/* The seed that deviates most from the others, and the number of architectures with an outlying seed. */
static bool put_odd_seeds(FILE *f, const Series *s) {
    const Architecture *worst = NULL;
    int n = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        const Architecture *arch = &s->architectures[a];
        if (arch->plateau.odd.column < 0) continue;
        n++;
        if (!worst || __builtin_fabs(arch->odd_excess) > __builtin_fabs(worst->odd_excess)) worst = arch;
    }
    if (!worst) return false;
    fprintf(f, "%s: ", worst->label);
    put_odd_seed(f, worst);
    if (n > 1) fprintf(f, " (one stands out in %d of %d architectures)", n, s->slope.n_architectures);
    return true;
}

static void put_gaining(FILE *f, const Series *s) {
    const Architecture *worst = NULL;
    for (int a = 0; a < s->n_architectures; a++) {
        const Architecture *arch = &s->architectures[a];
        if (arch->plateau.converged == ANSWER_NO &&
            (!worst || __builtin_fabs(arch->plateau.gain.value) > __builtin_fabs(worst->plateau.gain.value)))
            worst = arch;
    }
    const Slope *slope = &s->slope;
    if (slope->gain.value != slope->gain.value) {
        fputs("no run with twice the budget", f);
        return;
    }
    int gains = 0;
    for (int a = 0; a < s->n_architectures; a++) gains += s->architectures[a].plateau.n_pairs > 0;
    bool one = slope->n_architectures == 1;
    put_gain(f, &slope->gain, slope->gain_factor, one ? s->architectures[0].plateau.n_pairs : gains,
             one ? "pair" : "architecture");
    if (!worst || within(&slope->gain, GAIN_MAX) == ANSWER_NO) return;
    bool falls = worst->plateau.unstable;
    fprintf(f, "; %s %s %.1f %%", worst->label, falls ? "is unstable: it loses" : "still gains",
            __builtin_fabs(100 * worst->plateau.gain.value));
}

/* Triples with facts.subjects 0: the vocabulary grows with facts.n, so every size is another model. */
static bool model_grows(const Series *s) {
    if (s->n_architectures == 0) return false;
    Config first = swept_config(s->architectures[0].first);
    for (int a = 0; a < s->n_architectures; a++) {
        Config c = swept_config(s->architectures[a].first);
        if (c.facts.kind == FACTS_TRIPLES && !c.facts.subjects && !c.facts.symbols &&
            c.facts.n != first.facts.n && c.model.vocab_size != first.model.vocab_size)
            return true;
    }
    return false;
}

char *series_verdict(const Series *s) {
    TextStream *text;
    if (text_begin(&text, NULL) != OK) return NULL;
    FILE *f = text_file(text);
    if (!s->entropy_known) {
        fputs("no capacity: the entropy of these facts is unknown", f);
    } else if (!series_certain(s) && model_grows(s)) {
        fputs("lower bound only: facts.subjects is 0, so the vocabulary and with it the model grew with "
              "facts.n: no model has several sizes; set facts.subjects",
              f);
    } else if (s->slope.n_architectures == 0) {
        fputs("lower bound only: no fact set is 1.2 times what a model holds: no plateau shows; add larger "
              "facts.n",
              f);
    } else if (series_certain(s)) {
        fputs("converged and saturated: ", f);
        put_gaining(f, s);
    } else {
        fputs("lower bound only: ", f);
        const char *between = put_odd_seeds(f, s) ? "; " : "";
        if (!s->saturated) fputs(between, f), put_unsaturated(f, s), between = "; ";
        if (s->converged != ANSWER_YES) fputs(between, f), put_gaining(f, s);
    }
    return finish(text);
}

static void put_count(FILE *f, int n, const char *what) { fprintf(f, "%d %s%s", n, what, n == 1 ? "" : "s"); }

/* "1,000" or "100 to 1,000": exposures are shown as whole numbers. */
static void put_exposures(FILE *f, const Series *s) {
    fprintf(f, "%.0f", s->exposures_low);
    if (s->exposures_high > 1.005 * s->exposures_low) fprintf(f, " to %.0f", s->exposures_high);
    fputs(" exposures", f);
}

/* ---- facts of unknown entropy: which model recalls them all ---- */

/* The minimum recall over the seeds of a size, at the longest budget of that size; NAN: the model was not trained on
 * it. */
static double worst_recall(const Series *s, int architecture, double facts) {
    double budget = 0, worst = INFINITY;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *r = &s->runs[i];
        if (r->architecture != architecture || sweep_figure(r->run, "facts") != facts) continue;
        double recall = sweep_figure(r->run, "recall");
        if (r->point.budget > budget) budget = r->point.budget, worst = INFINITY;
        if (r->point.budget == budget && recall < worst) worst = recall;
    }
    return worst < INFINITY ? worst : NAN;
}

const Architecture *smallest_recall(const Series *s, double facts, double min) {
    for (int a = 0; a < s->n_architectures; a++)
        if (worst_recall(s, a, facts) >= min) return &s->architectures[a];
    return NULL;
}

static double best_recall(const Series *s, double facts) {
    double best = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        double recall = worst_recall(s, a, facts);
        if (recall > best) best = recall;
    }
    return best;
}

/* The number of models that were trained on a set of so many facts, and one of them. */
static int readers(const Series *s, double facts, const Architecture **one) {
    int n = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        double recall = worst_recall(s, a, facts);
        if (recall == recall) *one = &s->architectures[a], n++;
    }
    return n;
}

static void put_smallest(FILE *f, const Series *s, double facts) {
    const Architecture *one = NULL;
    const Architecture *all = smallest_recall(s, facts, 1), *max = smallest_recall(s, facts, 0.99);
    char params[NUMBER_TEXT_MAX], count[NUMBER_TEXT_MAX];
    count_text(count, (int64_t)facts);
    int n = readers(s, facts, &one);
    if (n == 1 && all) fprintf(f, "the only model, %s, recalls all %s facts", all->label, count);
    else if (n == 1)
        fprintf(f, "the only model, %s, recalls %.1f %% of the %s facts", one->label,
                100 * best_recall(s, facts), count);
    else if (all)
        fprintf(f, "%s with %s parameters is the smallest of %d models that recalls all %s facts", all->label,
                count_text(params, all->params), n, count);
    else fprintf(f, "none of %d models recalls all %s facts", n, count);
    if (n > 1 && max && max != all)
        fprintf(f, "%s %s with %s parameters is the smallest with 99 %%", all ? ";" : ", but", max->label,
                count_text(params, max->params));
    if (n > 1 && !all && !max)
        fprintf(f, ", nor 99 %% of them; the best recalls %.1f %%", 100 * best_recall(s, facts));
}

static void put_recall_statement(FILE *f, const Series *s) {
    double before = -1;
    for (;;) { /* from fact count to next larger fact count */
        double facts = INFINITY;
        for (int i = 0; i < s->n_runs; i++) {
            double n = sweep_figure(s->runs[i].run, "facts");
            if (n > before && n < facts) facts = n;
        }
        if (facts == INFINITY) return;
        if (before >= 0) fputs(". ", f);
        put_smallest(f, s, facts);
        before = facts;
    }
}

/* Whether only more training is missing: a longer budget still gains, and every model with a plateau was trained on
 * enough sizes. (Where sizes disagree, the cause is unfinished training, so more sizes are not required.) */
static bool only_training(const Series *s) {
    if (!s->entropy_known || s->slope.n_architectures == 0 || s->converged == ANSWER_YES || s->unstable)
        return false;
    if (s->slope.gain.value != s->slope.gain.value) return false; /* no run with twice the budget */
    for (int a = 0; a < s->n_architectures; a++) {
        const Plateau *p = &s->architectures[a].plateau;
        if (p->reached.value > 0 && !(p->overfill >= OVERFILL_MIN && p->n_sizes >= SIZES_MIN)) return false;
    }
    return true;
}

static void put_soap_rate(FILE *f, const Series *s) {
    int low = INT_MAX, high = 0;
    for (int a = 0; a < s->n_architectures; a++) {
        int width = swept_config(s->architectures[a].first).model.n_embd;
        if (width < low) low = width;
        if (width > high) high = width;
    }
    fprintf(f, "train.learning_rate=%.2g", SOAP_RATE / low);
    if (high > low)
        fprintf(f, " at n_embd %d to %.2g at n_embd %d (%.2g/n_embd)", low, SOAP_RATE / high, high,
                SOAP_RATE);
}

char *series_advice(const Series *s) {
    TextStream *text;
    if (text_begin(&text, NULL) != OK) return NULL;
    FILE *f = text_file(text);
    Config config = {.n_neurons = 0};
    if (s->n_architectures) config = swept_config(s->architectures[0].first);
    const TrainConfig *train = s->n_architectures ? &config.train : NULL;
    bool soap = train && train->optimizer == OPT_SOAP,
         standard = train && train->parametrization == PARAM_STANDARD;
    if (s->unstable || s->slope.gain.value <= -GAIN_MAX) {
        fprintf(f, "advice: runs of the longer budget hold less: train with a lower learning rate than %.3g",
                train->learning_rate);
        if (soap && standard && train->learning_rate > SOAP_RATE / config.model.n_embd)
            fputs(", for SOAP ", f), put_soap_rate(f, s);
        if (train->schedule == SCHED_CONSTANT) fputs(", and let it fall at the end: train.schedule=wsd", f);
    } else if (only_training(s) && !soap && standard) {
        fputs("advice: SOAP reaches in a fifth of the epochs what AdamW does (docs/results/optimizer.md): "
              "train.optimizer=soap train.schedule=wsd ",
              f);
        put_soap_rate(f, s);
    }
    return finish(text);
}

char *series_statement(const Series *s) {
    TextStream *text;
    char *verdict = series_verdict(s);
    if (!verdict || text_begin(&text, NULL) != OK) {
        free(verdict);
        return NULL;
    }
    FILE *f = text_file(text);
    const Slope *slope = &s->slope;
    if (!s->entropy_known) {
        put_recall_statement(f, s);
    } else if (slope->n_architectures == 0) {
        fprintf(f, "no capacity to state (");
        put_count(f, s->n_architectures, "architecture");
        fprintf(f, "; verdict: %s)", verdict);
    } else {
        fprintf(f, "%.2f bits/param, ", slope->origin.value);
        if (slope->origin.low == slope->origin.low)
            fprintf(f, "95 %% interval %.2f to %.2f (", slope->origin.low, slope->origin.high);
        else fputs("no interval (", f);
        put_count(f, slope->n_architectures, "architecture");
        fputs(", ", f);
        put_count(f, s->n_seeds, "seed");
        fputs(", ", f);
        put_exposures(f, s);
        fprintf(f, ", ordered coding; verdict: %s)", verdict);
    }
    free(verdict);
    return finish(text);
}
