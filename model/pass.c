/* The forward pass, the loss and the backward pass of the whole model.
 *
 * Each member of the team computes the rows of its own sequences. A weight gradient is a sum over all rows of the
 * chunk, so its outputs are divided among the members. This happens between two barriers: after every member has
 * computed its rows, and before rows are overwritten. n: rows of the chunk, d: channels, V: symbols.
 *
 *   gpt_gradient, for each chunk of sequences
 *     forward                   embedding_forward, block_forward of each block, tool_write, norm_f
 *       block_forward           hooks; attention and MLP (model/layers/block.c)
 *     loss_and_head_backward    logits, cross-entropy, the gradients of head and norm_f's output
 *     backward                  norm_f, block_backward of each block and tool_backward in reverse order,
 *                               embedding_backward
 *
 * gpt_code_lengths, gpt_logits and gpt_observe run `forward` alone; gpt_tool_choices its blocks before the stage. */
#include "model/pass.h"

#include <string.h>

#include "model/layers/block.h"
#include "model/layers/embedding.h"
#include "model/work.h"

/* ---- forward ---- */

/* From tokens to the stream, for this member's sequences. */
static void embed(const Gpt *g, GptWork *w, const Chunk *k) {
    ptrdiff_t d = g->config.n_embd;
    for (int s = k->own_s0; s < k->own_s1; s++) {
        ptrdiff_t row = chunk_row(k, s);
        embedding_forward(g, w->start + row * d, w->pos + row, k->batch->inputs + k->batch->start[s], 0,
                          chunk_length(k, s));
    }
}

/* Block l, and nothing else. */
static void one_block(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, int l) {
    Block block = work_block(g, w, k, e, l, NULL);
    block_forward(&block);
}

/* From tokens to norm_f (n,d), the input of the head, for this member's sequences; of all blocks only the first
 * `layers`, with the stage of tools if it is behind one of them. */
static void forward_to(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, int layers) {
    const ModelConfig *c = &g->config;
    ptrdiff_t d = c->n_embd;
    const real *stream = w->block[layers].x; /* (n,d) after these blocks */
    const ToolRows *tools = k->batch->tools;

    embed(g, w, k);
    for (int l = 0; l <= layers; l++) {
        if (tool_behind(c, l)) {
            ToolRun tool = work_tool(g, w, k, e, NULL);
            tool_show(&tool);
            tool_write(&tool, tools && tools->written ? tools->written + k->first : NULL);
        }
        if (l < layers) one_block(g, w, k, e, l);
    }
    norm_rows_forward(e, c, &w->norm_f, stream, &w->weights->norm_f, k->r0, k->n);
    if (!hooks_idle(&w->hooks))
        hooks_run(&w->hooks, (Hook){HOOK_LN_FINAL, -1}, w->norm_f.y + k->r0 * d, k->n, d, k->first + k->r0);
}

static void forward(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e) {
    forward_to(g, w, k, e, g->config.n_layer);
}

/* logits (rows,V) = norm_f head^T, from row `row` of the chunk on; ld reals from one row of logits to the next. */
static void head_forward(const Gpt *g, const GptWork *w, const Exec *e, real *logits, ptrdiff_t ld, int row,
                         int rows) {
    linear_forward(e, logits, ld, w->norm_f.y + (ptrdiff_t)row * g->config.n_embd, &w->weights->head, rows);
}

/* ---- loss and backward ---- */

/* At most logits_rows rows of logits exist at once: the number of those that begin at row `from` of the chunk. */
static int logits_rows_at(const GptWork *w, const Chunk *k, int from) {
    return k->rows - from < w->logits_rows ? k->rows - from : w->logits_rows;
}

/* loss = scale * sum of -ln p(target):
 *   dlogits = (softmax(logits) - onehot(target)) scale     (rows,V), overwrites the logits
 *   dnorm_f = dlogits head          (rows,d)
 *   dhead += dlogits^T norm_f       (V,d)
 * Sets w->nats to -ln p of each row. */
static void loss_and_head_backward(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, real scale,
                                   real *grad) {
    int V = g->config.vocab_size, d = g->config.n_embd;
    for (int first = 0; first < k->rows; first += w->logits_rows) {
        int rows = logits_rows_at(w, k, first), from, to;
        team_share(e->team, rows, 4, &from, &to);
        real *logits = w->logits + from * w->logits_ld;
        if (from < to) {
            int row = first + from;
            head_forward(g, w, e, logits, w->logits_ld, row, to - from);
            e->ops->cross_entropy(logits, w->nats + row, k->batch->targets + k->first + row, scale, to - from,
                                  V, w->logits_ld);
            linear_backward_input(e, w->grads.dnorm + (ptrdiff_t)row * d, logits, w->logits_ld,
                                  &w->weights->head, to - from);
        }
        team_wait(e->team);
        linear_backward_weight(e, tensor_at(grad, g->at.head.weight), NULL, w->logits, w->logits_ld,
                               w->norm_f.y + (ptrdiff_t)first * d, rows, d, V);
        team_wait(e->team);
    }
}

