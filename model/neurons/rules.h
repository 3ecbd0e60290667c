/* Neuron rules inside the model: losses on chosen units of an MLP's hidden layer for chosen tokens, what is clamped
 * there, and which gradients pass. The model knows no facts: a rule comes with a label for every token of the batch.
 *
 * z: hook_pre, of a gated MLP the gate's input; a: hook_post; y: the label. With K units and n+ (n-) tokens of either
 * side in the whole batch, a rule adds lambda c g to dz before the weight gradients,
 *
 *     c+ = 1 / (2 K n+)    c- = negatives / (2 K n-)    an empty side is left out
 *
 *     loss       y = 1                          y = 0                           g = d loss / d z
 *     post_mse   (a - on)^2 / 2                 (a - off)^2 / 2                 (a - target) phi'(z)
 *     pre_hinge  [on - z]+^2 / 2                [z - off]+^2 / 2                -[on - z]+    [z - off]+
 *     pre_bce    S softplus((m - z) / S)        S softplus((z - m) / S)         -sigma((m - z) / S)    sigma((z - m) /
 *     S) share      -ln((A + e) / (B + e))         -ln((B - A + e) / (B + e))      sigma(z_i) [1/(B + e) - own_i / (own
 *     + e)] group      pre_hinge of s                                                 g(s) softmax(z_T / S)
 *
 * m: the middle of on and off; share: h = softplus(z), A = sum of h over the units, B over the whole layer, own A for
 * y = 1 and B - A for y = 0, own_i whether unit i belongs to it; group: s = S (logsumexp(z_T / S) - ln K). share and
 * group are one figure a token: K = 1 in their c. (docs/math.md, "Neuron rules".) */
#ifndef ROTE_MODEL_NEURONS_RULES_H
#define ROTE_MODEL_NEURONS_RULES_H

#include "base/config/neurons.h"
#include "model/batch.h"
#include "model/kernels/ops.h"

/* RULE_SCRATCH: reals of scratch for each unit of the layer, which GEMM_SCRATCH_REALS must hold. */
enum { RULE_SCRATCH = 5, LABEL_OTHER = 0, LABEL_CLASS = 1, LABEL_NONE = -1 };

/* What a rule saw in one sequence, and in a whole batch. */
typedef struct RuleSums {
    /* squares of the language model's gradient of z, whole layer; of the rule's, before lambda */
    double lm2, aux2;
    double loss;      /* sum of c loss */
    int64_t asked[2]; /* tokens of y = 0 and y = 1 */
    int64_t fired[2]; /* of those times units, how many have z > 0 */
} RuleSums;

typedef struct Rule {
    int layer;
    const int32_t *unit; /* n_units, ascending */
    int n_units;
    NeuronLoss loss;
    NeuronScope scope;
    NeuronRoute route;
    real on, off, temperature, negatives;
    real lambda;         /* of this step; 0: the rule only looks */
    const int8_t *label; /* per token of the batch */
    double c[2];         /* rules_count */
    /* (tokens of the batch, n_units) or NULL: values of a that replace the model's, NAN where they do not; no gradient
     * passes there. */
    const real *clamp;
    real *seen;     /* (tokens of the batch, n_units) or NULL: takes a */
    real *seen_pre; /* the same of z */
    /* the same or NULL: d loss / d z, of a loss that looks at the whole batch (model/neurons/rank.h) */
    const double *slope;
    RuleSums *sums; /* per sequence of the batch */
} Rule;

/* Belong to a Batch. */
typedef struct Rules {
    int n;
    Rule *rule;
} Rules;

/* Counts labels over the whole batch and sets c. */
void rules_count(Rules *rules, const Batch *batch);
/* What a rule saw in the batch, sequences added in order. */
RuleSums rule_total(const Rule *rule, int n_seq);
/* The share of tokens of that side, times units, that fired: y = 1 the hits, 0 the false alarms. NAN without any. */
static inline double rule_fired(const RuleSums *sums, int y, int n_units) {
    return (double)sums->fired[y] / ((double)sums->asked[y] * n_units);
}

/* One sequence's rows of a layer, as the pass has them: T rows, I units, ld reals a row of pre, dpre, linear. */
typedef struct RuleRows {
    const Ops *ops;
    Act act;
    int T, I;
    ptrdiff_t ld;
    int token;    /* of the batch that is row 0 */
    int sequence; /* of the batch */
    bool gated;
    const real *pre;    /* (T, ld): z, gated: linear behind it */
    real *post, *dpost; /* (T, I) */
    real *dpre;         /* (T, ld) */
    real *scratch;      /* RULE_SCRATCH I reals */
} RuleRows;

/* After the activation: clamps and looks. */
void rules_forward(const Rules *rules, int layer, const RuleRows *rows);
/* Before the activation's backward: gradients that do not pass become 0 in dpost. */
void rules_route(const Rules *rules, int layer, const RuleRows *rows);
/* Between the activation's backward and that of the input: what the language model's gradient is, then the rules of
 * global scope. */
void rules_backward_global(const Rules *rules, int layer, const RuleRows *rows);
/* Before the weight gradients. */
void rules_backward_local(const Rules *rules, int layer, const RuleRows *rows);

static inline bool rules_at(const Rules *rules, int layer) {
    for (int i = 0; rules && i < rules->n; i++)
        if (rules->rule[i].layer == layer) return true;
    return false;
}

#endif
