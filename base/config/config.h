/* The config of a run. One table of keys (base/config/keys.h) serves YAML, overrides on the command line, `rote help
 * KEY`, shell completion, the resolved config of a run, and its hash. The rest of the program reads the structs
 * below; `rote help keys` shows their ranges and defaults. The functions are those of config.c, load.c, kinds.c,
 * resolve.c and help.c. */
#ifndef ROTE_BASE_CONFIG_CONFIG_H
#define ROTE_BASE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config/neurons.h"
#include "base/config/span.h"
#include "base/config/tools.h"
#include "base/err.h"

enum { CONFIG_PATH_MAX = 1024, CONFIG_NAME_MAX = 64 };

/* train.select_rounds; a digit each in a checkpoint. */
enum { SELECT_ROUNDS_MAX = 9 };

/* A short list of sizes, written "400x400x1000"; entries past n are 0. */
enum { SIZES_MAX = 16 };
typedef struct Sizes {
    int n, size[SIZES_MAX];
} Sizes;

/* The kinds of facts: DRAWN(name, word) where data/kinds/ draws them, READ(name, word) where they are read from
 * facts.path. A row makes FACTS_<name>, its word for facts.kind, a flag OF_<name> for the keys that it uses
 * (base/config/key_rows.h) and, if drawn, its row in the table of data/kinds/kinds.c, which needs a <word>_kind.
 * Append only: the order gives FactsKind its numbers. */
#define FACTS_KINDS(DRAWN, READ)                                                                             \
    DRAWN(RANDOM, random)                                                                                    \
    READ(FILE, file)                                                                                         \
    DRAWN(TRIPLES, triples)                                                                                  \
    DRAWN(BIOS, bios)                                                                                        \
    DRAWN(BIOD, biod)                                                                                        \
    DRAWN(RULES, rules)                                                                                      \
    READ(TEXT, text)                                                                                         \
    DRAWN(SIBLINGS, siblings)                                                                                \
    DRAWN(TRIANGLES, triangles)                                                                              \
    DRAWN(CIRCLES, circles)                                                                                  \
    DRAWN(LINES, lines)                                                                                      \
    DRAWN(SUMS, sums)
#define FACTS_KIND_NAME(name, word) FACTS_##name,
#define FACTS_KIND_BIT(name, word)  | 1u << FACTS_##name
#define FACTS_KIND_NOT(name, word)
typedef enum FactsKind { FACTS_KINDS(FACTS_KIND_NAME, FACTS_KIND_NAME) FACTS_KIND_COUNT } FactsKind;

/* Sets of kinds, bit FactsKind each. */
#define FACTS_KINDS_DRAWN (0u FACTS_KINDS(FACTS_KIND_BIT, FACTS_KIND_NOT))
#define FACTS_KINDS_READ  (0u FACTS_KINDS(FACTS_KIND_NOT, FACTS_KIND_BIT))
/* From facts.path; all other kinds are drawn. */
static inline bool facts_are_read(FactsKind kind) { return FACTS_KINDS_READ >> kind & 1; }

/* Choices of the keys with their names. *_COUNT is the number of choices. */
typedef enum SentenceOrder { ORDER_FIXED, ORDER_SHUFFLED, ORDER_COUNT } SentenceOrder;
typedef enum RuleFamily { RULE_AFFINE, RULE_QUADRATIC, RULE_LOOKUP, RULE_FAMILY_COUNT } RuleFamily;
typedef enum Operation { ASK_ADD, ASK_SUBTRACT, ASK_MULTIPLY, ASK_COMPARE, ASK_COUNT } Operation;
typedef enum Norm { NORM_LAYERNORM, NORM_RMSNORM, NORM_COUNT } Norm;
typedef enum Position { POS_LEARNED, POS_ROPE, POS_NONE, POS_COUNT } Position;
typedef enum RopeScaling { ROPE_UNSCALED, ROPE_LINEAR, ROPE_LLAMA3, ROPE_SCALING_COUNT } RopeScaling;
typedef enum Act { ACT_GELU, ACT_RELU, ACT_SILU, ACT_COUNT } Act;
typedef enum Attn { ATTN_CAUSAL, ATTN_NONE, ATTN_MEAN, ATTN_COUNT } Attn;
typedef enum Mlp { MLP_PLAIN, MLP_NONE, MLP_COUNT } Mlp; /* with a gate or without: ModelConfig.gated */
typedef enum OptimizerKind { OPT_ADAMW, OPT_MUON, OPT_SGD, OPT_SOAP, OPT_COUNT } OptimizerKind;
typedef enum Schedule { SCHED_CONSTANT, SCHED_COSINE, SCHED_LINEAR, SCHED_WSD, SCHED_COUNT } Schedule;
typedef enum Parametrization { PARAM_STANDARD, PARAM_MUP, PARAM_COUNT } Parametrization;
typedef enum Select { SELECT_NONE, SELECT_LOSS, SELECT_RANDOM, SELECT_COUNT } Select;
typedef enum GemmKind { GEMM_EXACT, GEMM_OPENBLAS, GEMM_COUNT } GemmKind;
/* Formats of weights (model/quantize.h); from INT8 on, codes with a scale per row. */
typedef enum Quantize {
    QUANTIZE_NONE,
    QUANTIZE_FP16,
    QUANTIZE_BF16,
    QUANTIZE_INT8,
    QUANTIZE_INT4,
    QUANTIZE_TERNARY,
    QUANTIZE_INT6,
    QUANTIZE_INT3,
    QUANTIZE_INT2,
    QUANTIZE_COUNT
} Quantize;

