/* Weights in fewer bits: rounding against every float16, rows and counts worked by hand; GPTQ's factor
 * against the inverse, its errors against round to nearest; the same bits from any thread count and
 * instruction set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/file.h"
#include "model/gptq.h"
#include "tests/model_case.h"

enum { SEED = 4404 };
static const Quantize KINDS[] = {QUANTIZE_FP16,    QUANTIZE_BF16, QUANTIZE_INT8, QUANTIZE_INT4,
                                 QUANTIZE_TERNARY, QUANTIZE_INT6, QUANTIZE_INT3, QUANTIZE_INT2};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

/* ---- single numbers ---- */

/* Value of the float16 with these 15 bits. */
static double fp16_value(int bits) {
    int exponent = bits >> 10, digits = bits & 1023;
    return exponent ? ldexp(1024 + digits, exponent - 25) : ldexp(digits, -24);
}

static void every_float16(void **state) {
    (void)state;
    for (int bits = 0; bits < 31 << 10; bits++) {
        double x = fp16_value(bits), next = fp16_value(bits + 1);
        assert_true(quantize_fp16(x) == x && quantize_fp16(-x) == -x);
        if (bits + 1 == 31 << 10) break; /* the next one would be infinite */
        double middle = (x + next) / 2, even = bits % 2 ? next : x;
        assert_true(quantize_fp16(middle) == even);
        assert_true(quantize_fp16(nextafter(middle, 0)) == x &&
                    quantize_fp16(nextafter(middle, 1e9)) == next);
    }
    assert_true(quantize_fp16(1e9) == 65504 && quantize_fp16(-INFINITY) == -65504);
    assert_true(quantize_fp16(1e-300) == 0);
}

/* A bfloat16 is the upper half of a float. */
static void bfloat16(void **state) {
    (void)state;
    for (uint32_t upper = 0; upper < 0x7F7F; upper += 3) {
        uint32_t bits[2] = {upper << 16, (upper + 1) << 16};
        float x[2];
        memcpy(x, bits, sizeof x);
        double middle = ((double)x[0] + (double)x[1]) / 2;
        assert_true(quantize_bf16((double)x[0]) == (double)x[0]);
        assert_true(quantize_bf16(middle) == (double)x[upper % 2]);
    }
    assert_true(quantize_bf16(1e39) == 0x1.fep127 && quantize_bf16(-1e39) == -0x1.fep127);
}

/* ---- rows ---- */

static void rows_by_hand(void **state) {
    (void)state;
    const real eight[] = {(real)-254, (real)3, (real)2.9, (real)1,
                          (real)0}; /* scale 2: -127 1.5 1.45 0.5 0 */
    assert_true(quantize_scale(QUANTIZE_INT8, eight, 5) == 2);
    const int codes[] = {-127, 2, 1, 0, 0};
    for (int i = 0; i < 5; i++) assert_int_equal(quantize_code(QUANTIZE_INT8, 2, (double)eight[i]), codes[i]);
    assert_int_equal(quantize_code(QUANTIZE_INT8, 2, 1000), 127);
    assert_int_equal(quantize_code(QUANTIZE_INT8, 2, -1000), -128);

    const real four[] = {(real)3.5, (real)-1, (real)0.5, (real)2}; /* whole multiples of 3.5 / 7: no error */
    assert_true(quantize_scale(QUANTIZE_INT4, four, 4) == 0.5);
    assert_int_equal(quantize_code(QUANTIZE_INT4, 0.5, 3.5), 7);
    assert_int_equal(quantize_code(QUANTIZE_INT4, 0.5, -9), -8);
    /* One weight at 8, sixty at 1, scale k/28: the sixty miss by k/28 - 1 each, the one by 8 - k/4. In
     * squares 1.22 (k = 32), 0.75, 0.56 (30), 0.64. With three at 8: 1.18, 0.85 (31), 1.05. */
    real outlier[61];
    for (int i = 0; i < 61; i++) outlier[i] = i ? 1 : 8;
    assert_true(quantize_scale(QUANTIZE_INT4, outlier, 61) == quantize_fp16(30.0 / 28));
    outlier[1] = outlier[2] = 8;
    assert_true(quantize_scale(QUANTIZE_INT4, outlier, 61) == quantize_fp16(31.0 / 28));

    /* mean |w| = 2, threshold 1.4: 4 and -3 stay, their mean is 3.5; 1.75 is its half. */
    const real three[] = {(real)4, (real)-3, (real)1, (real)0};
    assert_true(quantize_scale(QUANTIZE_TERNARY, three, 4) == 3.5);
    assert_int_equal(quantize_code(QUANTIZE_TERNARY, 3.5, -1.76), -1);
    assert_int_equal(quantize_code(QUANTIZE_TERNARY, 3.5, 1.75), 0); /* a tie goes to the even code */
    assert_int_equal(quantize_code(QUANTIZE_TERNARY, 3.5, 99), 1);

    const real zero[] = {0, 0};
    for (int k = 2; k < N_KINDS; k++) {
        assert_true(quantize_scale(KINDS[k], zero, 2) == 0);
        assert_int_equal(quantize_code(KINDS[k], 0, 1), 0);
    }
}

