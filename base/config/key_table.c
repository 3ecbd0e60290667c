/* The table of config keys, made from the rows of key_rows.h, rule_rows.h and tool_rows.h; and the words of the
 * choices. */
#include <math.h>

#include "base/config/keys.h"

/* By value, ended by NULL. */
#define KIND_WORD(name, word) [FACTS_##name] = #word,
static const char *const facts_kinds[FACTS_KIND_COUNT + 1] = {FACTS_KINDS(KIND_WORD, KIND_WORD)};
static const char *const orders[] = {
    [ORDER_FIXED] = "fixed", [ORDER_SHUFFLED] = "shuffled", [ORDER_COUNT] = NULL};
static const char *const rules[] = {[RULE_AFFINE] = "affine",
                                    [RULE_QUADRATIC] = "quadratic",
                                    [RULE_LOOKUP] = "lookup",
                                    [RULE_FAMILY_COUNT] = NULL};
static const char *const operations[] = {[ASK_ADD] = "add",
                                         [ASK_SUBTRACT] = "subtract",
                                         [ASK_MULTIPLY] = "multiply",
                                         [ASK_COMPARE] = "compare",
                                         [ASK_COUNT] = NULL};
static const char *const norms[] = {
    [NORM_LAYERNORM] = "layernorm", [NORM_RMSNORM] = "rmsnorm", [NORM_COUNT] = NULL};
static const char *const positions[] = {
    [POS_LEARNED] = "learned", [POS_ROPE] = "rope", [POS_NONE] = "none", [POS_COUNT] = NULL};
static const char *const rope_scalings[] = {[ROPE_UNSCALED] = "none",
                                            [ROPE_LINEAR] = "linear",
                                            [ROPE_LLAMA3] = "llama3",
                                            [ROPE_SCALING_COUNT] = NULL};
static const char *const acts[] = {
    [ACT_GELU] = "gelu", [ACT_RELU] = "relu", [ACT_SILU] = "silu", [ACT_COUNT] = NULL};
static const char *const attns[] = {
    [ATTN_CAUSAL] = "causal", [ATTN_NONE] = "none", [ATTN_MEAN] = "mean", [ATTN_COUNT] = NULL};
static const char *const mlps[] = {[MLP_PLAIN] = "plain", [MLP_NONE] = "none", [MLP_COUNT] = NULL};
static const char *const optimizers[] = {
    [OPT_ADAMW] = "adamw", [OPT_MUON] = "muon", [OPT_SGD] = "sgd", [OPT_SOAP] = "soap", [OPT_COUNT] = NULL};
static const char *const schedules[] = {[SCHED_CONSTANT] = "constant",
                                        [SCHED_COSINE] = "cosine",
                                        [SCHED_LINEAR] = "linear",
                                        [SCHED_WSD] = "wsd",
                                        [SCHED_COUNT] = NULL};
static const char *const formats[] = {
    [QUANTIZE_NONE] = "none", [QUANTIZE_FP16] = "fp16", [QUANTIZE_BF16] = "bf16",
    [QUANTIZE_INT8] = "int8", [QUANTIZE_INT4] = "int4", [QUANTIZE_TERNARY] = "ternary",
    [QUANTIZE_INT6] = "int6", [QUANTIZE_INT3] = "int3", [QUANTIZE_INT2] = "int2",
    [QUANTIZE_COUNT] = NULL};
static const char *const parts[] = {"embedding", "attention", "mlp", "norm", "head", "tools", NULL};
static const char *const parametrizations[] = {
    [PARAM_STANDARD] = "standard", [PARAM_MUP] = "mup", [PARAM_COUNT] = NULL};
static const char *const selects[] = {
    [SELECT_NONE] = "none", [SELECT_LOSS] = "loss", [SELECT_RANDOM] = "random", [SELECT_COUNT] = NULL};
static const char *const gemms[] = {
    [GEMM_EXACT] = "exact", [GEMM_OPENBLAS] = "openblas", [GEMM_COUNT] = NULL};

static const char *const rule_ats[] = {
    [AT_AFTER_CUE] = "after_cue", [AT_ALL] = "all", [AT_ANSWER] = "answer", [AT_COUNT] = NULL};
static const char *const rule_losses[] = {
    [NEURON_PRE_HINGE] = "pre_hinge", [NEURON_PRE_BCE] = "pre_bce", [NEURON_POST_MSE] = "post_mse",
    [NEURON_RANK] = "rank",           [NEURON_SHARE] = "share",     [NEURON_GROUP] = "group",
    [NEURON_CAUSAL] = "causal",       [NEURON_NONE] = "none",       [NEURON_LOSS_COUNT] = NULL};
static const char *const rule_scopes[] = {
    [SCOPE_GLOBAL] = "global", [SCOPE_LOCAL] = "local", [SCOPE_COUNT] = NULL};
static const char *const rule_routes[] = {[ROUTE_NONE] = "none",
                                          [ROUTE_ACTIVATIONS] = "activations",
                                          [ROUTE_PARAMETERS] = "parameters",
                                          [ROUTE_COUNT] = NULL};

