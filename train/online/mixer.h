/* Logistic mixing (Mattern 2012; Mahoney 2005, PAQ). The inputs x_i are logits of the next bit. A context
 * selects a weight vector, which gives p = squash(sum w_i x_i); after the bit y, gradient descent on the
 * coding cost changes it: w_i += rate (y - p) x_i. Several such mixers run in parallel, each with its own
 * context, and one more mixes their outputs. Float operations, never fused, in a fixed order: the same bits
 * on every machine. */
#ifndef ROTE_TRAIN_ONLINE_MIXER_H
#define ROTE_TRAIN_ONLINE_MIXER_H

#include "base/err.h"
#include "base/memory.h"
#include "train/online/logistic.h"

enum { MIXER_MAX_CHOOSERS = 8 };

typedef struct MixerPlan {
    int inputs;
    int choosers;                    /* mixers in parallel */
    int choices[MIXER_MAX_CHOOSERS]; /* contexts of each */
    int last_choices;                /* contexts of the last mixer */
} MixerPlan;

typedef struct Mixer {
    const Logistic *logistic;
    MixerPlan plan;
    int padded;   /* inputs, rounded up to whole groups of lanes */
    float rate;   /* learning rate; decays */
    float *input; /* the caller fills it */
    float *weight[MIXER_MAX_CHOOSERS], *last_weight;
    float *row[MIXER_MAX_CHOOSERS], *last_row; /* the weight vectors selected for this bit */
    float x[MIXER_MAX_CHOOSERS], p[MIXER_MAX_CHOOSERS], last_p;
    Arena arena;
} Mixer;

double mixer_bytes(const MixerPlan *plan);
/* ERR_NOMEM. */
Status mixer_create(Mixer *m, const MixerPlan *plan, const Logistic *logistic, Err *err);
void mixer_free(Mixer *m);

/* P(next bit = 1) from m->input; chosen (choosers), last_chosen: the contexts. Then mixer_learn with the
 * bit. */
float mixer_predict(Mixer *m, const int *chosen, int last_chosen);
void mixer_learn(Mixer *m, int bit);

#endif
