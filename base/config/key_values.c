/* Reads a value into a key's field and checks it.
 *
 * strtod reads numbers in the C locale: the program never sets LC_NUMERIC. */
#include "base/config/keys.h"
#include "base/config/word_list.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/nearest.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static Status out_of_range(const Key *key, Quoted value, Err *err) {
    char allowed[256];
    key_allowed(key, allowed, sizeof allowed);
    return err_set(err, ERR_INPUT, "key '%s': %s is out of range; allowed: %s", key->name, value.text,
                   allowed);
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before the e: no hex, no "inf", no blanks. */
static bool is_number(const char *s) {
    if (*s == '+' || *s == '-') s++;
    size_t whole = strspn(s, "0123456789");
    s += whole;
    size_t fraction = 0;
    if (*s == '.') {
        fraction = strspn(s + 1, "0123456789");
        s += 1 + fraction;
    }
    if (whole + fraction == 0) return false;
    if (*s == 'e' || *s == 'E') {
        s++;
        if (*s == '+' || *s == '-') s++;
        size_t exponent = strspn(s, "0123456789");
        if (exponent == 0) return false;
        s += exponent;
    }
    return *s == '\0';
}

typedef enum Whole { WHOLE_OK, WHOLE_NOT, WHOLE_TOO_LARGE } Whole;

/* "12", "1e6", "2.5e3": exactly, not by way of a double. */
static Whole read_whole(const char *s, bool *negative, uint64_t *magnitude) {
    if (!is_number(s)) return WHOLE_NOT;
    *negative = *s == '-';
    if (*s == '+' || *s == '-') s++;
    const char *e = s + strcspn(s, "eE");
    uint64_t value = 0;
    long scale = *e ? strtol(e + 1, NULL, 10) : 0; /* the value is value * 10^scale */
    scale = scale > 1000000 ? 1000000 : scale < -1000000 ? -1000000 : scale;
    long zeros = 0; /* since the last other digit: they may be trailing zeros */
    bool overflow = false, fraction = false;
    for (; s < e; s++) {
        if (*s == '.') {
            fraction = true;
            continue;
        }
        if (fraction) scale--;
        if (*s == '0') {
            zeros++;
            continue;
        }
        for (; zeros >= 0 && value > 0; zeros--) overflow |= __builtin_mul_overflow(value, 10u, &value);
        overflow |= __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value);
        zeros = 0;
    }
    scale += zeros;
    if (value == 0 && !overflow) scale = 0;
    if (scale < 0) return WHOLE_NOT;
    for (; scale > 0 && !overflow; scale--) overflow = __builtin_mul_overflow(value, 10u, &value);
    *magnitude = value;
    return overflow ? WHOLE_TOO_LARGE : WHOLE_OK;
}

static Status set_whole(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    bool negative = false;
    uint64_t magnitude = 0;
    Whole whole = read_whole(text, &negative, &magnitude);
    if (whole == WHOLE_NOT)
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a whole number", key->name, q.text);
    if (whole == WHOLE_TOO_LARGE || (negative && magnitude > 0)) return out_of_range(key, q, err);
    if (key->type == KEY_UINT64) {
        memcpy(field, &magnitude, sizeof magnitude);
        return OK;
    }
    bool in_range = (double)magnitude >= key->low && (double)magnitude <= key->high;
    if (!in_range && !(key->zero && magnitude == 0)) return out_of_range(key, q, err);
    if (key->type == KEY_INT) {
        int value = (int)magnitude;
        memcpy(field, &value, sizeof value);
    } else {
        int64_t value = (int64_t)magnitude;
        memcpy(field, &value, sizeof value);
    }
    return OK;
}

static bool is_named_number(const char *s) {
    if (*s == '+' || *s == '-') s++;
    if (*s == '.') s++; /* YAML's own spelling: .inf, .nan */
    return strcasecmp(s, "nan") == 0 || strcasecmp(s, "inf") == 0 || strcasecmp(s, "infinity") == 0;
}

static Status set_double(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    if (is_named_number(text))
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a finite number", key->name, q.text);
    if (!is_number(text)) return err_set(err, ERR_INPUT, "key '%s': '%s' is not a number", key->name, q.text);
    char *end;
    double value = strtod(text, &end);
    if (*end != '\0') return err_set(err, ERR_INPUT, "key '%s': '%s' is not a number", key->name, q.text);
    if (isinf(value))
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a finite number", key->name, q.text);
    if (value == 0 && strcspn(text, "123456789") < strcspn(text, "eE"))
        return err_set(err, ERR_INPUT, "key '%s': '%s' is too small for a double; write 0 if you mean 0",
                       key->name, q.text);
    bool above = key->low_open ? value > key->low : value >= key->low;
    if (!(above && value <= key->high) && !(key->zero && value == 0)) return out_of_range(key, q, err);
    if (value == 0) value = 0; /* -0 and 0 are one value, with one text and one hash */
    memcpy(field, &value, sizeof value);
    return OK;
}

