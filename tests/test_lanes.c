/* Models side by side (model/lanes/) are a second implementation of the model and of AdamW, with other loops and
 * another layout; the other optimizers are called lane by lane. So they are an oracle: over random structures, every
 * lane must have the bits of the same model trained alone, on every instruction set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/memory.h"
#include "model/parallel.h"
#include "tests/bits.h"
#include "tests/model_case.h"
#include "train/optimizers/lanes.h"

enum { SEED = 20261129, STEPS = 3 };

/* A model alone, and all in which lanes may differ. */
typedef struct Alone {
    Gpt gpt;
    TrainConfig train;
    Optimizer optimizer, own; /* own: the lane's */
    Parallel *parallel;
    OwnBatch batch;
    double loss, norm;
} Alone;

typedef struct Side {
    Lanes *lanes;
    LaneOptimizer optimizer;
    const Batch *batch[LANES_MAX];
} Side;

/* Structures that lanes serve; the first few have the sizes at which loops begin anew: a partial sum's second element,
 * a second block of rows of attention, more than one chunk's worth of tokens, widths with code of their own. */
static ModelConfig served(Draw *d, int i) {
    static const struct {
        int d, H, KV, I, T, V;
    } sizes[] = {{8, 1, 1, 32, 16, 64}, {16, 2, 1, 40, 5, 33},  {24, 3, 3, 24, 18, 70},
                 {40, 2, 2, 17, 3, 21}, {6, 2, 1, 5, 131, 130}, {5, 1, 1, 7, 67, 3}};
    ModelConfig c = draw_config(d, i);
    c.gated = c.qk_norm = false;
    c.head_dim = 0;
    if (c.pos == POS_ROPE) c.pos = POS_LEARNED;
    if (c.attn == ATTN_MEAN) c.attn = ATTN_CAUSAL;
    if (i % 4 == 1 && c.vocab_size > 4) c.bos = c.vocab_size - 1;
    if (i < (int)(sizeof sizes / sizeof *sizes)) {
        c.n_embd = sizes[i].d, c.n_head = sizes[i].H, c.n_kv_head = sizes[i].KV, c.n_inner = sizes[i].I;
        c.block_size = sizes[i].T, c.vocab_size = sizes[i].V, c.n_layer = 1, c.bos = 0;
        c.norm = i % 3 == 1 ? NORM_RMSNORM : NORM_LAYERNORM;
    }
    return c;
}

/* Sequences of the lengths of `like`, or of random ones (NULL); every lane has its own tokens and its own targets. */
static OwnBatch own_batch(Draw *d, const ModelConfig *c, int n_seq, const OwnBatch *like) {
    OwnBatch b = draw_batch(d, c, n_seq);
    if (!like) return b;
    memcpy(b.start, like->start, ((size_t)n_seq + 1) * sizeof *b.start);
    for (int s = 0; s < n_seq; s++)
        for (int i = b.start[s]; i < b.start[s + 1]; i++) {
            int token = draw_int(d, 0, c->vocab_size - 1);
            b.inputs[i] = i > b.start[s] ? draw_int(d, 0, c->vocab_size - 1) : 0;
            b.targets[i] =
                i % 7 == 3 || (draw_int(d, 0, 5) == 0 && i > 0) ? -1 : token; /* i % 7: in all lanes */
        }
    return b;
}

