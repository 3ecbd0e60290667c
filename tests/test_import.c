/* A user's own facts: what each format gives, what is refused and how it is said, and that no bytes at all
 * can do harm. */
#include "tests/facts_testing.h"

#include <zlib.h>

#include "base/random.h"
#include "data/encode.h"
#include "data/folder.h"
#include "data/import.h"

static const ImportOptions bytes = {.bytes = true}, words = {.bytes = false};

#define PUT_TEXT(path, text) put_file(path, text, sizeof(text) - 1)

static FactSet import(const char *path, ImportOptions options) {
    FactSet facts;
    Err err = {0};
    if (facts_import(path, &options, &facts, NULL, &err) != OK) fail_msg("%s", err.msg);
    return facts;
}

static FactSet import_text(const char *path, const char *text, ImportOptions options) {
    put_file(path, text, strlen(text));
    return import(path, options);
}

/* Facts as "prompt|answer|tag;..." ("-" for a field that is not there). */
static void expect_fields(const FactSet *facts, const char *expected) {
    char got[4096];
    size_t used = 0;
    for (int i = 0; i < facts->n; i++) {
        char buffer[2048];
        Text prompt, answer;
        assert_true(facts_text_bytes(facts, i) <= sizeof buffer);
        facts_fields(facts, i, buffer, &prompt, &answer);
        used += prompt.data ? text_escape(got + used, sizeof got - used, prompt)
                            : (size_t)snprintf(got + used, sizeof got - used, "-");
        used += (size_t)snprintf(got + used, sizeof got - used, "|");
        used += text_escape(got + used, sizeof got - used, answer);
        used += (size_t)snprintf(got + used, sizeof got - used, "|%s;",
                                 facts->tag[i] >= 0 ? facts->tag_names[facts->tag[i]] : "-");
    }
    got[used] = '\0';
    assert_string_equal(got, expected);
}

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

/* ---- the folder ---- */

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
         "set/records.tsv: its content has the hash 44e134cf134cde065f805e0d22725190, manifest.json says "
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
        {"vocab.json", "bytes", "words", "set/records.tsv:2: \"France\" is not in vocab.json"},
        {"vocab.json", "\"kind\"", "\"sort\"", "set/vocab.json: Object item not found: kind"},
        {"vocab.json", "\"eos\": 15", "\"eos\": 3",
         "set/vocab.json: kind \"bytes\", 16 symbols, eos 3; expected bytes or words, 16 symbols as in "
         "manifest.json, eos 15"},
        {"manifest.json", "\"answer_bits\": 2.0", "\"answer_bits\": 2.5",
         "set/manifest.json: answer_bits is 2.5, the records give 2"},
        {"manifest.json", "\"zlib_bytes\": ", "\"zlib_bytes\": null, \"x\": ",
         "set/manifest.json: 1 object item(s) left unpacked: x"},
        {"manifest.json", "\"entropy_bits\": null", "\"entropy_bits\": 12",
         "set/manifest.json: entropy_bits is 12, expected null"},
        {"manifest.json", "\"tokens\": ", "\"tokens\": 9",
         "set/manifest.json: tokens is 923, the records give 23"},
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
        assert_string_equal(err.msg, cases[c].msg);
        put_file(path, before.data, before.size);
        buffer_free(&before);
    }
    assert_int_equal(facts_load("set", &loaded, &err), OK);
    facts_free(&loaded);
    assert_int_equal(unlink("set/vocab.json"), 0);
    assert_int_equal(facts_load("set", &loaded, &err), ERR_IO);
    remove_folder("set");
}

/* ---- what is refused ---- */

static void bad_files_are_named(void **state) {
    (void)state;
    static const ImportOptions asked = {.bytes = true, .prompt = "q", .answer = "a"};
    static const ImportOptions twice = {.bytes = true, .prompt = "answer"};
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
        BAD("f.tsv", "a\tb\tc\td\n", bytes, "f.tsv:1: 4 fields, expected 2 or 3 (prompt, answer, tag)"),
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
            "f.txt:1: NUL byte in column 4; the file must be text in UTF-8 or another encoding without NUL "
            "bytes"),
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
        BAD("f.csv", "a,b\rc,d\r", bytes,
            "f.csv:1: a carriage return without a line feed; end lines with LF or CRLF, or put the field in "
            "quotes"),
        BAD("f.csv", "a,b\n\"x\ny\"\n", bytes, "f.csv:2: 1 field, expected 2 or 3 (prompt, answer, tag)"),
        BAD("f.csv", "a,b\n\"x\ny\",z\nc,,\n", bytes, "f.csv:4: empty answer"),
        BAD("f.csv", "\"\"\n", bytes, "f.csv:1: empty fact"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"prompt\":\"a\"}\n", bytes,
            "f.jsonl:2: no field 'answer' (--answer names it)"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\"}\n{\"answer\":\"c\"}\n", bytes,
            "f.jsonl:2: no field 'prompt'; all records have a prompt, or none"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":\"b\",\"prompt\":\"c\"}\n", bytes,
            "f.jsonl:1: column 35: duplicate object key near '\"prompt\"'"),
        BAD("f.jsonl", "{\"prompt\":\"a\",\"answer\":42}\n", bytes,
            "f.jsonl:1: field 'answer' is not a string"),
        BAD("f.jsonl", "{\"answer\":\"a\"}\n[1]\n", bytes, "f.jsonl:2: not a JSON object"),
        BAD("f.jsonl", "{\"answer\":\"a\"}\n\"b\"\n", bytes,
            "f.jsonl:2: column 3: '[' or '{' expected near '\"b\"'"),
        BAD("f.jsonl", "{\"answer\":\"a\"} {\"answer\":\"b\"}\n", bytes,
            "f.jsonl:1: column 16: end of file expected near '{'"),
        BAD("f.jsonl", "{\"answer\":\"a\"\n", bytes, "f.jsonl:1: column 13: '}' expected near end of file"),
        BAD("f.jsonl", "{\"answer\":\"a\xff\"}\n", bytes,
            "f.jsonl:1: column 12: unable to decode byte 0xff near '\"a'"),
        BAD("f.jsonl", "{\"answer\":\"a\\u0000b\"}\n", bytes,
            "f.jsonl:1: column 20: \\u0000 in a string; texts have no NUL"),
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
    int accepted = 0;
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
        if (status == OK) {
            accepted++; /* white space, or a figure that no hash covers: the facts are what they were */
            assert_string_equal(loaded.data_hash, facts.data_hash);
        } else {
            assert_int_equal(strncmp(err.msg, "set/", 4), 0);
            assert_null(strpbrk(err.msg, "\n\r\t"));
            assert_true(status == ERR_FORMAT);
        }
        facts_free(&loaded);
        put_file(file[round % 3], b->data, b->size);
    }
    printf("%d of %d accepted\n", accepted, ROUNDS);
    assert_true(accepted < ROUNDS / 3);
    for (int i = 0; i < 3; i++) buffer_free(&before[i]);
    facts_free(&facts);
    remove_folder("set");
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
        cmocka_unit_test(folder_gives_back_the_set),
        cmocka_unit_test(folder_can_be_read_by_a_person),
        cmocka_unit_test(altered_folders_are_named),
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(long_lines_and_wide_rows),
        cmocka_unit_test(mutated_files_do_no_harm),
        cmocka_unit_test(mutated_folders_do_no_harm),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