/* From the gradient of norm_f, in dnorm, back to the tokens. scale: that of the read-outs' losses. */
static void backward(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, real scale, real *grad) {
    const ModelConfig *c = &g->config;
    const BlockGrads *grads = &w->grads;
    const real *stream = w->block[c->n_layer].x;
    size_t own = (size_t)k->n * (size_t)c->n_embd;

    norm_rows_backward_weight(e, c, tensor_at(grad, g->at.norm_f.weight), tensor_at(grad, g->at.norm_f.bias),
                              grads->dnorm, stream, &w->norm_f, k->rows);
    team_wait(e->team);
    memset(grads->dx + (ptrdiff_t)k->r0 * c->n_embd, 0, own * sizeof(real));
    norm_rows_backward(e, c, grads->dx, grads->dnorm, stream, &w->norm_f, &w->weights->norm_f, k->r0, k->n);
    for (int l = c->n_layer; l >= 0; l--) {
        if (l < c->n_layer) {
            Block block = work_block(g, w, k, e, l, grad);
            block_backward(&block);
        }
        if (tool_behind(c, l)) {
            ToolRun tool = work_tool(g, w, k, e, grad);
            tool_backward(&tool, scale);
        }
    }
    team_wait(e->team);
    /* A tied wte is also the head. Its gradient as the embedding has its own place, behind the parameters
     * (gpt_gradient_fold). */
    embedding_backward(g, c->tie_weights ? grad + g->table.total : tensor_at(grad, g->at.wte),
                       tensor_at(grad, g->at.wpe), grads->dx, k->batch->inputs + k->first, w->pos, k->rows,
                       e->team);
    team_wait(e->team);
}

double gpt_gradient(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, real scale, real *grad,
                    const Team *team) {
    CHECK(w->room.backward && team->size == w->team_size && !w->hooks.edits);
    Exec e = work_exec(g, w, team);
    double nats = 0;
    for (int s = seq0; s < seq1;) {
        Chunk k = work_chunk(w, batch, s, seq1, team);
        forward(g, w, &k, &e);
        team_wait(team);
        loss_and_head_backward(g, w, &k, &e, scale, grad);
        for (int i = 0; i < k.rows; i++)
            nats += w->nats[i]; /* one chain, so that it does not depend on the chunks */
        backward(g, w, &k, &e, scale, grad);
        s = k.s1;
    }
    return nats;
}

const real *gpt_stream(const GptWork *w, int layer) {
    CHECK(w->room.backward);
    return w->block[layer].x;
}

/* ---- forward passes only, by one thread ---- */

static const Team team_of_one = {0, 1, NULL};

void gpt_code_lengths(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, double *nats,
                      int32_t *best) {
    Exec e = work_exec(g, w, &team_of_one);
    for (int s = seq0; s < seq1;) {
        Chunk k = work_chunk(w, batch, s, seq1, &team_of_one);
        forward(g, w, &k, &e);
        for (int first = 0; first < k.rows; first += w->logits_rows) {
            int rows = logits_rows_at(w, &k, first), token = k.first + first;
            head_forward(g, w, &e, w->logits, w->logits_ld, first, rows);
            e.ops->code_lengths(nats + token, best ? best + token : NULL, w->logits, batch->targets + token,
                                rows, g->config.vocab_size, w->logits_ld);
        }
        s = k.s1;
    }
}

void gpt_logits(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, real *logits) {
    Exec e = work_exec(g, w, &team_of_one);
    int from = batch->start[seq0], V = g->config.vocab_size;
    for (int s = seq0; s < seq1;) {
        Chunk k = work_chunk(w, batch, s, seq1, &team_of_one);
        forward(g, w, &k, &e);
        head_forward(g, w, &e, logits + (ptrdiff_t)(k.first - from) * V, V, 0, k.rows);
        s = k.s1;
    }
}

void gpt_lens(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, int layer,
              const uint8_t *chosen, LogitsObserver *observe, void *user) {
    CHECK(layer >= 0 && layer <= g->config.n_layer && w->team_size == 1);
    Exec e = work_exec(g, w, &team_of_one);
    size_t row_bytes = (size_t)g->config.n_embd * sizeof(real);
    for (int s = seq0; s < seq1;) {
        Chunk k = work_chunk(w, batch, s, seq1, &team_of_one);
        forward_to(g, w, &k, &e, layer);
        for (int r = 0, first = 0, n = 0; r < k.rows; r++) {
            /* chosen rows move up, so that the head computes no others */
            if (chosen[k.first + r] && n != r)
                memcpy(w->norm_f.y + (ptrdiff_t)n * g->config.n_embd,
                       w->norm_f.y + (ptrdiff_t)r * g->config.n_embd, row_bytes);
            n += chosen[k.first + r] != 0;
            if (n - first < w->logits_rows && r + 1 < k.rows) continue;
            if (n > first) head_forward(g, w, &e, w->logits, w->logits_ld, first, n - first);
            for (int i = 0; i < n - first; i++) observe(user, w->logits + i * w->logits_ld);
            first = n;
        }
        s = k.s1;
    }
}

void gpt_tool_choices(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, int32_t *call,
                      int32_t *point) {
    const ToolStage *stage = &g->config.tool;
    CHECK(stage->n_tools > 0);
    Exec e = work_exec(g, w, &team_of_one);
    for (int s = seq0; s < seq1;) {
        Chunk k = work_chunk(w, batch, s, seq1, &team_of_one);
        ToolRun tool = work_tool(g, w, &k, &e, NULL);
        embed(g, w, &k);
        for (int l = 0; l < stage->layer; l++) one_block(g, w, &k, &e, l);
        tool_choose(&tool, call + k.first, point + (ptrdiff_t)k.first * stage->n_pointers);
        s = k.s1;
    }
}

void gpt_observe(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, unsigned sites,
                 HookObserver *observe, void *user) {
    CHECK(w->team_size == 1 && (w->room.backward || !(sites >> HOOK_PATTERN & 1)));
    Exec e = work_exec(g, w, &team_of_one);
    w->hooks.observed = sites;
    w->hooks.observe = observe;
    w->hooks.user = user;
    for (int s = seq0; s < seq1;) {
        Chunk k = work_chunk(w, batch, s, seq1, &team_of_one);
        forward(g, w, &k, &e);
        s = k.s1;
    }
    w->hooks.observed = 0;
}
