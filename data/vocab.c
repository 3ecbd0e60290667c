/* A vocabulary of bytes or words holds only the symbols that occur, sorted by their bytes, and EOS at its end: a symbol
 * that never occurs would only waste a row of the embedding. */
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/file.h"
#include "data/records.h"
#include "data/seen.h"
#include "data/tokenizer/tokenizer.h"
#include "data/vocab.h"

static int compare(const void *a, const void *b) { return text_compare(*(const Text *)a, *(const Text *)b); }

Status vocab_of_symbols(Vocab *out, const Text *symbol, int n, bool bytes, Err *err) {
    *out = (Vocab){.eos = n, .bytes = bytes};
    out->text = calloc((size_t)n + 1, sizeof *out->text);
    out->length = calloc((size_t)n + 1, sizeof *out->length);
    if (!out->text || !out->length) goto no_memory;
    for (int i = 0; i <= n; i++) {
        size_t length = i < n ? symbol[i].size : 0;
        if (!(out->text[i] = malloc(length + 1))) goto no_memory;
        out->size = i + 1;
        if (length) memcpy(out->text[i], symbol[i].data, length);
        out->text[i][length] = '\0';
        out->length[i] = (int)length;
    }
    return OK;
no_memory:
    vocab_free(out);
    return err_set(err, ERR_NOMEM, "no memory for a vocabulary of %d symbols", n + 1);
}

Status vocab_of_tokenizer(Vocab *out, Tokenizer *t, char *json, int rows, int eos, Err *err) {
    *out = (Vocab){.eos = eos, .bytes = true, .tokens = true, .tokenizer = t, .tokenizer_json = json};
    content_hash(json, strlen(json), out->tokenizer_hash);
    out->text = calloc((size_t)rows, sizeof *out->text);
    out->length = calloc((size_t)rows, sizeof *out->length);
    bool whole = out->text && out->length;
    for (int i = 0; whole && i < rows; i++) {
        Text bytes = i < tokenizer_size(t) ? tokenizer_bytes(t, i) : (Text){NULL, 0};
        out->text[i] = calloc(bytes.size + 1, 1);
        out->size = i + 1;
        whole = out->text[i] != NULL;
        if (whole && bytes.size) memcpy(out->text[i], bytes.data, bytes.size);
        out->length[i] = (int)bytes.size;
    }
    if (whole) return OK;
    vocab_free(out);
    return err_set(err, ERR_NOMEM, "no memory for a vocabulary of %d symbols", rows);
}

Status vocab_add_mark(Vocab *vocab, const char *name, Err *err) {
    if (vocab->text) {
        size_t size = (size_t)vocab->size + 1;
        char **text = realloc(vocab->text, size * sizeof *text);
        if (text) vocab->text = text;
        int *length = realloc(vocab->length, size * sizeof *length);
        if (length) vocab->length = length;
        char *copy = text && length ? strdup(name) : NULL;
        if (!copy) return err_set(err, ERR_NOMEM, "no memory for a vocabulary of %zu symbols", size);
        vocab->text[vocab->size] = copy;
        vocab->length[vocab->size] = (int)strlen(name);
    }
    vocab->size++;
    return OK;
}

void vocab_free(Vocab *vocab) {
    for (int i = 0; vocab->text && i < vocab->size; i++) free(vocab->text[i]);
    free(vocab->text);
    free(vocab->length);
    tokenizer_free(vocab->tokenizer);
    free(vocab->tokenizer_json);
    *vocab = (Vocab){.eos = -1};
}

static Status vocab_of_bytes(Vocab *out, const Records *records, Err *err) {
    bool occurs[256] = {false};
    for (int32_t i = 0; i < records->n; i++) {
        const Record *r = &records->item[i];
        for (size_t j = 0; j < r->prompt.size; j++) occurs[(unsigned char)r->prompt.data[j]] = true;
        for (size_t j = 0; j < r->answer.size; j++) occurs[(unsigned char)r->answer.data[j]] = true;
        if (r->prompt.data) occurs['\t'] = true;
    }
    char byte[256];
    Text symbol[256];
    int n = 0;
    for (int b = 0; b < 256; b++) {
        if (!occurs[b]) continue;
        byte[n] = (char)b;
        symbol[n] = (Text){&byte[n], 1};
        n++;
    }
    return vocab_of_symbols(out, symbol, n, true, err);
}

static bool same_word(const void *items, int32_t a, int32_t b) {
    const Text *word = items;
    return text_equal(word[a], word[b]);
}

