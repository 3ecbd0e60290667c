#include "eval/archive/set_code.h"

#include <stdlib.h>
#include <string.h>

#include "eval/archive/symbol_sizes.h"

/* ---- binomial numbers ---- */

/* Weights below this share of the mode's are treated as zero: 2^-40 of a total of 2^32 rounds to zero anyway. */
#define NEGLIGIBLE 0x1p-40

/* The interval of `count` among 0 .. m. Each number has 1 plus a share of the rest by its probability, rounded down;
 * the remainder goes to the mode. Probabilities come from the ratio of neighbours, from the mode outwards, so that
 * no logarithm is needed. Encoder and decoder compute the same steps in the same order. */
typedef struct Binomial {
    double up, down; /* q / (1-q) and its inverse */
    int m, mode;
    double scale;     /* the sum of the weights, where the mode has weight 1 */
    uint64_t at_mode; /* start and size of the mode's interval; smaller numbers lie below, in order */
    uint64_t below;
} Binomial;

static double next_up(const Binomial *b, double weight, int c) {
    return weight * b->up * (b->m - c) / (c + 1.0);
}
static double next_down(const Binomial *b, double weight, int c) {
    return weight * b->down * c / ((double)(b->m - c) + 1.0);
}

static uint64_t size_of(const Binomial *b, double weight) { return 1 + (uint64_t)(weight * b->scale); }

static Binomial binomial(int m, uint64_t size, uint64_t total) {
    double q = (double)size / (double)total, p = (double)(total - size) / (double)total;
    Binomial b = {.up = q / p, .down = p / q, .m = m};
    double middle = ((double)m + 1) * q;
    b.mode = middle < m ? (int)middle : m;
    double sum = 1, weight = 1;
    for (int c = b.mode; c < m && weight > NEGLIGIBLE; c++) sum += weight = next_up(&b, weight, c);
    weight = 1;
    for (int c = b.mode; c > 0 && weight > NEGLIGIBLE; c--) sum += weight = next_down(&b, weight, c);
    b.scale = (double)(RANGE_TOTAL - (uint64_t)m - 1) / sum;
    uint64_t above = (uint64_t)(m - b.mode);
    b.below = (uint64_t)b.mode;
    weight = 1;
    for (int c = b.mode; c < m && weight > NEGLIGIBLE; c++)
        above += size_of(&b, weight = next_up(&b, weight, c)) - 1;
    weight = 1;
    for (int c = b.mode; c > 0 && weight > NEGLIGIBLE; c--)
        b.below += size_of(&b, weight = next_down(&b, weight, c)) - 1;
    b.at_mode = RANGE_TOTAL - above - b.below;
    return b;
}

/* The size and the start of the interval of the number `step` away from the mode. */
typedef struct Walk {
    int c;
    double weight; /* 0 once negligible */
    uint64_t start, size;
} Walk;

static Walk walk_begin(const Binomial *b) { return (Walk){b->mode, 1, b->below, b->at_mode}; }

static void walk_up(const Binomial *b, Walk *w) {
    w->start += w->size;
    w->weight = w->weight > NEGLIGIBLE ? next_up(b, w->weight, w->c) : 0;
    w->size = size_of(b, w->weight);
    w->c++;
}

static void walk_down(const Binomial *b, Walk *w) {
    w->weight = w->weight > NEGLIGIBLE ? next_down(b, w->weight, w->c) : 0;
    w->size = size_of(b, w->weight);
    w->start -= w->size;
    w->c--;
}

/* Where the weight is negligible, every number has size 1, so its start is known without computing the steps to it:
 * damaged bytes could otherwise require billions of steps. */
static bool is_flat(const Walk *w) { return w->weight <= NEGLIGIBLE; }
static void jump(Walk *w, int64_t steps) {
    w->start += (uint64_t)steps;
    w->c += (int)steps;
}

void binomial_encode(RangeEncoder *e, int count, int m, uint64_t size, uint64_t total) {
    Binomial b = binomial(m, size, total);
    Walk w = walk_begin(&b);
    while (w.c < count && !is_flat(&w)) walk_up(&b, &w);
    while (w.c > count && !is_flat(&w)) walk_down(&b, &w);
    jump(&w, count - w.c);
    range_encode(e, w.start, w.size, RANGE_TOTAL);
}

int binomial_decode(RangeDecoder *d, int m, uint64_t size, uint64_t total) {
    Binomial b = binomial(m, size, total);
    Walk w = walk_begin(&b);
    uint64_t target = range_decode_target(d, RANGE_TOTAL);
    while (target >= w.start + w.size && w.c < m && !is_flat(&w)) walk_up(&b, &w);
    while (target < w.start && w.c > 0 && !is_flat(&w)) walk_down(&b, &w);
    if (is_flat(&w)) jump(&w, (int64_t)target - (int64_t)w.start);
    range_decode(d, w.start, w.size, RANGE_TOTAL);
    return w.c;
}

/* ---- the prefix tree ---- */

/* Encoding and decoding traverse the tree in the same way; the one writes a number where the other reads it. */
typedef struct SetCoder {
    RangeEncoder *e; /* or NULL */
    RangeDecoder *d;
    CodedFacts *c;
    Decoder *model;
    int V, eos; /* eos -1: all facts have max_len tokens */
    int64_t max_tokens;
    uint64_t *start; /* V + 1 */
    int32_t *counts; /* (max_len, V): facts by their next symbol */
    int32_t *prefix; /* max_len */
    int done;        /* facts that are complete or already handled */
} SetCoder;

