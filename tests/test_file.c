/* Files that are whole or not there, at every point of failure; files of others; locks. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/file_map.h"
#include "base/lines.h"
#include "base/memory.h"
#include "tests/file_testing.h"

/* ---- reading ---- */

static void reads_whole_files(void **state) {
    (void)state;
    put("some", "some text\n");
    assert_holds("some", "some text\n");
    put("empty", "");
    assert_holds("empty", "");

    Buffer b;
    Err err = {0};
    assert_int_equal(file_write_atomic("bytes", "a\0b", 3, &err), OK);
    assert_int_equal(file_read("bytes", 3, &b, &err), OK);
    assert_int_equal(b.size, 3);
    assert_memory_equal(b.data, "a\0b", 4);
    buffer_free(&b);

    /* A file whose size is not known beforehand. */
    assert_int_equal(file_read("/proc/self/status", 1 << 20, &b, &err), OK);
    assert_true(b.size > 100 && b.data[b.size] == '\0');
    buffer_free(&b);
    assert_null(b.data);
}

static void assert_unreadable(const char *path, size_t max, const char *message) {
    Buffer b = {(char *)"untouched", 9};
    Err err = {0};
    Status why = strstr(message, "not a regular file") ? ERR_INPUT : ERR_IO;
    assert_int_equal(file_read(path, max, &b, &err), why);
    assert_string_equal(err.msg, message);
    assert_int_equal(b.size, 9);
}

static void refuses_to_read(void **state) {
    (void)state;
    put("five", "12345");
    assert_holds("five", "12345");
    assert_unreadable("five", 4, "five: larger than 4 bytes, the maximum for such a file");
    assert_unreadable("nowhere/x", 4, "nowhere/x: cannot read: No such file or directory");
    assert_unreadable("/proc/self/status", 20,
                      "/proc/self/status: larger than 20 bytes, the maximum for such a file");
    assert_int_equal(mkdir("dir", 0777), 0);
    assert_unreadable("dir", 4, "dir: cannot read: a folder, not a regular file");
    assert_int_equal(mkfifo("fifo", 0666), 0);
    assert_unreadable("fifo", 4, "fifo: cannot read: a device or pipe, not a regular file");
}

/* ---- writing ---- */

static void maps_files(void **state) {
    (void)state;
    static const struct {
        const char *path, *message;
    } bad[] = {{"absent", "absent: there is no such file"},
               {"dir", "dir: cannot read: a folder, not a regular file"},
               {"fifo", "fifo: cannot read: a device or pipe, not a regular file"}}; /* of the test above */
    FileMap map;
    Err err = {0};
    put("mapped", "12345");
    assert_int_equal(file_map("mapped", &map, &err), OK);
    assert_int_equal(map.size, 5);
    assert_memory_equal(map.data, "12345", 5);
    file_unmap(&map);
    assert_null(map.data);
    put("mapped", "");
    assert_int_equal(file_map("mapped", &map, &err), OK);
    assert_true(!map.data && !map.size);
    file_unmap(&map);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(file_map(bad[i].path, &map, &err), ERR_INPUT);
        assert_string_equal(err.msg, bad[i].message);
    }
}

static void writes_and_replaces(void **state) {
    (void)state;
    put("out", "old");
    assert_true(file_exists("out"));
    AtomicFile file;
    Err err = {0};
    assert_int_equal(atomic_open(&file, "out", &err), OK);
    fputs("new", file.stream);
    fflush(file.stream);
    assert_holds("out", "old"); /* until it is committed */
    assert_true(file_exists(".out.rote-tmp"));
    assert_int_equal(atomic_commit(&file, NULL, &err), OK);
    assert_holds("out", "new");
    assert_false(file_exists(".out.rote-tmp"));

    assert_int_equal(atomic_open(&file, "out", &err), OK);
    fputs("never", file.stream);
    atomic_abort(&file);
    atomic_abort(&file); /* harmless */
    assert_holds("out", "new");
    assert_false(file_exists(".out.rote-tmp"));
}

/* What a killed process left under the temporary name is no obstacle and leaves no trace. */
static void overwrites_leftovers(void **state) {
    (void)state;
    FILE *f = fopen(".left.rote-tmp", "w");
    assert_non_null(f);
    fputs("a long leftover of another run", f);
    fclose(f);
    put("left", "short");
    assert_holds("left", "short");
    assert_false(file_exists(".left.rote-tmp"));
}

