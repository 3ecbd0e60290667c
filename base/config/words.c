#include "base/config/words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/config/kinds.h"
#include "base/config/values.h"
#include "base/escape.h"

char *config_value(const Config *config, int key) {
    char value[KEY_VALUE_MAX];
    if (key_is_text(&keys[key])) { /* without YAML's quotes */
        const char *text = (const char *)config + keys[key].offset;
        if (keys[key].type != KEY_PATH) return strdup(text);
        escape(value, sizeof value, text);
        return strdup(value);
    }
    key_print(config, &keys[key], value);
    return strdup(value);
}

void config_words_free(char **words) {
    for (int i = 0; words && words[i]; i++) free(words[i]);
    free(words);
}

/* Appends "key=value" to a list that has room; false: no memory, and the list is freed. */
static bool add_word(char **words, int *n, const Key *key, const char *value) {
    if (value && asprintf(&words[*n], "%s=%s", key->name, value) >= 0) {
        ++*n;
        return true;
    }
    words[*n] = NULL;
    config_words_free(words);
    *n = 0;
    return false;
}

char **config_words(const Config *config, int *n) {
    Config initial;
    char text[KEY_VALUE_MAX], standard[KEY_VALUE_MAX];
    char **words = calloc(KEY_COUNT + 1, sizeof *words);
    *n = 0;
    config_defaults(&initial);
    for (int k = 0; words && k < KEY_COUNT; k++) {
        key_print(config, &keys[k], text);
        key_print(&initial, &keys[k], standard);
        bool chooses = facts_are_read(config->facts.kind) && config->facts.n_given &&
                       keys[k].offset == offsetof(Config, facts.n); /* also where it is the default */
        if (!strcmp(text, standard) && !chooses) continue;
        char *value = config_value(config, k);
        if (value && value_needs_quotes(value)) { /* the reader of the word would take the quote away */
            char *in_quotes = value_quoted(value);
            free(value);
            value = in_quotes;
        }
        bool added = add_word(words, n, &keys[k], value);
        free(value);
        if (!added) return NULL;
    }
    return words;
}

/* The keys left out say where the facts are, how their number was found, and how they are trained. */
static bool of_the_draw(const Key *key) {
    static const char *const others[] = {"facts.path", "facts.load", "facts.zipf", "facts.junk_ratio"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(key->name, others[i]) == 0) return false;
    return strncmp(key->name, "facts.", 6) == 0;
}

char **config_facts_words(const FactsConfig *facts, int *n) {
    Config config;
    config_defaults(&config);
    config.facts = *facts;
    char value[KEY_VALUE_MAX];
    char **words = calloc(KEY_COUNT + 1, sizeof *words);
    *n = 0;
    for (int k = 0; words && k < KEY_COUNT; k++) {
        if (!of_the_draw(&keys[k]) || !key_of_kind(&config, &keys[k])) continue;
        key_print(&config, &keys[k], value);
        if (!add_word(words, n, &keys[k], value)) return NULL;
    }
    return words;
}
