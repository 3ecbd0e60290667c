#include "eval/neurons/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void study_stepped(Study *s) {
    s->done++;
    if (s->plan->progress) s->plan->progress(s->plan->user, s->done, s->steps);
}

/* ---- code length and recall, with clamped units ---- */

static bool recalls(const Study *s, int i) {
    const FactSet *f = s->f;
    int prompt = i < f->n ? s->e.prompt[i] : f->prompt_len[i];
    for (int64_t t = f->start[i] + prompt; t < f->start[i + 1]; t++)
        if (facts_coded(f, t) && s->e.best[t] != f->tokens[t]) return false;
    return true;
}

/* Clamps the units at the tokens of the pool, or of the pairs, until the next call. edits and edit must outlive
 * that. */
static void clamp_units(const Study *s, const Clamp *clamp, bool pairs, Edits *edits, Edit *edit) {
    if (!clamp) {
        parallel_edit(s->e.parallel, NULL);
        return;
    }
    *edit = (Edit){.hook = {HOOK_POST, s->plan->layer},
                   .op = EDIT_SET,
                   .n = clamp->n,
                   .unit = (int *)clamp->unit,
                   .rows = clamp->rows,
                   .value = clamp->value};
    *edits = (Edits){1, edit, pairs ? clamp->pair_row : clamp->row};
    parallel_edit(s->e.parallel, edits);
}

void study_run(Study *s, const Clamp *clamp, GroupKnowledge *known, Evaluation *whole, double *flips) {
    Edit edit;
    Edits edits;
    clamp_units(s, clamp, false, &edits, &edit);
    evaluator_run(&s->e, whole);
    double count[NEURON_GROUPS][2] = {{0}};
    *known = (GroupKnowledge){{{0}}};
    for (int i = 0; i < s->facts.n; i++) {
        int side = s->facts.side[i], group = i < s->facts.n_trained ? GROUP_TRAINED : GROUP_HELDOUT;
        if (side < 0) continue;
        int other = side == 0;
        count[group][other]++;
        known->of[group][other] += s->e.fact_bits[i];
        known->of[group][2 + other] += recalls(s, i);
    }
    for (int g = 0; g < NEURON_GROUPS; g++)
        for (int k = 0; k < 4; k++)
            known->of[g][k] =
                count[g][k & 1] > 0 && (k < 2 || s->has_prompt[g]) ? known->of[g][k] / count[g][k & 1] : NAN;
    clamp_units(s, clamp, true, &edits, &edit);
    flips_run(&s->flips, s->f, s->e.parallel, NULL, flips);
    parallel_edit(s->e.parallel, NULL);
    study_stepped(s);
}

void study_donor_flips(Study *s, const Clamp *clamp, double *flips) {
    Edit edit;
    Edits edits;
    clamp_units(s, clamp, true, &edits, &edit);
    flips_run(&s->flips, s->f, s->e.parallel, s->no_donor, flips);
    parallel_edit(s->e.parallel, NULL);
}

/* List g has the class's facts of group g as sources, list NEURON_GROUPS + g those of pairs_tag; bases are facts of
 * the other side, or the neutral facts. */
Status study_pairs(Study *s, Err *err) {
    const FactSet *f = s->f;
    size_t pool = (size_t)f->n_pool;
    int8_t *side = malloc(PAIR_LISTS * pool + 1);
    if (!side) return err_set(err, ERR_NOMEM, "no memory to pair %d facts", f->n_pool);
    memset(side, -1, PAIR_LISTS * pool);
    for (int i = 0; i < s->facts.n; i++) {
        int group = i < f->n ? GROUP_TRAINED : GROUP_HELDOUT, tag = f->tag[i];
        bool base = s->plan->neutral_tag >= 0 ? tag == s->plan->neutral_tag : s->facts.side[i] == 0;
        bool source[] = {s->facts.side[i] == 1, s->plan->pairs_tag >= 0 && tag == s->plan->pairs_tag};
        for (int kind = 0; kind < 2; kind++)
            side[(size_t)(kind * NEURON_GROUPS + group) * pool + (size_t)i] = (int8_t)(source[kind] ? 1
                                                                                       : base       ? 0
                                                                                                    : -1);
    }
    Status status = flips_create(&s->flips, f, &s->e.all, side, PAIR_LISTS, err);
    free(side);
    return status;
}

void study_flipped(NeuronFigures *to, int figure, int tag_figure, const double *flips) {
    for (int g = 0; g < NEURON_GROUPS; g++) {
        to->of[g][figure] = flips[g];
        to->of[g][tag_figure] = flips[NEURON_GROUPS + g];
    }
}

int study_donor_pairs(const Study *s, int list) {
    int n = 0;
    for (int i = 0; i < flips_count(&s->flips); i++) n += s->flips.list[i] == list && !s->no_donor[i];
    return n;
}

void study_as_it_is(Study *s, NeuronMeasures *out, GroupKnowledge *known) {
    Evaluation whole;
    double flips[PAIR_LISTS];
    study_run(s, NULL, known, &whole, flips);
    out->code_bits = whole.code_bits;
    out->recall = whole.recall;
    for (int g = 0; g < NEURON_GROUPS; g++) {
        memcpy(&out->own.of[g][FIGURE_AS_IT_IS], known->of[g], sizeof known->of[g]);
        out->own.of[g][FIGURE_PAIRS] = s->flips.pairs[g];
        out->own.of[g][FIGURE_DONOR_PAIRS] = study_donor_pairs(s, g);
        bool tag = s->plan->pairs_tag >= 0;
        out->own.of[g][FIGURE_TAG_PAIRS] = tag ? (double)s->flips.pairs[NEURON_GROUPS + g] : NAN;
        out->own.of[g][FIGURE_DONOR_TAG_PAIRS] = tag ? (double)study_donor_pairs(s, NEURON_GROUPS + g) : NAN;
    }
    study_flipped(&out->own, FIGURE_FLIP_BASE, FIGURE_TAG_FLIP_BASE, flips);
}

/* ---- firing ---- */

Status study_fire(const Study *s, NeuronFigures *to, const int8_t *side, const int32_t *unit, bool all,
                  Err *err) {
    for (int g = 0; g < NEURON_GROUPS; g++) {
        Firing x;
        double *of = to->of[g];
        TRY(neuron_firing(&x, &s->facts, g, side, unit, s->plan->n_units, err));
        of[FIGURE_HIT] = x.hit;
        of[FIGURE_FAR] = x.far;
        of[FIGURE_AUROC] = x.separation.auroc;
        if (!all) continue;
        double facts = (double)(x.facts[0] + x.facts[1]);
        of[FIGURE_CLASS_FACTS] = (double)x.facts[1];
        of[FIGURE_OTHER_FACTS] = (double)x.facts[0];
        of[FIGURE_CLASS_ROWS] = (double)x.rows[1];
        of[FIGURE_OTHER_ROWS] = (double)x.rows[0];
        of[FIGURE_PRIOR] = (double)x.facts[1] / facts; /* 0 / 0: NAN */
        of[FIGURE_PRECISION] = x.separation.average_precision;
        of[FIGURE_SELECTIVITY] = x.selectivity;
        of[FIGURE_SELECTIVE] = facts > 0 ? (double)x.selective : NAN;
        of[FIGURE_INFORMATION] = x.information;
        of[FIGURE_INFORMATION_MAX] = x.information_max;
    }
    return OK;
}
