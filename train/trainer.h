/* What the loop holds. Everything in it is allocated before the first step. */
#ifndef ROTE_TRAIN_TRAINER_H
#define ROTE_TRAIN_TRAINER_H

#include "model/parallel.h"
#include "store/run_folder.h"
#include "train/objective.h"

/* config->threads, or one per core. */
int trainer_threads(const TrainConfig *config);
ParallelPlan trainer_parallel_plan(const TrainConfig *config, const FactSet *facts);

typedef struct Trainer {
    Config config;
    const FactSet *facts;
    const RunOptions *options;
    Gpt gpt;
    real *master; /* train.quantize: what the optimizer moves, of which gpt.params is a rounding; else NULL */
    Optimizer optimizer;
    Parallel *parallel;
    Evaluator evaluator;
    Evaluation evaluation; /* the newest */
    int64_t evaluated_at;  /* its step; -1: none yet in this process */
    Mix mix;
    FactBatch batch; /* room for the longest one */
    Objective objective;
    RunFolder folder;
    RunState state;
    int64_t saved_at;          /* step of the newest checkpoint; -1: none */
    double started_s, shown_s; /* display only */
    int64_t started_tokens, shown_tokens;
} Trainer;

#endif
