#include "data/tokenizer/gguf_tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* Of the file's numbers of token types, from 1 on: normal, unknown, control, user defined, unused, byte. */
static const uint8_t kind_of_type[] = {TOKEN_UNUSED, TOKEN_PLAIN,  TOKEN_CONTROL, TOKEN_CONTROL,
                                       TOKEN_ADDED,  TOKEN_UNUSED, TOKEN_PLAIN};

/* The number of elements of an array of that type; -1: it is none. */
static int64_t count_of(const GgufKey *key, GgufType type, int64_t max) {
    return key && key->array && key->type == type && key->count <= (uint64_t)max ? (int64_t)key->count : -1;
}

static Status read_tokens(const Gguf *file, const char *path, TokenizerSource *s, Text *token, uint8_t *kind,
                          Err *err) {
    GgufCursor texts = gguf_begin(gguf_key(file, "tokenizer.ggml.tokens"));
    GgufCursor types = gguf_begin(gguf_key(file, "tokenizer.ggml.token_type"));
    Text text;
    int64_t type = 1;
    for (int i = 0; gguf_next_text(&texts, &text); i++) {
        if (types.key &&
            (!gguf_next_whole(&types, &type) || type < 1 || type >= (int64_t)sizeof kind_of_type))
            return err_set(err, ERR_INPUT,
                           "%s: tokenizer.ggml.token_type has no type from 1 to 6 for token %d", path, i);
        token[i] = text;
        kind[i] = kind_of_type[type];
    }
    s->token = token;
    s->kind = kind;
    return OK;
}

static Status read_merges(const Gguf *file, const char *path, TokenizerSource *s, Text (*merge)[2],
                          Err *err) {
    GgufCursor texts = gguf_begin(gguf_key(file, "tokenizer.ggml.merges"));
    Text text;
    for (int i = 0; gguf_next_text(&texts, &text); i++) {
        /* The first character may itself be a space in no vocabulary: it is spelled U+0120. */
        const char *space = text.size ? memchr(text.data, ' ', text.size) : NULL;
        if (!space)
            return err_set(err, ERR_INPUT, "%s: tokenizer.ggml.merges: merge %d has no space", path, i);
        size_t left = (size_t)(space - text.data);
        merge[i][0] = (Text){text.data, left};
        merge[i][1] = (Text){text.data + left + 1, text.size - left - 1};
    }
    s->merge = (const Text(*)[2])merge;
    return OK;
}

static Status check_model(const Gguf *file, const char *path, TokenizerSource *s, Err *err) {
    Text model, pre = {"gpt2", 4};
    char quote[QUOTE_SIZE];
    if (!gguf_text(gguf_key(file, "tokenizer.ggml.model"), &model))
        return err_set(err, ERR_INPUT, "%s: it has no tokenizer (tokenizer.ggml.model)", path);
    if (!text_is(model, "gpt2"))
        return err_set(err, ERR_INPUT, "%s: its tokenizer is %s, rote reads byte-level BPE (gpt2)", path,
                       text_quote(quote, model));
    gguf_text(gguf_key(file, "tokenizer.ggml.pre"), &pre);
    return tokenizer_patterns_of(s, pre, err);
}

Status gguf_tokenizer(const Gguf *file, const char *path, Tokenizer **out, Err *err) {
    TokenizerSource s = {.where = path};
    *out = NULL;
    TRY(check_model(file, path, &s, err));
    int64_t n_tokens = count_of(gguf_key(file, "tokenizer.ggml.tokens"), GGUF_STRING, TOKENS_MAX);
    int64_t n_merges = count_of(gguf_key(file, "tokenizer.ggml.merges"), GGUF_STRING, MERGES_MAX);
    if (n_tokens < 1 || n_merges < 0)
        return err_set(err, ERR_INPUT, "%s: tokenizer.ggml.%s is no list of at most %d texts", path,
                       n_tokens < 1 ? "tokens" : "merges", n_tokens < 1 ? TOKENS_MAX : MERGES_MAX);
    s.n_tokens = (int)n_tokens;
    s.n_merges = (int)n_merges;
    Text *token = malloc((size_t)n_tokens * sizeof *token);
    uint8_t *kind = malloc((size_t)n_tokens);
    Text(*merge)[2] = malloc((size_t)(n_merges + 1) * sizeof *merge);
    Status status = token && kind && merge ? read_tokens(file, path, &s, token, kind, err)
                                           : err_set(err, ERR_NOMEM, "%s: no memory for its tokenizer", path);
    if (status == OK) status = read_merges(file, path, &s, merge, err);
    if (status == OK) status = tokenizer_create(out, &s, err);
    free(token);
    free(kind);
    free(merge);
    return status;
}
