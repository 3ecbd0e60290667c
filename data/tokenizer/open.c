#include "data/tokenizer/open.h"

#include <string.h>

#include "base/file.h"
#include "base/formats/gguf.h"
#include "data/tokenizer/gguf_tokenizer.h"
#include "data/tokenizer/tokenizer_json.h"

int tokenizer_end(const Tokenizer *t) {
    static const char *const names[] = {"<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "</s>",
                                        "<|im_end|>"};
    int32_t end = -1;
    for (size_t i = 0; end < 0 && i < sizeof names / sizeof *names; i++)
        end = tokenizer_find_special(t, (Text){(char *)names[i], strlen(names[i])});
    return (int)end;
}

static Status open_gguf(const char *path, Tokenizer **out, int *eos, Err *err) {
    Gguf file;
    int64_t end = -1;
    TRY(gguf_open(path, &file, err));
    Status status = gguf_tokenizer(&file, path, out, err);
    if (status == OK && gguf_whole(gguf_key(&file, "tokenizer.ggml.eos_token_id"), &end) && end >= 0 &&
        end < tokenizer_size(*out))
        *eos = (int)end;
    gguf_close(&file);
    return status;
}

Status tokenizer_open(const char *path, Tokenizer **out, int *eos, Err *err) {
    Buffer head;
    int64_t size;
    *out = NULL;
    *eos = -1;
    TRY(file_named(path, "file", err));
    TRY(file_read_head(path, 4, &head, &size, err));
    bool gguf = head.size == 4 && memcmp(head.data, "GGUF", 4) == 0;
    buffer_free(&head);
    TRY(gguf ? open_gguf(path, out, eos, err) : tokenizer_json_read(path, out, err));
    if (*eos < 0) *eos = tokenizer_end(*out);
    return OK;
}
