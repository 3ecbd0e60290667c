#include "data/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "data/vocab.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80); }

Status spelling_create(Spelling *out, const Vocab *vocab, Err *err) {
    if (vocab->tokenizer)
        return err_set(
            err, ERR_INPUT,
            "tools read facts whose symbols are numbers, bytes or words; these are a tokenizer's tokens");
    *out = (Spelling){.vocab = vocab, .symbol_class = calloc((size_t)vocab->size, 1)};
    if (!out->symbol_class)
        return err_set(err, ERR_NOMEM, "no memory for the classes of %d symbols", vocab->size);
    if (!vocab->text) return OK;
    out->joined = true;
    for (int v = 0; v < vocab_spelled(vocab); v++) {
        const char *text = vocab->text[v];
        bool digits = true;
        for (int i = 0; i < vocab->length[v]; i++) digits = digits && is_digit(text[i]);
        out->joined = out->joined && vocab->length[v] == 1;
        out->symbol_class[v] = digits ? 1 : vocab->bytes && is_letter(text[0]) ? 2 : 0;
    }
    return OK;
}

void spelling_free(Spelling *spelling) {
    free(spelling->symbol_class);
    *spelling = (Spelling){.vocab = NULL};
}

size_t spelling_text(const Spelling *spelling, const int32_t *tokens, int n, char *out, size_t room) {
    const Vocab *vocab = spelling->vocab;
    size_t used = 0;
    for (int i = 0; i < n; i++) {
        char number[16];
        const char *piece = number;
        size_t length = 0;
        if (tokens[i] == vocab->eos) continue;
        if (vocab->text) piece = vocab->text[tokens[i]], length = (size_t)vocab->length[tokens[i]];
        else length = (size_t)snprintf(number, sizeof number, "%d", tokens[i]);
        if (used && !spelling->joined) {
            if (used < room) out[used] = ' ';
            used++;
        }
        if (used + length <= room) memcpy(out + used, piece, length);
        used += length;
    }
    return used;
}

/* -1: no symbol. */
static int32_t symbol_of(const Vocab *vocab, Text piece) {
    if (vocab->text) return vocab_find(vocab, piece);
    int64_t number = 0;
    for (size_t i = 0; i < piece.size; i++) {
        if (!is_digit(piece.data[i]) || piece.size > 9 || (i == 0 && piece.data[0] == '0' && piece.size > 1))
            return -1;
        number = 10 * number + (piece.data[i] - '0');
    }
    return number < vocab->size ? (int32_t)number : -1;
}

int spelling_tokens(const Spelling *spelling, Text text, int32_t *tokens, int room) {
    int n = 0;
    while (text.size) {
        size_t length = 1;
        if (!spelling->joined)
            for (length = 0; length < text.size && text.data[length] != ' ';) length++;
        int32_t symbol = symbol_of(spelling->vocab, (Text){text.data, length});
        if (symbol < 0 || length == 0 || n == room) return -1;
        tokens[n++] = symbol;
        if (!spelling->joined && length < text.size && ++length == text.size)
            return -1; /* a space at the end */
        text.data += length;
        text.size -= length;
    }
    return n ? n : -1;
}
