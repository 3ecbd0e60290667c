/* Files of any size, names and locks that other programs use at the same time. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "tests/file_testing.h"

/* A header is judged, and a hash taken, without the whole file in memory. */
static void reads_heads_and_hashes(void **state) {
    (void)state;
    put("five", "12345");
    Buffer b;
    Err err = {0};
    int64_t bytes = 0;
    assert_int_equal(file_read_head("five", 3, &b, &bytes, &err), OK);
    assert_string_equal(b.data, "123");
    assert_true(b.size == 3 && bytes == 5);
    buffer_free(&b);
    assert_int_equal(file_read_head("five", 9, &b, &bytes, &err), OK);
    assert_string_equal(b.data, "12345");
    buffer_free(&b);
    assert_int_equal(mkdir("dir", 0777), 0);
    assert_int_equal(mkfifo("fifo", 0666), 0);
    assert_int_equal(file_read_head("fifo", 9, &b, &bytes, &err), ERR_INPUT);
    assert_int_equal(file_read_head("nowhere", 9, &b, &bytes, &err), ERR_IO);

    int fd = open("sparse", O_WRONLY | O_CREAT, 0666);
    assert_int_equal(ftruncate(fd, (off_t)3 << 30), 0);
    close(fd);
    assert_int_equal(file_read_head("sparse", 4, &b, &bytes, &err), OK);
    assert_true(b.size == 4 && bytes == (int64_t)3 << 30);
    buffer_free(&b);

    static char data[200000]; /* three pieces and a part */
    for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * i >> 7);
    char expected[33], hash[33];
    for (size_t size = sizeof data; size > 65535; size = size > 131072 ? 131072 : size - 1) {
        content_hash(data, size, expected);
        assert_int_equal(file_write_atomic("some", data, size, &err), OK);
        assert_int_equal(file_hash("some", &bytes, hash, &err), OK);
        assert_string_equal(hash, expected);
        assert_true(bytes == (int64_t)size);
        if (size == 131072) size = 65538;
    }
    assert_int_equal(file_hash("dir", &bytes, hash, &err), ERR_INPUT);
}

/* That a file cannot be looked at does not make it missing. */
static void missing_is_not_unreadable(void **state) {
    (void)state;
    put("there", "");
    assert_true(file_missing("nowhere") && file_missing("there/below") && !file_missing("there"));
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_false(file_exists("loop"));
    assert_false(file_missing("loop"));
    bool there = true;
    Err err;
    assert_int_equal(file_there("nowhere", &there, &err), OK);
    assert_false(there);
    assert_int_equal(file_there("there", &there, &err), OK);
    assert_true(there);
    assert_int_equal(file_there("loop", &there, &err), ERR_IO);
    assert_non_null(strstr(err.msg, "loop: cannot be looked at"));
}

static void replaces_nothing_new(void **state) {
    (void)state;
    AtomicFile file;
    Err err = {0};
    assert_int_equal(atomic_open(&file, "fresh", &err), OK);
    fputs("ours", file.stream);
    put("other", "somebody's");
    assert_int_equal(rename("other", "fresh"), 0); /* meanwhile */
    assert_int_equal(atomic_commit_new(&file, NULL, &err), ERR_INPUT);
    assert_string_equal(err.msg, "fresh: was made by another program meanwhile, and stays");
    assert_false(file.placed);
    assert_holds("fresh", "somebody's");
    assert_false(file_exists(".fresh.rote-tmp"));
    assert_int_equal(unlink("fresh"), 0);
    assert_int_equal(atomic_open(&file, "fresh", &err),
                     OK); /* nor a file that was not there to be replaced */
    fputs("ours", file.stream);
    put("other", "somebody's");
    assert_int_equal(rename("other", "fresh"), 0);
    assert_int_equal(atomic_commit(&file, NULL, &err), ERR_INPUT);
    assert_holds("fresh", "somebody's");
    assert_false(file_exists(".fresh.rote-tmp"));
    assert_int_equal(unlink("fresh"), 0);
    assert_int_equal(atomic_open(&file, "fresh", &err), OK);
    fputs("ours", file.stream);
    assert_int_equal(atomic_commit_new(&file, NULL, &err), OK);
    assert_true(file.placed);
    assert_holds("fresh", "ours");
}

/* Whatever stands under the temporary name that is no file of ours is neither followed nor waited for. */
static void temporary_names_of_others(void **state) {
    (void)state;
    AtomicFile file;
    Err err = {0};
    put("target", "precious");
    assert_int_equal(symlink("target", ".a.rote-tmp"), 0);
    assert_int_equal(mkfifo(".b.rote-tmp", 0666), 0);
    assert_int_equal(mkdir(".c.rote-tmp", 0777), 0);
    assert_int_not_equal(atomic_open(&file, "a", &err), OK);
    assert_int_not_equal(atomic_open(&file, "b", &err), OK);
    assert_int_not_equal(atomic_open(&file, "c", &err), OK);
    assert_holds("target", "precious");
    int reader = open(".b.rote-tmp", O_RDONLY | O_NONBLOCK); /* with a reader a FIFO opens */
    assert_int_equal(atomic_open(&file, "b", &err), ERR_INPUT);
    assert_string_equal(err.msg, ".b.rote-tmp: a device or pipe, not a regular file; remove it");
    close(reader);
}

