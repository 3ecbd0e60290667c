#include "model/neurons/rules.h"

#include <string.h>

#include "base/err.h"
#include "base/exact.h"
#include "model/neurons/softplus.h"

static const double SHARE_EPSILON = 1e-6; /* e of the share loss: keeps it finite where no unit fires */

/* These have one loss a token, not one a unit. */
static bool per_token(NeuronLoss loss) { return loss == NEURON_SHARE || loss == NEURON_GROUP; }

/* c of a token with label y; the batch has `tokens` of them. 0: the rule has no loss there. */
static double loss_weight(const Rule *r, int y, int64_t tokens) {
    if (tokens == 0 || r->n_units == 0) return 0;
    if (r->loss == NEURON_CAUSAL || r->loss == NEURON_NONE) return 0;
    if (r->loss == NEURON_RANK) return 1; /* r->slope contains the weights of the pairs */
    double terms = per_token(r->loss) ? 1 : r->n_units, side = y == LABEL_CLASS ? 1 : (double)r->negatives;
    return side / (2 * terms * (double)tokens);
}

void rules_count(Rules *rules, const Batch *batch) {
    int64_t n = batch->start[batch->n_seq];
    for (int i = 0; i < rules->n; i++) {
        Rule *r = &rules->rule[i];
        int64_t count[2] = {0};
        for (int64_t t = batch->start[0]; t < n; t++)
            if (r->label[t] >= 0) count[r->label[t]]++;
        for (int y = 0; y < 2; y++) r->c[y] = loss_weight(r, y, count[y]);
    }
}

RuleSums rule_total(const Rule *rule, int n_seq) {
    RuleSums total = {0};
    for (int s = 0; s < n_seq; s++) {
        const RuleSums *one = &rule->sums[s];
        total.lm2 += one->lm2;
        total.aux2 += one->aux2;
        total.loss += one->loss;
        for (int y = 0; y < 2; y++) {
            total.n_tokens[y] += one->n_tokens[y];
            total.fired[y] += one->fired[y];
        }
    }
    return total;
}

/* ---- the losses of one token: each returns the loss and sets g = d loss / d z (the table in rules.h) ---- */

/* pre_hinge, the default loss, of one unit. Here its gradient is computed: g = -[on - z]+ or [z - off]+. add_columns
 * below adds lambda c g to the gradient of z. */
static double hinge(const Rule *r, double z, int y, double *g) {
    double miss = y ? (double)r->on - z : z - (double)r->off;
    if (!(miss > 0)) miss = 0;
    *g = y ? -miss : miss;
    return 0.5 * miss * miss;
}

/* pre_bce: binary cross-entropy, over all units of the token. scratch: 2 n_units. */
static double bce(const Rule *r, const Ops *ops, const real *z, int y, real *g, real *scratch) {
    real S = r->temperature, middle = (r->on + r->off) / 2, *x = scratch, *e = scratch + r->n_units;
    double loss = 0;
    for (int j = 0; j < r->n_units; j++) {
        x[j] = (y ? middle - z[j] : z[j] - middle) / S;
        e[j] = minus_size(x[j]);
    }
    ops->exp_vector(e, e, r->n_units);
    for (int j = 0; j < r->n_units; j++) {
        real slope = logistic(x[j], e[j]);
        g[j] = y ? -slope : slope;
        loss += (double)(S * softplus(x[j], e[j]));
    }
    return loss;
}

/* post_mse of one unit; g here is d loss / d a. */
static double squared_error(const Rule *r, double a, int y, double *g) {
    double miss = a - (double)(y ? r->on : r->off);
    *g = miss;
    return 0.5 * miss * miss;
}

/* The hinge of a smooth maximum of all units: log-sum-exp minus ln K, so that equal units have their common value. */
static double group(const Rule *r, const Ops *ops, const real *z, int y, real *g) {
    real max = z[0];
    double S = (double)r->temperature, sum = 0, slope;
    for (int j = 1; j < r->n_units; j++) max = z[j] > max ? z[j] : max;
    for (int j = 0; j < r->n_units; j++) g[j] = (z[j] - max) / r->temperature;
    ops->exp_vector(g, g, r->n_units);
    for (int j = 0; j < r->n_units; j++) sum += (double)g[j];
    double s = (double)max + S * (exact_log(sum) - exact_log(r->n_units)), loss = hinge(r, s, y, &slope);
    for (int j = 0; j < r->n_units; j++) g[j] = (real)(slope * (double)g[j] / sum);
    return loss;
}

