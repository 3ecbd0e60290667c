#include "base/threads.h"

#include <errno.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/small_file.h"

/* ---- control groups ---- */

/* Both numbers of cpu.max ("max 100000", "150000 100000"), or of the two files of version 1 (a quota of -1: none). */
static bool read_quota(const char *folder, double *cpus) {
    char path[1200], text[SMALL_FILE_MAX];
    long long quota = -1, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (small_file_read(path, text)) {
        if (sscanf(text, "%lld %lld", &quota, &period) != 2) quota = -1;
    } else {
        static const char *const name[] = {"cpu.cfs_quota_us", "cpu.cfs_period_us"};
        for (int i = 0; i < 2; i++) {
            snprintf(path, sizeof path, "%s/%s", folder, name[i]);
            if (!small_file_read(path, text)) return false;
            if (sscanf(text, "%lld", i ? &period : &quota) != 1) quota = -1;
        }
    }
    if (quota <= 0 || period <= 0) return false;
    *cpus = (double)quota / (double)period;
    return true;
}

/* The least quota of a group and of all its parents. */
static double group_cpus(const char *root, const char *group, double min_cpus) {
    char folder[1024];
    int length = snprintf(folder, sizeof folder, "%s%s", root, group);
    if (length < 0 || (size_t)length >= sizeof folder) return min_cpus;
    for (;;) {
        double cpus;
        if (read_quota(folder, &cpus) && (min_cpus == 0 || cpus < min_cpus)) min_cpus = cpus;
        char *slash = strrchr(folder, '/');
        if (!slash || slash < folder + strlen(root)) return min_cpus;
        *slash = '\0';
    }
}

static bool has_controller(const char *controllers, const char *name) {
    size_t n = strlen(name);
    for (const char *at = controllers; *at; at += strcspn(at, ","), at += *at == ',')
        if (strncmp(at, name, n) == 0 && (at[n] == '\0' || at[n] == ',')) return true;
    return false;
}

int threads_quota(const char *groups, const char *root) {
    char text[SMALL_FILE_MAX], mount[512], *at = text;
    double min_cpus = 0;
    if (!small_file_read(groups, text)) return 0;
    for (char *line; (line = small_file_line(&at));) { /* "4:cpu,cpuacct:/user"; version 2: "0::/user" */
        char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        controllers++;
        if (*controllers && !has_controller(controllers, "cpu")) continue;
        snprintf(mount, sizeof mount, "%s%s%.200s", root, *controllers ? "/" : "", controllers);
        min_cpus = group_cpus(mount, group, min_cpus);
    }
    int whole = min_cpus < THREADS_MAX ? (int)min_cpus : THREADS_MAX;
    return whole + (whole < min_cpus && whole < THREADS_MAX);
}

/* ---- the default ---- */

int threads_cores(void) {
    static atomic_int quota = -1; /* read once, because every step may need it */
    int cores = omp_get_num_procs(), allowed = atomic_load(&quota);
    if (allowed < 0) {
        allowed = threads_quota("/proc/self/cgroup", "/sys/fs/cgroup");
        atomic_store(&quota, allowed);
    }
    return allowed > 0 && allowed < cores ? allowed : cores;
}

/* The first number of a variable of OpenMP's; 0: not set, -1: not a number of threads. */
static int from_environment(const char *name) {
    const char *text = getenv(name);
    if (!text) return 0;
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    end += strspn(end, " \t");
    bool number = end != text && (*end == '\0' || *end == ',') && errno == 0 && n >= 1;
    if (!number) return -1;
    return n < THREADS_MAX ? (int)n : THREADS_MAX;
}

static int decide(const char **why) {
    int requested = from_environment("OMP_NUM_THREADS"), limit = omp_get_thread_limit(),
        cores = threads_cores();
    int n = requested > 0 ? requested : cores;
    *why = requested > 0                 ? "OMP_NUM_THREADS"
           : cores < omp_get_num_procs() ? "the CPU quota of the control group"
                                         : "one per core that this process may use";
    if (limit >= 1 && limit < n) {
        n = limit;
        *why = "OMP_THREAD_LIMIT";
    }
    return n;
}

int threads_default(void) {
    const char *why;
    return decide(&why);
}

const char *threads_why(void) {
    const char *why;
    decide(&why);
    return why;
}

Status threads_check(Err *err) {
    static const char *const names[] = {"OMP_NUM_THREADS", "OMP_THREAD_LIMIT"};
    for (int i = 0; i < 2; i++)
        if (from_environment(names[i]) < 0)
            return err_set(err, ERR_INPUT,
                           "the environment has %s='%.40s', which is no number of threads; set it to a whole "
                           "number from 1 on, or unset it",
                           names[i], getenv(names[i]));
    return OK;
}
