/* The config keys, and how one value is read and checked.
 *
 * Numbers go through strtod in the C locale: the program never sets LC_NUMERIC. */
#include "base/config/keys.h"
#include "base/config/keys_neurons.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const facts_kinds[] = {
    [FACTS_RANDOM] = "random", [FACTS_FILE] = "file",   [FACTS_TRIPLES] = "triples", [FACTS_BIOS] = "bios",
    [FACTS_BIOD] = "biod",     [FACTS_RULES] = "rules", [FACTS_TEXT] = "text",       NULL};
static const char *const orders[] = {[ORDER_FIXED] = "fixed", [ORDER_SHUFFLED] = "shuffled", NULL};
static const char *const rules[] = {
    [RULE_AFFINE] = "affine", [RULE_QUADRATIC] = "quadratic", [RULE_LOOKUP] = "lookup", NULL};
static const char *const norms[] = {[NORM_LAYERNORM] = "layernorm", [NORM_RMSNORM] = "rmsnorm", NULL};
static const char *const positions[] = {
    [POS_LEARNED] = "learned", [POS_ROPE] = "rope", [POS_NONE] = "none", NULL};
static const char *const acts[] = {[ACT_GELU] = "gelu", [ACT_RELU] = "relu", [ACT_SILU] = "silu", NULL};
static const char *const attns[] = {
    [ATTN_CAUSAL] = "causal", [ATTN_NONE] = "none", [ATTN_MEAN] = "mean", NULL};
static const char *const mlps[] = {[MLP_PLAIN] = "plain", [MLP_NONE] = "none", NULL};
static const char *const optimizers[] = {
    [OPT_ADAMW] = "adamw", [OPT_MUON] = "muon", [OPT_SGD] = "sgd", [OPT_SOAP] = "soap", NULL};
static const char *const schedules[] = {[SCHED_CONSTANT] = "constant",
                                        [SCHED_COSINE] = "cosine",
                                        [SCHED_LINEAR] = "linear",
                                        [SCHED_WSD] = "wsd",
                                        NULL};
static const char *const formats[] = {
    [QUANTIZE_NONE] = "none", [QUANTIZE_FP16] = "fp16", [QUANTIZE_BF16] = "bf16",
    [QUANTIZE_INT8] = "int8", [QUANTIZE_INT4] = "int4", [QUANTIZE_TERNARY] = "ternary",
    [QUANTIZE_INT6] = "int6", [QUANTIZE_INT3] = "int3", [QUANTIZE_INT2] = "int2",
    [QUANTIZE_COUNT] = NULL};
static const char *const parts[] = {"embedding", "attention", "mlp", "norm", "head", NULL};
static const char *const parametrizations[] = {[PARAM_STANDARD] = "standard", [PARAM_MUP] = "mup", NULL};
static const char *const gemms[] = {[GEMM_EXACT] = "exact", [GEMM_OPENBLAS] = "openblas", NULL};

#define BIG_INT  1000000000.0   /* fits an int */
#define BIG_STEP 1000000000000. /* 1e12: exact in a double, far below an int64's end */

/* The model computes in float: a smaller eps is 0 there, a larger beta 1, and either makes NaN or nothing. */
#define EPS_LEAST 1e-30
#define BETA_MOST 0.9999999

#define AT(field, kind)                                                                                      \
    .name = #field, .type = (kind), .offset = offsetof(Config, field), .size = sizeof(((Config *)0)->field)
#define FROM_TO(a, b) .low = (a), .high = (b)
#define FROM(a)       .low = (a), .high = INFINITY
#define ABOVE         .low_open = true
#define RANDOM        (1u << FACTS_RANDOM)
#define READ          (1u << FACTS_FILE | 1u << FACTS_TEXT)
#define TRIPLES       (1u << FACTS_TRIPLES)
#define BIOS          (1u << FACTS_BIOS)
#define BIOD          (1u << FACTS_BIOD)
#define RULES         (1u << FACTS_RULES)
#define KINDS(set)    .kinds = (set)

