/* What fuzzing of other programs' model files found, replayed (tests/fuzz/replay.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_foreign.c" /* NOLINT */
#include "tests/fuzz/replay.h"

FUZZ_FOREIGN(REPLAY_TEST)

int main(void) {
    const struct CMUnitTest tests[] = {FUZZ_FOREIGN(REPLAY_ROW)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
