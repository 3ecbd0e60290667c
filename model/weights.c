#include "model/weights.h"

#include <stdlib.h>
#include <string.h>

/* So many columns fill complete panels in every instruction set; a member's share begins at such a multiple. PIECE: as
 * many rows of a file are in memory twice while they are packed. */
enum { PANEL = 32, PIECE = 32 * PANEL };

static void place_weight(Arena *arena, Weight *w, Packing packing) {
    uintptr_t base = (uintptr_t)arena->base;
    if (w->O == 0 || packing == PACK_NONE) return;
    w->forward = (void *)(base + arena_add(arena, PACKED_REALS(w->C, w->O) * sizeof(real)));
    if (packing == PACK_BOTH)
        w->backward = (void *)(base + arena_add(arena, PACKED_REALS(w->O, w->C) * sizeof(real)));
}

/* Places everything in the arena. Before the arena is allocated, this only measures its size. */
static void lay_out(Weights *s, Packing packing) {
    s->arena.size = 0;
    for (int l = 0; l < s->n_layer; l++) {
        BlockWeights *b = &s->block[l];
#define PLACE(name, tensors) place_weight(&s->arena, &b->name, packing);
        BLOCK_LAYERS(PLACE)
#undef PLACE
    }
    place_weight(&s->arena, &s->head, packing);
    place_weight(&s->arena, &s->tool.point, packing);
    place_weight(&s->arena, &s->tool.call, packing);
    place_weight(&s->arena, &s->tool.write, packing == PACK_NONE ? PACK_NONE : PACK_FORWARD);
    place_weight(&s->arena, &s->tool.gate, packing);
}

/* Sets the shapes of a block's matrices. */
static void shape_block(BlockWeights *b, const ModelConfig *c) {
    int d = c->n_embd, I = c->n_inner;
    if (c->attn == ATTN_CAUSAL) {
        b->qkv = (Weight){.O = qkv_width(c), .C = d};
        b->o = (Weight){.O = d, .C = heads_width(c)};
    }
    if (c->mlp == MLP_PLAIN) {
        b->in = (Weight){.O = pre_width(c), .C = d};
        b->out = (Weight){.O = d, .C = I};
    }
}

static ToolWeights shape_tool(const ModelConfig *c) {
    const ToolStage *t = &c->tool;
    int d = c->n_embd;
    if (t->n_tools == 0) return (ToolWeights){.none = NULL};
    return (ToolWeights){.point = {.O = tool_point_width(c), .C = d},
                         .call = {.O = 1 + t->n_tools, .C = d},
                         .write = {.O = d, .C = d},
                         .gate = {.O = t->gated, .C = d}};
}

size_t weights_bytes(const ModelConfig *c, Packing packing) {
    BlockWeights block = {0};
    shape_block(&block, c);
    Weights one = {.n_layer = 1, .block = &block},
            rest = {.head = {.O = c->vocab_size, .C = c->n_embd}, .tool = shape_tool(c)};
    lay_out(&one, packing);
    lay_out(&rest, packing);
    return (size_t)c->n_layer * one.arena.size + rest.arena.size;
}

static void point_at(Weight *w, const Gpt *g, Place at) {
    w->w = tensor_at(g->params, at.weight);
    w->bias = tensor_at(g->params, at.bias);
}

static void point_at_tool(ToolWeights *w, const Gpt *g) {
    if (g->config.tool.n_tools == 0) return;
    point_at(&w->point, g, g->at.tool_point);
    point_at(&w->call, g, g->at.tool_call);
    point_at(&w->write, g, g->at.tool_write);
    point_at(&w->gate, g, g->at.tool_gate);
    w->none = tensor_at(g->params, g->at.tool_none);
    w->end = tensor_at(g->params, g->at.tool_end);
    w->wte = tensor_at(g->params, g->at.wte);
}

Status weights_create(Weights *out, const Gpt *g, Packing packing, Err *err) {
    const ModelConfig *c = &g->config;
    if (!g->ops->exact) packing = PACK_NONE;
    *out = (Weights){.n_layer = c->n_layer,
                     .head = {.O = c->vocab_size, .C = c->n_embd},
                     .tool = shape_tool(c),
                     .map = &g->map};
    out->block = calloc((size_t)c->n_layer, sizeof *out->block);
    if (!out->block) return err_set(err, ERR_NOMEM, "no memory for the weights of %d layers", c->n_layer);
    for (int l = 0; l < c->n_layer; l++) {
        const BlockPlaces *p = &g->at.block[l];
        BlockWeights *b = &out->block[l];
        shape_block(b, c);
#define POINT(name, tensors) point_at(&b->name, g, p->name);
        BLOCK_LAYERS(POINT)
#undef POINT
    }
    point_at(&out->norm_f, g, g->at.norm_f);
    point_at(&out->head, g, g->at.head);
    point_at_tool(&out->tool, g);
    lay_out(out, packing);
    if (packing == PACK_NONE) return OK;
    Status status = arena_allocate(&out->arena, "packed weights", err);
    if (status != OK) weights_free(out);
    else lay_out(out, packing);
    return status;
}

void weights_free(Weights *s) {
    arena_free(&s->arena);
    free(s->block);
    memset(s, 0, sizeof *s);
}

/* Products read the packed weights; so those in a file need no memory. */
static void pack_forward(const Weights *s, const Weight *w, const Ops *ops, const Team *team) {
    int from, to, C = w->C;
    if (!w->forward) return;
    team_share(team, w->O, PANEL, &from, &to);
    for (int o = from; o < to; o += PIECE) {
        int n = to - o < PIECE ? to - o : PIECE;
        const real *rows = w->w + (ptrdiff_t)o * C;
        ops->pack(w->forward + (ptrdiff_t)o * C, (View){rows, 1, C}, C, n);
        file_map_forget(s->map, rows, (size_t)n * (size_t)C * sizeof(real));
    }
}

static void pack_backward(const Weight *w, const Ops *ops, const Team *team) {
    int from, to;
    if (!w->backward) return;
    team_share(team, w->C, PANEL, &from, &to);
    if (from < to)
        ops->pack(w->backward + (ptrdiff_t)from * w->O, (View){w->w + from, w->C, 1}, w->O, to - from);
}

static void pack_weight(const Weights *s, const Weight *w, const Ops *ops, Packing packing,
                        const Team *team) {
    if (packing != PACK_NONE) pack_forward(s, w, ops, team);
    if (packing == PACK_BOTH) pack_backward(w, ops, team);
}

void weights_pack(const Weights *s, const Ops *ops, Packing packing, const Team *team) {
    for (int l = 0; l < s->n_layer; l++) {
        const BlockWeights *b = &s->block[l];
#define PACK(name, tensors) pack_weight(s, &b->name, ops, packing, team);
        BLOCK_LAYERS(PACK)
#undef PACK
    }
    pack_weight(s, &s->head, ops, packing, team);
    pack_weight(s, &s->tool.point, ops, packing, team);
    pack_weight(s, &s->tool.call, ops, packing, team);
    pack_weight(s, &s->tool.write, ops, packing, team);
    pack_weight(s, &s->tool.gate, ops, packing, team);
}
