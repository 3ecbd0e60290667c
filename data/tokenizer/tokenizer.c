#include "data/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/bytes.h"
#include "data/tokenizer/byte_level.h"
#include "data/tokenizer/merges.h"
#include "data/tokenizer/patterns.h"

struct Tokenizer {
    char where[256];
    int n;
    Bytes text;        /* of all tokens, one after the other */
    uint32_t *start;   /* n + 1 places in it */
    uint8_t *kind;     /* TokenKind */
    bool *spelled;     /* PLAIN, and written in the alphabet: merges may make it */
    int32_t *slot;     /* hash table of spelled tokens by their bytes; -1: empty */
    uint64_t mask;     /* slots - 1 */
    int32_t byte[256]; /* the token of each byte; -1: none */

    Merge *merge;
    int n_merges;
    Merges merges;

    int32_t *special; /* CONTROL and ADDED tokens, sorted by their bytes */
    int n_special;
    bool begins[256]; /* whether one begins with that byte */

    Patterns patterns;
    bool whole_pieces;
    MergeRoom room;
};

/* ---- tokens ---- */

int tokenizer_size(const Tokenizer *t) { return t->n; }

Text tokenizer_bytes(const Tokenizer *t, int32_t token) {
    CHECK(token >= 0 && token < t->n);
    return (Text){(char *)t->text.data + t->start[token], t->start[token + 1] - t->start[token]};
}

TokenKind tokenizer_kind(const Tokenizer *t, int32_t token) {
    CHECK(token >= 0 && token < t->n);
    return (TokenKind)t->kind[token];
}

int tokenizer_merges(const Tokenizer *t, const Merge **out) {
    *out = t->merge;
    return t->n_merges;
}

int tokenizer_pattern_count(const Tokenizer *t) { return t->patterns.n; }
const char *tokenizer_pattern(const Tokenizer *t, int i) { return t->patterns.text[i]; }
const char *tokenizer_patterns_name(const Tokenizer *t) {
    return patterns_name(&t->patterns, t->whole_pieces);
}
bool tokenizer_whole_pieces(const Tokenizer *t) { return t->whole_pieces; }

/* The slot of the spelled token with these bytes, or the empty one where it belongs. */
static int32_t *find(const Tokenizer *t, Text bytes) {
    uint64_t i = XXH3_64bits(bytes.data, bytes.size) & t->mask;
    while (t->slot[i] >= 0 && !text_equal(tokenizer_bytes(t, t->slot[i]), bytes)) i = (i + 1) & t->mask;
    return &t->slot[i];
}

int32_t tokenizer_find(const Tokenizer *t, Text bytes) { return bytes.size ? *find(t, bytes) : -1; }

/* ---- special tokens ---- */

/* How a token's bytes compare with a text from byte `depth` on, of which only the next byte counts. */
static int byte_at(const Tokenizer *t, int i, size_t depth) {
    Text bytes = tokenizer_bytes(t, t->special[i]);
    return depth < bytes.size ? (unsigned char)bytes.data[depth] : -1;
}

/* The first of the special tokens from .. to - 1, equal up to `depth`, whose next byte is at least `byte`. */
static int first_from(const Tokenizer *t, int from, int to, size_t depth, int byte) {
    while (from < to) {
        int middle = from + (to - from) / 2;
        if (byte_at(t, middle, depth) < byte) from = middle + 1;
        else to = middle;
    }
    return from;
}

/* The longest special token at the front of the text, or -1. */
static int32_t special_at(const Tokenizer *t, Text text) {
    int32_t longest = -1;
    int from = 0, to = t->n_special;
    for (size_t depth = 0; from < to; depth++) {
        if (byte_at(t, from, depth) < 0) longest = t->special[from++]; /* it ends here, and is the only one */
        if (depth == text.size) break;
        int byte = (unsigned char)text.data[depth];
        from = first_from(t, from, to, depth, byte);
        to = first_from(t, from, to, depth, byte + 1);
    }
    return longest;
}

