/* Creative tasks: every string over the alphabet judged against the definition, the number of classes and spellings
 * against counting them, draws that are uniform, entropies, seed prefixes in training. */
#include "tests/kinds_testing.h"

#include <math.h>

#include "data/kinds/task.h"
#include "train/seed_prefix.h"

/* ---- the definitions, written as they are spoken, and slowly ---- */

typedef struct Small {
    const char *word[5];
    int n_words;
} Small;

static const Small smalls[] = {
    {{"facts.kind=siblings", "facts.parents=2", "facts.children=3", "facts.n=1"}, 4},
    {{"facts.kind=siblings", "facts.parents=1", "facts.children=5", "facts.n=1"}, 4},
    {{"facts.kind=triangles", "facts.vertices=9", "facts.density=0.6", "facts.n=1"}, 4},
    {{"facts.kind=triangles", "facts.vertices=6", "facts.density=1", "facts.n=1"}, 4},
    {{"facts.kind=circles", "facts.vertices=5", "facts.edges=3", "facts.n=1"}, 4},
    {{"facts.kind=circles", "facts.vertices=5", "facts.edges=4", "facts.n=1"}, 4},
    {{"facts.kind=lines", "facts.vertices=5", "facts.edges=1", "facts.n=1"}, 4},
    {{"facts.kind=lines", "facts.vertices=6", "facts.edges=2", "facts.n=1"}, 4},
    {{"facts.kind=lines", "facts.vertices=5", "facts.edges=3", "facts.n=1"}, 4},
};
enum { SMALLS = sizeof smalls / sizeof *smalls, SEED = 4 };

static Task task_of(const Config *config) {
    Task task;
    Err err = {0};
    if (task_open(&task, &config->facts, SEED, &err) != OK) fail_msg("%s", err.msg);
    return task;
}

static bool joined(const Task *task, int a, int b) {
    return task->adjacent[a] >> b & 1; /* up to 64 vertices: a word each */
}

/* Whether the edges, taken in some order, follow one another through different vertices (and back to the first). */
static bool follows(const int32_t *edge, int k, bool ring, int *order, int n, unsigned used) {
    if (n == k && k > 0) {
        int vertices = k + !ring;
        int32_t vertex[TASK_EDGES_MAX + 1];
        for (int i = 0; i < k; i++) vertex[i] = edge[2 * order[i]];
        vertex[k] = edge[2 * order[k - 1] + 1];
        if (ring && vertex[k] != vertex[0]) return false;
        for (int i = 0; i < vertices; i++)
            for (int j = 0; j < i; j++)
                if (vertex[i] == vertex[j]) return false;
        return true;
    }
    for (int e = 0; e < k; e++) {
        if (used >> e & 1 || (n > 0 && edge[2 * order[n - 1] + 1] != edge[2 * e])) continue;
        order[n] = e;
        if (follows(edge, k, ring, order, n + 1, used | 1u << e)) return true;
    }
    return false;
}

/* 0: not valid; else a number that equal sequences share: the set of the unordered pairs, or of the vertices. */
static uint64_t defined_key(const Task *task, FactsKind kind, const int32_t *x) {
    int order[TASK_EDGES_MAX], V = task->vocab_size;
    uint64_t key = 1;
    switch ((int)kind) {
    case FACTS_SIBLINGS:
        if (x[2] >= task->parents || x[0] < task->parents || x[1] < task->parents || x[0] == x[1]) return 0;
        for (int i = 0; i < 2; i++)
            if ((x[i] - task->parents) / task->children != x[2]) return 0;
        return 1u << x[0] | 1u << x[1];
    case FACTS_TRIANGLES:
        if (!joined(task, x[0], x[1]) || !joined(task, x[1], x[2]) || !joined(task, x[0], x[2])) return 0;
        return 1u << x[0] | 1u << x[1] | 1u << x[2];
    default:
        if (!follows(x, task->edges, kind == FACTS_CIRCLES, order, 0, 0)) return 0;
        for (int a = 0; a < V; a++)
            for (int b = a + 1; b < V; b++) {
                bool is_edge = false;
                for (int e = 0; e < task->edges; e++)
                    is_edge |= (x[2 * e] == a && x[2 * e + 1] == b) || (x[2 * e] == b && x[2 * e + 1] == a);
                key = 2 * key + is_edge;
            }
        return key;
    }
}

/* All strings: valid ones have a number, equal ones the same, different ones different, every number has as many
 * spellings as the task says. */