const Key keys[] = {
    {AT(name, KEY_NAME), .initial = "run", .free = true,
     .help = "the run's name: its folder is runs/<name>-<hash>"},

    {AT(facts.kind, KEY_ENUM), .initial = "random", .choices = facts_kinds, .also = "type",
     .help = "where facts come from: drawn as this kind; or `file`, a folder written by `rote facts`, or "
             "`text`, any "
             "file as it is"},
    {AT(facts.path, KEY_PATH), .initial = "", .free = true, .also = "dir folder file",
     .help =
         "kinds file, text: the fact set's folder, the file; a path without a facts.kind is of kind file"},
    {AT(facts.n, KEY_INT), .initial = "256", FROM_TO(1, BIG_INT), .also = "count n_facts num_facts",
     .help = "how many facts are drawn, all different: sequences, triples, people, rows"},
    {AT(facts.load, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1e6), ABOVE, .zero = "off", .free = true,
     .sets = "facts.n", .also = "bits_per_param",
     .help = "as many facts as give the model so many data bits per parameter, or just more"},
    {AT(facts.seq_len, KEY_INT), .initial = "16", FROM_TO(1, 1048576), .also = "length sequence_length",
     KINDS(RANDOM | READ), .help = "kind random: tokens per fact; kind text: bytes per chunk"},
    {AT(facts.vocab_size, KEY_INT), .initial = "256", FROM_TO(2, 16777216), KINDS(RANDOM | READ | RULES),
     .help =
         "kind random: tokens are below it; rules: x and y are, 31 (lookup 16) where n is too small for 256"},
    {AT(facts.seed, KEY_UINT64), .initial = "0", .help = "which facts are drawn"},
    {AT(facts.symbols, KEY_INT), .initial = "0", FROM_TO(2, 65536), .zero = "a symbol each", .late = true,
     .also = "base digits", KINDS(TRIPLES | BIOS | BIOD),
     .help = "kinds triples, bios, biod: names and values are written as numbers in so many symbols that all "
             "share"},
    {AT(facts.subjects, KEY_INT), .initial = "0", FROM_TO(1, BIG_INT), .zero = "as few as hold facts.n",
     .late = true, KINDS(TRIPLES), .help = "kind triples: how many subjects there are"},
    {AT(facts.objects, KEY_SIZES), .initial = "16x16x16x16", FROM_TO(1, BIG_INT), .late = true,
     .also = "relations", KINDS(TRIPLES),
     .help = "kind triples: a size for each relation: how many objects it has to choose from"},
    {AT(facts.name_sizes, KEY_SIZES), .initial = "400x400x1000", FROM_TO(1, BIG_INT), .late = true,
     .also = "names", KINDS(BIOS | BIOD),
     .help = "kinds bios, biod: how many first, middle and last names there are"},
    {AT(facts.value_sizes, KEY_SIZES), .initial = "12x28x200x200x300x100x263", FROM_TO(1, BIG_INT),
     .late = true, KINDS(BIOS),
     .help = "kind bios: how many months, days, years, cities, universities, majors and employers there are"},
    {AT(facts.templates, KEY_INT), .initial = "1", FROM_TO(0, 8), .late = true, KINDS(BIOS),
     .help = "kind bios: wordings of each sentence, drawn for each person; 0: values without sentences"},
    {AT(facts.order, KEY_ENUM), .initial = "fixed", .choices = orders, .late = true, KINDS(BIOS),
     .help = "kind bios: order of the sentences, the same for all or drawn for each person"},
    {AT(facts.attributes, KEY_INT), .initial = "4", FROM_TO(1, 65536), .late = true, KINDS(BIOD),
     .help = "kind biod: values of each person (K)"},
    {AT(facts.chunks, KEY_INT), .initial = "1", FROM_TO(1, 65536), .late = true, KINDS(BIOD),
     .help = "kind biod: chunks of each value (C)"},
    {AT(facts.diversity, KEY_INT), .initial = "16", FROM_TO(1, 16384), .late = true, KINDS(BIOD),
     .help = "kind biod: chunks that an attribute's values are made of (D)"},
    {AT(facts.chunk_len, KEY_INT), .initial = "2", FROM_TO(1, 52), .late = true, KINDS(BIOD),
     .help = "kind biod: tokens of each chunk (L)"},
    {AT(facts.chunk_symbols, KEY_INT), .initial = "16", FROM_TO(2, 65536), .late = true, KINDS(BIOD),
     .help = "kind biod: symbols that chunks are written in (T)"},
    {AT(facts.rule, KEY_ENUM), .initial = "affine", .choices = rules, .late = true, KINDS(RULES),
     .help =
         "kind rules: y is a sum a x + c, a polynomial of degree 2, or a table's entry at x1 + x2 + .., mod "
         "vocab_size"},
    {AT(facts.inputs, KEY_INT), .initial = "2", FROM_TO(1, 16), .late = true, KINDS(RULES),
     .help = "kind rules: numbers in x, each below facts.vocab_size"},
    {AT(facts.exceptions, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1), .late = true, KINDS(RULES),
     .help = "kind rules: share of the rows whose y breaks the rule"},
    {AT(facts.heldout, KEY_INT), .initial = "0", FROM_TO(0, BIG_INT), .late = true,
     .also = "n_heldout held_out",
     .help = "facts that are never trained: drawn beside the n, or kept back of those that are read; what "
             "the model "
             "says of unseen facts"},
    {AT(facts.split_seed, KEY_UINT64), .initial = "0", .late = true,
     .help = "which of the n + heldout facts are held out; 0: the last ones"},
    {AT(facts.zipf, KEY_DOUBLE), .initial = "0", FROM_TO(0, 100), .late = true, .also = "zipf_exponent skew",
     .help = "uneven exposure: fact number r is drawn in proportion to r^-zipf; 0: every fact once an epoch"},
    {AT(facts.junk_ratio, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1e6), .late = true,
     .help = "junk sequences trained for every useful one; they are never counted"},
    {AT(facts.junk_n, KEY_INT), .initial = "0", FROM_TO(0, BIG_INT), .late = true, .also = "n_junk",
     .help = "different junk sequences, drawn as the facts are"},
    {AT(facts.domain_token, KEY_BOOL), .initial = "false", .late = true,
     .help = "facts begin with a symbol of their own, which is given and not coded; junk does not"},
    {AT(facts.paraphrases, KEY_INT), .initial = "1", FROM_TO(1, 65536), .late = true,
     .also = "n_paraphrases renderings",
     .help =
         "renderings of every fact, trained in turn; without language: symbols that the fact stands behind"},

    {AT(model.n_layer, KEY_INT), .initial = "2", FROM_TO(1, 512), .also = "n_layers num_layers layers depth",
     .help = "blocks"},
    {AT(model.n_head, KEY_INT), .initial = "2", FROM_TO(1, 65536), .also = "n_heads num_heads heads",
     .help = "attention heads per block; must divide n_embd"},
    {AT(model.n_kv_head, KEY_INT), .initial = "0", FROM_TO(1, 65536), .zero = "as many as n_head",
     .also = "n_kv_heads num_kv_heads num_key_value_heads",
     .help = "key and value heads (grouped queries); must divide n_head"},
    {AT(model.n_embd, KEY_INT), .initial = "64", FROM_TO(1, 65536),
     .also = "d_model hidden_size width n_embed dim", .help = "width of the residual stream"},
    {AT(model.n_inner, KEY_INT), .initial = "0", FROM_TO(1, 1048576), .zero = "4 n_embd",
     .also = "d_ff d_mlp intermediate_size hidden_dim", .help = "neurons in the MLP of a block"},
    {AT(model.block_size, KEY_INT), .initial = "0", FROM_TO(1, 1048576),
     .zero = "as long as the longest fact", .also = "n_ctx n_positions context_length max_seq_len",
     .help = "most tokens the model can see; learned positions take block_size n_embd parameters"},
    {AT(model.vocab_size, KEY_INT), .initial = "0", FROM_TO(2, 16777216), .zero = "as the facts have",
     .also = "n_vocab", .help = "rows of the token embedding"},
    {AT(model.norm, KEY_ENUM), .initial = "layernorm", .choices = norms,
     .help = "normalization before attention, MLP and head"},
    {AT(model.norm_eps, KEY_DOUBLE), .initial = "1e-5", FROM_TO(EPS_LEAST, 1),
     .also = "layer_norm_eps rms_norm_eps eps", .help = "added to the variance before its root is taken"},
    {AT(model.pos, KEY_ENUM), .initial = "learned", .choices = positions,
     .also = "position positions pos_emb",
     .help = "how the model knows positions: an embedding, rotated queries and keys, or not at all"},
    {AT(model.rope_theta, KEY_DOUBLE), .initial = "10000", FROM(1), .also = "rope_base theta",
     .help = "pos rope: base of the rotation's wavelengths"},
    {AT(model.act, KEY_ENUM), .initial = "gelu", .choices = acts,
     .also = "activation activation_function hidden_act",
     .help = "activation of the MLP; gelu is the tanh form"},
    {AT(model.gated, KEY_BOOL), .initial = "false", .also = "glu swiglu geglu",
     .help = "MLP with a gate: out(act(gate(x)) * up(x)), three matrices instead of two"},
    {AT(model.bias, KEY_BOOL), .initial = "true", .help = "biases in norms and linear layers"},
    {AT(model.tie_weights, KEY_BOOL), .initial = "true", .also = "tied tie_word_embeddings weight_tying",
     .help = "the head is the token embedding"},
    {AT(model.attn, KEY_ENUM), .initial = "causal", .choices = attns, .also = "attention",
     .help = "attention; mean: plain mean of what came before, without parameters; none: left out"},
    {AT(model.mlp, KEY_ENUM), .initial = "plain", .choices = mlps, .also = "ffn feed_forward",
     .help = "MLP; none: left out"},
    {AT(model.init_std, KEY_DOUBLE), .initial = "0.02", FROM(0), .also = "initializer_range init_scale",
     .help = "standard deviation of the first weights"},
    {AT(model.match_params, KEY_INT64), .initial = "0", FROM_TO(1, BIG_STEP), .zero = "off", .free = true,
     .also = "params n_params target_params",
     .help = "chooses n_inner (mlp none: n_embd) so that the model has this many parameters, within 1 %"},

    {AT(train.max_steps, KEY_INT64), .initial = "1000", FROM_TO(1, BIG_STEP),
     .also = "steps max_iters n_steps iterations", .help = "steps of the optimizer"},
    {AT(train.exposures, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1e12), ABOVE, .zero = "off", .free = true,
     .sets = "train.max_steps", .also = "epochs n_epochs num_epochs num_train_epochs",
     .help = "as many steps as show every fact so many times, on average"},
    {AT(train.batch_size, KEY_INT), .initial = "0", FROM_TO(1, BIG_INT), .zero = "all facts",
     .help = "sequences per step; may exceed facts.n: epochs follow one another"},
    {AT(train.micro_batch_size, KEY_INT), .initial = "0", FROM_TO(1, BIG_INT),
     .zero = "chosen from the cache", .free = true, .also = "micro_batch",
     .help = "sequences in flight at once per team of threads: memory and speed only"},
    {AT(train.grad_leaves, KEY_INT), .initial = "4", FROM_TO(1, 4096),
     .help = "the batch's gradient is a pairwise sum of so many parts: part of the result's bits, and how "
             "many threads help"},
    {AT(train.optimizer, KEY_ENUM), .initial = "adamw", .choices = optimizers, .also = "optim opt",
     .help = "muon: matrices of the blocks by Muon, all else by AdamW; soap: every matrix by AdamW in the "
             "basis of Shampoo's preconditioner"},
    {AT(train.parametrization, KEY_ENUM), .initial = "standard", .choices = parametrizations, .late = true,
     .help = "mup: first weights and learning rates by width, so that one train.learning_rate serves all "
             "n_embd"},
    {AT(train.mup_base_width, KEY_INT), .initial = "16", FROM_TO(1, 65536), .late = true,
     .also = "base_width base_shape",
     .help = "parametrization mup: the n_embd for which train.learning_rate was found; the narrowest, for "
             "narrower ones learn badly"},
    {AT(train.learning_rate, KEY_DOUBLE), .initial = "1e-3", FROM_TO(0, 1000), ABOVE, .also = "lr max_lr",
     .help = "step size after the warm-up"},
    {AT(train.min_lr, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1000), .also = "min_learning_rate lr_min",
     .help = "step size at which a decaying schedule ends"},
    {AT(train.schedule, KEY_ENUM), .initial = "cosine", .choices = schedules,
     .also = "lr_schedule scheduler lr_scheduler_type",
     .help = "of the step size; wsd: constant after the warm-up, then a linear decay"},
    {AT(train.warmup_steps, KEY_INT64), .initial = "0", FROM_TO(0, BIG_STEP), .also = "warmup warmup_iters",
     .help = "steps over which the step size rises from 0"},
    {AT(train.decay_steps, KEY_INT64), .initial = "0", FROM_TO(1, BIG_STEP),
     .zero = "until max_steps; wsd: a fifth of it", .also = "lr_decay_iters lr_decay_steps",
     .help = "cosine, linear: step at which min_lr is reached; wsd: length of the decay at the end"},
    {AT(train.weight_decay, KEY_DOUBLE), .initial = "0", FROM(0), .also = "wd decay",
     .help = "decoupled, on matrices only; memorizing wants none, GPT-2 was trained with 0.1"},
    {AT(train.beta1, KEY_DOUBLE), .initial = "0.9", FROM_TO(0, BETA_MOST), .also = "adam_beta1",
     .help = "adamw: memory of the gradient's mean"},
    {AT(train.beta2, KEY_DOUBLE), .initial = "0.999", FROM_TO(0, BETA_MOST), .also = "adam_beta2",
     .help = "adamw: memory of the gradient's square"},
    {AT(train.adam_eps, KEY_DOUBLE), .initial = "1e-8", FROM(EPS_LEAST), .also = "eps epsilon adam_epsilon",
     .help = "adamw: added to the root of the square"},
    {AT(train.momentum, KEY_DOUBLE), .initial = "0.95", FROM_TO(0, BETA_MOST),
     .help = "sgd, muon: memory of the gradient"},
    {AT(train.precondition_interval, KEY_INT), .initial = "10", FROM_TO(1, BIG_INT), .late = true,
     .also = "precondition_frequency", .help = "soap: updates between two refreshes of the bases"},
    {AT(train.precondition_max_dim, KEY_INT), .initial = "512", FROM_TO(1, 65536), .late = true,
     .also = "max_precond_dim",
     .help = "soap: a longer side of a matrix gets no basis of its own; the work grows with the cube"},
    {AT(train.shampoo_beta, KEY_DOUBLE), .initial = "0.95", FROM_TO(0, BETA_MOST), .late = true,
     .help = "soap: memory of the gradient's covariances, whose eigenvectors are the bases"},
    {AT(train.grad_clip, KEY_DOUBLE), .initial = "1", FROM(0), ABOVE, .zero = "off",
     .also = "clip max_grad_norm clip_grad",
     .help = "a gradient of a larger global norm is scaled down to it"},
    {AT(train.eval_interval, KEY_INT64), .initial = "0", FROM_TO(1, BIG_STEP), .zero = "only at the end",
     .also = "eval_every eval_steps", .help = "steps between evaluations"},
    {AT(train.checkpoint_interval, KEY_INT64), .initial = "0", FROM_TO(1, BIG_STEP),
     .zero = "only at the end and when stopped", .free = true, .also = "save_every save_steps save_interval",
     .help = "steps between checkpoints"},
    {AT(train.stop_recall, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off",
     .help = "stop at the first evaluation whose recall reaches it"},
    {AT(train.stop_gain, KEY_DOUBLE), .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off",
     .help = "stop at the first evaluation that gains less than this share of the data bits"},
    {AT(train.seed, KEY_UINT64), .initial = "0", .help = "first weights and order of the facts"},
    {AT(train.init_from, KEY_PATH), .initial = "", .free = true, .sets = "train.init_hash",
     .also = "pretrained warm_start finetune_from",
     .help = "a run whose newest weights this one starts from, of one model shape; vocabularies are not "
             "compared; empty: drawn"},
    {AT(train.init_hash, KEY_TEXT), .initial = "", .late = true,
     .help = "param_hash of the weights in train.init_from: filled in; what is written must be so"},
    {AT(train.threads, KEY_INT), .initial = "0", FROM_TO(1, 4096), .zero = "one per core", .free = true,
     .also = "n_threads num_threads jobs", .help = "threads of this run: speed only"},
    {AT(train.gemm, KEY_ENUM), .initial = "exact", .choices = gemms, .also = "blas backend",
     .help = "matrix products; openblas gives other bits elsewhere, and its runs are marked so"},
    {AT(train.quantize, KEY_ENUM), .initial = "none", .choices = formats, .late = true,
     .also = "qat quantization weight_bits bits dtype precision",
     .help = "weights that the model reads are held in so few bits; gradients pass to the full ones that are "
             "kept"},
    {AT(train.freeze, KEY_FLAGS), .initial = "none", .choices = parts, .late = true, .also = "frozen",
     .help = "parts that stay as they start"},

    RULE_ROWS(0),
    RULE_ROWS(1),
    RULE_ROWS(2),
    RULE_ROWS(3),
    RULE_ROWS(4),
    RULE_ROWS(5),
    RULE_ROWS(6),
    RULE_ROWS(7),
};

_Static_assert(sizeof keys / sizeof *keys == KEY_COUNT, "KEY_COUNT is the number of rows");
_Static_assert(sizeof(Norm) == sizeof(int) && sizeof(GemmKind) == sizeof(int),
               "KEY_ENUM fields are stored as int");
_Static_assert(NEURON_RULES_MAX == 8, "RULE_ROWS for each rule");

/* ---- finding a key ---- */

const char *key_leaf(const Key *key) {
    const char *dot = strchr(key->name, '.');
    if (dot && key->rule) dot = strchr(dot + 1, '.');
    return dot ? dot + 1 : key->name;
}

int rule_of_name(const char *name, const char **leaf) {
    static const char section[] = "neurons.";
    if (strncmp(name, section, sizeof section - 1) != 0) return -1;
    name += sizeof section - 1;
    size_t digits = strspn(name, "0123456789");
    bool numbered = digits > 0 && name[digits] == '.';
    *leaf = numbered ? name + digits + 1 : name;
    return numbered && digits == 1 && *name < '0' + NEURON_RULES_MAX ? *name - '0' : NEURON_RULES_MAX;
}

static bool same_name(const char *a, const char *b) {
    for (;; a++, b++) {
        char x = *a == '-' ? '_' : *a, y = *b == '-' ? '_' : *b;
        if (x != y) return false;
        if (x == '\0') return true;
    }
}

const Key *key_find(const char *name) {
    for (int i = 0; i < KEY_COUNT; i++)
        if (same_name(keys[i].name, name)) return &keys[i];
    return NULL;
}

static bool is_among(const char *word, const char *list) {
    size_t n = strlen(word);
    for (const char *at = list; at && *at; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");
        if (here == n && strncmp(at, word, n) == 0) return true;
        at += here;
    }
    return false;
}

const Key *key_nearest(const char *name) {
    char word[128];
    size_t n = 0;
    for (; name[n] && n < sizeof word - 1; n++)
        word[n] = name[n] == '-' ? '_' : (char)tolower((unsigned char)name[n]);
    word[n] = '\0';
    const char *dot = strrchr(word, '.'), *leaf = dot ? dot + 1 : word;
    int rule = rule_of_name(word, &leaf);
    /* Keys of rules only for who wrote of rules, of the one that was written. */
    int from = rule < 0 ? 0 : KEY_PLAIN + (rule < NEURON_RULES_MAX ? rule : 0) * KEY_OF_RULE;
    int count = rule < 0 ? KEY_PLAIN : KEY_OF_RULE;
    const Key *among = &keys[from], *best = NULL;
    /* The right key in the wrong section, or what other programs call it; the section that was written goes
     * first. */
    for (int i = 0; i < count; i++) {
        if (!same_name(key_leaf(&among[i]), leaf) && !is_among(leaf, among[i].also)) continue;
        bool same_section = dot && strncmp(among[i].name, word, (size_t)(leaf - word)) == 0;
        if (!best || same_section) best = &among[i];
    }
    if (best) return best;
    /* A slip of the pen: in the whole name first, then in the part after the dot. */
    const char *names[KEY_COUNT + 1] = {0}, *leaves[KEY_COUNT + 1] = {0};
    for (int i = 0; i < count; i++) {
        names[i] = among[i].name;
        leaves[i] = key_leaf(&among[i]);
    }
    const char *found = rule < 0 ? nearest_name(word, names) : NULL;
    if (found) return key_find(found);
    found = nearest_name(leaf, leaves);
    for (int i = 0; found && i < count; i++)
        if (leaves[i] == found) return &among[i];
    return NULL;
}

/* ---- messages ---- */

Quoted quoted(const char *text, size_t length) {
    Quoted q;
    size_t n = 0, room = sizeof q.text - 4;
    for (size_t i = 0; i < length && n < room; i++) {
        unsigned char c = (unsigned char)text[i];
        q.text[n++] = c < 32 || c == 127 ? '?' : (char)c;
    }
    q.text[n] = '\0';
    if (n < length) {
        /* Cut between characters, not inside one. */
        while (n > 0 && ((unsigned char)q.text[n - 1] & 0xC0) == 0x80) n--;
        if (n > 0 && ((unsigned char)q.text[n - 1] & 0xC0) == 0xC0) n--;
        memcpy(q.text + n, "...", 4);
    }
    return q;
}

void key_range(const Key *key, char *out, size_t size) {
    switch (key->type) {
    case KEY_BOOL: snprintf(out, size, "true | false"); return;
    case KEY_UINT64: snprintf(out, size, "0 to %" PRIu64, UINT64_MAX); return;
    case KEY_NAME: snprintf(out, size, "letters, digits, '.', '_', '-', at most %zu", key->size - 1); return;
    case KEY_TEXT:
    case KEY_PATH: snprintf(out, size, "at most %zu bytes", key->size - 1); return;
    case KEY_ENUM:
    case KEY_FLAGS: {
        bool flags = key->type == KEY_FLAGS;
        size_t n = (size_t)snprintf(out, size, "%s", flags ? "none, or joined by '+': " : "");
        for (int i = 0; key->choices[i] && n < size; i++)
            n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " | " : "", key->choices[i]);
        return;
    }
    case KEY_SIZES:
        snprintf(out, size, "8x100x263 or alike, at most %d sizes of %.0f to %.0f", SIZES_MAX, key->low,
                 key->high);
        return;
    case KEY_INT:
    case KEY_INT64:
    case KEY_DOUBLE: break;
    }
    if (isinf(key->high)) {
        snprintf(out, size, "%s %.15g", key->low_open ? "above" : "at least", key->low);
    } else if (key->low_open) {
        snprintf(out, size, "above %.15g, at most %.15g", key->low, key->high);
    } else {
        snprintf(out, size, "%.15g to %.15g", key->low, key->high);
    }
}

