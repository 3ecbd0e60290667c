#include "data/tokenizer/fact_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "data/tokenizer/tokenizer.h"

enum { FIELD_ANSWER = 1 };

/* What one fact became: tokens of the prompt and of both parts. */
typedef struct Length {
    int64_t prompt, all;
} Length;

typedef struct Work {
    const FactSet *from;
    Tokenizer *tokenizer;
    TokenList tokens; /* of all facts */
    Length *length;
    Bytes text;
} Work;

/* Appends tokens a .. b - 1 as text. The separator of prompt and answer, a tab among the bytes, is left out. */
static void add_text(Work *w, int64_t a, int64_t b) {
    const Vocab *vocab = &w->from->vocab;
    for (int64_t t = a; t < b; t++) {
        int32_t token = w->from->tokens[t];
        if (token == vocab->eos) continue;
        if (!vocab->bytes && t > a) bytes_byte(&w->text, ' ');
        bytes_add(&w->text, vocab->text[token], (size_t)vocab->length[token]);
    }
}

static Status encode(Work *w, Err *err) {
    if (w->text.failed) return err_set(err, ERR_NOMEM, "no memory for the text of a fact");
    Text text = {(char *)w->text.data, w->text.size};
    return tokenizer_encode(w->tokenizer, text, false, &w->tokens, err);
}

static Status encode_fact(Work *w, int i, Err *err) {
    const FactSet *f = w->from;
    int64_t from = f->start[i], to = f->start[i + 1], answer = from + f->prompt_len[i], before = w->tokens.n;
    bool tab = f->vocab.bytes && answer > from;
    w->text.size = 0;
    if (answer > from) {
        add_text(w, from, answer - tab);
        TRY(encode(w, err));
    }
    w->length[i].prompt = w->tokens.n - before;
    w->text.size = 0;
    if (w->length[i].prompt) bytes_byte(&w->text, ' ');
    add_text(w, answer, to);
    Status status = encode(w, err);
    w->length[i].all = w->tokens.n - before;
    return status;
}

/* ---- the set ---- */

static Status copy_tags(const FactSet *from, FactSet *out, Err *err) {
    if (!from->n_tags) return OK;
    out->tag_names = calloc((size_t)from->n_tags, sizeof *out->tag_names);
    if (!out->tag_names) return err_set(err, ERR_NOMEM, "no memory for %d tags", from->n_tags);
    for (; out->n_tags < from->n_tags; out->n_tags++)
        if (!(out->tag_names[out->n_tags] = strdup(from->tag_names[out->n_tags])))
            return err_set(err, ERR_NOMEM, "no memory for %d tags", from->n_tags);
    return OK;
}

static void describe(const FactSet *from, FactSet *out) {
    memcpy(out->kind, from->kind, sizeof out->kind);
    memcpy(out->data_hash, from->data_hash, sizeof out->data_hash);
    snprintf(out->derivation, sizeof out->derivation, "facts for which a pretrained model's tokens stand");
    snprintf(out->field_name[FIELD_CONTEXT], FIELD_NAME_MAX, "prompt");
    snprintf(out->field_name[FIELD_ANSWER], FIELD_NAME_MAX, "answer");
    out->data_bits = out->data_bits_set = out->ceiling_bits = __builtin_nan("");
    out->answer_bits = from->answer_bits;
    out->zlib_bytes = from->zlib_bytes;
    out->duplicates = from->duplicates;
    out->seed = from->seed;
}

static Status make_set(const Work *w, FactSet *out, Err *err) {
    const FactSet *from = w->from;
    int n = from->n + from->n_heldout;
    out->n = from->n;
    out->n_heldout = from->n_heldout;
    out->n_fields = 2;
    TRY(facts_allocate(out, w->tokens.n, err));
    describe(from, out);
    out->start[0] = 0;
    memcpy(out->tokens, w->tokens.id, (size_t)w->tokens.n * sizeof *out->tokens);
    for (int i = 0; i < n; i++) {
        int64_t start = out->start[i], all = w->length[i].all, prompt = w->length[i].prompt;
        out->start[i + 1] = start + all;
        out->prompt_len[i] = (int32_t)prompt;
        out->tag[i] = from->tag[i];
        memset(out->field + start, FIELD_ANSWER, (size_t)all);
        memset(out->field + start, FIELD_CONTEXT, (size_t)prompt);
        if (all > out->max_len) out->max_len = (int)all;
        if (from->source && out->source) out->source[i] = from->source[i];
    }
    return copy_tags(from, out, err);
}

Status fact_tokens(const FactSet *from, const Vocab *vocab, FactSet *out, Err *err) {
    Work w = {.from = from, .tokenizer = vocab->tokenizer};
    int n = from->n + from->n_heldout;
    *out = (FactSet){.vocab = {.eos = -1}};
    if (!from->vocab.text)
        return err_set(err, ERR_INPUT,
                       "these facts are numbers; a pretrained model reads facts that are text");
    Status status = OK;
    w.length = calloc((size_t)n, sizeof *w.length);
    if (!w.length) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d facts", n));
    for (int i = 0; i < n; i++) {
        TRY_GOTO(encode_fact(&w, i, err));
        if (w.length[i].all > INT32_MAX || w.length[i].all == w.length[i].prompt)
            TRY_GOTO(err_set(err, ERR_INPUT, "fact %d is too long, or has no answer", i));
    }
    status = make_set(&w, out, err);
    if (status != OK) facts_free(out);
    else out->vocab = *vocab;
done:
    free(w.length);
    token_list_free(&w.tokens);
    bytes_free(&w.text);
    return status;
}
