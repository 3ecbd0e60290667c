/* The range coder and what feeds it: what goes in comes out, at the price that the probabilities say, and there is one
 * way to write a message. */
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
#include "eval/archive/adaptive.h"
#include "eval/archive/set_code.h"
#include "eval/archive/symbol_sizes.h"
#include "tests/model_case.h"

enum { SEED = 5501 };

typedef struct Symbol {
    uint64_t start, size, total;
} Symbol;

/* Symbols of every likelihood: totals from 1 to 2^32, sizes of a few and of nearly all, at both ends. */
static Symbol draw_symbol(Draw *d) {
    Symbol s = {.total = (uint64_t)1 << draw_int(d, 0, 32)};
    if (draw_int(d, 0, 1)) s.total = 1 + random_below(d->stream, d->index++, s.total);
    s.size = 1 + random_below(d->stream, d->index++, s.total) / ((uint64_t)1 << draw_int(d, 0, 31));
    uint64_t room = s.total - s.size;
    int where = draw_int(d, 0, 3);
    s.start = where == 0 ? 0 : where == 1 ? room : random_below(d->stream, d->index++, room + 1);
    return s;
}

static bool reads(const uint8_t *data, size_t size, const Symbol *s, int n) {
    RangeDecoder r = range_decode_begin(data, size);
    for (int i = 0; i < n; i++) {
        uint64_t target = range_decode_target(&r, s[i].total);
        if (target < s[i].start || target >= s[i].start + s[i].size) return false;
        range_decode(&r, s[i].start, s[i].size, s[i].total);
    }
    return range_decode_end(&r);
}

static void messages(void **state) {
    (void)state;
    enum { MOST = 400 };
    static Symbol s[MOST];
    Draw d = draw_from(SEED);
    double worst = 0;
    for (int m = 0; m < 3000; m++) {
        int n = draw_int(&d, 0, m % 10 ? 12 : MOST), kind = draw_int(&d, 0, 3);
        double ideal = 0;
        Bytes out = {0};
        RangeEncoder e = range_begin(&out);
        for (int i = 0; i < n; i++) {
            s[i] = draw_symbol(&d);
            if (kind == 0) s[i] = (Symbol){0xffffffff, 1, RANGE_TOTAL}; /* carries, all the way back */
            if (kind == 1 && i % 2) s[i] = (Symbol){1, 0xffffffff, RANGE_TOTAL};
            ideal += log2((double)s[i].total / (double)s[i].size);
            range_encode(&e, s[i].start, s[i].size, s[i].total);
        }
        range_end(&e);
        double cost = 8.0 * (double)out.size - ideal;
        worst = cost > worst ? cost : worst;
        if (cost > 16 + 1e-7 * n || !reads(out.data, out.size, s, n))
            fail_msg("seed %d, message %d", SEED, m);
        /* No other bytes are this message: not one more, one less, or a last one changed. */
        uint8_t longer[8 * MOST] = {0};
        assert_true(out.size < sizeof longer);
        if (out.size) memcpy(longer, out.data, out.size);
        assert_false(reads(longer, out.size + 1, s, n));
        if (out.size) assert_false(reads(out.data, out.size - 1, s, n));
        for (int bit = 0; bit < 8 && out.size; bit++) {
            longer[out.size - 1] ^= (uint8_t)(1 << bit);
            assert_false(reads(longer, out.size, s, n));
            longer[out.size - 1] ^= (uint8_t)(1 << bit);
        }
        bytes_free(&out);
    }
    printf("seed %d: at most %.1f bits over the ideal\n", SEED, worst);
}

static void adaptive_symbols_and_numbers(void **state) {
    (void)state;
    enum { N = 20000 };
    static int symbol[N];
    static uint32_t number[N];
    static Adaptive a, b;
    static AdaptiveInt x, y;
    Draw d = draw_from(SEED + 1);
    Bytes out = {0};
    RangeEncoder e = range_begin(&out);
    adaptive_begin(&a, 5);
    adaptive_int_begin(&x);
    for (int i = 0; i < N; i++) {
        symbol[i] = draw_int(&d, 0, 9) ? 3 : draw_int(&d, 0, 4);
        number[i] = (uint32_t)(random_bits(d.stream, d.index++) >> (32 + draw_int(&d, 0, 31)));
        if (i < 4) number[i] = (uint32_t[]){0, 1, UINT32_MAX, 0x80000000}[i];
        adaptive_encode(&a, &e, symbol[i]);
        adaptive_int_encode(&x, &e, number[i]);
    }
    range_end(&e);
    RangeDecoder r = range_decode_begin(out.data, out.size);
    adaptive_begin(&b, 5);
    adaptive_int_begin(&y);
    for (int i = 0; i < N; i++) {
        assert_int_equal(adaptive_decode(&b, &r), symbol[i]);
        assert_true(adaptive_int_decode(&y, &r) == number[i]);
    }
    assert_true(range_decode_end(&r));
    bytes_free(&out);

    e = range_begin(&out); /* the symbols alone: .92 .02 .02 .02 .02, entropy .562 bits */
    adaptive_begin(&a, 5);
    for (int i = 0; i < N; i++) adaptive_encode(&a, &e, symbol[i]);
    range_end(&e);
    double bits = 8.0 * (double)out.size / N;
    assert_true(bits > 0.53 && bits < 0.60);
    bytes_free(&out);
}

