/* What fuzzing found (tests/fuzz/run.sh), as a plain test: each input kept in tests/fuzz/corpus, as it is and in
 * changed forms, must be refused or decode within its bounds.
 *   FUZZ_CHANGES=2000   as many changed forms of each (default 300) */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fuzz/fuzz_archive.c" /* NOLINT */
#include "tests/model_case.h"

enum { SEED = 9700, INPUT_MOST = 4096 };

static void change(Draw *d, uint8_t *data, size_t *size) {
    int n = draw_int(d, 1, 4);
    for (int i = 0; i<n && * size> 1; i++) {
        size_t at = (size_t)draw_int(d, 0, (int)*size - 1);
        switch (draw_int(d, 0, 3)) {
        case 0: data[at] ^= (uint8_t)(1 << draw_int(d, 0, 7)); break;
        case 1: data[at] = (uint8_t)(draw_int(d, 0, 1) ? 0xff : draw_int(d, 0, 3)); break;
        case 2: *size = at; break;
        default: memmove(data + at, data + at + 1, --*size - at);
        }
    }
}

static void replay(const char *folder, void (*target)(const uint8_t *, size_t)) {
    static uint8_t data[INPUT_MOST], changed[INPUT_MOST];
    const char *wanted = getenv("FUZZ_CHANGES");
    int files = 0, n = wanted ? atoi(wanted) : 300;
    struct dirent **entry;
    int entries = scandir(folder, &entry, NULL, alphasort);
    assert_true(entries > 2);
    Draw d = draw_from(SEED);
    for (int i = 0; i < entries; free(entry[i++])) {
        char path[512];
        if (entry[i]->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        size_t size = fread(data, 1, sizeof data, f);
        assert_int_equal(fclose(f), 0);
        target(data, size);
        files++;
        for (int k = 0; k < n; k++) {
            size_t changed_size = size;
            memcpy(changed, data, size);
            change(&d, changed, &changed_size);
            target(changed, changed_size);
        }
    }
    free(entry);
    printf("seed %d: %d inputs and %d changes of each\n", SEED, files, n);
}

static void parsers(void **state) {
    (void)state;
    replay("tests/fuzz/corpus/parsers", fuzz_parsers);
}

static void whole_decodes(void **state) {
    (void)state;
    replay("tests/fuzz/corpus/decode", fuzz_decode);
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
