#include "eval/creativity/creativity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/exact.h"
#include "eval/creativity/shared.h"

double creativity_ideal(double valid, double trained, int n) {
    if (!(valid > 0)) return NAN;
    double missed = valid > 1 ? exact_exp(n * exact_log(1 - 1 / valid)) : 0; /* a class in none of n draws */
    return (valid - trained) / n * (1 - missed);
}

Status creativity_trained(Texts *out, const FactSet *facts, Err *err) {
    size_t tokens = (size_t)facts->start[facts->n_pool];
    int n = facts->n + facts->n_variants, heldout = facts->n_heldout;
    int64_t *start = malloc(((size_t)n + 1) * sizeof *start), at = 0;
    int32_t *token = malloc((tokens + 1) * sizeof *token);
    *out = (Texts){n, start, token};
    if (!start || !token) return err_set(err, ERR_NOMEM, "no memory for %d facts", n);
    for (int i = 0; i < n; i++) {
        int fact = i < facts->n ? i : i + heldout;
        start[i] = at;
        for (int64_t t = facts->start[fact]; t < facts->start[fact + 1]; t++)
            if (facts_coded(facts, t)) token[at++] = facts->tokens[t];
    }
    start[n] = at;
    return OK;
}

/* ---- classes ---- */

/* A number for each text: its class, or -2 and below by its hash; numbers of different texts differ. */
static int64_t type_of(const Texts *texts, int i, const Task *task) {
    int n = text_length(texts, i);
    int64_t class = task ? task_judge(task, text_of(texts, i), n) : -1;
    if (class >= 0) return class;
    return -2 - (int64_t)(XXH3_64bits(text_of(texts, i), (size_t)n * sizeof(int32_t)) >> 2);
}

static int compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static int64_t *types_of(const Texts *texts, const Task *task) {
    int64_t *type = malloc(((size_t)texts->n + 1) * sizeof *type);
    for (int i = 0; type && i < texts->n; i++) type[i] = type_of(texts, i, task);
    return type;
}

/* Wilson's score interval of a share. */
static Interval share_of(double hits, double n) {
    double z = 1.959963984540054, p = hits / n, scale = 1 + z * z / n;
    double middle = (p + z * z / (2 * n)) / scale,
           half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
    return (Interval){p, middle - half, middle + half, NAN};
}

/* A count of different things over n draws. Without one draw the count falls by one where that was the only one of its
 * kind: jackknife variance of the share (n - 1) / n * s (1 - s / n) / n^2 for s of these. A bootstrap would be biased:
 * a resample repeats draws, and a repeat is nothing different. */
static Interval different_of(double different, double singles, double n) {
    double error = n > 1 ? sqrt((n - 1) / n * singles * (1 - singles / n)) / n : NAN;
    double value = different / n, half = 1.959963984540054 * error;
    return (Interval){value, value - half, value + half, NAN};
}

static void count_classes(Creativity *out, int64_t *type, const int64_t *known, size_t n_known, bool task,
                          const bool *whole) {
    double coherent = 0, memorized = 0, novel = 0, different = 0, singles = 0;
    int n = out->n;
    for (int i = 0; i < n; i++) {
        bool valid = !task || type[i] >= 0;
        bool old = task ? bsearch(&type[i], known, n_known, sizeof *known, compare) != NULL : whole[i];
        coherent += valid;
        memorized += valid && old;
        novel += valid && !old;
        if (!valid || old) type[i] = INT64_MIN; /* no candidate for what follows */
    }
    qsort(type, (size_t)n, sizeof *type, compare);
    for (int i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && type[next] == type[i];) next++;
        if (type[i] == INT64_MIN) continue;
        different++;
        singles += next - i == 1;
    }
    out->coherence = task ? share_of(coherent, n) : (Interval){NAN, NAN, NAN, NAN};
    out->memorized = share_of(memorized, n);
    out->novel = share_of(novel, n);
    out->creativity = different_of(different, singles, n);
}

static int64_t count_different(const int64_t *sorted, int n) {
    int64_t different = 0;
    for (int i = 0; i < n; i++) different += sorted[i] >= 0 && (!i || sorted[i] != sorted[i - 1]);
    return different;
}

/* ---- against the training data ---- */

static Status find_shared(Creativity *out, const Texts *samples, const Texts *trained, bool *whole,
                          Err *err) {
    SuffixArray array;
    double sum = 0;
    Status status = suffix_array_create(&array, trained, err);
    for (int i = 0; status == OK && i < samples->n; i++) {
        int n = text_length(samples, i), longest = suffix_array_longest(&array, text_of(samples, i), n);
        sum += longest;
        if (longest > out->longest) out->longest = longest;
        whole[i] = longest == n;
    }
    out->longest_mean = sum / samples->n;
    suffix_array_free(&array);
    return status;
}

/* whole: whether a sample occurs whole in the training data, read where there is no task. */
static Status count(Creativity *out, const Texts *samples, const Texts *trained, const Task *task,
                    const bool *whole, Err *err) {
    int64_t *type = types_of(samples, task), *known = types_of(trained, task);
    Status status = OK;
    if (!type || !known)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the classes of %d samples", samples->n));
    qsort(known, (size_t)trained->n, sizeof *known, compare);
    TRY_GOTO(type_entropy(&out->entropy, type, samples->n, err));
    if (task) {
        out->valid = task->valid;
        out->trained = (double)count_different(known, trained->n);
        out->ideal = creativity_ideal(out->valid, out->trained, out->n);
    }
    count_classes(out, type, known, (size_t)trained->n, task != NULL, whole);
done:
    free(type);
    free(known);
    return status;
}

static Status begin(Creativity *out, const Texts *samples, Err *err) {
    *out = (Creativity){
        .n = samples->n, .valid = NAN, .trained = NAN, .ideal = NAN, .longest_mean = NAN, .vendi = NAN};
    for (int n = 0; n < DISTINCT_N; n++) out->distinct[n] = NAN;
    return samples->n < 1 ? err_set(err, ERR_INPUT, "there is no sample to measure") : OK;
}

Status creativity_count(Creativity *out, const Texts *samples, const Texts *trained, const Task *task,
                        Err *err) {
    TRY(begin(out, samples, err));
    return count(out, samples, trained, task, NULL, err);
}

Status creativity_measure(Creativity *out, const Texts *samples, const Texts *trained, const Task *task,
                          Err *err) {
    TRY(begin(out, samples, err));
    bool *whole = calloc((size_t)samples->n, sizeof *whole);
    Status status = OK;
    if (!whole) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d samples", samples->n));
    TRY_GOTO(find_shared(out, samples, trained, whole, err));
    TRY_GOTO(distinct_ngrams(out->distinct, samples, err));
    TRY_GOTO(vendi_score(&out->vendi, samples, err));
    TRY_GOTO(count(out, samples, trained, task, whole, err));
done:
    free(whole);
    return status;
}