static void every_string_is_judged(void **state) {
    (void)state;
    for (int s = 0; s < SMALLS; s++) {
        Config config = config_of(smalls[s].n_words, smalls[s].word);
        Task task = task_of(&config);
        int M = (int)task.valid, V = task.vocab_size, len = task.len;
        uint64_t *key = calloc((size_t)M + 1, sizeof *key), strings = 1;
        int *spellings = calloc((size_t)M + 1, sizeof *spellings), found = 0;
        assert_true(M > 0 && key && spellings);
        for (int t = 0; t < len; t++) strings *= (uint64_t)V;
        for (uint64_t code = 0; code < strings; code++) {
            int32_t x[TASK_LEN_MAX];
            uint64_t rest = code;
            for (int t = 0; t < len; t++, rest /= (uint64_t)V) x[t] = (int32_t)(rest % (uint64_t)V);
            uint64_t defined = defined_key(&task, config.facts.kind, x);
            int64_t number = task_judge(&task, x, len);
            assert_int_equal(number >= 0, defined != 0);
            if (number < 0) continue;
            assert_in_range(number, 0, M - 1);
            if (spellings[number]++ == 0) key[number] = defined, found++;
            assert_true(key[number] == defined);
        }
        assert_int_equal(found, M);
        for (int i = 0; i < M; i++) {
            assert_int_equal(spellings[i], (int)task.spellings);
            for (int j = 0; j < i; j++) assert_true(key[i] != key[j]);
        }
        printf("%s: %llu strings, M %d, %d spellings each\n", smalls[s].word[0], (unsigned long long)strings,
               M, (int)task.spellings);
        free(key);
        free(spellings);
        task_close(&task);
    }
}

static void other_lengths_and_symbols_are_refused(void **state) {
    (void)state;
    for (int s = 0; s < SMALLS; s++) {
        Config config = config_of(smalls[s].n_words, smalls[s].word);
        Task task = task_of(&config);
        int32_t x[TASK_LEN_MAX + 1] = {0};
        task.kind->spell(&task, 0, x);
        assert_int_equal(task_judge(&task, x, task.len), 0);
        assert_int_equal(task_judge(&task, x, task.len - 1), -1);
        assert_int_equal(task_judge(&task, x, task.len + 1), -1);
        for (int t = 0; t < task.len; t++) {
            static const int32_t strange[] = {-1, INT32_MIN, INT32_MAX, 1 << 20};
            for (int i = 0; i < 4; i++) {
                int32_t right = x[t];
                x[t] = strange[i];
                assert_int_equal(task_judge(&task, x, task.len), -1);
                x[t] = right;
            }
            int32_t right = x[t];
            x[t] = task.vocab_size;
            assert_int_equal(task_judge(&task, x, task.len), -1);
            x[t] = right;
        }
        task_close(&task);
    }
}

/* Numbers of large tasks: back and forth over the whole range. */
static void numbers_come_back(void **state) {
    (void)state;
    static const Small large[] = {
        {{"facts.kind=siblings", "facts.parents=100", "facts.children=60000", "facts.n=1"}, 4},
        {{"facts.kind=circles", "facts.vertices=1000", "facts.edges=5", "facts.n=1"}, 4},
        {{"facts.kind=circles", "facts.vertices=18", "facts.edges=12", "facts.n=1"}, 4},
        {{"facts.kind=lines", "facts.vertices=16", "facts.edges=12", "facts.n=1"}, 4},
        {{"facts.kind=lines", "facts.vertices=1024", "facts.edges=4", "facts.n=1"}, 4},
        {{"facts.kind=triangles", "facts.vertices=200", "facts.density=0.3", "facts.n=1"}, 4},
    };
    for (size_t s = 0; s < sizeof large / sizeof *large; s++) {
        Config config = config_of(large[s].n_words, large[s].word);
        Task task = task_of(&config);
        Stream stream = random_stream(SEED, RANDOM_PROMPT, (uint32_t)s);
        printf("%s: M %.0f\n", task.derivation, task.valid);
        for (uint64_t i = 0; i < 2000; i++) {
            uint64_t M = (uint64_t)task.valid, number = i == 0   ? 0
                                                        : i == 1 ? M - 1
                                                                 : random_below(stream, i, M);
            int32_t x[TASK_LEN_MAX];
            task_draw_spelling(&task, number, stream, 1000 + i, x);
            assert_int_equal(task_judge(&task, x, task.len), (int64_t)number);
        }
        task_close(&task);
    }
}

