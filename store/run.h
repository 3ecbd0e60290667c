/* A run folder, finished or not, that is opened for reading: its config, its facts and its model. */
#ifndef ROTE_STORE_RUN_H
#define ROTE_STORE_RUN_H

#include "base/config/config.h"
#include "base/progress.h"
#include "data/facts.h"
#include "model/gpt.h"
#include "store/rule_state.h"

typedef struct Run {
    Config config;
    FactSet facts;
    Gpt gpt; /* of the newest complete checkpoint; with train.quantize, its weights are rounded to that format */
    char param_hash[33]; /* of the checkpoint's parameters, before they are rounded */
    int64_t step;        /* of the checkpoint */
    RuleState *neurons;  /* the state of each rule of config.neurons */
} Run;

/* Reads config, facts and the newest complete checkpoint. Close with run_close; after an error nothing is open.
 *   notes  receives a line about a newer checkpoint that is damaged; may be NULL
 * ERR_FORMAT: all checkpoints are damaged; or, if the run is finished, the newest is damaged or does not belong to the
 * result. The message names the newest. ERR_INPUT: there is no run or no checkpoint, or the facts have changed. ERR_IO,
 * ERR_NOMEM. */
Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err);
void run_close(Run *run);

/* Reads the resolved config of a run, and its facts, which the caller frees with facts_free.
 * ERR_INPUT: there is no run, or the facts have changed: their hash is not that of the run. ERR_IO, ERR_FORMAT,
 * ERR_NOMEM. */
Status run_read(const char *dir, Config *config, FactSet *facts, Err *err);

#endif
