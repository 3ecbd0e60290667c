/* The maximal-update parametrization (Yang et al. 2022, arXiv 2203.03466, Tensor Programs V): activations and
 * their changes keep their size as the width grows, so that one learning rate serves all widths.
 *
 * With s = mup_base_width / n_embd, the values of the standard parametrization are multiplied by
 *
 *                            initial values   rate, AdamW and SOAP    rate, Muon
 *   embeddings, vectors            1                   1                   1
 *   matrices of blocks, tools   sqrt(s)                s                sqrt(s)
 *   q, and its bias             sqrt(s) more        sqrt(s) more        sqrt(s) more
 *   head, not tied                 s                   s                   s
 *   tied: last gain, bias          s                   s                   s
 *
 * Two keys change the row of q. With qk_norm the size of q does not depend on its weights: in place of q, the gain of
 * its norm has the factor sqrt(s) in all three columns. With head_dim a head does not grow with the width: there is no
 * such factor.
 *
 * At the base width all factors are 1. It should be the narrowest width (docs/math.md has the cost of a wide one).
 *
 * The first two columns are the paper's table 3 (table 8 for a tied head); they assume that n_inner, and
 * with head_dim also n_head, grow with n_embd.
 * Two of the paper's rules are multipliers in the forward pass. Here they are factors of parameters next to them: a
 * parameter a times as large, with a times the rate, gives the same function after every step of Adam. The first rule
 * divides attention scores by the head size instead of its root: factor sqrt(s) at q, if the number of heads is that of
 * the base. The second multiplies the logits of a tied head by s: factor s at the gain and bias of the last norm. (The
 * size of Muon's update of q does not depend on the size of q, so the rate for Muon has the factor of q too.)
 *
 * Muon's update has singular values of 0.2 sqrt(longer side), which must not grow with the width (Yang, Simon &
 * Bernstein 2023, arXiv 2310.17813): factor sqrt(s). No paper gives rates for SOAP; its first updates grow like those
 * of AdamW (`rote coordinates train.optimizer=soap`), so it has AdamW's rates. */
#include "model/parametrization.h"

#include <string.h>

static bool ends_with(const char *name, const char *end) {
    size_t n = strlen(name), m = strlen(end);
    return n >= m && !strcmp(name + n - m, end);
}

static void multiply(Tensor *t, double start, double rate) {
    t->init_std *= start;
    t->init_value *= start;
    t->rate_scale *= rate;
}

/* What sets the size of queries, where heads grow with the width. */
static bool is_query(const Tensor *t, const ModelConfig *c) {
    if (c->head_dim) return false;
    if (c->qk_norm) return ends_with(t->name, "attn.q_norm.weight");
    return ends_with(t->name, "attn.q.weight") || ends_with(t->name, "attn.q.bias");
}

void parametrization_apply(ParamTable *table, const Config *config) {
    if (config->train.parametrization != PARAM_MUP) return;
    double s = (double)config->train.mup_base_width / config->model.n_embd, root = __builtin_sqrt(s);
    double block_rate = config->train.optimizer == OPT_MUON ? root : s;
    for (int i = 0; i < table->count; i++) {
        Tensor *t = &table->tensor[i];
        bool hidden = t->part == PART_ATTENTION || t->part == PART_MLP || t->part == PART_TOOLS;
        if (t->matrix && hidden) multiply(t, root, block_rate);
        if (is_query(t, &config->model)) multiply(t, root, root);
        if (t->part == PART_HEAD) multiply(t, s, s);
        if (config->model.tie_weights && !strncmp(t->name, "norm_f.", 7)) multiply(t, s, s);
    }
}
