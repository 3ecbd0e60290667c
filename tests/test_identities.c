/* Exact identities of logits, on two trained models each of LayerNorm and RMSNorm: they hold of a model's own logits
 * and not of the other's. */
#include "tests/facts_testing.h"

#include <math.h>

#include "base/random.h"
#include "eval/evaluate.h"
#include "eval/logits/identities.h"
#include "model/pass.h"
#include "tests/model_case.h"
#include "train/train.h"

static Err err;

enum { V = 48, D = 10, LENGTH = 4, SEQUENCES = 20, ROWS = LENGTH * SEQUENCES };

typedef struct Trained {
    Run run;
    LogitHead head;
    double logits[ROWS * V], h[ROWS * D], stream[ROWS * D], variance[ROWS];
} Trained;

static void keep(void *user, const HookObservation *seen) {
    Trained *t = user;
    if (seen->hook.site == HOOK_RESID_POST && seen->hook.layer != t->run.gpt.config.n_layer - 1) return;
    double *h = seen->hook.site == HOOK_LN_FINAL ? t->h : t->stream;
    for (int r = 0; r < seen->rows; r++)
        for (int j = 0; j < seen->width; j++)
            h[(seen->token + r) * D + seen->column + j] = (double)seen->x[r * seen->ld + j];
}

/* What the model says of sequences of random tokens. */
static void look(Trained *t) {
    static real logits[ROWS * V];
    int32_t start[SEQUENCES + 1], inputs[ROWS], targets[ROWS];
    GptWork *work;
    for (int s = 0; s <= SEQUENCES; s++) start[s] = s * LENGTH;
    for (int i = 0; i < ROWS; i++) {
        inputs[i] = i % LENGTH ? (int32_t)random_below(random_stream(7, RANDOM_TEST, 0), (uint64_t)i, V) : 0;
        targets[i] = -1;
    }
    Batch batch = {.n_seq = SEQUENCES, .start = start, .inputs = inputs, .targets = targets};
    assert_int_equal(gpt_work_create(&work, &t->run.gpt, ROWS, SEQUENCES, LENGTH, false, 1, NULL, &err), OK);
    gpt_logits(&t->run.gpt, work, &batch, 0, SEQUENCES, logits);
    gpt_observe(&t->run.gpt, work, &batch, 0, SEQUENCES, 1u << HOOK_LN_FINAL | 1u << HOOK_RESID_POST, keep,
                t);
    gpt_work_free(work);
    for (int i = 0; i < ROWS * V; i++) t->logits[i] = (double)logits[i];
    for (int i = 0; i < ROWS; i++) {
        LogitMoments m = logit_moments(t->stream + i * D, D);
        t->variance[i] = m.variance + (t->head.layernorm ? 0 : m.mean * m.mean);
    }
}