static int32_t token_at(const SetCoder *s, int fact, int depth) {
    return s->c->facts.tokens[s->c->facts.start[fact] + depth];
}

static Status code_counts(SetCoder *s, int m, int depth, Err *err) {
    int32_t *count = s->counts + (ptrdiff_t)depth * s->V;
    if (s->e) {
        memset(count, 0, (size_t)s->V * sizeof *count);
        for (int i = s->done; i < s->done + m; i++) count[token_at(s, i, depth)]++;
    }
    decoder_rewind(s->model, depth);
    const real *logits = decoder_step(s->model, depth ? s->prefix[depth - 1] : 0);
    if (!symbol_sizes(s->start, logits, s->V))
        return err_set(err, s->d ? ERR_FORMAT : ERR_NUMERIC,
                       "a logit is NaN or infinite: the weights cannot code facts");
    if (m == 1) { /* one symbol, not V numbers */
        int v = 0;
        if (s->d) v = symbol_find(s->start, s->V, range_decode_target(s->d, RANGE_TOTAL));
        else
            while (!count[v]) v++;
        if (s->e) range_encode(s->e, s->start[v], s->start[v + 1] - s->start[v], RANGE_TOTAL);
        else range_decode(s->d, s->start[v], s->start[v + 1] - s->start[v], RANGE_TOTAL);
        if (s->d) memset(count, 0, (size_t)s->V * sizeof *count);
        count[v] = 1;
        return OK;
    }
    int left = m, v = 0;
    for (; left > 0 && v < s->V - 1; v++) {
        uint64_t size = s->start[v + 1] - s->start[v], total = RANGE_TOTAL - s->start[v];
        if (s->e) binomial_encode(s->e, count[v], left, size, total);
        else count[v] = binomial_decode(s->d, left, size, total);
        left -= count[v];
    }
    if (s->d) memset(count + v, 0, (size_t)(s->V - v) * sizeof *count);
    if (left > 0) count[s->V - 1] = left;
    return OK;
}

/* m equal facts of `length` tokens are complete. */
static Status facts_end(SetCoder *s, int m, int length, Err *err) {
    FactSet *facts = &s->c->facts;
    for (int i = 0; s->d && i < m; i++, s->done++) {
        int64_t at = facts->start[s->done];
        if (at + length > s->max_tokens) return err_set(err, ERR_FORMAT, "the facts are more than they say");
        TRY(coded_facts_reserve(s->c, at + length, err));
        memcpy(facts->tokens + at, s->prefix, (size_t)length * sizeof *s->prefix);
        facts->start[s->done + 1] = at + length;
    }
    if (s->e) s->done += m;
    return OK;
}

/* Depth first. Without recursion, since a long fact would overflow the stack. */
static Status code_tree(SetCoder *s, Err *err) {
    const FactSet *facts = &s->c->facts;
    int depth = 0, max = facts->max_len, next = 0; /* the next symbol to handle */
    TRY(code_counts(s, facts->n, 0, err));
    while (depth >= 0) {
        const int32_t *count = s->counts + (ptrdiff_t)depth * s->V;
        int v = next;
        while (v < s->V && !count[v]) v++;
        if (v == s->V) {
            if (--depth >= 0) next = s->prefix[depth] + 1;
            continue;
        }
        if (v >= facts->vocab.size) return err_set(err, ERR_FORMAT, "a symbol that the facts do not have");
        s->prefix[depth] = v;
        next = v + 1;
        if (v == s->eos || (s->eos < 0 && depth + 1 == max)) {
            TRY(facts_end(s, count[v], depth + 1, err));
        } else if (depth + 1 == max) {
            return err_set(err, ERR_FORMAT, "a fact does not end");
        } else {
            TRY(code_counts(s, count[v], ++depth, err));
            next = 0;
        }
    }
    return OK;
}

static Status code_set(SetCoder *s, const Gpt *g, Err *err) {
    const FactSet *facts = &s->c->facts;
    Status status = OK;
    size_t V = (size_t)g->config.vocab_size, T = (size_t)facts->max_len;
    s->V = (int)V;
    s->eos = s->c->ends == ENDS_EOS ? facts->vocab.eos : -1;
    s->start = malloc((V + 1) * sizeof *s->start);
    s->counts = malloc(T * V * sizeof *s->counts);
    s->prefix = malloc(T * sizeof *s->prefix);
    if (!s->start || !s->counts || !s->prefix)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to code %d facts as a set", facts->n));
    TRY_GOTO(decoder_create(&s->model, g, err));
    status = code_tree(s, err);
done:
    decoder_free(s->model);
    free(s->start);
    free(s->counts);
    free(s->prefix);
    return status;
}

Status set_encode(RangeEncoder *e, const Gpt *g, const CodedFacts *c, Err *err) {
    SetCoder s = {.e = e, .c = (CodedFacts *)c};
    return code_set(&s, g, err);
}

Status set_decode(RangeDecoder *d, const Gpt *g, CodedFacts *c, int64_t max_tokens, Err *err) {
    SetCoder s = {.d = d, .c = c, .max_tokens = max_tokens};
    return code_set(&s, g, err);
}
