/* Claims without locks (base/claim.h): a disk on which flock fails, claims of other machines written by hand, paused
 * processes, jobs of a scheduler. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/lock_reach.h"
#include "store/early.h"

static const double RENEW_S = 0.05, LEASE_S = 8 * 0.05;
static int no_locks = ENOLCK; /* what flock says; 0: it works */

int flock(int fd, int operation) {
    (void)fd;
    (void)operation;
    errno = no_locks;
    return no_locks ? -1 : 0;
}

static void pause_s(double s) {
    nanosleep(&(struct timespec){(time_t)s, (long)((s - (double)(time_t)s) * 1e9)}, NULL);
}

static char folder[] = "/tmp/rote-test-claim-XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    setenv("ROTE_CLAIM_RENEW_S", "0.05", 1);
    unsetenv("SLURM_JOB_ID");
    unsetenv("SLURM_ARRAY_JOB_ID");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    if (chdir("/") != 0) return -1;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void put(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void put_claim(const char *path, const char *job) {
    char text[300];
    snprintf(text, sizeof text,
             "17 rote@node3%s%s\nboot 11111111-2222 space 4026531836 start 99 restarts 0 renews %.2f\n",
             *job ? " " : "", job, RENEW_S);
    put(path, text);
}

static LockState looked(const char *path) { return lock_look(path, NULL, 0); }

static bool stands(const char *path, int fd) {
    bool out;
    Err err;
    assert_int_equal(lock_stands(path, fd, &out, &err), OK);
    return out;
}

static void one_process_has_it(void **state) {
    (void)state;
    int fd, other;
    Err err;
    char holder[160], expected[200];
    assert_int_equal(looked("a"), LOCK_FREE);
    assert_int_equal(lock_take("a", &fd, &err), OK);
    assert_true(lock_is_claim(fd) && stands("a", fd));
    assert_int_equal(lock_take("a", &other, &err), ERR_INPUT);
    snprintf(expected, sizeof expected, "process %ld", (long)getpid());
    assert_non_null(strstr(err.msg, expected));
    assert_non_null(strstr(err.msg, LOCK_HELD));
    assert_int_equal(lock_look("a", holder, sizeof holder), LOCK_TAKEN);
    assert_string_equal(holder, expected);
    pause_s(2 * LEASE_S);
    assert_int_equal(looked("a"), LOCK_TAKEN); /* its process lives */
    assert_true(stands("a", fd));
    lock_release(fd);
    assert_int_equal(looked("a"), LOCK_FREE);
    assert_true(lock_was_claimed("a"));
    assert_int_equal(lock_take("a", &fd, &err), OK);
    assert_true(file_exists("a.2"));
    lock_release(fd);
}

/* Another process runs this program anew with the part's name: a child of fork alone may not start the thread that
 * renews a claim beside threads it never had. */
static char program[PATH_MAX];

static pid_t begin(const char *part) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid) return pid;
    execl(program, program, part, (char *)NULL);
    _exit(127);
}

