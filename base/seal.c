#include "base/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH = 32 };

/* The text before and behind the hash, and the part of the text that the hash replaces. */
static const struct {
    const char *before, *after, *replaced;
} forms[] = {
    [SEAL_LINE] = {"seal ", "\n", ""},
    [SEAL_COMMENT] = {"# seal ", "\n", ""},
    [SEAL_JSON] = {",\n  \"seal\": \"", "\"\n}\n", "\n}"},
};

Status seal_text(const char *text, SealForm form, char **sealed, Err *err) {
    const char *before = forms[form].before, *after = forms[form].after, *replaced = forms[form].replaced;
    size_t size = strlen(text), cut = strlen(replaced);
    char hash[HASH + 1];
    CHECK(size >= cut && strcmp(text + size - cut, replaced) == 0);
    size -= cut;
    size_t room = size + strlen(before) + HASH + strlen(after) + 1;
    *sealed = malloc(room);
    if (!*sealed) return err_set(err, ERR_NOMEM, "no memory for a text of %zu bytes", room);
    content_hash(text, size, hash);
    memcpy(*sealed, text, size);
    snprintf(*sealed + size, room - size, "%s%s%s", before, hash, after);
    return OK;
}

bool seal_holds(const Buffer *file, SealForm form) {
    char hash[HASH + 1], end[64];
    size_t size = strlen(forms[form].before) + HASH + strlen(forms[form].after);
    if (file->size < size) return false;
    content_hash(file->data, file->size - size, hash);
    snprintf(end, sizeof end, "%s%s%s", forms[form].before, hash, forms[form].after);
    return memcmp(file->data + file->size - size, end, size) == 0;
}
