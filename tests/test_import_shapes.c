/* What files of other programs look like: fields that nobody asked for, numbers for texts, other delimiters, line ends,
 * names in capitals, pipes. */
#include "tests/import_testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* A field that nobody asked for cannot refuse a file, nor change what is read. */
static void unread_fields_are_skipped(void **state) {
    (void)state;
    static const char *const unread[] = {
        "10014255632117358197",
        "-1e999",
        "NaN",
        "-Infinity",
        "None",
        "\"\\ud83d\"",
        "\"x\\u0000y\"",
        "\"\xff\xfe \\q \x01\"",
        "{\"k\": 1, \"k\": 2, \"answer\": \"no\"}",
        "[[], {}, [{\"a\": [1, \"]}\", null]}], \"\\\\\", \"\\\"\"]",
        "\"\"",
        "\"answer\"",
    };
    FactSet expected =
        import_text("e.jsonl", "{\"prompt\": \"a\", \"answer\": \"b\", \"tag\": \"t\"}\n", bytes);
    for (size_t c = 0; c < sizeof unread / sizeof *unread; c++)
        for (int place = 0; place < 3; place++) {
            char text[512];
            snprintf(text, sizeof text,
                     place == 0   ? "{\"x\\ud83d\": %s, \"prompt\":\"a\",\"answer\" : \"b\", \"tag\": \"t\"}"
                     : place == 1 ? "{\"prompt\":\"a\",\"\xff\":%s,\"answer\" :\t\"b\",\"tag\": \"t\"}"
                                  : "{\"prompt\":\"a\",\"answer\" : \"b\", \"tag\": \"t\", \"answers\": %s }",
                     unread[c]);
            FactSet facts = import_text("f.jsonl", text, bytes);
            expect_same_facts(&facts, &expected);
            facts_free(&facts);
        }
    facts_free(&expected);
}

static void nesting_may_be_deep(void **state) {
    (void)state;
    enum { DEPTH = 400000 };
    char *text = malloc(2 * DEPTH + 64);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "{\"m\":");
    for (int i = 0; i < DEPTH; i++) text[used++] = i % 2 ? '[' : '{';
    for (int i = DEPTH - 1; i >= 0; i--) text[used++] = i % 2 ? ']' : '}';
    strcpy(text + used, ",\"answer\":\"b\"}");
    FactSet facts = import_text("f.jsonl", text, bytes);
    expect_fields(&facts, "-|b|-;");
    facts_free(&facts);
    free(text);
}

/* Numbers, true and false stay as they are spelled. */
static void values_are_taken_as_spelled(void **state) {
    (void)state;
    FactSet facts = import_text("f.jsonl",
                                "{\"prompt\":1969,\"answer\":-0.50e+3,\"tag\":3}\n"
                                "{\"prompt\":true,\"answer\":10014255632117358197,\"tag\":null}\n"
                                "{\"prompt\":\"p\",\"answer\":1e999,\"\\u0074ag\":false}\n",
                                bytes);
    expect_fields(&facts, "1969|-0.50e+3|3;true|10014255632117358197|-;p|1e999|false;");
    facts_free(&facts);
}

/* CR, LF, CR LF, and one after the other. */
static void line_ends_are_alike(void **state) {
    (void)state;
    static const struct {
        const char *name,
            *lines[3]; /* two facts, the first of them behind a line of names where that is possible */
    } formats[] = {
        {"f.tsv", {"prompt\tanswer\ttag", "a\tb\tt", "c\td\tu"}},
        {"f.csv", {"prompt,answer,tag", "a,\"b\",t", "c,d,\"u\""}},
        {"f.jsonl",
         {"", "{\"prompt\":\"a\",\"answer\":\"b\",\"tag\":\"t\"}",
          "{\"prompt\":\"c\",\"answer\":\"d\",\"tag\":\"u\"}"}},
        {"f.txt", {"", "a b t", "c d u"}},
    };
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        FactSet expected = {0};
        for (int mixture = 0; mixture < 54; mixture++) {
            char text[256];
            snprintf(text, sizeof text, "%s%s%s%s%s%s%s", mixture >= 27 ? "\xef\xbb\xbf" : "",
                     formats[f].lines[0], ends[mixture % 3], formats[f].lines[1], ends[mixture / 3 % 3],
                     formats[f].lines[2], ends[mixture / 9 % 3]);
            FactSet facts = import_text(formats[f].name, text, bytes);
            if (mixture == 0) expected = facts;
            else {
                expect_same_facts(&facts, &expected);
                facts_free(&facts);
            }
        }
        assert_int_equal(expected.n, 2);
        facts_free(&expected);
    }
    /* Inside quotes they belong to the text. */
    FactSet facts = import_text("f.csv", "\"a\rb\",\"c\r\nd\"\r", bytes);
    expect_fields(&facts, "a\\rb|c\\r\\nd|-;");
    facts_free(&facts);
}

