#include "data/tokenizer/tokenizer_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "data/tokenizer/byte_level.h"

typedef struct Reader {
    const char *where;
    TokenizerSource source;
    Text *token; /* room for TokenizerSource's arrays; texts stay jansson's */
    uint8_t *kind;
    Text (*merge)[2];
    int room;
    bool byte_level;
    Err *err;
} Reader;

static Status no_memory(const Reader *s) {
    return err_set(s->err, ERR_NOMEM, "%s: no memory to read it", s->where);
}

__attribute__((format(printf, 2, 3))) static Status refuse(const Reader *s, const char *format, ...) {
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return err_set(s->err, ERR_INPUT, "%s: %s", s->where, why);
}

static Text text_of(const json_t *string) {
    return (Text){(char *)json_string_value(string), json_string_length(string)};
}

/* The string of that key; "": it is absent or no string. */
static const char *string_at(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool is_absent(const json_t *value) { return !value || json_is_null(value); }

/* Neither absent nor empty nor 0. */
static bool is_set(const json_t *value) {
    if (json_is_string(value)) return json_string_length(value) > 0;
    return json_is_number(value) ? json_number_value(value) != 0 : !is_absent(value);
}

/* ---- tokens ---- */

/* Room for the tokens up to `last`. Those that no line names are UNUSED, with an empty text. */
static Status make_room(Reader *s, int last) {
    if (last >= s->room) {
        int room = 2 * last + 64;
        Text *token = realloc(s->token, (size_t)room * sizeof *token);
        if (token) s->token = token;
        uint8_t *kind = realloc(s->kind, (size_t)room);
        if (kind) s->kind = kind;
        if (!token || !kind) return no_memory(s);
        s->room = room;
    }
    for (; s->source.n_tokens <= last; s->source.n_tokens++) {
        s->token[s->source.n_tokens] = (Text){NULL, 0};
        s->kind[s->source.n_tokens] = TOKEN_UNUSED;
    }
    return OK;
}

static Status add_token(Reader *s, const json_t *id, Text text, TokenKind kind) {
    char quote[QUOTE_SIZE], other[QUOTE_SIZE];
    json_int_t number;
    if (!json_whole(id, 0, TOKENS_MAX - 1, &number))
        return refuse(s, "token %s has no number from 0 to %d", text_quote(quote, text), TOKENS_MAX - 1);
    TRY(make_room(s, (int)number));
    Text *token = &s->token[number];
    if (token->data && (kind == TOKEN_PLAIN || !text_equal(*token, text)))
        return refuse(s, "tokens %s and %s are both number %d", text_quote(quote, *token),
                      text_quote(other, text), (int)number);
    *token = text;
    s->kind[number] = (uint8_t)kind;
    return OK;
}

static Status read_vocab(Reader *s, const json_t *vocab) {
    const char *text;
    json_t *id;
    if (!json_is_object(vocab)) return refuse(s, "model.vocab is no object");
    json_object_foreach((json_t *)vocab, text, id)
        TRY(add_token(s, id, (Text){(char *)text, strlen(text)}, TOKEN_PLAIN));
    return OK;
}

static Status read_added(Reader *s, const json_t *added) {
    static const char *const flags[] = {"lstrip", "rstrip", "single_word"};
    char quote[QUOTE_SIZE];
    size_t i;
    json_t *one;
    if (is_absent(added)) return OK;
    if (!json_is_array(added)) return refuse(s, "added_tokens is no array");
    json_array_foreach(added, i, one) {
        Text text = text_of(json_object_get(one, "content"));
        if (!text.data) return refuse(s, "added token %zu has no content", i);
        for (size_t f = 0; f < sizeof flags / sizeof *flags; f++)
            if (json_is_true(json_object_get(one, flags[f])))
                return refuse(s, "added token %s has %s, which rote lacks", text_quote(quote, text),
                              flags[f]);
        bool special = json_is_true(json_object_get(one, "special"));
        TRY(add_token(s, json_object_get(one, "id"), text, special ? TOKEN_CONTROL : TOKEN_ADDED));
    }
    return OK;
}

/* ---- merges ---- */

/* "a b", or ["a", "b"]. */
static bool read_merge(const json_t *merge, Text side[2]) {
    if (json_is_array(merge)) {
        for (size_t i = 0; i < 2; i++) side[i] = text_of(json_array_get(merge, i));
        return json_array_size(merge) == 2 && side[0].data && side[1].data;
    }
    Text both = text_of(merge);
    char *space = both.data ? memchr(both.data, ' ', both.size) : NULL;
    if (!space) return false;
    side[0] = (Text){both.data, (size_t)(space - both.data)};
    side[1] = (Text){space + 1, both.size - side[0].size - 1};
    return true;
}

static Status read_merges(Reader *s, const json_t *merges) {
    size_t n = json_array_size(merges), i;
    json_t *merge;
    if (!json_is_array(merges)) return refuse(s, "model.merges is no array");
    if (n > MERGES_MAX) return refuse(s, "it has %zu merges, at most %d are allowed", n, MERGES_MAX);
    if (!(s->merge = calloc(n + 1, sizeof *s->merge))) return no_memory(s);
    json_array_foreach(merges, i, merge) if (!read_merge(merge, s->merge[i])) return refuse(
        s, "merge %zu is not two tokens with a space between them", i);
    s->source.n_merges = (int)n;
    return OK;
}

static Status read_model(Reader *s, const json_t *model) {
    static const char *const lacking[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix"};
    if (strcmp(string_at(model, "type"), "BPE") != 0 && json_object_get(model, "type"))
        return refuse(s, "its model is '%.40s', rote reads BPE", string_at(model, "type"));
    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
        if (is_set(json_object_get(model, lacking[i])))
            return refuse(s, "its model has %s, which rote lacks", lacking[i]);
    if (json_is_true(json_object_get(model, "byte_fallback")))
        return refuse(s, "its model has byte_fallback (SentencePiece), rote reads byte-level BPE");
    s->source.whole_pieces = json_is_true(json_object_get(model, "ignore_merges"));
    TRY(read_vocab(s, json_object_get(model, "vocab")));
    return read_merges(s, json_object_get(model, "merges"));
}

/* ---- pre-tokenizers ---- */

static Status add_pattern(Reader *s, const char *pattern) {
    if (s->source.n_patterns == TOKENIZER_PATTERNS_MAX)
        return refuse(s, "its pre-tokenizer has more than %d patterns", TOKENIZER_PATTERNS_MAX);
    s->source.pattern[s->source.n_patterns++] = pattern;
    return OK;
}

static Status read_split(Reader *s, const json_t *split) {
    const char *regex = json_string_value(json_object_get(json_object_get(split, "pattern"), "Regex"));
    if (!regex) return refuse(s, "a pre-tokenizer Split has no Regex");
    if (strcmp(string_at(split, "behavior"), "Isolated") != 0 ||
        json_is_true(json_object_get(split, "invert")))
        return refuse(s, "a pre-tokenizer Split has the behavior '%.40s'%s, rote reads Isolated",
                      string_at(split, "behavior"),
                      json_is_true(json_object_get(split, "invert")) ? ", inverted" : "");
    return add_pattern(s, regex);
}

static Status read_pre_tokenizer(Reader *s, const json_t *one) {
    const char *type = string_at(one, "type");
    if (!strcmp(type, "Split")) return read_split(s, one);
    if (!strcmp(type, "Digits"))
        return add_pattern(s, json_is_true(json_object_get(one, "individual_digits")) ? "\\p{N}" : "\\p{N}+");
    if (strcmp(type, "ByteLevel") != 0)
        return refuse(s, "its pre-tokenizer is '%.40s', rote reads ByteLevel, Digits, Split and Sequence",
                      type);
    if (json_is_true(json_object_get(one, "add_prefix_space")))
        return refuse(s, "its pre-tokenizer has add_prefix_space, which rote lacks");
    s->byte_level = true;
    if (json_is_false(json_object_get(one, "use_regex"))) return OK;
    TokenizerSource gpt2 = {.where = s->where};
    TRY(tokenizer_patterns_of(&gpt2, (Text){(char *)"gpt2", 4}, s->err));
    return add_pattern(s, gpt2.pattern[0]);
}

static Status read_pre_tokenizers(Reader *s, const json_t *pre) {
    size_t i;
    json_t *one;
    if (!strcmp(string_at(pre, "type"), "Sequence")) {
        json_array_foreach(json_object_get(pre, "pretokenizers"), i, one) TRY(read_pre_tokenizer(s, one));
    } else if (!is_absent(pre)) {
        TRY(read_pre_tokenizer(s, pre));
    }
    return s->byte_level ? OK
                         : refuse(s, "it has no pre-tokenizer ByteLevel: rote reads byte-level BPE only");
}

/* ---- the file ---- */

static Status read_root(Reader *s, const json_t *root) {
    const json_t *model = json_object_get(root, "model"), *normalizer = json_object_get(root, "normalizer");
    if (!json_is_object(model)) return refuse(s, "it has no model: no tokenizer.json");
    if (!is_absent(normalizer) && strcmp(string_at(normalizer, "type"), "NFC") != 0)
        return refuse(s, "its normalizer is '%.40s', which rote lacks", string_at(normalizer, "type"));
    TRY(read_pre_tokenizers(s, json_object_get(root, "pre_tokenizer")));
    TRY(read_model(s, model));
    return read_added(s, json_object_get(root, "added_tokens"));
}

Status tokenizer_json_parse(const char *data, size_t size, const char *where, Tokenizer **out, Err *err) {
    Reader s = {.where = where, .source.where = where, .err = err};
    json_t *root = NULL;
    *out = NULL;
    Status status = json_read(data, size, JSON_REJECT_DUPLICATES, where, &root, err);
    if (status == ERR_FORMAT) status = err_set(err, ERR_INPUT, "%s", err ? err->msg : "");
    if (status == OK) status = read_root(&s, root);
    if (status == OK) {
        s.source.token = s.token;
        s.source.kind = s.kind;
        s.source.merge = (const Text(*)[2])s.merge;
        status = tokenizer_create(out, &s.source, err);
    }
    free(s.token);
    free(s.kind);
    free(s.merge);
    json_decref(root);
    return status;
}

Status tokenizer_json_read(const char *path, Tokenizer **out, Err *err) {
    Buffer text;
    *out = NULL;
    TRY(file_read(path, TOKENIZER_JSON_MAX, &text, err));
    Status status = tokenizer_json_parse(text.data, text.size, path, out, err);
    buffer_free(&text);
    return status;
}

/* ---- writing ---- */

/* Bytes in the visible alphabet, at `out`, ended by a NUL; returns the bytes written before it. */
static size_t spell(char *out, Text bytes) {
    size_t n = 0;
    for (size_t i = 0; i < bytes.size; i++) n += (size_t)byte_level_write(out + n, (uint8_t)bytes.data[i]);
    out[n] = '\0';
    return n;
}

/* Whether the token is written as it is: a special or an unused one. Plain ones are spelled in the visible alphabet. */
static bool is_verbatim(const Tokenizer *t, int32_t token) {
    Text bytes = tokenizer_bytes(t, token);
    return bytes.size > 0 && tokenizer_find(t, bytes) != token;
}

/* JSON holds UTF-8 only, and jansson no NUL in a key. */
static Status check_texts(const Tokenizer *t, Err *err) {
    char quote[QUOTE_SIZE];
    for (int32_t i = 0; i < tokenizer_size(t); i++) {
        Text bytes = tokenizer_bytes(t, i);
        if (is_verbatim(t, i) && !utf8_text(bytes.data, bytes.size))
            return err_set(err, ERR_INPUT,
                           "token %d, %s, is not UTF-8 or has a NUL: tokenizer.json cannot hold it", i,
                           text_quote(quote, bytes));
    }
    return OK;
}

/* Special tokens stand in the vocabulary, too: `tokenizers` gives those that do not new numbers. One that is spelled as
 * a plain token leaves it its place: merges name plain tokens. */
static json_t *vocab_json(const Tokenizer *t, char *room) {
    json_t *vocab = json_object();
    for (int32_t i = 0; i < tokenizer_size(t); i++) {
        Text bytes = tokenizer_bytes(t, i);
        if (bytes.size == 0) continue; /* unused, without a name */
        bool plain = !is_verbatim(t, i);
        if (plain) spell(room, bytes);
        else memcpy(room, bytes.data, bytes.size), room[bytes.size] = '\0';
        if (plain || !json_object_get(vocab, room)) json_object_set_new(vocab, room, json_integer(i));
    }
    return vocab;
}

static json_t *added_json(const Tokenizer *t) {
    json_t *added = json_array();
    for (int32_t i = 0; i < tokenizer_size(t); i++) {
        TokenKind kind = tokenizer_kind(t, i);
        Text text = tokenizer_bytes(t, i);
        if (kind != TOKEN_CONTROL && kind != TOKEN_ADDED) continue;
        json_array_append_new(added, json_pack("{s:i, s:s%, s:b, s:b, s:b, s:b, s:b}", "id", i, "content",
                                               text.data, text.size, "single_word", 0, "lstrip", 0, "rstrip",
                                               0, "normalized", 0, "special", kind == TOKEN_CONTROL));
    }
    return added;
}

static json_t *merges_json(const Tokenizer *t, char *room) {
    const Merge *merge;
    int n = tokenizer_merges(t, &merge);
    json_t *merges = json_array();
    for (int i = 0; i < n; i++) {
        size_t left = spell(room, tokenizer_bytes(t, merge[i].left));
        room[left] = ' ';
        spell(room + left + 1, tokenizer_bytes(t, merge[i].right));
        json_array_append_new(merges, json_string(room));
    }
    return merges;
}

static json_t *pre_tokenizer_json(const Tokenizer *t) {
    json_t *list = json_array();
    for (int i = 0; i < tokenizer_pattern_count(t); i++)
        json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:s, s:b}", "type", "Split", "pattern", "Regex",
                                              tokenizer_pattern(t, i), "behavior", "Isolated", "invert", 0));
    json_array_append_new(list, json_pack("{s:s, s:b, s:b, s:b}", "type", "ByteLevel", "add_prefix_space", 0,
                                          "trim_offsets", 1, "use_regex", 0));
    return json_pack("{s:s, s:o}", "type", "Sequence", "pretokenizers", list);
}