static void train_one(Trained *t, const char *norm, const char *seed) {
    const char *const keys[] = {"facts.n=40",
                                "facts.seq_len=4",
                                "facts.vocab_size=48",
                                "model.n_layer=1",
                                "model.n_head=2",
                                "model.n_embd=10",
                                norm,
                                seed,
                                "train.max_steps=150",
                                "train.learning_rate=0.02",
                                "train.threads=1"};
    Config config;
    FactSet facts;
    RunResult result;
    RunOptions to = {.dir = "run"};
    if (config_load(&config, NULL, sizeof keys / sizeof *keys, keys, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (config_resolve(&config, facts.n, facts.max_len, facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    if (run_train(&config, &facts, &to, &result, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&facts);
    if (run_open(&t->run, "run", NULL, &err) != OK) fail_msg("%s", err.msg);
    remove_folder("run");
    assert_int_equal(t->run.gpt.config.vocab_size, V);
    assert_int_equal(logit_head_create(&t->head, &t->run.gpt, &err), OK);
    look(t);
}

static void hold_of(Trained *own, Trained *other, int rank) {
    int others = 0;
    for (int i = 0; i < ROWS; i++) {
        LogitMoments said = logit_moments_of(&own->head, own->h + i * D),
                     is = logit_moments(own->logits + i * V, V);
        LogitMoments wrong = logit_moments_of(&other->head, own->h + i * D);
        assert_true(fabs(said.mean - is.mean) < 1e-5 * (1 + fabs(is.mean)));
        assert_true(fabs(said.variance - is.variance) < 1e-5 * (1 + is.variance));
        others += fabs(wrong.variance - is.variance) < 1e-3 * is.variance;
    }
    assert_true(others < ROWS / 4); /* by chance */
    LogitRank of;
    if (logit_rank(&of, &own->head, own->logits, ROWS, &err) != OK) fail_msg("%s", err.msg);
    if (of.rank != rank || of.expected != rank || !(of.gap > 1e3))
        fail_msg("rank %d, gap %g", of.rank, of.gap);
    double squares = 0, values = 0, mean[V] = {0};
    for (int i = 0; i < ROWS * V; i++) mean[i % V] += own->logits[i] / ROWS;
    for (int i = 0; i < ROWS * V; i++) squares += pow(own->logits[i] - mean[i % V], 2);
    for (int i = 0; i < of.n_values; i++) values += of.value[i] * of.value[i];
    assert_true(fabs(values - squares) < 1e-9 * squares);
    logit_rank_free(&of);
    Ellipsoid mine, plain, its;
    assert_int_equal(logit_ellipsoid(&mine, &own->head, own->logits, own->variance, ROWS, &err), OK);
    assert_int_equal(logit_ellipsoid(&plain, &own->head, own->logits, NULL, ROWS, &err), OK);
    assert_int_equal(logit_ellipsoid(&its, &own->head, other->logits, other->variance, ROWS, &err), OK);
    if (!(mine.error < 1e-5 && mine.residual < 1e-5 && mine.centre < 1e-4))
        fail_msg("error %g, residual %g, centre %g", mine.error, mine.residual, mine.centre);
    assert_true(plain.error > mine.error && plain.error < 0.01); /* eps over a small variance */
    if (!(its.error > 0.1 && its.residual > 0.1))
        fail_msg("another's: error %g, residual %g", its.error, its.residual);
}

static void both(const char *norm, int rank) {
    static Trained one, two;
    train_one(&one, norm, "train.seed=1");
    train_one(&two, norm, "train.seed=2");
    hold_of(&one, &two, rank);
    hold_of(&two, &one, rank);
    assert_int_equal(logit_rank(&(LogitRank){0}, &one.head, one.logits, D + 1, &err), ERR_INPUT);
    logit_head_free(&one.head);
    logit_head_free(&two.head);
    run_close(&one.run);
    run_close(&two.run);
}

static void layernorm(void **state) {
    (void)state;
    both("model.norm=layernorm", D - 1);
}

static void rmsnorm(void **state) {
    (void)state;
    both("model.norm=rmsnorm", D);
}

/* Singular values that are known: a diagonal in random rotations, of sizes from 1 to 1e-6, both ways round. */
static void known_values(void **state) {
    (void)state;
    enum { ACROSS = 30, DEEP = 12 };
    static double a[ACROSS * ACROSS * 4];
    for (int many = 0; many < 2; many++) {
        int n = many ? 2 * ACROSS : DEEP, width = ACROSS;
        LogitHead head = {.V = width, .d = 3, .layernorm = false};
        LogitRank of;
        for (int i = 0; i < n * width; i++) a[i] = 0;
        /* pairs of opposite rows: their mean is 0, and each pair has one singular value, sqrt(2) times its size */
        for (int i = 0; i < n / 2 && i < 6; i++) {
            a[(2 * i) * width + i] = pow(10, -i);
            a[(2 * i + 1) * width + i] = -pow(10, -i);
        }
        for (int turn = 0; turn < 200; turn++) { /* rotations of two columns keep singular values */
            int p = turn % width, q = (7 * turn + 3) % width;
            double c = cos(turn), s = sin(turn);
            if (p == q) continue;
            for (int i = 0; i < n; i++) {
                double x = a[i * width + p], y = a[i * width + q];
                a[i * width + p] = c * x - s * y;
                a[i * width + q] = s * x + c * y;
            }
        }
        assert_int_equal(logit_rank(&of, &head, a, n, &err), OK);
        for (int i = 0; i < 6; i++) assert_true(fabs(of.value[i] / (sqrt(2) * pow(10, -i)) - 1) < 1e-9);
        assert_true(of.value[6] < 1e-14 && of.rank == 6);
        assert_true(fabs(of.gap - 10) < 1e-7);
        logit_rank_free(&of);
    }
}

/* Few rows, of rank 3 and a little noise: centred they add up to 0, so the last singular value is rounding alone, and
 * the largest gap of all lies before it. It says nothing of the model. */
static void few_rows(void **state) {
    (void)state;
    enum { N = 8, WIDTH = 30, RANK = 3 };
    static double a[N * WIDTH];
    const Stream stream = random_stream(20261129, RANDOM_TEST, 0);
    LogitHead head = {.V = WIDTH, .d = RANK, .layernorm = false};
    LogitRank of;
    for (int i = 0; i < N; i++)
        for (int v = 0; v < WIDTH; v++) {
            double sum = 1e-3 * random_normal(stream, (uint64_t)(i * WIDTH + v));
            for (int k = 0; k < RANK; k++)
                sum += random_normal(stream, (uint64_t)(1000 + RANK * i + k)) *
                       random_normal(stream, (uint64_t)(2000 + RANK * v + k));
            a[i * WIDTH + v] = sum;
        }
    assert_int_equal(logit_rank(&of, &head, a, N, &err), OK);
    assert_int_equal(of.rank, RANK);
    assert_true(of.gap > 100 && of.value[N - 2] > 1e-4 && of.value[N - 1] < 1e-12);
    logit_rank_free(&of);
}

/* Channel 11 is nearly channel 2, another block's: what is left of it must be orthogonal to all before it, and the factors
 * give the head back. */
static void nearly_parallel(void **state) {
    (void)state;
    enum { TOKENS = 40, WIDTH = 12 };
    Gpt g;
    LogitHead head;
    Draw d = draw_from(3);
    ModelConfig c = {
        .n_layer = 1, .n_head = 1, .n_kv_head = 1, .n_embd = WIDTH, .n_inner = 1, .block_size = 2};
    c.vocab_size = TOKENS;
    c.norm = NORM_RMSNORM;
    c.norm_eps = 1e-5;
    c.tie_weights = true;
    assert_int_equal(gpt_create(&g, &c, ops_available()[0], GEMM_EXACT, &err), OK);
    draw_params(&g, &d, 0.5);
    real *w = g.params + g.at.wte;
    for (int v = 0; v < TOKENS; v++) w[v * WIDTH + 11] = w[v * WIDTH + 2] + (real)(1e-4 * draw_normal(&d));
    g.params[g.at.norm_f.weight + 11] = g.params[g.at.norm_f.weight + 2];
    assert_int_equal(logit_head_create(&head, &g, &err), OK);
    for (int i = 0; i < WIDTH; i++)
        for (int j = 0; j <= i; j++) {
            double sum = i == j ? -1 : 0;
            for (int v = 0; v < TOKENS; v++) sum += head.q[i * TOKENS + v] * head.q[j * TOKENS + v];
            assert_true(fabs(sum) < 1e-14); /* one pass leaves 1e-12 */
        }
    for (int v = 0; v < TOKENS; v++)
        for (int j = 0; j < WIDTH; j++) {
            double sum = -(double)w[v * WIDTH + j] * head.gain[j];
            for (int i = 0; i <= j; i++) sum += head.q[i * TOKENS + v] * head.r[i * WIDTH + j];
            assert_true(fabs(sum) < 1e-14);
        }
    logit_head_free(&head);
    gpt_free(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layernorm), cmocka_unit_test(rmsnorm),         cmocka_unit_test(known_values),
        cmocka_unit_test(few_rows),  cmocka_unit_test(nearly_parallel),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
