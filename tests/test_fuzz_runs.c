/* What fuzzing of what a run leaves found, replayed (tests/fuzz/replay.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_runs.c"    /* NOLINT */
#include "tests/fuzz/memory_files.c" /* NOLINT */
#include "tests/fuzz/replay.h"

FUZZ_RUNS(REPLAY_TEST)

int main(void) {
    const struct CMUnitTest tests[] = {FUZZ_RUNS(REPLAY_ROW)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fuzz_runs_end();
    return failed;
}
