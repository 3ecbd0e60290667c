#include "model/work.h"

#include <stdlib.h>

#include "model/layers/block.h"

enum { LOGITS_BYTES = 256 * 1024 }; /* a block of logits stays in the second-level cache */

/* Places everything in the arena. Before the arena is allocated, this only measures its size. */
static void lay_out(GptWork *w, const ModelConfig *c) {
    size_t n = (size_t)w->room.rows;
    w->arena.size = 0;
    ARENA_PLACE(&w->arena, w->start, n * (size_t)c->n_embd);
    real *stream = w->start;
    for (int l = 0; l <= c->n_layer; l++) {
        if (tool_behind(c, l)) {
            w->tool.x = stream;
            tool_place(&w->arena, c, &w->room, &w->tool);
            stream = w->tool.y;
        }
        if (l > 0 && l < c->n_layer && !w->room.backward) w->block[l] = w->block[0];
        w->block[l].x = stream;
        if (l == c->n_layer) break;
        if (l == 0 || w->room.backward)
            block_place(&w->arena, c, &w->room, &w->block[l], l == 0 && w->room.backward ? &w->grads : NULL);
        stream = w->block[l].next;
    }
    norm_rows_place(&w->arena, &w->norm_f, w->room.rows, c->n_embd);
    ARENA_PLACE(&w->arena, w->logits, (size_t)w->logits_rows * (size_t)w->logits_ld);
    ARENA_PLACE(&w->arena, w->pos, n);
    ARENA_PLACE(&w->arena, w->nats, n);
    for (int r = 0; r < w->team_size; r++) {
        ARENA_PLACE(&w->arena, w->gemm[r], GEMM_SCRATCH_REALS);
        ARENA_PLACE(&w->arena, w->scores[r], ATTENTION_ROWS * (size_t)w->room.length);
    }
}

static void measure(GptWork *w, const ModelConfig *c, int max_tokens, int max_seq, int max_len, bool backward,
                    int team_size) {
    w->room = (Room){max_tokens, max_seq, max_len, backward};
    w->team_size = team_size;
    w->logits_ld = (c->vocab_size + 15) / 16 * 16 +
                   16; /* at a distance of a power of two, rows would share cache sets */
    int rows = LOGITS_BYTES / (int)sizeof(real) / c->vocab_size;
    w->logits_rows = (rows < 16 ? 16 : rows > 256 ? 256 : rows / 4 * 4) * team_size;
    lay_out(w, c);
}

/* Allocates the tables of pointers, which are outside the arena. */
static bool allocate_places(GptWork *w, const ModelConfig *c, int team_size) {
    size_t members = (size_t)team_size;
    w->block = calloc((size_t)c->n_layer + 1, sizeof *w->block);
    w->gemm = calloc(members, sizeof *w->gemm);
    w->scores = calloc(members, sizeof *w->scores);
    return w->block && w->gemm && w->scores;
}

static void free_places(GptWork *w) {
    free(w->block);
    free(w->gemm);
    free(w->scores);
    weights_free(&w->own);
}

size_t gpt_work_bytes(const ModelConfig *config, int max_tokens, int max_seq, int max_len, bool backward,
                      int team_size) {
    GptWork w = {0};
    size_t bytes = SIZE_MAX;
    if (allocate_places(&w, config, team_size)) {
        measure(&w, config, max_tokens, max_seq, max_len, backward, team_size);
        bytes = w.arena.size;
    }
    free_places(&w);
    return bytes;
}

Status gpt_work_create(GptWork **out, const Gpt *g, int max_tokens, int max_seq, int max_len, bool backward,
                       int team_size, const Weights *shared, Err *err) {
    CHECK(max_len <= max_tokens && max_len <= g->config.block_size);
    *out = NULL;
    GptWork *w = calloc(1, sizeof *w);
    if (!w || !allocate_places(w, &g->config, team_size)) {
        gpt_work_free(w);
        return err_set(err, ERR_NOMEM, "no memory for the activations' table");
    }
    measure(w, &g->config, max_tokens, max_seq, max_len, backward, team_size);
    Status status = shared ? OK : weights_create(&w->own, g, PACK_NONE, err);
    if (status == OK) status = arena_allocate(&w->arena, "activations", err);
    if (status != OK) {
        gpt_work_free(w);
        return status;
    }
    lay_out(w, &g->config);
    w->weights = shared ? shared : &w->own;
    w->hooks.config = &g->config;
    *out = w;
    return OK;
}

void gpt_work_free(GptWork *w) {
    if (!w) return;
    arena_free(&w->arena);
    free_places(w);
    free(w);
}

void gpt_work_edit(GptWork *w, const Edits *edits) { w->hooks.edits = edits; }

Chunk work_chunk(const GptWork *w, const Batch *batch, int s0, int seq1, const Team *team) {
    Chunk k = {.batch = batch, .s0 = s0, .first = batch->start[s0]};
    k.s1 = s0 + 1;
    while (k.s1 < seq1 && k.s1 - s0 < w->room.sequences && batch->start[k.s1 + 1] - k.first <= w->room.rows)
        k.s1++;
    k.rows = batch->start[k.s1] - k.first;
    CHECK(k.rows <= w->room.rows);
    for (int s = k.s0; s < k.s1; s++) CHECK(chunk_length(&k, s) <= w->room.length);
    team_share(team, k.s1 - s0, 1, &k.own_s0, &k.own_s1);
    k.own_s0 += s0;
    k.own_s1 += s0;
    k.r0 = batch->start[k.own_s0] - k.first;
    k.n = batch->start[k.own_s1] - k.first - k.r0;
    return k;
}

Exec work_exec(const Gpt *g, const GptWork *w, const Team *team) {
    return (Exec){g->ops, team, w->gemm[team->rank], w->scores[team->rank]};
}

ToolRun work_tool(const Gpt *g, const GptWork *w, const Chunk *k, const Exec *e, real *grad) {
    return (ToolRun){.c = &g->config,
                     .e = e,
                     .w = &w->weights->tool,
                     .k = k,
                     .a = &w->tool,
                     .symbol_class = k->batch->tools ? k->batch->tools->symbol_class : NULL,
                     .hooks = hooks_idle(&w->hooks) ? NULL : &w->hooks,
                     .branch = w->norm_f.y, /* free until all blocks are done */
                     .g = &w->grads,
                     .params = g->params,
                     .grad = grad};
}

Block work_block(const Gpt *g, const GptWork *w, const Chunk *k, const Exec *e, int layer, real *grad) {
    const ModelConfig *c = &g->config;
    return (Block){.c = c,
                   .d = c->n_embd,
                   .ld = qkv_width(c),
                   .zw = heads_width(c),
                   .in = pre_width(c),
                   .e = e,
                   .w = &w->weights->block[layer],
                   .k = k,
                   .a = &w->block[layer],
                   .layer = layer,
                   .pos = w->pos,
                   .rope_table = g->rope_table,
                   .hooks = hooks_idle(&w->hooks) ? NULL : &w->hooks,
                   .branch = w->norm_f.y, /* free until all blocks are done */
                   .rules = w->room.backward ? k->batch->rules : NULL,
                   .g = &w->grads,
                   .params = g->params,
                   .grad = grad};
}