/* ---- whole models ---- */

static Gpt model(uint64_t seed, const Ops *ops) {
    Draw d = draw_from(seed);
    ModelConfig c = {.n_layer = 2,
                     .n_head = 2,
                     .n_kv_head = 1,
                     .n_embd = 10,
                     .n_inner = 14,
                     .block_size = 6,
                     .vocab_size = 11,
                     .norm_eps = 1e-5,
                     .gated = true,
                     .bias = true,
                     .tie_weights = seed % 2,
                     .init_std = 0.4};
    Gpt g;
    Err err;
    if (gpt_create(&g, &c, ops, GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(&g, &d, 0.4);
    return g;
}

/* V 11, T 6, d 10, I 14, one layer, two heads on one key/value head, gated, biases, untied. */
static void weight_bits_by_hand(void **state) {
    (void)state;
    Err err;
    ModelConfig c = {.n_layer = 1,
                     .n_head = 2,
                     .n_kv_head = 1,
                     .n_embd = 10,
                     .n_inner = 14,
                     .block_size = 6,
                     .vocab_size = 11,
                     .gated = true,
                     .bias = true};
    ParamTable table;
    assert_int_equal(params_plan(&table, &c, &err), OK);
    /* matrices: wte 11x10, wpe 6x10, q 10x10, k 5x10, v 5x10, o 10x10, gate 14x10, up 14x10, out 10x14, head 11x10 */
    int64_t weights = 110 + 60 + 100 + 50 + 50 + 100 + 140 + 140 + 140 + 110,
            rows = 11 + 6 + 10 + 5 + 5 + 10 + 14 + 14 + 10 + 11;
    /* vectors: three norms of gain and bias, biases of q k v o, gate up, out */
    int64_t vectors = 3 * 20 + 10 + 5 + 5 + 10 + 14 + 14 + 10;
    assert_int_equal(table.total, weights + vectors);
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_NONE),
                     (weights + vectors) * 8 * (int)sizeof(real));
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_FP16), (weights + vectors) * 16);
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_BF16), (weights + vectors) * 16);
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_INT8), 8 * weights + 16 * rows + 16 * vectors);
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_INT4), 4 * weights + 16 * rows + 16 * vectors);
    /* every matrix has a multiple of five weights: five to a byte */
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_TERNARY),
                     8 * weights / 5 + 16 * rows + 16 * vectors);
    params_free(&table);

    c = (ModelConfig){.n_layer = 1,
                      .n_head = 1,
                      .n_kv_head = 1,
                      .n_embd = 1,
                      .n_inner = 1,
                      .block_size = 1,
                      .vocab_size = 7,
                      .norm = NORM_RMSNORM,
                      .pos = POS_NONE,
                      .attn = ATTN_NONE,
                      .mlp = MLP_NONE,
                      .tie_weights = true};
    assert_int_equal(params_plan(&table, &c, &err), OK); /* wte 7x1, norm_f 1 */
    assert_int_equal(quantize_weight_bits(&table, QUANTIZE_TERNARY), 2 * 8 + 7 * 16 + 16);
    params_free(&table);
}