static void delimiters_are_noticed(void **state) {
    (void)state;
    static const ImportOptions semicolon = {.bytes = true, .delimiter = ';'};
    static const ImportOptions tab = {.bytes = true, .delimiter = '\t'};
    static const struct {
        const char *name, *text;
        const ImportOptions *options;
        const char *fields, *note;
    } cases[] = {
#define OTHER(name)                                                                                          \
    "every line has a " name " and none a ','; if it separates the fields, use --delimiter " name
        {"f.csv", "a;b\nc;d;e\n", &bytes, "-|a;b|-;-|c;d;e|-;", OTHER("';'")},
        {"f.csv", "a\tb\n", &bytes, "-|a\\tb|-;", OTHER("tab")},
        {"f.csv", "a|b\nc|d\n", &bytes, "-|a|b|-;-|c|d|-;", OTHER("'|'")},
        {"f.csv", "a;1,5\nb;2,5\n", &bytes, "a;1|5|-;b;2|5|-;",
         "every line has as many ';' as the first; if it separates the fields, use --delimiter ';'"},
        {"f.csv", "a;1,5\n", &bytes, "a;1|5|-;", ""},
        {"f.csv", "a;1,5\nb;2;3,5\n", &bytes, "a;1|5|-;b;2;3|5|-;", ""},
        {"f.csv", "a;b\nc\n", &bytes, "-|a;b|-;-|c|-;", ""},
        {"f.csv", "\"a;b\"\n\"c;d\"\n", &bytes, "-|a;b|-;-|c;d|-;", ""},
        {"f.csv", "a, b\nc, d\n", &bytes, "a| b|-;c| d|-;",
         "a blank follows every ',' and is now part of the field behind it; remove one of them if it is no part"},
        {"f.csv", "a, b\nc,d\n", &bytes, "a| b|-;c|d|-;", ""},
        {"f.csv", "a;\"b;\"\";\"\r\nc,1;d\n", &semicolon, "a|b;\";|-;c,1|d|-;", ""},
        {"f.csv", "a\tb\n", &tab, "a|b|-;", ""},
        {"f.csv", "sep=;\r\nprompt;answer\r\na;1,5\r\n", &bytes, "a|1,5|-;", ""},
        {"f.csv", "\xef\xbb\xbfSEP=|\na|b\n", &bytes, "a|b|-;", ""},
        {"f.csv", "sep=,\nprompt,answer\na,b\n", &bytes, "a|b|-;", ""},
        {"f.tsv", "sep=\t\na\tb\n", &bytes, "a|b|-;", ""},
        {"f.csv", "sep=;;\na;b\n", &bytes, "-|sep=;;|-;-|a;b|-;", OTHER("';'")},
        {"f.tsv", "a,b\nc,d\n", &bytes, "-|a,b|-;-|c,d|-;",
         "every line has a ',' and none a tab; if it separates the fields, use --format csv"},
        {"f.tsv", "a;b\nc;d\n", &bytes, "-|a;b|-;-|c;d|-;",
         "every line has a ';' and none a tab; if it separates the fields, use --format csv --delimiter ';'"},
        {"f.tsv", "a, b\tc, d\ne, f\tg, h\n", &bytes, "a, b|c, d|-;e, f|g, h|-;", ""},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts;
        ImportColumns told;
        Err err = {0};
        put_file(cases[c].name, cases[c].text, strlen(cases[c].text));
        if (facts_import(cases[c].name, cases[c].options, &facts, &told, &err) != OK)
            fail_msg("%zu: %s", c, err.msg);
        expect_fields(&facts, cases[c].fields);
        assert_string_equal(told.note, cases[c].note);
        facts_free(&facts);
    }
}

/* Columns, fields and tags that are not UTF-8 can be named as they are shown. */
static void bytes_can_be_named(void **state) {
    (void)state;
    ImportOptions asked = {.bytes = true, .prompt = "r\\xE9gion", .answer = "b\\\\c"};
    FactSet facts = import_text("f.tsv", "b\\c\tr\xe9gion\nA\tB\n", asked);
    expect_fields(&facts, "B|A|-;");
    facts_free(&facts);
    asked.prompt = "r\xe9gion";
    facts = import_text("f.jsonl", "{\"r\xe9gion\": 1, \"b\\\\c\": 2}\n", asked);
    expect_fields(&facts, "1|2|-;");
    facts_free(&facts);
}

