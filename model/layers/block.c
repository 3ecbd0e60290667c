#include "model/layers/block.h"

#include "model/layers/causal_mean.h"
#include "model/layers/mlp.h"
#include "model/layers/self_attention.h"

void block_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g) {
    size_t stream = (size_t)room->rows * (size_t)c->n_embd;
    if (g) {
        ARENA_PLACE(arena, g->dx, stream);
        ARENA_PLACE(arena, g->dnorm, stream);
    }
    a->mid = a->x; /* if no attention places a matrix of its own: none in the config, or no backward pass */
    if (c->attn == ATTN_CAUSAL) self_attention_place(arena, c, room, a, g);
    if (c->attn == ATTN_MEAN) mean_attention_place(arena, c, room, a, g);
    a->next = a->mid; /* the same for the MLP */
    if (c->mlp == MLP_PLAIN) mlp_place(arena, c, room, a, g);
}

void block_forward(const Block *b) {
    const BlockActs *a = b->a;
    int d = b->d;
    hook(b, HOOK_RESID_PRE, own_rows(b, a->x, d), d);
    if (b->c->attn == ATTN_CAUSAL) self_attention_forward(b);
    if (b->c->attn == ATTN_MEAN) mean_attention_forward(b);
    hook(b, HOOK_RESID_MID, own_rows(b, a->mid, d), d);
    if (b->c->mlp == MLP_PLAIN) mlp_forward(b);
    hook(b, HOOK_RESID_POST, own_rows(b, a->next, d), d);
}

void block_backward(const Block *b) {
    if (b->c->mlp == MLP_PLAIN) mlp_backward(b);
    if (b->c->attn == ATTN_MEAN) mean_attention_backward(b);
    if (b->c->attn == ATTN_CAUSAL) self_attention_backward(b);
}
