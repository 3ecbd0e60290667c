/* What a browser has not: stores, whose library it lacks, and other programs. Asked for, each is an error in the
 * program's own words. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/store.h"

/* ---- stores ---- */

Status store_open(Store **out, const ToolSpec *spec, Err *err) {
    (void)spec;
    *out = NULL;
    return err_set(err, ERR_INPUT, "this build has no SQLite, so it opens no store");
}

Status store_check(const Store *store, Err *err) {
    (void)err;
    CHECK(!store);
    return OK;
}

Status store_call(Store *store, const ToolCall *call, Reply *out, Err *err) {
    (void)call, (void)out;
    return store_check(store, err);
}

const char *store_hash(const Store *store) {
    CHECK(!store);
    return "";
}

void store_close(Store *store) { CHECK(!store); }

/* ---- programs ---- */

int posix_spawnp(pid_t *restrict pid, const char *restrict file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *restrict attributes, char *const *restrict argv,
                 char *const *restrict environment) {
    (void)pid, (void)file, (void)actions, (void)attributes, (void)argv, (void)environment;
    return ENOSYS;
}

/* ---- the C library ---- */

typedef int Compare(const void *, const void *, void *);

/* Merges two sorted halves; equal elements keep their order, as in glibc. */
static void sort(char *array, size_t n, size_t size, Compare *compare, void *context, char *room) {
    size_t half = n / 2, left = 0, right = half, at = 0;
    if (n < 2) return;
    sort(array, half, size, compare, context, room);
    sort(array + half * size, n - half, size, compare, context, room);
    while (left < half && right < n) {
        size_t *next = compare(array + left * size, array + right * size, context) <= 0 ? &left : &right;
        memcpy(room + at++ * size, array + (*next)++ * size, size);
    }
    memcpy(room + at * size, array + left * size, (half - left) * size);
    memcpy(array, room, (at + half - left) * size);
}

void qsort_r(void *array, size_t n, size_t size, Compare *compare, void *context) {
    char *room = malloc(n * size + 1);
    if (!room) abort(); /* memory grows until the browser ends the page's program */
    sort(array, n, size, compare, context, room);
    free(room);
}