int32_t tokenizer_find_special(const Tokenizer *t, Text name) {
    int32_t token = name.size && t->begins[(unsigned char)name.data[0]] ? special_at(t, name) : -1;
    return token >= 0 && text_equal(tokenizer_bytes(t, token), name) ? token : -1;
}

/* ---- building ---- */

static Status no_memory(const Tokenizer *t, Err *err) {
    return err_set(err, ERR_NOMEM, "%s: no memory for a tokenizer of %d tokens", t->where, t->n);
}

static Status add_tokens(Tokenizer *t, const TokenizerSource *s, Err *err) {
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)s->n_tokens) slots *= 2;
    size_t n = (size_t)s->n_tokens;
    t->n = s->n_tokens;
    t->start = calloc(n + 1, sizeof *t->start);
    t->kind = calloc(n + 1, sizeof *t->kind);
    t->spelled = calloc(n + 1, sizeof *t->spelled);
    t->special = calloc(n + 1, sizeof *t->special);
    t->slot = malloc(slots * sizeof *t->slot);
    t->mask = slots - 1;
    if (!t->start || !t->kind || !t->spelled || !t->special || !t->slot) return no_memory(t, err);
    memset(t->slot, 0xff, slots * sizeof *t->slot);
    for (size_t i = 0; i < n; i++) {
        size_t from = t->text.size, size = 0;
        t->kind[i] = s->kind[i];
        bytes_add(&t->text, s->token[i].data, s->token[i].size);
        if (t->text.failed) return no_memory(t, err);
        if (t->text.size > UINT32_MAX)
            return err_set(err, ERR_INPUT, "%s: its tokens have more than 4 GiB", t->where);
        t->spelled[i] = s->kind[i] == TOKEN_PLAIN && s->token[i].size &&
                        byte_level_read(s->token[i], (char *)t->text.data + from, &size);
        /* else its own text, which no merge makes: reading may have changed its beginning */
        if (t->spelled[i]) t->text.size = from + size;
        else if (s->token[i].size) memcpy(t->text.data + from, s->token[i].data, s->token[i].size);
        t->start[i + 1] = (uint32_t)t->text.size;
    }
    if (!t->text.size) return err_set(err, ERR_INPUT, "%s: none of its tokens has a byte", t->where);
    return OK;
}

static Status enter_tokens(Tokenizer *t, Err *err) {
    char quote[QUOTE_SIZE];
    for (int32_t i = 0; i < t->n; i++) {
        if (!t->spelled[i]) continue;
        Text bytes = tokenizer_bytes(t, i);
        int32_t *slot = find(t, bytes);
        if (*slot >= 0)
            return err_set(err, ERR_INPUT, "%s: tokens %d and %d are both %s", t->where, *slot, i,
                           text_quote(quote, bytes));
        *slot = i;
    }
    for (int b = 0; b < 256; b++) t->byte[b] = tokenizer_find(t, (Text){&(char){(char)b}, 1});
    return OK;
}

static int compare_special(const void *a, const void *b, void *of) {
    return text_compare(tokenizer_bytes(of, *(const int32_t *)a), tokenizer_bytes(of, *(const int32_t *)b));
}

static Status enter_specials(Tokenizer *t, Err *err) {
    char quote[QUOTE_SIZE];
    for (int32_t i = 0; i < t->n; i++) {
        if (t->kind[i] != TOKEN_CONTROL && t->kind[i] != TOKEN_ADDED) continue;
        Text bytes = tokenizer_bytes(t, i);
        if (bytes.size == 0) return err_set(err, ERR_INPUT, "%s: special token %d is empty", t->where, i);
        t->begins[(unsigned char)bytes.data[0]] = true;
        t->special[t->n_special++] = i;
    }
    if (t->n_special) qsort_r(t->special, (size_t)t->n_special, sizeof *t->special, compare_special, t);
    for (int i = 1; i < t->n_special; i++)
        if (compare_special(&t->special[i - 1], &t->special[i], t) == 0)
            return err_set(err, ERR_INPUT, "%s: special tokens %d and %d are both %s", t->where,
                           t->special[i - 1], t->special[i],
                           text_quote(quote, tokenizer_bytes(t, t->special[i])));
    return OK;
}