/* Spellings are drawn uniformly: chi-square over all of one class. */
static void spellings_are_uniform(void **state) {
    (void)state;
    for (int s = 0; s < SMALLS; s++) {
        Config config = config_of(smalls[s].n_words, smalls[s].word);
        Task task = task_of(&config);
        enum { EACH = 200 };
        static Outcomes o;
        o.n = 0;
        int draws = EACH * (int)task.spellings;
        Stream stream = random_stream(SEED, RANDOM_PROMPT, 77);
        for (int i = 0; i < draws; i++) {
            int32_t x[TASK_LEN_MAX];
            task_draw_spelling(&task, 0, stream, (uint64_t)i, x);
            outcomes_add(&o, key_of(x, (size_t)task.len), 1);
        }
        outcomes_merge(&o);
        assert_int_equal(o.n, (int)task.spellings);
        double chi = 0, freedom = task.spellings - 1;
        for (size_t i = 0; i < o.n; i++) chi += (o.item[i].p - EACH) * (o.item[i].p - EACH) / EACH;
        printf("%s: chi-square %.1f, degrees of freedom %.0f\n", smalls[s].word[0], chi, freedom);
        assert_true(chi < freedom + 5 * sqrt(2 * freedom));
        task_close(&task);
    }
}

/* A set is all different classes, and its bits count them. */
static void sets_hold_different_classes(void **state) {
    (void)state;
    for (int s = 0; s < SMALLS; s++) {
        Config config = config_of(smalls[s].n_words, smalls[s].word);
        Task task = task_of(&config);
        int M = (int)task.valid;
        config.facts.n = M;
        config.facts.seed = SEED;
        config.facts.paraphrases = 3;
        FactSet facts = generate(&config);
        bool *seen = calloc((size_t)M, sizeof *seen);
        assert_non_null(seen);
        double bits = 0;
        for (int i = 0; i < M; i++) {
            int64_t number = task_judge(&task, facts.tokens + facts.start[i], fact_length(&facts, i));
            assert_in_range(number, 0, M - 1);
            assert_false(seen[number]);
            seen[number] = true;
            bits += log2(M - i) + log2(task.spellings);
        }
        for (int v = facts.n; v < facts.n_pool; v++) {
            int of = facts.variant_of[v - facts.n];
            assert_int_equal(task_judge(&task, facts.tokens + facts.start[v], fact_length(&facts, v)),
                             task_judge(&task, facts.tokens + facts.start[of], fact_length(&facts, of)));
        }
        assert_true(fabs(facts.data_bits - bits) < 1e-9 * bits);
        free(seen);
        facts_free(&facts);
        task_close(&task);
    }
}

/* What a training batch reads before a sample: symbols of the prefix, others at each exposure, no target. */
static void prefixes_are_drawn_anew(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=siblings", "facts.n=6", "facts.seed_prefix=3",
                           "facts.prefix_symbols=5", "facts.domain_token=true");
    FactSet facts = generate(&config);
    FactBatch batch;
    Err err = {0};
    assert_int_equal(fact_batch_create(&batch, &facts, &err), OK);
    int32_t first = pool_prefix_symbol(&facts), before[6][3];
    assert_int_equal(first + 5, facts.vocab.size);
    int changed = 0;
    for (int exposure = 0; exposure < 3; exposure++) {
        seed_prefix_draw(&batch, &facts, 9, 6 * exposure);
        for (int j = 0; j < 6; j++) {
            int32_t at = batch.start[j];
            assert_int_equal(batch.inputs[at], 0);
            for (int k = 0; k < 3; k++) {
                int32_t symbol = batch.inputs[at + 1 + k];
                assert_in_range(symbol, first, first + 4);
                changed += exposure && symbol != before[j][k];
                before[j][k] = symbol;
                assert_int_equal(batch.targets[at + k], -1);
            }
            assert_int_equal(batch.targets[at + 3], facts.tokens[facts.start[j] + 3]); /* the domain */
            assert_int_equal(batch.inputs[at + 4], facts.tokens[facts.start[j] + 3]);
        }
    }
    assert_in_range(changed, 20, 36);       /* of 36, four in five */
    seed_prefix_draw(&batch, &facts, 9, 6); /* the same position, the same symbols */
    int32_t again = batch.inputs[batch.start[2] + 1];
    seed_prefix_draw(&batch, &facts, 9, 8);
    assert_int_equal(batch.inputs[batch.start[0] + 1], again);
    facts.config.fixed_prefix = true; /* each sequence keeps its own */
    fact_batch_free(&batch);
    assert_int_equal(fact_batch_create(&batch, &facts, &err), OK);
    seed_prefix_draw(&batch, &facts, 9, 6);
    for (int j = 0; j < 6; j++)
        for (int k = 0; k < 3; k++) {
            assert_int_equal(batch.inputs[batch.start[j] + 1 + k], facts.tokens[facts.start[j] + k]);
            assert_int_equal(batch.targets[batch.start[j] + k], -1);
        }
    fact_batch_free(&batch);
    facts_free(&facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_is_judged),
        cmocka_unit_test(other_lengths_and_symbols_are_refused),
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(spellings_are_uniform),
        cmocka_unit_test(sets_hold_different_classes),
        cmocka_unit_test(prefixes_are_drawn_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
