/* The three targets of fuzzing: any bytes, and either nothing happens or the process dies. */
#ifndef ROTE_TESTS_FUZZ_ARCHIVE_H
#define ROTE_TESTS_FUZZ_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* The first byte says which parser gets the rest. */
enum { FUZZ_HEADER, FUZZ_STRUCTURE, FUZZ_SIDE, FUZZ_WEIGHTS, FUZZ_STREAM, FUZZ_SYMBOLS, FUZZ_PARSERS };
void fuzz_parsers(const uint8_t *data, size_t size);
/* A whole two-part archive; its length, CRC and hashes need not be right. */
void fuzz_decode(const uint8_t *data, size_t size);
/* A whole online archive, the same of it. */
void fuzz_online(const uint8_t *data, size_t size);
/* An archive that it decodes, appended to out. */
enum { FUZZ_ONLINE_SEEDS = 16 };
void fuzz_online_seed(int which, Bytes *out);
/* Frees what the targets keep from call to call. */
void fuzz_end(void);

#endif
