/* Numbers are limbs of nine decimal digits, the least significant first: what is read and written is decimal, so no
 * base needs changing, and a sum costs its length. A product is the schoolbook's; at the longest arguments (65,536
 * digits) it takes some 50 ms. */
#include "tools/calculator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE = 1000000000, DIGITS = 9 };

/* limb[n - 1] is not 0; n = 0: the number is 0, and not negative. */
typedef struct Number {
    bool negative;
    size_t n;
    uint32_t *limb;
} Number;

/* With room for n limbs, all 0. */
static bool number_make(Number *out, size_t n) {
    *out = (Number){.n = n, .limb = calloc(n ? n : 1, sizeof *out->limb)};
    return out->limb != NULL;
}

static void trim(Number *x) {
    while (x->n && !x->limb[x->n - 1]) x->n--;
    if (!x->n) x->negative = false;
}

/* Bytes of the number at the front of the text; 0: there is none. */
static size_t number_size(ToolText text) {
    size_t sign = text.size && text.bytes[0] == '-', at = sign;
    while (at < text.size && text.bytes[at] >= '0' && text.bytes[at] <= '9') at++;
    return at > sign ? at : 0;
}

/* The text is -?[0-9]+. false: no memory. */
static bool number_read(Number *out, ToolText text) {
    bool negative = text.bytes[0] == '-';
    const char *digit = text.bytes + negative;
    size_t digits = text.size - negative;
    if (!number_make(out, digits / DIGITS + 1)) return false;
    for (size_t i = 0, end = digits; end > 0; i++) {
        size_t begin = end > DIGITS ? end - DIGITS : 0;
        for (size_t at = begin; at < end; at++)
            out->limb[i] = 10 * out->limb[i] + (uint32_t)(digit[at] - '0');
        end = begin;
    }
    out->negative = negative;
    trim(out);
    return true;
}

static void number_write(const Number *x, Bytes *out) {
    char text[16];
    if (x->negative) bytes_add(out, "-", 1);
    if (!x->n) bytes_add(out, "0", 1);
    for (size_t i = x->n; i-- > 0;) {
        int size = snprintf(text, sizeof text, i + 1 == x->n ? "%u" : "%09u", x->limb[i]);
        bytes_add(out, text, (size_t)size);
    }
}

/* -1, 0 or 1, as |a| is less than, equal to or greater than |b|. */
static int compare_sizes(const Number *a, const Number *b) {
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (size_t i = a->n; i-- > 0;)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

static int compare(const Number *a, const Number *b) {
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    return a->negative ? -compare_sizes(a, b) : compare_sizes(a, b);
}

/* out = |a| + |b|, out with room for one limb more than the longer of them */
static void add_sizes(Number *out, const Number *a, const Number *b) {
    uint32_t carry = 0;
    for (size_t i = 0; i < out->n; i++) {
        uint32_t sum = carry + (i < a->n ? a->limb[i] : 0) + (i < b->n ? b->limb[i] : 0);
        carry = sum >= BASE;
        out->limb[i] = carry ? sum - BASE : sum;
    }
}

/* out = |a| - |b|, which is not negative */
static void subtract_sizes(Number *out, const Number *a, const Number *b) {
    uint32_t borrow = 0;
    for (size_t i = 0; i < a->n; i++) {
        uint32_t less = borrow + (i < b->n ? b->limb[i] : 0);
        borrow = a->limb[i] < less;
        out->limb[i] = a->limb[i] + (borrow ? BASE : 0) - less;
    }
}

/* out = a + b, or a - b */
static bool add(Number *out, const Number *a, const Number *b, bool subtract) {
    bool b_negative = subtract != b->negative;
    if (!number_make(out, (a->n > b->n ? a->n : b->n) + 1)) return false;
    if (a->negative == b_negative) {
        add_sizes(out, a, b);
        out->negative = a->negative;
    } else if (compare_sizes(a, b) >= 0) {
        subtract_sizes(out, a, b);
        out->negative = a->negative;
    } else {
        subtract_sizes(out, b, a);
        out->negative = b_negative;
    }
    trim(out);
    return true;
}

static bool multiply(Number *out, const Number *a, const Number *b) {
    if (!number_make(out, a->n + b->n)) return false;
    for (size_t i = 0; i < a->n; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < b->n || carry; j++) {
            uint64_t sum = out->limb[i + j] + carry;
            if (j < b->n) sum += (uint64_t)a->limb[i] * b->limb[j];
            out->limb[i + j] = (uint32_t)(sum % BASE);
            carry = sum / BASE;
        }
    }
    out->negative = a->negative != b->negative;
    trim(out);
    return true;
}