static Status set_bool(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    bool value = strcmp(text, "true") == 0;
    if (value || strcmp(text, "false") == 0) {
        memcpy(field, &value, sizeof value);
        return OK;
    }
    static const char *const yes[] = {"true", "yes", "on", "y", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "n", "0", NULL};
    for (int i = 0; yes[i]; i++) {
        bool is_yes = strcasecmp(text, yes[i]) == 0;
        if (is_yes || strcasecmp(text, no[i]) == 0)
            return err_set(err, ERR_INPUT, "key '%s': '%s' is not true or false; write %s", key->name, q.text,
                           is_yes ? "true" : "false");
    }
    return err_set(err, ERR_INPUT, "key '%s': '%s' is not true or false", key->name, q.text);
}

static Status set_enum(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    for (int value = 0; key->choices[value]; value++) {
        if (!key_same_name(key->choices[value], text)) continue;
        memcpy(field, &value, sizeof value);
        return OK;
    }
    char allowed[256];
    key_allowed(key, allowed, sizeof allowed);
    const char *near = nearest_name(text, key->choices);
    return err_set(err, ERR_INPUT, "key '%s': '%s' is not one of %s%s%s", key->name, q.text, allowed,
                   near ? "; nearest: " : "", near ? near : "");
}

static Status set_flags(void *field, const Key *key, const char *text, Quoted q, Err *err) {
    int flags = 0;
    bool more = !key_same_name(text, "none");
    for (size_t length; more; text += length + 1) {
        char name[32];
        length = strcspn(text, "+");
        more = text[length] != '\0';
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        int i = 0;
        while (key->choices[i] && !key_same_name(key->choices[i], name)) i++;
        if (!key->choices[i]) {
            char allowed[256];
            key_allowed(key, allowed, sizeof allowed);
            const char *near = nearest_name(name, key->choices);
            return err_set(err, ERR_INPUT, "key '%s': '%s': '%s' is not one of the choices; allowed: %s%s%s",
                           key->name, q.text, name, allowed, near ? "; nearest: " : "", near ? near : "");
        }
        flags |= 1 << i;
    }
    memcpy(field, &flags, sizeof flags);
    return OK;
}

static Status set_sizes(Sizes *field, const Key *key, const char *text, Quoted q, Err *err) {
    Sizes sizes = {0};
    for (const char *at = text;; at++) {
        char part[32];
        size_t length = strcspn(at, "x");
        bool negative = false;
        uint64_t size = 0;
        snprintf(part, sizeof part, "%.*s", (int)(length < sizeof part ? length : sizeof part - 1), at);
        if (length >= sizeof part || read_whole(part, &negative, &size) != WHOLE_OK || negative)
            return err_set(err, ERR_INPUT, "key '%s': '%s' is not a list of sizes such as 8x100x263",
                           key->name, q.text);
        if ((double)size < key->low || (double)size > key->high) return out_of_range(key, q, err);
        if (sizes.n == SIZES_MAX)
            return err_set(err, ERR_INPUT, "key '%s': '%s' has more than %d sizes", key->name, q.text,
                           SIZES_MAX);
        sizes.size[sizes.n++] = (int)size;
        at += length;
        if (!*at) break;
    }
    *field = sizes;
    return OK;
}

static Status set_range(Span *field, const Key *key, const char *text, Quoted q, Err *err) {
    size_t first = strcspn(text, "-");
    const char *last = text[first] ? text + first + 1 : text;
    char low[32], high[32];
    snprintf(low, sizeof low, "%.*s", (int)(first < sizeof low ? first : 0), text);
    snprintf(high, sizeof high, "%s", last == text ? low : strlen(last) < sizeof high ? last : "");
    bool negative[2] = {false, false};
    uint64_t from = 0, to = 0;
    if (read_whole(low, &negative[0], &from) != WHOLE_OK || read_whole(high, &negative[1], &to) != WHOLE_OK ||
        negative[0] || negative[1])
        return err_set(err, ERR_INPUT, "key '%s': '%s' is not a range such as 1-4", key->name, q.text);
    if ((double)from < key->low || (double)to > key->high || from > to) return out_of_range(key, q, err);
    *field = (Span){(int)from, (int)to};
    return OK;
}

