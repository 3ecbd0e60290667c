/* Creativity of samples: how many are valid, how many of these are new, and how different they are (Nagarajan et al.
 * 2025, arXiv 2504.15266, section 3). Sequences that say the same are one class (data/kinds/task.h), for coherence,
 * uniqueness and novelty alike. */
#ifndef ROTE_EVAL_CREATIVITY_CREATIVITY_H
#define ROTE_EVAL_CREATIVITY_CREATIVITY_H

#include "data/kinds/task.h"
#include "eval/creativity/diversity.h"
#include "eval/creativity/texts.h"
#include "eval/stats/stats.h"

/* Shares are of all n samples. Without a task it is unknown which samples are valid: coherence and
 * what follows from it are NAN, a sample is memorized if it occurs whole in the training data, and else novel. */
typedef struct Creativity {
    int n;                 /* samples */
    double valid, trained; /* classes: M, and those of the training data */
    Interval coherence;    /* valid samples; Wilson's interval */
    Interval memorized;    /* valid, and their class was trained */
    Interval novel;        /* valid and not trained, repeats counted */
    /* cr_N: different classes that are valid and not trained, over n; jackknife interval */
    Interval creativity;
    double ideal; /* cr*: what uniform draws among all valid samples reach on average */
    double distinct[DISTINCT_N];
    double longest_mean; /* longest n-gram shared with the training data, tokens: mean over the samples */
    int longest;         /* its maximum */
    double vendi;
    TypeEntropy entropy; /* of classes; of sequences where they are not valid or there is no task */
} Creativity;

/* Measures `samples` against `trained`. task NULL: texts. ERR_INPUT: no sample. ERR_NUMERIC. ERR_NOMEM. */
Status creativity_measure(Creativity *out, const Texts *samples, const Texts *trained, const Task *task,
                          Err *err);

/* Its figures that follow from the classes: without n-grams, Vendi score and what depends on them (NAN). Much faster.
 * task: not NULL. ERR_NOMEM. */
Status creativity_count(Creativity *out, const Texts *samples, const Texts *trained, const Task *task,
                        Err *err);

/* (M - T) / N (1 - (1 - 1/M)^N): the mean cr_N of N uniform draws among M classes of which T were trained. */
double creativity_ideal(double valid, double trained, int n);

/* The coded tokens of the facts and of their paraphrases. Free texts->start and texts->token, after an error too.
 * ERR_NOMEM. */
Status creativity_trained(Texts *out, const FactSet *facts, Err *err);

#endif