static void parts_and_idempotence(void **state) {
    (void)state;
    Gpt g = model(SEED, ops_available()[0]);
    size_t n = (size_t)g.table.total;
    real *once = calloc(n, sizeof(real)), *twice = calloc(n, sizeof(real));
    assert_true(once && twice);
    for (int k = 0; k < N_KINDS; k++) {
        quantize_params(once, g.params, &g.table, KINDS[k], ALL_PARTS, 1);
        assert_true(memcmp(once, g.params, n * sizeof(real)) != 0);
        quantize_params(twice, once, &g.table, KINDS[k], ALL_PARTS, 2);
        assert_memory_equal(once, twice, n * sizeof(real));
        quantize_params(twice, g.params, &g.table, KINDS[k], 1u << PART_MLP, 1);
        for (int i = 0; i < g.table.count; i++) {
            const Tensor *t = &g.table.tensor[i];
            const real *expected = (t->part == PART_MLP ? once : g.params) + t->offset;
            assert_memory_equal(twice + t->offset, expected,
                                (size_t)t->rows * (size_t)t->cols * sizeof(real));
        }
    }
    free(once);
    free(twice);
    gpt_free(&g);
}

/* ---- GPTQ ---- */

enum { C = 24, ROWS = 40, TOKENS = 60 };

/* H of TOKENS inputs that hang together: each is a mixture of six directions, and a little of its own. */
static void draw_moments(Draw *d, double *h) {
    double direction[6][C];
    for (int k = 0; k < 6; k++)
        for (int j = 0; j < C; j++) direction[k][j] = draw_normal(d);
    memset(h, 0, C * C * sizeof *h);
    for (int t = 0; t < TOKENS; t++) {
        double x[C] = {0};
        for (int k = 0; k < 6; k++) {
            double much = draw_normal(d);
            for (int j = 0; j < C; j++) x[j] += much * direction[k][j];
        }
        for (int j = 0; j < C; j++) x[j] += 0.3 * draw_normal(d);
        for (int i = 0; i < C; i++)
            for (int j = 0; j < C; j++) h[i * C + j] += x[i] * x[j];
    }
}

static double output_error(const double *h, const real *w, const real *q) {
    double sum = 0;
    for (int i = 0; i < C; i++)
        for (int j = 0; j < C; j++) sum += (double)(w[i] - q[i]) * h[i * C + j] * (double)(w[j] - q[j]);
    return sum;
}

static void round_rows(real *q, const real *w, Quantize kind) {
    for (int r = 0; r < ROWS; r++)
        for (int i = 0; i < C; i++) {
            double scale = quantize_scale(kind, w + r * C, C);
            q[r * C + i] = (real)(quantize_code(kind, scale, (double)w[r * C + i]) * scale);
        }
}

static void factor_of_the_inverse(void **state) {
    (void)state;
    Draw d = draw_from(SEED);
    double h[C * C], u[C * C], column[C], mean = 0, worst = 0;
    draw_moments(&d, h);
    memcpy(u, h, sizeof h);
    for (int i = 0; i < C; i++) mean += h[i * C + i] / C;
    assert_true(gptq_factor(u, column, C, 1));
    /* (U^T U)(H + 0.01 mean I) = 1 */
    for (int i = 0; i < C; i++)
        for (int j = 0; j < C; j++) {
            double sum = 0;
            for (int k = 0; k < C; k++) {
                double inverse = 0;
                for (int l = 0; l <= i && l <= k; l++) inverse += u[l * C + i] * u[l * C + k];
                sum += inverse * (h[k * C + j] + (k == j ? 0.01 * mean : 0));
            }
            worst = fmax(worst, fabs(sum - (i == j)));
        }
    printf("worst element of H^-1 H - 1: %.2g\n", worst);
    assert_true(worst < 1e-10); /* condition some 1e4, times 1e-16, times sums of 24 */

    double zero[4] = {0}, half[2];
    assert_true(gptq_factor(zero, half, 2, 1)); /* no input at all: the identity */
    assert_true(zero[0] == 1 && zero[1] == 0 && zero[3] == 1);
    double bad[4] = {1, NAN, 0, 1}, infinite[4] = {INFINITY, 0, 0, 1};
    assert_false(gptq_factor(bad, half, 2, 1));
    assert_false(gptq_factor(infinite, half, 2, 1));
}

