/* Finds a config key by its name, or the nearest one to a wrong name; and describes the values that it allows. */
#include "base/config/keys.h"
#include "base/nearest.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- finding a key ---- */

const char *key_leaf(const Key *key) {
    const char *dot = strchr(key->name, '.');
    if (dot && key->rule) dot = strchr(dot + 1, '.');
    return dot ? dot + 1 : key->name;
}

int rule_of_name(const char *name, const char **leaf) {
    static const char section[] = "neurons.";
    if (strncmp(name, section, sizeof section - 1) != 0) return -1;
    name += sizeof section - 1;
    size_t digits = strspn(name, "0123456789");
    bool numbered = digits > 0 && name[digits] == '.';
    *leaf = numbered ? name + digits + 1 : name;
    return numbered && digits == 1 && *name < '0' + NEURON_RULES_MAX ? *name - '0' : NEURON_RULES_MAX;
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
    int rule = rule_of_name(word, &leaf);
    /* A name of a rule is compared with that rule's keys only, any other name with all other keys. */
    int from = rule < 0 ? 0 : KEY_PLAIN + (rule < NEURON_RULES_MAX ? rule : 0) * KEY_OF_RULE;
    int count = rule < 0 ? KEY_PLAIN : KEY_OF_RULE;
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
    const char *found = rule < 0 ? nearest_name(word, names) : NULL;
    if (found) return key_find(found);
    found = nearest_name(leaf, leaves);
    for (int i = 0; found && i < count; i++)
        if (leaves[i] == found) return &among[i];
    return NULL;
}

bool key_section_later(const char *name) {
    static const char *const later[] = {"tool"};
    size_t length = strcspn(name, ".");
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strlen(later[i]) == length && strncmp(later[i], name, length) == 0) return true;
    return false;
}

Status config_unknown_key(const char *name, Err *err) {
    if (key_section_later(name))
        return err_set(err, ERR_INPUT, "section '%.*s' is not part of this version", (int)strcspn(name, "."),
                       name);
    const Key *near = key_nearest(name);
    const char *leaf;
    if (rule_of_name(name, &leaf) == NEURON_RULES_MAX)
        return err_set(err, ERR_INPUT, "unknown key '%s'; rules are numbered from 0 to %d, such as %s",
                       quoted(name, strlen(name)).text, NEURON_RULES_MAX - 1,
                       near ? near->name : "neurons.0.ratio");
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
