#include "eval/creativity/diversity.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/exact.h"

/* ---- n-grams ---- */

/* n-grams are compared by 64-bit hashes: among 10^6 different ones two collide with probability 3e-8. */
static uint64_t gram_hash(const int32_t *tokens, int n) {
    return XXH3_64bits_withSeed(tokens, (size_t)n * sizeof *tokens, (uint64_t)n);
}

static int compare_hashes(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static int64_t count_different(uint64_t *hash, size_t n) {
    int64_t different = 0;
    qsort(hash, n, sizeof *hash, compare_hashes);
    for (size_t i = 0; i < n; i++) different += !i || hash[i] != hash[i - 1];
    return different;
}

Status distinct_ngrams(double distinct[DISTINCT_N], const Texts *texts, Err *err) {
    uint64_t *hash = malloc(((size_t)texts->start[texts->n] + 1) * sizeof *hash);
    if (!hash) return err_set(err, ERR_NOMEM, "no memory for the n-grams of %d samples", texts->n);
    for (int n = 1; n <= DISTINCT_N; n++) {
        size_t all = 0;
        for (int i = 0; i < texts->n; i++)
            for (int t = 0; t + n <= text_length(texts, i); t++)
                hash[all++] = gram_hash(text_of(texts, i) + t, n);
        distinct[n - 1] = all ? (double)count_different(hash, all) / (double)all : NAN;
    }
    free(hash);
    return OK;
}

/* ---- types ---- */

static int compare_types(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

Status type_entropy(TypeEntropy *out, const int64_t *type, int n, Err *err) {
    *out = (TypeEntropy){0};
    int64_t *sorted = malloc((size_t)n * sizeof *sorted);
    if (!sorted) return err_set(err, ERR_NOMEM, "no memory for the types of %d samples", n);
    memcpy(sorted, type, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_types);
    for (int pass = 0; pass < 2; pass++) { /* the coverage needs all singletons */
        double coverage = 1 - (double)out->singletons / n;
        for (int i = 0, next; i < n; i = next) {
            for (next = i + 1; next < n && sorted[next] == sorted[i];) next++;
            double p = (double)(next - i) / n, covered = coverage * p;
            if (!pass) out->types++;
            if (!pass) out->singletons += next - i == 1;
            if (!pass) out->plugin -= p * exact_log(p);
            else if (covered > 0) /* 1 - (1 - C p)^n: the chance that the type came up at all */
                out->chao_shen -= covered * exact_log(covered) /
                                  (1 - (covered < 1 ? exact_exp(n * exact_log(1 - covered)) : 0));
        }
    }
    if (out->singletons == n) out->chao_shen = NAN;
    out->miller_madow = out->plugin + (out->types - 1) / (2.0 * n);
    free(sorted);
    return OK;
}

/* ---- eigenvalues ---- */

/* The diagonal and the subdiagonal of the tridiagonal matrix similar to a; both n, e[0] = 0. */
static void tridiagonal(double *a, int n, double *d, double *e) {
    for (int i = n - 1; i > 0; i--) {
        double *u = a + (size_t)i * (size_t)n, squares = 0;
        for (int k = 0; k < i; k++) squares += u[k] * u[k];
        d[i] = u[i];
        if (squares - u[i - 1] * u[i - 1] <= 0) { /* nothing to reflect */
            e[i] = u[i - 1];
            continue;
        }
        double length = u[i - 1] > 0 ? -sqrt(squares) : sqrt(squares), h = squares - u[i - 1] * length, g = 0;
        e[i] = length;
        u[i - 1] -= length;
        double *p = e; /* e[0 .. i - 1] is not set yet */
        for (int j = 0; j < i; j++) p[j] = 0;
        for (int j = 0; j < i; j++) { /* p = A u, A's lower triangle only */
            const double *row = a + (size_t)j * (size_t)n;
            double sum = row[j] * u[j];
            for (int k = 0; k < j; k++) {
                sum += row[k] * u[k];
                p[k] += row[k] * u[j];
            }
            p[j] += sum;
        }
        for (int j = 0; j < i; j++) g += (p[j] /= h) * u[j];
        for (int j = 0; j < i; j++) p[j] -= g / (2 * h) * u[j];
        for (int j = 0; j < i; j++) {
            double *row = a + (size_t)j * (size_t)n, pj = p[j], uj = u[j];
            for (int k = 0; k <= j; k++) row[k] -= pj * u[k] + uj * p[k];
        }
    }
    d[0] = a[0];
    e[0] = 0;
}

static double length_of(double x, double y) { return sqrt(x * x + y * y); }

/* One implicit QL step with Wilkinson's shift on rows l .. m. */
static void ql_step(double *d, double *e, int l, int m) {
    double g = (d[l + 1] - d[l]) / (2 * e[l]), r = length_of(g, 1), s = 1, c = 1, p = 0;
    g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r));
    int i = m - 1;
    for (; i >= l; i--) {
        double f = s * e[i], b = c * e[i];
        e[i + 1] = r = length_of(f, g);
        if (!(r > 0)) { /* the matrix falls apart here */
            d[i + 1] -= p;
            e[m] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0;
}

Status symmetric_eigenvalues(double *a, int n, double *value, Err *err) {
    enum { STEPS_MAX = 60 };
    double *e = calloc((size_t)n + 1, sizeof *e), *d = value;
    if (!e) return err_set(err, ERR_NOMEM, "no memory for %d eigenvalues", n);
    Status status = OK;
    tridiagonal(a, n, d, e);
    for (int i = 1; i < n; i++) e[i - 1] = e[i]; /* e[i]: between i and i + 1 */
    e[n - 1] = 0;
    double norm = 0; /* what is below its rounding is zero: alike samples make many eigenvalues zero */
    for (int i = 0; i < n; i++) norm = fmax(norm, fabs(d[i]) + fabs(e[i]));
    for (int l = 0; l < n && status == OK; l++)
        for (int steps = 0;; steps++) {
            int m = l;
            for (; m < n - 1; m++) {
                if (fabs(e[m]) <= 0x1p-53 * norm) break;
            }
            if (m == l) break;
            if (steps == STEPS_MAX) {
                status = err_set(err, ERR_NUMERIC, "eigenvalue %d of %d does not converge", l, n);
                break;
            }
            ql_step(d, e, l, m);
        }
    free(e);
    return status;
}

/* ---- Vendi ---- */

typedef struct Grams {
    uint64_t *hash; /* of the different n-grams, ascending */
    double *count;
    int n;
    double length; /* of the vector of counts */
} Grams;

static bool grams_of(Grams *out, const Texts *texts, int i) {
    int length = text_length(texts, i);
    size_t room = (size_t)DISTINCT_N * (size_t)length + 1, all = 0;
    *out = (Grams){.hash = malloc(room * sizeof *out->hash), .count = malloc(room * sizeof *out->count)};
    if (!out->hash || !out->count) return false;
    for (int n = 1; n <= DISTINCT_N; n++)
        for (int t = 0; t + n <= length; t++) out->hash[all++] = gram_hash(text_of(texts, i) + t, n);
    qsort(out->hash, all, sizeof *out->hash, compare_hashes);
    double squares = 0;
    for (size_t k = 0, next; k < all; k = next) {
        for (next = k + 1; next < all && out->hash[next] == out->hash[k];) next++;
        out->hash[out->n] = out->hash[k];
        out->count[out->n++] = (double)(next - k);
        squares += (double)(next - k) * (double)(next - k);
    }
    out->length = sqrt(squares);
    return true;
}

/* Two empty texts are alike. */
static double cosine(const Grams *a, const Grams *b) {
    double dot = 0;
    if (!a->n || !b->n) return a->n == b->n;
    for (int i = 0, j = 0; i < a->n && j < b->n;) {
        if (a->hash[i] == b->hash[j]) dot += a->count[i++] * b->count[j++];
        else if (a->hash[i] < b->hash[j]) i++;
        else j++;
    }
    return dot / (a->length * b->length);
}

static double entropy_of(const double *value, int n) {
    double entropy = 0;
    for (int i = 0; i < n; i++)
        if (value[i] > 0) entropy -= value[i] * exact_log(value[i]);
    return entropy;
}

Status vendi_score(double *out, const Texts *texts, Err *err) {
    int n = texts->n < VENDI_MAX ? texts->n : VENDI_MAX;
    size_t N = (size_t)n;
    Status status = OK;
    *out = NAN;
    if (!n) return OK;
    Grams *grams = calloc(N, sizeof *grams);
    double *kernel = malloc(N * N * sizeof *kernel), *value = malloc(N * sizeof *value);
    bool allocated = grams && kernel && value;
    for (int i = 0; i < n && allocated; i++) allocated = grams_of(&grams[i], texts, i);
    if (!allocated) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the similarities of %d samples", n));
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j <= i; j++)
            kernel[i * N + j] = kernel[j * N + i] = i == j ? 1.0 / n : cosine(&grams[i], &grams[j]) / n;
    TRY_GOTO(symmetric_eigenvalues(kernel, n, value, err));
    *out = exact_exp(entropy_of(value, n));
done:
    for (int i = 0; i < n && grams; i++) {
        free(grams[i].hash);
        free(grams[i].count);
    }
    free(grams);
    free(kernel);
    free(value);
    return status;
}