/* The facts. A key that facts.kind does not use is at its default. */
typedef struct FactsConfig {
    FactsKind kind;
    /* file: a folder of `rote facts`; text: a file. Not hashed: the content is hashed instead. */
    char path[CONFIG_PATH_MAX];
    /* Read kinds: the tokens into which their text is encoded, "tokenizer" or "bpe:N"; "": the symbols that they have.
     * The file of the tokenizer is not hashed: the content is hashed instead. */
    char vocab[24], tokenizer[CONFIG_PATH_MAX];
    int n; /* facts */
    /* Somebody has set n: of read kinds it then chooses among the facts that are there, else all are meant. False in a
     * config of a drawn kind, but for the base of a sweep. */
    bool n_given;
    double load; /* data bits per parameter, from which n is computed; 0: off */
    int seq_len; /* tokens per fact; text: bytes per chunk */
    int vocab_size;
    uint64_t seed;
    int symbols;   /* triples, bios, biod: names and values are numbers in this base; 0: one symbol each */
    int subjects;  /* triples; 0: the fewest that n facts need */
    Sizes objects; /* triples: objects of each relation */
    Sizes name_sizes, value_sizes; /* bios: sizes of the lists; name_sizes of biod, too */
    int templates;                 /* bios: templates of each sentence; 0: values without sentences */
    SentenceOrder order;           /* bios */
    /* biod: K values of C chunks each, out of D chunks that are strings of L out of T symbols */
    int attributes, chunks, diversity, chunk_len, chunk_symbols;
    RuleFamily rule;       /* rules */
    int inputs;            /* rules: symbols of x */
    double exceptions;     /* rules: share of the rows that do not follow the rule */
    int parents, children; /* siblings: parents, and children of each */
    int vertices, edges;   /* triangles, circles, lines: symbols; edges of a circle or line */
    double density;        /* triangles: probability that two vertices are joined */
    Span digits;           /* sums: lengths of the numbers, drawn evenly */
    int operations;        /* sums: 1 << Operation each */
    int named;             /* sums: numbers that are given under a name before the question; 0: two, in it */
    double plain;          /* sums: share of the facts whose answer is the number of the question */
    bool given;            /* sums: questions are context */
    int heldout;           /* facts of the same source that are never trained */
    uint64_t split_seed;   /* which of the n + heldout facts are held out; 0: the last ones */
    double zipf;       /* exponent s: the fact of rank r is trained with weight r^-s; 0: each once an epoch */
    double junk_ratio; /* junk sequences trained for every useful one */
    int junk_n;        /* different junk sequences */
    bool domain_token; /* useful sequences begin with a domain symbol, junk does not */
    int paraphrases;   /* renderings of every fact */
    int seed_prefix, prefix_symbols; /* random symbols before every sequence; their number */
    bool fixed_prefix;               /* each sequence keeps those that it was drawn with */
} FactsConfig;

typedef struct ModelConfig {
    int n_layer;
    int n_head, n_kv_head;      /* n_kv_head 0: as n_head (resolved) */
    int head_dim;               /* channels of a head; 0: n_embd / n_head (head_size) */
    int n_embd, n_inner;        /* n_inner 0: 4 n_embd (resolved) */
    int block_size, vocab_size; /* tokens, symbols; 0: as the facts need (resolved) */
    Norm norm;
    double norm_eps;
    Position pos;
    RopeScaling rope_scaling; /* for texts longer than rope_original (model/rope.h) */
    double rope_theta, rope_factor, rope_low_freq, rope_high_freq;
    int rope_original;
    int bos; /* the row of the embedding that position 0 reads */
    Act act;
    bool gated, bias, tie_weights;
    bool qkv_bias; /* biases of q, k and v, also without bias */
    bool qk_norm;  /* RMSNorm of each head's query and key */
    Attn attn;
    Mlp mlp;
    double init_std;
    /* parameters, from which n_inner (mlp none: n_embd) is computed; 0: off; not hashed */
    int64_t match_params;
    ToolStage tool; /* no key: follows from Config.tools */
} ModelConfig;