static void gptq_against_nearest(void **state) {
    (void)state;
    printf("seed %d\n", SEED);
    for (int k = 2; k < N_KINDS; k++) {
        Draw d = draw_from(SEED + 1);
        double h[C * C], u[C * C], column[C], left[ROWS * C], nearest = 0, corrected = 0;
        int better = 0, worse = 0;
        for (int round = 0; round < 5; round++) {
            real w[ROWS * C], rtn[ROWS * C], q[ROWS * C];
            draw_moments(&d, h);
            memcpy(u, h, sizeof h);
            assert_true(gptq_factor(u, column, C, 1));
            for (int i = 0; i < ROWS * C; i++) w[i] = q[i] = (real)draw_normal(&d);
            gptq_rows(q, u, ROWS, C, KINDS[k], left, 1);
            round_rows(rtn, w, KINDS[k]);
            for (int r = 0; r < ROWS; r++) {
                double a = output_error(h, w + r * C, rtn + r * C), b = output_error(h, w + r * C, q + r * C);
                nearest += a;
                corrected += b;
                better += b < a;
                worse += b > a;
            }
        }
        printf("%-8s output error %.4g to nearest, %.4g GPTQ; better in %d rows, worse in %d\n",
               quantize_name[KINDS[k]], nearest, corrected, better, worse);
        assert_true(corrected < 0.5 * nearest); /* six directions of 24 matter: most of the error can hide */
        assert_true(worse * 5 < better);        /* it is greedy: no single row is promised */
    }
}

/* Inputs that do not hang together leave nothing to make good. */
static void gptq_on_a_diagonal(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 2);
    double h[C * C] = {0}, column[C], left[ROWS * C];
    real w[ROWS * C], rtn[ROWS * C];
    for (int i = 0; i < C; i++) h[i * C + i] = i * 3 % 7; /* some inputs are never there */
    assert_true(gptq_factor(h, column, C, 1));
    for (int k = 2; k < N_KINDS; k++) {
        for (int i = 0; i < ROWS * C; i++) w[i] = (real)draw_normal(&d);
        round_rows(rtn, w, KINDS[k]);
        gptq_rows(w, h, ROWS, C, KINDS[k], left, 1);
        assert_memory_equal(w, rtn, sizeof w);
    }
}

static void hash_of(const Gpt *g, char out[33]) {
    content_hash(g->params, (size_t)g->table.total * sizeof(real), out);
}

/* gcc and clang at any level, every instruction set and thread count: the same codes. When the numeric spec
 * changes, the golden hashes are what this test prints. */
static void same_bits_everywhere(void **state) {
    (void)state;
    static const char *const GOLDEN[2][N_KINDS - 2] = {
        {"5c819f957d83c1c3fa691fe7f00339e8", "9ba2aa0dfef152e0a30404e1a0393626",
         "ea8d4356dd2ae1dd0166411c8250f4ce", "e99dbd5d8f53d983396df5e825b41ba5",
         "537848bcbf4581938dd115c0113d3561", "4e7a13c09a974875c75983a23072a508"},
        {"5e428b2b63f77fafbe6047d4b04962c7", "5b1225a99bf4817d6687fb050c14f6a3",
         "c4403049cc9ec92811310e4d4a5330c2", "757bfe0bfe93f1e5935e20f9c80c4ab0",
         "1dbaa6d24323016bbe47d3245e1ff8d6", "1176498270ff2bb9e363b09a7f9ac138"}};
    int wrong = 0;
    for (int tied = 0; tied < 2; tied++)
        for (int k = 2; k < N_KINDS; k++) {
            char first[33] = "", hash[33];
            for (int i = 0; ops_available()[i]; i++)
                for (int threads = 1; threads <= 3; threads++) {
                    Gpt g = model((uint64_t)(SEED + tied), ops_available()[i]);
                    Draw d = draw_from(SEED + 3);
                    OwnBatch own = draw_batch(&d, &g.config, 300); /* several chunks */
                    Err err;
                    if (gptq_quantize(&g, KINDS[k], &own.batch, g.config.block_size, threads, &err) != OK)
                        fail_msg("%s", err.msg);
                    hash_of(&g, hash);
                    if (!first[0]) strcpy(first, hash);
                    assert_string_equal(hash, first);
                    free_batch(&own);
                    gpt_free(&g);
                }
            printf("%s, %s: %s\n", tied ? "tied" : "untied", quantize_name[KINDS[k]], first);
            wrong += sizeof(real) == 4 && strcmp(first, GOLDEN[tied][k - 2]) != 0;
        }
    assert_int_equal(wrong, 0);
}

