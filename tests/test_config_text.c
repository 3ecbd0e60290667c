/* Configs written and read back to the bit; the hash sees what it must and nothing else. */
#include "base/config/words.h"
#include "tests/config_testing.h"

/* ---- writing ---- */

/* A value of the key's type and range, over its whole width. */
static void draw_value(Config *config, const Key *key, Stream s) {
    char *field = (char *)config + key->offset;
    uint64_t bits = random_bits(s, 0);
    bool zero = key->zero && random_below(s, 1, 4) == 0;
    switch (key->type) {
    case KEY_INT: {
        int value = zero ? 0 : (int)key->low + (int)random_below(s, 2, (uint64_t)(key->high - key->low) + 1);
        memcpy(field, &value, sizeof value);
        return;
    }
    case KEY_INT64: {
        int64_t value =
            zero ? 0 : (int64_t)key->low + (int64_t)random_below(s, 2, (uint64_t)(key->high - key->low) + 1);
        memcpy(field, &value, sizeof value);
        return;
    }
    case KEY_UINT64: memcpy(field, &bits, sizeof bits); return;
    case KEY_DOUBLE: {
        double value = 0;
        for (uint64_t i = 3; !zero; i++) { /* any bit pattern: subnormals and 17 digits too */
            bits = random_bits(s, i) >> 1;
            memcpy(&value, &bits, sizeof value);
            if (isfinite(value) && value > key->low && value < key->high) break;
        }
        memcpy(field, &value, sizeof value);
        return;
    }
    case KEY_BOOL: *(bool *)field = bits & 1; return;
    case KEY_ENUM: {
        int count = 0;
        while (key->choices[count]) count++;
        int value = (int)random_below(s, 2, (uint64_t)count);
        memcpy(field, &value, sizeof value);
        return;
    }
    case KEY_FLAGS: {
        int count = 0;
        while (key->choices[count]) count++;
        int value = (int)(bits & ((1u << count) - 1));
        memcpy(field, &value, sizeof value);
        return;
    }
    case KEY_RANGE: {
        int low = (int)random_below(s, 2, (uint64_t)(key->high - key->low) + 1) + (int)key->low;
        Span span = {low, low + (int)random_below(s, 3, (uint64_t)(key->high - low) + 1)};
        memcpy(field, &span, sizeof span);
        return;
    }
    case KEY_SIZES: {
        Sizes sizes = {.n = 1 + (int)(bits % SIZES_MAX)};
        for (int i = 0; i < sizes.n; i++)
            sizes.size[i] =
                (int)key->low + (int)random_below(s, 2 + (uint64_t)i, (uint64_t)(key->high - key->low) + 1);
        memcpy(field, &sizes, sizeof sizes);
        return;
    }
    case KEY_WORDS: {
        static const char words[][24] = {"bc\0-q\0", "[\0a, \"b\"\0]\0", "\xC3\xA9 #\0\\x\0'\0", "~\0"};
        memset(field, 0, key->size);
        memcpy(field, words[bits & 3], sizeof words[0]);
        return;
    }
    case KEY_NAME: snprintf(field, key->size, "%c%s", "aZ9_"[bits & 3], bits & 4 ? ".x-y_7" : ""); return;
    case KEY_TEXT:
    case KEY_PATH: {
        static const char *const paths[] = {"/a b/\"c\"",
                                            "back\\slash: #x",
                                            "\xC3\xA9t\xC3\xA9/\xE4\xBA\x8B\xE5\xAE\x9F",
                                            "~",
                                            "null",
                                            "'",
                                            "\xF0\x9F\x98\x80",
                                            " lead and trail "};
        snprintf(field, key->size, "%s", paths[bits & 7]);
        return;
    }
    }
}

static void random_configs_round_trip(void **state) {
    (void)state;
    enum { SEED = 7, ROUNDS = 500 };
    print_message("seed %d\n", SEED);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        Config config, back;
        config_defaults(&config);
        config.n_neurons = (int)(round % (NEURON_RULES_MAX + 1));
        config.n_tools = (int)(round % (TOOLS_MAX + 1));
        for (int i = 0; i < KEY_COUNT; i++)
            if (key_present(&config, &keys[i]))
                draw_value(&config, &keys[i],
                           random_stream(SEED, RANDOM_TEST, round * KEY_COUNT + (uint32_t)i));
        config.facts.n_given = facts_are_read(config.facts.kind);
        if (!config.facts.n_given) config.facts.path[0] = '\0';
        char *text = config_text(&config, false);
        Err err = {0};
        if (config_load_text(&back, text, "text", &err) != OK)
            fail_msg("round %u: %s\n%s", round, err.msg, text);
        assert_same_config(&config, &back);
        free(text);
    }
}

