#include "base/config/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/config/kinds.h"

char *config_value(const Config *config, int key) {
    char value[KEY_VALUE_MAX];
    if (key_is_text(&keys[key])) /* without YAML's quotes */
        return strdup((const char *)config + keys[key].offset);
    key_print(config, &keys[key], value);
    return strdup(value);
}

char **config_words(const Config *config, int *n) {
    Config initial;
    char value[KEY_VALUE_MAX], standard[KEY_VALUE_MAX];
    char **words = calloc(KEY_COUNT + 1, sizeof *words);
    *n = 0;
    config_defaults(&initial);
    for (int i = 0; words && i < KEY_COUNT; i++) {
        key_print(config, &keys[i], value);
        key_print(&initial, &keys[i], standard);
        if (!strcmp(value, standard)) continue;
        char *plain = config_value(config, i);
        int size = plain ? asprintf(&words[*n], "%s=%s", keys[i].name, plain) : -1;
        free(plain);
        if (size < 0) {
            words[*n] = NULL;
            config_words_free(words);
            return NULL;
        }
        ++*n;
    }
    return words;
}

void config_words_free(char **words) {
    for (int i = 0; words && words[i]; i++) free(words[i]);
    free(words);
}

/* Where facts come from, how their number was chosen, and what is decided when training. */
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
    char **words = calloc(KEY_COUNT + 1, sizeof *words);
    *n = 0;
    for (int k = 0; words && k < KEY_COUNT; k++) {
        if (!of_the_draw(&keys[k]) || !key_of_kind(&config, &keys[k])) continue;
        char value[KEY_VALUE_MAX];
        key_print(&config, &keys[k], value);
        if (asprintf(&words[*n], "%s=%s", keys[k].name, value) < 0) {
            words[*n] = NULL;
            config_words_free(words);
            return NULL;
        }
        ++*n;
    }
    return words;
}
