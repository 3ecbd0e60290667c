/* The config: one table of keys feeds YAML, command-line overrides, `rote help
 * KEY`, shell completion, the resolved config of a run and its hash. The structs
 * below are what the rest of the program reads; base/config/keys.c holds the rows. */
#ifndef ROTE_BASE_CONFIG_CONFIG_H
#define ROTE_BASE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config/neurons.h"
#include "base/err.h"

enum { CONFIG_PATH_MAX = 1024, CONFIG_NAME_MAX = 64 };

/* A short list of sizes, written "400x400x1000"; entries past n are 0. */
enum { SIZES_MAX = 16 };
typedef struct Sizes {
    int n, size[SIZES_MAX];
} Sizes;

/* The kinds of facts: DRAWN(name, word) where data/kinds/ draws them, READ(name, word) where they come from facts.path.
 * A row makes FACTS_<name>, its word for facts.kind, a flag OF_<name> for the keys that it reads (base/config/key_rows.h)
 * and, where drawn, its place in the table of data/kinds/kinds.c, which wants a <word>_kind. Append only: the place is
 * FactsKind's number. */
#define FACTS_KINDS(DRAWN, READ)                                                                             \
    DRAWN(RANDOM, random)                                                                                    \
    READ(FILE, file)                                                                                         \
    DRAWN(TRIPLES, triples)                                                                                  \
    DRAWN(BIOS, bios)                                                                                        \
    DRAWN(BIOD, biod)                                                                                        \
    DRAWN(RULES, rules)                                                                                      \
    READ(TEXT, text)
#define FACTS_KIND_NAME(name, word) FACTS_##name,
#define FACTS_KIND_BIT(name, word)  | 1u << FACTS_##name
#define FACTS_KIND_NOT(name, word)
typedef enum FactsKind { FACTS_KINDS(FACTS_KIND_NAME, FACTS_KIND_NAME) FACTS_KIND_COUNT } FactsKind;

/* Sets of kinds, bit FactsKind each. */
#define FACTS_KINDS_DRAWN (0u FACTS_KINDS(FACTS_KIND_BIT, FACTS_KIND_NOT))
#define FACTS_KINDS_READ  (0u FACTS_KINDS(FACTS_KIND_NOT, FACTS_KIND_BIT))
/* From facts.path; all other kinds are drawn. */
static inline bool facts_are_read(FactsKind kind) { return FACTS_KINDS_READ >> kind & 1; }

/* Choices of the keys of their names. What ends in COUNT is how many there are, and no choice. */
typedef enum SentenceOrder { ORDER_FIXED, ORDER_SHUFFLED, ORDER_COUNT } SentenceOrder;
typedef enum RuleFamily { RULE_AFFINE, RULE_QUADRATIC, RULE_LOOKUP, RULE_FAMILY_COUNT } RuleFamily;
typedef enum Norm { NORM_LAYERNORM, NORM_RMSNORM, NORM_COUNT } Norm;
typedef enum Position { POS_LEARNED, POS_ROPE, POS_NONE, POS_COUNT } Position;
typedef enum Act { ACT_GELU, ACT_RELU, ACT_SILU, ACT_COUNT } Act;
typedef enum Attn { ATTN_CAUSAL, ATTN_NONE, ATTN_MEAN, ATTN_COUNT } Attn;
typedef enum Mlp { MLP_PLAIN, MLP_NONE, MLP_COUNT } Mlp; /* with a gate or without: ModelConfig.gated */
typedef enum OptimizerKind { OPT_ADAMW, OPT_MUON, OPT_SGD, OPT_SOAP, OPT_COUNT } OptimizerKind;
typedef enum Schedule { SCHED_CONSTANT, SCHED_COSINE, SCHED_LINEAR, SCHED_WSD, SCHED_COUNT } Schedule;
typedef enum Parametrization { PARAM_STANDARD, PARAM_MUP, PARAM_COUNT } Parametrization;
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

