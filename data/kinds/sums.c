/* Sums: a question about numbers and its answer. A question names an operation of two numbers, or one number alone
 * (facts.plain), whose answer is that number.
 *
 *   1 2 + 3 4 =              4 6        numbers in the question
 *   x 1 2 y 3 4 z 7 x + z =  1 9        facts.named numbers before it, under different letters
 *
 * Facts are in classes: an operation (or none) and the length of each number. Of a short class there may be fewer
 * facts than its share, then all of it is drawn. How many facts each class has is fixed by the sizes of the config;
 * which facts, and their order, is drawn. So the entropy is exact, and any n of the facts drawn have the same. */
#include "data/kinds/sums.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/entropy.h"
#include "data/kinds/distinct.h"
#include "data/kinds/kinds.h"
#include "data/kinds/lists.h"
#include "data/kinds/plan.h"
#include "data/seen.h"
#include "data/vocab.h"

enum { SUB_ORDER = 0, SUB_CLASS = 2 }; /* streams; class c has SUB_CLASS + 2 c and the one after it */
enum { LETTERS = 26, CLASSES_MAX = 1 << 18, SYMBOLS_MAX = ASK_COUNT + 10 + 4 + LETTERS };

/* The classes: first those with an operation, in the order of Operation, then those of one number alone. */
typedef struct Layout {
    Span digits;
    int lengths; /* how many a number may have */
    int numbers; /* of a fact with an operation */
    int alone;   /* numbers of a fact without one */
    bool named, given;
    int n_operations;
    Operation operation[ASK_COUNT];
    int n_asking, n_classes; /* classes with an operation, all classes */
    char symbol[SYMBOLS_MAX + 1];
    int len; /* of the longest possible fact */
} Layout;

/* A class: what all its facts share, and how many there are. */
typedef struct Class {
    int numbers, length[SUMS_NUMBERS_MAX];
    bool asks;           /* for an operation */
    Operation operation; /* that it asks for */
    double arrangements; /* choices of names and of those that the question names */
    double space;        /* facts */
} Class;

static int power_of(int base, int n) {
    int64_t p = 1;
    for (int i = 0; i < n && p <= CLASSES_MAX; i++) p *= base;
    return (int)(p > CLASSES_MAX ? CLASSES_MAX + 1 : p);
}

/* Only symbols that can occur: an unused row of the embedding would still count as parameters. Sorted. */
static void choose_symbols(Layout *l) {
    bool used[128] = {['='] = true};
    for (int d = '0'; d <= '9'; d++) used[d] = true;
    for (int i = 0; i < l->n_operations; i++) {
        used[(int)sums_sign(l->operation[i])] = true;
        if (l->operation[i] == ASK_COMPARE) used['<'] = used['>'] = true;
    }
    for (int c = 'a'; c <= 'z' && l->named; c++) used[c] = true;
    int n = 0;
    for (int c = 0; c < 128; c++)
        if (used[c]) l->symbol[n++] = (char)c;
}

static int longest_result(Operation operation, int digits) {
    switch (operation) {
    case ASK_ADD:
    case ASK_SUBTRACT: return digits + 1; /* a carry, a sign */
    case ASK_MULTIPLY: return 2 * digits;
    case ASK_COMPARE:
    case ASK_COUNT: break;
    }
    return 1;
}

static Status layout_of(const FactsConfig *config, Layout *out, Err *err) {
    Layout l = {.digits = config->digits, .named = config->named > 0, .given = config->given};
    l.lengths = l.digits.high - l.digits.low + 1;
    l.numbers = l.named ? config->named : 2;
    l.alone = l.named ? config->named : 1;
    for (int op = 0; op < ASK_COUNT; op++)
        if (config->operations >> op & 1) l.operation[l.n_operations++] = (Operation)op;
    if (l.n_operations == 0 && config->plain < 1)
        return err_set(err, ERR_INPUT,
                       "facts.operations is none, so there are no questions; name at least one, such as add");
    int asking = power_of(l.lengths, l.numbers), alone = power_of(l.lengths, l.alone);
    if ((int64_t)asking * l.n_operations + alone > CLASSES_MAX)
        return err_set(err, ERR_INPUT,
                       "facts.digits, facts.named: %d numbers of %d different lengths make more than %d "
                       "combinations; lower one of them",
                       l.numbers, l.lengths, CLASSES_MAX);
    l.n_asking = asking * l.n_operations;
    l.n_classes = l.n_asking + alone;
    choose_symbols(&l);
    int result = config->plain > 0 ? l.digits.high : 0;
    for (int i = 0; i < l.n_operations; i++) {
        int len = longest_result(l.operation[i], l.digits.high);
        if (len > result) result = len;
    }
    l.len = l.numbers * (l.digits.high + l.named) + (l.named ? 2 : 0) + 2 + result + 1;
    *out = l;
    return OK;
}

