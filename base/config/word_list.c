#include "base/config/word_list.h"

#include <string.h>

const char *word_list_next(const char *list, const char *word) {
    word = word ? word + strlen(word) + 1 : list;
    return *word ? word : NULL;
}

Status word_list_add(char *list, const char *word, size_t length, Err *err) {
    size_t used = 0;
    int n = 0;
    for (; list[used]; n++) used += strlen(list + used) + 1;
    if (!length || memchr(word, '\0', length)) return err_set(err, ERR_INPUT, "a word is empty");
    if (n == WORD_LIST_MAX) return err_set(err, ERR_INPUT, "more than %d words", WORD_LIST_MAX);
    if (used + length + 2 > WORD_LIST_BYTES)
        return err_set(err, ERR_INPUT, "more than %d bytes", WORD_LIST_BYTES - 2);
    memcpy(list + used, word, length);
    list[used + length] = list[used + length + 1] = '\0';
    return OK;
}

/* A word in quotes, *at behind the first one; the separators of lines and paragraphs as key_quote (keys.h) has them. */
static Status add_quoted(char *list, const char **at, Err *err) {
    char word[WORD_LIST_BYTES];
    size_t n = 0;
    const char *c = *at;
    for (; *c && *c != '"' && n < sizeof word - 4; c++) {
        if (*c == '\\' && (c[1] == 'L' || c[1] == 'P')) {
            memcpy(word + n, *++c == 'L' ? "\xE2\x80\xA8" : "\xE2\x80\xA9", 3);
            n += 3;
            continue;
        }
        if (*c == '\\' && *++c != '"' && *c != '\\')
            return err_set(err, ERR_INPUT,
                           "in quotes, a backslash must be followed by a quote or a backslash");
        word[n++] = *c;
    }
    if (*c && *c != '"') return err_set(err, ERR_INPUT, "more than %d bytes", WORD_LIST_BYTES - 2);
    if (!*c) return err_set(err, ERR_INPUT, "a quote has no end");
    *at = c + 1;
    return word_list_add(list, word, n, err);
}

static Status read_brackets(char *list, const char *at, Err *err) {
    for (;;) {
        at += strspn(at, " ");
        if (*at == '"') {
            at++;
            TRY(add_quoted(list, &at, err));
        } else {
            size_t whole = strcspn(at, ",]"), length = whole;
            while (length && at[length - 1] == ' ') length--;
            TRY(word_list_add(list, at, length, err));
            at += whole;
        }
        at += strspn(at, " ");
        if (*at != ',') break;
        at++;
    }
    if (*at == ']' && !at[1 + strspn(at + 1, " ")]) return OK;
    return err_set(err, ERR_INPUT, "not a list of words; write it as [bc, -q]");
}

Status word_list_read(char list[WORD_LIST_BYTES], const char *text, Err *err) {
    memset(list, 0, WORD_LIST_BYTES);
    if (*text == '[') return strcmp(text, "[]") ? read_brackets(list, text + 1, err) : OK;
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        TRY(word_list_add(list, text, length, err));
        text += length;
    }
    return OK;
}
