/* The stages of a sampling chain: each cuts the candidates of a draw or changes their logits (stage_rows.h lists them,
 * eval/sampling/chain.h puts them in order). Where programs differ, llama.cpp's rule is ours; docs/formats.md names
 * the differences. */
#ifndef ROTE_EVAL_SAMPLING_STAGE_H
#define ROTE_EVAL_SAMPLING_STAGE_H

#include "eval/sampling/lookahead.h"
#include "eval/sampling/noise.h"

typedef enum StageKind {
#define STAGE(name, function, help) STAGE_##name,
#define PARAMETER(...)
#include "eval/sampling/stage_rows.h"
#undef STAGE
#undef PARAMETER
    STAGE_COUNT
} StageKind;

enum { STAGE_PARAMETERS_MAX = 4, STAGE_TOKENS_MAX = 64 };

/* One stage of a chain. */
typedef struct Stage {
    StageKind kind;
    double value[STAGE_PARAMETERS_MAX]; /* in the order of stage_rows.h */
    int n_tokens;                       /* of logit_bias, and the breakers of dry */
    int32_t token[STAGE_TOKENS_MAX];
    double bias[STAGE_TOKENS_MAX];
} Stage;

/* What a stage may look at besides the candidates. */
typedef struct StageContext {
    const int32_t *history; /* n_history tokens: the prompt and what was generated, the latest last */
    int n_history;
    double u;         /* uniform in [0, 1), this stage's own */
    double mu;        /* mirostat's; changed after a token was drawn (mirostat_follow) */
    Noise *noise;     /* kstar's */
    Lookahead *ahead; /* contrastive's */
} StageContext;

typedef void StageFunction(Candidates *c, const Stage *stage, const StageContext *context);

#define STAGE(name, function, help) StageFunction function;
#define PARAMETER(...)
#include "eval/sampling/stage_rows.h"
#undef STAGE
#undef PARAMETER

const char *stage_name(StageKind kind);

/* mirostat's mu before the first token, 2 tau. */
double mirostat_begin(const Stage *stage);
/* mu after a token of probability p (among the candidates that were left) was drawn. */
double mirostat_follow(const Stage *stage, double mu, double p);

#endif