/* The plain token that is spelled so, or -1. `room` has twice the bytes of the longest. */
static int32_t spelled(const Tokenizer *t, Text text, char *room) {
    size_t size;
    return byte_level_read(text, room, &size) ? tokenizer_find(t, (Text){room, size}) : -1;
}

/* The token that both halves of a merge make together, or -1. */
static int32_t joined(const Tokenizer *t, Merge pair, char *room) {
    Text left = tokenizer_bytes(t, pair.left), right = tokenizer_bytes(t, pair.right);
    memcpy(room, left.data, left.size);
    memcpy(room + left.size, right.data, right.size);
    return tokenizer_find(t, (Text){room, left.size + right.size});
}

static Status add_merge(Tokenizer *t, const Text side[2], int rank, char *room, Err *err) {
    char quote[2][QUOTE_SIZE];
    Merge pair = {spelled(t, side[0], room), spelled(t, side[1], room)};
    int32_t made = pair.left >= 0 && pair.right >= 0 ? joined(t, pair, room) : -1;
    text_quote(quote[0], side[0]), text_quote(quote[1], side[1]);
    if (made < 0)
        return err_set(err, ERR_INPUT, "%s: merge %d, of %s and %s: %s is no token", t->where, rank, quote[0],
                       quote[1],
                       pair.left < 0    ? "the first"
                       : pair.right < 0 ? "the second"
                                        : "what they make");
    t->merge[rank] = pair;
    if (!merges_add(&t->merges, pair, rank, made))
        return err_set(err, ERR_INPUT, "%s: merge %d, of %s and %s, occurs twice", t->where, rank, quote[0],
                       quote[1]);
    return OK;
}

static Status add_merges(Tokenizer *t, const TokenizerSource *s, Err *err) {
    size_t longest = 1;
    for (int i = 0; i < t->n; i++)
        if (tokenizer_bytes(t, i).size > longest) longest = tokenizer_bytes(t, i).size;
    for (int i = 0; i < s->n_merges; i++)
        for (int side = 0; side < 2; side++)
            if (s->merge[i][side].size > longest) longest = s->merge[i][side].size;
    t->n_merges = s->n_merges;
    t->merge = calloc((size_t)s->n_merges + 1, sizeof *t->merge);
    char *room = malloc(2 * longest);
    Status status = t->merge && room ? merges_create(&t->merges, s->n_merges, err) : no_memory(t, err);
    for (int i = 0; status == OK && i < s->n_merges; i++) status = add_merge(t, s->merge[i], i, room, err);
    free(room);
    return status;
}

static Status check_counts(const TokenizerSource *s, Err *err) {
    if (s->n_tokens < 1 || s->n_tokens > TOKENS_MAX)
        return err_set(err, ERR_INPUT, "%s: its vocabulary has %d tokens, 1 to %d are allowed", s->where,
                       s->n_tokens, TOKENS_MAX);
    if (s->n_merges > MERGES_MAX)
        return err_set(err, ERR_INPUT, "%s: it has %d merges, at most %d are allowed", s->where, s->n_merges,
                       MERGES_MAX);
    return OK;
}

