#include "eval/neurons/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/threads.h"
#include "eval/neurons/flips.h"
#include "eval/neurons/probe.h"

const double neuron_dose[NEURON_DOSES] = {0.5, 1, 2, 4};
enum { DOSE_1 = 1 };
static const uint64_t SEED = 1; /* of the controls: the same for every run */
enum { SUB_SIDES, SUB_HALVES = SUB_SIDES + NEURON_GROUPS, SUB_SETS };
static const double NEAREST = 0.1; /* of the other units: those that a random one is drawn among */

#define KNOWLEDGE(NAME, KEY)                                                                                 \
    [NAME] = KEY "class_bits", [NAME + 1] = KEY "other_bits", [NAME + 2] = KEY "class_recall",               \
    [NAME + 3] = KEY "other_recall"
#define DOSES(NAME, KEY)                                                                                     \
    [NAME] = "dose_0.5_" KEY, [NAME + 1] = "dose_1_" KEY, [NAME + 2] = "dose_2_" KEY,                        \
    [NAME + 3] = "dose_4_" KEY
const char *const neuron_figure_key[NEURON_FIGURES] = {
    [FIGURE_CLASS_FACTS] = "class_facts",
    [FIGURE_OTHER_FACTS] = "other_facts",
    [FIGURE_CLASS_ROWS] = "class_rows",
    [FIGURE_OTHER_ROWS] = "other_rows",
    [FIGURE_PRIOR] = "prior",
    [FIGURE_HIT] = "hit",
    [FIGURE_FAR] = "far",
    [FIGURE_AUROC] = "auroc",
    [FIGURE_PRECISION] = "average_precision",
    [FIGURE_SELECTIVITY] = "selectivity",
    [FIGURE_SELECTIVE] = "selectivity_units",
    [FIGURE_INFORMATION] = "information_bits",
    [FIGURE_INFORMATION_MAX] = "information_bits_max",
    KNOWLEDGE(FIGURE_AS_IT_IS, ""),
    KNOWLEDGE(FIGURE_ZERO, "zero_"),
    KNOWLEDGE(FIGURE_MEAN, "mean_"),
    DOSES(FIGURE_DOSE_BITS, "other_bits"),
    DOSES(FIGURE_DOSE_RECALL, "other_recall"),
    [FIGURE_PAIRS] = "pairs",
    [FIGURE_FLIP_BASE] = "flip_base",
    DOSES(FIGURE_DOSE_FLIP, "flip"),
    [FIGURE_TAG_PAIRS] = "tag_pairs",
    [FIGURE_TAG_FLIP_BASE] = "tag_flip_base",
    DOSES(FIGURE_DOSE_TAG_FLIP, "tag_flip"),
    [FIGURE_LEAK_WITHOUT] = "leak_without",
    [FIGURE_LEAK_WITH] = "leak_with",
};

static void figures_clear(NeuronFigures *x) {
    for (int g = 0; g < NEURON_GROUPS; g++)
        for (int i = 0; i < NEURON_FIGURES; i++) x->of[g][i] = NAN;
}

/* Pairs of facts by their lists: of the class by group, then of pairs_tag. */
enum { LISTS = 2 * NEURON_GROUPS };

typedef struct Study {
    const Gpt *g;
    const FactSet *f;
    const NeuronQuestion *q;
    int threads;
    NeuronFacts facts;
    Evaluator e;
    Flips flips;
    bool has_prompt[NEURON_GROUPS]; /* whether recall of its facts says something */
    int done, steps;
} Study;

static void stepped(Study *s) {
    s->done++;
    if (s->q->progress) s->q->progress(s->q->user, s->done, s->steps);
}

/* ---- knowledge, with units held ---- */

typedef struct Held {
    const int32_t *unit;
    int n;
    double *class_mean; /* of each: mean a over the class's tokens */
    real *value;        /* what each is held at */
    bool asked;         /* only where the rule asks for them, flips: from the cue on; else everywhere */
} Held;

/* What the model knows of class and others: bits, then recall, as in FIGURE_AS_IT_IS. */
typedef struct Known {
    double of[NEURON_GROUPS][4];
} Known;

