/* What a run will need, before it starts. */
#ifndef ROTE_TRAIN_PLAN_H
#define ROTE_TRAIN_PLAN_H

#include "base/config/config.h"
#include "data/facts.h"
#include "model/parallel.h"

typedef struct RunPlan {
    int facts; /* trained on */
    int keep;  /* of them, to the end; train.select may drop the others */
    int64_t params;
    int64_t params_by[PART_COUNT];
    int64_t weight_bits; /* that hold the trained model (model/quantize.h) */
    double memory_bytes, disk_bytes, flops_per_step;
    double data_bits; /* NAN where the entropy is unknown */
} RunPlan;

/* config resolved; the facts need only be planned. Memory and disk are estimates from above, of what is allocated, not
 * of what is touched. ERR_INPUT: a batch of more than 2^31 - 1 tokens; train.select_bits, and the entropy is unknown.
 * ERR_NOMEM. */
Status run_needs(RunPlan *out, const Config *config, const FactSet *facts, Err *err);

/* The same, and whether the machine has as much. out_dir: where the run folder will lie; NULL: no disk is needed.
 * ERR_INPUT: needs more memory or disk than there is; both figures are in the message, and out is filled. */
Status run_plan(RunPlan *out, const Config *config, const FactSet *facts, const char *out_dir, Err *err);

/* config->threads, or one for each core. */
int trainer_threads(const TrainConfig *config);

/* How a training batch is cut over threads and leaves; max_len is what one of its sequences may have. */
ParallelPlan trainer_parallel_plan(const Config *config, const FactSet *facts);

#endif
