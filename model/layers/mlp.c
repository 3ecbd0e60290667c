#include "model/layers/mlp.h"

#include "model/neurons/rules.h"

void mlp_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g) {
    size_t n = (size_t)room->rows, I = (size_t)c->n_inner, in = (size_t)pre_width(c);
    norm_rows_place(arena, &a->norm2, room->rows, c->n_embd);
    ARENA_PLACE(arena, a->pre, n * in);
    ARENA_PLACE(arena, a->post, n * I);
    if (room->backward) ARENA_PLACE(arena, a->next, n * (size_t)c->n_embd);
    if (g) {
        ARENA_PLACE(arena, g->dpost, n * I);
        ARENA_PLACE(arena, g->dpre, n * in);
    }
}

/* A step of the neuron rules: rules_forward, rules_route, rules_backward_global or rules_backward_local. */
typedef void RulesStep(const Rules *, int layer, const RuleRows *);

/* Does the step for each of this member's sequences, if the batch has rules for the layer. A step gets the rows of one
 * sequence: its z, a and their gradients. */
static void each_sequence(const Block *b, RulesStep *step) {
    if (!rules_at(b->rules, b->layer)) return;
    const ModelConfig *c = b->c;
    const Chunk *k = b->k;
    int I = c->n_inner, in = b->in;
    CHECK((int64_t)RULE_SCRATCH * I <= GEMM_SCRATCH_REALS);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        ptrdiff_t row = chunk_row(k, s);
        RuleRows rows = {.ops = b->e->ops,
                         .act = c->act,
                         .T = chunk_length(k, s),
                         .I = I,
                         .ld = in,
                         .token = k->batch->start[s],
                         .sequence = s,
                         .gated = c->gated,
                         .pre = b->a->pre + row * in,
                         .post = b->a->post + row * I,
                         .dpost = b->g->dpost + row * I,
                         .dpre = b->g->dpre + row * in,
                         .scratch = b->e->gemm};
        step(b->rules, b->layer, &rows);
    }
}

/* Does a step of the batch's rules in this layer. Without rules, as in most runs, it does nothing. */
static inline void apply_rules(const Block *b, RulesStep *step) {
    if (b->rules) each_sequence(b, step);
}

void mlp_forward(const Block *b) {
    const ModelConfig *c = b->c;
    const BlockActs *a = b->a;
    const BlockWeights *w = b->w;
    int d = b->d, I = c->n_inner, in = b->in, n = b->k->n;
    real *mid = own_rows(b, a->mid, d), *next = own_rows(b, a->next, d), *u = own_rows(b, a->norm2.y, d);
    real *pre = own_rows(b, a->pre, in), *up = c->gated ? pre + I : NULL, *post = own_rows(b, a->post, I);

    norm_rows_forward(b->e, c, &a->norm2, a->mid, &w->norm2, b->k->r0, n);
    hook(b, HOOK_LN2, u, d);
    linear_forward(b->e, pre, in, u, &w->in, n);
    hook(b, HOOK_PRE, pre, in);
    hook(b, HOOK_PRE_LINEAR, up, in);
    b->e->ops->act_forward(post, pre, up, c->act, n, I, in);
    apply_rules(b, rules_forward);
    hook(b, HOOK_POST, post, I);
    add_linear(b, HOOK_MLP_OUT, next, mid, post, &w->out);
}

/* With dnext in dx:
 *   dpost = dnext Wout     dWout += dnext^T post     dbout += column sums of dnext
 *   dpre = dpost phi'(pre), gated: dgate = dpost up phi'(gate), dup = dpost phi(gate)
 *   du = dpre Win          dWin += dpre^T u          dbin += column sums of dpre
 *   dmid = dnext + norm2's backward of du
 * Neuron rules change this in three places: a route or a clamp sets parts of dpost to 0; rules of scope global add the
 * gradient of their loss to dpre before du, so it reaches the earlier layers too; those of scope local add it after
 * du, so it reaches only Win and its bias. */
void mlp_backward(const Block *b) {
    const ModelConfig *c = b->c;
    const BlockActs *a = b->a;
    const BlockGrads *g = b->g;
    const BlockWeights *w = b->w;
    int d = b->d, I = c->n_inner, in = b->in, n = b->k->n;
    real *pre = own_rows(b, a->pre, in), *up = c->gated ? pre + I : NULL;
    real *dpre = own_rows(b, g->dpre, in), *dup = c->gated ? dpre + I : NULL;
    real *dpost = own_rows(b, g->dpost, I);

    linear_backward_input(b->e, dpost, own_rows(b, g->dx, d), d, &w->out, n);
    apply_rules(b, rules_route);
    b->e->ops->act_backward(dpre, dup, dpost, pre, up, c->act, n, I, in);
    /* dpre += lambda c g, the gradient of the rules' losses (model/neurons/rules.c). For pre_hinge, the default loss,
     * hinge() there computes g. */
    apply_rules(b, rules_backward_global);
    linear_backward_input(b->e, own_rows(b, g->dnorm, d), dpre, in, &w->in, n);
    apply_rules(b, rules_backward_local);

    team_wait(b->e->team); /* weight gradients sum over all rows of the chunk */
    weight_gradient(b, &w->out, g->dx, d, a->post);
    weight_gradient(b, &w->in, g->dpre, in, a->norm2.y);
    norm_gradient(b, &w->norm2, &a->norm2, a->mid);
    team_wait(b->e->team); /* from here on, rows may be overwritten */
    norm_rows_backward(b->e, c, g->dx, g->dnorm, a->mid, &a->norm2, &w->norm2, b->k->r0, n);
}
