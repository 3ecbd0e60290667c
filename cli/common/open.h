/* Runs, and the fact sets that are read with them. */
#ifndef ROTE_CLI_COMMON_OPEN_H
#define ROTE_CLI_COMMON_OPEN_H

#include "base/err.h"
#include "base/progress.h"
#include "cli/common/args.h"
#include "data/facts.h"
#include "store/run.h"

/* Prints notes on stderr, and nothing else. */
extern const ProgressSink note_sink;

/* run_open_with (store/run.h), with its notes on stderr. Close with run_close. Errors as there. */
Status open_run(Run *out, const char *dir, const char *facts, Err *err);

/* run_open_text (store/run.h), in the same way: for commands that continue or look at text. */
Status open_run_text(Run *out, const char *dir, const char *facts, Err *err);

/* A run, and the facts on which it is evaluated. */
typedef struct RunAndFacts {
    Run run;
    FactSet other;        /* those of --facts */
    const FactSet *facts; /* &other, or &run.facts where --facts is not given */
} RunAndFacts;

/* The run of the first word, and the facts of --facts DIR if given; where the run's own are not found, these must be
 * they. For a model that reads a tokenizer's tokens they become those (data/tokenizer/fact_tokens.h). out must stay
 * where it is until close_run_and_facts. ERR_INPUT: facts that the run's model cannot read, or another error of
 * run_open or facts_load. */
Status open_run_and_facts(RunAndFacts *out, const Args *args, Err *err);
/* The same for a command that can do without facts: of an imported model, if none are given, out->facts is empty. */
Status open_run_and_text(RunAndFacts *out, const Args *args, Err *err);
void close_run_and_facts(RunAndFacts *run);

#endif
