/* One folder, several processes; and facts that are no longer where the config says. */
#include "tests/facts_testing.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "data/folder/folder.h"
#include "data/folder/layout.h"

/* ---- one folder, several processes ---- */

static FactSet of_seed(int seed) { return draw(40, 3, 9, (uint64_t)seed); }

/* Some of the processes have a disk that ends within the records. */
static void save_and_exit(int seed) {
    FactSet facts = of_seed(seed);
    Err err = {0};
    signal(SIGXFSZ, SIG_IGN);
    if (seed % 3 == 0) setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, 100});
    Status status = facts_save(&facts, "shared/set", &err);
    _exit(status == OK ? 0 : status == ERR_INPUT ? 10 : status == ERR_IO ? 11 : 12);
}

/* Of processes that make the same folder at most one succeeds, and then its set is what stands there, whole. */
static void one_of_many_wins(void **state) {
    (void)state;
    enum { ROUNDS = 40, PROCESSES = 6 };
    int won = 0, failed = 0;
    assert_int_equal(mkdir("shared", 0777), 0);
    for (int round = 0; round < ROUNDS; round++) {
        pid_t pid[PROCESSES];
        int winner = -1;
        for (int i = 0; i < PROCESSES; i++) {
            pid[i] = fork();
            assert_true(pid[i] >= 0);
            if (pid[i] == 0) save_and_exit(round + i);
        }
        for (int i = 0; i < PROCESSES; i++) {
            int status = -1;
            assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 12);
            failed += WEXITSTATUS(status) == 11;
            if (WEXITSTATUS(status) != 0) continue;
            assert_int_equal(winner, -1);
            winner = round + i;
        }
        if (winner < 0) {
            assert_true(file_missing("shared/set") || rmdir("shared/set") == 0); /* nothing is in it */
            continue;
        }
        won++;
        FactSet facts = of_seed(winner), loaded;
        Err err = {0};
        if (facts_load("shared/set", &loaded, &err) != OK) fail_msg("%s", err.msg);
        expect_same_facts(&facts, &loaded);
        facts_free(&facts);
        facts_free(&loaded);
        assert_true(file_missing("shared/set/" LOCK_NAME));
        remove_folder("shared/set");
    }
    printf("%d rounds: %d sets, %d disks full\n", ROUNDS, won, failed);
    assert_true(won > 0 && failed > 0);
}

static void expect_not_saved(const char *part) {
    FactSet facts = of_seed(1);
    Err err = {0};
    assert_int_not_equal(facts_save(&facts, "mine", &err), OK);
    if (!strstr(err.msg, part)) fail_msg("'%s' is not in: %s", part, err.msg);
    facts_free(&facts);
}