Status tokenizer_create(Tokenizer **out, const TokenizerSource *source, Err *err) {
    *out = NULL;
    TRY(check_counts(source, err));
    Tokenizer *t = calloc(1, sizeof *t);
    if (!t) return err_set(err, ERR_NOMEM, "%s: no memory for a tokenizer", source->where);
    snprintf(t->where, sizeof t->where, "%s", source->where);
    t->whole_pieces = source->whole_pieces;
    Status status = add_tokens(t, source, err);
    if (status == OK) status = enter_tokens(t, err);
    if (status == OK) status = enter_specials(t, err);
    if (status == OK) status = add_merges(t, source, err);
    if (status == OK)
        status = patterns_create(&t->patterns, source->n_patterns, source->pattern, t->where, err);
    if (status == OK) *out = t;
    else tokenizer_free(t);
    return status;
}

void tokenizer_free(Tokenizer *t) {
    if (!t) return;
    bytes_free(&t->text);
    free(t->start);
    free(t->kind);
    free(t->spelled);
    free(t->slot);
    free(t->merge);
    free(t->special);
    merges_free(&t->merges);
    patterns_free(&t->patterns);
    merge_room_free(&t->room);
    free(t);
}

/* ---- encoding ---- */

void token_list_free(TokenList *list) {
    free(list->id);
    *list = (TokenList){0};
}

typedef struct Encoding {
    Tokenizer *t;
    TokenList *out;
} Encoding;

/* Room for n more tokens. */
static Status make_room(TokenList *list, size_t n, Err *err) {
    if (n <= (size_t)(list->room - list->n)) return OK;
    size_t room = (size_t)list->n + n;
    room += room / 2 + 64;
    int32_t *id = realloc(list->id, room * sizeof *id);
    if (!id) return err_set(err, ERR_NOMEM, "no memory for %zu tokens", room);
    list->id = id;
    list->room = (int64_t)room;
    return OK;
}

Status token_list_add(TokenList *list, int32_t token, Err *err) {
    TRY(make_room(list, 1, err));
    list->id[list->n++] = token;
    return OK;
}

static Status encode_piece(void *user, Text piece, Err *err) {
    const Encoding *e = user;
    Tokenizer *t = e->t;
    TRY(make_room(e->out, piece.size, err));
    int32_t *id = e->out->id + e->out->n;
    int32_t whole = t->whole_pieces ? tokenizer_find(t, piece) : -1;
    if (whole >= 0) {
        *id = whole;
        e->out->n++;
        return OK;
    }
    for (size_t i = 0; i < piece.size; i++) {
        id[i] = t->byte[(unsigned char)piece.data[i]];
        if (id[i] < 0)
            return err_set(err, ERR_INPUT,
                           "the tokenizer has no token for byte 0x%02x; take it out of the text",
                           (unsigned char)piece.data[i]);
    }
    int64_t n = merges_apply(&t->merges, &t->room, id, (int64_t)piece.size);
    if (n < 0) return err_set(err, ERR_NOMEM, "no memory to encode a piece of %zu bytes", piece.size);
    e->out->n += n;
    return OK;
}

/* The text up to the next special token, which is *special, -1: there is none. */
static Text before_special(const Tokenizer *t, Text text, int32_t *special) {
    *special = -1;
    for (size_t i = 0; i < text.size; i++) {
        if (!t->begins[(unsigned char)text.data[i]]) continue;
        *special = special_at(t, (Text){text.data + i, text.size - i});
        if (*special >= 0) return (Text){text.data, i};
    }
    return text;
}

Status tokenizer_encode(Tokenizer *t, Text text, bool specials, TokenList *out, Err *err) {
    int64_t before = out->n;
    Encoding e = {t, out};
    Status status = OK;
    while (status == OK && text.size) {
        int32_t special = -1;
        Text plain = specials ? before_special(t, text, &special) : text;
        status = patterns_split(&t->patterns, plain, encode_piece, &e, err);
        size_t used = plain.size;
        if (status == OK && special >= 0) {
            status = token_list_add(out, special, err);
            used += tokenizer_bytes(t, special).size;
        }
        text = (Text){text.data + used, text.size - used};
    }
    if (status != OK) out->n = before;
    return status;
}
