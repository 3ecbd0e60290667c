/* Records become tokens, and tokens records again. A fact is its prompt, its answer and EOS; over bytes a TAB
 * ends the prompt, so that the answer begins at a place of its own. */
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "data/entropy.h"
#include "data/import/encode.h"
#include "data/records.h"
#include "data/seen.h"
#include "data/vocab.h"

static Text tab = {(char[]){"\t"}, 1};

/* The next symbol of t: a byte or a word. */
static bool next_symbol(const Vocab *vocab, Text *t, Text *symbol) {
    if (!vocab->bytes) return text_word(t, symbol);
    if (!t->size) return false;
    *symbol = (Text){t->data, 1};
    t->data++, t->size--;
    return true;
}

static int64_t count_symbols(const Vocab *vocab, Text t) {
    if (vocab->bytes) return (int64_t)t.size;
    Text symbol;
    int64_t count = 0;
    while (text_word(&t, &symbol)) count++;
    return count;
}

/* Where tokens are written to, and what is needed for it. */
typedef struct Encoder {
    FactSet *facts;
    const char *path; /* for messages */
    int64_t end;
    int32_t of_byte[256]; /* token of each byte, or -1: texts of bytes need no search */
} Encoder;

static void encoder_init(Encoder *e, FactSet *facts, const char *path) {
    *e = (Encoder){.facts = facts, .path = path};
    for (int b = 0; facts->vocab.bytes && b < 256; b++) {
        char byte = (char)b;
        e->of_byte[b] = vocab_find(&facts->vocab, (Text){&byte, 1});
    }
}

/* Appends the symbols of t to the set's tokens. */
static Status encode(Encoder *e, Text t, int32_t line, Err *err) {
    const Vocab *vocab = &e->facts->vocab;
    Text symbol;
    while (next_symbol(vocab, &t, &symbol)) {
        int32_t token = vocab->bytes ? e->of_byte[(unsigned char)*symbol.data] : vocab_find(vocab, symbol);
        char quote[QUOTE_SIZE];
        if (token < 0)
            return err_set(err, ERR_FORMAT, "%s:%d: %s is not in vocab.json", e->path, line,
                           text_quote(quote, symbol));
        e->facts->tokens[e->end++] = token;
    }
    return OK;
}

static bool same_tag(const void *items, int32_t a, int32_t b) {
    const Record *r = items;
    return text_equal(r[a].tag, r[b].tag);
}

/* Tags are numbered in the order in which they first appear. */
static Status number_tags(FactSet *facts, const Records *records, Err *err) {
    Seen seen;
    TRY(seen_init(&seen, records->n, same_tag, records->item, err));
    for (int32_t i = 0; i < records->n; i++) {
        Text tag = records->item[i].tag;
        if (!tag.data) continue;
        int32_t first = seen_enter(&seen, XXH3_64bits(tag.data, tag.size), i);
        facts->tag[i] = first >= 0 ? facts->tag[first] : facts->n_tags++;
    }
    seen_free(&seen);
    int n_tags = facts->n_tags;
    facts->n_tags = 0; /* counts the names that are there, for facts_free */
    if (n_tags && !(facts->tag_names = calloc((size_t)n_tags, sizeof *facts->tag_names)))
        return err_set(err, ERR_NOMEM, "no memory for %d tags", n_tags);
    for (int32_t i = 0; i < records->n; i++) {
        if (facts->tag[i] != facts->n_tags) continue;
        Text tag = records->item[i].tag;
        char *name = strndup(tag.data, tag.size);
        if (!name) return err_set(err, ERR_NOMEM, "no memory for %d tags", n_tags);
        facts->tag_names[facts->n_tags++] = name;
    }
    return OK;
}

