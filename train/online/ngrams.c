#include "train/online/ngrams.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/online/bit_history.h"
#include "train/online/chance.h"

enum {
    CONTEXTS_FEW = 6,
    ORDERS_FEW = 5, /* of those, the ones of the last n bytes */
    CONTEXTS_MANY = 18,
    INPUTS_EACH = 4,
    MIN_SLOT_BITS = 10,
    CHANCE_LIMIT = 1023,
    MAX_RUN = 31,
    NODE_LIMIT = 20,
    MAX_COLUMN = 255
};

/* One node of the binary tree over the next four bits. */
typedef struct Node {
    uint16_t p;       /* of a 1, in units of 2^-16; adapts faster than the probabilities by history */
    uint16_t history; /* state of its bit history */
} Node;

/* The tree of one context in one half of a byte: a cache line. */
typedef struct Slot {
    uint16_t check;    /* part of the hash; contexts with the same place and check are confused */
    uint8_t byte, run; /* in the first half's slot: the last byte, and how often it came in a row */
    Node node[15];
} Slot;
_Static_assert(sizeof(Slot) == 64, "a slot is a cache line");

typedef struct Context {
    Slot *table;
    uint64_t hash;               /* of the context, for this byte */
    Slot *first, *slot;          /* of the byte's first half, of the current half */
    Node *node;                  /* of the next bit */
    Chance *by_history, *by_run; /* tables: P(1) by a node's history, and by run */
    Chance *of_history, *of_run; /* for this bit; of_run NULL: the last byte begins with other bits */
} Context;

struct Ngrams {
    const Logistic *logistic;
    BitHistory history;
    int contexts, orders, slot_bits, known, partial;
    Context context[CONTEXTS_MANY];
    uint64_t word[3];         /* hashes of words: the current one, the two before */
    uint64_t field;           /* hash of the bytes since the last comma, tab, semicolon or bar */
    uint32_t fields;          /* such separators in this line */
    size_t line, line_before; /* positions where this line and the one before begin */
    Arena arena;
};

enum { RUN_CHANCES = (MAX_RUN + 1) * 2 * 8 };

static void plan(Ngrams *n, NgramSet set, uint64_t content_bytes) {
    static const int max_bits[NGRAM_SETS] = {19, 18, 20}; /* slots: a table of at most 32, 16, 64 MiB */
    n->contexts = set == NGRAMS_FEW ? CONTEXTS_FEW : CONTEXTS_MANY;
    n->orders = set == NGRAMS_FEW ? ORDERS_FEW : NGRAMS_ORDERS_MAX;
    n->slot_bits = MIN_SLOT_BITS;
    while (n->slot_bits < max_bits[set] && (uint64_t)1 << n->slot_bits < content_bytes) n->slot_bits++;
}

static void lay_out(Ngrams *n) {
    uintptr_t base = (uintptr_t)n->arena.base;
    n->arena.size = 0;
#define PLACE(pointer, count) (pointer) = (void *)(base + arena_add(&n->arena, (count) * sizeof *(pointer)))
    for (int i = 0; i < n->contexts; i++) {
        PLACE(n->context[i].table, (size_t)1 << n->slot_bits);
        PLACE(n->context[i].by_history, (size_t)HISTORY_MAX);
        PLACE(n->context[i].by_run, (size_t)RUN_CHANCES);
    }
#undef PLACE
}

int ngrams_inputs(NgramSet set) { return INPUTS_EACH * (set == NGRAMS_FEW ? CONTEXTS_FEW : CONTEXTS_MANY); }

double ngrams_bytes(NgramSet set, uint64_t content_bytes) {
    Ngrams n;
    n.arena.base = NULL;
    plan(&n, set, content_bytes);
    lay_out(&n);
    return (double)(n.arena.size + sizeof n);
}