static bool recalls(const Study *s, int i) {
    const FactSet *f = s->f;
    int prompt = i < f->n ? s->e.prompt[i] : f->prompt_len[i];
    for (int64_t t = f->start[i] + prompt; t < f->start[i + 1]; t++)
        if (facts_coded(f, t) && s->e.best[t] != f->tokens[t]) return false;
    return true;
}

static void run_model(Study *s, const Held *held, Known *known, Evaluation *whole, double *flips) {
    Edit edit = {.hook = {HOOK_POST, s->q->layer}, .op = EDIT_SET};
    Edits edits = {1, &edit, NULL};
    if (held) {
        if (held->asked) edits.row = s->q->label;
        edit.n = held->n;
        edit.unit = (int *)held->unit;
        edit.value = held->value;
    }
    parallel_edit(s->e.parallel, held ? &edits : NULL);
    evaluator_run(&s->e, whole);
    double count[NEURON_GROUPS][2] = {{0}};
    *known = (Known){{{0}}};
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
    if (edits.row) edits.row = s->flips.row;
    flips_run(&s->flips, s->f, s->e.parallel, flips);
    parallel_edit(s->e.parallel, NULL);
    stepped(s);
}

static void rises(NeuronFigures *to, int figure, const Known *as_it_is, const Known *now) {
    for (int g = 0; g < NEURON_GROUPS; g++)
        for (int k = 0; k < 4; k++)
            to->of[g][figure + k] = k < 2 ? now->of[g][k] - as_it_is->of[g][k] : now->of[g][k];
}

static void flipped(NeuronFigures *to, int figure, int tag_figure, const double *flips) {
    for (int g = 0; g < NEURON_GROUPS; g++) {
        to->of[g][figure] = flips[g];
        to->of[g][tag_figure] = flips[NEURON_GROUPS + g];
    }
}

/* The units held at 0, at their means, at doses of their mean over the class. Random sets have fewer questions. */
static void ablate(Study *s, NeuronFigures *to, const Known *as_it_is, Held *held, bool all) {
    Known known;
    Evaluation whole;
    double flips[LISTS];
    held->asked = false;
    for (int j = 0; j < held->n; j++) {
        held->value[j] = 0;
        held->class_mean[j] = neuron_mean(&s->facts, held->unit[j], 1);
    }
    run_model(s, held, &known, &whole, flips);
    rises(to, FIGURE_ZERO, as_it_is, &known);
    if (all) {
        for (int j = 0; j < held->n; j++) held->value[j] = (real)s->facts.mean[held->unit[j]];
        run_model(s, held, &known, &whole, flips);
        rises(to, FIGURE_MEAN, as_it_is, &known);
    }
    held->asked = true;
    for (int d = 0; d < NEURON_DOSES; d++) {
        if (!all && d != DOSE_1) continue;
        for (int j = 0; j < held->n; j++) held->value[j] = (real)(neuron_dose[d] * held->class_mean[j]);
        run_model(s, held, &known, &whole, flips);
        flipped(to, FIGURE_DOSE_FLIP + d, FIGURE_DOSE_TAG_FLIP + d, flips);
        for (int g = 0; g < NEURON_GROUPS; g++) {
            to->of[g][FIGURE_DOSE_BITS + d] = known.of[g][1] - as_it_is->of[g][1];
            to->of[g][FIGURE_DOSE_RECALL + d] = known.of[g][3];
        }
    }
}

/* ---- firing ---- */

static Status fire(const Study *s, NeuronFigures *to, const int8_t *side, const int32_t *unit, bool all,
                   Err *err) {
    for (int g = 0; g < NEURON_GROUPS; g++) {
        Firing x;
        double *of = to->of[g];
        TRY(neuron_firing(&x, &s->facts, g, side, unit, s->q->n_units, err));
        of[FIGURE_HIT] = x.hit;
        of[FIGURE_FAR] = x.far;
        of[FIGURE_AUROC] = x.ranking.auroc;
        if (!all) continue;
        double facts = (double)(x.facts[0] + x.facts[1]);
        of[FIGURE_CLASS_FACTS] = (double)x.facts[1];
        of[FIGURE_OTHER_FACTS] = (double)x.facts[0];
        of[FIGURE_CLASS_ROWS] = (double)x.rows[1];
        of[FIGURE_OTHER_ROWS] = (double)x.rows[0];
        of[FIGURE_PRIOR] = (double)x.facts[1] / facts; /* 0 / 0: NAN */
        of[FIGURE_PRECISION] = x.ranking.average_precision;
        of[FIGURE_SELECTIVITY] = x.selectivity;
        of[FIGURE_SELECTIVE] = facts > 0 ? (double)x.selective : NAN;
        of[FIGURE_INFORMATION] = x.information;
        of[FIGURE_INFORMATION_MAX] = x.information_max;
    }
    return OK;
}

