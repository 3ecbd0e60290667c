#include "base/config/match.h"

enum { INNER_MAX = 1048576, WIDTH_MAX = 65536 }; /* as the keys allow */
static const double NEAR = 0.01;

int64_t config_params(const ModelConfig *m) {
    int64_t d = m->n_embd, inner = m->n_inner, hd = head_size(m), q = m->n_head * hd, kv = m->n_kv_head * hd;
    int64_t norm = m->norm == NORM_LAYERNORM && m->bias ? 2 * d : d;
    int64_t block = 0;
    if (m->attn == ATTN_CAUSAL) {
        block += norm + 2 * q * d + 2 * kv * d + (m->qk_norm ? 2 * hd : 0);
        block += (m->bias || m->qkv_bias ? q + 2 * kv : 0) + (m->bias ? d : 0);
    }
    if (m->mlp == MLP_PLAIN)
        block += norm + (m->gated ? 3 : 2) * inner * d + (m->bias ? (m->gated ? 2 : 1) * inner + d : 0);
    /* the stage of tools (model/params.c): its calls with their biases, M, none and end, the pointers' Q and K,
     * and its gate */
    const ToolStage *t = &m->tool;
    int64_t tool = t->n_tools ? (t->n_tools + 1) * (d + 1) + d * d + 2 * d +
                                    2 * POINTER_WIDTH * t->n_pointers * d + (t->gated ? d + 1 : 0)
                              : 0;
    int64_t tables = 1 + !m->tie_weights;
    return tables * m->vocab_size * d + (m->pos == POS_LEARNED ? m->block_size * d : 0) + m->n_layer * block +
           norm + tool;
}

/* The size that comes nearest to match_params. */
typedef struct Choice {
    int size; /* n_inner, or n_embd in units of width_unit */
    /* its parameters; the possible numbers on both sides of match_params, 0: none */
    int64_t params, below, over;
} Choice;

/* params_of grows with the size, so bisection finds the first one that reaches match_params. */
static Choice choose(const ModelConfig *m, int max, int64_t (*params_of)(const ModelConfig *m, int size)) {
    int low = 0, high = max + 1; /* low: too small, or 0; high: large enough, or past the maximum */
    while (high - low > 1) {
        int middle = low + (high - low) / 2;
        if (params_of(m, middle) < m->match_params) low = middle;
        else high = middle;
    }
    Choice c = {.below = low > 0 ? params_of(m, low) : 0, .over = high <= max ? params_of(m, high) : 0};
    bool take_low = !c.over || (c.below && m->match_params - c.below <= c.over - m->match_params);
    c.size = take_low ? low : high;
    c.params = take_low ? c.below : c.over;
    return c;
}

static Status check(const ModelConfig *m, const Choice *c, const char *key, const char *advice, Err *err) {
    double off = (double)(c->params - m->match_params) / (double)m->match_params;
    if (off <= NEAR && off >= -NEAR) return OK;
    char near[128];
    bool two = c->below && c->over;
    if (two)
        snprintf(near, sizeof near, "the nearest are %lld and %lld", (long long)c->below, (long long)c->over);
    else if (c->over) snprintf(near, sizeof near, "the minimum is %lld", (long long)c->over);
    else snprintf(near, sizeof near, "the maximum is %lld", (long long)c->below);
    return err_set(err, ERR_INPUT,
                   "model.match_params is %lld: no %s comes within 1 %% of it; %s for this structure; set "
                   "model.match_params to %s, or change %s",
                   (long long)m->match_params, key, near, two ? "one of those" : "that", advice);
}

static int64_t params_of_inner(const ModelConfig *m, int inner) {
    ModelConfig sized = *m;
    sized.n_inner = inner;
    return config_params(&sized);
}

Status match_inner(ModelConfig *m, Err *err) {
    Choice c = choose(m, INNER_MAX, params_of_inner);
    TRY(check(m, &c, "model.n_inner", "n_embd or n_layer", err));
    if (m->n_inner != 0 && m->n_inner != c.size)
        return err_set(
            err, ERR_INPUT,
            "model.n_inner is %d, but model.match_params=%lld requires %d; leave one of the keys out",
            m->n_inner, (long long)m->match_params, c.size);
    m->n_inner = c.size;
    return OK;
}

/* The width is a multiple of this: n_head must divide it, unless the heads have a size of their own. */
static int width_unit(const ModelConfig *m) { return m->head_dim ? 1 : m->n_head; }

static int64_t params_of_heads(const ModelConfig *m, int size) {
    ModelConfig sized = *m;
    sized.n_embd = size * width_unit(m);
    return config_params(&sized);
}

Status match_width(ModelConfig *m, Err *err) {
    Choice c = choose(m, WIDTH_MAX / width_unit(m), params_of_heads);
    TRY(check(m, &c, "model.n_embd", "n_head, n_layer or the vocabulary", err));
    m->n_embd = c.size * width_unit(m);
    return OK;
}
