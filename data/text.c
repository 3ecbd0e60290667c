#include "data/text.h"

#include <stdint.h>
#include <string.h>

bool text_equal(Text a, Text b) {
    if (!a.data || !b.data) return !a.data && !b.data;
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

int text_compare(Text a, Text b) {
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
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

/* Bytes of the character at the front of t if it may be shown as it is: printable ASCII or well-formed UTF-8
 * (Unicode 15, table 3-7) outside the control range U+0080 .. U+009F. Else 0. */
static size_t shown_as_is(Text t) {
    const unsigned char *p = (const unsigned char *)t.data;
    if (p[0] < 0x80) return p[0] >= 0x20 && p[0] != 0x7f;
    size_t size;
    unsigned char low = 0x80, high = 0xbf; /* range of the second byte */
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        size = 2;
        if (p[0] == 0xc2) low = 0xa0;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        size = 3;
        if (p[0] == 0xe0) low = 0xa0;
        if (p[0] == 0xed) high = 0x9f;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        size = 4;
        if (p[0] == 0xf0) low = 0x90;
        if (p[0] == 0xf4) high = 0x8f;
    } else {
        return 0;
    }
    if (t.size < size || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < size; i++)
        if (p[i] < 0x80 || p[i] > 0xbf) return 0;
    return size;
}

/* Takes one character from the front of rest and writes its escaped form; returns the bytes written. */
static size_t escape_next(char out[4], Text *rest) {
    size_t taken = shown_as_is(*rest), written = taken;
    if (taken && *rest->data != '\\') {
        memcpy(out, rest->data, taken);
    } else {
        static const char plain[] = "\t\n\r\\", letter[] = "tnr\\", hex[] = "0123456789ABCDEF";
        unsigned char byte = (unsigned char)*rest->data;
        const char *named = memchr(plain, byte, 4);
        taken = 1;
        out[0] = '\\';
        if (named) {
            out[1] = letter[named - plain];
            written = 2;
        } else {
            out[1] = 'x';
            out[2] = hex[byte >> 4];
            out[3] = hex[byte & 15];
            written = 4;
        }
    }
    rest->data += taken;
    rest->size -= taken;
    return written;
}

void text_write(FILE *stream, Text t) {
    char piece[4];
    while (t.size) {
        size_t size = escape_next(piece, &t);
        fwrite(piece, 1, size, stream); /* a failed write shows when the file is committed */
    }
}

void text_show(FILE *stream, const char *text) {
    text_write(stream, (Text){(char *)(uintptr_t)text, strlen(text)});
}

void text_show_message(FILE *stream, const char *message) {
    Text rest = {(char *)(uintptr_t)message, strlen(message)};
    char piece[4];
    while (rest.size) {
        bool backslash = *rest.data == '\\';
        size_t size = escape_next(piece, &rest);
        fwrite(piece, 1, backslash ? 1 : size, stream);
    }
}

size_t text_escape(char *out, size_t size, Text t) {
    size_t used = 0;
    char piece[4];
    while (t.size && size) {
        size_t n = escape_next(piece, &t);
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
    char piece[4];
    while (t.size && used < QUOTE_SIZE - 10) {
        size_t n = escape_next(piece, &t);
        memcpy(out + used, piece, n);
        used += n;
    }
    memcpy(out + used, t.size ? "...\"" : "\"", t.size ? 5 : 2);
    return out;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/* Takes one byte, maybe escaped, from the front of rest; -1: the escape is malformed. */
static int unescape_next(Text *rest) {
    unsigned char c = (unsigned char)*rest->data;
    size_t taken = 1;
    if (c == '\\') {
        static const char letter[] = "tnr\\", plain[] = "\t\n\r\\";
        if (rest->size < 2) return -1;
        const char *named = memchr(letter, rest->data[1], 4);
        if (named) {
            c = (unsigned char)plain[named - letter];
            taken = 2;
        } else {
            if (rest->data[1] != 'x' || rest->size < 4) return -1;
            int high = hex_digit(rest->data[2]), low = hex_digit(rest->data[3]);
            if (high < 0 || low < 0) return -1;
            c = (unsigned char)(high * 16 + low);
            taken = 4;
        }
    }
    rest->data += taken;
    rest->size -= taken;
    return c;
}

bool text_unescape(Text *t) {
    Text rest = *t;
    size_t used = 0;
    while (rest.size) {
        int c = unescape_next(&rest);
        if (c < 0) return false;
        t->data[used++] = (char)c;
    }
    t->size = used;
    return true;
}

bool text_spelled(Text t, const char *spelling) {
    Text rest = {(char *)(uintptr_t)spelling, strlen(spelling)};
    for (size_t i = 0; i < t.size; i++)
        if (!rest.size || unescape_next(&rest) != (unsigned char)t.data[i]) return false;
    return !rest.size;
}
