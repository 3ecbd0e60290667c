/* The folder of an imported set: it gives back the set, can be read by a person, and no altered byte passes. */
#include "tests/import_testing.h"

static void folder_gives_back_the_set(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"f.tsv", "a\tb\nc\td\tT\ne\tf\tU\ng\th\tT\n"},
        {"f.tsv", "back\\slash\\x41\tq\\t\n\xff\xc3\xa9\x7f\tr\x01\n"},
        {"f.csv", "\"tab\there\",\"two\r\nlines\",\"t\tag\n\"\n"},
        {"f.txt", "one line\nanother one\n  \n"},
        {"f.txt", "answer\nprompt\n"},
        {"f.csv", "answer,tag\nx,t\ny,\n"},
        {"f.jsonl", "{\"prompt\":\"\\ud83d\\ude00\",\"answer\":\"\\u0085\\u2028\"}"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (int w = 0; w < 2; w++) {
            if (w && strstr(cases[c].text, "  \n")) continue; /* a line without words */
            FactSet facts = import_text(cases[c].name, cases[c].text, w ? words : bytes), loaded;
            Err err = {0};
            if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
            if (facts_load("set", &loaded, &err) != OK) fail_msg("%s", err.msg);
            expect_same_facts(&facts, &loaded);
            facts_free(&facts);
            facts_free(&loaded);
            remove_folder("set");
        }
    }
}

static void expect_file(const char *path, const char *expected) {
    Buffer buffer = {0};
    Err err = {0};
    assert_int_equal(file_read(path, 1 << 20, &buffer, &err), OK);
    assert_string_equal(buffer.data, expected);
    buffer_free(&buffer);
}

static void folder_can_be_read_by_a_person(void **state) {
    (void)state;
    FactSet facts =
        import_text("f.csv", "prompt,answer,tag\nFrance,Paris,EU\n\"a\\b\",\"x\ty\xff\",\n", bytes);
    Err err = {0};
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    expect_file("set/records.tsv", "prompt\tanswer\ttag\nFrance\tParis\tEU\na\\\\b\tx\\ty\\xFF\t\n");
    facts_free(&facts);
    remove_folder("set");
    facts = import_text("f.txt", "b a\nc\n", words);
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    expect_file("set/records.tsv", "answer\nb a\nc\n");
    expect_file("set/vocab.json",
                "{\n  \"kind\": \"words\",\n  \"eos\": 3,\n  \"symbols\": [\n    \"a\",\n    \"b\",\n    "
                "\"c\",\n    \"\"\n  ]\n}\n");
    facts_free(&facts);
    remove_folder("set");
}

