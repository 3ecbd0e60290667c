/* LiRA on planted Gaussians, and .npy files, which carry code lengths from run to run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/random.h"
#include "eval/stats/lira.h"
#include "model/formats/npy.h"

static const uint64_t SEED = 20261123;

enum { EXAMPLES = 400, RUNS_MAX = 80 };
static double bits[RUNS_MAX * EXAMPLES];
static bool member[RUNS_MAX * EXAMPLES];

/* Example x costs hardness[x] + noise, and `gap` less where it was trained on: hardness is far wider than the gap, so
 * only a judge that knows it sees the gap. */
static void plant(int n_runs, double gap, double spread_in) {
    for (int r = 0; r < n_runs; r++)
        for (int x = 0; x < EXAMPLES; x++) {
            int at = r * EXAMPLES + x;
            double hardness = 100 * random_unit(random_stream(SEED, RANDOM_TEST, 1), (uint64_t)x);
            double noise = random_normal(random_stream(SEED, RANDOM_TEST, 2), (uint64_t)at);
            member[at] = random_below(random_stream(SEED, RANDOM_TEST, 3), (uint64_t)at, 2);
            bits[at] = hardness + (member[at] ? spread_in * noise - gap : noise);
        }
}

static Lira attacked(int n_runs) {
    Lira l;
    Err err;
    assert_int_equal(lira_attack(&l, bits, member, n_runs, EXAMPLES, &err), OK);
    printf("%d runs: AUC %.4f, TPR %.4f; code length alone %.4f, %.4f; %.1f judged\n", n_runs, l.auc,
           l.tpr_low, l.plain_auc, l.plain_tpr_low, l.examples);
    return l;
}

/* With the means known, the best AUC of a gap of g standard deviations is Phi(g / sqrt 2), and TPR at 1 % FPR is
 * Phi(g - 2.326): g = 3 gives 0.983 and 0.750. Means of a few runs each blur that; code length alone sees little. */
static void planted_gap(void **state) {
    (void)state;
    printf("seed %d\n", (int)SEED);
    plant(RUNS_MAX, 3, 1);
    Lira many = attacked(RUNS_MAX), few = attacked(8);
    assert_true(many.own_variance && !few.own_variance);
    assert_true(fabs(many.auc - 0.983) < 0.01 && fabs(many.tpr_low - 0.75) < 0.06);
    assert_true(few.auc > 0.94 && few.auc < many.auc && few.tpr_low > 0.35);
    assert_true(many.plain_auc < 0.56 && many.plain_tpr_low < 0.1);
    /* seven others: an example lacks a side with probability 2 / 2^7 */
    assert_true(few.examples > 0.97 * EXAMPLES && few.examples < EXAMPLES);
}

/* Equal means, but members spread four times less: a ratio of densities sees it, a threshold cannot. */
static void planted_spread(void **state) {
    (void)state;
    plant(64, 0, 0.25);
    Lira l = attacked(64);
    assert_true(l.auc > 0.8 && fabs(l.plain_auc - 0.5) < 0.02);
}

static void nothing_planted(void **state) {
    (void)state;
    plant(16, 0, 1);
    Lira l = attacked(16);
    assert_true(fabs(l.auc - 0.5) < 0.03 && l.tpr_low < 0.04);
    for (int i = 0; i < 4 * EXAMPLES; i++)
        member[i] = i < 2 * EXAMPLES; /* two runs on all, two on none: one seen twice */
    assert_true(attacked(4).examples == EXAMPLES);
    for (int i = 0; i < 4 * EXAMPLES; i++)
        member[i] = i < EXAMPLES; /* attacked, the one leaves nobody who was trained */
    assert_true(isnan(attacked(4).auc));
}

static void arrays_read_back(void **state) {
    (void)state;
    char path[] = "/tmp/rote-npy-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    Err err;
    double x[3] = {0.1, -1e300, 3}, *back;
    int64_t n;
    assert_int_equal(npy_write(path, "npy", "<f8", x, 3, &err), OK);
    assert_int_equal(npy_read(path, "<f8", 3, (void **)&back, &n, &err), OK);
    assert_true(n == 3 && memcmp(x, back, sizeof x) == 0);
    free(back);
    assert_int_equal(npy_read(path, "<i8", 3, (void **)&back, &n, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "not an array of <i8 in one dimension, or torn"));
    Buffer whole;
    assert_int_equal(file_read(path, 1 << 20, &whole, &err), OK);
    assert_int_equal(whole.size, 128 + 24);
    for (size_t cut = 0; cut < whole.size; cut++) {
        assert_int_equal(file_write_atomic(path, whole.data, cut, &err), OK);
        assert_int_equal(npy_read(path, "<f8", 3, (void **)&back, &n, &err), ERR_FORMAT);
    }
    buffer_free(&whole);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_gap),
        cmocka_unit_test(planted_spread),
        cmocka_unit_test(nothing_planted),
        cmocka_unit_test(arrays_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
