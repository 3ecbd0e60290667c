/* What the tests of files and memory share: a folder of their own, files with a given text, and processes. */
#ifndef ROTE_TESTS_FILE_TESTING_H
#define ROTE_TESTS_FILE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char folder[] = "/tmp/rote-test-file-XXXXXX";

static inline int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int leave_folder(void **state) {
    (void)state;
    if (chdir("/") != 0) return -1;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static inline void assert_holds(const char *path, const char *expected) {
    Buffer b;
    Err err = {0};
    if (file_read(path, 1 << 20, &b, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(b.size, strlen(expected));
    assert_string_equal(b.data, expected);
    buffer_free(&b);
}

static inline void put(const char *path, const char *text) {
    Err err = {0};
    if (file_write_atomic(path, text, strlen(text), &err) != OK) fail_msg("%s", err.msg);
}

/* Runs work(arg) in a process of its own; returns its wait status. */
static inline int in_child(void (*work)(const char *), const char *arg) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        work(arg);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

#endif