void key_allowed(const Key *key, char *out, size_t size) {
    char range[128];
    key_range(key, range, sizeof range);
    if (key->zero) {
        snprintf(out, size, "%s, or 0 (%s)", range, key->zero);
    } else {
        snprintf(out, size, "%s", range);
    }
}

static Status out_of_range(const Key *key, Quoted value, Err *err) {
    char allowed[256];
    key_allowed(key, allowed, sizeof allowed);
    return err_set(err, ERR_INPUT, "key '%s': %s is out of range; allowed: %s", key->name, value.text,
                   allowed);
}

/* ---- reading a value ---- */

/* [+-] digits [. digits] [e [+-] digits], with a digit before the e: no hex, no "inf", no blanks. */
static bool is_number(const char *s) {
    if (*s == '+' || *s == '-') s++;
    size_t whole = strspn(s, "0123456789");
    s += whole;
    size_t fraction = 0;
    if (*s == '.') {
        fraction = strspn(s + 1, "0123456789");
        s += 1 + fraction;
    }
    if (whole + fraction == 0) return false;
    if (*s == 'e' || *s == 'E') {
        s++;
        if (*s == '+' || *s == '-') s++;
        size_t exponent = strspn(s, "0123456789");
        if (exponent == 0) return false;
        s += exponent;
    }
    return *s == '\0';
}