static void full_disk_keeps_the_old_file(void **state) {
    (void)state;
    put("full", "old");
    /* Small: the write reaches the disk in commit. Large: in fwrite already. */
    for (size_t size = 10; size <= 1000000; size *= 100000) {
        AtomicFile file;
        Err err = {0};
        assert_int_equal(atomic_open(&file, "full", &err), OK);
        int device = open("/dev/full", O_WRONLY);
        assert_true(device >= 0 && dup2(device, file.out.fd) >= 0);
        close(device);
        char *data = calloc(1, size);
        assert_non_null(data);
        fwrite(data, 1, size, file.stream);
        free(data);
        assert_int_equal(atomic_commit(&file, NULL, &err), ERR_IO);
        assert_string_equal(err.msg, "full: cannot write: No space left on device");
        assert_holds("full", "old");
        assert_false(file_exists(".full.rote-tmp"));
        atomic_abort(&file);
    }
}

/* A write in the middle fails, those behind it do not: the cause is still known at the end. */
static void keeps_the_first_cause(void **state) {
    (void)state;
    static const char LINES[20000] = {'a'};
    AtomicFile file;
    Err err = {0};
    put("full", "old");
    assert_int_equal(atomic_open(&file, "full", &err), OK);
    int disk = dup(file.out.fd), device = open("/dev/full", O_WRONLY);
    assert_true(disk >= 0 && device >= 0 && dup2(device, file.out.fd) >= 0);
    fwrite(LINES, 1, sizeof LINES, file.stream);
    assert_true(dup2(disk, file.out.fd) >= 0);
    close(disk);
    close(device);
    fwrite(LINES, 1, sizeof LINES, file.stream);
    assert_false(file_exists("no such file")); /* errno is of something else by now */
    assert_int_equal(atomic_commit(&file, NULL, &err), ERR_IO);
    assert_string_equal(err.msg, "full: cannot write: No space left on device");
    assert_holds("full", "old");
}

static void write_beyond_limit(const char *path) {
    struct rlimit limit = {1000, 1000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    char data[5000] = {0};
    Err err = {0};
    Status status = file_write_atomic(path, data, sizeof data, &err);
    _exit(status == ERR_IO && strcmp(err.msg, "limited: cannot write: File too large") == 0 ? 7 : 1);
}

static void file_size_limit(void **state) {
    (void)state;
    put("limited", "old");
    int status = in_child(write_beyond_limit, "limited");
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_holds("limited", "old");
    assert_false(file_exists(".limited.rote-tmp"));
}

static void refuses_to_write(void **state) {
    (void)state;
    Err err = {0};
    assert_int_equal(file_write_atomic("nowhere/x", "", 0, &err), ERR_IO);
    assert_string_equal(err.msg, "nowhere/x: cannot create: No such file or directory");
    assert_int_equal(mkdir("taken", 0777), 0);
    assert_int_equal(file_write_atomic("taken", "", 0, &err), ERR_IO);
    assert_string_equal(err.msg, "taken: cannot rename into place: Is a directory");
    assert_false(file_exists(".taken.rote-tmp"));
    assert_int_equal(mkfifo("pipe", 0666), 0);
    assert_int_equal(file_write_atomic("pipe", "", 0, &err), ERR_INPUT);
    assert_string_equal(err.msg, "pipe: a device or pipe, not a regular file; name a file to write");
    assert_int_equal(symlink("taken", "link"), 0);
    assert_int_equal(file_write_atomic("link", "", 0, &err), ERR_INPUT);
    assert_string_equal(err.msg, "link: a link, not a regular file; name a file to write");
    assert_false(file_exists(".pipe.rote-tmp") || file_exists(".link.rote-tmp"));

    AtomicFile first, second;
    assert_int_equal(atomic_open(&first, "shared", &err), OK);
    assert_int_equal(atomic_open(&second, "shared", &err), ERR_IO);
    assert_string_equal(err.msg, "shared: another process is writing it; wait for it or write elsewhere");
    fputs("first", first.stream);
    assert_int_equal(atomic_commit(&first, NULL, &err), OK);
    assert_holds("shared", "first");

    char path[2000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(atomic_open(&first, path, &err), ERR_INPUT);
    atomic_abort(&first);
}

/* Two processes that write one file over and over: whoever wins, it is always whole. */
static void write_often(const char *letter) {
    char data[20000];
    memset(data, *letter, sizeof data);
    Err err = {0};
    for (int done = 0; done < 100;) done += file_write_atomic("contested", data, sizeof data, &err) == OK;
}

static void writers_never_mix(void **state) {
    (void)state;
    write_often("z");
    pid_t pids[2];
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            write_often(i ? "a" : "b");
            _exit(0);
        }
    }
    int running = 2, reads = 0;
    while (running) {
        for (int i = 0; i < 2; i++)
            if (pids[i] && waitpid(pids[i], NULL, WNOHANG) == pids[i]) pids[i] = 0, running--;
        Buffer b;
        Err err = {0};
        assert_int_equal(file_read("contested", 1 << 20, &b, &err), OK);
        assert_int_equal(b.size, 20000);
        for (size_t i = 1; i < b.size; i++) assert_true(b.data[i] == b.data[0]);
        buffer_free(&b);
        reads++;
    }
    print_message("%d reads\n", reads);
}

