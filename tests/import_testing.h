/* What the tests of imported facts share: options, and a set imported from given text. */
#ifndef ROTE_TESTS_IMPORT_TESTING_H
#define ROTE_TESTS_IMPORT_TESTING_H

#include "tests/facts_testing.h"

#include "base/random.h"
#include "data/folder/folder.h"
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

#endif
