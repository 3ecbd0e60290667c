/* One training run: plan, loop, run folder, resume, verify. */
#ifndef ROTE_TRAIN_TRAIN_H
#define ROTE_TRAIN_TRAIN_H

#include <signal.h>
#include <stdbool.h>

#include "base/config/config.h"
#include "base/progress.h"
#include "data/facts.h"
#include "eval/evaluate.h"
#include "model/gpt.h"
#include "store/result.h"
#include "store/rule_state.h"
#include "store/run_folder.h"
#include "train/plan.h"

typedef struct RunOptions {
    const char *dir; /* the run folder; NULL: nothing is written (verify, tests) */
    bool resume;
    const volatile sig_atomic_t *stop; /* set by a signal handler: stops at the end of a step; may be NULL */
    ProgressSink progress;
} RunOptions;

/* Trains. config: resolved, by init_from_resolve too (train/init_from.h).
 *   out  result_free it, after a failure too
 * ERR_STOPPED: checkpointed, resumable. ERR_NUMERIC: NaN or Inf; the message names tensor, index and step, out has the
 * verdict `diverged`, and the checkpoint before it is whole. ERR_INPUT: options->dir holds something else, or a run with
 * another config (the message says how they differ), or its lock is held. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status run_train(const Config *config, const FactSet *facts, const RunOptions *options, RunResult *out,
                 Err *err);

/* A finished or half-made run folder, opened to be asked: config, facts, model with the newest whole
 * checkpoint. */
typedef struct Run {
    Config config;
    FactSet facts;
    Gpt gpt;             /* with train.quantize, its weights are in that format */
    char param_hash[33]; /* of the checkpoint's parameters */
    int64_t step;
    RuleState *neurons; /* what became of each rule of config.neurons */
} Run;
/* notes (may be NULL) hears of a newer checkpoint that is damaged. ERR_FORMAT: all of them are; names the
 * newest. */
Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err);
void run_close(Run *run);

/* Replays a run in memory and compares parameter, data and result hashes. ERR_FORMAT: what differs. */
Status run_verify(const char *dir, int threads, ProgressSink progress, const volatile sig_atomic_t *stop,
                  Err *err);

/* result.json as text (docs/formats.md); with_timing merges seconds, tokens_per_s, peak_rss_mib. malloc'd. */
char *run_result_json(const char *dir, bool with_timing, Err *err);

#endif