typedef enum Whole { WHOLE_OK, WHOLE_NOT, WHOLE_TOO_LARGE } Whole;

/* "12", "1e6", "2.5e3": exactly, without a detour over a double. */
static Whole read_whole(const char *s, bool *negative, uint64_t *magnitude) {
    if (!is_number(s)) return WHOLE_NOT;
    *negative = *s == '-';
    if (*s == '+' || *s == '-') s++;
    const char *e = s + strcspn(s, "eE");
    uint64_t value = 0;
    long scale = *e ? strtol(e + 1, NULL, 10) : 0; /* the value is value * 10^scale */
    scale = scale > 1000000 ? 1000000 : scale < -1000000 ? -1000000 : scale;
    long zeros = 0; /* since the last other digit: they may turn out to be trailing */
    bool overflow = false, fraction = false;
    for (; s < e; s++) {
        if (*s == '.') {
            fraction = true;
            continue;
        }
        if (fraction) scale--;
        if (*s == '0') {
            zeros++;
            continue;
        }
        for (; zeros >= 0 && value > 0; zeros--) overflow |= __builtin_mul_overflow(value, 10u, &value);
        overflow |= __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value);
        zeros = 0;
    }
    scale += zeros;
    if (value == 0 && !overflow) scale = 0;
    if (scale < 0) return WHOLE_NOT;
    for (; scale > 0 && !overflow; scale--) overflow = __builtin_mul_overflow(value, 10u, &value);
    *magnitude = value;
    return overflow ? WHOLE_TOO_LARGE : WHOLE_OK;
}