/* Whatever is shown can be named, reads back, and is plain UTF-8 without control characters. */
static void shown_texts_spell_themselves(void **state) {
    (void)state;
    enum { ROUNDS = 20000, MOST = 12 };
    static const unsigned char piece[] = {'\\', 'x',  '4',  '1',  'n',  't',  0x1b,
                                          '\t', 0xc3, 0xa9, 0xff, 0xed, 0x9b, ' '};
    Stream stream = random_stream(15, RANDOM_TEST, 0);
    for (uint64_t round = 0, k = 0; round < ROUNDS; round++) {
        char text[MOST + 1] = "", shown[4 * MOST + 1], other[4 * MOST + 2];
        size_t size = (size_t)random_below(stream, k++, MOST);
        for (size_t i = 0; i < size; i++) text[i] = (char)piece[random_below(stream, k++, sizeof piece)];
        text_escape(shown, sizeof shown, (Text){text, size});
        assert_true(text_spelled((Text){text, size}, shown));
        snprintf(other, sizeof other, "%s4", shown);
        assert_false(text_spelled((Text){text, size}, other));
        for (const char *c = shown; *c; c++) assert_true((unsigned char)*c >= ' ' && *c != 127);
        Text back = {shown, strlen(shown)};
        assert_true(text_unescape(&back));
        assert_true(text_equal(back, (Text){text, size}));
    }
    assert_false(text_spelled((Text){"\\", 1}, "\\"));
    assert_false(text_spelled((Text){"\\x4", 3}, "\\x4"));
    assert_true(text_spelled((Text){"A\xff", 2}, "\\x41\\xfF"));
}

static void tags_are_found_as_shown_or_as_bytes(void **state) {
    (void)state;
    FactSet facts =
        import_text("f.tsv", "a\tb\t\\xFF\nc\td\t\xff\ne\tf\tplain\\\ng\th\tcaf\xc3\xa9\n", bytes);
    assert_int_equal(facts_tag_named(&facts, "\\xFF"), 1); /* as it is shown comes first */
    assert_int_equal(facts_tag_named(&facts, "\\\\xFF"), 0);
    assert_int_equal(facts_tag_named(&facts, "\xff"), 1);
    assert_int_equal(facts_tag_named(&facts, "plain\\"), 2);
    assert_int_equal(facts_tag_named(&facts, "plain\\\\"), 2);
    assert_int_equal(facts_tag_named(&facts, "caf\xc3\xa9"), 3);
    assert_int_equal(facts_tag_named(&facts, "caf"), -1);
    facts_free(&facts);
}

static void names_in_any_case(void **state) {
    (void)state;
    static const char *const name[] = {"F.CSV", "f.Csv", "a.b.TSV", "f.TSV"};
    for (int i = 0; i < 4; i++) {
        FactSet facts = import_text(name[i], i < 2 ? "a,b\n" : "a\tb\n", bytes);
        expect_fields(&facts, "a|b|-;");
        facts_free(&facts);
    }
    FactSet facts = import_text("F.JSONL", "{\"answer\":1}", bytes);
    expect_fields(&facts, "-|1|-;");
    facts_free(&facts);
}

/* Of a pipe that gives the text in small pieces, a fact set is as good as of a file. */
static void pipes_are_read_to_their_end(void **state) {
    (void)state;
    enum { LINES = 20000 };
    char *text = malloc(LINES * 16);
    size_t size = 0;
    assert_non_null(text);
    for (int i = 0; i < LINES; i++) size += (size_t)sprintf(text + size, "p%d\ta%d\n", i, i % 7);
    put_file("f.tsv", text, size);
    FactSet expected = import("f.tsv", bytes), facts;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    Err err = {0};
    ImportOptions tsv = {.bytes = true, .format = IMPORT_TSV};
    for (int standard = 0; standard < 2; standard++) {
        pid_t writer = fork();
        if (writer == 0) {
            int fd = open("pipe", O_WRONLY);
            for (size_t at = 0; at < size;) {
                ssize_t put = write(fd, text + at, size - at < 7777 ? size - at : 7777);
                if (put > 0) at += (size_t)put;
            }
            _exit(0);
        }
        int before = dup(STDIN_FILENO);
        if (standard) {
            int fd = open("pipe", O_RDONLY);
            assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
            close(fd);
        }
        Status status = facts_import(standard ? "-" : "pipe", &tsv, &facts, NULL, &err);
        dup2(before, STDIN_FILENO);
        close(before);
        if (status != OK) fail_msg("%s", err.msg);
        expect_same_facts(&facts, &expected);
        facts_free(&facts);
    }
    assert_int_equal(facts_import("-", &bytes, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(
        err.msg, "standard input has no name to tell its format by; say --format tsv, csv, jsonl or text");
    assert_int_equal(facts_import(".", &tsv, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(err.msg, ".: cannot read: a folder, not a regular file");
    facts_free(&expected);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unread_fields_are_skipped),
        cmocka_unit_test(nesting_may_be_deep),
        cmocka_unit_test(values_are_taken_as_spelled),
        cmocka_unit_test(line_ends_are_alike),
        cmocka_unit_test(delimiters_are_noticed),
        cmocka_unit_test(names_in_any_case),
        cmocka_unit_test(bytes_can_be_named),
        cmocka_unit_test(shown_texts_spell_themselves),
        cmocka_unit_test(tags_are_found_as_shown_or_as_bytes),
        cmocka_unit_test(pipes_are_read_to_their_end),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
