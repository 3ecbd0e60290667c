/* The targets of fuzzing: any bytes, and either nothing happens or the process dies. */
#ifndef ROTE_TESTS_FUZZ_FUZZ_H
#define ROTE_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* X(name, longest input): fuzz_NAME; its inputs are kept in tests/fuzz/corpus/NAME. */
#define FUZZ_TEXTS(X) /* fuzz_texts.c */                                                                     \
    X(config, 600) X(sweep, 600) X(table, 200) X(jsonl, 200) X(folder, 1500) X(pattern, 48) X(labels, 64)
#define FUZZ_RUNS(X) /* fuzz_runs.c */ X(checkpoint, 1200) X(safetensors, 400) X(done, 500) X(result, 700)
#define FUZZ_ARCHIVES(                                                                                       \
    X) /* fuzz_archive.c: parsers, and `decode`, a whole two-part archive behind its CRC */                  \
    X(header, 300)                                                                                           \
    X(structure, 100) X(side, 700) X(weights, 500) X(stream, 200) X(symbols, 200) X(decode, 1500)
#define FUZZ_FOREIGN(X) /* fuzz_foreign.c */ X(gguf, 600) X(tokenizer, 600) X(shard, 400)
#define FUZZ_ONLINE(X)  /* fuzz_online_archive.c: a whole online archive behind its CRC */ X(online, 300)

#define DECLARE(name, longest) void fuzz_##name(const uint8_t *data, size_t size);
FUZZ_TEXTS(DECLARE)
FUZZ_RUNS(DECLARE)
FUZZ_ARCHIVES(DECLARE)
FUZZ_FOREIGN(DECLARE)
FUZZ_ONLINE(DECLARE)
#undef DECLARE

/* Free what the targets keep from call to call. */
void fuzz_texts_end(void);
void fuzz_runs_end(void);
void fuzz_archive_end(void);

/* An archive that fuzz_online decodes, appended to out. */
enum { FUZZ_ONLINE_SEEDS = 16 };
void fuzz_online_seed(int which, Bytes *out);

#endif