static Status set_whole(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    bool negative = false;
    uint64_t magnitude = 0;
    Whole whole = read_whole(text, &negative, &magnitude);
    if (whole == WHOLE_NOT)
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a whole number", key->name, q.text);
    if (whole == WHOLE_TOO_LARGE || (negative && magnitude > 0)) return out_of_range(key, q, err);
    if (key->type == KEY_UINT64) {
        memcpy(field, &magnitude, sizeof magnitude);
        return OK;
    }
    bool in_range = (double)magnitude >= key->low && (double)magnitude <= key->high;
    if (!in_range && !(key->zero && magnitude == 0)) return out_of_range(key, q, err);
    if (key->type == KEY_INT) {
        int value = (int)magnitude;
        memcpy(field, &value, sizeof value);
    } else {
        int64_t value = (int64_t)magnitude;
        memcpy(field, &value, sizeof value);
    }
    return OK;
}

static bool is_named_number(const char *s) {
    if (*s == '+' || *s == '-') s++;
    if (*s == '.') s++; /* YAML's own spelling: .inf, .nan */
    return strcasecmp(s, "nan") == 0 || strcasecmp(s, "inf") == 0 || strcasecmp(s, "infinity") == 0;
}

static Status set_double(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    if (is_named_number(text))
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a finite number", key->name, q.text);
    if (!is_number(text)) return err_set(err, ERR_INPUT, "key '%s': '%s' is not a number", key->name, q.text);
    char *end;
    double value = strtod(text, &end);
    if (*end != '\0') return err_set(err, ERR_INPUT, "key '%s': '%s' is not a number", key->name, q.text);
    if (isinf(value))
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a finite number", key->name, q.text);
    if (value == 0 && strcspn(text, "123456789") < strcspn(text, "eE"))
        return err_set(err, ERR_INPUT,
                       "key '%s': '%s' is too small to be told from 0; write 0 if that is meant", key->name,
                       q.text);
    bool above = key->low_open ? value > key->low : value >= key->low;
    if (!(above && value <= key->high) && !(key->zero && value == 0)) return out_of_range(key, q, err);
    if (value == 0) value = 0; /* -0 and 0 are one value, with one text and one hash */
    memcpy(field, &value, sizeof value);
    return OK;
}

