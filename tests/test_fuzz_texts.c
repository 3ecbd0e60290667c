/* What fuzzing of texts that people write or edit found, replayed (tests/fuzz/replay.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_texts.c"   /* NOLINT */
#include "tests/fuzz/memory_files.c" /* NOLINT */
#include "tests/fuzz/replay.h"

FUZZ_TEXTS(REPLAY_TEST)

int main(void) {
    const struct CMUnitTest tests[] = {FUZZ_TEXTS(REPLAY_ROW)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fuzz_texts_end();
    return failed;
}
