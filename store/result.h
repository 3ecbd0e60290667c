/* result.json: what a run found, as text that is a pure function of the config and the facts. It contains no clock,
 * no thread count and no path, so a resumed or replayed run writes the same bytes (docs/formats.md). */
#ifndef ROTE_STORE_RESULT_H
#define ROTE_STORE_RESULT_H

#include "base/config/config.h"
#include "base/err.h"
#include "model/params.h"
#include "store/figures.h"
#include "store/rule_state.h"

/* A neuron rule's name and hook, and the neurons it had in the end, chosen ones too. */
typedef struct RuleUnits {
    char name[64], hook[48];
    int n;
    int32_t *unit; /* ascending */
} RuleUnits;

typedef struct RunResult {
    char verdict[32];                   /* annealed, stopped, diverged, failed */
    char reason[sizeof((Err *)0)->msg]; /* diverged: tensor, index and step; else empty */
    RunFigures figures;
    int64_t params_by[PART_COUNT]; /* -1: unknown */
    char facts_kind[16];
    char quantize[16];              /* the format of train.quantize; empty: none */
    int n_fields;                   /* facts whose tokens belong to fields: code_bits in parts */
    FieldBits by_field[FIELDS_MAX]; /* context left out */
    int n_neurons;
    RuleUnits *neurons;  /* owned: result_free */
    char param_hash[33]; /* empty where a parameter is NaN or Inf */
    char data_hash[33], config_hash[33];
    char numeric_spec[32], dtype[8];
    char seed[24], facts_seed[24]; /* decimal, below 2^64 */
    bool exact;

    /* never in result.json: */
    double seconds, tokens_per_s; /* of this process; of the whole run where already_done (timing.json) */
    bool already_done;            /* DONE was there: nothing was trained */
} RunResult;

void result_free(RunResult *result);

/* Fills what config and facts say by themselves: kind of facts, format, arithmetic, seeds. */
void result_describe(RunResult *result, const Config *config, const char *facts_kind, uint64_t facts_seed);
/* What became of each rule of config->neurons. ERR_NOMEM. */
Status result_take_neurons(RunResult *result, const Config *config, const RuleState *neurons, Err *err);

/* result.json. malloc'd; NULL without memory. */
char *result_text(const RunResult *result);

/* How much a reader asks of a result.json. */
typedef enum ResultNeeds {
    RESULT_ANY,      /* nothing: what is missing is absent */
    RESULT_COMPARED, /* a verdict; unless that is `diverged`, counts and figures that a run can find */
    RESULT_WHOLE     /* everything that each version of rote has written, and nothing twice */
} ResultNeeds;

/* The one reader of result.json. `where`, the file's path, begins each message. Keys that no row names are passed
 * over. ERR_FORMAT: no JSON object, or the field that is missing or odd; out is then empty. ERR_NOMEM.
 * result_free, also of an empty one. */
Status result_parse(const char *text, const char *where, ResultNeeds needs, RunResult *out, Err *err);

#endif
