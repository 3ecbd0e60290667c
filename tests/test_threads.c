/* The default number of threads: CPU quotas of control groups of both versions, and what OpenMP's variables say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/threads.h"

static void put(const char *path, const char *text) {
    char folder[256];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    assert_int_equal(make_directories(folder, NULL), OK);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void quotas(void **state) {
    (void)state;
    char dir[] = "/tmp/rote-threads-XXXXXX";
    assert_non_null(mkdtemp(dir));
    assert_int_equal(chdir(dir), 0);
    put("v2/cpu.max", "max 100000\n");
    put("v2/user/cpu.max", "250000 100000\n");
    put("v2/user/job/cpu.max", "max 100000\n");
    put("v2/user/small/cpu.max", "20000 100000\n");
    put("v2/free/cpu.max", "max 100000\n");
    put("v1/cpu,cpuacct/job/cpu.cfs_quota_us", "400000\n");
    put("v1/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    put("v1/cpu,cpuacct/free/cpu.cfs_quota_us", "-1\n");
    put("v1/cpu,cpuacct/free/cpu.cfs_period_us", "100000\n");
    static const struct {
        const char *root, *groups;
        int expected;
    } cases[] = {
        {"v2", "0::/user/job\n", 3},
        {"v2", "0::/user/small\n", 1},
        {"v2", "0::/free\n", 0},
        {"v2", "0::/\n", 0},
        {"v2", "0::/gone\n", 0},
        {"v1", "3:memory:/job\n4:cpu,cpuacct:/job\n", 4},
        {"v1", "4:cpu,cpuacct:/free\n", 0},
        {"v1", "5:cpuset:/job\n", 0},
        {"v1", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("./groups", cases[i].groups);
        assert_int_equal(threads_quota("groups", cases[i].root), cases[i].expected);
    }
    assert_int_equal(threads_quota("no such file", "v2"), 0);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

static void variables(void **state) {
    (void)state;
    Err err;
    int cores = threads_cores();
    assert_true(cores >= 1);
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(threads_default(), cores);
    setenv("OMP_NUM_THREADS", "3,2", 1);
    assert_int_equal(threads_default(), 3);
    assert_string_equal(threads_why(), "OMP_NUM_THREADS");
    assert_int_equal(threads_check(&err), OK);
    static const char *const wrong[] = {"", "0", "-1", "two", "2x", "99999999999999999999", ",2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        setenv("OMP_NUM_THREADS", wrong[i], 1);
        assert_int_equal(threads_check(&err), ERR_INPUT);
        assert_non_null(strstr(err.msg, "OMP_NUM_THREADS"));
        assert_int_equal(threads_default(), cores);
    }
    unsetenv("OMP_NUM_THREADS");
    setenv("OMP_THREAD_LIMIT", "none", 1);
    assert_int_equal(threads_check(&err), ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(quotas), cmocka_unit_test(variables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
