/* Checksums; aligned memory and arenas; what the machine says of memory and disk; messages. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "tests/file_testing.h"

/* Room for one more item of every number of items: written and read back (address sanitizer sees the bounds). */
static void arrays_grow(void **state) {
    (void)state;
    int *array = NULL;
    for (int n = 0; n < 1000; n++) {
        array = memory_one_more(array, (size_t)n, sizeof *array);
        assert_non_null(array);
        array[n] = n;
    }
    for (int n = 0; n < 1000; n++) assert_int_equal(array[n], n);
    assert_null(memory_one_more(array, (size_t)1 << 62, sizeof *array));
    free(array);
}

/* ---- checksums ---- */

static void checksums(void **state) {
    (void)state;
    assert_int_equal(crc32_of("123456789", 9), 0xCBF43926u); /* the check value of CRC-32/ISO-HDLC */
    assert_int_equal(crc32_of("", 0), 0);
    char hex[33];
    content_hash("", 0, hex); /* XXH3-128 of nothing, as `xxhsum -H2` prints it */
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
    char other[33];
    content_hash("a", 1, other);
    assert_string_not_equal(hex, other);
}

/* ---- memory ---- */

static void aligned_memory(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 1000000};
    uint64_t before = memory_count();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = memory_alloc(sizes[i]);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t j = 0; j < sizes[i]; j++) assert_true(p[j] == 0);
        memset(p, 1, sizes[i]);
        memory_free(p);
    }
    assert_int_equal(memory_count() - before, 6);
    assert_null(memory_alloc(SIZE_MAX));
    assert_null(memory_alloc(SIZE_MAX - 70));
}

static void arenas(void **state) {
    (void)state;
    Arena arena = {0};
    assert_int_equal(arena_add(&arena, 1), 0);
    assert_int_equal(arena_add(&arena, 64), 64);
    assert_int_equal(arena_add(&arena, 65), 128);
    assert_int_equal(arena.size, 256);
    Err err = {0};
    assert_int_equal(arena_allocate(&arena, "a test", &err), OK);
    assert_int_equal((uintptr_t)arena.base % 64, 0);
    arena_free(&arena);
    assert_null(arena.base);

    /* A plan that overflows stays too large, whatever is added. */
    arena_add(&arena, SIZE_MAX / 2);
    arena_add(&arena, SIZE_MAX / 2 + 100);
    arena_add(&arena, 1000);
    assert_int_equal(arena.size, SIZE_MAX);
    assert_int_equal(arena_allocate(&arena, "a test", &err), ERR_NOMEM);
    assert_int_equal(strncmp(err.msg, "not enough memory for a test: ", 30), 0);
}

static uint64_t total_memory(void) {
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t address_space(void) {
    uint64_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return UINT64_MAX;
    if (fscanf(f, "%" SCNu64, &pages) != 1) pages = 0;
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limit_memory(const char *unused) {
    (void)unused;
    const uint64_t mib = 1 << 20;
    struct rlimit limit = {address_space() + 10 * mib, RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(1);
    uint64_t left = memory_available();
    _exit(left > 4 * mib && left <= 10 * mib ? 0 : 2);
}

static void figures(void **state) {
    (void)state;
    uint64_t available = memory_available();
    assert_true(available > (1u << 20) && available <= total_memory());
    assert_true(disk_available(".") > 0 && disk_available(".") < UINT64_MAX);
    assert_true(disk_available("not/there/yet") / 2 < disk_available("."));
    assert_true(disk_available("/proc/not/there") != UINT64_MAX);
    assert_true(disk_available("") < UINT64_MAX);

    size_t size = 32u << 20;
    char *p = memory_alloc(size); /* touched: it is zeroed */
    assert_non_null(p);
    assert_true(memory_peak_rss() > size && memory_peak_rss() < total_memory());
    memory_free(p);
}

static void address_space_limit(void **state) {
    (void)state;
    if (address_space() > (uint64_t)1 << 40) skip(); /* a sanitizer's shadow */
    int status = in_child(limit_memory, NULL);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- errors ---- */

static void messages(void **state) {
    (void)state;
    Err err = {0};
    assert_int_equal(err_set(&err, ERR_FORMAT, "%s:%d: torn", "file", 3), ERR_FORMAT);
    assert_int_equal(err.status, ERR_FORMAT);
    assert_string_equal(err.msg, "file:3: torn");
    err_prefix(&err, "%s: ", "folder");
    assert_string_equal(err.msg, "folder: file:3: torn");
    assert_int_equal(err_set(&err, ERR_IO, "again: %s", err.msg), ERR_IO); /* from itself */
    assert_string_equal(err.msg, "again: folder: file:3: torn");
    assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
    err_prefix(NULL, "nobody");

    char longer[3000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    (void)err_set(&err, ERR_IO, "%s", longer);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    err_prefix(&err, "front: ");
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    assert_int_equal(strncmp(err.msg, "front: xxx", 10), 0);
    err_prefix(&err, "%s", longer);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums), cmocka_unit_test(arrays_grow), cmocka_unit_test(aligned_memory),
        cmocka_unit_test(arenas),    cmocka_unit_test(figures),     cmocka_unit_test(address_space_limit),
        cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
