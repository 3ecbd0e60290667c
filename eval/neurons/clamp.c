/* Clamps units: to 0, to the mean of each place, and to values from facts of the class, by place and by donor. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "eval/neurons/places.h"
#include "eval/neurons/study.h"

enum { DOSE_1 = 1 };        /* index into neuron_dose */
enum { DONORS_RANDOM = 1 }; /* donors per pair for random sets; for the rule's units NEURON_DONORS */

/* ---- which rows ---- */

/* Training clamps those rows of the class that the source has. A source without labels gets the places that the
 * class has, from the first token in which it and its base differ. */
static void clamp_pairs(Study *s) {
    const FactSet *f = s->f;
    const ClampPlan *p = &s->clamps;
    const int8_t *label = s->plan->label;
    for (int i = 0; i < flips_count(&s->flips); i++) {
        int source = s->flips.batch.sequence[i];
        bool known = false;
        for (int64_t t = f->start[source]; t < f->start[source + 1]; t++) known |= label[t] == 1;
        for (int r = 0; r < fact_length(f, source); r++) {
            int32_t t = s->flips.batch.start[i] + r, place = p->place[f->start[source] + r];
            bool clamped = known ? label[f->start[source] + r] == 1 : s->flips.apart[t];
            s->pair_row[t] = clamped && p->class_rows[place] > 0 ? place : -1;
        }
    }
}

/* Draws a donor for each pair; `draw` is the number of the draw. */
static void draw_donors(Study *s, int draw) {
    Stream stream = random_stream(CONTROL_SEED, RANDOM_CONTROL, (uint32_t)(SUB_DONORS + draw));
    for (int i = 0; i < flips_count(&s->flips); i++) {
        int source = s->flips.batch.sequence[i];
        int donor = clamp_donor(&s->clamps, source, stream, (uint64_t)i);
        s->no_donor[i] = donor < 0;
        for (int r = 0; r < fact_length(s->f, source); r++) {
            int32_t t = s->flips.batch.start[i] + r;
            s->donor_row[t] = donor >= 0 && s->pair_row[t] >= 0 ? (int32_t)s->clamps.act_row[donor] + r : -1;
        }
    }
}

Status study_clamps(Study *s, Err *err) {
    const FactSet *f = s->f;
    int pairs = flips_count(&s->flips);
    size_t pool = (size_t)f->start[f->n_pool], tokens = pairs ? (size_t)s->flips.batch.start[pairs] : 0;
    TRY(clamp_plan_create(&s->clamps, s->g, f, &s->e.all, s->plan->label, s->plan->layer, err));
    s->rule_row = malloc((pool + 1) * sizeof *s->rule_row);
    s->pair_row = malloc((tokens + 1) * sizeof *s->pair_row);
    s->donor_row = malloc((tokens + 1) * sizeof *s->donor_row);
    s->no_donor = calloc((size_t)pairs + 1, sizeof *s->no_donor);
    if (!s->rule_row || !s->pair_row || !s->donor_row || !s->no_donor)
        return err_set(err, ERR_NOMEM, "no memory for the rows of %d pairs of facts", pairs);
    for (size_t t = 0; t < pool; t++) {
        int32_t place = s->clamps.place[t];
        s->rule_row[t] = s->plan->label[t] >= 0 && s->clamps.class_rows[place] > 0 ? place : -1;
    }
    clamp_pairs(s);
    draw_donors(s, 0); /* the pairs without a donor are the same in every draw */
    return OK;
}

void study_clamps_free(Study *s) {
    free(s->rule_row);
    free(s->pair_row);
    free(s->donor_row);
    free(s->no_donor);
    clamp_plan_free(&s->clamps);
}

/* ---- at which values ---- */

static void rises(NeuronFigures *to, int figure, const GroupKnowledge *as_it_is, const GroupKnowledge *now) {
    for (int g = 0; g < NEURON_GROUPS; g++)
        for (int k = 0; k < 4; k++)
            to->of[g][figure + k] = k < 2 ? now->of[g][k] - as_it_is->of[g][k] : now->of[g][k];
}

