/* What fuzzing of two-part archives found, replayed (tests/fuzz/replay.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_archive.c" /* NOLINT */
#include "tests/fuzz/replay.h"

static void parsers(void **state) {
    (void)state;
    replay("tests/fuzz/corpus/parsers", fuzz_parsers, 300);
}

static void whole_decodes(void **state) {
    (void)state;
    replay("tests/fuzz/corpus/decode", fuzz_decode, 300);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsers),
        cmocka_unit_test(whole_decodes),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fuzz_end();
    return failed;
}
