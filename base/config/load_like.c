#include "base/config/load_like.h"

#include <stdio.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/config/kinds.h"

enum { NAME_MAX_BYTES = 128, NUMBER_MAX_BYTES = 64, INDENT = 2 };

/* "  leaf: 12.5": the length of the leaf, and where its value begins; false: another kind of line. */
static bool takes_number(const char *line, size_t length, size_t *leaf, const char **value) {
    if (length < INDENT + 4 || strncmp(line, "  ", INDENT) != 0 || line[INDENT] == ' ') return false;
    const char *colon = memchr(line, ':', length);
    if (!colon || colon[1] != ' ') return false;
    *leaf = (size_t)(colon - line) - INDENT;
    *value = colon + 2;
    size_t digits = strspn(*value, "0123456789.+-e");
    return digits > 0 && *value + digits == line + length;
}

static bool is_plain_number(const Key *key) {
    return key && (key->type == KEY_INT || key->type == KEY_INT64 || key->type == KEY_UINT64 ||
                   key->type == KEY_DOUBLE);
}

static bool set_number(Config *out, const char *section, const char *line, const char *like, size_t length,
                       size_t like_length) {
    char name[NAME_MAX_BYTES], number[NUMBER_MAX_BYTES];
    size_t leaf, like_leaf;
    const char *value, *like_value;
    Err refused;
    if (!takes_number(line, length, &leaf, &value) ||
        !takes_number(like, like_length, &like_leaf, &like_value))
        return false;
    if (leaf != like_leaf || memcmp(line, like, INDENT + leaf) != 0) return false;
    int n = snprintf(name, sizeof name, "%s.%.*s", section, (int)leaf, line + INDENT);
    if (n < 0 || (size_t)n >= sizeof name) return false;
    size_t digits = (size_t)(line + length - value);
    if (digits >= sizeof number) return false;
    memcpy(number, value, digits);
    number[digits] = '\0';
    const Key *key = key_find(name);
    return is_plain_number(key) && key_set(out, key, number, digits, &refused) == OK;
}

bool config_load_like(Config *out, const char *text, const char *like_text, const Config *like) {
    char section[NAME_MAX_BYTES / 2] = "";
    /* here reading derives other values (config_derive_tools, config_kind_fill, paths) */
    if (like->n_tools || like->facts.kind == FACTS_RULES || facts_are_read(like->facts.kind)) return false;
    *out = *like;
    while (*text && *like_text) {
        size_t length = strcspn(text, "\n"), like_length = strcspn(like_text, "\n");
        bool same = length == like_length && memcmp(text, like_text, length) == 0;
        if (same && length > 1 && *text != ' ' && text[length - 1] == ':' && length < sizeof section) {
            memcpy(section, text, length - 1);
            section[length - 1] = '\0';
        }
        if (!same && !set_number(out, section, text, like_text, length, like_length)) return false;
        text += length + (text[length] == '\n');
        like_text += like_length + (like_text[like_length] == '\n');
    }
    config_kind_fill(&out->facts); /* as config_load_text does */
    return !*text && !*like_text;
}
