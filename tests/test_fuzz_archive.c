/* What fuzzing of two-part archives found, replayed (tests/fuzz/replay.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_archive.c" /* NOLINT */
#include "tests/fuzz/replay.h"

FUZZ_ARCHIVES(REPLAY_TEST)

int main(void) {
    const struct CMUnitTest tests[] = {FUZZ_ARCHIVES(REPLAY_ROW)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fuzz_archive_end();
    return failed;
}
