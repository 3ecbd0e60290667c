/* What defaults leave open is filled in, what keys demand of each other is checked; help and nearest names. */
#include "base/nearest.h"
#include "tests/config_testing.h"

#define DRAWN_ONLY(key)                                                                                            \
    key " works only for facts that are drawn (kinds random, triples, bios, biod, rules, siblings, triangles, "    \
        "circles, lines, sums); facts that are read (kinds file, text) allow facts.heldout, facts.split_seed and " \
        "facts.zipf; leave the key out"

/* ---- resolving ---- */

static void resolves_defaults(void **state) {
    (void)state;
    Err err = {0};
    Config c = loaded("model: {n_embd: 96, n_head: 6}\ntrain: {max_steps: 500}\n");
    assert_int_equal(config_resolve(&c, 100, 12, 33, &err), OK);
    assert_int_equal(c.model.n_kv_head, 6);
    assert_int_equal(c.model.n_inner, 384);
    assert_int_equal(c.model.block_size, 12);
    assert_int_equal(c.model.vocab_size, 33);
    assert_int_equal(c.train.batch_size, 100);
    assert_int_equal(c.train.decay_steps, 500);
    Config again = c;
    assert_int_equal(config_resolve(&again, 100, 12, 33, &err), OK);
    assert_same_config(&again, &c);

    /* What was written stays. */
    c = loaded("model: {n_head: 4, n_kv_head: 2, n_inner: 7, block_size: 64, vocab_size: 50}\n"
               "train: {batch_size: 1000, schedule: wsd, max_steps: 100}\n");
    assert_int_equal(config_resolve(&c, 10, 12, 33, &err), OK);
    assert_int_equal(c.model.n_kv_head, 2);
    assert_int_equal(c.model.n_inner, 7);
    assert_int_equal(c.model.block_size, 64);
    assert_int_equal(c.model.vocab_size, 50);
    assert_int_equal(c.train.batch_size, 1000);
    assert_int_equal(c.train.decay_steps, 20);

    /* A default never collides with what was written: the wsd decay gives way to the warm-up. */
    c = loaded("train: {schedule: wsd, max_steps: 100, warmup_steps: 95}\n");
    assert_int_equal(config_resolve(&c, 10, 12, 33, &err), OK);
    assert_int_equal(c.train.decay_steps, 5);

    /* Heads need not divide the width where there is no attention. */
    c = loaded("model: {n_embd: 33, attn: none}\n");
    assert_int_equal(config_resolve(&c, 10, 12, 33, &err), OK);

    /* A fact set's own figures stand in the resolved config, so that its hash does not depend on unused
     * defaults. */
    c = loaded("facts: {kind: file, path: x, seed: 5}\n");
    assert_int_equal(config_resolve(&c, 10, 12, 33, &err), OK);
    assert_int_equal(c.facts.n, 10);
    assert_int_equal(c.facts.seq_len, 12);
    assert_int_equal(c.facts.vocab_size, 33);
    assert_true(c.facts.seed == 0);
}

/* Against 100 facts of up to 20 tokens out of 50 symbols. */
static const Bad conflicts[] = {
    {"model: {n_embd: 64, n_head: 3}",
     "model.n_embd is 64 and model.n_head is 3: n_head must divide n_embd; set n_embd to 66, n_head "
     "to 1, or model.head_dim"},
    {"model: {n_head: 4, n_kv_head: 3}",
     "model.n_head is 4 and model.n_kv_head is 3: n_kv_head must divide n_head; set n_kv_head to 0 (as many "
     "as n_head), or to 1"},
    {"model: {n_head: 2, n_kv_head: 4}",
     "model.n_head is 2 and model.n_kv_head is 4: n_kv_head must divide n_head; set n_kv_head to 0 (as many "
     "as n_head), or to 1"},
    {"model: {block_size: 19}",
     "the longest fact has 20 tokens and model.block_size is 19; set model.block_size to 0 or at least 20"},
    {"model: {vocab_size: 49}",
     "the facts have 50 symbols and model.vocab_size is 49; set model.vocab_size to 0 or at least 50"},
    {"facts: {junk_n: 5}",
     "facts.junk_n is 5 and facts.junk_ratio is 0: junk needs a number of different sequences and a ratio; "
     "set both"},
    {"facts: {kind: file, path: x, junk_n: 5, heldout: 2}", DRAWN_ONLY("facts.junk_n")},
    {"facts: {kind: file, path: x, paraphrases: 2}", DRAWN_ONLY("facts.paraphrases")},
    {"facts: {kind: text, path: x, domain_token: true}", DRAWN_ONLY("facts.domain_token")},
    {"facts: {kind: text, path: x, junk_ratio: 0.5}", DRAWN_ONLY("facts.junk_ratio")},
    {"facts: {kind: file, path: x, split_seed: 7}",
     "facts.split_seed is 7, but facts.heldout is 0, so no facts are held out; set facts.heldout, or leave "
     "facts.split_seed out"},
    {"train: {warmup_steps: 1001}",
     "train.warmup_steps is 1001 and train.max_steps is 1000: the warm-up must not be longer than the run; "
     "lower warmup_steps, or raise max_steps"},
    {"train: {decay_steps: 1001}",
     "train.decay_steps is 1001 and train.max_steps is 1000: the decay must not be longer than the run; set "
     "decay_steps to 0 or at most 1000"},
    {"train: {decay_steps: 10, warmup_steps: 20}",
     "train.decay_steps is 10 and train.warmup_steps is 20: the decay ends before the warm-up; set "
     "decay_steps to 0 or at least 20"},
    {"train: {schedule: wsd, decay_steps: 600, warmup_steps: 401}",
     "train.warmup_steps is 401 and train.decay_steps is 600: their sum exceeds train.max_steps, which is "
     "1000; lower one of them"},
    {"train: {min_lr: 0.01}",
     "train.min_lr is 0.01 and train.learning_rate is 0.001: the learning rate would rise; lower min_lr"},
    {"train: {stop_recall: 0.9}",
     "train.stop_recall is 0.9 and train.eval_interval is 0, so the only evaluation is at the end; set "
     "train.eval_interval to a number of steps"},
    {"train: {stop_memorized: 0.1}",
     "train.stop_memorized is 0.1 and train.eval_interval is 0, so the only evaluation is at the end; set "
     "train.eval_interval to a number of steps"},
    {"train: {stop_gain: 1e-3}",
     "train.stop_gain is 0.001 and train.eval_interval is 0, so the only evaluation is at the end; set "
     "train.eval_interval to a number of steps"},
    {"train: {batch_size: 200000000}",
     "train.batch_size is 200000000 and the longest fact has 20 tokens: a batch has at most 2147483647 "
     "tokens; set train.batch_size to at most 107374182"},
    {"train: {init_hash: 0123}",
     "train.init_hash is 0123, but train.init_from is empty; set it to a run, or leave init_hash out"},
    {"facts: {kind: file, path: x, n: 300}",
     "facts.n is 300, but the fact set has 100 facts; leave the key out or set facts.n=100"},
};