static void altered_folders_are_named(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *msg;
    } cases[] = {
        {"records.tsv", "France", "Frence",
         "set/records.tsv: its content has the hash 44e134cf134cde065f805e0d22725190, manifest.json has "
         "61841823d0707ade05dfb4de3d62a4bd: one was altered"},
        {"records.tsv", "France", "Frbnce", "set/records.tsv:2: \"b\" is not in vocab.json"},
        {"records.tsv", "prompt\tanswer", "answer\tprompt",
         "set/records.tsv:1: the first line must name the columns [prompt] answer [tag]"},
        {"records.tsv", "prompt\tanswer", "prompt",
         "set/records.tsv:1: the first line must name the columns [prompt] answer [tag]"},
        {"records.tsv", "France\tParis", "France",
         "set/records.tsv:2: expected 2 fields with well-formed escapes"},
        {"records.tsv", "France\tParis", "France\\q\tParis",
         "set/records.tsv:2: expected 2 fields with well-formed escapes"},
        {"records.tsv", "France\tParis", "France\\x4\tParis",
         "set/records.tsv:2: expected 2 fields with well-formed escapes"},
        {"records.tsv", "France\tParis", "France\tParis\tEU",
         "set/records.tsv:2: expected 2 fields with well-formed escapes"},
        {"records.tsv", "France\tParis\n", "",
         "set/records.tsv: the manifest has 2 records, the file has fewer"},
        {"records.tsv", "France\tParis\n", "France\tParis\nQatar\tDoha\n",
         "set/records.tsv: the manifest has 2 records, the file has more"},
        {"vocab.json", "\"a\"", "\"a\\\\xff\"",
         "set/vocab.json: symbol 4: the symbols must be escaped strings, sorted, and the last one empty"},
        {"vocab.json", "\"a\"", "\"aa\"",
         "set/vocab.json: symbol 4: the symbols must be escaped strings, sorted, and the last one empty"},
        {"vocab.json", "\"a\"", "\"z\"",
         "set/vocab.json: symbol 5: the symbols must be escaped strings, sorted, and the last one empty"},
        {"vocab.json", "\"a\"", "17",
         "set/vocab.json: symbol 4: the symbols must be escaped strings, sorted, and the last one empty"},
        {"vocab.json", "\"a\",", "",
         "set/vocab.json: kind \"bytes\", 15 symbols, eos 15; expected bytes or words, 16 symbols as in "
         "manifest.json, eos 15"},
        {"vocab.json", "bytes", "poems",
         "set/vocab.json: kind \"poems\", 16 symbols, eos 15; expected bytes or words, 16 symbols as in "
         "manifest.json, eos 15"},
        {"vocab.json", "bytes", "words",
         "set/vocab.json: was altered: 199 bytes with the hash 078c84b8ca1c0c2aafe6e0d5ef6bc34d; when it was "
         "written, 199 with f18bcd6cb36effa045fff55544f8d2a4"},
        {"vocab.json", "\"kind\"", "\"sort\"", "set/vocab.json: Object item not found: kind"},
        {"vocab.json", "\"eos\": 15", "\"eos\": 3",
         "set/vocab.json: kind \"bytes\", 16 symbols, eos 3; expected bytes or words, 16 symbols as in "
         "manifest.json, eos 15"},
        {"manifest.json", "\"answer_bits\": 2.0", "\"answer_bits\": 2.5",
         "set/manifest.json: answer_bits is 2.5, but the records give 2"},
        {"manifest.json", "\"zlib_bytes\": ", "\"zlib_bytes\": null, \"x\": ",
         "set/manifest.json: 1 object item(s) left unpacked: x"},
        {"manifest.json", "\"entropy_bits\": null", "\"entropy_bits\": 12",
         "set/manifest.json: entropy_bits is 12, expected null"},
        {"manifest.json", "\"tokens\": ", "\"tokens\": 9",
         "set/manifest.json: tokens is 923, but the records give 23"},
        {"manifest.json", "\"kind\": \"import\"", "\"kind\": \"random\"",
         "set/records.tsv: the manifest has 23 tokens for 2 facts of 13"},
    };
    FactSet facts = import_text("f.tsv", "France\tParis\nOslo\tcity\n", bytes), loaded;
    Err err = {0};
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    facts_free(&facts);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char path[64];
        snprintf(path, sizeof path, "set/%s", cases[c].file);
        Buffer before = {0};
        assert_int_equal(file_read(path, 1 << 20, &before, &err), OK);
        const char *at = strstr(before.data, cases[c].from);
        if (!at) fail_msg("'%s' is not in %s", cases[c].from, path);
        char after[4096];
        int size = snprintf(after, sizeof after, "%.*s%s%s", (int)(at - before.data), before.data,
                            cases[c].to, at + strlen(cases[c].from));
        put_file(path, after, (size_t)size);
        assert_int_equal(facts_load("set", &loaded, &err), ERR_FORMAT);
        if (!strstr(err.msg, cases[c].msg)) fail_msg("'%s' is not in: %s", cases[c].msg, err.msg);
        assert_memory_equal(err.msg, path,
                            strlen(path)); /* a manifest that was altered, whichever file seems wrong */
        put_file(path, before.data, before.size);
        buffer_free(&before);
    }
    assert_int_equal(facts_load("set", &loaded, &err), OK);
    facts_free(&loaded);
    assert_int_equal(unlink("set/vocab.json"), 0);
    assert_int_equal(facts_load("set", &loaded, &err), ERR_IO);
    remove_folder("set");
}

static void mutated_folders_do_no_harm(void **state) {
    (void)state;
    enum { SEED = 20261123, ROUNDS = 3000 };
    static const char *const file[] = {"set/records.tsv", "set/vocab.json", "set/manifest.json"};
    FactSet facts = import_text("f.tsv", "France\tParis\tEU\nPeru\tLima \\ \xff\nOslo\tcity\tEU\n", words),
            loaded;
    Err err = {0};
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    Buffer before[3];
    for (int i = 0; i < 3; i++) assert_int_equal(file_read(file[i], 1 << 20, &before[i], &err), OK);
    Stream stream = random_stream(SEED, RANDOM_TEST, 0);
    printf("seed %d\n", SEED);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        const Buffer *b = &before[round % 3];
        char text[4096];
        size_t size = b->size, at = (size_t)random_below(stream, 4 * round, size);
        memcpy(text, b->data, size);
        switch (random_below(stream, 4 * round + 1, 3)) {
        case 0: text[at] = (char)(text[at] ^ (1 << random_below(stream, 4 * round + 2, 8))); break;
        case 1: size = at; break;
        default: memmove(text + at, text + at + 1, --size - at);
        }
        put_file(file[round % 3], text, size);
        Status status = facts_load("set", &loaded, &err);
        if (status == OK)
            fail_msg("round %d: %s is altered, and nobody sees it", (int)round, file[round % 3]);
        assert_int_equal(strncmp(err.msg, "set/", 4), 0);
        assert_null(strpbrk(err.msg, "\n\r\t"));
        assert_int_equal(status, ERR_FORMAT);
        facts_free(&loaded);
        put_file(file[round % 3], b->data, b->size);
    }
    for (int i = 0; i < 3; i++) buffer_free(&before[i]);
    facts_free(&facts);
    remove_folder("set");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_gives_back_the_set),
        cmocka_unit_test(folder_can_be_read_by_a_person),
        cmocka_unit_test(altered_folders_are_named),
        cmocka_unit_test(mutated_folders_do_no_harm),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