/* g covers all I units of the layer: the loss changes the other units too. scratch: 2 I. */
static double share(const Rule *r, const Ops *ops, const real *z, int I, int y, real *g, real *scratch) {
    real *e = scratch, *h = scratch + I;
    double part[4] = {0}, own = 0;
    for (int i = 0; i < I; i++) e[i] = minus_size(z[i]);
    ops->exp_vector(e, e, I);
    for (int i = 0; i < I; i++) {
        h[i] = softplus(z[i], e[i]);
        g[i] = logistic(z[i], e[i]);
    }
    for (int i = 0; i < I; i++) part[i % 4] += (double)h[i];
    for (int j = 0; j < r->n_units; j++) own += (double)h[r->unit[j]];
    double all = (part[0] + part[1]) + (part[2] + part[3]);
    if (!y) own = all - own;
    real per_all = (real)(1 / (all + SHARE_EPSILON)), per_own = (real)(1 / (own + SHARE_EPSILON));
    /* For y = 0, own is the rest of the layer. */
    real of_rest = y ? per_all : per_all - per_own, of_units = y ? per_all - per_own : per_all;
    for (int j = 0; j < r->n_units; j++) e[j] = g[r->unit[j]] * of_units;
    for (int i = 0; i < I; i++) g[i] *= of_rest;
    for (int j = 0; j < r->n_units; j++) g[r->unit[j]] = e[j];
    return -exact_log((own + SHARE_EPSILON) / (all + SHARE_EPSILON));
}

/* The gradient of one token's loss: g for n columns of dpre. */
typedef struct RowGradient {
    int n;
    const int32_t *column; /* NULL: 0 .. n-1 */
    real *z;               /* (n) of the columns; post_mse, gated: up behind it */
    real *g, *up;          /* up: d loss / d up in the same columns; NULL: none */
} RowGradient;

/* Returns the loss of the token in that row. */
static double row_gradient(const Rule *r, const RuleRows *x, int row, int y, RowGradient *out) {
    const real *pre = x->pre + row * x->ld, *post = x->post + (ptrdiff_t)row * x->I;
    int K = r->n_units;
    double loss = 0, g;
    *out = (RowGradient){.n = K, .column = r->unit, .z = x->scratch, .g = x->scratch + 2 * K};
    if (r->loss == NEURON_RANK) {
        ptrdiff_t at = (ptrdiff_t)(x->token + row) * K;
        for (int j = 0; j < K; j++) out->g[j] = r->slope ? (real)r->slope[at + j] : 0;
        return 0;
    }
    if (r->loss == NEURON_SHARE) {
        *out = (RowGradient){.n = x->I, .g = x->scratch};
        return share(r, x->ops, pre, x->I, y, out->g, x->scratch + x->I);
    }
    for (int j = 0; j < K; j++) out->z[j] = pre[r->unit[j]];
    if (r->loss == NEURON_PRE_HINGE) { /* the default */
        for (int j = 0; j < K; j++) {
            loss += hinge(r, (double)out->z[j], y, &g);
            out->g[j] = (real)g;
        }
        return loss;
    }
    if (r->loss == NEURON_GROUP) return group(r, x->ops, out->z, y, out->g);
    if (r->loss == NEURON_PRE_BCE) return bce(r, x->ops, out->z, y, out->g, x->scratch + 3 * K);
    CHECK(r->loss == NEURON_POST_MSE);
    for (int j = 0; j < K; j++) {
        loss += squared_error(r, (double)post[r->unit[j]], y, &g);
        out->g[j] = (real)g;
    }
    if (x->gated) {
        for (int j = 0; j < K; j++) out->z[K + j] = pre[x->I + r->unit[j]];
        out->up = x->scratch + 4 * K;
    }
    real *da = out->g;
    out->g = x->scratch + 3 * K;
    x->ops->act_backward(out->g, out->up, da, out->z, x->gated ? out->z + K : NULL, x->act, 1, K, K);
    return loss;
}

/* dpre += lambda c g. *square increases by the squared norm of c g, without lambda. */
static void add_columns(const RowGradient *from, const real *g, real *dpre, double c, double lambda,
                        double *square) {
    for (int j = 0; j < from->n; j++) {
        double scaled = c * (double)g[j];
        *square += scaled * scaled;
        if (lambda != 0) dpre[from->column ? from->column[j] : j] += (real)(lambda * scaled);
    }
}

