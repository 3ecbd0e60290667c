/* `rote help`: what the key table says of a key, for a reader. */
#include <string.h>

#include "base/config.h"
#include "base/keys.h"

enum { NAME_WIDTH = 22, LINE_WIDTH = 100 };

static const char *type_name(const Key *key) {
    switch (key->type) {
    case KEY_INT:
    case KEY_INT64:
    case KEY_UINT64: return "whole number";
    case KEY_DOUBLE: return "number";
    case KEY_BOOL: return "yes or no";
    case KEY_ENUM: return "one of";
    case KEY_NAME: return "name";
    case KEY_PATH: break;
    }
    return "path";
}

/* Prints text, broken between words, its lines after the first indented. */
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

static void print_default(const Key *key, char *out, size_t size) {
    bool text = key->type == KEY_NAME || key->type == KEY_PATH;
    bool zero = key->zero && strcmp(key->initial, "0") == 0;
    snprintf(out, size, "%s%s%s%s%s%s", text ? "\"" : "", key->initial, text ? "\"" : "", zero ? " (" : "",
             zero ? key->zero : "", zero ? ")" : "");
}

static void print_key(const Key *key, FILE *out) {
    char allowed[256], initial[128];
    key_allowed(key, allowed, sizeof allowed);
    print_default(key, initial, sizeof initial);
    fprintf(out, "%s\n  ", key->name);
    print_wrapped(out, key->help, 2, 2);
    fprintf(out, "  %s: %s\n  default: %s\n", type_name(key), allowed, initial);
    if (key->also) {
        fputs("  elsewhere called: ", out);
        print_wrapped(out, key->also, 20, 20);
    }
    if (key->free) fputs("  changes no bit of the result and is in no hash\n", out);
}

/* Every key of one section, or of that bare name. */
static int print_matching(const char *word, FILE *out) {
    int found = 0;
    size_t n = strlen(word);
    for (int i = 0; i < KEY_COUNT; i++) {
        const Key *key = &keys[i];
        bool in_section = strncmp(key->name, word, n) == 0 && key->name[n] == '.';
        if (!in_section && strcmp(key_leaf(key), word) != 0) continue;
        if (found++) fputc('\n', out);
        print_key(key, out);
    }
    return found;
}

Status config_help(const char *name, FILE *out, Err *err) {
    const Key *key = key_find(name);
    if (key) {
        print_key(key, out);
        return OK;
    }
    char word[128];
    snprintf(word, sizeof word, "%s", name);
    for (char *c = word; *c; c++)
        if (*c == '-') *c = '_';
    if (print_matching(word, out)) return OK;
    key = key_nearest(name);
    Quoted q = quoted(name, strlen(name));
    if (key) return err_set(err, ERR_INPUT, "unknown key '%s'; nearest: %s", q.text, key->name);
    return err_set(err, ERR_INPUT, "unknown key '%s'; `rote help` lists the keys", q.text);
}

void config_help_all(FILE *out) {
    size_t section = 0;
    for (int i = 0; i < KEY_COUNT; i++) {
        const Key *key = &keys[i];
        size_t here = (size_t)(key_leaf(key) - key->name);
        if (here && (i == 0 || section != here || strncmp(keys[i - 1].name, key->name, here) != 0))
            fprintf(out, "\n%.*s:\n", (int)here - 1, key->name);
        section = here;
        char allowed[256], initial[128];
        key_allowed(key, allowed, sizeof allowed);
        print_default(key, initial, sizeof initial);
        int column =
            fprintf(out, "%s%-*s", here ? "  " : "", here ? NAME_WIDTH - 2 : NAME_WIDTH, key_leaf(key));
        print_wrapped(out, key->help, column, NAME_WIDTH);
        column = fprintf(out, "%*s", NAME_WIDTH, "");
        char line[512];
        snprintf(line, sizeof line, "default %s; %s", initial, allowed);
        print_wrapped(out, line, column, NAME_WIDTH);
    }
}