static Status set_bool(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    bool value = strcmp(text, "true") == 0;
    if (value || strcmp(text, "false") == 0) {
        memcpy(field, &value, sizeof value);
        return OK;
    }
    static const char *const yes[] = {"true", "yes", "on", "y", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "n", "0", NULL};
    for (int i = 0; yes[i]; i++) {
        bool is_yes = strcasecmp(text, yes[i]) == 0;
        if (is_yes || strcasecmp(text, no[i]) == 0)
            return err_set(err, ERR_INPUT, "key '%s': '%s' is not true or false; write %s", key->name, q.text,
                           is_yes ? "true" : "false");
    }
    return err_set(err, ERR_INPUT, "key '%s': '%s' is not true or false", key->name, q.text);
}

static Status set_enum(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    for (int value = 0; key->choices[value]; value++) {
        if (!same_name(key->choices[value], text)) continue;
        memcpy(field, &value, sizeof value);
        return OK;
    }
    char allowed[256];
    key_allowed(key, allowed, sizeof allowed);
    const char *near = nearest_name(text, key->choices);
    return err_set(err, ERR_INPUT, "key '%s': '%s' is not one of %s%s%s", key->name, q.text, allowed,
                   near ? "; nearest: " : "", near ? near : "");
}

static Status set_flags(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    int flags = 0;
    bool more = !same_name(text, "none");
    for (size_t length; more; text += length + 1) {
        char name[32];
        length = strcspn(text, "+");
        more = text[length] != '\0';
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        int i = 0;
        while (key->choices[i] && !same_name(key->choices[i], name)) i++;
        if (!key->choices[i]) {
            char allowed[256];
            key_allowed(key, allowed, sizeof allowed);
            const char *near = nearest_name(name, key->choices);
            return err_set(err, ERR_INPUT, "key '%s': '%s': '%s' is no choice; allowed: %s%s%s", key->name,
                           q.text, name, allowed, near ? "; nearest: " : "", near ? near : "");
        }
        flags |= 1 << i;
    }
    memcpy(field, &flags, sizeof flags);
    return OK;
}