/* ---- classes ---- */

/* Numbers of that length: 0 is one of one digit, longer ones do not begin with 0. */
static uint64_t first_of(int length) {
    uint64_t first = 1;
    for (int i = 1; i < length; i++) first *= 10;
    return length == 1 ? 0 : first;
}
static uint64_t count_of(int length) { return length == 1 ? 10 : 9 * first_of(length); }

static Class class_of(const Layout *l, int c) {
    Class class = {.asks = c < l->n_asking, .arrangements = 1, .space = 1};
    int code = class.asks ? c : c - l->n_asking, all = l->n_asking / (l->n_operations ? l->n_operations : 1);
    class.numbers = class.asks ? l->numbers : l->alone;
    if (class.asks) class.operation = l->operation[code / all];
    for (int i = 0; i < class.numbers; i++, code /= l->lengths) {
        class.length[i] = l->digits.low + code % l->lengths;
        class.space *= (double)count_of(class.length[i]);
    }
    for (int i = 0; i < class.numbers && l->named; i++) class.arrangements *= LETTERS - i;
    if (l->named) class.arrangements *= class.asks ? class.numbers * (class.numbers - 1) : class.numbers;
    class.space *= class.arrangements;
    return class;
}

/* What is planned of each class. */
typedef struct Shares {
    double *space; /* facts that there are of it */
    int *count;    /* facts that are drawn */
    int left;      /* facts that found no place */
} Shares;

static void shares_free(Shares *s) {
    free(s->space);
    free(s->count);
    *s = (Shares){0};
}

static int64_t greatest_divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Divides `total` facts among the n classes from `first` on: each has as many as the others, or all that there are.
 * What remains of the division goes to classes that lie far apart. */
static void share_out(Shares *s, int first, int n, int total) {
    const double *space = s->space + first;
    int *count = s->count + first, level = 0, left = total;
    for (int64_t bit = 1 << 30; bit > 0; bit /= 2) {
        double sum = 0, try = (double)(level + bit);
        for (int c = 0; c < n; c++) sum += space[c] < try ? space[c] : try;
        if (try <= total && sum <= total) level += (int)bit;
    }
    for (int c = 0; c < n; c++) left -= count[c] = space[c] < level ? (int)space[c] : level;
    int64_t stride = (int64_t)(0.618 * n) + 1;
    while (greatest_divisor(stride, n) > 1) stride++;
    for (int64_t i = 0; i < n && left > 0; i++) {
        int c = (int)(i * stride % n);
        if (space[c] <= count[c]) continue;
        count[c]++;
        left--;
    }
    s->left += left;
}

/* Of facts.n, held-out facts and junk together. Free with shares_free, after an error too. */
static Status shares_make(Shares *out, const Layout *l, const FactsConfig *config, Err *err) {
    int all = kind_total(config), alone = (int)(config->plain * all + 0.5);
    *out = (Shares){.space = malloc((size_t)l->n_classes * sizeof *out->space),
                    .count = calloc((size_t)l->n_classes, sizeof *out->count)};
    if (!out->space || !out->count)
        return err_set(err, ERR_NOMEM, "no memory for %d classes of sums", l->n_classes);
    for (int c = 0; c < l->n_classes; c++) out->space[c] = class_of(l, c).space;
    share_out(out, l->n_asking, l->n_classes - l->n_asking, alone);
    share_out(out, 0, l->n_asking, all - alone);
    if (out->left == 0) return OK;
    return err_set(
        err, ERR_INPUT,
        "facts.n: %d facts, %d of them without an operation (facts.plain), but numbers of %d to %d "
        "digits make only %d of them; lower facts.n or facts.plain, or raise facts.digits",
        all, alone, l->digits.low, l->digits.high, all - out->left);
}

