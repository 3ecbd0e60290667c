/* Preloaded into a program, makes one of its allocations fail: tests/check_allocations.sh.
 *
 *   ALLOCATION_LOG=FILE   appends "NUMBER HASH" for the first allocation of each call stack, and fails none; the hash
 *                         is of return addresses, so run without address space randomization (setarch -R)
 *   ALLOCATION_FAIL=N     the N-th allocation (from 1) returns NULL with ENOMEM, once
 *   ALLOCATION_LARGEST=N  each allocation of more bytes does (tests/wasm/program.js)
 *
 * Counts malloc, calloc, realloc, aligned_alloc, posix_memalign of the program's main thread, from its first. What
 * libc allocates for itself before main counts too, so that numbers stay the same from run to run. Processes that the
 * program starts (gnuplot, its own workers) are left alone: a trial is one failure. So is a library that the program
 * loads: at a failure in its start-up libgfortran, which OpenBLAS brings, ends the program, and crashes as it does. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH = 24, STACKS = 1 << 16 };

static long count, fail_at;
static size_t largest = SIZE_MAX;
static int log_fd = -1;
static uint64_t seen[STACKS];
static bool ready, busy, loading;

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void *(*next_aligned)(size_t, size_t);
static int (*next_memalign)(void **, size_t, size_t);

/* dlsym itself may call calloc: that one is served from here. */
static char early[4096];
static size_t early_used;
static bool is_early(const void *p) {
    return (const char *)p >= early && (const char *)p < early + sizeof early;
}

static void get_ready(void) {
    if (ready || busy) return;
    busy = true;
    next_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    next_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    next_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    next_aligned = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
    next_memalign = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
    const char *at = getenv("ALLOCATION_FAIL"), *log = getenv("ALLOCATION_LOG");
    const char *most = getenv("ALLOCATION_LARGEST");
    if (at) fail_at = strtol(at, NULL, 10);
    if (most) largest = strtoul(most, NULL, 10);
    if (log) {
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        void *warm[4];
        backtrace(warm, 4); /* loads its library now */
    }
    ready = true;
    busy = false;
}

__attribute__((constructor)) static void leave_children_alone(void) { unsetenv("LD_PRELOAD"); }

static void log_stack(void) {
    void *frame[DEPTH];
    char line[64];
    busy = true;
    int n = backtrace(frame, DEPTH);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int i = 2; i < n; i++) hash = (hash ^ (uintptr_t)frame[i]) * UINT64_C(0x100000001b3);
    size_t place = hash % STACKS;
    while (seen[place] && seen[place] != hash) place = (place + 1) % STACKS;
    if (!seen[place]) {
        seen[place] = hash;
        int size = snprintf(line, sizeof line, "%ld %016llx\n", count, (unsigned long long)hash);
        if (write(log_fd, line, (size_t)size) != size) _exit(99);
    }
    busy = false;
}

/* Whether this allocation fails. */
static bool fails(size_t size) {
    get_ready();
    if (busy || loading || !ready || getpid() != (pid_t)syscall(SYS_gettid)) return false;
    count++;
    if (log_fd >= 0) log_stack();
    if (count != fail_at && size <= largest) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) { return fails(size) ? NULL : next_malloc(size); }

void *calloc(size_t n, size_t size) {
    if (!next_calloc && busy) {
        size_t bytes = (n * size + 15) / 16 * 16;
        void *p = early_used + bytes <= sizeof early ? early + early_used : NULL;
        early_used += bytes;
        return p;
    }
    return fails(n * size) ? NULL : next_calloc(n, size);
}

void *realloc(void *p, size_t size) { return fails(size) ? NULL : next_realloc(p, size); }

void *aligned_alloc(size_t alignment, size_t size) { return fails(size) ? NULL : next_aligned(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    return fails(size) ? ENOMEM : next_memalign(out, alignment, size);
}

void *dlopen(const char *file, int mode) {
    static void *(*next_dlopen)(const char *, int);
    if (!next_dlopen) next_dlopen = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    loading = true;
    void *library = next_dlopen(file, mode);
    loading = false;
    return library;
}

void free(void *p) {
    static void (*next_free)(void *);
    if (is_early(p)) return;
    if (!next_free) next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    next_free(p);
}