static void expect_text(const char *path, const char *expected) {
    Buffer b;
    Err err = {0};
    if (file_read(path, 1 << 20, &b, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(b.data, expected);
    buffer_free(&b);
}

/* A held folder, files and links of others: refused, and what is there stays. */
static void folders_of_others_stay(void **state) {
    (void)state;
    int lock;
    Err err = {0};
    assert_int_equal(mkdir("mine", 0777), 0);
    assert_int_equal(lock_take("mine/" LOCK_NAME, &lock, &err), OK);
    expect_not_saved("mine/.rote-lock: held by process ");
    lock_release(lock);

    static const char *const names[] = {"manifest.json", "records.tsv", "vocab.json", "metrics.jsonl",
                                        ".records.tsv.rote-tmp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "mine/%s", names[i]);
        put_file(path, "precious", 8);
        expect_not_saved("mine: the folder is not empty (");
        expect_text(path, "precious");
        unlink(path);
    }
    put_file("thesis", "precious", 8);
    assert_int_equal(unlink("mine/" LOCK_NAME), 0);
    assert_int_equal(symlink("../thesis", "mine/" LOCK_NAME), 0);
    expect_not_saved("mine/.rote-lock: a link, not a regular file");
    expect_text("thesis", "precious");
    unlink("mine/" LOCK_NAME);
    put_file("mine/" LOCK_NAME, "notes", 5);
    expect_not_saved("not a lock of rote's");
    expect_text("mine/" LOCK_NAME, "notes");
    unlink("mine/" LOCK_NAME);
    /* Links where a dead process seems to have left files */
    put_file("mine/.manifest.json.rote-tmp", "", 0);
    assert_int_equal(symlink("../thesis", "mine/.records.tsv.rote-tmp"), 0);
    expect_not_saved("mine/records.tsv: cannot create");
    expect_text("thesis", "precious");
    remove_folder("mine");
}

/* ---- facts that have moved ---- */

static void expect_found(const FactsConfig *config, FactsPlaces places, const char *where) {
    FactSet facts;
    char found[CONFIG_PATH_MAX];
    Err err = {0};
    if (facts_find(config, &places, &facts, found, &err) != OK) fail_msg("%s", err.msg);
    char *real = realpath(found, NULL), *expected = realpath(where, NULL);
    assert_string_equal(real, expected);
    free(real);
    free(expected);
    if (places.data_hash) assert_string_equal(facts.data_hash, places.data_hash);
    facts_free(&facts);
}

static void expect_lost(const FactsConfig *config, FactsPlaces places, const char *msg) {
    FactSet facts;
    Err err = {0};
    assert_int_equal(facts_find(config, &places, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(err.msg, msg);
}

static void save_seed(int seed, const char *dir, char hash[33]) {
    FactSet facts = of_seed(seed);
    Err err = {0};
    if (facts_save(&facts, dir, &err) != OK) fail_msg("%s", err.msg);
    strcpy(hash, facts.data_hash);
    facts_free(&facts);
}

/* project/facts/a, used by project/runs/r; the project is moved, and another folder becomes the current one. */
static void moved_facts_are_found(void **state) {
    (void)state;
    char a[33], b[33];
    save_seed(1, "project/facts/a", a);
    save_seed(2, "facts/a", b);
    Err err = {0};
    assert_int_equal(make_directories("project/runs/r", &err), OK);
    FactsConfig relative = {.kind = FACTS_FILE, .path = "facts/a"},
                absolute = {.kind = FACTS_FILE, .path = "/old/place/project/facts/a"},
                up = {.kind = FACTS_FILE, .path = "../../facts/a"};
    const char *run = "project/runs/r";

    expect_found(&relative, (FactsPlaces){0}, "facts/a");
    expect_found(&relative, (FactsPlaces){.beside = run, .data_hash = b}, "facts/a");
    expect_found(&relative, (FactsPlaces){.beside = run, .data_hash = a}, "project/facts/a");
    expect_found(&up, (FactsPlaces){.beside = run}, "project/facts/a");
    expect_found(&absolute, (FactsPlaces){.beside = run, .data_hash = a}, "project/facts/a");
    expect_found(&absolute, (FactsPlaces){.given = "facts/a"}, "facts/a");
    expect_found(&absolute, (FactsPlaces){.given = "project/facts/a", .data_hash = a}, "project/facts/a");

    expect_lost(
        &absolute, (FactsPlaces){.beside = run},
        "the facts are not there any more: looked at /old/place/project/facts/a (no manifest.json); say where "
        "they are: --facts DIR");
    char msg[1024];
    snprintf(
        msg, sizeof msg,
        "the facts with the hash %s are not there any more: looked at facts/a (other facts, hash %s); say where "
        "they are: --facts DIR",
        a, b);
    expect_lost(&absolute, (FactsPlaces){.given = "facts/a", .data_hash = a}, msg);
    const char *none = "00000000000000000000000000000000";
    snprintf(
        msg, sizeof msg,
        "the facts with the hash %s are not there any more: looked at facts/a (other facts, hash %s), "
        "project/runs/r/facts/a (no manifest.json), project/runs/r (and in the folders above it: the last parts of the "
        "path lead nowhere); say where they are: --facts DIR",
        none, b);
    expect_lost(&relative, (FactsPlaces){.beside = run, .data_hash = none}, msg);
    remove_folder("project");
    remove_folder("facts");
}

/* A damaged set is no missing one; drawn facts are nowhere and always found. */
static void found_and_broken(void **state) {
    (void)state;
    char hash[33], found[CONFIG_PATH_MAX] = "x";
    FactSet facts;
    Err err = {0};
    save_seed(1, "set", hash);
    put_file("set/records.tsv", "1 2 3\n", 6);
    FactsConfig config = {.kind = FACTS_FILE, .path = "set"};
    assert_int_equal(facts_find(&config, &(FactsPlaces){.data_hash = hash}, &facts, found, &err), ERR_FORMAT);
    config = (FactsConfig){.kind = FACTS_RANDOM, .n = 4, .seq_len = 3, .vocab_size = 9};
    assert_int_equal(facts_find(&config, &(FactsPlaces){0}, &facts, found, &err), OK);
    assert_string_equal(found, "");
    facts_free(&facts);
    put_file("text", "some words", 10);
    expect_found(&(FactsConfig){.kind = FACTS_TEXT, .path = "elsewhere/text", .seq_len = 4},
                 (FactsPlaces){.given = "text"}, "text");
    remove_folder("set");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_many_wins),
        cmocka_unit_test(folders_of_others_stay),
        cmocka_unit_test(moved_facts_are_found),
        cmocka_unit_test(found_and_broken),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
