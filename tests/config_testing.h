/* What the tests of the config share: a folder of their own, so that messages name a plain "cfg.yaml", configs from
 * texts and overrides, and whether two are the same. */
#ifndef ROTE_TESTS_CONFIG_TESTING_H
#define ROTE_TESTS_CONFIG_TESTING_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config/config.h"
#include "base/config/keys.h"
#include "base/random.h"

static char folder[] = "/tmp/rote-test-config-XXXXXX";

static inline int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int leave_folder(void **state) {
    (void)state;
    unlink("cfg.yaml");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static inline void write_config(const void *text, size_t size) {
    FILE *f = fopen("cfg.yaml", "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static inline Config loaded(const char *text) {
    Config config;
    Err err = {0};
    if (config_load_text(&config, text, "text", &err) != OK) fail_msg("%s", err.msg);
    return config;
}

static inline Config with(const char *override) {
    Config config;
    Err err = {0};
    if (config_load(&config, NULL, 1, &override, &err) != OK) fail_msg("%s", err.msg);
    return config;
}

static inline char *difference_of(const Config *before, const Config *after, int max) {
    char *text;
    assert_int_equal(config_difference(before, after, max, &text, NULL), OK);
    return text;
}

static inline void assert_same_config(const Config *a, const Config *b) {
    char *x = config_text(a, false), *y = config_text(b, false);
    assert_string_equal(x, y);
    free(x);
    free(y);
    assert_int_equal(a->n_neurons, b->n_neurons);
    for (int i = 0; i < KEY_COUNT; i++) {
        const char *p = (const char *)a + keys[i].offset, *q = (const char *)b + keys[i].offset;
        bool text = key_is_text(&keys[i]);
        if (text ? strcmp(p, q) != 0 : memcmp(p, q, keys[i].size) != 0) fail_msg("%s differs", keys[i].name);
    }
}

typedef struct Bad {
    const char *text, *message;
} Bad;

#endif
