#include "base/escape.h"

#include <string.h>

#include "base/utf8.h"

/* Bytes of the character at the front of the text if it may be shown as it is: printable ASCII, or UTF-8 outside the
 * control range U+0080 .. U+009F. Else 0. */
static size_t shown_as_is(const char *text, size_t left) {
    const unsigned char *p = (const unsigned char *)text;
    if (p[0] < 0x80) return p[0] >= 0x20 && p[0] != 0x7f;
    size_t size = utf8_character(text, left);
    return size == 2 && p[0] == 0xc2 && p[1] < 0xa0 ? 0 : size;
}

size_t escape_next(char out[ESCAPED_MAX], const char **at, size_t *size) {
    size_t taken = shown_as_is(*at, *size), written = taken;
    if (taken && **at != '\\') {
        memcpy(out, *at, taken);
    } else {
        static const char plain[] = "\t\n\r\\", letter[] = "tnr\\", hex[] = "0123456789ABCDEF";
        unsigned char byte = (unsigned char)**at;
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
    *at += taken;
    *size -= taken;
    return written;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

int unescape_next(const char **at, size_t *size) {
    const char *text = *at;
    unsigned char c = (unsigned char)*text;
    size_t taken = 1;
    if (c == '\\') {
        static const char letter[] = "tnr\\", plain[] = "\t\n\r\\";
        if (*size < 2) return -1;
        const char *named = memchr(letter, text[1], 4);
        if (named) {
            c = (unsigned char)plain[named - letter];
            taken = 2;
        } else {
            if (text[1] != 'x' || *size < 4) return -1;
            int high = hex_digit(text[2]), low = hex_digit(text[3]);
            if (high < 0 || low < 0) return -1;
            c = (unsigned char)(high * 16 + low);
            taken = 4;
        }
    }
    *at += taken;
    *size -= taken;
    return c;
}

bool escape(char *out, size_t size, const char *text) {
    size_t left = strlen(text), used = 0, n;
    char piece[ESCAPED_MAX];
    bool fits = true;
    for (; left && fits; used += fits ? n : 0) {
        n = escape_next(piece, &text, &left);
        fits = used + n < size;
        if (fits) memcpy(out + used, piece, n);
    }
    out[used] = '\0';
    return fits;
}

bool unescape(char *text) {
    const char *at = text;
    for (size_t left = strlen(text); left;)
        if (unescape_next(&at, &left) <= 0) return false;
    size_t used = 0;
    at = text;
    for (size_t left = strlen(text); left;) text[used++] = (char)unescape_next(&at, &left);
    text[used] = '\0';
    return true;
}