static const char *const tool_kinds[] = {[TOOL_CALCULATOR] = "calculator",
                                         [TOOL_STORE] = "store",
                                         [TOOL_PROGRAM] = "program",
                                         [TOOL_KIND_COUNT] = NULL};

static const char *const tool_trainings[] = {[TOOL_LABELLED] = "labelled",
                                             [TOOL_MARGINAL] = "marginal",
                                             [TOOL_MIXTURE] = "mixture",
                                             [TOOL_SAMPLED] = "sampled",
                                             [TOOL_TRAININGS] = NULL};

static const char *const tool_callings[] = {
    [TOOL_BY_STAGE] = "stage", [TOOL_BY_TOKENS] = "tokens", [TOOL_CALLINGS] = NULL};

static const char *const tool_gates[] = {
    [TOOL_NO_GATE] = "none", [TOOL_LEARNED_GATE] = "learned", [TOOL_GATES] = NULL};

static const char *const tool_protocols[] = {
    [TOOL_LINES] = "lines", [TOOL_MCP] = "mcp", [TOOL_PROTOCOLS] = NULL};

#define BIG_INT  1000000000.0   /* fits in an int */
#define BIG_STEP 1000000000000. /* 1e12: exact in a double, far below INT64_MAX */

/* The model computes in float. There a smaller eps rounds to 0 and a larger beta to 1: the result is NaN, or nothing
 * is learned. */
#define EPS_MIN  1e-30
#define BETA_MAX 0.9999999

#define FROM_TO(a, b) .low = (a), .high = (b)
#define FROM(a)       .low = (a), .high = INFINITY
#define ABOVE         .low_open = true
/* The kinds of facts that read a key: OF_RANDOM, OF_FILE, .. */
#define KIND_FLAG(name, word) OF_##name = 1 << FACTS_##name,
enum { FACTS_KINDS(KIND_FLAG, KIND_FLAG) OF_READ = FACTS_KINDS_READ };
#define KINDS(set) .kinds = (set)

#define TEXT_OF(x)  TEXT_OF_(x)
#define TEXT_OF_(x) #x

const Key keys[] = {
#define KEY(field, kind, ...)                                                                                \
    {.name = #field,                                                                                         \
     .type = (kind),                                                                                         \
     .offset = offsetof(Config, field),                                                                      \
     .size = sizeof(((Config *)0)->field),                                                                   \
     __VA_ARGS__},
#include "base/config/key_rows.h"
#undef KEY

/* All of them are newer than the first stored runs. */
#define RULE_KEY(word, field, kind, ...)                                                                     \
    {.name = "neurons." TEXT_OF(RULE) "." word,                                                              \
     .type = (kind),                                                                                         \
     .offset = offsetof(Config, neurons[RULE].field),                                                        \
     .size = sizeof(((Config *)0)->neurons[RULE].field),                                                     \
     .list = LIST_NEURONS,                                                                                   \
     .item = (RULE),                                                                                         \
     .late = true,                                                                                           \
     __VA_ARGS__},
#define RULE 0
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 1
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 2
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 3
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 4
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 5
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 6
#include "base/config/rule_rows.h"
#undef RULE
#define RULE 7
#include "base/config/rule_rows.h"
#undef RULE
#undef RULE_KEY

/* Newer than the first stored runs, too. */
#define TOOL_KEY(word, field, kind, ...)                                                                     \
    {.name = "tools." TEXT_OF(TOOL) "." word,                                                                \
     .type = (kind),                                                                                         \
     .offset = offsetof(Config, tools[TOOL].field),                                                          \
     .size = sizeof(((Config *)0)->tools[TOOL].field),                                                       \
     .list = LIST_TOOLS,                                                                                     \
     .item = (TOOL),                                                                                         \
     .late = true,                                                                                           \
     __VA_ARGS__},
#define TOOL 0
#include "base/config/tool_rows.h"
#undef TOOL
#define TOOL 1
#include "base/config/tool_rows.h"
#undef TOOL
#define TOOL 2
#include "base/config/tool_rows.h"
#undef TOOL
#define TOOL 3
#include "base/config/tool_rows.h"
#undef TOOL
#undef TOOL_KEY
};

const KeyList key_lists[LIST_COUNT] = {
    [LIST_NEURONS] = {"neurons", "rule", "ratio", "hook: blocks.0.mlp.hook_pre", NEURON_RULES_MAX, KEY_PLAIN,
                      KEY_OF_RULE, offsetof(Config, n_neurons)},
    [LIST_TOOLS] = {"tools", "tool", "layer", "tool: calculator", TOOLS_MAX, KEY_FIRST_TOOL, KEY_OF_TOOL,
                    offsetof(Config, n_tools)},
};

_Static_assert(sizeof keys / sizeof *keys == KEY_COUNT,
               "rows for each of NEURON_RULES_MAX rules and TOOLS_MAX tools");
_Static_assert(sizeof(Norm) == sizeof(int) && sizeof(GemmKind) == sizeof(int),
               "KEY_ENUM fields are stored as int");