/* Takes and removes one lock many times; whoever holds it is alone. */
static int lock_often(void) {
    enum { TURNS = 300 };
    for (int turn = 0; turn < TURNS;) {
        int fd;
        Err err;
        Status status = lock_take("taken", &fd, &err);
        if (status == ERR_INPUT) continue; /* held */
        if (status != OK) return 2;
        int inside = open("inside", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (inside < 0) return 3;
        close(inside);
        unlink("inside");
        lock_remove("taken", fd);
        turn++;
    }
    return 0;
}

/* A lock on a file that its owner has just taken away would be no lock: another process makes the file again. */
static void removed_locks_lock_nothing(void **state) {
    (void)state;
    enum { PROCESSES = 4 };
    pid_t pid[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        pid[i] = fork();
        assert_true(pid[i] >= 0);
        if (pid[i] == 0) _exit(lock_often());
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_int_equal(status, 0);
    }
    assert_true(file_missing("taken"));
    lock_remove("five", -1); /* no lock: nothing is removed */
    assert_false(file_missing("five"));
}

/* A disk may keep a lock's length and lose its text. A lock whose name leads elsewhere locks nothing there. */
static void locks_after_cuts_and_moves(void **state) {
    (void)state;
    int fd = open("zeros", O_WRONLY | O_CREAT, 0666);
    Err err = {0};
    bool stands;
    assert_int_equal(ftruncate(fd, 6), 0);
    close(fd);
    assert_int_equal(lock_take("zeros", &fd, &err), OK);
    assert_int_equal(lock_stands("zeros", fd, &stands, &err), OK);
    assert_true(stands);
    assert_int_equal(rename("zeros", "moved"), 0);
    assert_int_equal(lock_stands("zeros", fd, &stands, &err), OK);
    assert_false(stands);
    assert_int_equal(lock_stands("moved/below", fd, &stands, &err), OK);
    assert_false(stands);
    put("zeros", "");
    assert_int_equal(lock_stands("zeros", fd, &stands, &err), OK);
    assert_false(stands);
    assert_int_equal(symlink("moved", "link"), 0);
    assert_int_equal(lock_stands("link", fd, &stands, &err), OK);
    assert_false(stands);
    lock_release(fd);
}

/* What a lock may hold: its process and where that runs. Anything else is somebody's file. */
static void texts_of_locks(void **state) {
    (void)state;
    static const char *const ours[] =
        {"", "17", "17\n", "17 rote@node-3.lab\n", "17 rote@node3 5_2\n", "17 rote@-", "1\0\0"},
                             *const others[] = {"17 apples",     "rote@node3", "seventeen",
                                                "17 rote@a b;c", "17\n18\n",   "17 rote@a\nb"};
    int fd;
    Err err;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        assert_int_equal(file_write_atomic("owned", ours[i], i == 6 ? 3 : strlen(ours[i]), &err), OK);
        assert_int_equal(lock_take("owned", &fd, &err), OK);
        lock_release(fd);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(file_write_atomic("owned", others[i], strlen(others[i]), &err), OK);
        assert_int_equal(lock_take("owned", &fd, &err), ERR_INPUT);
    }
}

/* As if another host had it: its text says who. */
static void holders_of_locks(void **state) {
    (void)state;
    static const struct {
        const char *text, *holder;
    } cases[] = {{"17 rote@node3 5_2\n", "process 17 on node3 (job 5_2)"},
                 {"17 rote@node3\n", "process 17 on node3"},
                 {"17\n", "process 17"},
                 {"", "another process"}};
    char holder[160];
    Err err;
    int fd;
    assert_int_equal(unlink("owned"), 0);
    assert_int_equal(lock_take("owned", &fd, &err), OK);
    assert_int_equal(lock_look("owned", holder, sizeof holder), LOCK_TAKEN);
    char expected[64];
    snprintf(expected, sizeof expected, "process %ld", (long)getpid());
    assert_string_equal(holder, expected);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, cases[i].text, strlen(cases[i].text), 0), (int)strlen(cases[i].text));
        assert_int_equal(lock_look("owned", holder, sizeof holder), LOCK_TAKEN);
        assert_string_equal(holder, cases[i].holder);
    }
    lock_release(fd);
    assert_false(lock_held("owned"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_locks),
        cmocka_unit_test(holders_of_locks),
        cmocka_unit_test(reads_heads_and_hashes),
        cmocka_unit_test(missing_is_not_unreadable),
        cmocka_unit_test(replaces_nothing_new),
        cmocka_unit_test(temporary_names_of_others),
        cmocka_unit_test(removed_locks_lock_nothing),
        cmocka_unit_test(locks_after_cuts_and_moves),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