/* Sides change places among the facts that have one, within their group. */
static Status shuffle(const Study *s, NeuronFigures *to, Err *err) {
    const NeuronFacts *x = &s->facts;
    size_t room = (size_t)x->n + 1;
    Status status = OK;
    int8_t *side = malloc(room);
    int32_t *fact = malloc(room * sizeof *fact), *order = malloc(room * sizeof *order);
    if (!side || !fact || !order) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to shuffle %d facts", x->n));
    memcpy(side, x->side, (size_t)x->n);
    for (int g = 0; g < NEURON_GROUPS; g++) {
        int n = 0;
        for (int i = 0; i < x->n; i++)
            if (x->side[i] >= 0 && neuron_fact_in(x, i, g)) fact[n++] = i;
        random_permutation(order, n, random_stream(SEED, RANDOM_CONTROL, (uint32_t)(SUB_SIDES + g)));
        for (int k = 0; k < n; k++) side[fact[k]] = x->side[fact[order[k]]];
    }
    TRY_GOTO(fire(s, to, side, s->q->unit, false, err));
done:
    free(side);
    free(fact);
    free(order);
    return status;
}

/* ---- random sets of units ---- */

typedef struct Candidate {
    double distance; /* of mean a */
    int32_t unit;
} Candidate;

static int nearest_first(const void *left, const void *right) {
    const Candidate *a = left, *b = right;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    return a->unit - b->unit;
}

/* For each unit of the rule one of the NEAREST share of the others by mean a, none twice. */
static void draw_set(const Study *s, int set, int32_t *unit, Candidate *candidate) {
    const double *mean = s->facts.mean;
    int width = s->facts.width, n_units = s->q->n_units;
    int nearest = (int)ceil(NEAREST * (width - n_units));
    Stream stream = random_stream(SEED, RANDOM_CONTROL, (uint32_t)(SUB_SETS + set));
    for (int j = 0; j < n_units; j++) {
        int n = 0;
        for (int32_t u = 0; u < width; u++) {
            bool out = false;
            for (int k = 0; k < n_units; k++) out |= s->q->unit[k] == u || (k < j && unit[k] == u);
            if (!out) candidate[n++] = (Candidate){fabs(mean[u] - mean[s->q->unit[j]]), u};
        }
        qsort(candidate, (size_t)n, sizeof *candidate, nearest_first);
        unit[j] = candidate[random_below(stream, (uint64_t)j, (uint64_t)(nearest < n ? nearest : n))].unit;
    }
}

static Status random_sets(Study *s, NeuronAnswer *out, const Known *as_it_is, Held *held, Err *err) {
    if (s->facts.width < 2 * s->q->n_units) return OK;
    Status status = OK;
    int32_t *unit = malloc((size_t)s->q->n_units * sizeof *unit);
    Candidate *candidate = malloc((size_t)s->facts.width * sizeof *candidate);
    out->random = calloc((size_t)s->q->random_sets + 1, sizeof *out->random);
    if (!unit || !candidate || !out->random)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d sets of units", s->q->random_sets));
    held->unit = unit;
    for (int i = 0; i < s->q->random_sets; i++) {
        NeuronFigures *to = &out->random[out->n_random++];
        figures_clear(to);
        draw_set(s, i, unit, candidate);
        TRY_GOTO(fire(s, to, s->facts.side, unit, false, err));
        ablate(s, to, as_it_is, held, false);
    }
done:
    free(unit);
    free(candidate);
    return status;
}

/* ---- what the rest of the layer knows ---- */

