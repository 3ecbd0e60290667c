/* The readers of other programs' models: GGUF files. libFuzzer calls them (tests/fuzz/run.sh),
 * tests/test_fuzz_foreign.c with kept inputs. */
#include <stdlib.h>
#include <string.h>

#include "model/formats/gguf.h"
#include "tests/fuzz/fuzz.h"

/* Goes through everything that an open file promises. */
static uint64_t walk(const Gguf *g) {
    uint64_t sum = 0;
    for (int i = 0; i < g->n_keys; i++) {
        const GgufKey *k = &g->key[i];
        GgufText text;
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
    CHECK(walk(&g) < UINT64_MAX); /* so that it is computed */
    gguf_close(&g);
}