static void conflicts_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++) {
        Config config = loaded(conflicts[i].text), before = config;
        Err err = {0};
        assert_int_equal(config_resolve(&config, 100, 20, 50, &err), ERR_INPUT);
        assert_string_equal(err.msg, conflicts[i].message);
        assert_same_config(&config, &before);
    }
    Config config;
    config_defaults(&config);
    Err err = {0};
    assert_int_equal(config_resolve(&config, 200000000, 20, 50, &err), ERR_INPUT);
    assert_string_equal(
        err.msg,
        "200000000 facts of up to 20 tokens: at most 2147483647 tokens in all are possible; use at most "
        "107374182 facts");
}

/* ---- help ---- */

static char *help_of(const char *name, Status expected, Err *err) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(config_help(name, out, err), expected);
    fclose(out);
    return text;
}

static void help(void **state) {
    (void)state;
    Err err = {0};
    char *text = help_of("model.n-kv-head", OK, &err);
    assert_string_equal(text, "model.n_kv_head: a whole number\n"
                              "  key and value heads (grouped-query attention); must divide n_head\n"
                              "  default 0 (as many as n_head), or 1 to 65536\n"
                              "  other names: n_kv_heads num_kv_heads num_key_value_heads\n");
    free(text);
    text = help_of("seed", OK, &err); /* one in each section */
    assert_non_null(strstr(text, "facts.seed: "));
    assert_non_null(strstr(text, "\n\ntrain.seed: "));
    free(text);
    text = help_of("facts", OK, &err);
    assert_non_null(strstr(text, "facts.kind: "));
    assert_non_null(strstr(text, "facts.seed: "));
    assert_null(strstr(text, "model."));
    free(text);
    text = help_of("lr", ERR_INPUT, &err);
    assert_string_equal(text, "");
    assert_string_equal(err.msg, "unknown key 'lr'; nearest: train.learning_rate");
    free(text);
}

static void help_names_every_key(void **state) {
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    config_help_all(out);
    fclose(out);
    const char *at = text;
    for (int i = config_key_after(-1); i >= 0; i = config_key_after(i)) {
        char row[80];
        snprintf(row, sizeof row, "\n  %s ", key_leaf(&keys[i]));
        at = strstr(at, i ? row : "name ");
        if (!at) fail_msg("%s is missing", keys[i].name);
        at++;
    }
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80) fail_msg("a line of %zu columns: %s", strlen(line), line);
    free(text);
}

static void nearest(void **state) {
    (void)state;
    static const char *const names[] = {"train", "eval", "facts", "sweep", NULL};
    assert_string_equal(nearest_name("trian", names), "train");
    assert_string_equal(nearest_name("trains", names), "train");
    assert_string_equal(nearest_name("fact", names), "facts");
    assert_string_equal(nearest_name("weep", names), "sweep");
    assert_null(nearest_name("x", names));
    assert_null(nearest_name("", names));
    assert_null(nearest_name("decompress", names));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_defaults),
        cmocka_unit_test(conflicts_are_refused),
        cmocka_unit_test(help),
        cmocka_unit_test(help_names_every_key),
        cmocka_unit_test(nearest),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
