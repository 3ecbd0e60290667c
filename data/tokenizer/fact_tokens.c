#include "data/tokenizer/fact_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "data/import/encode.h"
#include "data/tokenizer/tokenizer.h"

enum { FIELD_ANSWER = 1 };

/* What one fact became: tokens of the prompt and of both parts. */
typedef struct Length {
    int64_t prompt, all;
} Length;

typedef struct Work {
    const FactSet *from;
    const Vocab *vocab; /* of the tokens */
    bool own;           /* facts of one's own, which EOS ends */
    TokenList tokens;   /* of all facts */
    Length *length;
    char *fields; /* room for the text of a fact */
    Bytes text;
} Work;

static Status encode(Work *w, Text text, Err *err) {
    return tokenizer_encode(w->vocab->tokenizer, text, false, &w->tokens, err);
}

static Status encode_fact(Work *w, int i, Err *err) {
    int64_t before = w->tokens.n;
    Text prompt, answer;
    facts_fields(w->from, i, w->fields, &prompt, &answer);
    TRY(encode(w, prompt, err));
    w->length[i].prompt = w->tokens.n - before;
    w->text.size = 0;
    if (w->length[i].prompt) bytes_byte(&w->text, ' ');
    bytes_add(&w->text, answer.data, answer.size);
    if (w->text.failed) return err_set(err, ERR_NOMEM, "no memory for the text of a fact");
    TRY(encode(w, (Text){(char *)w->text.data, w->text.size}, err));
    if (w->own) TRY(token_list_add(&w->tokens, w->vocab->eos, err));
    w->length[i].all = w->tokens.n - before;
    return OK;
}

/* Room for the text of the longest fact. */
static Status make_room(Work *w, Err *err) {
    const FactSet *from = w->from;
    int n = from->n + from->n_heldout;
    size_t room = 1;
    for (int i = 0; i < n; i++)
        if (facts_text_bytes(from, i) > room) room = facts_text_bytes(from, i);
    w->length = calloc((size_t)n, sizeof *w->length);
    w->fields = malloc(room);
    return w->length && w->fields ? OK : err_set(err, ERR_NOMEM, "no memory for %d facts", n);
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
    memcpy(out->order_bits, from->order_bits, sizeof out->order_bits);
    out->data_bits = out->data_bits_set = out->ceiling_bits = __builtin_nan("");
    out->answer_bits = from->answer_bits;
    out->zlib_bytes = from->zlib_bytes;
    out->duplicates = from->duplicates;
    out->seed = from->seed;
}

/* The two parts of a fact for a pretrained model. */
static void describe_parts(FactSet *out) {
    snprintf(out->derivation, sizeof out->derivation, "facts for which a pretrained model's tokens stand");
    snprintf(out->field_name[FIELD_CONTEXT], FIELD_NAME_MAX, "prompt");
    snprintf(out->field_name[FIELD_ANSWER], FIELD_NAME_MAX, "answer");
}

static Status make_set(const Work *w, FactSet *out, Err *err) {
    const FactSet *from = w->from;
    int n = from->n + from->n_heldout;
    out->n = from->n;
    out->n_heldout = from->n_heldout;
    out->n_fields = w->own ? 0 : 2;
    TRY(facts_allocate(out, w->tokens.n, err));
    describe(from, out);
    if (!w->own) describe_parts(out);
    out->start[0] = 0;
    memcpy(out->tokens, w->tokens.id, (size_t)w->tokens.n * sizeof *out->tokens);
    for (int i = 0; i < n; i++) {
        int64_t start = out->start[i], all = w->length[i].all, prompt = w->length[i].prompt;
        out->start[i + 1] = start + all;
        out->prompt_len[i] = (int32_t)prompt;
        out->tag[i] = from->tag[i];
        if (out->field) memset(out->field + start, FIELD_ANSWER, (size_t)all);
        if (out->field) memset(out->field + start, FIELD_CONTEXT, (size_t)prompt);
        if (all > out->max_len) out->max_len = (int)all;
        if (from->source && out->source) out->source[i] = from->source[i];
    }
    return copy_tags(from, out, err);
}

static Status make_tokens(const FactSet *from, const Vocab *vocab, bool own, FactSet *out, Err *err) {
    Work w = {.from = from, .vocab = vocab, .own = own};
    int n = from->n + from->n_heldout;
    *out = (FactSet){.vocab = {.eos = -1}};
    if (!from->vocab.text)
        return err_set(err, ERR_INPUT, "these facts are numbers; a tokenizer reads facts that are text");
    Status status = OK;
    TRY_GOTO(make_room(&w, err));
    for (int i = 0; i < n; i++) {
        TRY_GOTO(encode_fact(&w, i, err));
        if (w.length[i].all > INT32_MAX || w.length[i].all == w.length[i].prompt)
            TRY_GOTO(err_set(err, ERR_INPUT, "fact %d is too long, or has no answer", i));
    }
    if (w.tokens.n > INT32_MAX)
        TRY_GOTO(err_set(err, ERR_INPUT, "%lld tokens, at most %d are possible", (long long)w.tokens.n,
                         INT32_MAX));
    status = make_set(&w, out, err);
    if (status == OK) {
        out->vocab = *vocab;
        if (own) status = facts_hash(out, err);
        if (status != OK) out->vocab = (Vocab){.eos = -1};
    }
    if (status != OK) facts_free(out);
done:
    free(w.length);
    free(w.fields);
    token_list_free(&w.tokens);
    bytes_free(&w.text);
    return status;
}

Status fact_tokens(const FactSet *from, const Vocab *vocab, FactSet *out, Err *err) {
    return make_tokens(from, vocab, false, out, err);
}

Status own_tokens(const FactSet *from, const Vocab *vocab, FactSet *out, Err *err) {
    return make_tokens(from, vocab, true, out, err);
}