static Status set_sizes(Sizes *field, const Key *key, const char *text, Quoted q, Err *err) {
    Sizes sizes = {0};
    for (const char *at = text;; at++) {
        char part[32];
        size_t length = strcspn(at, "x");
        bool negative = false;
        uint64_t size = 0;
        snprintf(part, sizeof part, "%.*s", (int)(length < sizeof part ? length : sizeof part - 1), at);
        if (length >= sizeof part || read_whole(part, &negative, &size) != WHOLE_OK || negative)
            return err_set(err, ERR_INPUT, "key '%s': '%s' is not a list of sizes such as 8x100x263",
                           key->name, q.text);
        if ((double)size < key->low || (double)size > key->high) return out_of_range(key, q, err);
        if (sizes.n == SIZES_MAX)
            return err_set(err, ERR_INPUT, "key '%s': '%s' has more than %d sizes", key->name, q.text,
                           SIZES_MAX);
        sizes.size[sizes.n++] = (int)size;
        at += length;
        if (!*at) break;
    }
    *field = sizes;
    return OK;
}

/* Printable UTF-8: what YAML can carry. Control characters, lone or overlong bytes and surrogates are not. */
static bool is_text(const unsigned char *s) {
    while (*s) {
        uint32_t c = *s++;
        int more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : c >> 3 == 30 ? 3 : -1;
        if (more < 0) return false;
        static const uint32_t mask[] = {0x7F, 0x1F, 0x0F, 0x07}, least[] = {0, 0x80, 0x800, 0x10000};
        c &= mask[more];
        for (int i = 0; i < more; i++, s++) {
            if (*s >> 6 != 2) return false;
            c = c << 6 | (*s & 0x3Fu);
        }
        if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return false;
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF) return false;
    }
    return true;
}

