/* Creativity: suffix arrays against looking everywhere, eigenvalues against matrices whose eigenvalues are known, Vendi
 * against its definition, entropies of known sources, and samplers whose creativity is known. */
#include "tests/kinds_testing.h"

#include <math.h>

#include "eval/creativity/creativity.h"
#include "eval/creativity/shared.h"

enum { SEED = 20261129 };

static Stream stream_of(uint32_t sub) { return random_stream(SEED, RANDOM_PROMPT, sub); }

/* ---- n-grams shared with the training data ---- */

static int longest_by_looking(const Texts *texts, const int32_t *x, int n) {
    int longest = 0;
    for (int at = 0; at < n; at++)
        for (int i = 0; i < texts->n; i++)
            for (int t = 0; t < text_length(texts, i); t++) {
                int k = 0;
                while (at + k < n && t + k < text_length(texts, i) && text_of(texts, i)[t + k] == x[at + k])
                    k++;
                if (k > longest) longest = k;
            }
    return longest;
}

static void suffix_arrays_find_what_looking_finds(void **state) {
    (void)state;
    printf("seed %d\n", SEED);
    Stream s = stream_of(1);
    uint64_t at = 0;
    for (int round = 0; round < 1000; round++) {
        enum { TEXTS = 6, LEN = 14 };
        int64_t start[TEXTS + 1] = {0};
        int32_t token[TEXTS * LEN], x[LEN];
        int n = (int)random_below(s, at++, TEXTS + 1), symbols = 1 + (int)random_below(s, at++, 4);
        for (int i = 0; i < n; i++) start[i + 1] = start[i] + (int)random_below(s, at++, LEN);
        for (int64_t t = 0; t < start[n]; t++) token[t] = (int32_t)random_below(s, at++, (uint64_t)symbols);
        Texts texts = {n, start, token};
        SuffixArray array;
        Err err = {0};
        assert_int_equal(suffix_array_create(&array, &texts, &err), OK);
        for (int probe = 0; probe < 5; probe++) {
            int length = (int)random_below(s, at++, LEN);
            for (int t = 0; t < length; t++) x[t] = (int32_t)random_below(s, at++, (uint64_t)symbols + 1);
            assert_int_equal(suffix_array_longest(&array, x, length), longest_by_looking(&texts, x, length));
        }
        suffix_array_free(&array);
    }
}

/* ---- eigenvalues, Vendi ---- */

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The second difference matrix: 2 - 2 cos(pi k / (n + 1)); and Q D Q for a reflection Q. */
static void eigenvalues_that_are_known(void **state) {
    (void)state;
    for (int n = 1; n <= 60; n++) {
        size_t N = (size_t)n;
        double *a = calloc(N * N, sizeof *a), *value = calloc(N, sizeof *value), *u = calloc(N, sizeof *u);
        double *expected = calloc(N, sizeof *expected), squares = 0;
        Err err = {0};
        for (int i = 0; i < n; i++) {
            a[i * n + i] = 2;
            if (i) a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
            expected[i] = 2 - 2 * cos(3.14159265358979323846 * (i + 1) / (n + 1));
        }
        assert_int_equal(symmetric_eigenvalues(a, n, value, &err), OK);
        qsort(value, N, sizeof *value, compare);
        for (int i = 0; i < n; i++) assert_true(fabs(value[i] - expected[i]) < 1e-13 * n);
        for (int i = 0; i < n; i++) {
            u[i] = random_unit(stream_of(2), (uint64_t)(n * 100 + i)) - .5;
            squares += u[i] * u[i];
            expected[i] = i % 3 ? i : -1; /* with repeats */
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) { /* sum over k of Q_ik D_k Q_kj, Q = 1 - 2 u u' / u'u */
                double sum = 0;
                for (int k = 0; k < n; k++)
                    sum += ((i == k) - 2 * u[i] * u[k] / squares) * expected[k] *
                           ((k == j) - 2 * u[k] * u[j] / squares);
                a[i * n + j] = sum;
            }
        assert_int_equal(symmetric_eigenvalues(a, n, value, &err), OK);
        qsort(value, N, sizeof *value, compare);
        qsort(expected, N, sizeof *expected, compare);
        for (int i = 0; i < n; i++) assert_true(fabs(value[i] - expected[i]) < 1e-12 * n);
        free(a);
        free(value);
        free(u);
        free(expected);
    }
}

static double vendi_of(int n, const int64_t *start, const int32_t *token) {
    double vendi;
    Err err = {0};
    Texts texts = {n, start, token};
    assert_int_equal(vendi_score(&vendi, &texts, &err), OK);
    return vendi;
}