typedef struct FactsConfig {
    FactsKind kind;
    char path[CONFIG_PATH_MAX]; /* kind file: a folder written by `rote facts`; in no hash (its content is) */
    int n;                      /* facts */
    double load;                /* data bits per parameter that n is chosen for; 0: off */
    int seq_len;                /* tokens per fact */
    int vocab_size;
    uint64_t seed;
    int symbols;   /* triples, bios, biod: things are numbers in this base; 0: a symbol each */
    int subjects;  /* triples; 0: as few as hold n */
    Sizes objects; /* triples: of each relation */
    Sizes name_sizes, value_sizes; /* bios; names of biod, too */
    int templates;                 /* bios: of each sentence; 0: values without sentences */
    SentenceOrder order;           /* bios */
    int attributes, chunks, diversity, chunk_len, chunk_symbols; /* biod: K, C, D, L, T */
    RuleFamily rule;                                             /* rules */
    int inputs;                                                  /* rules: symbols of x */
    double exceptions;                                           /* rules: share of the rows */
    int heldout;         /* facts of the same source that are never trained */
    uint64_t split_seed; /* which of the n + heldout are; 0: the last ones */
    double zipf;       /* exponent s: fact of rank r is drawn with weight r^-s; 0: every fact once an epoch */
    double junk_ratio; /* junk sequences trained for every useful one */
    int junk_n;        /* different junk sequences there are */
    bool domain_token; /* useful sequences begin with a symbol of their own, junk does not */
    int paraphrases;   /* renderings of every fact */
} FactsConfig;

typedef struct ModelConfig {
    int n_layer, n_head, n_kv_head, n_embd, n_inner; /* n_kv_head 0: n_head; n_inner 0: 4 n_embd (resolved) */
    int block_size, vocab_size;                      /* 0: taken from the facts (resolved before use) */
    Norm norm;
    double norm_eps;
    Position pos;
    double rope_theta;
    Act act;
    bool gated, bias, tie_weights;
    Attn attn;
    Mlp mlp;
    double init_std;
    /* n_inner (mlp none: n_embd) is chosen for so many parameters; 0: off; in no hash */
    int64_t match_params;
} ModelConfig;

typedef struct TrainConfig {
    int64_t max_steps;
    double exposures; /* times that each fact is seen, which max_steps is chosen for; 0: off */
    int batch_size;   /* sequences per step, may exceed n; 0: all facts (resolved) */
    /* sequences in flight per team of threads; 0: chosen from the cache; changes no bit */
    int micro_batch_size;
    int grad_leaves; /* the batch's gradient is a pairwise sum of this many chains: hashed */
    OptimizerKind optimizer;
    Parametrization parametrization;
    int mup_base_width;           /* mup: the n_embd at which it is the standard one */
    double learning_rate, min_lr; /* min_lr: where decaying schedules end */
    Schedule schedule;
    int64_t warmup_steps;
    int64_t decay_steps; /* 0: until max_steps; wsd: length of the decay, 0: a fifth */
    double weight_decay, beta1, beta2, adam_eps;
    double momentum;             /* sgd and muon */
    int precondition_interval;   /* soap: updates from one refresh of the bases to the next */
    int precondition_max_dim;    /* soap: longer sides of a matrix keep their own basis */
    double shampoo_beta;         /* soap: memory of the two covariances */
    double grad_clip;            /* global norm; 0: off */
    int64_t eval_interval;       /* steps between evaluations; 0: only at the end */
    int64_t checkpoint_interval; /* 0: only at the end and when stopped; changes no bit */
    double stop_recall;          /* stop once recall reaches it; 0: off */
    double stop_gain;            /* stop once an evaluation gains less than this share of data bits; 0: off */
    uint64_t seed;
    char init_from[CONFIG_PATH_MAX]; /* run folder whose weights come first; in no hash (init_hash is) */
    char init_hash[33];              /* param_hash of those weights: train/init_from.h fills it */
    int threads;                     /* 0: one per core; changes no bit */
    GemmKind gemm;
    Quantize quantize; /* forward and backward read weights in this format; the optimizer moves full ones */
    int freeze;        /* 1 << part (model/params.h): parts that stay as they start */
} TrainConfig;

