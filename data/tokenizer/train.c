#include "data/tokenizer/train.h"

#include <stdlib.h>
#include <string.h>

#include "data/tokenizer/byte_level.h"
#include "data/tokenizer/pairs.h"
#include "data/tokenizer/patterns.h"
#include "data/tokenizer/pieces.h"

struct BpeTrainer {
    Patterns patterns;
    Pieces pieces;
};

static const char where[] = "the tokenizer that is trained";

Status bpe_begin(BpeTrainer **out, Err *err) {
    TokenizerSource gpt2 = {.where = where};
    *out = calloc(1, sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "no memory to train a tokenizer");
    Status status = tokenizer_patterns_of(&gpt2, (Text){(char *)"gpt2", 4}, err);
    if (status == OK)
        status = patterns_create(&(*out)->patterns, gpt2.n_patterns, gpt2.pattern, gpt2.where, err);
    if (status == OK) return OK;
    bpe_free(*out);
    *out = NULL;
    return status;
}

void bpe_free(BpeTrainer *trainer) {
    if (!trainer) return;
    patterns_free(&trainer->patterns);
    pieces_free(&trainer->pieces);
    free(trainer);
}

static Status count_piece(void *user, Text piece, Err *err) { return pieces_add(user, piece, err); }

Status bpe_add(BpeTrainer *trainer, Text text, Err *err) {
    return patterns_split(&trainer->patterns, text, count_piece, &trainer->pieces, err);
}

/* ---- tokens and merges so far ---- */

typedef struct Growing {
    const Pieces *pieces;
    Pairs pairs;
    int32_t *symbol; /* of all pieces: those of piece i from pieces->start[i] on */
    int32_t *length; /* the symbols that are left of each piece */

    Bytes text;      /* of all tokens, in the visible alphabet */
    uint32_t *start; /* n + 1 */
    Merge *merge;
    int n, n_merges, room; /* tokens, merges, tokens that are wanted */
    int merge_room;
} Growing;

static void growing_free(Growing *g) {
    pairs_free(&g->pairs);
    free(g->symbol);
    free(g->length);
    bytes_free(&g->text);
    free(g->start);
    free(g->merge);
}

static Text token_text(const Growing *g, int32_t i) {
    return (Text){(char *)g->text.data + g->start[i], g->start[i + 1] - g->start[i]};
}

/* The number of the token whose text was just added behind those of the others; -1: no memory, or more than 4 GiB. No
 * two merges make the same text. For where a token stands no merge has crossed its ends, so what is inside was merged
 * in the same order, with the same last pair, wherever it stands; and pieces have no text of the special token. */
static int32_t enter_token(Growing *g) {
    if (g->text.failed || g->text.size > UINT32_MAX) return -1;
    g->start[g->n + 1] = (uint32_t)g->text.size;
    return g->n++;
}

/* The special token, and the bytes in the order of their characters. byte: the token of each. */
static bool first_tokens(Growing *g, int32_t byte[256]) {
    bytes_add(&g->text, END_OF_TEXT, sizeof END_OF_TEXT - 1);
    if (enter_token(g) != 0) return false;
    for (int pass = 0; pass < 2; pass++) /* characters of one byte, "!" to "~", then those of two */
        for (int c = 0; c < 512; c++) {
            char character[2] = {(char)c, 0};
            size_t size = 1, n = 0;
            char b;
            if (pass) character[0] = (char)(0xc0 | c >> 6), character[1] = (char)(0x80 | (c & 63)), size = 2;
            if ((pass == 0) != (c < 128) || !byte_level_read((Text){character, size}, &b, &n)) continue;
            bytes_add(&g->text, character, size);
            byte[(unsigned char)b] = enter_token(g);
        }
    return !g->text.failed && g->n == BPE_TOKENS_MIN;
}

static bool count_pairs(Growing *g, const int32_t byte[256]) {
    const Pieces *p = g->pieces;
    bool whole = true;
    for (int32_t i = 0; whole && i < p->n; i++) {
        Text piece = piece_text(p, i);
        int32_t *symbol = g->symbol + p->start[i];
        g->length[i] = (int32_t)piece.size;
        for (size_t k = 0; k < piece.size; k++) symbol[k] = byte[(unsigned char)piece.data[k]];
        for (size_t k = 1; whole && k < piece.size; k++)
            whole = pairs_count(&g->pairs, (Merge){symbol[k - 1], symbol[k]}, p->count[i], i);
    }
    return whole && pairs_settle(&g->pairs);
}

static Status grow_begin(Growing *g, int n, Err *err) {
    int32_t byte[256];
    g->room = n;
    g->start = calloc((size_t)n + 2, sizeof *g->start);
    g->symbol = malloc((g->pieces->text.size + 1) * sizeof *g->symbol);
    g->length = malloc(((size_t)g->pieces->n + 1) * sizeof *g->length);
    bool whole = g->start && g->symbol && g->length;
    if (whole && first_tokens(g, byte) && count_pairs(g, byte)) return OK;
    return err_set(err, ERR_NOMEM, "no memory to train a tokenizer of %d tokens", n);
}

