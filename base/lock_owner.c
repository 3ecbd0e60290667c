#include "base/lock_owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/small_file.h"

#define OWNER_MARK " rote@"
static const char IN_NUMBERS[] = "0123456789";
static const char IN_NAMES[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

bool lock_owner_is(const char *text, size_t size) {
    size_t at = strspn(text, IN_NUMBERS), mark = strlen(OWNER_MARK), left = strlen(text + at);
    if (at && !strncmp(text + at, OWNER_MARK, left < mark ? left : mark)) {
        at += left < mark ? left : mark; /* less: a cut came between */
        at += strspn(text + at, IN_NAMES);
        if (text[at] == ' ') at += 1 + strspn(text + at + 1, IN_NAMES);
    }
    at += text[at] == '\n';
    while (at < size && !text[at]) at++;
    return at == size;
}

/* Characters of no name become '_'. */
static void put_name(char *out, size_t size, const char *name) {
    size_t n = 0;
    for (; name[n] && n + 1 < size; n++) out[n] = name[n];
    out[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if (!strchr(IN_NAMES, out[i])) out[i] = '_';
}

static void own_host(char out[LOCK_HOST_MAX]) {
    char text[LOCK_HOST_MAX];
    if (gethostname(text, sizeof text) != 0) text[0] = '\0';
    text[sizeof text - 1] = '\0';
    put_name(out, LOCK_HOST_MAX, *text ? text : "-");
}

int lock_owner_self(char out[LOCK_OWNER_MAX]) {
    char host[LOCK_HOST_MAX], job[33] = "", task[17] = "";
    const char *array = getenv("SLURM_ARRAY_JOB_ID"), *index = getenv("SLURM_ARRAY_TASK_ID"),
               *alone = getenv("SLURM_JOB_ID");
    own_host(host);
    if (array && index) {
        put_name(job, sizeof job, array);
        put_name(task, sizeof task, index);
    } else if (alone) {
        put_name(job, sizeof job, alone);
    }
    return snprintf(out, LOCK_OWNER_MAX, "%ld" OWNER_MARK "%s%s%s%s%s\n", (long)getpid(), host,
                    *job ? " " : "", job, *task ? "_" : "", task);
}

void lock_owner_name(char out[LOCK_NAME_MAX]) {
    char host[LOCK_HOST_MAX];
    own_host(host);
    snprintf(out, LOCK_NAME_MAX, "%ld-%s", (long)getpid(), host);
}

static bool read_owner(const char *text, long *pid, char host[LOCK_HOST_MAX], char job[LOCK_JOB_MAX]) {
    char line[LOCK_OWNER_MAX]; /* the first one */
    snprintf(line, sizeof line, "%.*s", (int)strcspn(text, "\n"), text);
    *pid = 0;
    host[0] = job[0] = '\0';
    return sscanf(line, "%ld" OWNER_MARK "%64s %49s", pid, host, job) >= 1 && *pid > 0;
}

void lock_owner_describe(const char *text, char *out, size_t size) {
    char host[LOCK_HOST_MAX], job[LOCK_JOB_MAX], self[LOCK_HOST_MAX] = "";
    long pid;
    if (!read_owner(text, &pid, host, job)) {
        snprintf(out, size, "another process");
        return;
    }
    if (gethostname(self, sizeof self) != 0) self[0] = '\0';
    self[sizeof self - 1] = '\0';
    bool elsewhere = *host && strcmp(host, "-") && strcmp(host, self);
    snprintf(out, size, "process %ld%s%s%s%s%s", pid, elsewhere ? " on " : "", elsewhere ? host : "",
             *job ? " (job " : "", job, *job ? ")" : "");
}

void lock_owner_job(const char *text, char out[LOCK_JOB_MAX]) {
    char host[LOCK_HOST_MAX];
    long pid;
    (void)read_owner(text, &pid, host, out);
}

int lock_owner_restarts(void) {
    const char *text = getenv("SLURM_RESTART_COUNT");
    int n = text ? atoi(text) : 0;
    return n > 0 ? n : 0;
}

/* ---- which process ---- */

/* The kernel's clock ticks at which a process began; 0: there is none, or it has ended and was not waited for. */
static unsigned long long start_of(long process) {
    char path[64], text[SMALL_FILE_MAX], state = 0;
    unsigned long long start = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", process);
    if (!small_file_read(path, text)) return 0;
    const char *rest = strrchr(text, ')'); /* its name may hold anything */
    if (!rest || sscanf(rest + 1, " %c%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s%*s %llu", &state,
                        &start) != 2)
        return 0;
    return state == 'Z' || state == 'X' ? 0 : start;
}

ProcessMark process_mark_self(void) {
    ProcessMark mark = {.boot = "-", .process = getpid()};
    char text[SMALL_FILE_MAX];
    struct stat info;
    if (small_file_read("/proc/sys/kernel/random/boot_id", text)) {
        text[strcspn(text, "\n")] = '\0';
        if (*text) put_name(mark.boot, sizeof mark.boot, text);
    }
    if (stat("/proc/self/ns/pid", &info) == 0) mark.space = info.st_ino;
    mark.start = start_of(mark.process);
    return mark;
}

bool process_mark_alive(const ProcessMark *mark, bool *known) {
    ProcessMark self = process_mark_self();
    *known = strcmp(mark->boot, "-") != 0 && !strcmp(mark->boot, self.boot) && mark->space == self.space &&
             self.start > 0 && mark->start > 0;
    return *known && start_of(mark->process) == mark->start;
}
