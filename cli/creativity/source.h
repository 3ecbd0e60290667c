/* A run that is sampled: its task, what it was trained on, its chain. */
#ifndef ROTE_CLI_CREATIVITY_SOURCE_H
#define ROTE_CLI_CREATIVITY_SOURCE_H

#include "cli/common/args.h"
#include "eval/creativity/creativity.h"
#include "eval/sampling/generate.h"
#include "store/run.h"

typedef struct Source {
    Run run; /* its weights changed as --edit says */
    Task task;
    bool has_task;
    Texts trained;
    SampleOptions options; /* of --chain and its like */
    int n, max_len, threads;
} Source;

/* Reads the options that say how to sample; no run is open yet. ERR_INPUT. */
Status source_options(Source *out, const Args *args, Err *err);
/* Opens a run. out: of source_options, or a closed source; source_close it, after an error too. ERR_INPUT, ERR_IO,
 * ERR_FORMAT, ERR_NOMEM. */
Status source_open(Source *out, const Args *args, const char *dir, Err *err);
void source_close(Source *source);
/* Applies --edit to the weights that the run has now. ERR_INPUT. */
Status source_edit(Source *source, const Args *args, Err *err);

/* The seed of its draws where several runs are compared: with one for all, runs would share the luck of their draws,
 * and their mean's interval would be too narrow. */
uint64_t source_seed(const Source *source);
/* The stages of --chain with more of them behind; `words` is the chain as text. ERR_INPUT: it is none. */
Status source_chain(const Source *source, const char *added, Chain *out, char words[CHAIN_TEXT_MAX],
                    Err *err);
/* Samples under that chain; free out->start and out->token, after an error too. Errors of creativity_draw. */
Status source_draw(const Source *source, const Chain *chain, uint64_t seed, Texts *out, Err *err);

void texts_free(Texts *texts);

#endif
