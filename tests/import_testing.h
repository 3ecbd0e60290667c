/* What the tests of imported facts share: options, and a set imported from given text. */
#ifndef ROTE_TESTS_IMPORT_TESTING_H
#define ROTE_TESTS_IMPORT_TESTING_H

#include "tests/facts_testing.h"

#include "base/random.h"
#include "data/folder/folder.h"
#include "data/import/encode.h"
#include "data/import/import.h"

static const ImportOptions bytes = {.bytes = true}, words = {.bytes = false};

static inline FactSet import(const char *path, ImportOptions options) {
    FactSet facts;
    Err err = {0};
    if (facts_import(path, &options, &facts, NULL, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static inline FactSet import_text(const char *path, const char *text, ImportOptions options) {
    put_file(path, text, strlen(text));
    return import(path, options);
}

/* Facts as "prompt|answer|tag;..." ("-" for a field that is not there). */
static inline void expect_fields(const FactSet *facts, const char *expected) {
    char got[4096];
    size_t used = 0;
    for (int i = 0; i < facts->n; i++) {
        char buffer[2048];
        Text prompt, answer;
        assert_true(facts_text_bytes(facts, i) <= sizeof buffer);
        facts_fields(facts, i, buffer, &prompt, &answer);
        used += prompt.data ? text_escape(got + used, sizeof got - used, prompt)
                            : (size_t)snprintf(got + used, sizeof got - used, "-");
        used += (size_t)snprintf(got + used, sizeof got - used, "|");
        used += text_escape(got + used, sizeof got - used, answer);
        used += (size_t)snprintf(got + used, sizeof got - used, "|%s;",
                                 facts->tag[i] >= 0 ? facts->tag_names[facts->tag[i]] : "-");
    }
    got[used] = '\0';
    assert_string_equal(got, expected);
}

#endif
