/* A user's own facts: what each format gives, which columns were taken, duplicates, conflicts, baselines. */
#include "tests/import_testing.h"

#include <zlib.h>

#define PUT_TEXT(path, text) put_file(path, text, sizeof(text) - 1)

/* ---- what stands in the arrays ---- */

static void byte_facts(void **state) {
    (void)state;
    FactSet facts = import_text("f.tsv", "ab\tc\nb\tca\tT\n", bytes);
    /* vocabulary: TAB a b c EOS */
    static const int32_t tokens[] = {1, 2, 0, 3, 4, 2, 0, 3, 1, 4};
    static const int64_t start[] = {0, 5, 10};
    assert_int_equal(facts.n, 2);
    assert_int_equal(facts.max_len, 5);
    assert_int_equal(facts.vocab.size, 5);
    assert_int_equal(facts.vocab.eos, 4);
    assert_true(facts.vocab.bytes);
    assert_string_equal(facts.vocab.text[0], "\t");
    assert_string_equal(facts.vocab.text[3], "c");
    assert_string_equal(facts.vocab.text[4], "");
    assert_memory_equal(facts.tokens, tokens, sizeof tokens);
    assert_memory_equal(facts.start, start, sizeof start);
    assert_int_equal(facts.prompt_len[0], 3);
    assert_int_equal(facts.prompt_len[1], 2);
    assert_int_equal(facts.tag[0], -1);
    assert_int_equal(facts.tag[1], 0);
    assert_int_equal(facts.n_tags, 1);
    assert_string_equal(facts.tag_names[0], "T");
    assert_string_equal(facts.kind, "import");
    assert_false(facts.entropy_known);
    assert_true(isnan(facts.data_bits) && isnan(facts.data_bits_set) && isnan(facts.ceiling_bits));
    assert_true(facts.answer_bits == 2.0);
    char text[64];
    facts_text(&facts, 1, text, sizeof text);
    assert_string_equal(text, "b\tca");
    facts_free(&facts);
}

static void word_facts(void **state) {
    (void)state;
    FactSet facts =
        import_text("f.tsv", "capital  of France\tParis \ncapital of\xc2\xa0X\tthe city\n", words);
    /* vocabulary: France Paris capital city of of<nbsp>X the EOS; a no-break space is no space to us */
    static const int32_t tokens[] = {2, 4, 0, 1, 7, 2, 5, 6, 3, 7};
    assert_int_equal(facts.vocab.size, 8);
    assert_false(facts.vocab.bytes);
    assert_memory_equal(facts.tokens, tokens, sizeof tokens);
    assert_int_equal(facts.prompt_len[0], 3);
    assert_int_equal(facts.prompt_len[1], 2);
    char text[64];
    facts_text(&facts, 0, text, sizeof text);
    assert_string_equal(text, "capital of France\tParis");
    expect_fields(&facts, "capital of France|Paris|-;capital of\xc2\xa0X|the city|-;");
    facts_free(&facts);
}

static void lines_of_text(void **state) {
    (void)state;
    FactSet facts = import_text("f.txt", "\xef\xbb\xbfone\ttwo\r\n\n\r\nthree\r\nno end", bytes);
    expect_fields(&facts, "-|one\\ttwo|-;-|three|-;-|no end|-;");
    assert_int_equal(facts.prompt_len[1], 0);
    facts_free(&facts);
    facts = import_text("f.txt", "prompt\tanswer\n", bytes); /* no header in lines of text */
    expect_fields(&facts, "-|prompt\\tanswer|-;");
    facts_free(&facts);
}

/* ---- the formats ---- */

static void formats_agree(void **state) {
    (void)state;
    FactSet tsv = import_text("f.tsv", "prompt\tanswer\ttag\nA b\tc,\"d\"\tx\n\xc3\xa9\tf\t\n", bytes);
    FactSet crlf = import_text("f.tsv", "A b\tc,\"d\"\tx\r\n\r\n\xc3\xa9\tf\r\n", bytes);
    FactSet csv = import_text("f.csv", "tag,prompt,answer\r\nx,A b,\"c,\"\"d\"\"\"\r\n,\xc3\xa9,f", bytes);
    FactSet jsonl =
        import_text("f.jsonl",
                    "{\"prompt\": \"A b\", \"answer\": \"c,\\\"d\\\"\", \"tag\": \"x\", \"id\": 1}\n\n"
                    "{\"answer\": \"f\", \"prompt\": \"\\u00e9\", \"tag\": null}\r\n",
                    bytes);
    expect_fields(&tsv, "A b|c,\"d\"|x;\xc3\xa9|f|-;");
    expect_same_facts(&tsv, &crlf);
    expect_same_facts(&tsv, &csv);
    expect_same_facts(&tsv, &jsonl);
    facts_free(&tsv);
    facts_free(&crlf);
    facts_free(&csv);
    facts_free(&jsonl);
}