Status tokenizer_json_text(const Tokenizer *t, char **out, Err *err) {
    size_t longest = 1;
    for (int32_t i = 0; i < tokenizer_size(t); i++)
        if (tokenizer_bytes(t, i).size > longest) longest = tokenizer_bytes(t, i).size;
    *out = NULL;
    TRY(check_texts(t, err));
    char *room = malloc(4 * longest + 2); /* two tokens of two bytes a byte, a space, a NUL */
    if (!room) return err_set(err, ERR_NOMEM, "no memory to write a tokenizer");
    json_ran_out(); /* what an earlier object left */
    json_t *model = json_pack("{s:s, s:n, s:n, s:n, s:n, s:b, s:b, s:b, s:o, s:o}", "type", "BPE", "dropout",
                              "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", 0,
                              "byte_fallback", 0, "ignore_merges", tokenizer_whole_pieces(t), "vocab",
                              vocab_json(t, room), "merges", merges_json(t, room));
    json_t *root =
        json_pack("{s:s, s:n, s:n, s:o, s:n, s:o, s:n, s:{s:s, s:b, s:b, s:b}, s:o}", "version", "1.0",
                  "truncation", "padding", "added_tokens", added_json(t), "normalizer", "pre_tokenizer",
                  pre_tokenizer_json(t), "post_processor", "decoder", "type", "ByteLevel", "add_prefix_space",
                  1, "trim_offsets", 1, "use_regex", 1, "model", model);
    free(room);
    return json_take_text(root, JSON_INDENT(1), "tokenizer.json", out, err);
}