/* ---- the plan ---- */

/* `all` facts in a drawn order, of which n are looked at: k of them, a random number, are of a class that has `count`
 * facts, drawn out of `space`. Adds the means of log2 (space)_k and log2 (count)_k. k is hypergeometric; the logarithm
 * of its probability goes from one k to the next, up to a constant that the division takes out. */
static void add_class(double *numbers, double *order, int count, double space, int all, int n) {
    int others = all - count, most = count < n ? count : n, k = n > others ? n - others : 0;
    double of_space = 0, of_count = 0, log_p = 0, top = 0, sum = 0, sum_space = 0, sum_count = 0;
    for (int i = 0; i < k; i++) of_space += exact_log2(space - i), of_count += exact_log2((double)count - i);
    for (;; k++) {
        if (log_p > top) { /* the sums are in units of the largest term so far */
            double shrink = exact_pow(2, top - log_p);
            sum *= shrink, sum_space *= shrink, sum_count *= shrink;
            top = log_p;
        }
        double p = exact_pow(2, log_p - top);
        sum += p, sum_space += p * of_space, sum_count += p * of_count;
        if (k == most) break;
        of_space += exact_log2(space - k);
        of_count += exact_log2((double)count - k);
        log_p += exact_log2(((double)count - k) * ((double)n - k)) -
                 exact_log2((k + 1.0) * ((double)others - (n - k) + 1));
    }
    *numbers += sum_space / sum;
    *order += sum_count / sum;
}

static Status make_vocab(Vocab *out, Layout *l, Err *err) {
    Text symbol[SYMBOLS_MAX];
    int n = (int)strlen(l->symbol);
    for (int i = 0; i < n; i++) symbol[i] = (Text){&l->symbol[i], 1};
    return vocab_of_symbols(out, symbol, n, false, err);
}

static Status sums_plan(const FactsConfig *config, FactSet *out, Err *err) {
    int n = config->n, all = kind_total(config), used = 0;
    double numbers = 0, order = 0;
    Layout l;
    Shares shares = {0};
    Status status = OK;
    TRY(layout_of(config, &l, err));
    TRY_GOTO(shares_make(&shares, &l, config, err));
    for (int c = 0; c < l.n_classes; c++) {
        used += shares.count[c] > 0;
        add_class(&numbers, &order, shares.count[c], shares.space[c], all, n);
    }
    order = distinct_bits(n, all) - order;
    TRY_GOTO(make_vocab(&out->vocab, &l, err));
    TRY_GOTO(kind_sizes(out, n, l.len, out->vocab.size, err));
    kind_fields(out, (const char *const[]){"name", "number", "question", "result", NULL});
    kind_bits(out, order + numbers, 0);
    if (l.given) { /* nothing is left to know */
        out->data_bits = out->data_bits_set = out->ceiling_bits = 0;
        strcpy(out->derivation, "0 bits: questions are given, and results are functions of them");
        goto done;
    }
    snprintf(
        out->derivation, sizeof out->derivation,
        "%.17g bits for which of %d classes (operation, lengths of the numbers) each of %d facts has, in the "
        "order drawn, + %.17g bits for the numbers%s: sum over classes of the logarithm of the ordered "
        "choices of that many of its facts; results hold no bits",
        order, used, n, numbers, l.named ? ", their names and which of them are asked for" : "");
done:
    shares_free(&shares);
    return status;
}

/* ---- the draw ---- */

/* A fact of a class. */
typedef struct Sum {
    int class;
    uint64_t arrangement; /* below class.arrangements */
    uint64_t number[SUMS_NUMBERS_MAX];
} Sum;

static bool same_sum(const void *items, int32_t a, int32_t b) {
    const Sum *sum = items;
    return memcmp(&sum[a], &sum[b], sizeof *sum) == 0;
}

