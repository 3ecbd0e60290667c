/* Encodes texts with a tokenizer, for tests/check_tokenizer.sh.
 *   tokens FILE          FILE: a tokenizer.json or a GGUF file. Standard input: for each text its size in 32 bits, and
 *                        the bytes. Standard output: for each text the number of its tokens, and the tokens, 32 bits
 *                        each. -1: it cannot be encoded. Fails where decoding gives other bytes.
 *   tokens FILE --json   prints the tokenizer as tokenizer.json
 *   tokens --train N     the same of a tokenizer of N tokens that is trained on standard input: texts as above */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/tokenizer/open.h"
#include "data/tokenizer/tokenizer_json.h"
#include "data/tokenizer/train.h"

static Tokenizer *open_tokenizer(const char *path) {
    Tokenizer *t = NULL;
    Err err = {0};
    int eos;
    if (tokenizer_open(path, &t, &eos, &err) == OK) return t;
    fprintf(stderr, "%s\n", err.msg);
    exit(1);
}

/* The next text of standard input; NULL: the end. */
static char *read_text(uint32_t *size) {
    if (fread(size, sizeof *size, 1, stdin) != 1) return NULL;
    char *text = malloc(*size + 1);
    if (!text || fread(text, 1, *size, stdin) != *size) exit(1);
    return text;
}

static Tokenizer *train(int n) {
    BpeTrainer *trainer;
    Tokenizer *t = NULL;
    Err err = {0};
    uint32_t size;
    Status status = bpe_begin(&trainer, &err);
    for (char *text; status == OK && (text = read_text(&size));) {
        status = bpe_add(trainer, (Text){text, size}, &err);
        free(text);
    }
    if (status == OK) status = bpe_train(trainer, n, &t, &err);
    bpe_free(trainer);
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
    bool trains = argc > 2 && !strcmp(argv[1], "--train");
    Tokenizer *t = trains ? train(atoi(argv[2])) : open_tokenizer(argv[1]);
    TokenList list = {0};
    if (argc > 2) {
        char *text;
        if (tokenizer_json_text(t, &text, NULL) != OK) return 1;
        puts(text);
        free(text);
    } else {
        uint32_t size;
        for (char *text; (text = read_text(&size));) {
            encode_one(t, text, size, &list);
            free(text);
        }
    }
    token_list_free(&list);
    tokenizer_free(t);
    return fflush(stdout) == 0 ? 0 : 1;
}