/* Sizes: all of the total, none empty, and a price within the promised bounds of the model's own. */
static void sizes_of_logits(void **state) {
    (void)state;
    enum { MOST = 3000 };
    static real logits[MOST];
    static uint64_t start[MOST + 1];
    Draw d = draw_from(SEED + 2);
    for (int m = 0; m < 300; m++) {
        int V = m < 10 ? m + 1 : draw_int(&d, 1, MOST);
        double spread = m % 3 == 0 ? 0 : m % 3 == 1 ? 3 : 40, sum = 0, most = -1e300;
        for (int v = 0; v < V; v++) logits[v] = (real)(spread * draw_normal(&d));
        assert_true(symbol_sizes(start, logits, V));
        assert_true(start[0] == 0 && start[V] == RANGE_TOTAL);
        for (int v = 0; v < V; v++) most = fmax(most, (double)logits[v]);
        for (int v = 0; v < V; v++) sum += exp((double)logits[v] - most);
        for (int v = 0; v < V; v++) {
            double p = exp((double)logits[v] - most) / sum, size = (double)(start[v + 1] - start[v]);
            assert_true(start[v + 1] > start[v]);
            assert_true(size / 0x1p32 >= p * (1 - V / 0x1p32) * (1 - 1e-9) - 0x1p-33);
            uint64_t target = start[v] + random_below(d.stream, d.index++, start[v + 1] - start[v]);
            assert_int_equal(symbol_find(start, V, target), v);
        }
    }
    logits[0] = logits[1] = 1; /* a tie: what is left over goes to the first */
    logits[2] = 0;
    assert_true(symbol_sizes(start, logits, 3));
    assert_true(start[1] - start[0] >= start[2] - start[1]);
    logits[1] = (real)NAN;
    assert_false(symbol_sizes(start, logits, 3));
    logits[1] = (real)INFINITY;
    assert_false(symbol_sizes(start, logits, 3));
}

static double log2_choose(int m, int c) {
    return (lgamma(m + 1.0) - lgamma(c + 1.0) - lgamma(m - c + 1.0)) / log(2);
}

static void binomial_numbers(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 3);
    double worst = 0;
    for (int n = 0; n < 2000; n++) {
        uint64_t total =
            2 + random_below(d.stream, d.index++, (uint64_t)0xfffffffe >> draw_int(&d, 0, 30)) + 0;
        uint64_t size =
            1 + random_below(d.stream, d.index++, total - 1) / ((uint64_t)1 << draw_int(&d, 0, 20));
        int m = n % 50 ? draw_int(&d, 2, 60) : draw_int(&d, 2, 20000);
        double q = (double)size / (double)total;
        int likely = (int)(m * q), count = draw_int(&d, 0, 1) ? likely : draw_int(&d, 0, m);
        Bytes out = {0};
        RangeEncoder e = range_begin(&out);
        enum { TIMES = 40 }; /* so that the end does not count */
        for (int i = 0; i < TIMES; i++) binomial_encode(&e, count, m, size, total);
        range_end(&e);
        double p = log2_choose(m, count) + count * log2(q) + (m - count) * log1p(-q) / log(2);
        double cost = 8.0 * (double)out.size / TIMES + p;
        if (p > -25) worst = fmax(worst, cost);
        RangeDecoder r = range_decode_begin(out.data, out.size);
        for (int i = 0; i < TIMES; i++)
            if (binomial_decode(&r, m, size, total) != count) fail_msg("seed %d, number %d", SEED + 3, n);
        assert_true(range_decode_end(&r));
        bytes_free(&out);
    }
    printf("seed %d: a number costs at most %.3f bits more than its probability\n", SEED + 3, worst);
    assert_true(worst < 0.25); /* 8 bytes over 40 numbers are 0.2 */
}

/* Numbers that no walk from the mode would reach in time, and still one interval each. */
static void binomial_numbers_far_from_the_mode(void **state) {
    (void)state;
    const int m = 2000000000, counts[] = {0, 1, 70000, 1999999999, 2000000000};
    const uint64_t sizes[] = {1, RANGE_TOTAL / 2, RANGE_TOTAL - 1};
    Bytes out = {0};
    RangeEncoder e = range_begin(&out);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) binomial_encode(&e, counts[i], m, sizes[k], RANGE_TOTAL);
    range_end(&e);
    RangeDecoder d = range_decode_begin(out.data, out.size);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++)
            assert_int_equal(binomial_decode(&d, m, sizes[k], RANGE_TOTAL), counts[i]);
    assert_true(range_decode_end(&d));
    bytes_free(&out);
}

/* Bytes beyond the first range stay beyond each later one: whatever they decode to, they are no message. */
static void beyond_the_first_range(void **state) {
    (void)state;
    uint8_t data[24];
    memset(data, 0xff, sizeof data);
    for (size_t at = 8; at < sizeof data; at++)
        for (int byte = 0; byte < 256; byte++) {
            data[at] = (uint8_t)byte;
            RangeDecoder d = range_decode_begin(data, at + 1);
            for (int i = 0; i < 30; i++) {
                range_decode_bits(&d, 9);
                assert_false(range_decode_end(&d));
            }
            data[at] = 0xff;
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),
        cmocka_unit_test(adaptive_symbols_and_numbers),
        cmocka_unit_test(sizes_of_logits),
        cmocka_unit_test(binomial_numbers),
        cmocka_unit_test(binomial_numbers_far_from_the_mode),
        cmocka_unit_test(beyond_the_first_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