/* Printable UTF-8, which YAML can contain: no control characters, no invalid or overlong sequences, no surrogates. */
static bool is_text(const unsigned char *s) {
    while (*s) {
        uint32_t c = *s++;
        int more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : c >> 3 == 30 ? 3 : -1;
        if (more < 0) return false;
        static const uint32_t mask[] = {0x7F, 0x1F, 0x0F, 0x07}, min_code[] = {0, 0x80, 0x800, 0x10000};
        c &= mask[more];
        for (int i = 0; i < more; i++, s++) {
            if (*s >> 6 != 2) return false;
            c = c << 6 | (*s & 0x3Fu);
        }
        if (c < min_code[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return false;
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF) return false;
    }
    return true;
}

static Status too_long(const Key *key, size_t length, Quoted q, Err *err) {
    return err_set(err, ERR_INPUT, "key '%s': '%s' has %zu bytes; allowed: at most %zu", key->name, q.text,
                   length, key->size - 1);
}

static Status set_path(char *field, const Key *key, const char *text, Quoted q, Err *err) {
    char plain[ESCAPED_MAX * CONFIG_PATH_MAX];
    size_t length = strlen(text);
    if (length >= sizeof plain) return too_long(key, length, q, err);
    memcpy(plain, text, length + 1);
    if (!strchr(text, '\\') || file_exists(text) || !unescape(plain)) memcpy(plain, text, length + 1);
    length = strlen(plain);
    if (length >= key->size) return too_long(key, length, q, err);
    memcpy(field, plain, length + 1);
    return OK;
}

static Status set_text(char *field, const Key *key, const char *text, Quoted q, Err *err) {
    size_t length = strlen(text);
    if (length >= key->size) return too_long(key, length, q, err);
    if (!is_text((const unsigned char *)text))
        return err_set(err, ERR_INPUT, "key '%s': '%s' contains control characters or is not UTF-8",
                       key->name, q.text);
    if (key->type == KEY_NAME) {
        bool plain = *text != '.' && *text != '-';
        for (const char *c = text; *c; c++)
            plain = plain && (isalnum((unsigned char)*c) || strchr("._-", *c));
        if (!plain) {
            char allowed[256];
            key_allowed(key, allowed, sizeof allowed);
            return err_set(
                err, ERR_INPUT,
                "key '%s': '%s' cannot be the name of a folder; allowed: %s, the first neither '.' nor '-'",
                key->name, q.text, allowed);
        }
    }
    memcpy(field, text, length + 1);
    return OK;
}

static Status set_words(char *field, const Key *key, const char *text, Quoted q, Err *err) {
    char list[WORD_LIST_BYTES];
    Err why;
    if (!is_text((const unsigned char *)text))
        return err_set(err, ERR_INPUT, "key '%s': '%s' contains control characters or is not UTF-8",
                       key->name, q.text);
    if (word_list_read(list, text, &why) != OK)
        return err_set(err, ERR_INPUT, "key '%s': '%s': %s", key->name, q.text, why.msg);
    memcpy(field, list, sizeof list);
    return OK;
}

static Status set_value(Config *config, const Key *key, const char *text, size_t length, Err *err) {
    void *field = (char *)config + key->offset;
    Quoted q = quoted(text, length);
    if (strnlen(text, length) != length)
        return err_set(err, ERR_INPUT, "key '%s': the value contains a NUL byte", key->name);
    if (length == 0 && *key->initial) {
        char allowed[256];
        key_allowed(key, allowed, sizeof allowed);
        return err_set(err, ERR_INPUT, "key '%s': no value; allowed: %s", key->name, allowed);
    }
    switch (key->type) {
    case KEY_INT:
    case KEY_INT64:
    case KEY_UINT64: return set_whole(field, key, text, q, err);
    case KEY_DOUBLE: return set_double(field, key, text, q, err);
    case KEY_BOOL: return set_bool(field, key, text, q, err);
    case KEY_ENUM: return set_enum(field, key, text, q, err);
    case KEY_FLAGS: return set_flags(field, key, text, q, err);
    case KEY_SIZES: return set_sizes(field, key, text, q, err);
    case KEY_RANGE: return set_range(field, key, text, q, err);
    case KEY_PATH: return set_path(field, key, text, q, err);
    case KEY_WORDS: return set_words(field, key, text, q, err);
    case KEY_NAME:
    case KEY_TEXT: break;
    }
    return set_text(field, key, text, q, err);
}

Status key_set(Config *config, const Key *key, const char *text, size_t length, Err *err) {
    const KeyList *l = &key_lists[key->list];
    int *count = key->list ? list_count(config, key->list) : NULL;
    if (count && key->item > *count)
        return err_set(err, ERR_INPUT, "key '%s': the %s %s.%d is missing; number %ss from 0 without gaps",
                       key->name, l->item, l->section, *count, l->item);
    TRY(set_value(config, key, text, length, err));
    if (key->offset == offsetof(Config, facts.n)) config->facts.n_given = true;
    if (count && key->item == *count) ++*count;
    return OK;
}