/* Alike: 1; nothing shared: n; k kinds in shares p: exp of their entropy; two texts with cosine c: by hand. */
static void vendi_of_known_samples(void **state) {
    (void)state;
    int64_t start[9];
    int32_t alike[8] = {3, 4, 3, 4, 3, 4, 3, 4}, different[8] = {0, 1, 2, 3, 4, 5, 6, 7},
            pair[4] = {1, 2, 1, 3};
    int32_t kinds[8] = {1, 2, 1, 2, 1, 2, 5, 6};
    for (int i = 0; i <= 8; i++) start[i] = 2 * i;
    assert_true(fabs(vendi_of(4, start, alike) - 1) < 1e-12);
    assert_true(fabs(vendi_of(4, start, different) - 4) < 1e-12);
    assert_true(fabs(vendi_of(4, start, kinds) - exp(-(.75 * log(.75) + .25 * log(.25)))) < 1e-12);
    /* 1 2 and 1 3: three 1- and 2-grams each, of which one is shared: c = 1/3, eigenvalues (1 +- c) / 2 */
    enum { MANY = 300 }; /* most eigenvalues are zero */
    int64_t many_start[MANY + 1];
    int32_t many[2 * MANY];
    for (int i = 0; i <= MANY; i++) many_start[i] = 2 * i;
    for (int i = 0; i < MANY; i++) many[2 * i] = i % 3 * 2, many[2 * i + 1] = i % 3 * 2 + 1;
    assert_true(fabs(vendi_of(MANY, many_start, many) - 3) < 1e-9);
    assert_true(fabs(vendi_of(2, start, pair) - exp(-(2. / 3 * log(2. / 3) + 1. / 3 * log(1. / 3)))) < 1e-12);
}

static void distinct_ngrams_by_hand(void **state) {
    (void)state;
    int64_t start[] = {0, 3, 6, 7};
    int32_t token[] = {1, 2, 1, 1, 2, 2, 9};
    double distinct[DISTINCT_N];
    Texts texts = {3, start, token};
    Err err = {0};
    assert_int_equal(distinct_ngrams(distinct, &texts, &err), OK);
    assert_true(fabs(distinct[0] - 3. / 7) < 1e-15);
    assert_true(fabs(distinct[1] - 3. / 4) < 1e-15); /* 12 21 12 22 */
    assert_true(fabs(distinct[2] - 1) < 1e-15);
}

/* ---- entropies of known sources ---- */

/* A source of 40 types. The plug-in estimate is low by about (types - 1) / 2n; the corrections are within a third of
 * that. */
static void entropies_of_a_known_source(void **state) {
    (void)state;
    enum { TYPES = 40, N = 200, ROUNDS = 400 };
    double p[TYPES], sum = 0, entropy = 0, plugin = 0, miller_madow = 0, chao_shen = 0;
    for (int i = 0; i < TYPES; i++) sum += p[i] = pow(.93, i);
    for (int i = 0; i < TYPES; i++) entropy -= p[i] / sum * log(p[i] / sum);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t type[N];
        for (int i = 0; i < N; i++) {
            double u = random_unit(stream_of(10 + (uint32_t)round), (uint64_t)i) * sum;
            int t = 0;
            while (t < TYPES - 1 && u >= p[t]) u -= p[t++];
            type[i] = 7 * t - 50;
        }
        TypeEntropy e;
        Err err = {0};
        assert_int_equal(type_entropy(&e, type, N, &err), OK);
        plugin += e.plugin / ROUNDS;
        miller_madow += e.miller_madow / ROUNDS;
        chao_shen += e.chao_shen / ROUNDS;
    }
    double bias = (TYPES - 1) / (2. * N);
    printf("entropy %.4f: plug-in %.4f, Miller-Madow %.4f, Chao-Shen %.4f, bias expected %.4f\n", entropy,
           plugin, miller_madow, chao_shen, bias);
    assert_true(fabs(plugin - (entropy - bias)) < bias / 3);
    assert_true(fabs(miller_madow - entropy) < bias / 3);
    assert_true(fabs(chao_shen - entropy) < bias / 3);
}

/* ---- samplers whose creativity is known ---- */

typedef struct World {
    Config config;
    FactSet facts;
    Task task;
    Texts trained;
} World;