typedef struct Leak {
    int n, d;
    float *x;       /* (n, d): a fact's mean a over its asked tokens */
    int8_t *y;      /* n */
    int8_t *half;   /* n: of trained facts 0 or 1, else -1 */
    bool *fitted;   /* n */
    double *score;  /* n */
    RankedFact *at; /* n */
} Leak;

/* The probe fitted to facts of `halves` (a bit each) and asked about those of `half`. */
static Status probe(const Study *s, Leak *k, int halves, int half, double *auroc, Err *err) {
    int fitted = 0, asked = 0;
    *auroc = NAN;
    for (int i = 0; i < k->n; i++) {
        k->fitted[i] = k->half[i] >= 0 && halves >> k->half[i] & 1;
        fitted += k->fitted[i];
    }
    if (!fitted) return OK;
    TRY(probe_score(k->score, k->x, k->n, k->d, k->y, k->fitted, s->threads, err));
    for (int i = 0; i < k->n; i++)
        if (k->half[i] == half) k->at[asked++] = (RankedFact){k->score[i], k->y[i]};
    *auroc = ranking_measure(k->at, asked).auroc;
    return OK;
}

static bool in_rule(const Study *s, int unit) {
    for (int j = 0; j < s->q->n_units; j++)
        if (s->q->unit[j] == unit) return true;
    return false;
}

static Status leak(Study *s, Leak *k, bool with, NeuronFigures *to, Err *err) {
    const NeuronFacts *f = &s->facts;
    double half[2], heldout;
    int figure = with ? FIGURE_LEAK_WITH : FIGURE_LEAK_WITHOUT;
    k->d = with ? f->width : f->width - s->q->n_units;
    if (k->d == 0) return OK;
    for (int i = 0, row = 0; i < f->n; i++) {
        if (f->side[i] < 0) continue;
        float *x = k->x + (ptrdiff_t)row++ * k->d;
        for (int u = 0; u < f->width; u++)
            if (with || !in_rule(s, u)) *x++ = (float)(f->act[(ptrdiff_t)i * f->width + u] / f->rows[i]);
    }
    for (int h = 0; h < 2; h++) TRY(probe(s, k, 1 << !h, h, &half[h], err));
    TRY(probe(s, k, 3, -1, &heldout, err));
    to->of[GROUP_TRAINED][figure] = (half[0] + half[1]) / 2;
    to->of[GROUP_HELDOUT][figure] = heldout;
    stepped(s);
    return OK;
}

static Status leaks(Study *s, NeuronFigures *to, Err *err) {
    const NeuronFacts *f = &s->facts;
    size_t room = (size_t)f->n + 1;
    Leak k = {.x = malloc(room * (size_t)f->width * sizeof *k.x),
              .y = malloc(room),
              .half = malloc(room),
              .fitted = malloc(room * sizeof *k.fitted),
              .score = malloc(room * sizeof *k.score),
              .at = malloc(room * sizeof *k.at)};
    int32_t *row = malloc(2 * room * sizeof *row); /* of each fact; behind them a drawn order */
    Status status = OK;
    if (!k.x || !k.y || !k.half || !k.fitted || !k.score || !k.at || !row)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to probe %d facts", f->n));
    int32_t *order = row + room;
    for (int i = 0; i < f->n; i++) {
        if (f->side[i] < 0) continue;
        k.y[k.n] = f->side[i];
        k.half[k.n] = -1;
        row[i] = k.n++;
    }
    /* either side is halved by itself */
    random_permutation(order, f->n_trained, random_stream(SEED, RANDOM_CONTROL, SUB_HALVES));
    for (int i = 0, next[2] = {0, 0}; i < f->n_trained; i++) {
        int side = f->side[order[i]];
        if (side >= 0) k.half[row[order[i]]] = (int8_t)(next[side]++ & 1);
    }
    for (int with = 0; with < 2; with++) TRY_GOTO(leak(s, &k, with, to, err));
done:
    free(k.x);
    free(k.y);
    free(k.half);
    free(k.fitted);
    free(k.score);
    free(k.at);
    free(row);
    return status;
}

/* ---- all of it ---- */

/* List g: the class's facts of group g, list NEURON_GROUPS + g: those of pairs_tag; bases are the other side, or the
 * neutral facts. */
