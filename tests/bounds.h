/* What damaged input may cost: a second for each attempt, and 64 MiB beyond what the process has had before. Time is
 * the process's own, so that other programs change nothing; memory is its peak, so tests of damage come before those
 * that need more. Sanitizers cost time and memory of their own: with them nothing is asked. */
#ifndef ROTE_TESTS_BOUNDS_H
#define ROTE_TESTS_BOUNDS_H

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#ifdef __has_feature
#define BOUNDS_CLANG_SANITIZES                                                                               \
    (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer))
#else
#define BOUNDS_CLANG_SANITIZES 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || BOUNDS_CLANG_SANITIZES
enum { BOUNDS_HELD = 0 };
#else
enum { BOUNDS_HELD = 1 };
#endif

#define BOUND_S   1.0
#define BOUND_MIB 64.0

typedef struct Bounds {
    double at_s, most_s, from_mib;
    int attempts;
} Bounds;

static double bounds_cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double bounds_peak_mib(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    return (double)usage.ru_maxrss / (1 << 20);
#else
    return (double)usage.ru_maxrss / (1 << 10);
#endif
}

static inline Bounds bounds_begin(void) {
    return (Bounds){.at_s = bounds_cpu_s(), .from_mib = bounds_peak_mib()};
}

/* After each attempt. */
static inline void bounds_attempt(Bounds *b) {
    double now = bounds_cpu_s(), seconds = now - b->at_s;
    if (seconds > b->most_s) b->most_s = seconds;
    b->at_s = now;
    b->attempts++;
    if (BOUNDS_HELD && seconds > BOUND_S) fail_msg("attempt %d took %.2f s", b->attempts, seconds);
}

static inline void bounds_end(const Bounds *b) {
    double mib = bounds_peak_mib() - b->from_mib;
    printf("%d attempts: at most %.4f s, %.1f MiB more than before\n", b->attempts, b->most_s, mib);
    if (BOUNDS_HELD && mib > BOUND_MIB) fail_msg("%.1f MiB", mib);
}

#endif
