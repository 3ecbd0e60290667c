/* What a process sees on another machine, by LD_PRELOAD: tests/check_two_hosts.sh.
 *   HOSTS_FLOCK   errno of every flock: 37 (ENOLCK), 95 (EOPNOTSUPP); unset: flock works
 *   HOSTS_CLOCK_S how many seconds the clock is ahead (or, negative, behind) */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

int flock(int fd, int operation) {
    static int (*real)(int, int);
    int why = (int)number("HOSTS_FLOCK");
    if (!real) real = (int (*)(int, int))dlsym(RTLD_NEXT, "flock");
    if (!why) return real(fd, operation);
    errno = why;
    return -1;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, out);
    if (status == 0 && clock == CLOCK_REALTIME) out->tv_sec += number("HOSTS_CLOCK_S");
    return status;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *out, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}