Status ngrams_create(Ngrams **out, NgramSet set, uint64_t content_bytes, const Logistic *logistic, Err *err) {
    *out = NULL;
    Ngrams *n = calloc(1, sizeof *n);
    if (!n) return err_set(err, ERR_NOMEM, "no memory for n-grams");
    n->logistic = logistic;
    bit_history_begin(&n->history);
    plan(n, set, content_bytes);
    lay_out(n);
    Status status = arena_allocate(&n->arena, "n-grams", err);
    if (status != OK) {
        ngrams_free(n);
        return status;
    }
    lay_out(n);
    for (int i = 0; i < n->contexts; i++) {
        Context *c = &n->context[i];
        for (int h = 0; h < n->history.count; h++) {
            uint64_t zeros = n->history.zeros[h], ones = n->history.ones[h];
            c->by_history[h].p = (uint32_t)(((2 * ones + 1) << 32) / (2 * (zeros + ones) + 2));
        }
        for (int r = 0; r < RUN_CHANCES; r++) c->by_run[r].p = (uint32_t)1 << 31;
    }
    *out = n;
    return OK;
}

void ngrams_free(Ngrams *n) {
    if (!n) return;
    arena_free(&n->arena);
    free(n);
}

int ngrams_known(const Ngrams *n) { return n->known; }

/* ---- contexts ---- */

static uint64_t hash_of_two(uint64_t a, uint64_t b) {
    uint64_t h = (a ^ b) * 0x9e3779b97f4a7c15;
    return h ^ h >> 29;
}

static void read_last_byte(Ngrams *n, const Past *past) {
    uint32_t c = past_byte(past, 1);
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if ((c >= 'a' && c <= 'z') || c >= 128) n->word[0] = hash_of_two(n->word[0], c + 1);
    else if (n->word[0]) {
        n->word[2] = n->word[1];
        n->word[1] = n->word[0];
        n->word[0] = 0;
    }
    n->field = hash_of_two(n->field, c + 1);
    if (c == ',' || c == '\t' || c == ';' || c == '|') {
        n->fields++;
        n->field = 0;
    }
    if (c == '\n') {
        n->line_before = n->line;
        n->line = past->at;
        n->field = n->fields = 0;
    }
}

static void find_contexts(Ngrams *n, const Past *past) {
    if (past->at) read_last_byte(n, past);
    uint64_t order[9] = {0}, last = past_byte(past, 1), four = 0;
    for (size_t k = 1; k <= 8; k++) order[k] = hash_of_two(order[k - 1] + k, past_byte(past, k) + 1);
    for (size_t k = 4; k >= 1; k--) four = four << 8 | past_byte(past, k);
    uint64_t word = n->word[0], words = hash_of_two(word, n->word[1]), after_space = last == ' ';
    size_t column = past->at - n->line;
    uint64_t above = n->line_before + column < n->line ? past->data[n->line_before + column] : 0;
    if (column > MAX_COLUMN) column = MAX_COLUMN;

    const uint64_t few[CONTEXTS_FEW] = {order[1], order[2], order[3],
                                        order[4], order[6], hash_of_two(word, last)};
    const uint64_t many[CONTEXTS_MANY] = {order[1],
                                          order[2],
                                          order[3],
                                          order[4],
                                          order[5],
                                          order[6],
                                          order[8],
                                          hash_of_two(word, last),
                                          hash_of_two(words, after_space),
                                          hash_of_two(hash_of_two(words, n->word[2]), after_space),
                                          hash_of_two(word, n->word[2]),
                                          four & 0x00ffff00,
                                          four & 0x00ff00ff,
                                          four & 0xffffff00,
                                          four & 0xf0f0f0f0,
                                          hash_of_two(above, last),
                                          hash_of_two(hash_of_two(column, above), last),
                                          hash_of_two(n->fields, n->field)};
    for (int i = 0; i < n->contexts; i++) n->context[i].hash = n->contexts == CONTEXTS_FEW ? few[i] : many[i];
}

