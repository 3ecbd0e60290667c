/* One token at a time, through the blocks of the full pass; only attention and the causal mean read a cache instead of
 * the whole sequence. Every output is the same chain of operations as in the full pass (products over k, softmax sums
 * by key index), so the results have the same bits. */
#include "model/decode.h"

#include <stdlib.h>
#include <string.h>

#include "model/layers/block.h"
#include "model/layers/embedding.h"
#include "model/layers/tool.h"

struct Decoder {
    const Gpt *g;
    int rows; /* tokens that decoder_read computes at once */
    Weights weights;
    Team team;
    Exec exec;
    Hooks hooks;

    Block *block; /* n_layer; all use the same rows, each has its own cache */
    Cache *cache; /* n_layer */
    real *kept;   /* keys, then values, of all caches: only what was read takes memory */
    BlockActs acts;
    NormRows norm_f;
    int32_t *pos;
    real *logits; /* (V) */

    /* the stage of tools, if the model has one */
    ToolActs tool;
    ToolCache tool_cache;
    ToolRun tool_run;
    DecoderTool *ask; /* NULL: nothing is written */
    void *user;
    int32_t *call, *point, *written; /* (rows), (rows,P), (rows) */

    int position;     /* tokens read */
    int32_t start[2]; /* the tokens to read are a chunk of one sequence */
    Batch batch;
    Chunk chunk;
    Arena arena;
};

static void lay_out_tool(Decoder *s, const Room *room) {
    const ModelConfig *c = &s->g->config;
    Arena *arena = &s->arena;
    size_t rows = (size_t)s->rows, T = (size_t)c->block_size, P = (size_t)c->tool.n_pointers;
    s->tool.x = s->acts.x;
    tool_place(arena, c, room, &s->tool);
    ARENA_PLACE(arena, s->tool_cache.keys, T * P * POINTER_WIDTH);
    ARENA_PLACE(arena, s->tool_cache.tokens, T);
    ARENA_PLACE(arena, s->call, rows);
    ARENA_PLACE(arena, s->point, rows * P);
    ARENA_PLACE(arena, s->written, rows);
}

/* Keys of all layers, and as many values. */
static size_t key_reals(const ModelConfig *c) {
    return c->attn == ATTN_CAUSAL ? (size_t)c->n_layer * (size_t)kv_width(c) * (size_t)c->block_size : 0;
}

/* Places everything in the arena. Before the arena is allocated, this only measures its size. */
static void lay_out(Decoder *s) {
    const ModelConfig *c = &s->g->config;
    Arena *arena = &s->arena;
    const Room room = {.rows = s->rows};
    size_t d = (size_t)c->n_embd, T = (size_t)c->block_size, kv = (size_t)kv_width(c);
    arena->size = 0;
    for (int l = 0; l < c->n_layer; l++) {
        Cache *cache = &s->cache[l];
        cache->kv.T = c->block_size;
        if (c->attn == ATTN_CAUSAL) {
            cache->kv.keys = s->kept + (size_t)l * kv * T;
            cache->kv.values = cache->kv.keys + key_reals(c);
        }
        if (c->attn == ATTN_MEAN) ARENA_PLACE(arena, cache->sums, T * d);
    }
    ARENA_PLACE(arena, s->acts.x, (size_t)s->rows * d);
    block_place(arena, c, &room, &s->acts, NULL);
    if (c->tool.n_tools) lay_out_tool(s, &room);
    norm_rows_place(arena, &s->norm_f, s->rows, c->n_embd);
    ARENA_PLACE(arena, s->pos, s->rows);
    ARENA_PLACE(arena, s->logits, c->vocab_size);
    ARENA_PLACE(arena, s->exec.scores, (size_t)(c->tool.n_tools ? ATTENTION_ROWS + s->rows : s->rows) * T);
    ARENA_PLACE(arena, s->exec.gemm, GEMM_SCRATCH_REALS);
}

static void make_blocks(Decoder *s) {
    const Gpt *g = s->g;
    const ModelConfig *c = &g->config;
    for (int l = 0; l < c->n_layer; l++)
        s->block[l] = (Block){.c = c,
                              .d = c->n_embd,
                              .ld = qkv_width(c),
                              .zw = heads_width(c),
                              .in = pre_width(c),
                              .e = &s->exec,
                              .w = &s->weights.block[l],
                              .k = &s->chunk,
                              .a = &s->acts,
                              .layer = l,
                              .pos = s->pos,
                              .rope_table = g->rope_table,
                              .cache = &s->cache[l],
                              .branch = s->norm_f.y}; /* free until all blocks are done */
}

static void make_tool(Decoder *s) {
    s->tool_run = (ToolRun){.c = &s->g->config,
                            .e = &s->exec,
                            .w = &s->weights.tool,
                            .k = &s->chunk,
                            .a = &s->tool,
                            .branch = s->norm_f.y,
                            .cache = &s->tool_cache};
}