/* Channels of a head, and of all heads side by side: of queries, and of keys (the same for values). */
static inline int head_size(const ModelConfig *c) {
    return c->head_dim ? c->head_dim : c->n_embd / c->n_head;
}
static inline int heads_width(const ModelConfig *c) { return c->n_head * head_size(c); }
static inline int kv_width(const ModelConfig *c) { return c->n_kv_head * head_size(c); }

typedef struct TrainConfig {
    int64_t max_steps;
    double exposures; /* how often each fact is trained, from which max_steps is computed; 0: off */
    int batch_size;   /* sequences per step, may exceed n; 0: all facts (resolved) */
    /* sequences that a team of threads computes at once; 0: chosen for the cache; changes no bit */
    int micro_batch_size;
    int grad_leaves; /* the batch's gradient is a pairwise sum of this many chains: hashed */
    OptimizerKind optimizer;
    Parametrization parametrization;
    int mup_base_width;           /* mup: the n_embd at which it equals the standard parametrization */
    double learning_rate, min_lr; /* min_lr: at the end of decaying schedules */
    Schedule schedule;
    int64_t warmup_steps;
    int64_t decay_steps; /* 0: until max_steps; wsd: length of the decay, 0: a fifth */
    double weight_decay, beta1, beta2, adam_eps;
    double momentum;             /* sgd and muon */
    int precondition_interval;   /* soap: updates from one refresh of the eigenbases to the next */
    int precondition_max_dim;    /* soap: longer sides of a matrix get no eigenbasis */
    double shampoo_beta;         /* soap: decay of the running means of the two covariances */
    double grad_clip;            /* maximum global norm; 0: off */
    int64_t eval_interval;       /* steps between evaluations; 0: only at the end */
    int64_t checkpoint_interval; /* 0: none by steps; changes no bit */
    double checkpoint_minutes;   /* of the clock; 0: none by the clock; changes no bit */
    int keep_checkpoints;        /* how many of the newest stay; changes no bit */
    double stop_recall;          /* stop once recall reaches it; 0: off */
    double stop_gain;            /* stop once an evaluation gains less than this share of data bits; 0: off */
    double stop_memorized;       /* stop once more than this share of the data bits is memorized; 0: off */
    /* Which facts are trained to the end (data/selection.h). Rounds at even distances from select_start to select_end,
     * shares of max_steps; the last one leaves a share of the facts, or as many as fill select_bits per parameter. */
    Select select;
    double select_keep, select_bits; /* 0: off */
    double select_start, select_end;
    int select_rounds;
    uint64_t seed;
    char init_from[CONFIG_PATH_MAX]; /* run folder with the initial weights; not hashed (init_hash is) */
    char init_hash[33];              /* param_hash of those weights: train/init_from.h fills it */
    int threads;                     /* 0: threads_default (base/threads.h); changes no bit */
    GemmKind gemm;
    Quantize quantize; /* format of the weights in forward and backward passes, not in the optimizer */
    int freeze;        /* 1 << part (model/params.h): parts that keep their initial values */
} TrainConfig;

/* `rote sample`; changes nothing of training. */
enum { CONFIG_CHAIN_MAX = 2048 };
typedef struct SampleConfig {
    char chain[CONFIG_CHAIN_MAX]; /* stages (eval/sampling/chain.h); excludes the next three */
    double temperature;
    int top_k; /* 0: off */
    double top_p;
    int n, max_tokens; /* samples; new tokens of each, 0: as many as block_size leaves */
    uint64_t seed;
} SampleConfig;

typedef struct Config {
    char name[CONFIG_NAME_MAX]; /* of the run: runs/<name>-<hash8>; not hashed */
    FactsConfig facts;
    ModelConfig model;
    TrainConfig train;
    SampleConfig sample;
    NeuronRule neurons[NEURON_RULES_MAX]; /* at their defaults from n_neurons on */
    int n_neurons;
    ToolConfig tools[TOOLS_MAX]; /* at their defaults from n_tools on */
    int n_tools;
} Config;