static int64_t count_words(const Records *records) {
    int64_t count = 0;
    Text word;
    for (int32_t i = 0; i < records->n; i++) {
        Text prompt = records->item[i].prompt, answer = records->item[i].answer;
        while (text_word(&prompt, &word)) count++;
        while (text_word(&answer, &word)) count++;
    }
    return count;
}

static Status vocab_of_words(Vocab *out, const Records *records, Err *err) {
    int64_t max_words = count_words(records);
    Seen seen = {0};
    Status status = OK;
    Text *word = malloc((size_t)(max_words + 1) * sizeof *word);
    if (!word) {
        status = err_set(err, ERR_NOMEM, "no memory for %lld words", (long long)max_words);
        goto done;
    }
    TRY_GOTO(seen_init(&seen, max_words, same_word, word, err));
    int32_t n = 0;
    for (int32_t i = 0; i < records->n; i++) {
        Text part[2] = {records->item[i].prompt, records->item[i].answer};
        for (int p = 0; p < 2; p++)
            while (text_word(&part[p], &word[n]))
                if (seen_enter(&seen, XXH3_64bits(word[n].data, word[n].size), n) < 0) n++;
    }
    qsort(word, (size_t)n, sizeof *word, compare);
    TRY_GOTO(vocab_of_symbols(out, word, n, false, err));
done:
    seen_free(&seen);
    free(word);
    return status;
}

Status vocab_of_records(Vocab *out, const Records *records, bool bytes, Err *err) {
    return bytes ? vocab_of_bytes(out, records, err) : vocab_of_words(out, records, err);
}

static Text symbol_of(const Vocab *vocab, int i) { return (Text){vocab->text[i], (size_t)vocab->length[i]}; }

static const char *vocab_kind(const Vocab *vocab) {
    return !vocab->text    ? "token numbers"
           : vocab->tokens ? "a tokenizer's tokens"
           : vocab->bytes  ? "bytes"
                           : "words";
}

Status vocab_same(const Vocab *vocab, const Vocab *run, const char *dir, Err *err) {
    if (!vocab->text != !run->text || !vocab->tokenizer != !run->tokenizer ||
        (vocab->text && vocab->bytes != run->bytes))
        return err_set(err, ERR_INPUT, "%s: its symbols are %s, those of the run's facts are %s", dir,
                       vocab_kind(vocab), vocab_kind(run));
    if (!vocab->text) return OK;
    if (vocab->tokenizer && strcmp(vocab->tokenizer_hash, run->tokenizer_hash) != 0)
        return err_set(
            err, ERR_INPUT,
            "%s: its tokenizer has the hash %s, that of the run's facts %s; a model reads only the "
            "tokens of its own",
            dir, vocab->tokenizer_hash, run->tokenizer_hash);
    if (vocab->tokenizer) return OK;
    static const char advice[] = "a model reads only facts whose vocab.json is that of its own";
    for (int i = 0; i < vocab->eos && i < run->eos; i++) {
        char have[QUOTE_SIZE], want[QUOTE_SIZE];
        if (text_equal(symbol_of(vocab, i), symbol_of(run, i))) continue;
        return err_set(err, ERR_INPUT, "%s: symbol %d is %s, in the run's facts it is %s; %s", dir, i,
                       text_quote(have, symbol_of(vocab, i)), text_quote(want, symbol_of(run, i)), advice);
    }
    if (vocab->eos == run->eos) {
        bool same = vocab->size == run->size;
        for (int i = vocab->eos; same && i < vocab->size; i++)
            same = text_equal(symbol_of(vocab, i), symbol_of(run, i));
        if (same) return OK;
        return err_set(err, ERR_INPUT,
                       "%s: its marks (symbols that no text spells) are not those of the run's facts", dir);
    }
    bool more = vocab->eos > run->eos;
    int first = more ? run->eos : vocab->eos;
    char quote[QUOTE_SIZE];
    return err_set(err, ERR_INPUT, "%s: symbol %d, %s, is %s; %s", dir, first,
                   text_quote(quote, symbol_of(more ? vocab : run, first)),
                   more ? "none of the run's facts" : "missing", advice);
}

int32_t vocab_find(const Vocab *vocab, Text symbol) {
    if (vocab->tokenizer) {
        int32_t token = tokenizer_find(vocab->tokenizer, symbol);
        return token >= 0 ? token : tokenizer_find_special(vocab->tokenizer, symbol);
    }
    int low = 0, high = vocab->eos; /* symbols are sorted, EOS is behind them */
    while (low < high) {
        int middle = low + (high - low) / 2;
        int order = text_compare(symbol, symbol_of(vocab, middle));
        if (order == 0) return middle;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return -1;
}