/* Number `code` < class.space of its facts. */
static Sum sum_of_code(const Class *class, int c, uint64_t code) {
    Sum sum;
    memset(&sum, 0, sizeof sum); /* padding is compared, too */
    sum.class = c;
    sum.arrangement = code % (uint64_t) class->arrangements;
    code /= (uint64_t) class->arrangements;
    for (int i = 0; i < class->numbers; i++) {
        uint64_t count = count_of(class->length[i]);
        sum.number[i] = first_of(class->length[i]) + code % count;
        code /= count;
    }
    return sum;
}

/* Each part of a fact by itself: block `index` of numbers of the stream. */
static Sum sum_of_stream(const Class *class, int c, Stream stream, uint64_t index) {
    Sum sum;
    memset(&sum, 0, sizeof sum);
    sum.class = c;
    index *= SUMS_NUMBERS_MAX + 1;
    sum.arrangement = random_below(stream, index, (uint64_t) class->arrangements);
    for (int i = 0; i < class->numbers; i++)
        sum.number[i] = first_of(class->length[i]) +
                        random_below(stream, index + 1 + (uint64_t)i, count_of(class->length[i]));
    return sum;
}

/* `count` different facts of class c. Where they have no numbers below 2^53, equal ones are drawn again. */
static Status draw_class(Sum *out, const Layout *l, int c, int count, uint64_t seed, uint64_t *code,
                         Err *err) {
    Class class = class_of(l, c);
    uint32_t sub = SUB_CLASS + 2 * (uint32_t)c;
    if (class.space < 0x1p53) {
        TRY(draw_distinct(code, count, (uint64_t) class.space, seed, sub, err));
        for (int i = 0; i < count; i++) out[i] = sum_of_code(&class, c, code[i]);
        return OK;
    }
    Seen seen;
    TRY(seen_init(&seen, count, same_sum, out, err));
    Stream stream = random_stream(seed, RANDOM_FACTS, sub);
    uint64_t index = 0;
    for (int32_t i = 0; i < count;) {
        out[i] = sum_of_stream(&class, c, stream, index++);
        if (seen_enter(&seen, XXH3_64bits(&out[i], sizeof out[i]), i) < 0) i++;
    }
    seen_free(&seen);
    return OK;
}

/* ---- writing ---- */

/* The symbol of every character, and whether questions are context. */
typedef struct Signs {
    int32_t of[128];
    int32_t eos;
    bool given;
} Signs;

static void write_text(Writer *w, const Signs *signs, const char *text, uint8_t field) {
    if (signs->given && field != SUMS_RESULT) field = FIELD_CONTEXT;
    for (; *text; text++) write_token(w, signs->of[(int)*text], field);
}

static void write_sum(Writer *w, const Layout *l, const Signs *signs, const Sum *sum) {
    Class class = class_of(l, sum->class);
    char number[SUMS_NUMBERS_MAX][SUMS_DIGITS_MAX + 2], name[SUMS_NUMBERS_MAX][2],
        result[SUMS_RESULT_MAX + 1];
    bool free_letter[LETTERS];
    uint64_t code = sum->arrangement;
    memset(free_letter, true, sizeof free_letter);
    write_begin(w);
    for (int i = 0; i < class.numbers; i++) {
        snprintf(number[i], sizeof number[i], "%llu", (unsigned long long)sum->number[i]);
        if (!l->named) continue;
        int nth = (int)(code % (uint64_t)(LETTERS - i)), letter = 0; /* the nth letter that is free */
        code /= (uint64_t)(LETTERS - i);
        while (!free_letter[letter] || nth-- > 0) letter++;
        free_letter[letter] = false;
        snprintf(name[i], sizeof name[i], "%c", 'a' + letter);
        write_text(w, signs, name[i], SUMS_NAME);
        write_text(w, signs, number[i], SUMS_NUMBER);
    }
    int a = l->named ? (int)(code % (uint64_t) class.numbers) : 0, b = !a;
    if (l->named && class.asks) b = (a + 1 + (int)(code / (uint64_t) class.numbers)) % class.numbers;
    write_text(w, signs, l->named ? name[a] : number[a], l->named ? SUMS_QUESTION : SUMS_NUMBER);
    if (class.asks) {
        write_text(w, signs, (char[]){sums_sign(class.operation), '\0'}, SUMS_QUESTION);
        write_text(w, signs, l->named ? name[b] : number[b], l->named ? SUMS_QUESTION : SUMS_NUMBER);
        sums_result(result, class.operation, sum->number[a], sum->number[b]);
    }
    write_text(w, signs, "=", SUMS_QUESTION);
    write_prompt_ends(w);
    write_text(w, signs, class.asks ? result : number[a], SUMS_RESULT);
    write_token(w, signs->eos, SUMS_RESULT);
}

