/* Files that are whole or not there: written to a temporary name, synced, renamed,
 * and the folder synced. */
#ifndef ROTE_BASE_FILE_H
#define ROTE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/lock.h"
#include "base/write_stream.h"

/* 2^bits bytes, or the most that a machine of 32 bits can have in one place. */
#define FILE_BYTES(bits)                                                                                     \
    ((size_t)(UINT64_C(1) << (bits) < PTRDIFF_MAX ? UINT64_C(1) << (bits) : PTRDIFF_MAX - 1))

typedef struct Buffer {
    char *data;  /* a NUL follows the size bytes */
    size_t size; /* bytes */
} Buffer;

/* Reads a whole file. Free with buffer_free; after an error nothing is left to free.
 * ERR_IO: missing, or larger than max_bytes. ERR_INPUT: not a regular file. ERR_NOMEM. */
Status file_read(const char *path, size_t max_bytes, Buffer *out, Err *err);
/* The same of what is read once, to its end: also a pipe or a device, and standard input, whose path is "-" and which
 * messages call STDIN_NAME. Waits for who writes. ERR_INPUT: a folder. */
Status file_read_stream(const char *path, size_t max_bytes, Buffer *out, Err *err);
#define STDIN_NAME "standard input"
bool file_is_stdin(const char *path);
void buffer_free(Buffer *b);
/* Reads the first max_bytes of a file, or all of a shorter one: a header is judged before the rest is read.
 *   file_bytes   size of the whole file
 * Errors as file_read. */
Status file_read_head(const char *path, size_t max_bytes, Buffer *out, int64_t *file_bytes, Err *err);
/* Opens a regular file to read it and tells its size; close *fd. Errors as file_read. */
Status file_open_read(const char *path, int *fd, size_t *size, Err *err);
/* Size and XXH3-128 (as content_hash) of a file of any size, which is read in pieces. Errors as file_read. */
Status file_hash(const char *path, int64_t *file_bytes, char out[33], Err *err);

/* The CRC-32 of the first `bytes` of a file, or of all of a shorter one, read in pieces; and its size. Errors as
 * file_read. */
Status file_crc32(const char *path, int64_t bytes, uint32_t *crc, int64_t *file_bytes, Err *err);

/* How names of temporary files end: "run.html" is first written as ".run.html.rote-tmp", a name that no other program
 * uses. */
#define TEMPORARY_END ".rote-tmp"

/* A file that is written under its temporary name. atomic_commit flushes it, syncs it, renames it and syncs the folder.
 * atomic_abort, and a commit that fails before the rename, remove the temporary and leave the old file whole; where
 * there was none, a commit that fails leaves none. A file that another program has made there meanwhile stays.
 *   fault_name   of the file's failure points, see fault_point; NULL: it has none
 * ERR_IO, which names the path: a full disk, a read-only folder, another process is writing the same file.
 * ERR_INPUT: the path is too long, or is a link, a device or a pipe; or a file has appeared there. */
typedef struct AtomicFile {
    FILE *stream; /* write here; the commit tells of the first write that failed */
    WriteStream out;
    char path[1024], temporary[1088];
    bool fresh;  /* when it was opened, there was no such file */
    bool alone;  /* its temporary has a name of its own, as the disk has no locks between machines */
    bool placed; /* it stands under its name, though the commit may have failed after that */
} AtomicFile;
Status atomic_open(AtomicFile *file, const char *path, Err *err);
Status atomic_commit(AtomicFile *file, const char *fault_name, Err *err);
/* As atomic_commit, but waits for no disk: after a power cut the file may be the old one, empty or gone. For what may
 * be lost, since a sync takes milliseconds. Errors as atomic_commit. */
Status atomic_commit_unsynced(AtomicFile *file, const char *fault_name, Err *err);
/* As atomic_commit, but replaces nothing that was there before atomic_open, either. ERR_INPUT: a file of that name is
 * there, and stays. */
Status atomic_commit_new(AtomicFile *file, const char *fault_name, Err *err);
void atomic_abort(AtomicFile *file);
/* Writes `size` bytes as such a file; its fault_name is the file's name without the folder. Errors as atomic_commit. */
Status file_write_atomic(const char *path, const void *data, size_t size, Err *err);

/* Puts a file that another program has written under the name `to`, in the same file system: syncs it, renames it, and
 * syncs the folder. Replaces what is there. ERR_IO. */
Status file_place(const char *from, const char *to, Err *err);

/* Named failure points for the tests: the process kills itself (SIGKILL) when the environment's
 * ROTE_FAULT equals "name.where", or "name.where:k" on its k-th pass. atomic_commit passes its fault_name
 * (NULL: none) with before_sync, before_rename, before_dirsync, after. */
void fault_point(const char *name, const char *where);

/* "dir/name" in out; name NULL: dir alone. ERR_INPUT where it does not fit. */
Status path_join(char *out, size_t size, const char *dir, const char *name, Err *err);

/* Replaces the path by its realpath; does nothing if there is no such file or too little room. */
void path_make_absolute(char *path, size_t size);

/* As mkdir -p; each new folder's parent is synced. ERR_IO: it cannot be made. ERR_INPUT: the name is empty or too long,
 * or a part of it is a file. */
Status make_directories(const char *path, Err *err);
/* Opens a file of rote's own to write it in place, makes it where `flags` (of open) say so: a link there may lead to
 * somebody's file, a FIFO would be waited for. ERR_INPUT: a link, a folder, a device or a pipe; it stays untouched. */
Status file_open_own(const char *path, int flags, int *fd, Err *err);
/* Opens a file of rote's own to add lines to it, makes it where it is missing; empty: first drops what it holds.
 * fclose out->file. ERR_INPUT: a link, a folder, a device or a pipe is in its place, and stays untouched. ERR_IO. */
Status file_append_open(const char *path, bool empty, WriteStream *out, Err *err);
bool file_exists(const char *path);
/* Whether there is surely no such file. Not the opposite of file_exists: of a file that cannot be looked at (no
 * permission, a failing disk) both are false, and reading it says why. */
bool file_missing(const char *path);
/* Whether there is such a file, where neither answer may be a guess. ERR_IO: it cannot be looked at. ERR_NOMEM. */
Status file_there(const char *path, bool *out, Err *err);
/* What the user names must be there; this is the one rule for it. ERR_INPUT: "path: there is no such WHAT".
 *   what   "file", "run", .. */
Status file_named(const char *path, const char *what, Err *err);
/* The CRC-32 of zlib, of size bytes, any size. */
uint32_t crc32_of(const void *data, size_t size);

/* A hash of 16 bytes as 32 hex digits and a NUL. */
void hash_digits(const unsigned char digest[16], char out[33]);
/* The XXH3-128 of size bytes, in that form. */
void content_hash(const void *data, size_t size, char out[33]);

#endif
