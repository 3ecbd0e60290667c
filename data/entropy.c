#include "data/entropy.h"

#include <stdlib.h>

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

/* Below 2^53 the space is an exact integer and the sum is computed term by term. Above, with K = V^S,
 *   sum log2(K - i) = n S log2 V + sum log2(1 - i/K),
 *   sum ln(1 - i/K) = - S1/K - S2/(2 K^2) - ...,  S1 = n(n-1)/2,  S2 = (n-1)n(2n-1)/6.
 * With n < 2^31 the third term is below 2^-37 bits, where H (if n is that large) is good to 2^-17. */
double draw_bits(int n, int vocab_size, int seq_len) {
    double K = sequence_count(vocab_size, seq_len), N = n, ln2 = 0x1.62e42fefa39efp-1;
    if (K < 0x1p53) return distinct_bits(n, K);
    Sum bits = {0};
    sum_add(&bits, N * seq_len * exact_log2(vocab_size));
    sum_add(&bits, -(N * (N - 1) / 2) / K / ln2);
    sum_add(&bits, -((N - 1) / K * (N / K) * (2 * N - 1) / 12) / ln2);
    return bits.sum + bits.lost;
}

double distinct_bits(int n, double space) {
    Sum bits = {0};
    for (int i = 0; i < n; i++) sum_add(&bits, exact_log2(space - i));
    return bits.sum + bits.lost;
}

/* Term by term: a difference of log2 factorials would lose the digits of a small k. */
double choose_bits(int n, int k) {
    Sum bits = {0};
    if (k > n - k) k = n - k;
    for (int i = 0; i < k; i++) {
        sum_add(&bits, exact_log2((double)n - i));
        sum_add(&bits, -exact_log2((double)k - i));
    }
    return bits.sum + bits.lost;
}

static double choose_by_factorials(int n, int k) {
    return exact_log2_factorial(n) - exact_log2_factorial(k) - exact_log2_factorial((double)n - k);
}

/* With K marks among the n, log2 C(n,K) - log2 P(K) = log2 C(all,marked) - log2 C(all-n,marked-K). */
double marks_bits(int n, int all, int marked) {
    if (n == all) return choose_bits(n, marked);
    double whole = choose_by_factorials(all, marked);
    int k_min = marked > all - n ? marked - (all - n) : 0, k_max = marked < n ? marked : n;
    Sum bits = {0};
    for (int k = k_min; k <= k_max; k++) {
        double outside = choose_by_factorials(all - n, marked - k);
        double p = exact_pow(2, choose_by_factorials(n, k) + outside - whole);
        sum_add(&bits, p * (whole - outside));
    }
    return bits.sum + bits.lost;
}

/* The draws give a pattern (which of them are equal) and a name to each of the M values seen. A pattern of M values
 * has probability D (D-1) .. (D-M+1) / D^n, and the names are one of S (S-1) .. (S-M+1) ordered choices, S = space:
 *   H = n log2 D + sum over j < D of P(M > j) log2((S - j)/(D - j)).
 * M is a chain that goes from m to m + 1 with probability (D - m)/D. Its probabilities are walked until only D is
 * left or n draws are done. States below 2^-90 are left out: the band that is walked has some 20 sqrt(D) of them. */
Status subset_bits(double *out, int64_t n, int D, double space, Err *err) {
    double threshold = 0x1p-90;
    double *p = calloc((size_t)D + 1, sizeof *p); /* p[m]: probability of m values seen so far */
    if (!p) return err_set(err, ERR_NOMEM, "no memory for the entropy of draws from %d values", D);
    int low = 0, high = 0;
    p[0] = 1;
    for (int64_t i = 0; i < n && low < D; i++) {
        if (high < D && p[high] > threshold) high++;
        for (int m = high; m > low; m--) p[m] = p[m] * m / D + p[m - 1] * (D - m + 1) / D;
        p[low] = p[low] * low / D;
        while (low < high && p[low] < threshold) p[low++] = 0;
    }
    double total = 0, above = 0; /* rounding leaves the sum of all near 1, not at it */
    for (int m = low; m <= high; m++) total += p[m];
    Sum bits = {0};
    sum_add(&bits, (double)n * exact_log2(D));
    for (int j = high - 1; j >= 0; j--) {
        above += j + 1 >= low ? p[j + 1] : 0;
        sum_add(&bits, above / total * (exact_log2(space - j) - exact_log2((double)D - j)));
    }
    free(p);
    *out = bits.sum + bits.lost;
    return OK;
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