/* ---- a call ---- */

typedef enum Operation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    LESS_EQUAL,
    GREATER_EQUAL,
    LESS,
    EQUAL,
    GREATER,
    WHICH
} Operation;

static const struct {
    const char *spelling;
    Operation operation;
} spellings[] = {
    {"+", ADD},  {"-", SUBTRACT}, {"*", MULTIPLY}, {"x", MULTIPLY}, {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL},
    {"<", LESS}, {"=", EQUAL},    {">", GREATER},  {"?", WHICH},
};
enum { SPELLINGS = sizeof spellings / sizeof *spellings };

/* The first row that the text begins with ("<=" stands before "<"), or is; -1: none. */
static int operation_of(ToolText text, bool whole) {
    for (int i = 0; i < SPELLINGS; i++) {
        size_t size = strlen(spellings[i].spelling);
        if (text.size < size || (whole && text.size != size)) continue;
        if (!memcmp(text.bytes, spellings[i].spelling, size)) return i;
    }
    return -1;
}

static ToolText text_after(ToolText text, size_t size) {
    return (ToolText){text.bytes + size, text.size - size};
}

/* "12+-3" as a, operation, b; false: it is something else. */
static bool split(ToolText whole, ToolText *a, int *operation, ToolText *b) {
    *a = (ToolText){whole.bytes, number_size(whole)};
    ToolText rest = text_after(whole, a->size);
    *operation = operation_of(rest, false);
    if (!a->size || *operation < 0) return false;
    *b = text_after(rest, strlen(spellings[*operation].spelling));
    return true;
}

static bool compute(const Number *a, const Number *b, Operation operation, Bytes *out) {
    Number result = {0};
    bool whole = true;
    int order = compare(a, b);
    switch (operation) {
    case ADD:
    case SUBTRACT: whole = add(&result, a, b, operation == SUBTRACT); break;
    case MULTIPLY: whole = multiply(&result, a, b); break;
    case LESS_EQUAL: bytes_add(out, order <= 0 ? "1" : "0", 1); break;
    case GREATER_EQUAL: bytes_add(out, order >= 0 ? "1" : "0", 1); break;
    case LESS: bytes_add(out, order < 0 ? "1" : "0", 1); break;
    case EQUAL: bytes_add(out, order == 0 ? "1" : "0", 1); break;
    case GREATER: bytes_add(out, order > 0 ? "1" : "0", 1); break;
    case WHICH: bytes_add(out, order < 0 ? "<" : order > 0 ? ">" : "=", 1); break;
    }
    if (whole && result.limb) number_write(&result, out);
    free(result.limb);
    return whole;
}

Status calculator_call(const ToolCall *call, int n_arguments, Reply *out, Err *err) {
    ToolText a, b;
    int row;
    CHECK(n_arguments == 1 || n_arguments == 3);
    if (n_arguments == 3) {
        a = call->argument[0];
        b = call->argument[2];
        row = operation_of(call->argument[1], true);
    } else if (!split(call->argument[0], &a, &row, &b)) {
        reply_none(out, TOOL_REFUSED, "not NUMBER OPERATION NUMBER");
        return OK;
    }
    if (row < 0) {
        reply_none(out, TOOL_REFUSED, "no operation: one of + - * x < = > <= >= ?");
        return OK;
    }
    if (!a.size || !b.size || number_size(a) != a.size || number_size(b) != b.size) {
        reply_none(out, TOOL_REFUSED, "no whole number");
        return OK;
    }
    Number left = {0}, right = {0};
    bool whole = number_read(&left, a) && number_read(&right, b) &&
                 compute(&left, &right, spellings[row].operation, &out->text) && !out->text.failed;
    free(left.limb);
    free(right.limb);
    return whole ? OK : err_set(err, ERR_NOMEM, "no memory for a number of %zu digits", a.size + b.size);
}
