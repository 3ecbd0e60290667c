/* A user's own facts: what is refused and how it is said, and that no bytes at all can do harm. */
#include "tests/import_testing.h"

#include "base/text.h"

static void bad_files_are_named(void **state) {
    (void)state;
    static const ImportOptions asked = {.bytes = true, .prompt = "q", .answer = "a"};
    static const ImportOptions twice = {.bytes = true, .prompt = "answer"};
    static const ImportOptions comma = {.bytes = true, .delimiter = ','};
    static const struct {
        const char *name, *data;
        size_t size;
        const ImportOptions *options;
        const char *msg;
    } cases[] = {
#define BAD(name, text, options, msg) {name, text, sizeof(text) - 1, &options, msg}
        BAD("f.tsv", "", bytes, "f.tsv: the file is empty"),
        BAD("f.tsv", "\xef\xbb\xbf", bytes, "f.tsv: the file is empty"),
        BAD("f.tsv", "\n\r\n\n", bytes, "f.tsv: no facts in it, only blank lines or names of fields"),
        BAD("f.tsv", "prompt\tanswer\n", bytes, "f.tsv: no facts in it, only blank lines or names of fields"),
        BAD("f.tsv", "a\tb\nc\td\nx\ty\tz\tu\tv\n", bytes,
            "f.tsv:3: 5 fields, expected 2 or 3 (prompt, answer, tag)"),
        BAD("f.tsv", "a\tb\nc\n", bytes, "f.tsv:2: 1 field, expected 2 or 3 (prompt, answer, tag)"),
        BAD("f.tsv", "a\nb\tc\n", bytes, "f.tsv:2: 2 fields, expected 1 as in the first line"),
        BAD("f.tsv", "a\tb\tc\td\n", bytes,
            "f.tsv:1: 4 fields, expected 2 or 3 (prompt, answer, tag); --prompt and --answer say which"),
        BAD("f.tsv", "prompt\tanswer\na\tb\tc\n", bytes, "f.tsv:2: 3 fields, expected 2 (prompt, answer)"),
        BAD("f.tsv", "a\tb\n\nc\t\n", bytes, "f.tsv:3: empty answer"),
        BAD("f.tsv", "\tb\n", bytes, "f.tsv:1: empty prompt"),
        BAD("f.tsv", "a\t  \n", words, "f.tsv:1: empty answer"),
        BAD("f.txt", "a\n \t \n", words, "f.txt:2: empty fact"),
        BAD("f.tsv", "a\tb\nc\0d\te\n", bytes,
            "f.tsv:2: NUL byte in column 2; the file must be text in UTF-8 or another encoding without NUL "
            "bytes"),
        BAD("f.txt",
            "\xff\xfe"
            "a\0\n\0",
            bytes,
            "f.txt: its first two bytes are those of UTF-16; convert it to UTF-8 first, as with iconv -f UTF-16 -t "
            "UTF-8"),
        BAD("f.tsv", "x\ty\n1\t2\n", asked,
            "f.tsv:1: no field 'q' in the first line, which has x, y (--prompt names it)"),
        BAD("f.tsv", "q\ty\n1\t2\n", asked,
            "f.tsv:1: no field 'a' in the first line, which has q, y (--answer names it)"),
        BAD("f.csv", "a,b\n\"c,d\ne,f\n", bytes, "f.csv:2: a quote is opened here and never closed"),
        BAD("f.csv", "a,b\n\"c\"d,e\n", bytes,
            "f.csv:2: text after a closing quote; a quote inside a quoted field is written twice"),
        BAD("f.csv", "a,b\nc\"d,e\n", bytes,
            "f.csv:2: a quote inside a field that has none around it; put the field in quotes and write the "
            "quote twice"),
        BAD("f.csv", "a,b\n\"x\ry\r\nz\",c\rd\"e,f\n", bytes,
            "f.csv:5: a quote inside a field that has none around it; put the field in quotes and write the "
            "quote twice"),
        BAD("f.csv", "a,b\nc, \"d\"\n", bytes,
            "f.csv:2: a quote behind a blank; a field in quotes begins with its quote, so take the blank away"),
        BAD("f.csv", "a;b\nc;d,e\n", bytes,
            "f.csv:2: 2 fields, expected 1 as in the first line; every line has as many ';' as the first; if it "
            "separates the fields, use --delimiter ';'"),
        BAD("f.csv", "sep=;\na;b\n", comma,
            "f.csv:1: the line declares ';' as the separator, but --delimiter is ','; remove one of them"),
        BAD("f.csv", "sep=\"\na,b\n", bytes,
            "f.csv:1: the line declares '\"' as the separator, which is not possible; remove the line"),
        BAD("f.tsv", "sep=;\na;b\n", bytes,
            "f.tsv:1: the line declares ';' as the separator; --format csv reads such a table"),
        BAD("f.tsv", "a,b\n", comma, "f.tsv: --delimiter is for csv; add --format csv, or leave it out"),
        BAD("f.csv", "a,b\n\"x\ny\"\n", bytes, "f.csv:2: 1 field, expected 2 or 3 (prompt, answer, tag)"),
        BAD("f.csv", "a,b\n\"x\ny\",z\nc,,\n", bytes, "f.csv:4: empty answer"),
        BAD("f.csv", "\"\"\n", bytes, "f.csv:1: empty fact"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"prompt\":\"a\"}\n", bytes,
            "f.jsonl:2: no field 'answer' (--answer names it)"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"answer\":\"c\"}\n", bytes,
            "f.jsonl:2: no field 'prompt'; all records have a prompt, or none"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\",\"prompt\":\"c\"}\n", bytes,
            "f.jsonl:1: field 'prompt' occurs twice; keep one"),
        BAD("f.jsonl", "{\"answer\":null,\"answer\":\"b\"}\n", bytes,
            "f.jsonl:1: field 'answer' occurs twice; keep one"),
        BAD("f.jsonl", "{\"answer\":\"a\",\"\\u0061nswer\":\"b\"}\n", bytes,
            "f.jsonl:1: field 'answer' occurs twice; keep one"),
        BAD("f.jsonl", "{\"answer\":\"a\"}\n[1]\n", bytes,
            "f.jsonl:2: a JSON array; one object a line is needed, which jq -c '.[]' FILE makes of it"),
        BAD("f.jsonl", "[\n {\"answer\":\"a\"}\n]\n", bytes,
            "f.jsonl:1: a JSON array; one object a line is needed, which jq -c '.[]' FILE makes of it"),
        BAD("f.jsonl", "{\"answer\":\"a\"}\n\"b\"\n", bytes,
            "f.jsonl:2: not a JSON object; one object a line is needed"),
        BAD("f.jsonl", "{\n \"answer\":\"a\"\n}\n", bytes,
            "f.jsonl:1: column 2: the line ends inside the object; one object a line is needed"),
        BAD("f.jsonl", "{\"answer\":\"a\"} {\"answer\":\"b\"}\n", bytes,
            "f.jsonl:1: column 16: text behind the object; one object a line is needed"),
        BAD("f.jsonl", "{\"answer\":\"a\"\n", bytes,
            "f.jsonl:1: column 14: the line ends inside the object; one object a line is needed"),
        BAD("f.jsonl", "{\"answer\":\"a\",\"x\":[1,{\"y\":2}\n", bytes,
            "f.jsonl:1: column 29: the line ends inside the object; one object a line is needed"),
        BAD("f.jsonl", "{\"answer\":\"a\",\"x\":[}]}\n", bytes,
            "f.jsonl:1: column 20: this bracket closes one of the other kind"),
        BAD("f.jsonl", "{\"answer\":\"a\",\"x\":[/]}\n", bytes, "f.jsonl:1: column 20: malformed JSON"),
        BAD("f.jsonl", "{\"answer\":\"a\",\"x\":}\n", bytes, "f.jsonl:1: column 19: a value is missing here"),
        BAD("f.jsonl", "{\"answer\":\"a\",}\n", bytes,
            "f.jsonl:1: column 15: a name in quotes is missing here"),
        BAD("f.jsonl", "{\"answer\" \"a\"}\n", bytes, "f.jsonl:1: column 11: a ':' is missing here"),
        BAD("f.jsonl", "{\"answer\":\"a\" \"b\":1}\n", bytes,
            "f.jsonl:1: column 15: a ',' or '}' is missing here"),
        BAD("f.jsonl", "{\"answer\":\"a\",\"x\":\"b\\\"}\n", bytes,
            "f.jsonl:1: column 19: a quote is opened here and never closed"),
        BAD("f.jsonl", "{\"answer\":\"a\xff\"}\n", bytes,
            "f.jsonl:1: column 12: unable to decode byte 0xff near '\"a'"),
        BAD("f.jsonl", "{\"answer\":\"a\\u0000b\"}\n", bytes,
            "f.jsonl:1: column 20: \\u0000 in a string; texts have no NUL"),
        BAD("f.jsonl", "{\"answer\":\"a\\ud83d\"}\n", bytes,
            "f.jsonl:1: column 19: invalid Unicode '\\\\uD83D' near '\"a\\\\ud83d\"'"),
        BAD("f.jsonl", "{\"answer\":{\"a\":1}}\n", bytes,
            "f.jsonl:1: field 'answer' is an object; write it as a text, in quotes, or choose another field"),
        BAD("f.jsonl", "{\"answer\":[\"a\"]}\n", bytes,
            "f.jsonl:1: field 'answer' is a list; write it as a text, in quotes, or choose another field"),
        BAD("f.jsonl", "{\"answer\":NaN}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":-Infinity}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":01}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":1.}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":1e}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":+1}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":yes}\n", bytes,
            "f.jsonl:1: field 'answer' is neither a text nor a number, true or false; write it as a text, in quotes"),
        BAD("f.jsonl", "{\"answer\":null}\n", bytes,
            "f.jsonl:1: field 'answer' is null; give it a text, or leave the line out"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"prompt\":null,\"answer\":\"c\"}\n", bytes,
            "f.jsonl:2: field 'prompt' is null; give it a text, or leave the line out"),
        BAD("f.jsonl", "{\"answer\":\"b\"}\n{\"prompt\":\"a\",\"answer\":\"c\"}\n", bytes,
            "f.jsonl:2: field 'prompt' is not in the first record; all records have a prompt, or none"),
        BAD("f.jsonl", "{\"answer\":\"\"}\n", bytes, "f.jsonl:1: empty fact"),
        BAD("f.jsonl", "{\"prompt\":\"\",\"answer\":\"a\"}\n", bytes, "f.jsonl:1: empty prompt"),
        BAD("f.jsonl", "{\"q\":\"a\",\"answer\":\"b\"}\n", asked,
            "f.jsonl:1: no field 'a' (--answer names it)"),
        BAD("f.jsonl", "{\"a\":\"a\",\"answer\":\"b\"}\n", asked,
            "f.jsonl:1: no field 'q'; all records have a prompt, or none"),
        BAD("f.txt", "x\n", asked,
            "f.txt: lines of text have no fields to be named; choose tsv, csv or jsonl"),
        BAD("f.dat", "x\n", bytes,
            "f.dat: the name does not end in .tsv, .csv, .jsonl or .txt; say --format tsv, csv, jsonl or "
            "text"),
        BAD("plain", "x\n", bytes,
            "plain: the name does not end in .tsv, .csv, .jsonl or .txt; say --format tsv, csv, jsonl or "
            "text"),
        BAD("f.tsv", "a\tb\n", twice, "--prompt and --answer both name the field 'answer'"),
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts;
        Err err = {0};
        put_file(cases[c].name, cases[c].data, cases[c].size);
        Status status = facts_import(cases[c].name, cases[c].options, &facts, NULL, &err);
        assert_string_equal(err.msg, cases[c].msg);
        assert_int_equal(status, ERR_INPUT);
        facts_free(&facts); /* of a failure: nothing to free, no harm */
    }
    FactSet facts;
    Err err = {0};
    assert_int_equal(facts_import("nowhere.tsv", &bytes, &facts, NULL, &err), ERR_IO);
}