/* Every character that a value may hold comes back from the YAML; the others are refused beforehand. */
static int characters_kept(const char *name, int *refused) {
    const Key *key = key_find(name);
    Config config, back;
    config_defaults(&config);
    static const uint32_t lead[] = {0, 0xC0, 0xE0, 0xF0};
    int kept = 0;
    *refused = 0;
    for (uint32_t c = 1; c < 0x110000; c += c < 0x3000 || (c >= 0xD700 && c < 0x10100) ? 1 : 251) {
        char text[8], value[KEY_VALUE_MAX], yaml[KEY_VALUE_MAX + 32];
        int n = 0;
        text[n++] = 'a';
        if (c < 0x80) {
            text[n++] = (char)c;
        } else {
            int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
            text[n++] = (char)(lead[more] | c >> (6 * more));
            for (int i = more - 1; i >= 0; i--) text[n++] = (char)(0x80 | (c >> (6 * i) & 0x3F));
        }
        text[n++] = 'b';
        text[n] = '\0';
        if (key_set(&config, key, text, (size_t)n, NULL) != OK) {
            ++*refused;
            continue;
        }
        kept++;
        key_print(&config, key, value);
        snprintf(yaml, sizeof yaml, key->list ? "neurons: [{when: {tag: %s}}]\n" : "facts.path: %s\n", value);
        Err err = {0};
        if (config_load_text(&back, yaml, "text", &err) != OK) fail_msg("U+%04X: %s", c, err.msg);
        if (strcmp((char *)&back + key->offset, (char *)&config + key->offset) != 0)
            fail_msg("U+%04X comes back otherwise", c);
    }
    return kept;
}

static void characters_round_trip(void **state) {
    (void)state;
    int refused;
    assert_true(characters_kept("facts.path", &refused) > 20000); /* what is no text is escaped */
    assert_int_equal(refused, 0);
    assert_true(characters_kept("neurons.0.when.tag", &refused) > 18000);
    /* 31 + 33 control characters, 2048 surrogates, U+FEFF, U+FFFE, U+FFFF */
    assert_int_equal(refused, 31 + 33 + 2048 + 3);
}

/* All bytes in one path, and the longest one of bytes that escapes make longest. */
static void paths_are_bytes(void **state) {
    (void)state;
    const Key *key = key_find("facts.path");
    Config config, back;
    config_defaults(&config);
    for (int round = 0; round < 2; round++) {
        char text[CONFIG_PATH_MAX] = {0}, value[KEY_VALUE_MAX], yaml[KEY_VALUE_MAX + 32];
        for (int i = 0; i < (round ? CONFIG_PATH_MAX - 1 : 255); i++) text[i] = (char)(round ? 0xE9 : i + 1);
        assert_int_equal(key_set(&config, key, text, strlen(text), NULL), OK);
        if (round) assert_string_equal(config.facts.path, text); /* backslash and t are an escape as typed */
        strcpy(config.facts.path, text);
        key_print(&config, key, value);
        snprintf(yaml, sizeof yaml, "facts.path: %s\n", value);
        Err err = {0};
        if (config_load_text(&back, yaml, "text", &err) != OK) fail_msg("%s", err.msg);
        assert_string_equal(back.facts.path, text);
        char *word = config_value(&config, (int)(key - keys));
        assert_int_equal(key_set(&back, key, word, strlen(word), NULL), OK);
        assert_string_equal(back.facts.path, text);
        free(word);
    }
}

static void doubles_are_short(void **state) {
    (void)state;
    static const double values[] = {0.1, 1e-3, 3e-4, 1.0 / 3, 1e22, 5e-324, 0.30000000000000004};
    static const char *const texts[] = {"0.1",
                                        "0.001",
                                        "0.0003",
                                        "0.3333333333333333",
                                        "1e+22",
                                        "4.94065645841247e-324",
                                        "0.30000000000000004"};
    Config config;
    config_defaults(&config);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[KEY_VALUE_MAX];
        config.train.weight_decay = values[i];
        key_print(&config, key_find("train.weight_decay"), text);
        assert_string_equal(text, texts[i]);
    }
}

/* ---- hash and difference ---- */