static World world_of(int n_words, const char *const *words) {
    World w = {.config = config_of(n_words, words)};
    Err err = {0};
    w.facts = generate(&w.config);
    assert_int_equal(task_open(&w.task, &w.config.facts, w.config.facts.seed, &err), OK);
    assert_int_equal(creativity_trained(&w.trained, &w.facts, &err), OK);
    return w;
}

static void world_free(World *w) {
    free((void *)(uintptr_t)w->trained.start);
    free((void *)(uintptr_t)w->trained.token);
    task_close(&w->task);
    facts_free(&w->facts);
}

static Creativity measure(const World *w, int n, int32_t *token) {
    int64_t *start = calloc((size_t)n + 1, sizeof *start);
    assert_non_null(start);
    for (int i = 0; i <= n; i++) start[i] = (int64_t)i * w->task.len;
    Texts samples = {n, start, token};
    Creativity c;
    Err err = {0};
    if (creativity_measure(&c, &samples, &w->trained, &w->task, &err) != OK) fail_msg("%s", err.msg);
    free(start);
    return c;
}

static void known_samplers(void **state) {
    (void)state;
    enum { N = 1000 };
    static const char *const worlds[][6] = {
        {"facts.kind=siblings", "facts.n=992", "facts.paraphrases=2", "facts.seed_prefix=2",
         "facts.heldout=9"},
        {"facts.kind=triangles", "facts.n=200", "facts.vertices=40"},
        {"facts.kind=circles", "facts.n=1000", "facts.vertices=14"},
        {"facts.kind=lines", "facts.n=300", "facts.vertices=9", "facts.edges=3"}};
    for (size_t k = 0; k < sizeof worlds / sizeof *worlds; k++) {
        int n_words = 0;
        while (n_words < 6 && worlds[k][n_words]) n_words++;
        World w = world_of(n_words, worlds[k]);
        int len = w.task.len;
        int32_t *token = calloc((size_t)N * (size_t)len, sizeof *token);
        Stream s = stream_of(5000 + (uint32_t)k);
        assert_non_null(token);
        for (int i = 0; i < N; i++) /* the ideal: uniform among all that is valid */
            task_draw_spelling(&w.task, random_below(s, (uint64_t)i, (uint64_t)w.task.valid), s,
                               1000 + (uint64_t)i, token + i * len);
        Creativity c = measure(&w, N, token);
        printf(
            "%s: M %.0f, trained %.0f, ideal %.4f, uniform draws %.4f (%.4f to %.4f), entropy %.3f of %.3f\n",
            worlds[k][0], c.valid, c.trained, c.ideal, c.creativity.value, c.creativity.low,
            c.creativity.high, c.entropy.chao_shen, log(c.valid));
        assert_true(c.trained == w.facts.n);
        assert_true(c.coherence.value == 1 && c.memorized.value + c.novel.value == 1);
        assert_true(fabs(c.creativity.value - c.ideal) < .04);
        assert_true(c.creativity.low < c.ideal + .01 && c.creativity.high > c.ideal - .01);
        for (int i = 0; i < N; i++) /* one who copies what was trained, in other spellings */
            task_draw_spelling(&w.task,
                               (uint64_t)task_judge(&w.task, text_of(&w.trained, i % w.facts.n), len), s,
                               9000 + (uint64_t)i, token + i * len);
        c = measure(&w, N, token);
        assert_true(c.creativity.value == 0 && c.memorized.value == 1 && c.coherence.value == 1);
        uint64_t new_class = 0; /* one who says one new thing for ever */
        for (bool old = true; old; new_class += old) {
            old = false;
            for (int i = 0; i < w.facts.n; i++)
                old |= task_judge(&w.task, text_of(&w.trained, i), len) == (int64_t)new_class;
        }
        for (int i = 0; i < N; i++) w.task.kind->spell(&w.task, new_class, token + i * len);
        c = measure(&w, N, token);
        assert_true(c.creativity.value == 1. / N && c.novel.value == 1 && fabs(c.vendi - 1) < 1e-9);
        assert_int_equal(c.entropy.types, 1);
        for (int i = 0; i < N * len; i++) token[i] = w.task.vocab_size + 5; /* one who says nothing valid */
        c = measure(&w, N, token);
        assert_true(c.creativity.value == 0 && c.coherence.value == 0 && c.longest == 0);
        free(token);
        world_free(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suffix_arrays_find_what_looking_finds),
        cmocka_unit_test(eigenvalues_that_are_known),
        cmocka_unit_test(vendi_of_known_samples),
        cmocka_unit_test(distinct_ngrams_by_hand),
        cmocka_unit_test(entropies_of_a_known_source),
        cmocka_unit_test(known_samplers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
