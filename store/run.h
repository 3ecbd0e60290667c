/* A run folder, finished or not, opened for reading: its config, its facts, and its model. */
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
    Gpt gpt; /* of the newest whole checkpoint; with train.quantize, its weights are in that format */
    char param_hash[33]; /* of the checkpoint's parameters, before they are rounded */
    int64_t step;        /* of the checkpoint */
    RuleState *neurons;  /* what became of each rule of config.neurons */
} Run;

/* Reads config, facts and the newest whole checkpoint. run_close it; a failure leaves nothing to close.
 *   notes  receives a line about a newer checkpoint that is damaged; may be NULL
 * ERR_FORMAT: all checkpoints are damaged; names the newest. ERR_INPUT: no run is there, or no checkpoint, or its
 * facts are others now. ERR_IO, ERR_NOMEM. */
Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err);
void run_close(Run *run);

/* A run's config, resolved, and its facts; facts_free them.
 * ERR_INPUT: no run is there, or the facts' hash is no longer the run's. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status run_read(const char *dir, Config *config, FactSet *facts, Err *err);

#endif