static Status set_text(char *field, const Key *key, const char *text, Quoted q, Err *err) {
    size_t length = strlen(text);
    if (length >= key->size)
        return err_set(err, ERR_INPUT, "key '%s': '%s' has %zu bytes; allowed: at most %zu", key->name,
                       q.text, length, key->size - 1);
    if (!is_text((const unsigned char *)text))
        return err_set(err, ERR_INPUT, "key '%s': '%s' holds control characters or is not UTF-8", key->name,
                       q.text);
    if (key->type == KEY_NAME) {
        bool plain = *text != '.' && *text != '-';
        for (const char *c = text; *c; c++)
            plain = plain && (isalnum((unsigned char)*c) || strchr("._-", *c));
        if (!plain) {
            char allowed[256];
            key_allowed(key, allowed, sizeof allowed);
            return err_set(err, ERR_INPUT,
                           "key '%s': '%s' cannot name a folder; allowed: %s, not first '.' or '-'",
                           key->name, q.text, allowed);
        }
    }
    memcpy(field, text, length + 1);
    return OK;
}

static Status set_value(Config *config, const Key *key, const char *text, size_t length, Err *err) {
    void *field = (char *)config + key->offset;
    Quoted q = quoted(text, length);
    if (strnlen(text, length) != length)
        return err_set(err, ERR_INPUT, "key '%s': the value holds a NUL", key->name);
    if (length == 0 && *key->initial) {
        char allowed[256];
        key_allowed(key, allowed, sizeof allowed);
        return err_set(err, ERR_INPUT, "key '%s': no value; allowed: %s", key->name, allowed);
    }
    switch (key->type) {
    case KEY_INT:
    case KEY_INT64:
    case KEY_UINT64: return set_whole(field, key, text, q, err);
    case KEY_DOUBLE: return set_double(field, key, text, q, err);
    case KEY_BOOL: return set_bool(field, key, text, q, err);
    case KEY_ENUM: return set_enum(field, key, text, q, err);
    case KEY_FLAGS: return set_flags(field, key, text, q, err);
    case KEY_SIZES: return set_sizes(field, key, text, q, err);
    case KEY_NAME:
    case KEY_TEXT:
    case KEY_PATH: break;
    }
    return set_text(field, key, text, q, err);
}

Status key_set(Config *config, const Key *key, const char *text, size_t length, Err *err) {
    if (key->rule > config->n_neurons + 1)
        return err_set(err, ERR_INPUT, "key '%s': there is no rule neurons.%d before it; number them from 0",
                       key->name, config->n_neurons);
    TRY(set_value(config, key, text, length, err));
    if (key->rule > config->n_neurons) config->n_neurons = key->rule;
    return OK;
}
