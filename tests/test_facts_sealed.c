/* Nothing of a fact set's folder is believed: no byte changes unseen, each figure is computed again, and folders of
 * older versions, which have no seals, are drawn once more. */
#include "tests/facts_testing.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "data/folder/folder.h"
#include "data/import/import.h"

static const char *const FILES[] = {"set/manifest.json", "set/records.tsv", "set/vocab.json"};
enum { FILES_N = sizeof FILES / sizeof *FILES };

/* Draws by words such as facts.n=3 and saves the set as "set". */
static FactSet make_set(const char *words) {
    char text[256], *word[16], *rest = text;
    int n = 0;
    snprintf(text, sizeof text, "%s", words);
    while ((word[n] = strtok_r(n ? NULL : text, " ", &rest))) n++;
    Config config;
    FactSet facts;
    Err err = {0};
    if (config_load(&config, NULL, n, (const char *const *)word, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

/* A table with a repeated row and a tag that is not UTF-8. */
static FactSet import_set(int heldout) {
    static const char table[] =
        "prompt\tanswer\ttag\nA1\tParis\tx\nB\tTokyo 2\ty\xff\nC\tNuku\tx\nC\tNuku\tx\nD 7\tOslo\t\n";
    FactSet facts;
    Err err = {0};
    put_file("t.tsv", table, sizeof table - 1);
    if (facts_import("t.tsv", &(ImportOptions){.bytes = true}, &facts, NULL, &err) != OK)
        fail_msg("%s", err.msg);
    if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
    if (!heldout) return facts;
    facts_free(&facts);
    FactsConfig config = {.kind = FACTS_FILE, .path = "set", .heldout = heldout};
    if (facts_obtain(&config, &facts, &err) != OK) fail_msg("%s", err.msg);
    remove_folder("set");
    if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static void expect_loaded(const FactSet *facts) {
    FactSet loaded;
    Err err = {0};
    if (facts_load("set", &loaded, &err) != OK) fail_msg("%s", err.msg);
    expect_same_facts(facts, &loaded);
    facts_free(&loaded);
}

static void expect_refused(Status status, const char *part) {
    FactSet loaded;
    Err err = {0};
    assert_int_equal(facts_load("set", &loaded, &err), status);
    if (!strstr(err.msg, part)) fail_msg("'%s' is not in: %s", part, err.msg);
}

/* ---- seals ---- */

/* Each byte of each file in another value: a digit in the next digit, anything else with one bit flipped. */
static int change_every_byte(void) {
    int changes = 0;
    for (int f = 0; f < FILES_N; f++) {
        Buffer b;
        if (file_missing(FILES[f])) continue;
        assert_int_equal(file_read(FILES[f], 1 << 20, &b, NULL), OK);
        int fd = open(FILES[f], O_WRONLY);
        assert_true(fd >= 0);
        for (size_t i = 0; i < b.size; i++, changes++) {
            FactSet loaded;
            Err err = {0};
            char was = b.data[i];
            bool digit = was >= '0' && was <= '9';
            char now = (char)(digit ? '0' + (was - '0' + 1) % 10 : was ^ 1 << i % 8);
            assert_int_equal(pwrite(fd, &now, 1, (off_t)i),
                             1); /* in place: some file systems flush a file cut anew */
            if (facts_load("set", &loaded, &err) == OK)
                fail_msg("%s: byte %zu: '%c' became '%c', and nobody sees it", FILES[f], i, was, now);
            assert_int_equal(err.status, ERR_FORMAT);
            assert_int_equal(pwrite(fd, &was, 1, (off_t)i), 1);
        }
        close(fd);
        buffer_free(&b);
    }
    return changes;
}

static void no_byte_changes_unseen(void **state) {
    (void)state;
    static const char *const sets[] = {
        "facts.n=12 facts.seq_len=4 facts.vocab_size=8 facts.seed=3",
        ("facts.n=6 facts.heldout=3 facts.seq_len=3 facts.vocab_size=5 facts.junk_n=2 facts.paraphrases=2 "
         "facts.domain_token=true facts.split_seed=4"),
        "facts.kind=triples facts.n=5",
        "facts.kind=biod facts.n=4 facts.attributes=2 facts.symbols=10",
    };
    int changes = 0;
    for (size_t i = 0; i < sizeof sets / sizeof *sets + 2; i++) {
        FactSet facts = i < sizeof sets / sizeof *sets ? make_set(sets[i]) : import_set(i % 2 ? 2 : 0);
        expect_loaded(&facts);
        changes += change_every_byte();
        expect_loaded(&facts);
        facts_free(&facts);
        remove_folder("set");
    }
    printf("%d changes\n", changes);
}

/* Bytes more and bytes less, in files that are read no further than their last row. */
static void other_lengths_are_seen(void **state) {
    (void)state;
    FactSet facts = import_set(0);
    for (int f = 0; f < FILES_N; f++) {
        Buffer b;
        assert_int_equal(file_read(FILES[f], 1 << 20, &b, NULL), OK);
        char *text = malloc(b.size + 2);
        memcpy(text, b.data, b.size);
        strcpy(text + b.size, "\n");
        put_file(FILES[f], text, b.size + 1);
        expect_refused(ERR_FORMAT, "was altered");
        put_file(FILES[f], text, b.size - 1);
        expect_refused(ERR_FORMAT, "was altered");
        put_file(FILES[f], text, b.size);
        free(text);
        buffer_free(&b);
    }
    expect_loaded(&facts);
    facts_free(&facts);
    remove_folder("set");
}

/* A file that grew to gigabytes is refused before it is read, and what is no file is not waited for. */
static void what_stands_in_a_files_place(void **state) {
    (void)state;
    FactSet facts = import_set(0);
    for (int f = 0; f < FILES_N; f++) {
        char kept[64];
        snprintf(kept, sizeof kept, "%s.kept", FILES[f]);
        assert_int_equal(rename(FILES[f], kept), 0);
        int fd = open(FILES[f], O_WRONLY | O_CREAT, 0666);
        assert_int_equal(ftruncate(fd, (off_t)3 << 30), 0);
        close(fd);
        expect_refused(ERR_IO, "larger than ");
        unlink(FILES[f]);
        assert_int_equal(mkfifo(FILES[f], 0666), 0);
        expect_refused(ERR_INPUT, "a device or pipe, not a regular file");
        unlink(FILES[f]);
        assert_int_equal(symlink(strrchr(kept, '/') + 1, FILES[f]), 0);
        expect_loaded(&facts); /* links are read through */
        unlink(FILES[f]);
        assert_int_equal(symlink("nowhere", FILES[f]), 0);
        expect_refused(f ? ERR_IO : ERR_INPUT, f ? "cannot read" : "no fact set is there");
        unlink(FILES[f]);
        assert_int_equal(rename(kept, FILES[f]), 0);
    }
    facts_free(&facts);
    remove_folder("set");
}

/* ---- figures ---- */

/* One text of the manifest replaced by another. */
static void edit_manifest(const Buffer *first, const char *from, const char *to) {
    char text[16384];
    const char *at = strstr(first->data, from);
    if (!at) fail_msg("'%s' is not in the manifest", from);
    int size =
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - first->data), first->data, to, at + strlen(from));
    put_file("set/manifest.json", text, (size_t)size);
}

static void figures_are_computed_again(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *msg;
    } cases[] = {
        {"\"entropy_bits\": 1", "\"entropy_bits\": 9", "entropy_bits is 9"},
        {"\"data_bits_set\": 1", "\"data_bits_set\": 9", "data_bits_set is 9"},
        {"\"ceiling_bits\": 1", "\"ceiling_bits\": 9", "ceiling_bits is 9"},
        {"\"answer_bits\": 9", "\"answer_bits\": 8", "answer_bits is 8"},
        {"\"zlib_bytes\": null", "\"zlib_bytes\": 8", "zlib_bytes is 8"},
        {"\"duplicates\": 0", "\"duplicates\": 1", "duplicates is 1"},
        {"\"seed\": \"12\"", "\"seed\": \"13\"", "seed is 13, but drawn_with has facts.seed=12"},
        {"\"max_len\": 35", "\"max_len\": 36", "max_len is 36"},
        {"over i < 20 ", "over i < 21 ", "derivation is "},
        {"value_sizes=12x", "value_sizes=13x", "vocab_size is 2918, but"},
        {"facts.heldout=5", "facts.heldout=4",
         "pool: heldout is 5, but a draw with the recorded keys gives 4"},
        {"facts.split_seed=3", "facts.split_seed=4", "set/manifest.json: was altered"}, /* in no figure */
        {"facts.seed=12", "facts.seed=13", "seed is 12"},
        {"\"data_hash\": \"", "\"data_hash\": \"x", "one was altered"},
    };
    FactSet facts = make_set("facts.kind=bios facts.n=20 facts.heldout=5 facts.seed=12 facts.split_seed=3");
    Buffer first;
    assert_int_equal(file_read("set/manifest.json", 1 << 20, &first, NULL), OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        edit_manifest(&first, cases[i].from, cases[i].to);
        expect_refused(ERR_FORMAT, cases[i].msg);
    }
    put_file("set/manifest.json", first.data, first.size);
    expect_loaded(&facts);
    buffer_free(&first);
    facts_free(&facts);
    remove_folder("set");
}

/* ---- older versions ---- */

/* The manifest as an older program wrote it: without seals, of that version; drawn: with drawn_with. */
static Buffer make_older(int version, bool drawn) {
    Buffer b;
    assert_int_equal(file_read("set/manifest.json", 1 << 20, &b, NULL), OK);
    char *end = strstr(b.data, drawn ? ",\n  \"files\"" : ",\n  \"drawn_with\"");
    assert_non_null(end);
    strcpy(end, "\n}\n");
    b.size = strlen(b.data);
    char *at = strstr(b.data, "\"version\": 4");
    assert_non_null(at);
    at[strlen("\"version\": ")] = (char)('0' + version);
    put_file("set/manifest.json", b.data, b.size);
    return b;
}

static void older_sets_are_drawn_again(void **state) {
    (void)state;
    FactSet facts = make_set("facts.n=12 facts.seq_len=4 facts.vocab_size=8 facts.seed=3");
    Buffer first = make_older(1, true);
    expect_loaded(&facts);
    edit_manifest(&first, "\"seed\": \"3\"", "\"seed\": \"4\"");
    expect_refused(ERR_FORMAT, "set/records.tsv: its content has the hash");
    buffer_free(&first);
    facts_free(&facts);
    remove_folder("set");

    facts = make_set("facts.kind=triples facts.n=9 facts.heldout=3 facts.seed=3 facts.split_seed=5");
    first = make_older(3, true);
    expect_loaded(&facts);
    edit_manifest(&first, "facts.split_seed=5", "facts.split_seed=6");
    expect_refused(ERR_FORMAT, "but what manifest.json records as its draw (kind, sizes, seed) gives ");
    edit_manifest(&first, "\"entropy_bits\": ", "\"entropy_bits\": 9");
    expect_refused(ERR_FORMAT, "entropy_bits is 9");
    buffer_free(&first);
    facts_free(&facts);
    remove_folder("set");
}

/* Version 2 does not say what facts were drawn with, so it cannot claim an entropy. */
static void version_2_claims_nothing(void **state) {
    (void)state;
    FactSet facts = make_set("facts.kind=bios facts.n=5 facts.heldout=2");
    Buffer first = make_older(2, false);
    expect_refused(ERR_FORMAT, "but version 2 does not name what these facts were drawn with");
    buffer_free(&first);
    facts_free(&facts);
    remove_folder("set");

    static const char table[] = "prompt\tanswer\nA\tParis\nB\tTokyo\nC\tNuku\n";
    put_file("t.tsv", table, sizeof table - 1);
    Err err = {0};
    assert_int_equal(facts_import("t.tsv", &(ImportOptions){.bytes = true}, &facts, NULL, &err), OK);
    assert_int_equal(facts_save(&facts, "whole", &err), OK);
    facts_free(&facts);
    FactsConfig config = {.kind = FACTS_FILE, .path = "whole", .heldout = 1};
    assert_int_equal(facts_obtain(&config, &facts, &err), OK);
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    first = make_older(2, true);
    expect_loaded(&facts);
    edit_manifest(&first, "\"entropy_bits\": null", "\"entropy_bits\": 99");
    expect_refused(ERR_FORMAT, "entropy_bits is 99, expected null");
    buffer_free(&first);
    facts_free(&facts);
    remove_folder("set");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_byte_changes_unseen),       cmocka_unit_test(other_lengths_are_seen),
        cmocka_unit_test(what_stands_in_a_files_place), cmocka_unit_test(figures_are_computed_again),
        cmocka_unit_test(older_sets_are_drawn_again),   cmocka_unit_test(version_2_claims_nothing),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