Status facts_of_records(FactSet *facts, const Records *records, const char *path, Err *err) {
    const Vocab *vocab = &facts->vocab;
    int64_t tokens = 0;
    for (int32_t i = 0; i < records->n; i++) {
        const Record *r = &records->item[i];
        tokens += count_symbols(vocab, r->prompt) + count_symbols(vocab, r->answer) + 1;
        if (r->prompt.data && vocab->bytes) tokens++;
    }
    if (tokens > INT32_MAX)
        return err_set(err, ERR_INPUT, "%s: %lld tokens, at most %d are possible", path, (long long)tokens,
                       INT32_MAX);
    facts->n = records->n;
    TRY(facts_allocate(facts, tokens, err));
    Encoder e;
    encoder_init(&e, facts, path);
    for (int32_t i = 0; i < records->n; i++) {
        const Record *r = &records->item[i];
        facts->start[i] = e.end;
        if (r->prompt.data) {
            TRY(encode(&e, r->prompt, r->line, err));
            if (vocab->bytes) TRY(encode(&e, tab, r->line, err));
            facts->prompt_len[i] = (int32_t)(e.end - facts->start[i]);
        }
        TRY(encode(&e, r->answer, r->line, err));
        facts->tokens[e.end++] = vocab->eos;
        int32_t length = (int32_t)(e.end - facts->start[i]);
        if (length > facts->max_len) facts->max_len = length;
    }
    facts->start[records->n] = e.end;
    TRY(number_tags(facts, records, err));
    return facts_hash(facts, err);
}

static bool same_answer(const void *items, int32_t a, int32_t b) {
    const FactSet *facts = items;
    int64_t from_a = facts->start[a] + facts->prompt_len[a], size_a = facts->start[a + 1] - from_a;
    int64_t from_b = facts->start[b] + facts->prompt_len[b], size_b = facts->start[b + 1] - from_b;
    return size_a == size_b &&
           memcmp(facts->tokens + from_a, facts->tokens + from_b, (size_t)size_a * sizeof(int32_t)) == 0;
}

Status facts_count_imported(FactSet *facts, Err *err) {
    facts->entropy_known = false;
    facts->data_bits = facts->data_bits_set = facts->ceiling_bits = __builtin_nan("");
    Seen seen = {0};
    Status status = OK;
    int32_t *group_size = calloc((size_t)facts->n, sizeof *group_size);
    if (!group_size) {
        status = err_set(err, ERR_NOMEM, "no memory to count the answers of %d facts", facts->n);
        goto done;
    }
    TRY_GOTO(seen_init(&seen, facts->n, same_answer, facts, err));
    for (int32_t i = 0; i < facts->n; i++) {
        int64_t from = facts->start[i] + facts->prompt_len[i];
        size_t bytes = (size_t)(facts->start[i + 1] - from) * sizeof(int32_t);
        int32_t first = seen_enter(&seen, XXH3_64bits(facts->tokens + from, bytes), i);
        group_size[first >= 0 ? first : i]++;
    }
    facts->answer_bits = grouped_bits(group_size, facts->n);
done:
    seen_free(&seen);
    free(group_size);
    return status;
}

size_t facts_text_bytes(const FactSet *facts, int i) {
    size_t bytes = 0;
    for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++)
        bytes += (size_t)facts->vocab.length[facts->tokens[t]] + 1;
    return bytes;
}

/* Tokens [from, to) as bytes, words separated by spaces. */
static Text decode(const FactSet *facts, int64_t from, int64_t to, char *out) {
    Text text = {out, 0};
    for (int64_t t = from; t < to; t++) {
        int32_t token = facts->tokens[t];
        if (!facts->vocab.bytes && t > from) out[text.size++] = ' ';
        memcpy(out + text.size, facts->vocab.text[token], (size_t)facts->vocab.length[token]);
        text.size += (size_t)facts->vocab.length[token];
    }
    return text;
}

void facts_fields(const FactSet *facts, int i, char *out, Text *prompt, Text *answer) {
    int64_t from = facts->start[i], to = facts->start[i + 1];
    if (facts->vocab.eos >= 0 && facts->tokens[to - 1] == facts->vocab.eos) to--;
    int64_t middle = from + facts->prompt_len[i];
    *prompt = (Text){0};
    if (facts->prompt_len[i])
        *prompt = decode(facts, from, middle - vocab_has_tab(&facts->vocab), out); /* without TAB */
    *answer = decode(facts, middle, to, out + prompt->size);
    if (facts->vocab.tokens && facts->prompt_len[i] && answer->size) /* without the space before it */
        answer->data++, answer->size--;
}
