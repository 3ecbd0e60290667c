/* SIGKILL at any moment, and at every named point between a write and its rename: resumed, a run ends with
 * the bytes of one left alone. KILLS=200 makes the long campaign, SEED=… another one. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "data/obtain.h"
#include "train/train.h"

/* Long enough to be hit many times, with a checkpoint every other step; held-out facts have files of their own. */
static const char CONFIG[] =
    "facts: {n: 32, heldout: 8, seq_len: 6, vocab_size: 16}\n"
    "model: {n_layer: 1, n_head: 2, n_embd: 8}\n"
    "train: {max_steps: 80, learning_rate: 0.01, eval_interval: 10, checkpoint_interval: 2,\n"
    "        grad_leaves: 2, threads: 1}\n";

static char root[] = "/tmp/rote-kill-XXXXXX";
static char config_path[64], undisturbed[64], killed[64];
static const char *const OUTCOME[] = {
    "result.json",  "metrics.jsonl",   "checkpoint-000000080.safetensors", "checkpoint-000000078.safetensors",
    "pool_ids.npy", "code_lengths.npy"};

/* The child: this program again, called as `test_kill run CONFIG DIR`. */
static int run_child(const char *config, const char *dir) {
    Config c;
    FactSet facts;
    RunResult result;
    Err err = {0};
    RunOptions options = {.dir = dir, .resume = true};
    Status status = config_load(&c, config, 0, NULL, &err);
    if (status == OK) status = facts_obtain(&c.facts, &facts, &err);
    if (status == OK) status = config_resolve(&c, facts.n, facts.max_len, facts.vocab.size, &err);
    if (status == OK) status = run_train(&c, &facts, &options, &result, &err);
    if (status == OK) facts_free(&facts);
    else fprintf(stderr, "child: %s\n", err.msg);
    return status == OK ? 0 : 1;
}

static pid_t start(const char *dir, const char *fault) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0) return pid;
    if (fault) setenv("ROTE_FAULT", fault, 1);
    execl("/proc/self/exe", "test_kill", "run", config_path, dir, (char *)NULL);
    _exit(127);
}

/* Waits; true where the child came to its end by itself. */
static bool finished(pid_t pid) {
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail_msg("the resumed run failed: status %d", status);
    return true;
}

static void sleep_s(double seconds) {
    struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

static void empty_dir(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));) {
        char inner[512];
        snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        unlink(inner);
    }
    closedir(dir);
    rmdir(path);
}

static void expect_same_outcome(const char *how) {
    for (size_t i = 0; i < sizeof OUTCOME / sizeof OUTCOME[0]; i++) {
        char a[256], b[256];
        Buffer x, y;
        Err err = {0};
        snprintf(a, sizeof a, "%s/%s", undisturbed, OUTCOME[i]);
        snprintf(b, sizeof b, "%s/%s", killed, OUTCOME[i]);
        if (file_read(a, 1 << 24, &x, &err) != OK || file_read(b, 1 << 24, &y, &err) != OK)
            fail_msg("%s: %s", how, err.msg);
        if (x.size != y.size || memcmp(x.data, y.data, x.size))
            fail_msg("%s: %s differs from the undisturbed run's", how, OUTCOME[i]);
        buffer_free(&x);
        buffer_free(&y);
    }
    DIR *dir = opendir(killed); /* nothing half-written is left, and no third checkpoint */
    assert_non_null(dir);
    int checkpoints = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (strstr(e->d_name, TEMPORARY_END)) fail_msg("%s: %s is left over", how, e->d_name);
        checkpoints += !strncmp(e->d_name, "checkpoint-", 11);
    }
    closedir(dir);
    if (checkpoints != 2) fail_msg("%s: %d checkpoints are left", how, checkpoints);
}

static double whole_run_s; /* of the undisturbed run */

static int make_root(void **state) {
    (void)state;
    if (!mkdtemp(root)) return -1;
    snprintf(config_path, sizeof config_path, "%s/config.yaml", root);
    snprintf(undisturbed, sizeof undisturbed, "%s/undisturbed", root);
    snprintf(killed, sizeof killed, "%s/killed", root);
    Err err = {0};
    if (file_write_atomic(config_path, CONFIG, sizeof CONFIG - 1, &err) != OK) return -1;
    double before = clock_s();
    bool whole = finished(start(undisturbed, NULL));
    whole_run_s = clock_s() - before;
    return whole ? 0 : -1;
}

static int remove_root(void **state) {
    (void)state;
    empty_dir(undisturbed);
    empty_dir(killed);
    unlink(config_path);
    return rmdir(root);
}

/* Every point that a write of the run folder passes, early, in the middle and at the end of the run. */
static void killed_at_every_named_point(void **state) {
    (void)state;
    static const char *const FILES[] = {"manifest",     "config", "checkpoint", "pool_ids",
                                        "code_lengths", "result", "timing",     "done"};
    static const char *const POINTS[] = {"before_sync", "before_rename", "before_dirsync", "after"};
    int kills = 0;
    for (size_t f = 0; f < sizeof FILES / sizeof FILES[0]; f++)
        for (size_t p = 0; p < sizeof POINTS / sizeof POINTS[0]; p++) {
            char fault[64];
            snprintf(fault, sizeof fault, "%s.%s%s", FILES[f], POINTS[p],
                     strcmp(FILES[f], "checkpoint") ? "" : ":17");
            empty_dir(killed);
            if (finished(start(killed, fault))) fail_msg("%s: was never passed", fault);
            if (!finished(start(killed, NULL))) fail_msg("%s: killed again", fault);
            expect_same_outcome(fault);
            kills++;
        }
    static const char *const OTHERS[] = {"checkpoint.half_written:9",
                                         "checkpoint.half_written:40",
                                         "checkpoint.before_tidy:9",
                                         "checkpoint.before_tidy:40",
                                         "metrics.synced",
                                         "metrics.synced:40"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++, kills++) {
        empty_dir(killed);
        if (finished(start(killed, OTHERS[i]))) fail_msg("%s: was never passed", OTHERS[i]);
        if (!finished(start(killed, NULL))) fail_msg("%s: killed again", OTHERS[i]);
        expect_same_outcome(OTHERS[i]);
    }
    printf("%d named points\n", kills);
}

/* Kills after random times, until KILLS have hit; a run that finishes is compared and begun again. */
static void killed_at_random_moments(void **state) {
    (void)state;
    const char *kills_text = getenv("KILLS"), *seed_text = getenv("SEED");
    int wanted = kills_text ? atoi(kills_text) : 10, kills = 0, runs = 0;
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    Stream random = random_stream(seed, RANDOM_TEST, 0);
    printf("seed %llu, an undisturbed run takes %.2f s\n", (unsigned long long)seed, whole_run_s);
    empty_dir(killed);
    for (uint64_t attempt = 0; kills < wanted; attempt++) {
        pid_t pid = start(killed, NULL);
        sleep_s(whole_run_s * 0.6 * random_unit(random, attempt));
        kill(pid, SIGKILL);
        if (!finished(pid)) {
            kills++;
            continue;
        }
        expect_same_outcome("random kills");
        empty_dir(killed);
        runs++;
    }
    if (!finished(start(killed, NULL))) fail_msg("nobody killed the last one");
    expect_same_outcome("random kills");
    printf("%d kills, %d runs, 0 lost\n", kills, runs + 1);
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "run")) return run_child(argv[2], argv[3]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_every_named_point),
        cmocka_unit_test(killed_at_random_moments),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
