/* `rote help KEY`: one key, or several, from the key table. */
#include <string.h>

#include "base/config/config.h"
#include "base/config/keys.h"

enum { NAME_WIDTH = 24, LINE_WIDTH = 80 };

static const char *type_name(const Key *key) {
    switch (key->type) {
    case KEY_INT:
    case KEY_INT64:
    case KEY_UINT64: return "a whole number";
    case KEY_DOUBLE: return "a number";
    case KEY_BOOL: return "true or false";
    case KEY_ENUM: return "a choice";
    case KEY_FLAGS: return "one or more choices";
    case KEY_SIZES: return "a list of sizes";
    case KEY_RANGE: return "a range";
    case KEY_WORDS: return "a list of words";
    case KEY_NAME: return "a name";
    case KEY_TEXT: return "a text";
    case KEY_PATH: break;
    }
    return "a path";
}

/* Prints text from `column` on, broken between words; further lines are indented. */
static void print_wrapped(FILE *out, const char *text, int column, int indent) {
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (column > indent && column + 1 + word > LINE_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", word, text);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

/* "default 0 (as many as n_head), or 1 to 65536". */
static void print_values(FILE *out, const Key *key, int indent) {
    char allowed[256], line[512];
    if (key->zero && strcmp(key->initial, "0") == 0) {
        key_range(key, allowed, sizeof allowed);
        snprintf(line, sizeof line, "default 0 (%s), or %s", key->zero, allowed);
    } else {
        const char *quote = key_is_text(key) ? "\"" : "";
        key_allowed(key, allowed, sizeof allowed);
        snprintf(line, sizeof line, "default %s%s%s; %s", quote, key->initial, quote, allowed);
    }
    fprintf(out, "%*s", indent, "");
    print_wrapped(out, line, indent, indent);
}

/* All items of a list have the same keys: help calls them "neurons.N.ratio". */
static void print_key(FILE *out, const Key *key) {
    if (key->list) fprintf(out, "%s.N.%s", key_lists[key->list].section, key_leaf(key));
    else fputs(key->name, out);
    fprintf(out, ": %s\n  ", type_name(key));
    print_wrapped(out, key->help, 2, 2);
    print_values(out, key, 2);
    if (key->sets) fprintf(out, "  not part of the config hash; %s is\n", key->sets);
    else if (key->free) fputs("  not part of the config hash: it does not change the result\n", out);
    if (key->also) {
        fputs("  other names: ", out);
        print_wrapped(out, key->also, 15, 15);
    }
}

/* Every key of that section, or of that name in any section. */
static int print_matching(FILE *out, const char *word) {
    int found = 0;
    size_t n = strlen(word);
    for (int i = config_key_after(-1); i >= 0; i = config_key_after(i)) {
        const Key *key = &keys[i];
        bool in_section = strncmp(key->name, word, n) == 0 && key->name[n] == '.';
        if (!in_section && strcmp(key_leaf(key), word) != 0) continue;
        if (found++) fputc('\n', out);
        print_key(out, key);
    }
    return found;
}

/* Makes "neurons.N.ratio", "neurons.3.ratio", "neurons.N" the first rule's; false: no such word. */
static bool use_first_item(char *word) {
    for (int list = LIST_NONE + 1; list < LIST_COUNT; list++) {
        const KeyList *l = &key_lists[list];
        size_t length = strlen(l->section);
        if (strncmp(word, l->section, length) != 0 || word[length] != '.') continue;
        char *number = word + length + 1;
        if (*number != 'N' && (*number < '0' || *number >= '0' + l->max)) return false;
        if (number[1] != '.' && number[1] != '\0') return false;
        *number = '0';
        return true;
    }
    return false;
}

Status config_help(const char *name, FILE *out, Err *err) {
    char word[128];
    snprintf(word, sizeof word, "%s", name);
    for (char *c = word; *c; c++)
        if (*c == '-') *c = '_';
    bool of_list = use_first_item(word);
    const Key *key = key_find(word);
    if (key) {
        print_key(out, key);
        return OK;
    }
    if (print_matching(out, word)) return OK;
    return config_unknown_key(of_list ? word : name, err);
}

void config_help_all(FILE *out) {
    size_t section = 0; /* of the previous row: the length of "section." */
    const Key *before = NULL;
    for (int i = config_key_after(-1); i >= 0; before = &keys[i], i = config_key_after(i)) {
        const Key *key = &keys[i];
        const KeyList *l = &key_lists[key->list];
        size_t here = (size_t)(key_leaf(key) - key->name);
        if (here && (here != section || strncmp(before->name, key->name, here) != 0)) {
            if (key->list)
                fprintf(out, "\n%s.N (a list of %ss; N: 0 to %d):\n", l->section, l->item, l->max - 1);
            else fprintf(out, "\n%.*s:\n", (int)here - 1, key->name);
        }
        section = here;
        fprintf(out, "%*s%-*s", here ? 2 : 0, "", NAME_WIDTH - (here ? 2 : 0), key_leaf(key));
        print_wrapped(out, key->help, NAME_WIDTH, NAME_WIDTH);
        print_values(out, key, NAME_WIDTH);
    }
}
