/* Neuron rules inside the model. A rule adds a loss on chosen units of an MLP's hidden layer, at chosen tokens. It can
 * also clamp these units, and decide which gradients pass them. The model knows no facts: a rule comes with a label for
 * every token of the batch (train/neurons/batch_labels.h).
 *
 *   z        hook_pre, the input of the activation function phi; in a gated MLP the input of the gate
 *   up       hook_pre_linear, the factor that a gated MLP multiplies phi(z) by
 *   a        hook_post, the output of the hidden layer: phi(z); gated: phi(z) up
 *   y        label of a token: 1 of the rule's class, 0 of the other side; all other tokens have no loss
 *   K, I     units of the rule, units of the layer
 *   n+, n-   tokens with y = 1 and with y = 0, in the whole batch
 *   S        temperature
 *
 * The rule's loss is the sum over tokens (and units) of c times the loss below. Its gradient is c g, g = d loss / d z.
 * mlp_backward (model/layers/mlp.c) adds lambda c g to dz, the gradient of z, before the weight gradients are computed:
 *
 *   c = 1 / (2 K n+)           for y = 1
 *   c = negatives / (2 K n-)   for y = 0; a side without tokens has no loss
 *
 *               y   loss                         g
 *   pre_hinge   1   [on - z]+^2 / 2              -[on - z]+                           [x]+ = max(x, 0)
 *   (default)   0   [z - off]+^2 / 2             [z - off]+
 *   pre_bce     1   S softplus((m - z) / S)      -sigma((m - z) / S)                  m = (on + off) / 2
 *               0   S softplus((z - m) / S)      sigma((z - m) / S)
 *   post_mse    1   (a - on)^2 / 2               (a - on) phi'(z)                     gated: see below
 *               0   (a - off)^2 / 2              (a - off) phi'(z)
 *   share       1   -ln((A + e) / (B + e))       sigma(z_i) [1/(B + e) - own_i/(A + e)]
 *               0   -ln((B - A + e) / (B + e))   sigma(z_i) [1/(B + e) - own_i/(B - A + e)]
 *   group           pre_hinge of s               g(s) softmax(z / S)                  s = S (logsumexp(z / S) - ln K)
 *
 * post_mse in a gated MLP, with target = on for y = 1 and off for y = 0: g = (a - target) up phi'(z), and the gradient
 * of up gets lambda c (a - target) phi(z). No other loss depends on up.
 *
 * In share, h = softplus(z); A is the sum of h over the rule's units, B over the whole layer; own_i is 1 for the rule's
 * units where y = 1, for all other units where y = 0, else 0; e = 1e-6. share and group have one loss a token, so K = 1
 * in their c. Losses that need more than one token are computed elsewhere: rank in model/neurons/rank.h, causal in
 * train/neurons/causal.h. (docs/math.md, "Neuron rules".) */
#ifndef ROTE_MODEL_NEURONS_RULES_H
#define ROTE_MODEL_NEURONS_RULES_H

#include "base/config/neurons.h"
#include "model/batch.h"
#include "model/kernels/ops.h"

/* RULE_SCRATCH: reals of scratch for each unit of the layer; GEMM_SCRATCH_REALS must be enough for a layer. */
enum { RULE_SCRATCH = 5, LABEL_OTHER = 0, LABEL_CLASS = 1, LABEL_NONE = -1 };

/* Statistics of a rule over one sequence, or over a whole batch. */
typedef struct RuleSums {
    /* squared norms: of the model's gradient of z over the whole layer; of the rule's gradient, before lambda */
    double lm2, aux2;
    double loss;         /* sum of c times the loss */
    int64_t n_tokens[2]; /* tokens with y = 0 and with y = 1, clamped ones left out */
    int64_t fired[2];    /* pairs of such a token and a unit with z > 0 */
} RuleSums;

typedef struct Rule {
    int layer;
    const int32_t *unit; /* n_units, ascending */
    int n_units;
    NeuronLoss loss;
    NeuronScope scope;
    NeuronRoute route;
    real on, off, temperature, negatives;
    real lambda;         /* strength in this step; 0: only the statistics are computed */
    const int8_t *label; /* one per token of the batch: LABEL_CLASS, LABEL_OTHER or LABEL_NONE */
    double c[2];         /* of y = 0 and y = 1; set by rules_count */
    /* Each of the next four is (tokens of the batch, n_units) or NULL. */
    const real *clamp;   /* a is set to this value, and its gradient to 0; NAN: not clamped */
    real *observed_post; /* output: a as the model computes it, before the clamp */
    real *observed_pre;  /* output: z */
    const double *slope; /* loss rank: d loss / d z, computed over the whole batch (model/neurons/rank.h) */
    RuleSums *sums;      /* one per sequence of the batch */
} Rule;

/* The rules of a batch. */
typedef struct Rules {
    int n;
    Rule *rule;
} Rules;

/* Counts the labels of the whole batch and sets c of every rule. */
void rules_count(Rules *rules, const Batch *batch);
/* The statistics of the batch: those of its sequences, added in order. */
RuleSums rule_total(const Rule *rule, int n_seq);
/* Share of a side's tokens, averaged over the units, at which z > 0. y = 1: the hit rate, y = 0: the false-alarm rate.
 * NAN without tokens. */
static inline double rule_fired(const RuleSums *sums, int y, int n_units) {
    return (double)sums->fired[y] / ((double)sums->n_tokens[y] * n_units);
}

/* The rows of one sequence in one layer: T tokens, I units. pre and dpre have ld reals a row; in a gated MLP these are
 * z and, behind it, up. */
typedef struct RuleRows {
    const Ops *ops;
    Act act;
    int T, I;
    ptrdiff_t ld;
    int token;    /* row 0 is this token of the batch */
    int sequence; /* number in the batch */
    bool gated;
    const real *pre;    /* (T,ld) z */
    real *post, *dpost; /* (T,I) a and its gradient */
    real *dpre;         /* (T,ld) the gradient of z */
    real *scratch;      /* RULE_SCRATCH I reals */
} RuleRows;

/* These four are steps of mlp_forward and mlp_backward (model/layers/mlp.c), in this order.
 * rules_forward, after the activation: records z and a, then clamps a. */
void rules_forward(const Rules *rules, int layer, const RuleRows *rows);
/* Before the backward of the activation: sets to 0 the gradients in dpost that a route or a clamp stops. */
void rules_route(const Rules *rules, int layer, const RuleRows *rows);
/* After the backward of the activation: measures the model's gradient (lm2), then adds lambda c g to dpre for rules of
 * scope global. From dpre it reaches the input weights and the earlier layers. */
void rules_backward_global(const Rules *rules, int layer, const RuleRows *rows);
/* After the gradient of the layer's input: adds lambda c g to dpre for rules of scope local. From dpre it reaches only
 * the input weights and bias of the units. */
void rules_backward_local(const Rules *rules, int layer, const RuleRows *rows);

static inline bool rules_at(const Rules *rules, int layer) {
    for (int i = 0; rules && i < rules->n; i++)
        if (rules->rule[i].layer == layer) return true;
    return false;
}

#endif
