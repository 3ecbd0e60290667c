/* Encodes texts with a tokenizer, for tests/check_tokenizer.sh.
 *   tokens FILE          FILE: a tokenizer.json or a GGUF file. Standard input: for each text its size in 32 bits, and
 *                        the bytes. Standard output: for each text the number of its tokens, and the tokens, 32 bits
 *                        each. -1: it cannot be encoded. Fails where decoding gives other bytes.
 *   tokens FILE --json   prints the tokenizer as tokenizer.json */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/tokenizer/tokenizer_json.h"
#include "store/foreign/gguf_tokenizer.h"

static Tokenizer *open_tokenizer(const char *path) {
    Tokenizer *t = NULL;
    Err err = {0};
    Gguf file = {0};
    Status status;
    if (strstr(path, ".gguf")) {
        status = gguf_open(path, &file, &err);
        if (status == OK) status = gguf_tokenizer(&file, path, &t, &err);
        gguf_close(&file);
    } else {
        status = tokenizer_json_read(path, &t, &err);
    }
    if (status == OK) return t;
    fprintf(stderr, "%s\n", err.msg);
    exit(1);
}

static void encode_one(Tokenizer *t, char *text, size_t size, TokenList *list) {
    Err err = {0};
    list->n = 0;
    Status status = tokenizer_encode(t, (Text){text, size}, true, list, &err);
    int32_t n = status == OK ? (int32_t)list->n : -1;
    fwrite(&n, sizeof n, 1, stdout);
    fwrite(list->id, sizeof *list->id, (size_t)list->n, stdout);
    size_t at = 0;
    for (int64_t i = 0; status == OK && i < list->n; i++) {
        Text bytes = tokenizer_bytes(t, list->id[i]);
        if (bytes.size > size - at || memcmp(text + at, bytes.data, bytes.size) != 0) exit(2);
        at += bytes.size;
    }
    if (status == OK && at != size) exit(2);
}

int main(int argc, char **argv) {
    if (argc < 2) return 1;
    Tokenizer *t = open_tokenizer(argv[1]);
    TokenList list = {0};
    if (argc > 2) {
        char *text;
        if (tokenizer_json_text(t, &text, NULL) != OK) return 1;
        puts(text);
        free(text);
    } else {
        for (uint32_t size; fread(&size, sizeof size, 1, stdin) == 1;) {
            char *text = malloc(size + 1);
            if (!text || fread(text, 1, size, stdin) != size) return 1;
            encode_one(t, text, size, &list);
            free(text);
        }
    }
    token_list_free(&list);
    tokenizer_free(t);
    return fflush(stdout) == 0 ? 0 : 1;
}