Status decoder_create_rows(Decoder **out, const Gpt *g, int rows, Err *err) {
    const ModelConfig *c = &g->config;
    CHECK(rows >= 1 && rows <= DECODER_ROWS);
    *out = NULL;
    Decoder *s = calloc(1, sizeof *s);
    if (s) s->block = calloc((size_t)c->n_layer, sizeof *s->block);
    if (s) s->cache = calloc((size_t)c->n_layer, sizeof *s->cache);
    if (!s || !s->block || !s->cache) {
        decoder_free(s);
        return err_set(err, ERR_NOMEM, "no memory for the decoder of %d layers", c->n_layer);
    }
    s->g = g;
    s->rows = rows;
    s->kept = memory_reserve(2 * key_reals(c) * sizeof(real));
    if (!s->kept) {
        decoder_free(s);
        return err_set(err, ERR_NOMEM, "no memory for the keys and values of %d tokens", c->block_size);
    }
    lay_out(s);
    Status status = weights_create(&s->weights, g, PACK_FORWARD, err);
    if (status == OK) status = arena_allocate(&s->arena, "decoder", err);
    if (status != OK) {
        decoder_free(s);
        return status;
    }
    s->team = (Team){0, 1, NULL};
    s->exec = (Exec){.ops = g->ops, .team = &s->team};
    s->hooks.config = &g->config;
    s->batch = (Batch){.n_seq = 1, .start = s->start};
    s->chunk = (Chunk){.batch = &s->batch, .s1 = 1, .own_s1 = 1};
    lay_out(s);
    make_blocks(s);
    make_tool(s);
    decoder_refresh(s);
    *out = s;
    return OK;
}

Status decoder_create(Decoder **out, const Gpt *g, Err *err) { return decoder_create_rows(out, g, 1, err); }

void decoder_refresh(Decoder *s) {
    weights_pack(&s->weights, s->g->ops, PACK_FORWARD, &s->team);
    s->position = 0;
}

void decoder_free(Decoder *s) {
    if (!s) return;
    weights_free(&s->weights);
    arena_free(&s->arena);
    memory_free(s->kept);
    free(s->block);
    free(s->cache);
    free(s);
}

void decoder_rewind(Decoder *s, int position) {
    CHECK(position >= 0 && position <= s->position);
    s->position = position; /* caches of later positions are overwritten before they are read */
}

void decoder_edit(Decoder *s, const Edits *edits) {
    s->hooks.edits = edits;
    for (int l = 0; l < s->g->config.n_layer; l++) s->block[l].hooks = edits ? &s->hooks : NULL;
    s->tool_run.hooks = edits ? &s->hooks : NULL;
    s->position = 0;
}

void decoder_tools(Decoder *s, const uint8_t *symbol_class, DecoderTool *tool, void *user) {
    CHECK(s->g->config.tool.n_tools > 0);
    s->tool_run.symbol_class = symbol_class;
    s->ask = tool;
    s->user = user;
    s->position = 0;
}

/* The n rows of the stream at the stage of tools: asks at each what to write, and writes it. */
static void run_tools(Decoder *s, int n) {
    int P = s->g->config.tool.n_pointers;
    if (!s->ask) {
        tool_write(&s->tool_run, NULL); /* an edit may write something */
        return;
    }
    tool_choose(&s->tool_run, s->call, s->point);
    for (int i = 0; i < n; i++)
        s->written[i] =
            s->ask(s->user, s->position + i, s->call[i], s->call[i] ? s->point + (ptrdiff_t)i * P : NULL);
    tool_write(&s->tool_run, s->written);
}

int decoder_position(const Decoder *s) { return s->position; }

const real *decoder_read(Decoder *s, const int32_t *token, int n) {
    const Gpt *g = s->g;
    const ModelConfig *c = &g->config;
    BlockActs *a = &s->acts;
    int d = c->n_embd;
    CHECK(n >= 1 && n <= s->rows && s->position + n <= c->block_size);
    for (int i = 0; i < n; i++) CHECK(token[i] >= 0 && token[i] < c->vocab_size);
    s->batch.inputs = token;
    s->start[1] = n;
    s->chunk.rows = s->chunk.n = n;
    s->chunk.position = s->hooks.position = s->position;

    embedding_forward(g, a->x, s->pos, token, s->position, n);
    /* Each row that was read brought its neighbours in the file along. */
    file_map_forget(&g->map, tensor_at(g->params, g->at.wte),
                    (size_t)c->vocab_size * (size_t)d * sizeof(real));
    for (int l = 0; l <= c->n_layer; l++) {
        if (tool_behind(c, l)) run_tools(s, n);
        if (l < c->n_layer) block_forward(&s->block[l]);
    }
    /* Only the logits after the last token are needed. */
    norm_rows_forward(&s->exec, c, &s->norm_f, a->x + (ptrdiff_t)(n - 1) * d, &s->weights.norm_f, 0, 1);
    if (!hooks_idle(&s->hooks)) hooks_run(&s->hooks, (Hook){HOOK_LN_FINAL, -1}, s->norm_f.y, 1, d, n - 1);
    linear_forward(&s->exec, s->logits, c->vocab_size, s->norm_f.y, &s->weights.head, 1);
    s->position += n;
    return s->logits;
}

const real *decoder_step(Decoder *s, int32_t token) { return decoder_read(s, &token, 1); }

const real *decoder_hidden(const Decoder *s) { return s->norm_f.y; }
