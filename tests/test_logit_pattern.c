/* Classes read from logits: a planted pattern is found on held-out inputs, permuted labels are not; AUC against
 * counting, its interval against draws. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "eval/logits/pattern.h"

static const uint64_t SEED = 20261203;
static Err err;

enum { V = 30, INPUTS = 600, TRAINED = 300, CLASSES = 3 };

/* Class 2 has tokens 3 and 4 higher; 0 and 1 differ in nothing; whole rows move at random, more than anything else. */
static void draw(double *row, int i, int class) {
    Stream stream = random_stream(SEED, RANDOM_TEST, 1);
    double level = 100 * random_normal(stream, (uint64_t)(i * (V + 1) + V));
    for (int v = 0; v < V; v++) {
        row[v] = (v % 3 + 1) * random_normal(stream, (uint64_t)(i * (V + 1) + v)) + level + 10 * v;
        if (class == 2 && (v == 3 || v == 4)) row[v] += 1.2;
    }
}

/* AUC of classes a and b on the second half, learned on the first. */
static Interval held_out(const int32_t *true_class, const int32_t *label, int a, int b) {
    static double score[(INPUTS - TRAINED) * CLASSES];
    ClassPattern pattern;
    Interval auc;
    double row[V];
    assert_int_equal(class_pattern_create(&pattern, V, CLASSES, &err), OK);
    for (int i = 0; i < TRAINED; i++) {
        draw(row, i, true_class[i]);
        class_pattern_add(&pattern, row, label[i]);
    }
    class_pattern_fit(&pattern);
    for (int i = TRAINED; i < INPUTS; i++) {
        draw(row, i, true_class[i]);
        class_pattern_score(&pattern, score + (i - TRAINED) * CLASSES, row);
    }
    assert_int_equal(pattern_auc(&auc, score, label + TRAINED, INPUTS - TRAINED, CLASSES, a, b, &err), OK);
    class_pattern_free(&pattern);
    return auc;
}

static void planted_and_permuted(void **state) {
    (void)state;
    int32_t class[INPUTS], permuted[INPUTS];
    int inside = 0, seen[CLASSES] = {0};
    for (int i = 0; i < INPUTS; i++) class[i] = i % CLASSES;
    /* the two means are 1.2 (1/1 + 1/4)^(1/2) deviations apart: AUC Phi(that / sqrt 2) = .83 at best */
    Interval same = held_out(class, class, 0, 1), other = held_out(class, class, 2, 0);
    assert_true(same.low < 0.5 && same.high > 0.5);
    if (!(other.value > 0.72 && other.value < 0.88 && other.low > 0.6)) fail_msg("AUC %g", other.value);
    Interval back = held_out(class, class, 0, 2);
    assert_true(fabs(back.value - other.value) < 1e-12 && fabs(back.low - other.low) < 1e-12);
    for (uint32_t d = 0; d < 40; d++) {
        assert_int_equal(permuted_classes(permuted, class, INPUTS, SEED, d, &err), OK);
        Interval chance = held_out(class, permuted, 2, 0);
        inside += chance.low <= 0.5 && chance.high >= 0.5;
    }
    assert_true(inside >= 34); /* 38 expected of 40 */
    for (int i = 0; i < INPUTS; i++) seen[permuted[i]]++;
    for (int c = 0; c < CLASSES; c++) assert_int_equal(seen[c], INPUTS / CLASSES);
}

/* By counting pairs, ties half; the interval's width by the spread over draws. */
static void area(void **state) {
    (void)state;
    enum { A = 40, B = 25, DRAWS = 1500 };
    double a[A], b[B], sum = 0, squares = 0, width = 0;
    Interval got;
    for (int d = 0; d < DRAWS; d++) {
        double pairs = 0;
        Stream stream = random_stream(SEED, RANDOM_TEST, 2);
        for (int i = 0; i < A; i++) a[i] = random_normal(stream, (uint64_t)(d * (A + B) + i)) + 0.8;
        for (int i = 0; i < B; i++) b[i] = 1.5 * random_normal(stream, (uint64_t)(d * (A + B) + A + i));
        for (int i = 0; i < A && d % 2; i++) a[i] = floor(a[i] * 8) / 8;
        for (int i = 0; i < B && d % 2; i++) b[i] = floor(b[i] * 8) / 8;
        for (int i = 0; i < A; i++)
            for (int j = 0; j < B; j++) pairs += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
        assert_int_equal(pair_auc(&got, a, A, b, B, &err), OK);
        assert_true(fabs(got.value - pairs / (A * B)) < 1e-12);
        sum += got.value / DRAWS;
        squares += got.value * got.value / DRAWS;
        width += (got.value - got.low) / 1.959963985 / DRAWS;
    }
    double spread = sqrt(squares - sum * sum);
    assert_true(fabs(width / spread - 1) < 0.08);
    assert_int_equal(pair_auc(&got, a, 1, b, B, &err), OK);
    assert_true(isnan(got.low) && got.value >= 0);
    assert_int_equal(pair_auc(&got, a, A, b, 0, &err), OK);
    assert_true(isnan(got.value));
    for (int i = 0; i < A; i++) a[i] = 9 + i;
    assert_int_equal(pair_auc(&got, a, A, b, B, &err), OK);
    assert_true(got.value == 1 && got.low == 1 && got.high == 1);
}

/* A class without inputs has no score; equal rows tell nothing. */
static void ends(void **state) {
    (void)state;
    ClassPattern pattern;
    double row[4] = {1, 2, 3, 4}, score[CLASSES];
    assert_int_equal(class_pattern_create(&pattern, 4, CLASSES, &err), OK);
    class_pattern_add(&pattern, row, 0);
    class_pattern_add(&pattern, row, 1);
    class_pattern_fit(&pattern);
    class_pattern_score(&pattern, score, row);
    assert_true(score[0] == score[1] && isnan(score[2]));
    class_pattern_free(&pattern);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_and_permuted),
        cmocka_unit_test(area),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
