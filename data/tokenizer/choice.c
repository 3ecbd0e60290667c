#include "data/tokenizer/choice.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/json.h"
#include "data/import/encode.h"
#include "data/tokenizer/fact_tokens.h"
#include "data/tokenizer/open.h"
#include "data/tokenizer/tokenizer_json.h"
#include "data/tokenizer/train.h"
#include "data/vocab.h"

/* ---- words ---- */

static bool read_count(const char *text, int *out) {
    size_t n = strspn(text, "0123456789");
    if (!n || n > 9 || text[n]) return false;
    *out = (int)strtol(text, NULL, 10);
    return true;
}

Status token_choice_read(TokenChoice *out, const char *vocab, const char *vocab_name, const char *file,
                         const char *file_name, const char *other, Err *err) {
    static const char bpe[] = "bpe:";
    char quote[QUOTE_SIZE];
    bool of_file = vocab && !strcmp(vocab, "tokenizer"), given = file && *file;
    *out = (TokenChoice){NULL, 0};
    if (given && !of_file)
        return err_set(err, ERR_INPUT, "%s names a tokenizer, but %s is not 'tokenizer'", file_name,
                       vocab_name);
    if (of_file && !given)
        return err_set(err, ERR_INPUT, "%s is 'tokenizer': set %s to its tokenizer.json or GGUF file",
                       vocab_name, file_name);
    if (of_file) out->file = file;
    if (of_file || !vocab || !*vocab) return OK;
    text_quote(quote, (Text){(char *)vocab, strlen(vocab)});
    if (strncmp(vocab, bpe, sizeof bpe - 1) != 0)
        return err_set(err, ERR_INPUT, "%s is %s, allowed: %stokenizer, bpe:N", vocab_name, quote, other);
    if (!read_count(vocab + sizeof bpe - 1, &out->trained) || out->trained < BPE_TOKENS_MIN ||
        out->trained > TOKENS_MAX)
        return err_set(err, ERR_INPUT,
                       "%s is %s: bpe:N is a tokenizer of N tokens, %d (the bytes and the end) to %d",
                       vocab_name, quote, BPE_TOKENS_MIN, TOKENS_MAX);
    return OK;
}

/* ---- the tokenizer ---- */

/* The text that is stored, with the special token END_OF_TEXT behind the other tokens. Replaces *json. */
static Status add_end(const Tokenizer *t, char **json, const char *where, Err *err) {
    json_t *root;
    TRY(json_read(*json, strlen(*json), JSON_REJECT_DUPLICATES, where, &root, err));
    json_int_t id = tokenizer_size(t);
    json_object_set_new(json_object_get(json_object_get(root, "model"), "vocab"), END_OF_TEXT,
                        json_integer(id));
    json_array_append_new(json_object_get(root, "added_tokens"),
                          json_pack("{s:I, s:s, s:b, s:b, s:b, s:b, s:b}", "id", id, "content", END_OF_TEXT,
                                    "single_word", 0, "lstrip", 0, "rstrip", 0, "normalized", 0, "special",
                                    1));
    free(*json);
    return json_take_text(root, JSON_INDENT(1), where, json, err);
}

/* The vocabulary of a tokenizer as it is stored and read again, so that what is used is what is kept. */
static Status vocab_of(const Tokenizer *t, int eos, const char *where, Vocab *out, Err *err) {
    char *json = NULL, quote[QUOTE_SIZE];
    Tokenizer *kept = NULL;
    if (eos < 0 && tokenizer_find(t, (Text){(char *)END_OF_TEXT, sizeof END_OF_TEXT - 1}) >= 0)
        return err_set(err, ERR_INPUT, "%s: no token ends a text: %s is an ordinary one", where,
                       text_quote(quote, (Text){(char *)END_OF_TEXT, sizeof END_OF_TEXT - 1}));
    Status status = tokenizer_json_text(t, &json, err);
    if (status == ERR_INPUT) err_prefix(err, "%s: ", where);
    if (status == OK && eos < 0) {
        json_ran_out(); /* what an earlier object left */
        status = add_end(t, &json, where, err);
        eos = tokenizer_size(t);
    }
    if (status == OK) status = tokenizer_json_parse(json, strlen(json), where, &kept, err);
    if (status == OK && (eos >= tokenizer_size(kept) || tokenizer_size(kept) < 2)) /* what lost its name */
        status = err_set(err, ERR_INPUT, "%s: the token that ends a text has no text", where);
    if (status == OK) return vocab_of_tokenizer(out, kept, json, tokenizer_size(kept), eos, err);
    tokenizer_free(kept);
    free(json);
    return status;
}

static Status train_on(BpeTrainer *trainer, const FactSet *facts, Err *err) {
    Status status = OK;
    size_t room = 1;
    Bytes text = {0};
    for (int i = 0; i < facts->n_pool; i++)
        if (facts_text_bytes(facts, i) > room) room = facts_text_bytes(facts, i);
    char *bytes = malloc(room);
    if (!bytes) return err_set(err, ERR_NOMEM, "no memory for a fact of %zu bytes", room);
    for (int i = 0; status == OK && i < facts->n_pool; i++) {
        Text prompt, answer;
        facts_fields(facts, i, bytes, &prompt, &answer);
        text.size = 0;
        if (prompt.size) bytes_byte(&text, ' ');
        bytes_add(&text, answer.data, answer.size);
        status = text.failed ? err_set(err, ERR_NOMEM, "no memory for the text of a fact")
                             : bpe_add(trainer, (Text){(char *)text.data, text.size}, err);
        if (status == OK && prompt.size) status = bpe_add(trainer, prompt, err);
    }
    free(bytes);
    bytes_free(&text);
    return status;
}

static Status choose(const TokenChoice *choice, const FactSet *facts, Vocab *out, Err *err) {
    Tokenizer *t = NULL;
    BpeTrainer *trainer = NULL;
    int eos = 0; /* of a trained one */
    Status status = OK;
    if (choice->file) {
        TRY_GOTO(tokenizer_open(choice->file, &t, &eos, err));
    } else {
        TRY_GOTO(bpe_begin(&trainer, err));
        TRY_GOTO(train_on(trainer, facts, err));
        TRY_GOTO(bpe_train(trainer, choice->trained, &t, err));
    }
    status = vocab_of(t, eos, choice->file ? choice->file : "the tokenizer that was trained", out, err);
done:
    bpe_free(trainer);
    tokenizer_free(t);
    return status;
}

Status facts_tokenize(FactSet *facts, const TokenChoice *choice, Err *err) {
    if (!choice->file && !choice->trained) return OK;
    bool read = !strcmp(facts->kind, "import") || !strcmp(facts->kind, "text");
    if (!read || !facts->vocab.text || facts->n_fields)
        return err_set(
            err, ERR_INPUT,
            "these facts were drawn (kind %s), and their symbols are part of the draw; a tokenizer is for "
            "facts that are imported, or of kind text",
            facts->kind);
    Vocab vocab;
    FactSet tokens;
    TRY(choose(choice, facts, &vocab, err));
    Status status = own_tokens(facts, &vocab, &tokens, err);
    if (status != OK) {
        vocab_free(&vocab);
        return status;
    }
    facts_free(facts);
    *facts = tokens;
    return OK;
}
