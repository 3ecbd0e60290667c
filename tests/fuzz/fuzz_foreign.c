/* The readers of other programs' models: GGUF files, safetensors files and tokenizers. libFuzzer calls them
 * (tests/fuzz/run.sh), tests/test_fuzz_foreign.c with kept inputs. */
#include <stdlib.h>
#include <string.h>

#include "base/formats/gguf.h"
#include "data/tokenizer/tokenizer_json.h"
#include "model/formats/hf_files.h"
#include "tests/fuzz/fuzz.h"

/* Goes through everything that an open file promises. */
static uint64_t walk(const Gguf *g) {
    uint64_t sum = 0;
    for (int i = 0; i < g->n_keys; i++) {
        const GgufKey *k = &g->key[i];
        Text text;
        int64_t whole = 0;
        double number = 0;
        bool truth = false;
        GgufCursor texts = gguf_begin(k), wholes = texts;
        while (gguf_next_text(&texts, &text)) sum += text.size ? (uint8_t)text.data[text.size - 1] : 0;
        while (gguf_next_whole(&wholes, &whole)) sum += (uint64_t)whole;
        sum += (uint64_t)gguf_whole(k, &whole) + (uint64_t)gguf_number(k, &number) +
               (uint64_t)gguf_bool(k, &truth);
        if (gguf_text(k, &text)) sum += text.size ? (uint8_t)text.data[text.size - 1] : 0;
    }
    for (int i = 0; i < g->n_tensors; i++) {
        const GgufTensor *t = &g->tensor[i];
        CHECK(t->bytes == (uint64_t)t->size / (uint64_t)t->type->block * (uint64_t)t->type->bytes);
        sum += t->data[0] + t->data[t->bytes - 1];
        float block[256];
        if (t->type->block_floats) ggml_floats(block, t->type, t->data, t->type->block);
    }
    return sum;
}

void fuzz_gguf(const uint8_t *data, size_t size) {
    Err err = {0};
    Gguf g;
    Status status = gguf_parse(data, size, "x", &g, &err);
    CHECK(status == OK || (status == ERR_INPUT && !strncmp(err.msg, "x: ", 3) && !strchr(err.msg, '\n')));
    if (status != OK) return;
    volatile uint64_t sum = walk(&g); /* so that it is computed */
    (void)sum;
    gguf_close(&g);
}

/* A tokenizer.json; a byte 1 ends it, and a text follows. Tokens give the text back, also after writing and reading. */
void fuzz_tokenizer(const uint8_t *data, size_t size) {
    const uint8_t *end = size ? memchr(data, 1, size) : NULL;
    size_t length = end ? (size_t)(end - data) : size;
    Text text = {(char *)data + length + 1, end ? size - length - 1 : 0};
    Tokenizer *t, *again;
    TokenList list = {0}, other = {0};
    Err err = {0};
    Status status = tokenizer_json_parse((const char *)data, length, "x", &t, &err);
    CHECK(status == OK || (status == ERR_INPUT && err.msg[0] && !strchr(err.msg, '\n')));
    if (status != OK) return;
    status = tokenizer_encode(t, text, true, &list, &err);
    CHECK(status == OK || status == ERR_INPUT);
    size_t at = 0;
    for (int64_t i = 0; status == OK && i < list.n; i++) {
        Text bytes = tokenizer_bytes(t, list.id[i]);
        CHECK(bytes.size <= text.size - at && !memcmp(text.data + at, bytes.data, bytes.size));
        at += bytes.size;
    }
    char *json;
    CHECK(tokenizer_json_text(t, &json, &err) == OK);
    Status read = tokenizer_json_parse(json, strlen(json), "x", &again, &err);
    CHECK(read == OK && (status != OK || tokenizer_encode(again, text, true, &other, &err) == OK));
    CHECK(status != OK ||
          (other.n == list.n && (!list.n || !memcmp(list.id, other.id, (size_t)list.n * sizeof *list.id))));
    tokenizer_free(again);
    free(json);
    token_list_free(&list);
    token_list_free(&other);
    tokenizer_free(t);
}

/* A safetensors file of other programs, header length and all. */
void fuzz_shard(const uint8_t *data, size_t size) {
    ForeignModel m = {.path = "x"};
    Err err = {0};
    Status status = hf_tensors("x", data, size, &m, &err);
    CHECK(status == OK || (status == ERR_INPUT && !strncmp(err.msg, "x:", 2) && !strchr(err.msg, '\n')));
    for (int i = 0; status == OK && i < m.n_tensors; i++) {
        const ForeignTensor *t = &m.tensor[i];
        int64_t bytes = t->rows * t->cols * t->type->bytes;
        CHECK(foreign_find(&m, t->name) && t->data >= data && bytes <= data + size - t->data);
        if (bytes) CHECK(t->data[0] + t->data[bytes - 1] < 511);
    }
    foreign_free(&m);
}