/* The vectors are float16 afterwards, the matrices on a row's grid, and the outputs nearer than with rounding
 * to nearest. */
static double logits_error(const Gpt *a, const Gpt *b, const Batch *batch) {
    Err err;
    GptWork *work;
    int V = a->config.vocab_size, tokens = batch->start[batch->n_seq];
    real *x = calloc((size_t)tokens * (size_t)V, sizeof(real)),
         *y = calloc((size_t)tokens * (size_t)V, sizeof(real));
    assert_true(x && y);
    assert_int_equal(gpt_work_create(&work, a, 64, 8, a->config.block_size, false, 1, NULL, &err), OK);
    gpt_logits(a, work, batch, 0, batch->n_seq, x);
    gpt_work_free(work);
    assert_int_equal(gpt_work_create(&work, b, 64, 8, a->config.block_size, false, 1, NULL, &err), OK);
    gpt_logits(b, work, batch, 0, batch->n_seq, y);
    gpt_work_free(work);
    double sum = 0;
    for (int i = 0; i < tokens * V; i++) sum += (double)((x[i] - y[i]) * (x[i] - y[i]));
    free(x);
    free(y);
    return sum;
}

static void whole_model(void **state) {
    (void)state;
    Gpt g = model(SEED, ops_available()[0]), rtn = model(SEED, ops_available()[0]),
        q = model(SEED, ops_available()[0]);
    Draw d = draw_from(SEED + 4);
    OwnBatch own = draw_batch(&d, &g.config, 200);
    Err err;
    quantize_params(rtn.params, g.params, &g.table, QUANTIZE_INT4, ALL_PARTS, 1);
    assert_int_equal(gptq_quantize(&q, QUANTIZE_INT4, &own.batch, g.config.block_size, 1, &err), OK);
    double nearest = logits_error(&g, &rtn, &own.batch), corrected = logits_error(&g, &q, &own.batch);
    printf("squared error of the logits: %.4g to nearest, %.4g GPTQ\n", nearest, corrected);
    assert_true(corrected < nearest);
    for (int i = 0; i < g.table.count; i++) {
        const Tensor *t = &g.table.tensor[i];
        for (int r = 0; r < t->rows; r++) {
            const real *row = q.params + t->offset + (int64_t)r * t->cols,
                       *old = g.params + t->offset + (int64_t)r * t->cols;
            double scale = quantize_scale(QUANTIZE_INT4, old, t->cols);
            for (int j = 0; j < t->cols; j++) {
                double x = (double)row[j];
                if (!t->matrix) assert_true(x == quantize_fp16((double)old[j]));
                else assert_true(quantize_code(QUANTIZE_INT4, scale, x) * scale == x);
            }
        }
    }
    free_batch(&own);
    gpt_free(&g);
    gpt_free(&rtn);
    gpt_free(&q);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_float16),         cmocka_unit_test(bfloat16),
        cmocka_unit_test(rows_by_hand),          cmocka_unit_test(weight_bits_by_hand),
        cmocka_unit_test(parts_and_idempotence), cmocka_unit_test(factor_of_the_inverse),
        cmocka_unit_test(gptq_against_nearest),  cmocka_unit_test(gptq_on_a_diagonal),
        cmocka_unit_test(same_bits_everywhere),  cmocka_unit_test(whole_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
