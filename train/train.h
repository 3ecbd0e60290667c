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
#include "store/rule_state.h"
#include "store/run_folder.h"
#include "train/plan.h"

typedef struct RunOptions {
    const char *dir; /* the run folder; NULL: nothing is written (verify, tests) */
    bool resume;
    const volatile sig_atomic_t
        *stop; /* set by a signal handler: checkpoint at the step boundary, ERR_STOPPED; may be NULL */
    ProgressSink progress;
    RuleState *neurons; /* takes what became of the config's rules (rule_states_create); may be NULL */
} RunOptions;

typedef struct RunResult {
    RunPlan plan;
    Evaluation final;
    int64_t steps, tokens;
    double exposures;
    int64_t exposures_least, exposures_most; /* of a fact, where facts.zipf makes them uneven; else 0 */
    char verdict[16];                        /* annealed, stopped, diverged, failed */
    char reason[sizeof((Err *)0)->msg];      /* diverged: tensor, index and step; else empty */
    char param_hash[33], data_hash[33],
        config_hash[33]; /* param_hash empty where a parameter is NaN or Inf */
    bool exact;
    double seconds,
        tokens_per_s;  /* of this process; of the run where already_done: timing.json, never result.json */
    bool already_done; /* DONE stood there: nothing was trained */
} RunResult;

/* Trains; config resolved, by init_from_resolve too (train/init_from.h). ERR_STOPPED: checkpointed, resumable. ERR_NUMERIC: NaN or Inf, names tensor, index and step;
 * verdict diverged, the checkpoint before it stands. ERR_INPUT: out exists, config differs (shows how), lock
 * held. */
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
