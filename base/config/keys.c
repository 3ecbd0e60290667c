/* Finds a config key by its name, or the nearest one to a wrong name; and describes the values that it allows. */
#include "base/config/keys.h"
#include "base/config/word_list.h"
#include "base/nearest.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- finding a key ---- */

const char *key_leaf(const Key *key) {
    const char *dot = strchr(key->name, '.');
    if (dot && key->list) dot = strchr(dot + 1, '.');
    return dot ? dot + 1 : key->name;
}

int list_of_name(const char *name, int *item, const char **leaf) {
    for (int list = LIST_NONE + 1; list < LIST_COUNT; list++) {
        const KeyList *l = &key_lists[list];
        size_t length = strlen(l->section);
        if (strncmp(name, l->section, length) != 0 || name[length] != '.') continue;
        name += length + 1;
        size_t digits = strspn(name, "0123456789");
        bool numbered = digits > 0 && name[digits] == '.';
        *leaf = numbered ? name + digits + 1 : name;
        *item = numbered && digits == 1 && *name < '0' + l->max ? *name - '0' : l->max;
        return list;
    }
    return LIST_NONE;
}

bool key_present(const Config *config, const Key *key) {
    Config *c = (Config *)(uintptr_t)config; /* list_count serves both; nothing is written here */
    return !key->list || key->item < *list_count(c, key->list);
}

bool key_same_name(const char *a, const char *b) {
    for (;; a++, b++) {
        char x = *a == '-' ? '_' : *a, y = *b == '-' ? '_' : *b;
        if (x != y) return false;
        if (x == '\0') return true;
    }
}

const Key *key_find(const char *name) {
    for (int i = 0; i < KEY_COUNT; i++)
        if (key_same_name(keys[i].name, name)) return &keys[i];
    return NULL;
}

static bool is_among(const char *word, const char *list) {
    size_t n = strlen(word);
    for (const char *at = list; at && *at; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");
        if (here == n && strncmp(at, word, n) == 0) return true;
        at += here;
    }
    return false;
}

const Key *key_nearest(const char *name) {
    char word[128];
    size_t n = 0;
    for (; name[n] && n < sizeof word - 1; n++)
        word[n] = name[n] == '-' ? '_' : (char)tolower((unsigned char)name[n]);
    word[n] = '\0';
    const char *dot = strrchr(word, '.'), *leaf = dot ? dot + 1 : word;
    int item = 0, list = list_of_name(word, &item, &leaf);
    const KeyList *l = &key_lists[list];
    /* A name of a list's item is compared with that item's keys only, any other name with all other keys. */
    int from = list ? l->first + (item < l->max ? item : 0) * l->rows : 0;
    int count = list ? l->rows : KEY_PLAIN;
    const Key *among = &keys[from], *best = NULL;
    /* The right key in the wrong section, or under its name in another program; the section of `name` is preferred. */
    for (int i = 0; i < count; i++) {
        if (!key_same_name(key_leaf(&among[i]), leaf) && !is_among(leaf, among[i].also)) continue;
        bool same_section = dot && strncmp(among[i].name, word, (size_t)(leaf - word)) == 0;
        if (!best || same_section) best = &among[i];
    }
    if (best) return best;
    /* A typing error: in the whole name first, then in the part after the dot. */
    const char *names[KEY_COUNT + 1] = {0}, *leaves[KEY_COUNT + 1] = {0};
    for (int i = 0; i < count; i++) {
        names[i] = among[i].name;
        leaves[i] = key_leaf(&among[i]);
    }
    const char *found = list ? NULL : nearest_name(word, names);
    if (found) return key_find(found);
    found = nearest_name(leaf, leaves);
    for (int i = 0; found && i < count; i++)
        if (leaves[i] == found) return &among[i];
    return NULL;
}

Status config_unknown_key(const char *name, Err *err) {
    const Key *near = key_nearest(name);
    const char *leaf;
    int item = 0, list = list_of_name(name, &item, &leaf);
    const KeyList *l = &key_lists[list];
    if (list && item == l->max) {
        char example[64];
        snprintf(example, sizeof example, "%s.0.%s", l->section, l->example);
        return err_set(err, ERR_INPUT, "unknown key '%s'; %ss are numbered from 0 to %d, such as %s",
                       quoted(name, strlen(name)).text, l->item, l->max - 1, near ? near->name : example);
    }
    if (near)
        return err_set(err, ERR_INPUT, "unknown key '%s'; nearest: %s", quoted(name, strlen(name)).text,
                       near->name);
    return err_set(err, ERR_INPUT, "unknown key '%s'; `rote help keys` lists them",
                   quoted(name, strlen(name)).text);
}

/* ---- messages ---- */

Quoted quoted(const char *text, size_t length) {
    Quoted q;
    size_t n = 0, max = sizeof q.text - 4;
    for (size_t i = 0; i < length && n < max; i++) {
        unsigned char c = (unsigned char)text[i];
        q.text[n++] = c < 32 || c == 127 ? '?' : (char)c;
    }
    q.text[n] = '\0';
    if (n < length) {
        /* Cut between characters, not inside one. */
        while (n > 0 && ((unsigned char)q.text[n - 1] & 0xC0) == 0x80) n--;
        if (n > 0 && ((unsigned char)q.text[n - 1] & 0xC0) == 0xC0) n--;
        memcpy(q.text + n, "...", 4);
    }
    return q;
}

void key_range(const Key *key, char *out, size_t size) {
    switch (key->type) {
    case KEY_BOOL: snprintf(out, size, "true | false"); return;
    case KEY_UINT64: snprintf(out, size, "0 to %" PRIu64, UINT64_MAX); return;
    case KEY_NAME: snprintf(out, size, "letters, digits, '.', '_', '-', at most %zu", key->size - 1); return;
    case KEY_TEXT:
    case KEY_PATH: snprintf(out, size, "at most %zu bytes", key->size - 1); return;
    case KEY_ENUM:
    case KEY_FLAGS: {
        bool flags = key->type == KEY_FLAGS;
        size_t n = (size_t)snprintf(out, size, "%s", flags ? "none, or one or more joined by '+': " : "");
        for (int i = 0; key->choices[i] && n < size; i++)
            n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " | " : "", key->choices[i]);
        return;
    }
    case KEY_SIZES:
        snprintf(out, size, "such as 8x100x263, at most %d sizes of %.0f to %.0f", SIZES_MAX, key->low,
                 key->high);
        return;
    case KEY_RANGE:
        snprintf(out, size, "from-to, such as 1-4, within %.0f to %.0f", key->low, key->high);
        return;
    case KEY_WORDS:
        snprintf(out, size, "such as [bc, -q], at most %d words and %zu bytes", WORD_LIST_MAX, key->size - 2);
        return;
    case KEY_INT:
    case KEY_INT64:
    case KEY_DOUBLE: break;
    }
    if (isinf(key->high)) {
        snprintf(out, size, "%s %.15g", key->low_open ? "above" : "at least", key->low);
    } else if (key->low_open) {
        snprintf(out, size, "above %.15g, at most %.15g", key->low, key->high);
    } else {
        snprintf(out, size, "%.15g to %.15g", key->low, key->high);
    }
}

void key_allowed(const Key *key, char *out, size_t size) {
    char range[128];
    key_range(key, range, sizeof range);
    if (key->zero) {
        snprintf(out, size, "%s, or 0 (%s)", range, key->zero);
    } else {
        snprintf(out, size, "%s", range);
    }
}
