#include "store/foreign/gguf_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "data/tokenizer/byte_level.h"
#include "data/tokenizer/tokenizer.h"
#include "data/vocab.h"
#include "model/formats/gguf_write.h"

typedef struct Writing {
    const Vocab *vocab;
    const Tokenizer *t; /* vocab's; NULL: symbols of facts of one's own */
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

/* Numbers of llama.cpp's kinds of tokens. */
enum { TYPE_NORMAL = 1, TYPE_CONTROL = 3, TYPE_USER = 4, TYPE_UNUSED = 5 };

/* Ends the text that was added since `before`. */
static void end_text(Writing *w, size_t before) { w->size[w->n++] = w->text.size - before; }

/* A row of the embedding that has no text. */
static void put_pad(Writing *w, int i) {
    char name[32];
    snprintf(name, sizeof name, "[PAD%d]", i);
    bytes_add(&w->text, name, strlen(name));
    w->out.type[i] = TYPE_UNUSED;
}

static void put_token(Writing *w, int i) {
    static const int32_t type_of[] = {[TOKEN_PLAIN] = TYPE_NORMAL,
                                      [TOKEN_CONTROL] = TYPE_CONTROL,
                                      [TOKEN_ADDED] = TYPE_USER,
                                      [TOKEN_UNUSED] = TYPE_UNUSED};
    Text bytes = {NULL, 0};
    if (i < tokenizer_size(w->t)) bytes = tokenizer_bytes(w->t, i);
    if (!bytes.size) {
        put_pad(w, i);
        return;
    }
    w->out.type[i] = type_of[tokenizer_kind(w->t, i)];
    if (tokenizer_find(w->t, bytes) == i) spell(w, bytes);
    else bytes_add(&w->text, bytes.data, bytes.size);
}

/* A symbol of facts. One byte is an ordinary token, as no merge makes longer ones. A word is one that llama.cpp looks
 * for in a text before all else ("user defined"). EOS and the marks behind it are spelled by no text. */
static void put_symbol(Writing *w, int i) {
    const Vocab *v = w->vocab;
    size_t before = w->text.size;
    if (i >= v->size) {
        put_pad(w, i);
    } else if (i < v->eos) {
        Text symbol = {v->text[i], (size_t)v->length[i]};
        w->out.type[i] = v->bytes ? TYPE_NORMAL : TYPE_USER;
        if (v->bytes) spell(w, symbol);
        else bytes_add(&w->text, symbol.data, symbol.size);
    } else {
        w->out.type[i] = TYPE_CONTROL;
        do { /* until no symbol has this name */
            bytes_byte(&w->text, '<');
            bytes_add(&w->text, i == v->eos ? "eos" : v->text[i], i == v->eos ? 3 : (size_t)v->length[i]);
            bytes_byte(&w->text, '>');
        } while (!w->text.failed &&
                 vocab_find(v, (Text){(char *)w->text.data + before, w->text.size - before}) >= 0);
    }
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
    const Merge *merge = NULL;
    size_t tokens = (size_t)w->out.n_tokens, merges = w->t ? (size_t)tokenizer_merges(w->t, &merge) : 0;
    w->out.n_merges = (int)merges;
    w->out.token = calloc(tokens, sizeof *w->out.token);
    w->out.type = calloc(tokens, sizeof *w->out.type);
    w->out.merge = calloc(merges + 1, sizeof *w->out.merge);
    w->size = calloc(tokens + merges, sizeof *w->size);
    bool whole = w->out.token && w->out.type && w->out.merge && w->size;
    for (int i = 0; whole && i < w->out.n_tokens; i++) {
        size_t before = w->text.size;
        if (w->t) put_token(w, i);
        else put_symbol(w, i);
        end_text(w, before);
    }
    for (int i = 0; whole && i < w->out.n_merges; i++) put_merge(w, merge[i]);
    if (!whole || w->text.failed) return err_set(err, ERR_NOMEM, "no memory for the tokenizer of an export");
    point(w);
    return OK;
}

Status gguf_export(const char *dir, const Gpt *g, const Vocab *vocab, uint32_t type, const char *path,
                   Err *err) {
    Writing w = {.vocab = vocab, .t = vocab->tokenizer, .out = {.pre = "gpt-2", .eos = vocab->eos}};
    TRY(gguf_write_check(&g->config, err));
    if (w.t) w.out.pre = tokenizer_patterns_name(w.t);
    if (!w.out.pre)
        return err_set(err, ERR_INPUT, "export to gguf: %s: llama.cpp has no name for its pre-tokenizer",
                       dir);
    /* llama.cpp believes that every vocabulary has a token that ends a text: where none does, tokens are numbers. */
    bool has_text = w.t || (vocab->text && vocab->eos >= 0);
    if (has_text) w.out.n_tokens = g->config.vocab_size;
    Status status = has_text ? take_tokens(&w, err) : OK;
    if (status == OK) status = gguf_write(g, &w.out, type, path, err);
    free(w.out.token);
    free(w.out.type);
    free(w.out.merge);
    free(w.size);
    bytes_free(&w.text);
    return status;
}
