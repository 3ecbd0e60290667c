/* Shared by the commands for archives: rote compress, decompress, archive show (docs/formats.md). */
#ifndef ROTE_CLI_ARCHIVE_ARCHIVE_H
#define ROTE_CLI_ARCHIVE_ARCHIVE_H

#include <jansson.h>

#include "base/file.h"
#include "cli/common/args.h"
#include "eval/archive/two_part.h"
#include "train/online/online.h"

/* A larger file is not read: it is not an archive of rote's. */
#define ARCHIVE_MAX_BYTES FILE_BYTES(35)

static inline const uint8_t *bytes_of(const Buffer *b) { return (const uint8_t *)b->data; }

/* ---- write.c ---- */

/* The format that stores a weight in this number of bits. False: there is none. */
bool format_of_bits(int64_t bits, Quantize *out);
#define FORMAT_BITS "32, 16, 8, 6, 4, 3, 2"

/* Writes the archive under a temporary name, has another process decode and compare it, and renames it; --no-verify
 * leaves out the second step. threads: the number that wrote it. After an error there is no file at path. ERR_IO.
 * ERR_FORMAT: it does not decode to what went in. ERR_STOPPED. */
Status archive_write(const Args *args, const char *path, const Bytes *archive, int threads, Err *err);
/* The threads of the verifying process: another number than the writer's, to find a result that depends on it. */
int verify_threads(int threads);

/* ---- online.c: archives of files, without stored weights ---- */

/* rote compress FILE --online. threads: 0: all. ERR_INPUT: an option or the file. ERR_IO, ERR_NOMEM, ERR_STOPPED. */
Status compress_online(const Args *args, const char *path, int threads, Err *err);
/* max_memory: bytes; 0: all that is available. Free content with bytes_free. ERR_FORMAT: a damaged archive.
 * ERR_INPUT: it needs more memory. ERR_NOMEM, ERR_STOPPED. */
Status decompress_online(Bytes *content, const char *path, const Buffer *archive, double max_memory,
                         int threads, bool quiet, Err *err);

/* ---- show.c: lines about an archive ---- */

/* The sizes of its parts, in bits and as shares. stored: the format of the weights. */
void show_two_part_sizes(const TwoPartSizes *sizes, Quantize stored, int64_t params);
/* What an archive has of a tokenizer. tokens: all its tokens; 0: the facts have other symbols. texts: those packed. */
void show_tokenizer(int tokens, int texts);
json_t *tokenizer_sizes_json(int tokens, int texts);
void show_online_sizes(const OnlineSizes *sizes);
/* "n-grams, matches, a transformer of 2 layers and width 64". Returns out. */
const char *online_parts_text(const OnlinePlan *plan, char *out, size_t size);

#endif
