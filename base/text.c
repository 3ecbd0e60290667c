#include "base/text.h"

#include <stdint.h>
#include <string.h>

#include "base/escape.h"

bool text_equal(Text a, Text b) {
    if (!a.data || !b.data) return !a.data && !b.data;
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

int text_compare(Text a, Text b) {
    size_t both = a.size < b.size ? a.size : b.size;
    int order = both ? memcmp(a.data, b.data, both) : 0; /* no bytes may have no place */
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

bool text_is(Text a, const char *name) {
    return a.data && a.size == strlen(name) && memcmp(a.data, name, a.size) == 0;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool text_word(Text *rest, Text *word) {
    while (rest->size && is_space(*rest->data)) rest->data++, rest->size--;
    *word = (Text){rest->data, 0};
    while (rest->size && !is_space(*rest->data)) rest->data++, rest->size--, word->size++;
    return word->size > 0;
}

Text text_join_words(Text t) {
    Text joined = {t.data, 0}, word;
    while (text_word(&t, &word)) {
        if (joined.size) joined.data[joined.size++] = ' ';
        memmove(joined.data + joined.size, word.data, word.size);
        joined.size += word.size;
    }
    return joined;
}

static size_t next_escaped(char out[ESCAPED_MAX], Text *rest) {
    const char *at = rest->data;
    size_t size = escape_next(out, &at, &rest->size);
    rest->data += at - rest->data;
    return size;
}

static int next_unescaped(Text *rest) {
    const char *at = rest->data;
    int byte = unescape_next(&at, &rest->size);
    rest->data += at - rest->data;
    return byte;
}

void text_write(FILE *stream, Text t) {
    char piece[ESCAPED_MAX];
    while (t.size) {
        size_t size = next_escaped(piece, &t);
        fwrite(piece, 1, size, stream); /* a failed write shows when the file is committed */
    }
}

void text_show(FILE *stream, const char *text) {
    text_write(stream, (Text){(char *)(uintptr_t)text, strlen(text)});
}

void text_show_message(FILE *stream, const char *message) {
    Text rest = {(char *)(uintptr_t)message, strlen(message)};
    char piece[ESCAPED_MAX];
    while (rest.size) {
        bool backslash = *rest.data == '\\';
        size_t size = next_escaped(piece, &rest);
        fwrite(piece, 1, backslash ? 1 : size, stream);
    }
}

size_t text_escape(char *out, size_t size, Text t) {
    size_t used = 0;
    char piece[ESCAPED_MAX];
    while (t.size && size) {
        size_t n = next_escaped(piece, &t);
        if (used + n >= size) break;
        memcpy(out + used, piece, n);
        used += n;
    }
    if (size) out[used] = '\0';
    return used;
}

const char *text_quote(char out[QUOTE_SIZE], Text t) {
    size_t used = 0;
    out[used++] = '"';
    char piece[ESCAPED_MAX];
    while (t.size && used < QUOTE_SIZE - 10) {
        size_t n = next_escaped(piece, &t);
        memcpy(out + used, piece, n);
        used += n;
    }
    memcpy(out + used, t.size ? "...\"" : "\"", t.size ? 5 : 2);
    return out;
}

bool text_unescape(Text *t) {
    Text rest = *t;
    size_t used = 0;
    while (rest.size) {
        int c = next_unescaped(&rest);
        if (c < 0) return false;
        t->data[used++] = (char)c;
    }
    t->size = used;
    return true;
}

bool text_spelled(Text t, const char *spelling) {
    Text rest = {(char *)(uintptr_t)spelling, strlen(spelling)};
    for (size_t i = 0; i < t.size; i++)
        if (!rest.size || next_unescaped(&rest) != (unsigned char)t.data[i]) return false;
    return !rest.size;
}
