#include "store/foreign/gguf_export.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "data/tokenizer/byte_level.h"
#include "data/vocab.h"
#include "model/formats/gguf_write.h"
#include "store/foreign/origin.h"

typedef struct Writing {
    const Tokenizer *t;
    GgufTokens out;
    Bytes text;   /* of all tokens, then all merges */
    size_t *size; /* of each */
    int n;
} Writing;

static void spell(Writing *w, Text bytes) {
    char character[2];
    for (size_t i = 0; i < bytes.size; i++)
        bytes_add(&w->text, character, (size_t)byte_level_write(character, (uint8_t)bytes.data[i]));
}

/* Ends the text that was added since `before`. */
static void end_text(Writing *w, size_t before) { w->size[w->n++] = w->text.size - before; }

static void put_token(Writing *w, int i) {
    size_t before = w->text.size;
    char name[32];
    w->out.type[i] = 5; /* unused: a row that pads the embedding */
    if (i >= tokenizer_size(w->t) || tokenizer_bytes(w->t, i).size == 0) {
        snprintf(name, sizeof name, "[PAD%d]", i);
        bytes_add(&w->text, name, strlen(name));
    } else {
        static const int32_t type_of[] = {
            [TOKEN_PLAIN] = 1, [TOKEN_CONTROL] = 3, [TOKEN_ADDED] = 4, [TOKEN_UNUSED] = 5};
        Text bytes = tokenizer_bytes(w->t, i);
        w->out.type[i] = type_of[tokenizer_kind(w->t, i)];
        if (tokenizer_find(w->t, bytes) == i) spell(w, bytes);
        else bytes_add(&w->text, bytes.data, bytes.size);
    }
    end_text(w, before);
}

static void put_merge(Writing *w, Merge merge) {
    size_t before = w->text.size;
    spell(w, tokenizer_bytes(w->t, merge.left));
    bytes_byte(&w->text, ' ');
    spell(w, tokenizer_bytes(w->t, merge.right));
    end_text(w, before);
}

/* The texts do not move any more. */
static void point(Writing *w) {
    char *at = (char *)w->text.data;
    for (int i = 0; i < w->n; i++) {
        Text *text = i < w->out.n_tokens ? &w->out.token[i] : &w->out.merge[i - w->out.n_tokens];
        *text = (Text){at, w->size[i]};
        at += w->size[i];
    }
}

static Status take_tokens(Writing *w, Err *err) {
    const Merge *merge;
    size_t tokens = (size_t)w->out.n_tokens, merges = (size_t)tokenizer_merges(w->t, &merge);
    w->out.n_merges = (int)merges;
    w->out.token = calloc(tokens, sizeof *w->out.token);
    w->out.type = calloc(tokens, sizeof *w->out.type);
    w->out.merge = calloc(merges + 1, sizeof *w->out.merge);
    w->size = calloc(tokens + merges, sizeof *w->size);
    bool whole = w->out.token && w->out.type && w->out.merge && w->size;
    for (int i = 0; whole && i < w->out.n_tokens; i++) put_token(w, i);
    for (int i = 0; whole && i < w->out.n_merges; i++) put_merge(w, merge[i]);
    if (!whole || w->text.failed) return err_set(err, ERR_NOMEM, "no memory for the tokenizer of an export");
    point(w);
    return OK;
}

static Status write(const char *dir, const Gpt *g, const Vocab *vocab, int eos, const char *path, Err *err) {
    Writing w = {.t = vocab->tokenizer, .out = {.n_tokens = g->config.vocab_size, .eos = eos}};
    w.out.pre = tokenizer_patterns_name(w.t);
    Status status =
        w.out.pre
            ? take_tokens(&w, err)
            : err_set(err, ERR_INPUT, "export to gguf: %s: llama.cpp has no name for its pre-tokenizer", dir);
    if (status == OK) status = gguf_write(g, &w.out, path, err);
    free(w.out.token);
    free(w.out.type);
    free(w.out.merge);
    free(w.size);
    bytes_free(&w.text);
    return status;
}

Status gguf_export(const char *dir, const Gpt *g, int eos, const char *path, Err *err) {
    Origin origin;
    Vocab vocab;
    bool imported;
    TRY(gguf_write_check(&g->config, err));
    TRY(origin_read(dir, &origin, &imported, err));
    if (!imported)
        return err_set(
            err, ERR_INPUT,
            "export to gguf: %s: was not imported, so it has no tokenizer, which llama.cpp needs; try --to "
            "hf or safetensors",
            dir);
    TRY(origin_vocab(dir, &origin, g->config.vocab_size, eos, &vocab, err));
    Status status = write(dir, g, &vocab, eos, path, err);
    vocab_free(&vocab);
    return status;
}
