/* Aligned memory, and how much memory is available. */
#include "base/memory.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#include "base/number.h"
#include "base/small_file.h"

enum {
    ALIGNMENT = 64,              /* a cache line, and the widest vector */
    HUGE_PAGE = 2 * 1024 * 1024, /* what Linux calls one on x86-64 and on aarch64 with pages of 4 KiB */
    LARGE = 64 * 1024 * 1024     /* below it, threads take longer to start than they save */
};

static atomic_uint_fast64_t allocations;

/* SIZE_MAX when the sum or the rounding does not fit. */
static size_t padded(size_t bytes) {
    if (bytes > SIZE_MAX - ALIGNMENT) return SIZE_MAX;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Strided reads (a matrix by columns) touch one page per row; with small pages their translations do not fit in the
 * TLB. Only complete huge pages, so that no more memory is used. */
static void ask_for_huge_pages(void *p, size_t size) {
#ifdef MADV_HUGEPAGE
    if (size >= 2 * HUGE_PAGE) (void)madvise(p, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#else
    (void)p, (void)size;
#endif
}

/* The system gives memory when it is first written, page by page, which takes longer than all else in loading a large
 * model: threads ask for their pages at the same time. */
static void zero(char *p, size_t size) {
    int64_t pieces = (int64_t)((size + HUGE_PAGE - 1) / HUGE_PAGE);
#pragma omp parallel for schedule(static) if (size >= LARGE)
    for (int64_t i = 0; i < pieces; i++) {
        size_t from = (size_t)i * HUGE_PAGE, left = size - from;
        memset(p + from, 0, left < HUGE_PAGE ? left : HUGE_PAGE);
    }
}

void *memory_alloc(size_t bytes) {
    size_t size = padded(bytes ? bytes : 1);
    void *p = NULL;
    atomic_fetch_add(&allocations, 1);
    if (size > PTRDIFF_MAX || posix_memalign(&p, size < 2 * HUGE_PAGE ? ALIGNMENT : HUGE_PAGE, size) != 0)
        return NULL;
    ask_for_huge_pages(p, size);
    zero(p, size);
    return p;
}

void *memory_reserve(size_t bytes) {
    void *p = NULL;
    size_t size = padded(bytes ? bytes : 1);
    atomic_fetch_add(&allocations, 1);
    return size <= PTRDIFF_MAX && posix_memalign(&p, ALIGNMENT, size) == 0 ? p : NULL;
}

void memory_free(void *p) { free(p); }

void *memory_one_more(void *array, size_t n, size_t size) {
    if (n & (n - 1)) return array; /* the last power of two had room for it */
    size_t capacity = n ? 2 * n : 1;
    return capacity < n || capacity > SIZE_MAX / size ? NULL : realloc(array, capacity * size);
}

uint64_t memory_count(void) { return atomic_load(&allocations); }

/* ---- the machine ---- */

#ifdef __APPLE__

uint64_t memory_available(void) {
    uint64_t bytes = 0;
    size_t size = sizeof bytes;
    return sysctlbyname("hw.memsize", &bytes, &size, NULL, 0) == 0 ? bytes : UINT64_MAX;
}

#else

/* The number after `name` in a file of "name number" lines, or the file's first number where name is "";
 * false where there is none (cgroup: "max"). */
static bool read_figure(const char *path, const char *name, uint64_t *out) {
    char text[SMALL_FILE_MAX], *at = text;
    size_t n = strlen(name);
    if (!small_file_read(path, text)) return false;
    for (const char *line; (line = small_file_line(&at));)
        if (strncmp(line, name, n) == 0 && sscanf(line + n, "%" SCNu64, out) == 1) return true;
    return false;
}

/* Memory left under the limits of a control group and all its parents. They count cached file pages as used, but the
 * kernel can free the inactive ones. */
static uint64_t cgroup_available(const char *root, const char *group, const char *limit_name,
                                 const char *usage_name, const char *cache_name) {
    char folder[512], path[640];
    uint64_t available = UINT64_MAX;
    snprintf(folder, sizeof folder, "%s", group);
    for (;;) {
        uint64_t limit = 0, usage = 0, cache = 0;
        snprintf(path, sizeof path, "%s%s/%s", root, folder, limit_name);
        bool limited = read_figure(path, "", &limit);
        snprintf(path, sizeof path, "%s%s/%s", root, folder, usage_name);
        if (limited && read_figure(path, "", &usage)) {
            snprintf(path, sizeof path, "%s%s/memory.stat", root, folder);
            if (read_figure(path, cache_name, &cache)) usage -= cache < usage ? cache : usage;
            uint64_t here = limit > usage ? limit - usage : 0;
            if (here < available) available = here;
        }
        char *slash = strrchr(folder, '/');
        if (!slash) return available;
        *slash = '\0';
    }
}

static uint64_t cgroups_available(void) {
    char text[SMALL_FILE_MAX], *at = text;
    uint64_t available = UINT64_MAX;
    if (!small_file_read("/proc/self/cgroup", text)) return UINT64_MAX;
    for (char *line; (line = small_file_line(&at));) {
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        controllers++;
        uint64_t here = UINT64_MAX;
        if (*controllers == '\0') {
            here =
                cgroup_available("/sys/fs/cgroup", group, "memory.max", "memory.current", "inactive_file ");
        } else if (strcmp(controllers, "memory") == 0) {
            here = cgroup_available("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes",
                                    "memory.usage_in_bytes", "total_inactive_file ");
        }
        if (here < available) available = here;
    }
    return available;
}

uint64_t memory_available(void) {
    uint64_t available = UINT64_MAX, kib = 0, pages = 0;
    if (read_figure("/proc/meminfo", "MemAvailable:", &kib)) available = kib * 1024;
    uint64_t limited = cgroups_available();
    if (limited < available) available = limited;
    struct rlimit address_space;
    if (getrlimit(RLIMIT_AS, &address_space) == 0 && address_space.rlim_cur != RLIM_INFINITY &&
        read_figure("/proc/self/statm", "", &pages)) {
        uint64_t limit = address_space.rlim_cur, used = pages * (uint64_t)sysconf(_SC_PAGESIZE);
        limited = limit > used ? limit - used : 0;
        if (limited < available) available = limited;
    }
    return available;
}

#endif

uint64_t disk_available(const char *path) {
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", path && *path ? path : ".");
    struct statvfs info;
    while (statvfs(folder, &info) != 0) {
        char *slash = strrchr(folder, '/');
        if (strcmp(folder, ".") == 0 || strcmp(folder, "/") == 0) return UINT64_MAX;
        if (!slash) {
            strcpy(folder, ".");
        } else if (slash == folder) {
            strcpy(folder, "/");
        } else {
            *slash = '\0';
        }
    }
    return (uint64_t)info.f_bavail * info.f_frsize;
}

uint64_t memory_peak_rss(void) {
#ifndef __APPLE__
    /* ru_maxrss would include the process before exec. */
    uint64_t kib = 0;
    if (read_figure("/proc/self/status", "VmHWM:", &kib)) return kib * 1024;
#endif
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

void cpu_name(char *out, size_t size) {
    snprintf(out, size, "unknown");
    char text[SMALL_FILE_MAX], *at = text;
    small_file_read("/proc/cpuinfo", text);
    for (const char *line; (line = small_file_line(&at));) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon) continue;
        snprintf(out, size, "%s", colon + 1 + strspn(colon + 1, " "));
        return;
    }
}

/* ---- arenas ---- */

size_t arena_add(Arena *arena, size_t bytes) {
    size_t at = arena->size, size = padded(bytes);
    /* A plan too large for a size_t keeps SIZE_MAX: arena_allocate then fails. */
    arena->size = size > SIZE_MAX - at ? SIZE_MAX : at + size;
    return at;
}

Status arena_allocate(Arena *arena, const char *what, Err *err) {
    arena->base = memory_alloc(arena->size);
    if (!arena->base) {
        char needed[NUMBER_TEXT_MAX], available[NUMBER_TEXT_MAX];
        return err_set(err, ERR_NOMEM, "not enough memory for %s: %s needed, %s available", what,
                       bytes_text(needed, (double)arena->size),
                       bytes_text(available, (double)memory_available()));
    }
    return OK;
}

void arena_free(Arena *arena) {
    memory_free(arena->base);
    *arena = (Arena){0};
}
