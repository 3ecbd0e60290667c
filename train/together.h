/* Runs of one shape that one process trains together, a step of each at a time: in lanes (model/lanes/) where enough
 * of them are left for it to pay, else each step alone. A run has the bits, files and messages that it has alone: the
 * parts of a step are those of train/trainer.h, and all but gradient and update works on the run's own trainer. */
#ifndef ROTE_TRAIN_TOGETHER_H
#define ROTE_TRAIN_TOGETHER_H

#include "model/kernels/lanes.h"
#include "train/trainer.h"

/* A hash of all that runs must share to be trained together: structure, vocabulary, batch, number of steps. Seeds,
 * rates, schedules and facts may differ. Empty where lanes do not serve the run: wide models, sequences of several
 * lengths, rules, tools, other optimizers than AdamW, quantized training, OpenBLAS, several threads, and structures as
 * of lanes_serve_model.
 *   resolved  of the run
 *   length    tokens of each sequence of its facts, held out and junk included; 0: they differ
 * ERR_NOMEM. */
Status together_shape(const Config *resolved, int length, char out[33], Err *err);

/* How many of so many runs of a shape one thread best trains together, on these kernels; 1: alone. */
int together_size(const Ops *ops, int runs);
/* The time of a step of each of so many alone over that of a step together; 1: alone. */
double together_gain(const Ops *ops, int runs);
/* Bytes beside what the runs take alone: of the lanes. length: as above. ERR_NOMEM. */
Status together_bytes(const Ops *ops, const Config *resolved, int length, int runs, double *bytes, Err *err);

/* Called as soon as a run has ended, with what train_on would have returned and said. What it has learned is in its
 * trainer, which must live until all runs have ended. */
typedef void TogetherEnded(void *user, Trainer *t, Status status, Err *err);

/* Trains n <= LANES_MAX runs of one shape, each until it ends. */
void train_together(Trainer *const *t, int n, TogetherEnded *ended, void *user);

#endif
