/* Files that are whole or not there: written to a temporary name, synced, renamed,
 * and the folder synced. */
#ifndef ROTE_BASE_FILE_H
#define ROTE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

typedef struct Buffer {
    char *data; /* always followed by a NUL that size does not count */
    size_t size;
} Buffer;

/* Reads a whole file. ERR_IO: missing, or larger than max_bytes. ERR_INPUT: not a regular file. Free with
 * buffer_free. */
Status file_read(const char *path, size_t max_bytes, Buffer *out, Err *err);
void buffer_free(Buffer *b);

/* What the name of a temporary ends in: "run.html" is written as ".run.html.rote-tmp", which is nobody
 * else's. */
#define TEMPORARY_END ".rote-tmp"

/* A file being written under its temporary name. commit = flush, fsync, rename, fsync of the folder; where it
 * fails, and in abort, the temporary is removed and the old file stays whole. ERR_IO names the path: a full
 * disk, a read-only folder, another process that is writing the same file. */
typedef struct AtomicFile {
    FILE *stream; /* write here */
    char path[1024], temporary[1088];
} AtomicFile;
Status atomic_open(AtomicFile *file, const char *path, Err *err);
Status atomic_commit(AtomicFile *file, const char *fault_name, Err *err);
void atomic_abort(AtomicFile *file);
/* All at once; its fault_name is the file's own name. */
Status file_write_atomic(const char *path, const void *data, size_t size, Err *err);

/* Named failure points for the tests: the process kills itself (SIGKILL) when the environment's
 * ROTE_FAULT equals "name.where", or "name.where:k" on its k-th pass. atomic_commit passes its fault_name
 * (NULL: none) with before_sync, before_rename, before_dirsync, after. */
void fault_point(const char *name, const char *where);

/* "dir/name" in out; name NULL: dir alone. ERR_INPUT where it does not fit. */
Status path_join(char *out, size_t size, const char *dir, const char *name, Err *err);

/* Puts what realpath says in its place, where there is such a file and room for it. */
void path_make_absolute(char *path, size_t size);

/* mkdir -p; each new folder's parent is synced. ERR_IO; ERR_INPUT: a file is in the way. */
Status make_directories(const char *path, Err *err);
/* A file of our own that lines are added to, made where it is missing; empty: what it held is dropped. fclose it.
 * ERR_INPUT: a link, a folder, a device or a pipe is in its place and stays untouched. ERR_IO. */
Status file_append_open(const char *path, bool empty, FILE **out, Err *err);
bool file_exists(const char *path);
uint32_t crc32_of(const void *data, size_t size); /* zlib's, whole buffer, any size */

/* A lock that dies with its process (flock on path; the file stays). ERR_INPUT: held by another process,
 * named; or path is something else than a lock, and stays as it is. */
Status lock_take(const char *path, int *fd, Err *err);
void lock_release(int fd);
/* What the message of a held lock has, and no other. */
#define LOCK_HELD ": held by "
/* Whether some process holds it now; asking may make another's lock_take fail for a moment. */
bool lock_held(const char *path);

/* A hash of 16 bytes as 32 hex digits; the XXH3-128 of data so. */
void hash_digits(const unsigned char digest[16], char out[33]);
void content_hash(const void *data, size_t size, char out[33]);

#endif