static int end_of(pid_t pid) {
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int part_many(void) {
    enum { TURNS = 40 };
    time_t late = time(NULL) + 60;
    for (int turn = 0; turn < TURNS;) {
        int fd;
        Err err;
        Status status = lock_take("many", &fd, &err);
        if (time(NULL) > late) return 4;
        if (status == ERR_INPUT) continue;
        if (status != OK) return 2;
        int inside = open("inside", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (inside < 0) return 3;
        close(inside);
        unlink("inside");
        lock_release(fd);
        turn++;
    }
    return 0;
}

static void of_many_one(void **state) {
    (void)state;
    enum { PROCESSES = 8 };
    pid_t pid[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) pid[i] = begin("many");
    int failed = 0;
    for (int i = 0; i < PROCESSES; i++) failed += end_of(pid[i]) != 0;
    assert_int_equal(failed, 0);
}

static int part_killed(void) {
    int fd;
    Err err;
    if (lock_take("killed", &fd, &err) != OK) return 1;
    _exit(0); /* without a release */
}

static void of_a_killed_process(void **state) {
    (void)state;
    int fd;
    Err err;
    assert_int_equal(end_of(begin("killed")), 0);
    assert_int_equal(looked("killed"), LOCK_FREE); /* at once: it was of this machine */
    assert_int_equal(lock_take("killed", &fd, &err), OK);
    assert_true(file_exists("killed.2"));
    lock_release(fd);
}

static int part_paused(void) {
    int fd;
    Err err;
    if (lock_take("paused", &fd, &err) != OK) return 1;
    put("ready", "");
    for (;;) pause_s(1);
}

static void of_a_paused_process(void **state) {
    (void)state;
    pid_t pid = begin("paused");
    for (int i = 0; i < 500 && !file_exists("ready"); i++) pause_s(0.02);
    assert_true(file_exists("ready"));
    assert_int_equal(kill(pid, SIGSTOP), 0);
    pause_s(2 * LEASE_S);
    assert_int_equal(looked("paused"), LOCK_TAKEN); /* on this machine one can see that it lives */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(looked("paused"), LOCK_FREE);
}

static void of_another_machine(void **state) {
    (void)state;
    int fd;
    Err err;
    char holder[160];
    put("far", "");
    put_claim("far.1", "");
    assert_int_equal(lock_look("far", holder, sizeof holder), LOCK_DOUBTFUL);
    assert_string_equal(holder, "process 17 on node3");
    assert_int_equal(lock_take("far", &fd, &err), ERR_INPUT);
    for (int i = 0; i < 30; i++) { /* its clock is an hour ahead or behind: only that it changes counts */
        struct timespec when = {.tv_sec = time(NULL) + (i % 2 ? 3600 : -3600), .tv_nsec = 1000 * i};
        assert_int_equal(utimensat(AT_FDCWD, "far.1", (struct timespec[]){when, when}, 0), 0);
        assert_int_equal(looked("far"), LOCK_TAKEN);
        pause_s(RENEW_S);
    }
    double waited = 0;
    for (; looked("far") != LOCK_FREE && waited < 10 * LEASE_S; waited += RENEW_S / 2) pause_s(RENEW_S / 2);
    assert_true(waited > 0.5 * LEASE_S && waited < 5 * LEASE_S);
    assert_int_equal(lock_take("far", &fd, &err), OK);
    assert_true(stands("far", fd));
    lock_release(fd);
    put("patient", "");
    put_claim("patient.1", "");
    assert_int_equal(lock_take_patient("patient", &fd, &err), OK);
    lock_release(fd);
}

/* Who looks once in a long while has not seen that nothing happened in between. */
static void a_watcher_that_was_paused(void **state) {
    (void)state;
    put("long", "");
    put_claim("long.1", "");
    assert_int_equal(looked("long"), LOCK_DOUBTFUL);
    pause_s(3 * LEASE_S);
    assert_int_equal(looked("long"), LOCK_DOUBTFUL);
}

/* A process that was taken for dead comes back: it must see that the claim is another's now. */
static void taken_over(void **state) {
    (void)state;
    int fd;
    Err err;
    assert_int_equal(lock_take("over", &fd, &err), OK);
    assert_true(stands("over", fd));
    put_claim("over.2", "");
    assert_false(stands("over", fd));
    assert_int_equal(unlink("over.2"), 0);
    assert_int_equal(unlink("over.1"), 0); /* by hand, as the message says */
    assert_false(stands("over", fd));
    lock_release(fd);
}

static int asked;
static bool is_gone;
static bool ask(const char *job, int restarts) {
    asked += !strcmp(job, "5_2") && restarts == 0;
    return is_gone;
}

static void of_a_job(void **state) {
    (void)state;
    int fd;
    Err err;
    put("job", "");
    put_claim("job.1", "5_2");
    pause_s(2 * LEASE_S);
    for (int i = 0; i < 40; i++) { /* no scheduler to ask: never */
        assert_int_equal(looked("job"), LOCK_TAKEN);
        pause_s(RENEW_S / 2);
    }
    lock_job_gone = ask;
    assert_int_equal(looked("job"), LOCK_TAKEN); /* it is there: paused, maybe */
    is_gone = true;
    assert_int_equal(looked("job"), LOCK_FREE);
    assert_true(asked == 2);
    is_gone = false;
    setenv("SLURM_ARRAY_JOB_ID", "5", 1);
    setenv("SLURM_ARRAY_TASK_ID", "2", 1);
    assert_int_equal(looked("job"), LOCK_TAKEN); /* another process of this task, maybe on another node */
    setenv("SLURM_RESTART_COUNT", "1", 1);
    assert_int_equal(looked("job"), LOCK_FREE); /* this task was begun anew */
    assert_int_equal(lock_take("job", &fd, &err), OK);
    lock_release(fd);
    unsetenv("SLURM_ARRAY_JOB_ID");
    unsetenv("SLURM_ARRAY_TASK_ID");
    unsetenv("SLURM_RESTART_COUNT");
    lock_job_gone = NULL;
}

/* A machine that has locks on the disk, and one that has none. */
static void some_with_locks(void **state) {
    (void)state;
    int fd, other;
    Err err;
    put("mixed", "17 rote@node3\n"); /* node3 has locked it, or was killed while it had */
    assert_int_equal(lock_take("mixed", &fd, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, LOCK_HELD "process 17 on node3"));
    assert_non_null(strstr(err.msg, "remove the file"));
    assert_int_equal(looked("mixed"), LOCK_TAKEN);
    put("mixed", "");
    assert_int_equal(lock_take("mixed", &fd, &err), OK);
    no_locks = 0;
    assert_int_equal(lock_take("mixed", &other, &err), ERR_INPUT); /* though its flock says yes */
    assert_int_equal(looked("mixed"), LOCK_TAKEN);
    lock_release(fd);
    assert_int_equal(lock_take("mixed", &other, &err), OK);
    lock_release(other);
    Buffer text;
    assert_int_equal(file_read("mixed", 100, &text, &err), OK);
    assert_int_equal(text.size, 0); /* released: its name is no longer there */
    buffer_free(&text);
    no_locks = ENOLCK;
}

static void files_are_written(void **state) {
    (void)state;
    Err err;
    Buffer text;
    AtomicFile file;
    assert_int_equal(file_write_atomic("file", "one", 3, &err), OK);
    assert_int_equal(file_write_atomic("file", "two", 3, &err), OK);
    assert_int_equal(file_read("file", 100, &text, &err), OK);
    assert_string_equal(text.data, "two");
    buffer_free(&text);
    assert_true(file_missing(".file.rote-tmp"));
    assert_int_equal(atomic_open(&file, "DONE", &err), OK);
    assert_true(early_temporary(file.temporary));              /* the next process takes it away */
    assert_string_not_equal(file.temporary, ".DONE.rote-tmp"); /* and no other writes into it */
    atomic_abort(&file);
}

static void removed(void **state) {
    (void)state;
    int fd;
    Err err;
    assert_int_equal(lock_take("removed", &fd, &err), OK);
    lock_remove("removed", fd);
    assert_true(file_missing("removed") && file_missing("removed.1"));
}

static void reach_of_mounts(void **state) {
    (void)state;
    static const struct {
        const char *mount;
        bool reaches;
    } cases[] = {
        {"36 35 0:45 / /home rw,relatime shared:1 - nfs4 fs:/home rw,vers=4.2,local_lock=none,addr=10.0.0.1",
         true},
        {"36 35 0:45 / /home rw - nfs fs:/home rw,vers=3,nolock,proto=tcp", false},
        {"36 35 0:45 / /home rw - nfs fs:/home rw,vers=3,local_lock=flock,addr=1.2.3.4", false},
        {"36 35 0:45 / /home rw - nfs fs:/home rw,vers=3,local_lock=all", false},
        {"36 35 0:45 / /home rw - nfs fs:/home rw,vers=3,local_lock=posix", true},
        {"36 35 0:45 / /scratch rw - lustre mgs@tcp:/fs rw,flock,lazystatfs", true},
        {"36 35 0:45 / /scratch rw - lustre mgs@tcp:/fs rw,localflock,lazystatfs", false},
        {"36 35 0:45 / /scratch rw - lustre mgs@tcp:/fs rw,noflock", false},
        {"36 35 0:45 / /mnt rw - fuse.sshfs host:/ rw,user_id=0", false},
        {"36 35 259:1 / / rw,noatime - ext4 /dev/nvme0n1p1 rw", true},
        {"36 35 0:20 / /x rw - tmpfs tmpfs rw,size=1g", true},
        {"nonsense", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(lock_mount_reaches(cases[i].mount), cases[i].reaches);
}

int main(int argc, char **argv) {
    if (argc == 2 && !strcmp(argv[1], "many")) return part_many();
    if (argc == 2 && !strcmp(argv[1], "killed")) return part_killed();
    if (argc == 2 && !strcmp(argv[1], "paused")) return part_paused();
    if (!realpath(argv[0], program)) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process_has_it),
        cmocka_unit_test(of_many_one),
        cmocka_unit_test(of_a_killed_process),
        cmocka_unit_test(of_a_paused_process),
        cmocka_unit_test(of_another_machine),
        cmocka_unit_test(a_watcher_that_was_paused),
        cmocka_unit_test(taken_over),
        cmocka_unit_test(of_a_job),
        cmocka_unit_test(some_with_locks),
        cmocka_unit_test(files_are_written),
        cmocka_unit_test(removed),
        cmocka_unit_test(reach_of_mounts),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