typedef struct Config {
    char name[CONFIG_NAME_MAX]; /* of the run: runs/<name>-<hash8>; in no hash */
    FactsConfig facts;
    ModelConfig model;
    TrainConfig train;
    NeuronRule neurons[NEURON_RULES_MAX]; /* at their defaults from n_neurons on */
    int n_neurons;
} Config;

/* Every key at its default (GPT-2's: CLI.md). */
void config_defaults(Config *out);

/* Reads a YAML file over the defaults, then applies n_overrides "section.key=value"
 * strings (the last one for a key wins), every value checked against its range.
 *   path   NULL: only defaults and overrides
 *   out    filled on OK, untouched otherwise
 * ERR_INPUT: err->msg is one line "file:line: key 'x.y': what; allowed: ...", "command line: ..." for
 * overrides. */
Status config_load(Config *out, const char *path, int n_overrides, const char *const *overrides, Err *err);
Status config_load_text(Config *out, const char *text, const char *where, Err *err);

/* For a config that a user just wrote; a stored one stays readable, whatever it was made with. ERR_INPUT: a key of
 * facts off its default that facts.kind does not read, or
 * that only a draw can serve where facts are read. */
Status config_kind_check(const Config *config, Err *err);

/* Fills what defaults leave open (n_inner, n_kv_head, block_size, vocab_size, batch_size,
 * decay_steps, model sizes from the facts, names of rules) and checks what keys demand of each other
 * (n_embd % n_head, n_head % n_kv_head, seq_len <= block_size, vocab, warmup <= max_steps ...).
 * Resolving a second time changes nothing. ERR_INPUT: names both keys, both values and the fix; config
 * untouched. n_facts, max_len, vocab_size   of the fact set at hand */
Status config_resolve(Config *config, int n_facts, int max_len, int vocab_size, Err *err);

/* The part of it that is about the facts: keys that say something of a set that is read must say what it has. */
Status config_resolve_facts(FactsConfig *facts, int n_facts, int max_len, int vocab_size, Err *err);

/* The part of it that the model's shape needs. */
Status config_resolve_model(ModelConfig *model, int max_len, int vocab_size, Err *err);

/* A key that others leave to be chosen takes the value chosen; what the user wrote there must not say otherwise.
 * ERR_INPUT names both keys. */
Status config_choose_n(FactsConfig *facts, int n, Err *err);

/* The config as YAML, every key of its sections and rules, in table order; reading it back gives the same struct.
 * hashed_only leaves out what changes no bit (threads, micro_batch_size, checkpoint_interval, name, paths), and
 * keys that came later (Key.late) where they stand at their default.
 * Returns a malloc'd string. */
char *config_text(const Config *config, bool hashed_only);

/* XXH3-128 of the hashed text and data_hash, as 32 hex digits. */
void config_hash(const Config *config, const char *data_hash, char out[33]);

/* Where two configs differ: "train.seed: 0 -> 1; train.learning_rate: 0.001 -> 0.01", at most max of them, in
 * one malloc'd line; hashed keys only. NULL when they do not. */
char *config_difference(const Config *before, const Config *after, int max);

/* `rote help KEY`: type, default, range, what it does; ERR_INPUT names the nearest key. */
Status config_help(const char *key, FILE *out, Err *err);
void config_help_all(FILE *out);

/* The name of a choice's value: config_choice("model.act", ACT_GELU) is "gelu". */
const char *config_choice(const char *key, int value);

/* Every key's full dotted name, in table order; NULL past the end. */
const char *config_key_name(int index);
/* How many of them a list is to name (completion, help): of the rules' keys, those of the first one. */
int config_key_listed(void);

/* What a key of few values allows, ended by NULL; NULL for every other key (completion). */
const char *const *config_key_values(int index);

/* The name in names (ended by NULL) with the smallest edit distance to `word`, or NULL if none is near. */
const char *nearest_name(const char *word, const char *const *names);

#endif
