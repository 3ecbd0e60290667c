#include "data/folder/drawn_with.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"

json_t *drawn_with_json(const FactSet *facts) {
    int n;
    char **words = config_facts_words(&facts->config, &n);
    json_t *list = words ? json_array() : NULL;
    for (int i = 0; words && i < n; i++) json_array_append_new(list, json_string(words[i]));
    if (json_array_size(list) != (size_t)n) {
        json_decref(list);
        list = NULL;
    }
    config_words_free(words);
    return list;
}

Status drawn_with_read(FactSet *facts, const json_t *words, const char *path, Err *err) {
    size_t n = json_array_size(words);
    const char **word = calloc(n + 1, sizeof *word);
    if (!word) return err_set(err, ERR_NOMEM, "%s: no memory to read it", path);
    bool right = json_is_array(words);
    for (size_t i = 0; i < n && right; i++) {
        word[i] = json_string_value(json_array_get(words, i));
        right = word[i] && strncmp(word[i], "facts.", 6) == 0;
    }
    Config config;
    Err why = {0};
    Status status = OK;
    if (!right) {
        status =
            err_set(err, ERR_FORMAT, "%s: drawn_with: a list of words such as facts.n=20 is needed", path);
    } else if (config_load(&config, NULL, (int)n, word, &why) != OK) {
        status = err_set(err, ERR_FORMAT, "%s: drawn_with: %s", path, why.msg);
    } else if (config.facts.n != facts->n ||
               strcmp(config_choice("facts.kind", (int)config.facts.kind), facts->kind) != 0) {
        status = err_set(
            err, ERR_FORMAT, "%s: drawn_with: %d facts of kind %s, but the set has %d of kind %s", path,
            config.facts.n, config_choice("facts.kind", (int)config.facts.kind), facts->n, facts->kind);
    } else {
        facts->config = config.facts;
    }
    free(word);
    return status;
}