static int bits_observed(const Ngrams *n, const Node *node) {
    return n->history.zeros[node->history] + n->history.ones[node->history];
}

/* The context's slot for this half, in one of two places; where neither is its own, it replaces the one with
 * fewer observations. */
static Slot *find_slot(const Ngrams *n, const Context *c, uint64_t half) {
    uint64_t hash = hash_of_two(hash_of_two(c->hash, half), 77);
    hash = hash * 0x9e3779b97f4a7c15 ^ hash >> 32;
    uint16_t check = (uint16_t)(hash >> 48 ? hash >> 48 : 1); /* 0: an empty slot */
    size_t place = (size_t)(hash & (((uint64_t)1 << n->slot_bits) - 1));
    Slot *a = &c->table[place], *b = &c->table[place ^ 1];
    if (a->check == check) return a;
    if (b->check == check) return b;
    if (bits_observed(n, &b->node[0]) < bits_observed(n, &a->node[0])) a = b;
    *a = (Slot){.check = check};
    for (int k = 0; k < 15; k++) a->node[k].p = 1 << 15;
    return a;
}

/* ---- prediction ---- */

void ngrams_predict(Ngrams *n, const Past *past, float *x) {
    if (past->bits == 0) find_contexts(n, past);
    if (past->bits % 4 == 0)
        for (int i = 0; i < n->contexts; i++) {
            Context *c = &n->context[i];
            c->slot = find_slot(n, c, past->bits ? (uint64_t)past->partial : 0);
            if (past->bits == 0) c->first = c->slot;
        }
    int bits = past->bits % 4, place = (1 << bits | (past->partial & ((1 << bits) - 1))) - 1;
    n->partial = past->partial;
    n->known = 0;
    for (int i = 0; i < n->contexts; i++, x += INPUTS_EACH) {
        Context *c = &n->context[i];
        c->node = &c->slot->node[place];
        c->of_history = &c->by_history[c->node->history];
        c->of_run = NULL;
        for (int j = 0; j < INPUTS_EACH; j++) x[j] = 0;
        if (c->node->history) {
            uint32_t p = chance_p16(c->of_history);
            x[0] = stretch(n->logistic, p);
            x[1] = ((float)p - 32768) * (1.0f / 16384);
            x[2] = stretch(n->logistic, c->node->p);
            n->known += i < n->orders;
        }
        int expected = c->first->byte, run = c->first->run < MAX_RUN ? c->first->run : MAX_RUN;
        if (run && (expected | 256) >> (8 - past->bits) == past->partial) {
            int bit = expected >> (7 - past->bits) & 1;
            c->of_run = &c->by_run[(run * 2 + bit) * 8 + past->bits];
            x[3] = stretch(n->logistic, chance_p16(c->of_run));
        }
    }
}

static void node_learn(const Ngrams *n, Node *node, int bit) {
    int observed = bits_observed(n, node);
    uint32_t rate = 655360u / (10 * (uint32_t)(observed < NODE_LIMIT ? observed : NODE_LIMIT) + 16);
    if (bit) node->p = (uint16_t)(node->p + ((65535u - node->p) * rate >> 16));
    else node->p = (uint16_t)(node->p - (node->p * rate >> 16));
    node->history = n->history.next[node->history][bit];
}

void ngrams_learn(Ngrams *n, int bit) {
    int partial = n->partial << 1 | bit;
    for (int i = 0; i < n->contexts; i++) {
        Context *c = &n->context[i];
        chance_learn(c->of_history, bit, CHANCE_LIMIT);
        if (c->of_run) chance_learn(c->of_run, bit, CHANCE_LIMIT);
        node_learn(n, c->node, bit);
        if (partial < 256) continue;
        bool again = c->first->run && c->first->byte == (uint8_t)partial;
        c->first->byte = (uint8_t)partial;
        c->first->run = again ? (uint8_t)(c->first->run + (c->first->run < MAX_RUN)) : 1;
    }
}
