/* Checks of the environment at the start of the program. */
#include "cli/common/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/exact_check.h"

void environment_fill_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            errno == EBADF) /* open returns the lowest free number, which is this one */
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
}

/* Every command runs in 128 KiB; this is twice that. */
enum { STACK_MIN_KIB = 256 };

/* "512", "512K", "2 M", as OpenMP reads it. 0: malformed, and OpenMP ignores it. */
static double kib_of(const char *text) {
    char *end;
    double n = (double)strtoull(text, &end, 10);
    if (end == text) return 0;
    end += strspn(end, " \t");
    switch (*end) {
    case 'B':
    case 'b': return n / 1024;
    case 'M':
    case 'm': return n * 1024;
    case 'G':
    case 'g': return n * 1024 * 1024;
    default: return n;
    }
}

static Status check_stack(Err *err) {
    static const char *const names[] = {"OMP_STACKSIZE", "GOMP_STACKSIZE"};
    struct rlimit stack;
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY &&
        stack.rlim_cur < STACK_MIN_KIB * 1024)
        return err_set(err, ERR_INPUT,
                       "the stack is limited to %llu KiB, at least %d are needed; raise it with ulimit -s",
                       (unsigned long long)stack.rlim_cur / 1024, STACK_MIN_KIB);
    for (int i = 0; i < 2; i++) {
        const char *text = getenv(names[i]);
        double kib = text ? kib_of(text) : 0;
        if (kib > 0 && kib < STACK_MIN_KIB)
            return err_set(
                err, ERR_INPUT,
                "the environment has %s='%.40s', a stack of %.0f KiB for each thread, and at least "
                "%d are needed; raise it or unset it",
                names[i], text, kib, STACK_MIN_KIB);
    }
    return OK;
}

Status environment_check(bool computes, Err *err) {
    TRY(check_stack(err));
    return computes ? exact_check(err) : OK;
}