/* Adds lambda c g to dpre at each token of the sequence that has a label, and the statistics of these tokens to the
 * rule's sums. lambda 0 changes no gradient; the statistics are computed all the same. */
static void add_rule_gradient(const Rule *r, const RuleRows *x) {
    RuleSums *sums = &r->sums[x->sequence];
    for (int row = 0; row < x->T; row++) {
        int y = r->label[x->token + row];
        if (y < 0) continue;
        const real *pre = x->pre + row * x->ld;
        const real *clamp = r->clamp ? r->clamp + (ptrdiff_t)(x->token + row) * r->n_units : NULL;
        bool clamped = clamp && clamp[0] == clamp[0];
        sums->n_tokens[y] += !clamped; /* a clamped value says nothing about the neuron */
        for (int j = 0; j < r->n_units && !clamped; j++) sums->fired[y] += pre[r->unit[j]] > 0;
        if (r->c[y] == 0) continue;
        RowGradient from;
        sums->loss += r->c[y] * row_gradient(r, x, row, y, &from);
        real *dpre = x->dpre + row * x->ld;
        add_columns(&from, from.g, dpre, r->c[y], (double)r->lambda, &sums->aux2);
        if (from.up) add_columns(&from, from.up, dpre + x->I, r->c[y], (double)r->lambda, &sums->aux2);
    }
}

void rules_backward_global(const Rules *rules, int layer, const RuleRows *x) {
    double lm2 = 0;
    for (int row = 0; row < x->T; row++) lm2 += x->ops->sum_squares(x->dpre + row * x->ld, x->I);
    for (int i = 0; i < rules->n; i++) {
        const Rule *r = &rules->rule[i];
        if (r->layer != layer) continue;
        r->sums[x->sequence] = (RuleSums){.lm2 = lm2};
        if (r->scope == SCOPE_GLOBAL) add_rule_gradient(r, x);
    }
}

void rules_backward_local(const Rules *rules, int layer, const RuleRows *x) {
    for (int i = 0; i < rules->n; i++) {
        const Rule *r = &rules->rule[i];
        if (r->layer == layer && r->scope == SCOPE_LOCAL) add_rule_gradient(r, x);
    }
}

/* ---- clamps and routes ---- */

void rules_forward(const Rules *rules, int layer, const RuleRows *x) {
    for (int i = 0; i < rules->n; i++) {
        const Rule *r = &rules->rule[i];
        if (r->layer != layer || (!r->clamp && !r->observed_post && !r->observed_pre)) continue;
        for (int row = 0; row < x->T; row++) {
            const real *pre = x->pre + row * x->ld;
            real *post = x->post + (ptrdiff_t)row * x->I;
            ptrdiff_t at = (ptrdiff_t)(x->token + row) * r->n_units;
            for (int j = 0; j < r->n_units; j++) {
                if (r->observed_pre) r->observed_pre[at + j] = pre[r->unit[j]];
                if (r->observed_post) r->observed_post[at + j] = post[r->unit[j]];
                if (r->clamp && r->clamp[at + j] == r->clamp[at + j]) post[r->unit[j]] = r->clamp[at + j];
            }
        }
    }
}

/* Gradient routing (Cloud et al. 2024, arXiv 2410.04332): tokens of the class train only the units, tokens of the other
 * side all units except these. */
static void route_row(const Rule *r, real *dpost, int I, int y) {
    if (y == LABEL_OTHER) {
        for (int j = 0; j < r->n_units; j++) dpost[r->unit[j]] = 0;
        return;
    }
    for (int i = 0, j = 0; i < I; i++) {
        if (j < r->n_units && r->unit[j] == i) j++;
        else dpost[i] = 0;
    }
}

void rules_route(const Rules *rules, int layer, const RuleRows *x) {
    for (int i = 0; i < rules->n; i++) {
        const Rule *r = &rules->rule[i];
        bool route = r->route == ROUTE_ACTIVATIONS;
        if (r->layer != layer || (!r->clamp && !route)) continue;
        for (int row = 0; row < x->T; row++) {
            real *dpost = x->dpost + (ptrdiff_t)row * x->I;
            int y = r->label[x->token + row];
            ptrdiff_t at = (ptrdiff_t)(x->token + row) * r->n_units;
            if (route && y >= 0) route_row(r, dpost, x->I, y);
            for (int j = 0; r->clamp && j < r->n_units; j++)
                if (r->clamp[at + j] == r->clamp[at + j]) dpost[r->unit[j]] = 0;
        }
    }
}