static void csv_of_rfc_4180(void **state) {
    (void)state;
    static const struct {
        const char *csv, *fields;
    } cases[] = {
        {"a,b\r\nc,d\r\n", "a|b|-;c|d|-;"},     /* rule 1 */
        {"a,b\nc,d", "a|b|-;c|d|-;"},           /* rule 2, and bare LF */
        {"prompt,answer\r\na,b", "a|b|-;"},     /* rule 3 */
        {"a, b ,c\r\n", "a| b |c;"},            /* rule 4: spaces belong to the field */
        {"\"a\",\"b\"\r\nc,d", "a|b|-;c|d|-;"}, /* rule 5 */
        {"\"a\r\nb\",\"c,d\"\n\"e\nf\",g", "a\\r\\nb|c,d|-;e\\nf|g|-;"}, /* rule 6 */
        {"\"a\"\"b\",\"\"\"\"\n", "a\"b|\"|-;"},                         /* rule 7 */
        {"\n\r\na,b,\n\n", "a|b|-;"},                   /* blank lines; an empty tag is none */
        {"\"a,b\"\n\"\"\"c\"\n", "-|a,b|-;-|\"c|-;"},   /* one column */
        {"answer\nx\ny\n", "-|x|-;-|y|-;"},             /* a header of one name */
        {"answer,tag\nx,t\n", "-|x|t;"},                /* facts without prompts, tagged */
        {"id,prompt,note,answer\n1,a,n,b\n", "a|b|-;"}, /* columns nobody asked for */
        {"prompt,tag\nx,t\n", "prompt|tag|-;x|t|-;"},   /* no answer: not a header */
        {"a\tb,c\n", "a\\tb|c|-;"},
        {"\xff\xfe,\x80\n", "\\xFF\\xFE|\\x80|-;"}, /* bytes are bytes */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts = import_text("f.csv", cases[c].csv, bytes);
        expect_fields(&facts, cases[c].fields);
        facts_free(&facts);
    }
}

static void fields_asked_for(void **state) {
    (void)state;
    ImportOptions asked = {.bytes = true, .prompt = "country", .answer = "capital", .tag = "region"};
    FactSet facts = import_text("f.csv", "region,capital,answer,country\nEU,Paris,no,France\n", asked);
    expect_fields(&facts, "France|Paris|EU;");
    facts_free(&facts);
    asked.format = IMPORT_JSONL;
    facts = import_text("f.data",
                        "{\"country\":\"France\",\"capital\":\"Paris\",\"answer\":\"no\",\"region\":\"EU\"}",
                        asked);
    expect_fields(&facts, "France|Paris|EU;");
    facts_free(&facts);
    asked = (ImportOptions){.bytes = true, .answer = "capital"};
    facts = import_text("f.tsv", "capital\tregion\nParis\tEU\n", asked);
    expect_fields(&facts, "-|Paris|-;");
    facts_free(&facts);
}

static void json_strings(void **state) {
    (void)state;
    FactSet facts = import_text("f.jsonl",
                                "{\"answer\":\"\\t\\n\\\\ \\ud83d\\ude00 \\u00e9\",\"prompt\":\"q\\u0001\"}\n"
                                "{\"extra\":{\"answer\":[1,2]},\"prompt\":\"r\",\"answer\":\"s\"}",
                                bytes);
    expect_fields(&facts, "q\\x01|\\t\\n\\\\ \xf0\x9f\x98\x80 \xc3\xa9|-;r|s|-;");
    facts_free(&facts);
    facts = import_text("f.ndjson", "{\"answer\":\"a\"}\n{\"answer\":\"b\"}\n", bytes);
    expect_fields(&facts, "-|a|-;-|b|-;");
    facts_free(&facts);
}