/* Clamps every token to 0, or to the mean of its place. */
static void ablate(Study *s, NeuronFigures *to, const GroupKnowledge *as_it_is, Clamp clamp,
                   const ClampValues *mean) {
    GroupKnowledge known;
    Evaluation whole;
    double flips[PAIR_LISTS];
    clamp.rows = 1;
    for (int j = 0; j < clamp.n; j++) clamp.value[j] = 0;
    if (mean) {
        clamp.rows = s->clamps.n_places;
        clamp.row = s->clamps.place;
        clamp.pair_row = s->pair_row; /* the flips are not used */
        for (int i = 0; i < clamp.rows * clamp.n; i++) clamp.value[i] = (real)mean->mean[i];
    }
    study_run(s, &clamp, &known, &whole, flips);
    rises(to, mean ? FIGURE_MEAN : FIGURE_ZERO, as_it_is, &known);
}

static void dose_by_place(Study *s, NeuronFigures *to, const GroupKnowledge *as_it_is, Clamp clamp,
                          const ClampValues *values, int d) {
    GroupKnowledge known;
    Evaluation whole;
    double flips[PAIR_LISTS];
    clamp.rows = s->clamps.n_places;
    clamp.row = s->rule_row;
    clamp.pair_row = s->pair_row;
    for (int i = 0; i < clamp.rows * clamp.n; i++)
        clamp.value[i] = (real)(neuron_dose[d] * values->class_mean[i]);
    study_run(s, &clamp, &known, &whole, flips);
    study_flipped(to, FIGURE_DOSE_FLIP + d, FIGURE_DOSE_TAG_FLIP + d, flips);
    for (int g = 0; g < NEURON_GROUPS; g++) {
        to->of[g][FIGURE_DOSE_BITS + d] = known.of[g][1] - as_it_is->of[g][1];
        to->of[g][FIGURE_DOSE_RECALL + d] = known.of[g][3];
    }
}

/* Flips with a donor for each pair: the mean over draws. */
static void dose_by_donor(Study *s, NeuronFigures *to, Clamp clamp, const ClampValues *values, int d,
                          int draws) {
    double flips[PAIR_LISTS], sum[PAIR_LISTS] = {0};
    clamp.rows = (int)s->clamps.act_rows;
    clamp.pair_row = s->donor_row;
    for (int64_t i = 0; i < s->clamps.act_rows * clamp.n; i++)
        clamp.value[i] = (real)(neuron_dose[d] * (double)values->act[i]);
    for (int draw = 0; draw < draws; draw++) {
        draw_donors(s, draw);
        study_donor_flips(s, &clamp, flips);
        for (int l = 0; l < PAIR_LISTS; l++) sum[l] += flips[l];
    }
    for (int l = 0; l < PAIR_LISTS; l++) sum[l] /= draws;
    study_flipped(to, FIGURE_DONOR_FLIP + d, FIGURE_DONOR_TAG_FLIP + d, sum);
    study_stepped(s);
}

Status study_ablate(Study *s, NeuronFigures *to, const GroupKnowledge *as_it_is, const int32_t *unit,
                    bool all, Err *err) {
    int n = s->plan->n_units;
    int64_t rows = s->clamps.act_rows > s->clamps.n_places ? s->clamps.act_rows : s->clamps.n_places;
    Clamp clamp = {.unit = unit, .n = n, .value = malloc((size_t)rows * (size_t)n * sizeof *clamp.value)};
    ClampValues values;
    if (!clamp.value)
        return err_set(err, ERR_NOMEM, "no memory to clamp %d units at %lld rows", n, (long long)rows);
    Status status = clamp_values_collect(&values, &s->clamps, unit, n, err);
    if (status == OK) {
        ablate(s, to, as_it_is, clamp, NULL);
        if (all) ablate(s, to, as_it_is, clamp, &values);
        for (int d = 0; d < NEURON_DOSES; d++) {
            if (!all && d != DOSE_1) continue;
            dose_by_place(s, to, as_it_is, clamp, &values, d);
            dose_by_donor(s, to, clamp, &values, d, all ? NEURON_DONORS : DONORS_RANDOM);
        }
        clamp_values_free(&values);
    }
    free(clamp.value);
    return status;
}
