/* Logistic mixing (Mattern 2012; Mahoney's PAQ): inputs are logits x_i of the next bit, a weight set chosen by a
 * context gives p = squash(sum w_i x_i), and after the bit y each weight goes down the gradient of its cost:
 * w_i += rate (y - p) x_i. Several layers-in-parallel of such sets, each chosen by a context of its own, are mixed
 * by one more. Floats, each operation rounded by itself and in a fixed order: the same bits everywhere. */
#ifndef ROTE_EVAL_MIXER_H
#define ROTE_EVAL_MIXER_H

#include "base/err.h"
#include "base/memory.h"
#include "train/online/logistic.h"

enum { MIXER_MAX_CHOOSERS = 8 };

typedef struct MixerPlan {
    int inputs;
    int choosers;                    /* contexts that each choose a weight set */
    int choices[MIXER_MAX_CHOOSERS]; /* how many values each has */
    int last_choices;                /* and the one that chooses the weights of the last step */
} MixerPlan;

typedef struct Mixer {
    const Logistic *logistic;
    MixerPlan plan;
    int padded;   /* inputs, in whole groups of lanes */
    float rate;   /* falls as it learns */
    float *input; /* the caller's to fill */
    float *weight[MIXER_MAX_CHOOSERS], *last_weight;
    float *row[MIXER_MAX_CHOOSERS], *last_row; /* chosen for this bit */
    float x[MIXER_MAX_CHOOSERS], p[MIXER_MAX_CHOOSERS], last_p;
    Arena arena;
} Mixer;

double mixer_bytes(const MixerPlan *plan);
Status mixer_create(Mixer *m, const MixerPlan *plan, const Logistic *logistic, Err *err);
void mixer_free(Mixer *m);

/* P(next bit = 1) from m->input. */
float mixer_predict(Mixer *m, const int *chosen, int last_chosen);
void mixer_learn(Mixer *m, int bit);

#endif
