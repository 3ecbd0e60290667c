/* The archive: a header with checksums, then sections (docs/formats.md). It knows neither models nor facts. */
#ifndef ROTE_EVAL_ARCHIVE_ARCHIVE_H
#define ROTE_EVAL_ARCHIVE_ARCHIVE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"

/* Version 2 has facts in a tokenizer's tokens. The lower one that says all is written; both are read. */
enum { ARCHIVE_VERSION = 1, ARCHIVE_VERSION_TOKENS = 2, ARCHIVE_HEADER_BYTES = 56, HASH_BYTES = 16 };
#define ARCHIVE_MARK "\x89ROTE\r\n\x1a" /* a transfer as text, or one cut at the first zero, breaks it */

typedef enum ArchiveMode { ARCHIVE_TWO_PART = 1, ARCHIVE_ONLINE = 2 } ArchiveMode;

typedef struct ArchiveHeader {
    ArchiveMode mode;
    int version;                    /* 0: ARCHIVE_VERSION */
    uint64_t content_bytes;         /* of the decoded content */
    unsigned char hash[HASH_BYTES]; /* its XXH3-128, canonical byte order */
} ArchiveHeader;

/* One part of the archive: its bytes, and a name for messages. */
typedef struct Section {
    const uint8_t *data;
    size_t size;
} Section;

void hash_of(const void *data, size_t size, unsigned char out[HASH_BYTES]);

/* The whole file of these sections, in their order. ERR_NOMEM. */
Status archive_seal(Bytes *out, const ArchiveHeader *header, const Section *section, int n, Err *err);

/* Reads a whole archive. In a regular file, the mark, version and length are checked before the rest is read.
 *   stream   also a pipe or standard input (file_read_stream)
 * ERR_FORMAT: no archive, of another version, or of another length. Errors of file_read. */
Status archive_read(const char *path, bool stream, size_t max_bytes, Buffer *out, Err *err);

/* Checks `size` bytes and points at their sections, without copying: mark, version, length and CRC-32 first, then
 * the header; exactly `n` sections.
 *   path   for the messages
 * ERR_FORMAT: no archive, damaged, or of another version or numeric spec; the message names which. */
Status archive_look(const char *path, const uint8_t *data, size_t size, ArchiveHeader *header, Err *err);
Status archive_sections(const char *path, const uint8_t *data, size_t size, Section *section, int n,
                        Err *err);

#endif
