/* What fuzzing of online archives found, replayed (tests/fuzz/replay.h), and archives made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_online_archive.c" /* NOLINT */
#include "tests/fuzz/replay.h"

/* The seeds of fuzzing are archives that decode. */
static void seeds(void **state) {
    (void)state;
    for (int which = 0; which < FUZZ_ONLINE_SEEDS; which++) {
        Bytes archive = {0}, content = {0};
        OnlineRun run = run_of();
        Err err;
        fuzz_online_seed(which, &archive);
        if (online_read(&content, "x", archive.data, archive.size, MEMORY, &run, &err) != OK)
            fail_msg("%s", err.msg);
        assert_true(content.size > 0);
        fuzz_online(archive.data, archive.size);
        bytes_free(&archive);
        bytes_free(&content);
    }
}

static void whole_decodes(void **state) {
    (void)state;
    replay("tests/fuzz/corpus/online", fuzz_online, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds),
        cmocka_unit_test(whole_decodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
