/* The k-th allocation fails, for every k until nothing fails any more: each time an error comes back, and not
 * a block is lost. Needs glibc's own names to count under malloc. */
#include "tests/facts_testing.h"

#include "data/folder/folder.h"
#include "data/import/import.h"
#include "data/obtain.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&                 \
    !defined(SANITIZED)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static long fail_at; /* allocations until one fails; 0: none fails */
static long live;

static bool fails(void) { return fail_at > 0 && --fail_at == 0; }

void *malloc(size_t size) {
    void *p = fails() ? NULL : __libc_malloc(size);
    live += p != NULL;
    return p;
}

void *calloc(size_t n, size_t size) {
    void *p = fails() ? NULL : __libc_calloc(n, size);
    live += p != NULL;
    return p;
}

void *realloc(void *old, size_t size) {
    void *p = fails() ? NULL : __libc_realloc(old, size);
    live += !old && p != NULL;
    return p;
}

void free(void *p) {
    live -= p != NULL;
    __libc_free(p);
}

enum { NOTHING_FAILED = 100000 };

typedef Status (*Task)(FactSet *facts, Err *err);

static Status draw_distinct(FactSet *facts, Err *err) {
    return facts_generate(&(FactsConfig){.n = 50, .seq_len = 3, .vocab_size = 9}, facts, err);
}
static Status draw_shuffled(FactSet *facts, Err *err) {
    return facts_generate(&(FactsConfig){.n = 50, .seq_len = 2, .vocab_size = 9}, facts, err);
}
static Status import_tsv(FactSet *facts, Err *err) {
    return facts_import("f.tsv", &(ImportOptions){.bytes = true}, facts, NULL, err);
}
static Status import_words(FactSet *facts, Err *err) {
    return facts_import("f.tsv", &(ImportOptions){0}, facts, NULL, err);
}
static Status import_jsonl(FactSet *facts, Err *err) {
    return facts_import("f.jsonl", &(ImportOptions){.bytes = true}, facts, NULL, err);
}
static Status load_imported(FactSet *facts, Err *err) { return facts_load("imported", facts, err); }
static Status load_drawn(FactSet *facts, Err *err) { return facts_load("drawn", facts, err); }

static Status load_pool(FactSet *facts, Err *err) { return facts_load("pool", facts, err); }

static FactSet to_save;
static Status save(FactSet *facts, Err *err) {
    *facts = (FactSet){0};
    return facts_save(&to_save, "saved", err);
}

static void every_failure(Task task, bool saves) {
    for (long k = 1;; k++) {
        if (saves) remove_folder("saved");
        FactSet facts;
        Err err = {0};
        long before = live;
        fail_at = k;
        Status status = task(&facts, &err);
        bool failed = fail_at == 0;
        fail_at = 0;
        facts_free(&facts); /* after a failure too */
        assert_int_equal(live, before);
        if (!failed) {
            assert_int_equal(status, OK);
            assert_true(k > 3);
            printf("%ld allocations\n", k - 1);
            return;
        }
        /* A library may get over it (a smaller buffer); then the task is done as if nothing had been. */
        if (status != OK) assert_true(status == err.status && err.msg[0] != '\0');
        if (saves && status != OK) assert_false(file_exists("saved/manifest.json"));
        assert_true(k < NOTHING_FAILED);
    }
}

static void tasks(void **state) {
    (void)state;
    /* 300 records: more than the first block of a growing list */
    char text[8192], json[16384];
    size_t used = 0, json_used = 0;
    for (int i = 0; i < 300; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "p%d\ta\tt%d\n", i, i % 3);
        json_used += (size_t)snprintf(json + json_used, sizeof json - json_used,
                                      "{\"prompt\":\"p%d\",\"answer\":\"a\"}\n", i);
    }
    put_file("f.tsv", text, used);
    put_file("f.jsonl", json, json_used);
    Err err = {0};
    FactSet drawn;
    FactSet imported;
    assert_int_equal(import_words(&imported, &err), OK);
    assert_int_equal(facts_save(&imported, "imported", &err), OK);
    facts_free(&imported);
    put_file("few.tsv", text, 40); /* every save syncs: few allocations */
    assert_int_equal(facts_import("few.tsv", &(ImportOptions){0}, &to_save, NULL, &err), OK);
    assert_int_equal(draw_distinct(&drawn, &err), OK);
    assert_int_equal(facts_save(&drawn, "drawn", &err), OK);
    facts_free(&drawn);

    every_failure(draw_distinct, false);
    every_failure(draw_shuffled, false);
    every_failure(import_tsv, false);
    every_failure(import_words, false);
    every_failure(import_jsonl, false);
    every_failure(load_imported, false);
    every_failure(load_drawn, false);
    every_failure(save, true);
    to_save.n--, to_save.n_junk++; /* the last fact becomes junk: a pool */
    assert_int_equal(facts_hash(&to_save, &err), OK);
    assert_int_equal(facts_save(&to_save, "pool", &err), OK);
    every_failure(load_pool, false);
    every_failure(save, true);
    facts_free(&to_save);
}

#else
static void tasks(void **state) {
    (void)state;
    skip();
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tasks)};
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