static Status pair_facts(Study *s, Err *err) {
    const FactSet *f = s->f;
    size_t pool = (size_t)f->n_pool;
    int8_t *side = malloc(LISTS * pool + 1);
    if (!side) return err_set(err, ERR_NOMEM, "no memory to pair %d facts", f->n_pool);
    memset(side, -1, LISTS * pool);
    for (int i = 0; i < s->facts.n; i++) {
        int group = i < f->n ? GROUP_TRAINED : GROUP_HELDOUT, tag = f->tag[i];
        bool base = s->q->neutral_tag >= 0 ? tag == s->q->neutral_tag : s->facts.side[i] == 0;
        bool source[] = {s->facts.side[i] == 1, s->q->pairs_tag >= 0 && tag == s->q->pairs_tag};
        for (int kind = 0; kind < 2; kind++)
            side[(size_t)(kind * NEURON_GROUPS + group) * pool + (size_t)i] = (int8_t)(source[kind] ? 1
                                                                                       : base       ? 0
                                                                                                    : -1);
    }
    Status status = flips_create(&s->flips, f, &s->e.all, side, LISTS, err);
    free(side);
    return status;
}

static void as_it_is(Study *s, NeuronAnswer *out, Known *known) {
    Evaluation whole;
    double flips[LISTS];
    run_model(s, NULL, known, &whole, flips);
    out->code_bits = whole.code_bits;
    out->recall = whole.recall;
    for (int g = 0; g < NEURON_GROUPS; g++) {
        memcpy(&out->own.of[g][FIGURE_AS_IT_IS], known->of[g], sizeof known->of[g]);
        out->own.of[g][FIGURE_PAIRS] = s->flips.pairs[g];
        out->own.of[g][FIGURE_TAG_PAIRS] =
            s->q->pairs_tag >= 0 ? (double)s->flips.pairs[NEURON_GROUPS + g] : NAN;
    }
    flipped(&out->own, FIGURE_FLIP_BASE, FIGURE_TAG_FLIP_BASE, flips);
}

Status neurons_measure(NeuronAnswer *out, const Gpt *g, const FactSet *facts, const NeuronQuestion *q,
                       Err *err) {
    Study s = {.g = g, .f = facts, .q = q, .threads = q->threads > 0 ? q->threads : threads_default()};
    size_t units = (size_t)q->n_units;
    Held held = {.unit = q->unit,
                 .n = q->n_units,
                 .class_mean = calloc(units, sizeof *held.class_mean),
                 .value = calloc(units, sizeof *held.value)};
    Known known;
    Status status = OK;
    s.steps = 6 + NEURON_DOSES + 2 * q->random_sets;
    *out = (NeuronAnswer){.n_random = 0};
    figures_clear(&out->own);
    figures_clear(&out->shuffled);
    if (!held.class_mean || !held.value)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d units", q->n_units));
    TRY_GOTO(neuron_facts_collect(&s.facts, g, facts, q->layer, q->label, err));
    stepped(&s);
    TRY_GOTO(evaluator_create(&s.e, g, facts, s.threads, err));
    TRY_GOTO(pair_facts(&s, err));
    s.has_prompt[GROUP_TRAINED] = true;
    s.has_prompt[GROUP_HELDOUT] = facts->n_heldout > 0;
    for (int i = facts->n; i < s.facts.n; i++) s.has_prompt[GROUP_HELDOUT] &= facts->prompt_len[i] > 0;
    as_it_is(&s, out, &known);
    TRY_GOTO(fire(&s, &out->own, s.facts.side, q->unit, true, err));
    TRY_GOTO(shuffle(&s, &out->shuffled, err));
    ablate(&s, &out->own, &known, &held, true);
    TRY_GOTO(leaks(&s, &out->own, err));
    TRY_GOTO(random_sets(&s, out, &known, &held, err));
done:
    free(held.class_mean);
    free(held.value);
    flips_free(&s.flips);
    evaluator_free(&s.e);
    neuron_facts_free(&s.facts);
    if (status != OK) neurons_answer_free(out);
    return status;
}

void neurons_answer_free(NeuronAnswer *x) {
    free(x->random);
    *x = (NeuronAnswer){.n_random = 0};
}
