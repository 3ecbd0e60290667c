/* What fuzzing found (tests/fuzz/run.sh), as a plain test: each input kept in a folder of tests/fuzz/corpus, as it is
 * and in changed forms, must be refused or decode within its bounds.
 *   FUZZ_CHANGES=2000   as many changed forms of each */
#ifndef ROTE_TESTS_FUZZ_REPLAY_H
#define ROTE_TESTS_FUZZ_REPLAY_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model_case.h"

enum { REPLAY_SEED = 9700, REPLAY_INPUT_MOST = 4096 };

static void replay_change(Draw *d, uint8_t *data, size_t *size) {
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

/* changes: forms of each input, unless FUZZ_CHANGES says how many. */
static void replay(const char *folder, void (*target)(const uint8_t *, size_t), int changes) {
    static uint8_t data[REPLAY_INPUT_MOST], changed[REPLAY_INPUT_MOST];
    const char *wanted = getenv("FUZZ_CHANGES");
    int files = 0, n = wanted ? atoi(wanted) : changes;
    struct dirent **entry;
    int entries = scandir(folder, &entry, NULL, alphasort);
    assert_true(entries > 2);
    Draw d = draw_from(REPLAY_SEED);
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
            replay_change(&d, changed, &changed_size);
            target(changed, changed_size);
        }
    }
    free(entry);
    printf("seed %d: %d inputs and %d changes of each\n", REPLAY_SEED, files, n);
}

/* A test of a target in the lists of fuzz.h, and its row. */
#define REPLAY_TEST(name, longest)                                                                           \
    static void replay_##name(void **state) {                                                                \
        (void)state;                                                                                         \
        replay("tests/fuzz/corpus/" #name, fuzz_##name, 300);                                                \
    }
#define REPLAY_ROW(name, longest) cmocka_unit_test(replay_##name),

#endif