static void long_lines_and_wide_rows(void **state) {
    (void)state;
    enum { LIMIT = 1 << 20 };
    char *text = malloc(2 * LIMIT);
    assert_non_null(text);
    FactSet facts;
    Err err = {0};
    memset(text, 'a', 2 * LIMIT);
    memcpy(text, "first\n", 6);
    put_file("f.txt", text, 6 + LIMIT);
    facts = import("f.txt", bytes);
    assert_int_equal(facts.max_len, LIMIT + 1);
    facts_free(&facts);
    put_file("f.txt", text, 6 + LIMIT + 1);
    assert_int_equal(facts_import("f.txt", &bytes, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(err.msg, "f.txt:2: a line of 1048577 bytes, at most 1048576 are possible");
    memset(text, ',', 300);
    put_file("f.csv", text, 300);
    assert_int_equal(facts_import("f.csv", &bytes, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(err.msg, "f.csv:1: more than 256 fields");
    free(text);
}

/* ---- any bytes at all ---- */

static void expect_sound(const FactSet *facts) {
    char text[64];
    int64_t max_len = 0;
    assert_int_equal(facts->start[0], 0);
    for (int i = 0; i < facts->n; i++) {
        int64_t length = facts->start[i + 1] - facts->start[i];
        assert_in_range(facts->prompt_len[i], 0, length - 2); /* an answer of one symbol, and EOS */
        for (int64_t t = 0; t < length; t++) {
            int32_t token = facts->tokens[facts->start[i] + t];
            if (t == length - 1) assert_int_equal(token, facts->vocab.eos);
            else assert_in_range(token, 0, facts->vocab.eos - 1);
        }
        assert_true(facts->tag[i] >= -1 && facts->tag[i] < facts->n_tags);
        if (length > max_len) max_len = length;
        facts_text(facts, i, text, sizeof text);
    }
    assert_int_equal(facts->max_len, max_len);
}

static void mutated_files_do_no_harm(void **state) {
    (void)state;
    enum { SEED = 20261122, ROUNDS = 6000 };
    static const char *const name[] = {"f.tsv", "f.csv", "f.jsonl", "f.txt"};
    static const char *const seed_text[] = {
        "prompt\tanswer\ttag\nFrance\tParis\tEU\nPeru\tLima\t\nOslo\ta city\tEU\n",
        "France,\"Paris, \"\"the\"\"\ncity\",EU\r\nPeru,Lima\r\n\"a\tb\",c,\"d\"\r\n",
        "{\"prompt\":\"P\",\"answer\":\"L\"}\n{\"prompt\":\"\\ud83d\\ude00\",\"answer\":\"\\t\"}",
        "\xef\xbb\xbfone fact\nanother \xc3\xa9 fact\r\n\nthe last"};
    static const char *const piece[] = {"\t",    "\n",   "\"",           ",",      "\r",   "\"\"", "{", "}",
                                        "\\u00", "\xff", "\xed\xa0\x80", "answer", "\n\n", "\\",   " ", ":"};
    int accepted = 0, refused = 0;
    Stream stream = random_stream(SEED, RANDOM_TEST, 0);
    printf("seed %d\n", SEED);
    for (uint64_t round = 0, k = 0; round < ROUNDS; round++) {
        int format = (int)(round % 4);
        char text[1024];
        size_t size = strlen(seed_text[format]);
        memcpy(text, seed_text[format], size);
        for (uint64_t edits = 1 + random_below(stream, k++, 4); edits > 0; edits--) {
            size_t at = (size_t)random_below(stream, k++, size + 1);
            size_t cut = (size_t)random_below(stream, k++, 6);
            if (cut > size - at) cut = size - at;
            char byte = (char)random_below(stream, k++, 256);
            const char *p = piece[random_below(stream, k++, sizeof piece / sizeof *piece)];
            Text insert[3] = {{NULL, 0}, {&byte, 1}, {(char *)(uintptr_t)p, strlen(p)}};
            Text in = insert[random_below(stream, k++, 3)];
            memmove(text + at + in.size, text + at + cut, size - at - cut);
            if (in.size) memcpy(text + at, in.data, in.size);
            size = size - cut + in.size;
        }
        ImportOptions options = {.bytes = round & 4, .allow_conflicts = round & 8};
        if ((round & 48) == 48) options.answer = "answer";
        put_file(name[format], text, size);
        FactSet facts, loaded;
        Err err = {0};
        Status status = facts_import(name[format], &options, &facts, NULL, &err);
        if (status == OK) {
            expect_sound(&facts);
            if (accepted++ % 50 == 0) { /* three syncs each: not all of them */
                if (facts_save(&facts, "set", &err) != OK) fail_msg("%s", err.msg);
                if (facts_load("set", &loaded, &err) != OK) fail_msg("%s", err.msg);
                expect_same_facts(&facts, &loaded);
                facts_free(&loaded);
                remove_folder("set");
            }
        } else {
            refused++;
            assert_int_equal(status, ERR_INPUT);
            assert_int_equal(strncmp(err.msg, name[format], strlen(name[format])), 0);
            assert_null(strpbrk(err.msg, "\n\r\t"));
        }
        facts_free(&facts);
    }
    printf("%d accepted, %d refused\n", accepted, refused);
    assert_true(accepted > ROUNDS / 20 && refused > ROUNDS / 20); /* both sides were tried */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(long_lines_and_wide_rows),
        cmocka_unit_test(mutated_files_do_no_harm),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
