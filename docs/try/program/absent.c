/* What a browser has not: stores, whose library it lacks, other programs and OpenBLAS. Asked for, each is an error in
 * the program's own words. */
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

/* ---- programs, and libraries that are loaded ---- */

/* The linker's --wrap gives these to who calls the functions without __wrap_. */
int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const *argv, char *const *environment);
int __wrap_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const *argv, char *const *environment);
void *__wrap_dlopen(const char *name, int flags);

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const *argv, char *const *environment) {
    (void)pid, (void)path, (void)actions, (void)attributes, (void)argv, (void)environment;
    return ENOSYS;
}

int __wrap_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const *argv, char *const *environment) {
    return __wrap_posix_spawn(pid, file, actions, attributes, argv, environment);
}

void *__wrap_dlopen(const char *name, int flags) {
    (void)name, (void)flags;
    return NULL;
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
