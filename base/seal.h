/* A text that ends in the XXH3-128 of all bytes before that end: none of them changes unseen. A file is sealed where
 * one changed digit would be believed, and where no other file has its hash. */
#ifndef ROTE_BASE_SEAL_H
#define ROTE_BASE_SEAL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/file.h"

/* How the hash is written: as 32 hex digits, */
typedef enum SealForm {
    SEAL_LINE,    /* in a last line "seal HASH" */
    SEAL_COMMENT, /* in a last line "# seal HASH", which YAML skips */
    SEAL_JSON     /* under the last key of an object, "seal" */
} SealForm;

/* Ends a text by its seal; *sealed is to be freed. The text ends in a line end; of SEAL_JSON in a line with a brace, as
 * JSON_INDENT(2) makes it. ERR_NOMEM: *sealed is NULL. */
Status seal_text(const char *text, SealForm form, char **sealed, Err *err);

/* Whether a file ends in the seal of its bytes. */
bool seal_holds(const Buffer *file, SealForm form);

#endif