/* ---- merging ---- */

/* Replaces the pair in piece i, from left to right, and counts what its neighbours lose and win. */
static bool merge_piece(Growing *g, int32_t i, Merge pair, int32_t token) {
    int32_t *s = g->symbol + g->pieces->start[i], n = g->length[i], kept = 0;
    int64_t times = g->pieces->count[i];
    bool whole = true;
    for (int32_t at = 0; whole && at < n; at++) {
        if (at + 1 == n || s[at] != pair.left || s[at + 1] != pair.right) {
            s[kept++] = s[at];
            continue;
        }
        whole = pairs_count(&g->pairs, pair, -times, i);
        if (whole && kept)
            whole = pairs_count(&g->pairs, (Merge){s[kept - 1], pair.left}, -times, i) &&
                    pairs_count(&g->pairs, (Merge){s[kept - 1], token}, times, i);
        if (whole && at + 2 < n)
            whole = pairs_count(&g->pairs, (Merge){pair.right, s[at + 2]}, -times, i) &&
                    pairs_count(&g->pairs, (Merge){token, s[at + 2]}, times, i);
        s[kept++] = token;
        at++;
    }
    g->length[i] = kept;
    return whole;
}

/* Appends the merge and the token that it makes; -1: no memory. */
static int32_t enter_merge(Growing *g, Merge pair) {
    if (g->n_merges == g->merge_room) {
        int room = g->merge_room ? 2 * g->merge_room : 256;
        Merge *grown = realloc(g->merge, (size_t)room * sizeof *grown);
        if (!grown) return -1;
        g->merge = grown;
        g->merge_room = room;
    }
    Text left = token_text(g, pair.left), right = token_text(g, pair.right);
    Bytes joined = {0};
    bytes_add(&joined, left.data, left.size);
    bytes_add(&joined, right.data, right.size);
    if (!joined.failed) bytes_add(&g->text, joined.data, joined.size);
    bool whole = !joined.failed;
    bytes_free(&joined);
    g->merge[g->n_merges++] = pair;
    return whole ? enter_token(g) : -1;
}

static Status grow(Growing *g, Err *err) {
    bool no_memory = false;
    while (g->n < g->room && !no_memory) {
        int32_t taken = pairs_take(&g->pairs, &no_memory);
        if (taken < 0) break;
        Merge pair = g->pairs.pair[taken].of;
        int32_t token = enter_merge(g, pair);
        no_memory = token < 0;
        for (int32_t k = 0; !no_memory && k < g->pairs.pair[taken].n; k++)
            no_memory = !merge_piece(g, g->pairs.pair[taken].piece[k], pair, token);
        no_memory = no_memory || !pairs_settle(&g->pairs);
    }
    if (no_memory) return err_set(err, ERR_NOMEM, "no memory to train a tokenizer of %d tokens", g->room);
    if (g->n == g->room) return OK;
    return err_set(
        err, ERR_INPUT,
        "a tokenizer of %d tokens: with %d tokens no pair of neighbours occurs twice any more; ask "
        "for at most %d",
        g->room, g->n, g->n);
}

/* ---- the result ---- */

static Status make(const Growing *g, Tokenizer **out, Err *err) {
    TokenizerSource s = {.where = where, .n_tokens = g->n, .n_merges = g->n_merges};
    Text *token = malloc((size_t)g->n * sizeof *token);
    uint8_t *kind = malloc((size_t)g->n);
    Text(*merge)[2] = malloc(((size_t)g->n_merges + 1) * sizeof *merge);
    Status status = OK;
    if (!token || !kind || !merge)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a tokenizer of %d tokens", g->n));
    for (int i = 0; i < g->n; i++) {
        token[i] = token_text(g, i);
        kind[i] = i ? TOKEN_PLAIN : TOKEN_CONTROL;
    }
    for (int i = 0; i < g->n_merges; i++) {
        merge[i][0] = token[g->merge[i].left];
        merge[i][1] = token[g->merge[i].right];
    }
    TRY_GOTO(tokenizer_patterns_of(&s, (Text){(char *)"gpt2", 4}, err));
    s.token = token;
    s.kind = kind;
    s.merge = (const Text(*)[2])merge;
    status = tokenizer_create(out, &s, err);
done:
    free(token);
    free(kind);
    free(merge);
    return status;
}

Status bpe_train(BpeTrainer *trainer, int n, Tokenizer **out, Err *err) {
    Growing g = {.pieces = &trainer->pieces};
    *out = NULL;
    CHECK(n >= BPE_TOKENS_MIN && n <= TOKENS_MAX);
    Status status = grow_begin(&g, n, err);
    if (status == OK) status = grow(&g, err);
    if (status == OK) status = make(&g, out, err);
    growing_free(&g);
    return status;
}
