/* result.json: the results of a run. Its text is a pure function of the config and the facts. It contains no clock
 * time, no number of threads and no path, so a resumed or replayed run writes the same bytes (docs/formats.md). */
#ifndef ROTE_STORE_RESULT_H
#define ROTE_STORE_RESULT_H

#include "base/config/config.h"
#include "base/err.h"
#include "model/params.h"
#include "store/figures.h"
#include "store/rule_state.h"

/* Name and hook of a neuron rule, and its neurons at the end of the run, also those chosen in training. */
typedef struct RuleUnits {
    char name[64], hook[48];
    int n;
    int32_t *unit; /* ascending */
} RuleUnits;

typedef struct RunResult {
    char verdict[32];                   /* annealed, stopped, diverged, failed */
    char reason[sizeof((Err *)0)->msg]; /* if it diverged: tensor, index and step; else empty */
    RunFigures figures;
    int64_t params_by[PART_COUNT]; /* -1: unknown */
    char facts_kind[16];
    char quantize[16]; /* the format of train.quantize; empty: none */
    int n_fields;      /* fields of the facts, for which code_bits is also given separately; 0: none */
    FieldBits by_field[FIELDS_MAX]; /* without the context */
    int n_neurons;
    RuleUnits *neurons;  /* owned: result_free */
    char param_hash[33]; /* empty where a parameter is NaN or Inf */
    char data_hash[33], config_hash[33];
    char numeric_spec[32], dtype[8];
    char seed[24], facts_seed[24]; /* decimal, below 2^64 */
    bool exact;

    /* not written to result.json: */
    double seconds, tokens_per_s; /* of this process; if already_done, of the whole run (timing.json) */
    bool already_done;            /* the run was finished before: nothing was trained */
} RunResult;

void result_free(RunResult *result);

/* Fills the fields that follow from config and facts alone: kind of facts, format, arithmetic, seeds. */
void result_describe(RunResult *result, const Config *config, const char *facts_kind, uint64_t facts_seed);
/* Fills in the rules of config->neurons with their neurons. ERR_NOMEM. */
Status result_take_neurons(RunResult *result, const Config *config, const RuleState *neurons, Err *err);

/* The text of result.json; malloc'd. ERR_NOMEM. */
Status result_text(const RunResult *result, char **out, Err *err);

/* Which fields a reader needs in a result.json. */
typedef enum ResultNeeds {
    RESULT_ANY,      /* none: fields that are missing are not present */
    RESULT_COMPARED, /* a verdict; and, unless it is `diverged`, valid counts and figures */
    RESULT_WHOLE     /* all fields that every version of rote has written, each of them once */
} ResultNeeds;

/* Reads result.json. Every message begins with `where`, the path of the file. Unknown keys are ignored. ERR_FORMAT: not
 * a JSON object, or a field is missing or invalid; out is then empty. ERR_NOMEM. Free with result_free, after an error
 * too. */
Status result_parse(const char *text, const char *where, ResultNeeds needs, RunResult *out, Err *err);

#endif