/* ---- named failure points ---- */

static void replace_point(const char *fault) {
    if (setenv("ROTE_FAULT", fault, 1) != 0) _exit(1);
    Err err = {0};
    (void)file_write_atomic("other", "other", 5, &err);
    (void)file_write_atomic("point", "new", 3, &err);
    if (file_write_atomic("point", "newer", 5, &err) != OK) _exit(1);
}

static void failure_points(void **state) {
    (void)state;
    static const struct {
        const char *fault, *left;
        bool killed, temporary;
    } cases[] = {
        {"point.before_sync", "old", true, true},
        {"point.before_rename", "old", true, true},
        {"point.before_dirsync", "new", true, false},
        {"point.after", "new", true, false},
        {"point.before_rename:1", "old", true, true},
        {"point.before_rename:2", "new", true, true},
        {"point.after:2", "newer", true, false},
        {"point.after:3", "newer", false, false},
        {"point", "newer", false, false},
        {"poin.after", "newer", false, false},
        {"point.afterwards", "newer", false, false},
        {"point.before", "newer", false, false},
        {"nothing.after", "newer", false, false},
        {"", "newer", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("point", "old");
        int status = in_child(replace_point, cases[i].fault);
        print_message("%s\n", cases[i].fault);
        assert_int_equal(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, cases[i].killed);
        assert_int_equal(WIFEXITED(status) && WEXITSTATUS(status) == 0, !cases[i].killed);
        assert_holds("point", cases[i].left);
        assert_int_equal(file_exists(".point.rote-tmp"), cases[i].temporary);
    }
}

/* ---- folders, locks ---- */

static void makes_folders(void **state) {
    (void)state;
    Err err = {0};
    assert_int_equal(make_directories("a/b//c/", &err), OK);
    assert_int_equal(make_directories("a/b/c", &err), OK); /* there already */
    assert_true(file_exists("a/b/c"));
    put("a/file", "x");
    assert_int_equal(make_directories("a/file/d", &err), ERR_INPUT);
    assert_string_equal(err.msg, "a/file: is a file, but a folder is needed");
    assert_int_equal(make_directories("/proc/nowhere/d", &err), ERR_IO);
    assert_string_equal(err.msg, "/proc/nowhere: cannot create the folder: No such file or directory");
    assert_int_equal(make_directories("", &err), ERR_INPUT);
}

static void take_lock(const char *expected) {
    int fd = -1;
    Err err = {0};
    Status status = lock_take("lock", &fd, &err);
    _exit(*expected ? (status == ERR_INPUT && strcmp(err.msg, expected) == 0 ? 0 : 1)
                    : (status == OK ? 0 : 1));
}

/* Files of our own are regular files: what lies behind a link, and what is no lock, is somebody else's. */
static void files_of_others(void **state) {
    (void)state;
    static const char *const names[] = {"others/link", "others/fifo", "others/folder"};
    Err err;
    int fd;
    WriteStream stream;
    Buffer text;
    assert_int_equal(make_directories("others", &err), OK);
    assert_int_equal(file_write_atomic("others/thesis", "precious", 8, &err), OK);
    assert_int_equal(symlink("thesis", "others/link"), 0);
    assert_int_equal(mkfifo("others/fifo", 0666), 0);
    assert_int_equal(mkdir("others/folder", 0777), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(lock_take(names[i], &fd, &err), ERR_INPUT);
        assert_int_equal(file_append_open(names[i], true, &stream, &err), ERR_INPUT);
        assert_non_null(strstr(err.msg, "not a regular file; remove it, or choose another folder"));
    }
    assert_int_equal(lock_take("others/thesis", &fd, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "not a lock of rote's"));
    assert_int_equal(file_read("others/thesis", 100, &text, &err), OK);
    assert_string_equal(text.data, "precious");
    buffer_free(&text);

    assert_int_equal(file_append_open("others/lines", false, &stream, &err), OK);
    assert_int_equal(fputs("a\n", stream.file) < 0, 0);
    assert_int_equal(fclose(stream.file), 0);
    assert_int_equal(file_append_open("others/lines", false, &stream, &err), OK);
    assert_int_equal(fputs("b\n", stream.file) < 0, 0);
    assert_int_equal(fclose(stream.file), 0);
    assert_int_equal(file_read("others/lines", 100, &text, &err), OK);
    assert_string_equal(text.data, "a\nb\n");
    buffer_free(&text);
    assert_int_equal(file_append_open("others/lines", true, &stream, &err), OK);
    assert_int_equal(fclose(stream.file), 0);
    assert_int_equal(file_read("others/lines", 100, &text, &err), OK);
    assert_int_equal(text.size, 0);
    buffer_free(&text);
}

static void locks(void **state) {
    (void)state;
    int fd = -1;
    Err err = {0};
    assert_int_equal(lock_take("lock", &fd, &err), OK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    char expected[200];
    snprintf(expected, sizeof expected,
             "lock: held by process %ld; wait for it, stop it, or choose another folder", (long)getpid());
    assert_int_equal(in_child(take_lock, expected), 0);
    int second = -1;
    assert_int_equal(lock_take("lock", &second, &err), ERR_INPUT);
    assert_int_equal(second, -1);
    lock_release(fd);
    assert_int_equal(in_child(take_lock, ""), 0); /* and dies with its process */
    assert_int_equal(lock_take("lock", &fd, &err), OK);
    lock_release(fd);
    lock_release(-1);
    assert_int_equal(lock_take("nowhere/lock", &fd, &err), ERR_IO);
}

static void lines_of_all_ends(void **state) {
    (void)state;
    static const char *const line[] = {"a", "", "b", "c", "", "", "d\xef\xbb\xbf"};
    int n = 0;
    for (Lines lines = lines_of("\xef\xbb\xbf"
                                "a\n\nb\r\nc\r\n\r\rd\xef\xbb\xbf");
         lines_next(&lines); n++) {
        assert_int_equal(lines.size, strlen(line[n]));
        assert_memory_equal(lines.line, line[n], lines.size);
        assert_int_equal(lines.number, n + 1);
        assert_int_equal(lines.ended, n < 6);
    }
    assert_int_equal(n, 7);
    Lines none = lines_of("\xef\xbb\xbf");
    assert_false(lines_next(&none));
    static const struct {
        const char *bytes;
        size_t size;
        int line; /* of the NUL byte */
    } nul[] = {{"\0", 1, 1}, {"a\0", 2, 1}, {"a\r\n\0", 4, 2}, {"a\rb\nc\0d", 7, 3}};
    for (size_t i = 0; i < sizeof nul / sizeof *nul; i++) {
        Err err = {0};
        Buffer text;
        char said[32];
        assert_int_equal(file_write_atomic("lines", nul[i].bytes, nul[i].size, &err), OK);
        assert_int_equal(lines_read("lines", 100, &text, &err), ERR_INPUT);
        snprintf(said, sizeof said, "lines:%d: ", nul[i].line);
        assert_int_equal(strncmp(err.msg, said, strlen(said)), 0);
    }
    assert_int_equal(unlink("lines"), 0);
}

int main(void) {
    unsetenv("ROTE_FAULT");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_whole_files),
        cmocka_unit_test(refuses_to_read),
        cmocka_unit_test(maps_files),
        cmocka_unit_test(writes_and_replaces),
        cmocka_unit_test(overwrites_leftovers),
        cmocka_unit_test(full_disk_keeps_the_old_file),
        cmocka_unit_test(keeps_the_first_cause),
        cmocka_unit_test(file_size_limit),
        cmocka_unit_test(refuses_to_write),
        cmocka_unit_test(writers_never_mix),
        cmocka_unit_test(failure_points),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(files_of_others),
        cmocka_unit_test(locks),
        cmocka_unit_test(lines_of_all_ends),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
