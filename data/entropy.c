#include "data/entropy.h"

#include "base/exact.h"

/* Neumaier's compensated sum: the error of every addition is kept and added at the end. */
typedef struct Sum {
    double sum, lost;
} Sum;

static void sum_add(Sum *s, double x) {
    double next = s->sum + x;
    double a = __builtin_fabs(s->sum), b = __builtin_fabs(x);
    s->lost += a >= b ? (s->sum - next) + x : (x - next) + s->sum;
    s->sum = next;
}

double sequence_count(int vocab_size, int seq_len) {
    double count = 1;
    for (int i = 0; i < seq_len; i++) count *= vocab_size;
    return count;
}

/* Below 2^53 the space is an exact integer and the sum is taken as it stands. Above, with K = V^S,
 *   sum log2(K - i) = n S log2 V + sum log2(1 - i/K),
 *   sum ln(1 - i/K) = - S1/K - S2/(2 K^2) - ...,  S1 = n(n-1)/2,  S2 = (n-1)n(2n-1)/6.
 * With n < 2^31 the third term is below 2^-37 bits, where H (if n is that large) is good to 2^-17. */
double draw_bits(int n, int vocab_size, int seq_len) {
    double K = sequence_count(vocab_size, seq_len), N = n;
    Sum bits = {0};
    if (K < 0x1p53) {
        for (int i = 0; i < n; i++) sum_add(&bits, exact_log2(K - i));
    } else {
        double ln2 = 0x1.62e42fefa39efp-1;
        sum_add(&bits, N * seq_len * exact_log2(vocab_size));
        sum_add(&bits, -(N * (N - 1) / 2) / K / ln2);
        sum_add(&bits, -((N - 1) / K * (N / K) * (2 * N - 1) / 12) / ln2);
    }
    return bits.sum + bits.lost;
}

double grouped_bits(const int32_t *group_size, int n_groups) {
    double n = 0;
    Sum bits = {0};
    for (int i = 0; i < n_groups; i++) {
        n += group_size[i];
        if (group_size[i] > 1) sum_add(&bits, -group_size[i] * exact_log2(group_size[i]));
    }
    if (n > 1) sum_add(&bits, n * exact_log2(n));
    return bits.sum + bits.lost;
}
