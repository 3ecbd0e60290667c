/* A transformer over bytes that is trained on a file while it is coded. Its distribution of the next byte
 * comes from weights trained on the bytes before only. Encoder and decoder make the same calls, so they have the
 * same weights at every byte and none are stored. */
#ifndef ROTE_TRAIN_ONLINE_ONLINE_MODEL_H
#define ROTE_TRAIN_ONLINE_ONLINE_MODEL_H

#include "base/config/config.h"
#include "base/err.h"
#include "model/kernels/ops.h"

typedef struct OnlineModelPlan {
    ModelConfig model; /* block_size: its context length; vocab_size 256 */
    TrainConfig train; /* learning_rate, warmup_steps, optimizer ... */
    int chunk;         /* bytes coded between two updates of the weights */
    int replays; /* sequences of block_size earlier bytes in each update's batch, besides the newest one */
} OnlineModelPlan;

/* width: a multiple of 32, one head per 32. The rest is fixed: it is part of the format. */
void online_model_plan(OnlineModelPlan *out, int layers, int width, int replays);

typedef struct OnlineModel OnlineModel;

/* Floating-point operations per coded byte, training included. */
double online_model_flops(const OnlineModelPlan *plan);
double online_model_bytes(const OnlineModelPlan *plan, int threads);
/* threads change no bit. ERR_NOMEM. */
Status online_model_create(OnlineModel **out, const OnlineModelPlan *plan, const Ops *ops, int threads,
                           Err *err);
void online_model_free(OnlineModel *m);

/* p (256): probabilities of the byte at `at`, each above 0, summing to 1 within rounding. Reads data[0 .. at
 * - 1] only. at must be 0, 1, 2 and so on. */
void online_model_predict(OnlineModel *m, const uint8_t *data, size_t at, double p[256]);

#endif