static void create_alone(Alone *x, const ModelConfig *c, int i, int n_seq, int leaves, const Ops *ops,
                         Draw *d, const OwnBatch *like) {
    Err err;
    Config config;
    config_defaults(&config);
    x->train = config.train;
    x->train.learning_rate = 1e-3 * draw_int(d, 1, 30);
    x->train.weight_decay = 0.05 * draw_int(d, 0, 3);
    x->train.grad_clip = draw_int(d, 0, 2) * 0.05;
    x->train.optimizer = (OptimizerKind)(i / 2 % OPT_COUNT);
    x->train.precondition_interval = 2; /* so that a step refreshes the bases */
    ParallelPlan plan = {1, leaves, n_seq, c->block_size, 0, NULL};
    if (gpt_create(&x->gpt, c, ops, GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(&x->gpt, d, 0.3);
    if (i % 5 == 2) params_freeze(&x->gpt.table, 1u << PART_NORM);
    if (parallel_create(&x->parallel, &x->gpt, &plan, &err) != OK) fail_msg("%s", err.msg);
    if (optimizer_create(&x->optimizer, &x->train, &x->gpt, 1, &err) != OK ||
        optimizer_create(&x->own, &x->train, &x->gpt, 1, &err) != OK)
        fail_msg("%s", err.msg);
    x->batch = own_batch(d, c, n_seq, like);
}

static void free_alone(Alone *x) {
    free_batch(&x->batch);
    optimizer_free(&x->optimizer);
    optimizer_free(&x->own);
    parallel_free(x->parallel);
    gpt_free(&x->gpt);
}

/* Lanes from `runs` on have no run: zeros. */
static void create_side(Side *x, Alone *one, int runs, int n_seq, int leaves) {
    Err err;
    Optimizer *optimizer[LANES_MAX];
    const Gpt *g = &one->gpt;
    if (lanes_create(&x->lanes, g, lane_ops(g->ops), leaves, n_seq, g->config.block_size, &err) != OK)
        fail_msg("%s", err.msg);
    for (int l = 0; l < lanes_count(x->lanes); l++) {
        x->batch[l] = &one[l].batch.batch;
        optimizer[l] = l < runs ? &one[l].own : NULL;
        if (l < runs) lanes_put(x->lanes, lanes_params(x->lanes), l, one[l].gpt.params, g->table.total);
    }
    if (lane_optimizer_create(&x->optimizer, x->lanes, lane_ops(g->ops), optimizer, &err) != OK)
        fail_msg("%s", err.msg);
}

static void free_side(Side *x) {
    lane_optimizer_free(&x->optimizer);
    lanes_free(x->lanes);
}

static Update update_of(const Alone *x, int step, double norm) {
    return (Update){step, x->train.learning_rate, optimizer_clip(norm, x->train.grad_clip)};
}

static void step_alone(Alone *x, int step) {
    real *grad = parallel_gradient(x->parallel, &x->batch.batch, &x->loss);
    x->norm = optimizer_norm(&x->optimizer, grad);
    Update u = update_of(x, step, x->norm);
    optimizer_step(&x->optimizer, x->gpt.params, grad, &u);
}

static void step_side(Side *x, const Alone *one, int step, double *loss, double *norm) {
    Update u[LANES_MAX];
    uint64_t allocated = memory_count();
    real *grad = lanes_gradient(x->lanes, x->batch, loss);
    lane_optimizer_norm(&x->optimizer, grad, norm);
    for (int l = 0; l < lanes_count(x->lanes); l++) u[l] = update_of(&one[l], step, norm[l]);
    lane_optimizer_step(&x->optimizer, lanes_params(x->lanes), grad, u);
    assert_true(memory_count() == allocated);
}

static void same_vector(const Side *x, const real *side, int lane, const real *alone, int64_t n,
                        const char *what) {
    real *own = zeroed((size_t)n * sizeof *own);
    lanes_take(x->lanes, own, side, lane, n);
    same_bits(own, alone, (size_t)n * sizeof *own, what);
    free(own);
}

static size_t slot_bytes(const Optimizer *o, int slot) {
    int64_t reals = o->matrix[slot] ? 0 : o->table->total;
    for (int i = 0; o->matrix[slot] && i < o->table->count; i++)
        reals += (int64_t)o->matrix[slot][i].rows * o->matrix[slot][i].cols;
    return (size_t)reals * sizeof(real);
}

static void one_case(Draw *d, int i, const Ops *ops) {
    ModelConfig c = served(d, i);
    int n_seq = draw_int(d, 1, 7), leaves = draw_int(d, 1, 5), W = lane_ops(ops)->lanes;
    Alone *one = zeroed((size_t)W * sizeof *one);
    Side side;
    double loss[LANES_MAX], norm[LANES_MAX];
    print_config(&c);
    assert_true(lanes_serve_model(&c));
    for (int l = 0; l < W; l++) create_alone(&one[l], &c, i, n_seq, leaves, ops, d, l ? &one->batch : NULL);
    int runs = i % 3 == 0 ? W - 1 : W;
    create_side(&side, one, runs, n_seq, leaves);
    for (int step = 1; step <= STEPS; step++) {
        step_side(&side, one, step, loss, norm);
        for (int l = 0; l < runs; l++) {
            Alone *x = &one[l];
            int64_t n = x->gpt.table.total;
            step_alone(x, step);
            same_bits(&loss[l], &x->loss, sizeof *loss, "loss");
            same_bits(&norm[l], &x->norm, sizeof *norm, "norm of the gradient");
            same_vector(&side, lanes_params(side.lanes), l, x->gpt.params, n, "parameters");
            lane_optimizer_take(&side.optimizer, l);
            for (int s = 0; s < x->own.row->n_slots; s++)
                same_bits(x->own.slot[s], x->optimizer.slot[s], slot_bytes(&x->own, s),
                          x->own.row->slot_name[s]);
        }
    }
    for (int64_t k = 0; runs < W && k < one->gpt.table.total; k++)
        assert_true(lanes_params(side.lanes)[k * W + runs] == 0);
    free_side(&side);
    for (int l = 0; l < W; l++) free_alone(&one[l]);
    free(one);
}

static void lanes_have_the_bits_of_models_alone(void **state) {
    (void)state;
    print_message("seed %d\n", SEED);
    for (const Ops *const *ops = ops_available(); *ops; ops++) {
        Draw d = draw_from(SEED);
        bool slow = lane_ops(*ops)->lanes <= 4; /* portable: its multiply-add is slow */
        for (int i = 0; i < (slow ? 12 : 40); i++) one_case(&d, i, *ops);
    }
}

static void what_lanes_do_not_serve(void **state) {
    (void)state;
    Draw d = draw_from(SEED);
    ModelConfig c = served(&d, 0);
    c.pos = POS_ROPE;
    assert_false(lanes_serve_model(&c));
    c = served(&d, 0);
    c.gated = true;
    assert_false(lanes_serve_model(&c));
    c = served(&d, 0);
    c.attn = ATTN_MEAN;
    assert_false(lanes_serve_model(&c));
    c = served(&d, 0);
    c.tool.n_tools = 1;
    assert_false(lanes_serve_model(&c));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lanes_have_the_bits_of_models_alone),
                                       cmocka_unit_test(what_lanes_do_not_serve)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