static void hash_sees_what_changes_bits(void **state) {
    (void)state;
    Config before, after;
    config_defaults(&before);
    before.n_neurons = NEURON_RULES_MAX;
    before.n_tools = TOOLS_MAX;
    before.train.parametrization = PARAM_MUP; /* else its base says nothing */
    char first[33], second[33];
    assert_int_equal(config_hash(&before, "0123", first, NULL), OK);
    assert_int_equal(strlen(first), 32);
    assert_int_equal(config_hash(&before, "0124", second, NULL), OK);
    assert_string_not_equal(first, second);
    static const char *const free_keys[] = {"name",
                                            "facts.path",
                                            "facts.tokenizer",
                                            "train.micro_batch_size",
                                            "train.threads",
                                            "train.checkpoint_interval",
                                            "train.checkpoint_minutes",
                                            "train.keep_checkpoints",
                                            "facts.load",
                                            "model.match_params",
                                            "train.exposures",
                                            "train.init_from",
                                            "tools.0.file",
                                            "tools.1.file",
                                            "tools.2.file",
                                            "tools.3.file",
                                            "sample.chain",
                                            "sample.temperature",
                                            "sample.top_k",
                                            "sample.top_p",
                                            "sample.n",
                                            "sample.max_tokens",
                                            "sample.seed"};
    int free_count = 0;
    for (int i = 0; i < KEY_COUNT; i++) {
        bool listed = false;
        for (size_t j = 0; j < sizeof free_keys / sizeof *free_keys; j++)
            listed = listed || strcmp(free_keys[j], keys[i].name) == 0;
        char was[KEY_VALUE_MAX], is[KEY_VALUE_MAX];
        key_print(&before, &keys[i], was);
        uint32_t draw = 0;
        do {
            after = before;
            draw_value(&after, &keys[i], random_stream(1, RANDOM_TEST, draw++));
            key_print(&after, &keys[i], is);
        } while (strcmp(was, is) == 0);
        assert_int_equal(config_hash(&after, "0123", second, NULL), OK);
        char *difference = difference_of(&before, &after, 8);
        if ((strcmp(first, second) == 0) != listed || (difference == NULL) != listed)
            fail_msg("%s: hash %s, difference %s", keys[i].name,
                     strcmp(first, second) ? "differs" : "is the same", difference ? difference : "none");
        free(difference);
        free_count += listed;
    }
    assert_int_equal(free_count, 23);
}

/* A key that came after runs were kept is hashed where it is set, and nowhere else: the hash of all defaults is
 * that of the first release. A key that changed it was not marked late (or a default changed). */
static void later_keys_leave_hashes_alone(void **state) {
    (void)state;
    Config config;
    config_defaults(&config);
    char hash[33];
    assert_int_equal(config_hash(&config, "0123", hash, NULL), OK);
    assert_string_equal(hash, "d726e0975f14acb28d6570f58622eb48");
    for (int i = 0; i < KEY_COUNT; i++) {
        config_defaults(&config);
        config.n_neurons = NEURON_RULES_MAX;
        config.n_tools = TOOLS_MAX;
        assert_int_equal(key_hashed(&config, &keys[i]), !keys[i].free && !keys[i].late);
        char was[KEY_VALUE_MAX], is[KEY_VALUE_MAX];
        key_print(&config, &keys[i], was);
        uint32_t number = 0;
        do {
            draw_value(&config, &keys[i], random_stream(2, RANDOM_TEST, number++));
            key_print(&config, &keys[i], is);
        } while (strcmp(was, is) == 0);
        bool base = strcmp(keys[i].name, "train.mup_base_width") == 0;
        assert_int_equal(key_hashed(&config, &keys[i]), !keys[i].free && !base);
    }
}

/* The base of mup is hashed with mup, at any value, and changes nothing without it. */
static void base_width_counts_with_mup(void **state) {
    (void)state;
    Config config, other;
    char first[33], second[33];
    config_defaults(&config);
    other = config;
    other.train.mup_base_width = 64;
    assert_int_equal(config_hash(&config, "0123", first, NULL), OK);
    assert_int_equal(config_hash(&other, "0123", second, NULL), OK);
    assert_string_equal(first, second);
    assert_null(difference_of(&config, &other, 8));
    const Key *key = key_find("train.mup_base_width");
    config.train.parametrization = other.train.parametrization = PARAM_MUP;
    assert_true(key_hashed(&config, key) && key_hashed(&other, key));
    char *difference = difference_of(&config, &other, 8);
    assert_string_equal(difference, "train.mup_base_width: 16 -> 64");
    free(difference);
}

static void differences(void **state) {
    (void)state;
    Config before, after = with("train.learning_rate=0.01");
    config_defaults(&before);
    char *text = difference_of(&before, &after, 8);
    assert_string_equal(text, "train.learning_rate: 0.001 -> 0.01");
    free(text);
    after.model.n_embd = 128;
    after.model.act = ACT_SILU;
    after.train.threads = 7;
    text = difference_of(&before, &after, 2);
    assert_string_equal(text, "model.n_embd: 64 -> 128; model.act: gelu -> silu; and 1 more");
    free(text);
    assert_null(difference_of(&before, &before, 8));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_configs_round_trip),
        cmocka_unit_test(characters_round_trip),
        cmocka_unit_test(paths_are_bytes),
        cmocka_unit_test(doubles_are_short),
        cmocka_unit_test(hash_sees_what_changes_bits),
        cmocka_unit_test(later_keys_leave_hashes_alone),
        cmocka_unit_test(base_width_counts_with_mup),
        cmocka_unit_test(differences),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
