/* libFuzzer's program for all targets: ROTE_FUZZ names the one that gets the bytes (tests/fuzz/run.sh). */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void (*target)(const uint8_t *, size_t);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    const char *wanted = getenv("ROTE_FUZZ");
#define CHOOSE(name, longest)                                                                                \
    if (wanted && !strcmp(wanted, #name)) target = fuzz_##name;
    FUZZ_TEXTS(CHOOSE)
    FUZZ_RUNS(CHOOSE)
    FUZZ_ARCHIVES(CHOOSE)
    FUZZ_FOREIGN(CHOOSE)
    FUZZ_ONLINE(CHOOSE)
    if (target) return 0;
    fprintf(stderr, "ROTE_FUZZ must name a target (tests/fuzz/fuzz.h)\n");
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    target(data, size);
    return 0;
}