static void multiply(char out[SUMS_RESULT_MAX + 1], uint64_t a, uint64_t b) {
    int digit[2 * SUMS_DIGITS_MAX + 1] = {0}, top = 2 * SUMS_DIGITS_MAX;
    for (int i = 0; i < SUMS_DIGITS_MAX; i++, a /= 10) {
        uint64_t rest = b;
        for (int j = 0; j < SUMS_DIGITS_MAX; j++, rest /= 10)
            digit[i + j] += (int)(a % 10) * (int)(rest % 10);
    }
    for (int i = 0; i < top; i++) {
        digit[i + 1] += digit[i] / 10;
        digit[i] %= 10;
    }
    while (top > 0 && digit[top] == 0) top--;
    for (int i = top; i >= 0; i--) *out++ = (char)('0' + digit[i]);
    *out = '\0';
}

void sums_result(char out[SUMS_RESULT_MAX + 1], Operation operation, uint64_t a, uint64_t b) {
    size_t size = SUMS_RESULT_MAX + 1;
    switch (operation) {
    case ASK_ADD: snprintf(out, size, "%llu", (unsigned long long)(a + b)); return;
    case ASK_SUBTRACT: snprintf(out, size, "%lld", (long long)a - (long long)b); return;
    case ASK_MULTIPLY: multiply(out, a, b); return;
    case ASK_COMPARE:
    case ASK_COUNT: break;
    }
    snprintf(out, size, "%c", a < b ? '<' : a > b ? '>' : '=');
}

/* All facts, class after class. */
static Status draw_sums(Sum *out, const Layout *l, const Shares *shares, int n, uint64_t seed, Err *err) {
    Status status = OK;
    uint64_t *code = malloc((size_t)n * sizeof *code);
    if (!code) return err_set(err, ERR_NOMEM, "no memory to draw %d sums", n);
    for (int c = 0, at = 0; c < l->n_classes && status == OK; at += shares->count[c++])
        if (shares->count[c]) status = draw_class(out + at, l, c, shares->count[c], seed, code, err);
    free(code);
    return status;
}

static Status sums_draw(FactSet *facts, Err *err) {
    int n = facts->n;
    Layout l;
    Shares shares = {0};
    Status status = OK;
    TRY(layout_of(&facts->config, &l, err));
    Sum *sum = malloc((size_t)n * sizeof *sum);
    int32_t *order = malloc((size_t)n * sizeof *order);
    if (!sum || !order) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to draw %d sums", n));
    TRY_GOTO(shares_make(&shares, &l, &facts->config, err));
    TRY_GOTO(draw_sums(sum, &l, &shares, n, facts->seed, err));
    TRY_GOTO(facts_allocate(facts, (int64_t)n * l.len, err));
    for (int i = 0; i < n; i++) order[i] = i;
    random_permutation(order, n, random_stream(facts->seed, RANDOM_FACTS, SUB_ORDER));
    Signs signs = {.eos = facts->vocab.eos, .given = l.given};
    for (int i = 0; i < facts->vocab.eos; i++) signs.of[(int)*facts->vocab.text[i]] = i;
    Writer w = {.facts = facts};
    for (int i = 0; i < n; i++) write_sum(&w, &l, &signs, &sum[order[i]]);
    write_end(&w);
done:
    shares_free(&shares);
    free(sum);
    free(order);
    return status;
}

const Kind sums_kind = {.plan = sums_plan, .draw = sums_draw};