/* ---- duplicates, conflicts, baselines ---- */

static void duplicates_are_dropped(void **state) {
    (void)state;
    FactSet facts = import_text("f.tsv", "a\tb\nc\td\na\tb\na\tb\tT\na\tb\na\tb\tT\n", bytes);
    expect_fields(&facts, "a|b|-;c|d|-;a|b|T;");
    assert_int_equal(facts.duplicates, 3);
    facts_free(&facts);
    facts = import_text("f.txt", "x  y\nx y \n x\ty\nxy\n", words);
    expect_fields(&facts, "-|x y|-;-|xy|-;");
    assert_int_equal(facts.duplicates, 2);
    facts_free(&facts);
}

static void conflicts_are_refused_or_kept(void **state) {
    (void)state;
    FactSet facts;
    Err err = {0};
    static const char two[] = "France\tParis\nItaly\tRome\nFrance\tLyon\nFrance\tParis\n";
    PUT_TEXT("f.tsv", two);
    assert_int_equal(facts_import("f.tsv", &bytes, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(
        err.msg, "f.tsv:3: 1 record gives an earlier prompt another answer (--allow-conflicts keeps it); "
                 "\"France\" is \"Paris\" in line 1, \"Lyon\" in line 3");
    ImportOptions allow = {.bytes = true, .allow_conflicts = true};
    facts = import("f.tsv", allow);
    expect_fields(&facts, "France|Paris|-;Italy|Rome|-;France|Lyon|-;");
    assert_int_equal(facts.duplicates, 1);
    facts_free(&facts);

    char many[4096];
    size_t used = 0;
    for (int i = 0; i < 16; i++)
        used += (size_t)snprintf(many + used, sizeof many - used, "p%d\ta%d\n", i % 8, i);
    put_file("f.tsv", many, used);
    assert_int_equal(facts_import("f.tsv", &bytes, &facts, NULL, &err), ERR_INPUT);
    assert_string_equal(
        err.msg,
        "f.tsv:9: 8 records give an earlier prompt another answer (--allow-conflicts keeps them); "
        "\"p0\" is \"a0\" in line 1, \"a8\" in line 9; \"p1\" is \"a1\" in line 2, \"a9\" in line 10; "
        "\"p2\" is \"a2\" in line 3, \"a10\" in line 11; \"p3\" is \"a3\" in line 4, \"a11\" in line "
        "12; \"p4\" is \"a4\" in line 5, \"a12\" in line 13");
    /* Another tag is no other answer, and facts without a prompt cannot conflict. */
    facts = import_text("f.tsv", "a\tb\tT\na\tb\tU\n", bytes);
    assert_int_equal(facts.n, 2);
    facts_free(&facts);
}

static void baselines(void **state) {
    (void)state;
    FactSet facts = import_text("f.tsv", "a\tx\nb\tx\nc\tx\nd\ty\n", bytes);
    expect_near(facts.answer_bits, 8 - 3 * log2(3), 1e-13); /* 4 log2 4 - 3 log2 3 */
    unsigned char out[256];
    uLongf size = sizeof out;
    assert_int_equal(compress2(out, &size, (const Bytef *)"a\tx\nb\tx\nc\tx\nd\ty\n", 16, 9), Z_OK);
    assert_int_equal(facts.zlib_bytes, size);
    facts_free(&facts);
    facts = import_text("f.txt", "hello\nworld\n", bytes);
    size = sizeof out;
    assert_int_equal(compress2(out, &size, (const Bytef *)"hello\nworld\n", 12, 9), Z_OK);
    assert_int_equal(facts.zlib_bytes, size);
    facts_free(&facts);

    enum { N = 30000, LINE = 14 }; /* more than one buffer of output */
    char *text = malloc(N * LINE + 1);
    assert_non_null(text);
    for (int i = 0; i < N; i++)
        snprintf(text + i * LINE, LINE + 1, "%012llx\t\n",
                 (unsigned long long)random_bits(random_stream(1, RANDOM_TEST, 0), (uint64_t)i) >> 16);
    for (int i = 0; i < N; i++) text[i * LINE + 6] = '\t', text[i * LINE + 12] = 'z';
    put_file("f.tsv", text, N * LINE);
    facts = import("f.tsv", (ImportOptions){.bytes = true, .allow_conflicts = true});
    assert_int_equal(facts.n, N);
    uLongf room = compressBound(N * LINE);
    unsigned char *packed = malloc(room);
    assert_non_null(packed);
    assert_int_equal(compress2(packed, &room, (const Bytef *)text, N * LINE, 9), Z_OK);
    assert_int_equal(facts.zlib_bytes, room);
    facts_free(&facts);
    free(packed);
    free(text);
}

/* ---- a first line of names ---- */

/* columns are told as they were taken; a first fact that looks like names is suspected. */
static void columns_are_told(void **state) {
    (void)state;
    static const ImportOptions yes = {.bytes = true, .header = HEADER_YES},
                               no = {.bytes = true, .header = HEADER_NO};
    static const ImportOptions named = {.bytes = true, .prompt = "land", .answer = "stadt"};
    static const ImportOptions numbered = {.bytes = true, .header = HEADER_NO, .prompt = "3", .answer = "1"};
    static const struct {
        const char *text;
        const ImportOptions *options;
        const char *prompt, *answer, *tag;
        bool header, suspected;
        int line, n;
    } cases[] = {
        {"France\tParis\nPeru\tLima\n", &bytes, "column 1", "column 2", "", false, false, 1, 2},
        {"prompt\tanswer\nPeru\tLima\n", &bytes, "column 1 (prompt)", "column 2 (answer)", "", true, false, 2,
         1},
        {"Country\tCapital\nPeru\tLima\n", &bytes, "column 1", "column 2", "", false, true, 1, 2},
        {"land\tstadt\nFrance\tParis\nPeru\tLima\n", &bytes, "column 1", "column 2", "", false, true, 1, 3},
        {"land\tstadt\nFrance\tParis\nPeru\tLima\n", &no, "column 1", "column 2", "", false, false, 1, 3},
        {"land\tstadt\nFrance\tParis\nPeru\tLima\n", &yes, "column 1 (land)", "column 2 (stadt)", "", true,
         false, 2, 2},
        {"land\tstadt\nFrance\tParis\n", &named, "column 1 (land)", "column 2 (stadt)", "", true, false, 2,
         1},
        {"Ort\tEinwohner\nParis\t2,100,000\nLima\t1e7\n", &bytes, "column 1", "column 2", "", false, true, 1,
         3},
        {"hund\tdog\nkatze\tcat\nkuh\tcow\n", &bytes, "column 1", "column 2", "", false, false, 1, 3},
        {"1\t2\n3\t4\n5\t6\n", &bytes, "column 1", "column 2", "", false, false, 1, 3},
        {"\nword\nFrance\nPeru\n", &bytes, "", "column 1", "", false, true, 2, 3},
        {"a\tb\tc\td\ne\tf\tg\th\n", &numbered, "column 3", "column 1", "", false, false, 1, 2},
        {"a\tb\tc\nd\te\n", &bytes, "column 1", "column 2", "column 3", false, false, 1, 2},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FactSet facts;
        ImportColumns told;
        Err err = {0};
        put_file("f.tsv", cases[c].text, strlen(cases[c].text));
        if (facts_import("f.tsv", cases[c].options, &facts, &told, &err) != OK)
            fail_msg("%zu: %s", c, err.msg);
        assert_string_equal(told.prompt, cases[c].prompt);
        assert_string_equal(told.answer, cases[c].answer);
        assert_string_equal(told.tag, cases[c].tag);
        if (told.suspected != cases[c].suspected) fail_msg("case %zu: suspected %d", c, told.suspected);
        assert_int_equal(told.header, cases[c].header);
        assert_int_equal(told.line, cases[c].line);
        assert_int_equal(facts.n, cases[c].n);
        facts_free(&facts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_facts),
        cmocka_unit_test(word_facts),
        cmocka_unit_test(lines_of_text),
        cmocka_unit_test(formats_agree),
        cmocka_unit_test(csv_of_rfc_4180),
        cmocka_unit_test(fields_asked_for),
        cmocka_unit_test(json_strings),
        cmocka_unit_test(duplicates_are_dropped),
        cmocka_unit_test(conflicts_are_refused_or_kept),
        cmocka_unit_test(baselines),
        cmocka_unit_test(columns_are_told),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
