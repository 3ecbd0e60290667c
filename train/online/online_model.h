/* A transformer over bytes that learns a file while it is coded: it says how probable each next byte is, from
 * weights that were trained on the bytes before alone. Encoder and decoder drive it alike and so have the same
 * weights at every byte; none are stored. */
#ifndef ROTE_TRAIN_ONLINE_MODEL_H
#define ROTE_TRAIN_ONLINE_MODEL_H

#include "base/config/config.h"
#include "base/err.h"
#include "model/kernels/ops.h"

typedef struct OnlineModelPlan {
    ModelConfig model; /* block_size: how far it looks back; vocab_size 256 */
    TrainConfig train; /* learning_rate, warmup_steps, optimizer … */
    int chunk;         /* bytes coded between two updates of the weights */
    int replays; /* older stretches of block_size bytes that each update trains on, beside the newest one */
} OnlineModelPlan;

/* width in multiples of 32, one head each. Everything else is fixed, as part of the format. */
void online_model_plan(OnlineModelPlan *out, int layers, int width, int replays);

typedef struct OnlineModel OnlineModel;

/* Floating-point operations for each byte coded, all together. */
double online_model_flops(const OnlineModelPlan *plan);
double online_model_bytes(const OnlineModelPlan *plan, int threads);
/* threads change no bit. */
Status online_model_create(OnlineModel **out, const OnlineModelPlan *plan, const Ops *ops, int threads,
                           Err *err);
void online_model_free(OnlineModel *m);

/* p (256): probabilities of the byte at `at`, each above 0, their sum 1 but for rounding; of data, `at` bytes are
 * read. To be called for 0, 1, 2 and so on. */
void online_model_predict(OnlineModel *m, const uint8_t *data, size_t at, double p[256]);

#endif
