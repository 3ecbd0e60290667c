/* Shortest prompts against brute force on tiny trained models; a model whose answers are known by hand; what coordinate
 * search finds is enough, and no length is shorter than brute force's. */
#include "tests/facts_testing.h"

#include "data/folder/folder.h"
#include "data/import/import.h"
#include "eval/evaluate.h"
#include "eval/shortest_prompt.h"
#include "model/decode.h"
#include "model/kernels/ops.h"
#include "train/train.h"

static Err err;

/* A model of these facts after some steps; a few of them it knows well, others not at all. */
static void train_on(const char *const *keys, int n, Run *run) {
    Config config;
    FactSet facts;
    RunResult result;
    RunOptions to = {.dir = "run"};
    if (config_load(&config, NULL, n, keys, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (config_resolve(&config, facts.n, facts.max_len, facts.vocab.size, &err) != OK)
        fail_msg("%s", err.msg);
    if (run_train(&config, &facts, &to, &result, &err) != OK) fail_msg("%s", err.msg);
    facts_free(&facts);
    if (run_open(run, "run", NULL, &err) != OK) fail_msg("%s", err.msg);
    remove_folder("run");
}

/* Whether the model, after BOS and the prompt, says the fact's last tokens greedily. */
static bool says(Decoder *d, int V, const int32_t *prompt, int k, const int32_t *target, int n) {
    decoder_rewind(d, 0);
    const real *logits = decoder_step(d, 0);
    for (int i = 0; i < k; i++) logits = decoder_step(d, prompt[i]);
    for (int t = 0; t < n; t++) {
        int best = 0;
        for (int v = 1; v < V; v++)
            if (logits[v] > logits[best]) best = v;
        if (best != target[t]) return false;
        if (t + 1 < n) logits = decoder_step(d, best);
    }
    return true;
}

static int said_by(const FactSet *facts, int i, int k) {
    int S = (int)(facts->start[i + 1] - facts->start[i]), own = facts->prompt_len[i];
    return S - (own > 0 ? own : k);
}

/* By all prompts of 0, 1, 2 ... tokens, from the first on; -1: none. */
static int brute_force(Decoder *d, const Run *run, int i) {
    const FactSet *facts = &run->facts;
    int V = facts->vocab.size;
    for (int k = 0; k < said_by(facts, i, k); k++) {
        int n = said_by(facts, i, k);
        long all = 1;
        if (k + n > run->gpt.config.block_size) break;
        for (int t = 0; t < k; t++) all *= V;
        for (long p = 0; p < all; p++) {
            int32_t prompt[16];
            long rest = p;
            for (int t = k - 1; t >= 0; t--, rest /= V) prompt[t] = (int32_t)(rest % V);
            if (says(d, run->gpt.config.vocab_size, prompt, k, facts->tokens + facts->start[i + 1] - n, n))
                return k;
        }
    }
    return -1;
}

static ShortestPrompts ask(const Run *run, int64_t steps, int threads) {
    Evaluator e;
    Evaluation whole;
    ShortestPrompts s;
    if (evaluator_create(&e, &run->gpt, &run->facts, 1, &err) != OK) fail_msg("%s", err.msg);
    evaluator_run(&e, &whole);
    PromptPlan plan = {e.prompt, e.recalled, steps, 1, threads};
    if (shortest_prompts(&s, &run->gpt, &run->facts, &plan, &err) != OK) fail_msg("%s", err.msg);
    evaluator_free(&e);
    return s;
}

/* All prompts tried: brute force's lengths. Few tried: what the search finds is enough and none is shorter. Prompts
 * longer than what they bring forth are the fact's own. */
static void expect_brute_force(const Run *run, int least_searched) {
    const FactSet *facts = &run->facts;
    ShortestPrompts all = ask(run, 1000000, 1), few = ask(run, 2000, 1), again = ask(run, 2000, 3);
    int memorized = 0, searched = 0, missed = 0;
    Decoder *d;
    assert_int_equal(decoder_create(&d, &run->gpt, &err), OK);
    for (int i = 0; i < facts->n; i++) {
        int shortest = brute_force(d, run, i);
        if (shortest >= 0) assert_int_equal(all.length[i], shortest);
        else assert_true(all.length[i] < 0 || compression_ratio(&all, i) <= 1);
        memorized += shortest >= 0;
        const ShortestPrompts *both[] = {&all, &few};
        for (int b = 0; b < 2; b++) {
            const ShortestPrompts *s = both[b];
            int k = s->length[i];
            if (k < 0) continue;
            assert_int_equal(s->elicited[i], said_by(facts, i, k));
            assert_true(says(d, run->gpt.config.vocab_size, s->prompt + i * s->room, k,
                             facts->tokens + facts->start[i + 1] - s->elicited[i], s->elicited[i]));
        }
        if (shortest >= 0 && few.length[i] >= 0) assert_true(few.length[i] >= shortest);
        if (shortest >= 0 && shortest <= few.tried) assert_int_equal(few.length[i], shortest);
        searched += few.length[i] > few.tried && few.length[i] == shortest;
        missed += shortest >= 0 && few.length[i] != shortest;
        assert_int_equal(again.length[i], few.length[i]);
        assert_memory_equal(again.prompt + i * few.room, few.prompt + i * few.room,
                            (size_t)few.room * sizeof *few.prompt);
    }
    printf("%d facts, %d with a shorter prompt; all to %d tried: search finds %d more, misses %d\n", facts->n,
           memorized, few.tried, searched, missed);
    assert_true(searched >= least_searched);
    if (least_searched) assert_true(few.tried < all.tried && few.searched > few.tried);
    assert_true(again.steps[0] == few.steps[0] && again.steps[1] == few.steps[1]);
    decoder_free(d);
    shortest_prompts_free(&all);
    shortest_prompts_free(&few);
    shortest_prompts_free(&again);
}

static void random_facts(void **state) {
    (void)state;
    static const char *const KEYS[] = {"facts.n=24",          "facts.vocab_size=8",       "facts.seq_len=7",
                                       "model.n_layer=1",     "model.n_head=1",           "model.n_embd=8",
                                       "train.max_steps=150", "train.learning_rate=0.02", "train.threads=1"};
    Run run;
    train_on(KEYS, sizeof KEYS / sizeof *KEYS, &run);
    expect_brute_force(&run, 1);
    run_close(&run);
}

/* Prompts and answers of several lengths: the answer follows a shorter prompt from other places than it stood in. */
static void answers(void **state) {
    (void)state;
    static const char *const KEYS[] = {"facts.kind=file",     "facts.path=facts",         "model.n_layer=1",
                                       "model.n_head=1",      "model.n_embd=8",           "model.pos=none",
                                       "train.max_steps=150", "train.learning_rate=0.02", "train.threads=1"};
    static const char TABLE[] = "ab\tcab\nba\tabca\ncc\tbba\nca\tacbba\nbc\tb\n";
    FactSet facts;
    Run run;
    ImportOptions options = {.bytes = true};
    put_file("in.tsv", TABLE, sizeof TABLE - 1);
    if (facts_import("in.tsv", &options, &facts, NULL, &err) != OK) fail_msg("%s", err.msg);
    if (facts_save(&facts, "facts", &err) != OK) fail_msg("%s", err.msg);
    facts_free(&facts);
    train_on(KEYS, sizeof KEYS / sizeof *KEYS, &run);
    expect_brute_force(&run, 0);
    run_close(&run);
}

/* Without weights all logits are equal and the model says zeros: a fact needs as many tokens as stand before its last
 * zeros, whichever they are. */
static void by_hand(void **state) {
    (void)state;
    static const int32_t FACTS[4][6] = {
        {0, 0, 0, 0, 0, 0}, {3, 0, 0, 0, 0, 0}, {1, 2, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 0}};
    static const int EXPECTED[4] = {0, 1, 2, -1};
    int32_t own[4] = {5, 5, 5, 5};
    bool recalled[4] = {false};
    FactSet facts = draw(4, 6, 5, 1);
    Config config;
    Gpt g;
    ShortestPrompts s;
    const Ops *ops;
    const char *keys[] = {"model.n_layer=1", "model.n_head=1", "model.n_embd=4"};
    memcpy(facts.tokens, FACTS, sizeof FACTS);
    assert_int_equal(ops_select(&ops, &err), OK);
    if (config_load(&config, NULL, 3, keys, &err) != OK) fail_msg("%s", err.msg);
    if (config_resolve(&config, 4, 6, 5, &err) != OK) fail_msg("%s", err.msg);
    if (gpt_create(&g, &config.model, ops, GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    PromptPlan plan = {own, recalled, 1000, 1, 1};
    if (shortest_prompts(&s, &g, &facts, &plan, &err) != OK) fail_msg("%s", err.msg);
    for (int i = 0; i < 4; i++) assert_int_equal(s.length[i], EXPECTED[i]);
    assert_true(compression_ratio(&s, 0) == (double)INFINITY && isnan(compression_ratio(&s, 3)));
    expect_near(compression_ratio(&s, 1), 5, 0);
    expect_near(compression_ratio(&s, 2), 2, 0);
    assert_true(s.prompt[s.room] == 0); /* of prompts that do, the first */
    shortest_prompts_free(&s);

    recalled[2] = true; /* where its own prompt is enough, it is what is left */
    own[2] = 1;
    if (shortest_prompts(&s, &g, &facts, &plan, &err) != OK) fail_msg("%s", err.msg);
    assert_true(s.length[2] == 1 && s.elicited[2] == 5 && s.prompt[2 * s.room] == 1);
    shortest_prompts_free(&s);
    gpt_free(&g);
    facts_free(&facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(random_facts),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
