/* What the commands about archives share. */
#ifndef ROTE_CLI_ARCHIVE_H
#define ROTE_CLI_ARCHIVE_H

#include "base/file.h"
#include "cli/cli.h"
#include "eval/archive/two_part.h"
#include "eval/capacity/certify.h"

/* The format of so many bits a weight. False: there is none. */
bool format_of_bits(int64_t bits, Quantize *out);
#define FORMAT_BITS "32, 16, 8, 6, 4, 3, 2"

/* Larger ones are no archives of this program's. */
#define ARCHIVE_MOST ((size_t)1 << 35)

/* Under a temporary name, decoded by another process unless --no-verify, renamed. */
Status archive_write(const Args *args, const char *path, const Bytes *archive, int threads, Err *err);

/* Of the process that then decodes: another number than the encoder's. */
int verify_threads(int threads);

/* cli/archive/online.c */
Status compress_online(const Args *args, const char *path, int threads, Err *err);
Status decompress_online(Bytes *content, const char *path, const Buffer *archive, double most_memory,
                         int threads, bool quiet, Err *err);
Status show_online(const char *path, const Buffer *archive, bool json, Err *err);

/* One part of an archive as a line; the parts of a two-part one. */
void show_part(const char *name, size_t bytes, size_t all, const char *note);
void show_two_part(const TwoPartSizes *sizes, Quantize held, int64_t params);

#endif
