/* A run folder, finished or not, that is opened for reading: its config, its facts and its model. */
#ifndef ROTE_STORE_RUN_H
#define ROTE_STORE_RUN_H

#include "base/config/config.h"
#include "base/progress.h"
#include "data/facts.h"
#include "data/selection.h"
#include "model/gpt.h"
#include "store/rule_state.h"

typedef struct Run {
    Config config;
    FactSet facts;
    Gpt gpt; /* of the newest complete checkpoint; with train.quantize, its weights are rounded to that format */
    char param_hash[33]; /* of the checkpoint's parameters, before they are rounded */
    int64_t step;        /* of the checkpoint */
    RuleState *neurons;  /* the state of each rule of config.neurons */
    Selection selection; /* train.select: which facts are trained; else empty */
} Run;

/* Reads config, facts and the newest complete checkpoint. run_close it; a failure leaves nothing to close. Facts that
 * are read from a folder or file are searched where facts_find (data/obtain.h) says; config.facts.path is where they
 * were found.
 *   facts  where the user says they are; NULL: not said
 *   notes  receives a line about a newer checkpoint that is damaged; may be NULL
 * ERR_FORMAT: all checkpoints are damaged, or the newest of a finished run is, or its parameters are not those of its
 * result; names the newest. ERR_INPUT: no run is there, or no checkpoint, or its
 * facts are others now. ERR_IO, ERR_NOMEM. */
Status run_open_with(Run *out, const char *dir, const char *facts, const ProgressSink *notes, Err *err);
Status run_open(Run *out, const char *dir, const ProgressSink *notes, Err *err); /* facts NULL */

/* For commands that need no facts, but text: as run_open_with, and of an imported model, which has no facts, out->facts
 * has its symbols alone. run_open_with refuses such a run with ERR_INPUT. */
Status run_open_text(Run *out, const char *dir, const char *facts, const ProgressSink *notes, Err *err);

/* ERR_INPUT: the run was imported, so it has no training and no facts. Errors of origin_read. */
Status run_trained(const char *dir, Err *err);

/* The model without its facts, which need not be there: out->facts is empty.
 *   eos   the token that ends a fact; -1: there is none
 * Errors as run_open; of runs of older versions, which did not store eos, those of their facts, too. */
Status run_open_model(Run *out, int *eos, const char *dir, const ProgressSink *notes, Err *err);
void run_close(Run *run);

/* Puts the model of an older checkpoint that is stored into an open run, with its step: the first one after step
 * `after` (-1: the oldest).
 *   *found  false: there is none; the run is unchanged
 * ERR_FORMAT: it is damaged; the model is then neither. ERR_IO, ERR_NOMEM. */
Status run_next_checkpoint(Run *run, const char *dir, int64_t after, bool *found, Err *err);

/* A run's config, resolved, and its facts, searched as in run_open_with; facts_free them.
 * ERR_INPUT: no run is there, or the facts' hash is no longer the run's. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status run_read(const char *dir, const char *at, Config *config, FactSet *facts, Err *err);

#endif