/* ---- config.c ---- */

/* Every key at its default; no rules, no tools. */
void config_defaults(Config *out);

/* The config as YAML, every key of its sections and rules in the order of the table; config_load_text reads the same
 * struct back. malloc'd; NULL: no memory.
 *   hashed_only   leaves out keys that do not change the result (Key.free), and newer keys (Key.late) that are at
 *   their defaults */
char *config_text(const Config *config, bool hashed_only);

/* The same of a config that is not resolved, without facts.n where it is not set: a point of a sweep may read its
 * facts, all of them. malloc'd. ERR_NOMEM. */
Status config_text_given(const Config *config, char **out, Err *err);

/* Makes the paths those that a file in `folder` stores (base/places.h, with its errors). */
Status config_store_places(Config *config, const char *folder, Err *err);
/* The text of a file config.yaml in that folder, whose relative paths begin there; free it. ERR_INPUT, ERR_NOMEM. */
Status config_file_text(const Config *config, const char *folder, char **out, Err *err);

/* XXH3-128 of the hashed text and data_hash, as 32 hex digits. ERR_NOMEM. */
Status config_hash(const Config *config, const char *data_hash, char out[33], Err *err);

/* Where two configs differ in hashed keys: "train.seed: 0 -> 1; train.learning_rate: 0.001 -> 0.01", at most max keys,
 * in one malloc'd line. NULL: nowhere. ERR_NOMEM. */
Status config_difference(const Config *before, const Config *after, int max, char **out, Err *err);

/* The word of a choice: config_choice("model.act", ACT_GELU) is "gelu". */
const char *config_choice(const char *key, int value);

/* The dotted name of key number `index`, in the order of the table; NULL: there is no such key. */
const char *config_key_name(int index);
/* Whether there is a key of that dotted name. */
bool config_has_key(const char *name);
/* The number of the next key in a list of all keys (completion, help), of rules and tools only those of the first one.
 * index: -1 for the first key. Returns -1 behind the last one. */
int config_key_after(int index);
/* The values of a key with choices, ended by NULL; NULL: any other key. For completion. */
const char *const *config_key_values(int index);

/* ---- load.c ---- */

/* Reads a YAML file over the defaults, then applies n_overrides words "section.key=value", of which the last one for
 * a key counts. Every value is checked against the key's range.
 *   path   NULL: only defaults and overrides
 *   out    filled on OK, else untouched
 * ERR_INPUT: one line, "file:line: key 'x.y': what; allowed: ...", or "command line: ..." for an override.
 * ERR_NOMEM. */
Status config_load(Config *out, const char *path, int n_overrides, const char *const *overrides, Err *err);
/* The same from a text; `where` is the name of the file in messages. Errors as config_load. */
Status config_load_text(Config *out, const char *text, const char *where, Err *err);

/* ---- kinds.c ---- */

/* Only for a config that a user has just written: a stored one must stay readable, also one of an older version.
 * ERR_INPUT: a facts key is not at its default although facts.kind does not use it, or works only for drawn facts. */
Status config_kind_check(const Config *config, Err *err);

/* ---- resolve.c ---- */

/* Sets what the defaults leave open (n_inner, n_kv_head, block_size, vocab_size, batch_size, decay_steps, sizes that
 * the facts give, names of rules) and checks the conditions between keys (n_embd % n_head, n_head % n_kv_head,
 * seq_len <= block_size, warmup_steps <= max_steps ..). Resolving twice changes nothing.
 *   n_facts, max_len, vocab_size   of the fact set: facts, tokens of the longest sequence, symbols; each >= 1
 * ERR_INPUT: names both keys, both values and the fix; config is untouched. */
Status config_resolve(Config *config, int n_facts, int max_len, int vocab_size, Err *err);
/* Its part for the facts: keys that describe a set must agree with the set that was read. Errors as config_resolve. */
Status config_resolve_facts(FactsConfig *facts, int n_facts, int max_len, int vocab_size, Err *err);
/* Its part for the model's shape. Errors as config_resolve. */
Status config_resolve_model(ModelConfig *model, int max_len, int vocab_size, Err *err);
/* Sets facts.n to the n that facts.load requires. ERR_INPUT, which names both keys: the user set another facts.n. */
Status config_choose_n(FactsConfig *facts, int n, Err *err);

/* ---- help.c ---- */

/* `rote help KEY`: type, default, range and meaning. ERR_INPUT: no such key; names the nearest one. */
Status config_help(const char *key, FILE *out, Err *err);
/* `rote help keys` */
void config_help_all(FILE *out);

#endif
