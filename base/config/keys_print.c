/* Writes a config key's value, and compares it with the default.
 *
 * printf writes numbers in the C locale: the program never sets LC_NUMERIC. */
#include <inttypes.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/config/word_list.h"
#include "base/escape.h"
#include "base/number.h"

static void print_flags(int flags, const Key *key, char *out, size_t size) {
    size_t n = (size_t)snprintf(out, size, "%s", flags ? "" : "none");
    for (int i = 0; key->choices[i]; i++)
        if (flags >> i & 1) n += (size_t)snprintf(out + n, size - n, "%s%s", n ? "+" : "", key->choices[i]);
}

/* A line or paragraph separator would be folded into a blank, a byte-order mark refused. */
static const struct {
    char text[4];
    const char *yaml;
} marks[] = {{"\xE2\x80\xA8", "\\L"},
             {"\xE2\x80\xA9", "\\P"},
             {"\xEF\xBB\xBF", "\\uFEFF"},
             {"\xEF\xBF\xBE", "\\uFFFE"},
             {"\xEF\xBF\xBF", "\\uFFFF"}};

void key_quote(char out[KEY_VALUE_MAX], const char *text) {
    size_t n = 0;
    out[n++] = '"';
    while (*text && n < KEY_VALUE_MAX - 8) {
        size_t m = 0;
        while (m < sizeof marks / sizeof *marks && strncmp(text, marks[m].text, 3) != 0) m++;
        if (m < sizeof marks / sizeof *marks) {
            n += (size_t)snprintf(out + n, KEY_VALUE_MAX - n, "%s", marks[m].yaml);
            text += 3;
            continue;
        }
        if (*text == '"' || *text == '\\') out[n++] = '\\';
        out[n++] = *text++;
    }
    CHECK(!*text);
    out[n++] = '"';
    out[n] = '\0';
}

static void print_words(const char *list, char *out, size_t size) {
    char word[KEY_VALUE_MAX];
    size_t n = 1;
    out[0] = '[';
    for (const char *w = NULL; (w = word_list_next(list, w)) != NULL;) {
        key_quote(word, w);
        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 1 ? ", " : "", word);
    }
    snprintf(out + n, size - n, "]");
}

void key_print(const Config *config, const Key *key, char out[KEY_VALUE_MAX]) {
    const char *field = (const char *)config + key->offset;
    const size_t size = KEY_VALUE_MAX;
    int i;
    int64_t i64;
    uint64_t u64;
    double d;
    bool b;
    switch (key->type) {
    case KEY_INT: snprintf(out, size, "%d", (memcpy(&i, field, sizeof i), i)); return;
    case KEY_INT64: snprintf(out, size, "%" PRId64, (memcpy(&i64, field, sizeof i64), i64)); return;
    case KEY_UINT64: snprintf(out, size, "%" PRIu64, (memcpy(&u64, field, sizeof u64), u64)); return;
    case KEY_DOUBLE: number_text(out, (memcpy(&d, field, sizeof d), d)); return;
    case KEY_BOOL: snprintf(out, size, "%s", (memcpy(&b, field, sizeof b), b) ? "true" : "false"); return;
    case KEY_ENUM: snprintf(out, size, "%s", key->choices[(memcpy(&i, field, sizeof i), i)]); return;
    case KEY_FLAGS: print_flags((memcpy(&i, field, sizeof i), i), key, out, size); return;
    case KEY_SIZES: {
        Sizes sizes;
        memcpy(&sizes, field, sizeof sizes);
        size_t at = 0;
        for (int j = 0; j < sizes.n; j++)
            at += (size_t)snprintf(out + at, size - at, j ? "x%d" : "%d", sizes.size[j]);
        return;
    }
    case KEY_RANGE: {
        Span range;
        memcpy(&range, field, sizeof range);
        snprintf(out, size, range.low == range.high ? "%d" : "%d-%d", range.low, range.high);
        return;
    }
    case KEY_WORDS: print_words(field, out, size); return;
    case KEY_NAME:
    case KEY_TEXT:
    case KEY_PATH: break;
    }
    char escaped[ESCAPED_MAX * CONFIG_PATH_MAX];
    if (key->type == KEY_PATH) {
        escape(escaped, sizeof escaped, field);
        field = escaped;
    }
    key_quote(out, field);
}

void key_put_name(FILE *out, const Key *before, const Key *key) {
    const char *leaf = key_leaf(key);
    if (!key->list) {
        int section = (int)(leaf - key->name); /* its letters, and the dot */
        if (section && (!before || strncmp(before->name, key->name, (size_t)section) != 0))
            fprintf(out, "%.*s:\n", section - 1, key->name);
        fprintf(out, "%s%s: ", section ? "  " : "", leaf);
        return;
    }
    bool same_list = before && before->list == key->list;
    if (!same_list) fprintf(out, "%s:\n", key_lists[key->list].section);
    bool first = !same_list || before->item != key->item;
    const char *indent = first ? "  - " : "    ";
    const char *dot = strchr(leaf, '.'); /* when.tag */
    if (!dot) {
        fprintf(out, "%s%s: ", indent, leaf);
        return;
    }
    size_t group = (size_t)(dot - leaf) + 1;
    if (first || strncmp(key_leaf(before), leaf, group) != 0)
        fprintf(out, "%s%.*s:\n", indent, (int)group - 1, leaf);
    fprintf(out, "      %s: ", dot + 1);
}

bool key_at_default(const Config *config, const Key *key) {
    Config initial;
    char value[KEY_VALUE_MAX], unset[KEY_VALUE_MAX];
    initial.n_neurons = NEURON_RULES_MAX;
    initial.n_tools = TOOLS_MAX;
    CHECK(key_set(&initial, key, key->initial, strlen(key->initial), NULL) == OK);
    key_print(config, key, value);
    key_print(&initial, key, unset);
    return strcmp(value, unset) == 0;
}

bool key_idle(const Config *config, const Key *key) {
    return key->offset == offsetof(Config, train.mup_base_width) &&
           config->train.parametrization != PARAM_MUP;
}

bool key_hashed(const Config *config, const Key *key) {
    /* Hashed at its default too: the default was another one earlier, and runs of that time must have other hashes. */
    if (key->offset == offsetof(Config, train.mup_base_width)) return !key_idle(config, key);
    return !key->free && !(key->late && key_at_default(config, key));
}
