/* Size and hash of a file of a fact set, so that no byte of it changes unseen: the manifest has those of the other two
 * files, and ends in its own (base/seal.h). Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_SEAL_H
#define ROTE_DATA_FOLDER_SEAL_H

#include <jansson.h>

#include "base/file.h"

/* One file as the manifest's object "files" has it: {"bytes": 120, "hash": 32 hex digits}. */
typedef struct FileSeal {
    int64_t bytes;
    char hash[33];
} FileSeal;

/* A new reference, or NULL: no memory. */
json_t *seal_json(const FileSeal *seal);
/* name: of the file, for the message. ERR_FORMAT: not such an object. ERR_NOMEM. */
Status seal_read(FileSeal *out, const json_t *object, const char *manifest_path, const char *name, Err *err);
/* ERR_FORMAT: the file's bytes are others than those that were sealed. */
Status seal_check(const FileSeal *seal, const char *path, const void *data, size_t size, Err *err);
/* How large a file is worth reading: one that is a little larger than it was may still get a message that names a
 * line. */
size_t seal_room(const FileSeal *seal, size_t max_bytes);

#endif
