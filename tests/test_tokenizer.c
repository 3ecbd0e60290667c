/* Byte-level BPE: pieces, merges in their order, special tokens, any bytes; tokenizer.json both ways, and files that
 * lie. Against `tokenizers`: tests/check_tokenizer.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/tokenizer/byte_level.h"
#include "data/tokenizer/patterns.h"
#include "data/tokenizer/tokenizer_json.h"
#include "tests/model_case.h"

enum { BYTES = 256, TEXT_MOST = 4096 };

/* ---- a tokenizer of all bytes and a few merges ---- */

static const char *const merges[] = {"a b", "b c", "ab c", "Ġ t", "1 2", "x x", "é ©", "Ã ©"};
static const char *const made[] = {"ab", "bc", "abc", "Ġt", "12", "xx", "Ã©"};
static const char *const specials[] = {"<|a|>", "<|a|>b", "<", "end of it"};

static Tokenizer *small_with(const char *patterns, Text odd, TokenKind odd_kind) {
    static char spelled[BYTES][2];
    static Text token[BYTES + 16], merge[8][2];
    static uint8_t kind[BYTES + 16];
    TokenizerSource s = {.where = "x", .token = token, .kind = kind, .merge = (const Text(*)[2])merge};
    Tokenizer *t;
    Err err = {0};
    memset(kind, TOKEN_PLAIN, sizeof kind);
    for (int b = 0; b < BYTES; b++)
        token[s.n_tokens++] = (Text){spelled[b], (size_t)byte_level_write(spelled[b], (uint8_t)b)};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        token[s.n_tokens++] = (Text){(char *)made[i], strlen(made[i])};
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        kind[s.n_tokens] = i % 2 ? TOKEN_ADDED : TOKEN_CONTROL;
        token[s.n_tokens++] = (Text){(char *)specials[i], strlen(specials[i])};
    }
    if (odd.data) {
        kind[s.n_tokens] = (uint8_t)odd_kind;
        token[s.n_tokens++] = odd;
    }
    for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
        const char *space = strchr(merges[i], ' ');
        if (!strncmp(merges[i], "é", 2)) continue; /* that of no token: see the refusals */
        merge[s.n_merges][0] = (Text){(char *)merges[i], (size_t)(space - merges[i])};
        merge[s.n_merges++][1] = (Text){(char *)space + 1, strlen(space + 1)};
    }
    assert_int_equal(tokenizer_patterns_of(&s, (Text){(char *)patterns, strlen(patterns)}, &err), OK);
    assert_int_equal(tokenizer_create(&t, &s, &err), OK);
    return t;
}

static Tokenizer *small(const char *patterns) { return small_with(patterns, (Text){NULL, 0}, TOKEN_PLAIN); }

/* The tokens as text, with a bar between them; decoding must give the text. */
static const char *bars(Tokenizer *t, Text text, bool with_specials) {
    static char out[2 * TEXT_MOST];
    TokenList list = {0};
    Err err = {0};
    size_t used = 0, at = 0;
    assert_int_equal(tokenizer_encode(t, text, with_specials, &list, &err), OK);
    for (int64_t i = 0; i < list.n; i++) {
        Text bytes = tokenizer_bytes(t, list.id[i]);
        assert_true(at + bytes.size <= text.size && used + bytes.size + 2 < sizeof out);
        assert_memory_equal(text.data + at, bytes.data, bytes.size);
        if (i) out[used++] = '|';
        memcpy(out + used, bytes.data, bytes.size);
        used += bytes.size;
        at += bytes.size;
    }
    assert_int_equal(at, text.size);
    out[used] = '\0';
    token_list_free(&list);
    return out;
}
#define BARS(t, text, with) bars(t, (Text){(char *)(text), sizeof(text) - 1}, with)

static void merges_in_order(void **state) {
    (void)state;
    Tokenizer *t = small("gpt2");
    assert_string_equal(BARS(t, "", true), "");
    assert_string_equal(BARS(t, "abc", true), "abc");
    assert_string_equal(BARS(t, "bc", true), "bc");
    assert_string_equal(BARS(t, "abbcabc", true), "ab|bc|abc");
    assert_string_equal(BARS(t, "babcc", true), "b|abc|c"); /* a b comes before b c */
    assert_string_equal(BARS(t, "xxxxx", true), "xx|xx|x"); /* the leftmost first */
    assert_string_equal(BARS(t, "a bc t\xc3\xa9", true), "a| |bc| t|\xc3\xa9");
    assert_string_equal(BARS(t, "1212 12", true), "12|12| |12");
    assert_string_equal(BARS(t, "\xff\xc3\xa9 ab\xc3", true), "\xff|\xc3\xa9| |ab|\xc3");
    tokenizer_free(t);
    t = small("smollm"); /* every digit is a piece */
    assert_string_equal(BARS(t, "1212 12", true), "1|2|1|2| |1|2");
    tokenizer_free(t);
}

static void special_tokens(void **state) {
    (void)state;
    Tokenizer *t = small("gpt2");
    assert_string_equal(BARS(t, "ab<|a|>bc<<|b", true), "ab|<|a|>b|c|<|<|||b");
    assert_string_equal(BARS(t, "<|a|", true), "<|||a||");
    assert_string_equal(BARS(t, "<|a|>", false), "<|||a|||>");
    assert_string_equal(BARS(t, "an end of it all", true), "a|n| |end of it| |a|l|l");
    assert_int_equal(tokenizer_find_special(t, (Text){(char *)"<|a|>", 5}), BYTES + 7);
    assert_int_equal(tokenizer_find_special(t, (Text){(char *)"<|a|", 4}), -1);
    assert_int_equal(tokenizer_find_special(t, (Text){(char *)"", 0}), -1);
    assert_int_equal(tokenizer_kind(t, BYTES + 7), TOKEN_CONTROL);
    assert_int_equal(tokenizer_kind(t, BYTES + 8), TOKEN_ADDED);
    tokenizer_free(t);
}

typedef struct Pieces {
    char text[TEXT_MOST];
    size_t used;
} Pieces;

static Status add_piece(void *user, Text piece, Err *err) {
    (void)err;
    Pieces *p = user;
    if (p->used) p->text[p->used++] = '|';
    memcpy(p->text + p->used, piece.data, piece.size);
    p->text[p->used += piece.size] = '\0';
    return OK;
}

static void pieces_of(const char *name, const char *text, const char *expected) {
    TokenizerSource s = {.where = "x"};
    Patterns patterns;
    Pieces pieces = {.used = 0};
    Err err = {0};
    assert_int_equal(tokenizer_patterns_of(&s, (Text){(char *)name, strlen(name)}, &err), OK);
    assert_int_equal(patterns_create(&patterns, s.n_patterns, s.pattern, "x", &err), OK);
    assert_int_equal(patterns_split(&patterns, (Text){(char *)text, strlen(text)}, add_piece, &pieces, &err),
                     OK);
    if (strcmp(pieces.text, expected) != 0) fail_msg("%s: '%s', expected '%s'", name, pieces.text, expected);
    patterns_free(&patterns);
}

/* As `tokenizers` divides them. */
static void pieces(void **state) {
    (void)state;
    pieces_of("gpt2", "I'm  here, 2024!\n\n x", "I|'m| | here|,| 2024|!|\n\n| x");
    pieces_of("gpt2", "I'M", "I|'|M");
    pieces_of("gpt2", "a \xe1\xa0\x8e b\xc2\x85\xc2\x85z",
              "a| \xe1\xa0\x8e| b|\xc2\x85|\xc2\x85|z"); /* U+180E, NEL */
    pieces_of("smollm", " x12\xc2\xbd 3", " x|1|2|\xc2\xbd| |3");
    pieces_of("llama3", "I'M 12345678 a.b!\r\n\n  c", "I|'M| |123|456|78| a|.b|!\r\n\n| | c");
    pieces_of("qwen2", "x 12\n \n", "x| |1|2|\n \n");
    pieces_of("gpt2",
              "ab\xff\xfe"
              "cd \xed\xa0\x80 \xf4\x90\x80\x80z",
              "ab|\xff\xfe|cd| |\xed\xa0\x80| |\xf4\x90\x80\x80|z");
    TokenizerSource s = {.where = "x.gguf"};
    Err err;
    assert_int_equal(tokenizer_patterns_of(&s, (Text){(char *)"odd", 3}, &err), ERR_INPUT);
    assert_string_equal(err.msg,
                        "x.gguf: its pre-tokenizer is \"odd\", rote knows gpt2, smollm, llama3 and qwen2");
}

/* Every byte has one character, and back. */
static void alphabet(void **state) {
    (void)state;
    for (int b = 0; b < BYTES; b++) {
        char out[2], back[2];
        size_t size;
        int n = byte_level_write(out, (uint8_t)b);
        assert_true(byte_level_read((Text){out, (size_t)n}, back, &size) && size == 1 &&
                    (uint8_t)back[0] == b);
    }
    char out[8];
    size_t size;
    static const char *const outside[] = {" ",        "\x7f", "\xc2\xad",     "\xc2\xa0",
                                          "\xc5\x84", "\xc4", "\xe2\x82\xac", "a\n"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        assert_false(byte_level_read((Text){(char *)outside[i], strlen(outside[i])}, out, &size));
    assert_true(byte_level_read((Text){(char *)"\xc4\xa0\xc5\x83", 4}, out, &size) && size == 2);
    assert_memory_equal(out, " \xad", 2);
}

/* Random bytes come back, also through tokenizer.json. */
static void any_bytes(void **state) {
    (void)state;
    Tokenizer *t = small("llama3"), *again;
    Err err = {0};
    char *json, text[64], first[2 * TEXT_MOST];
    assert_int_equal(tokenizer_json_text(t, &json, &err), OK);
    assert_int_equal(tokenizer_json_parse(json, strlen(json), "x", &again, &err), OK);
    assert_int_equal(tokenizer_size(again), tokenizer_size(t));
    assert_true(tokenizer_whole_pieces(again));
    Draw d = draw_from(20261129);
    for (int i = 0; i < 2000; i++) {
        static const char likely[] = "abc 12\n\xc3\xa9<|a>'s";
        size_t size = (size_t)draw_int(&d, 0, sizeof text);
        for (size_t k = 0; k < size; k++)
            text[k] =
                draw_int(&d, 0, 3) ? likely[draw_int(&d, 0, sizeof likely - 2)] : (char)draw_int(&d, 0, 255);
        for (int with = 0; with < 2; with++) {
            memcpy(first, bars(t, (Text){text, size}, with), sizeof first);
            assert_memory_equal(first, bars(again, (Text){text, size}, with), size);
        }
    }
    free(json);
    tokenizer_free(again);
    tokenizer_free(t);
}

/* A special token that is spelled as a plain one of a larger number; found by fuzzing. */
static void special_before_plain(void **state) {
    (void)state;
    static const char file[] =
        "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
        "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":6,\"b\":1,\"ab\":2},\"merges\":[[\"a\",\"b\"]]},"
        "\"added_tokens\":[{\"id\":0,\"content\":\"a\"}]}";
    Tokenizer *t, *again;
    Err err = {0};
    char *json;
    assert_int_equal(tokenizer_json_parse(file, strlen(file), "x", &t, &err), OK);
    assert_int_equal(tokenizer_json_text(t, &json, &err), OK);
    if (tokenizer_json_parse(json, strlen(json), "x", &again, &err) != OK) fail_msg("%s", err.msg);
    for (int with = 0; with < 2; with++) {
        TokenList one = {0}, other = {0};
        assert_int_equal(tokenizer_encode(t, (Text){(char *)"abba", 4}, with, &one, &err), OK);
        assert_int_equal(tokenizer_encode(again, (Text){(char *)"abba", 4}, with, &other, &err), OK);
        assert_int_equal(one.n, other.n);
        assert_memory_equal(one.id, other.id, (size_t)one.n * sizeof *one.id);
        token_list_free(&one);
        token_list_free(&other);
    }
    free(json);
    tokenizer_free(again);
    tokenizer_free(t);
}

/* A plain token with a character that is not of the alphabet keeps its own text, of which a part was read already;
 * found by fuzzing. */
static void own_text(void **state) {
    (void)state;
    static const char file[] =
        "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},\"model\":{"
        "\"type\":\"BPE\",\"vocab\":{\"a\":0,\"\xc3\xa9\xd2\x8b\":1},\"merges\":[]}}";
    Tokenizer *t, *again;
    Err err = {0};
    char *json;
    assert_int_equal(tokenizer_json_parse(file, strlen(file), "x", &t, &err), OK);
    Text bytes = tokenizer_bytes(t, 1);
    assert_int_equal(bytes.size, 4);
    assert_memory_equal(bytes.data, "\xc3\xa9\xd2\x8b", 4);
    if (tokenizer_json_text(t, &json, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(tokenizer_json_parse(json, strlen(json), "x", &again, &err), OK);
    free(json);
    tokenizer_free(again);
    tokenizer_free(t);
}

/* A million bytes in one piece: a quadratic algorithm would take an hour. */
static void long_pieces(void **state) {
    (void)state;
    enum { LONG = 1000000 };
    static char text[LONG];
    Tokenizer *t = small("llama3");
    TokenList list = {0};
    Err err;
    for (int i = 0; i < LONG; i++) text[i] = "abc"[i % 3];
    assert_int_equal(tokenizer_encode(t, (Text){text, LONG}, true, &list, &err), OK);
    assert_int_equal(list.n, LONG / 3 + 1);
    memset(text, ' ', LONG);
    assert_int_equal(tokenizer_encode(t, (Text){text, LONG}, true, &list, &err), OK);
    assert_int_equal(list.n, LONG / 3 + 1 + LONG);
    token_list_free(&list);
    tokenizer_free(t);
}

/* ---- refusals ---- */

#define PRE "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false}"
/* A text that JSON cannot hold is refused by name; a plain token with such bytes is spelled. */
static void not_for_json(void **state) {
    (void)state;
    static const struct {
        Text text;
        const char *shown;
    } bad[] = {{{(char *)"<\xff>", 3}, "\"<\\xFF>\""}, {{(char *)"<\0>", 3}, "\"<\\x00>\""}};
    static const TokenKind kinds[] = {TOKEN_CONTROL, TOKEN_ADDED, TOKEN_UNUSED};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            Tokenizer *t = small_with("gpt2", bad[i].text, kinds[k]);
            Err err = {0};
            char *json, why[128];
            snprintf(why, sizeof why, "token %d, %s, is not UTF-8 or has a NUL", tokenizer_size(t) - 1,
                     bad[i].shown);
            assert_int_equal(tokenizer_json_text(t, &json, &err), ERR_INPUT);
            assert_null(json);
            if (strncmp(err.msg, why, strlen(why)) != 0) fail_msg("'%s'", err.msg);
            tokenizer_free(t);
        }
}

#define BPE "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[\"a b\"]}"
#define AB  "\"vocab\":{\"a\":0,\"b\":1},\"merges\":"

static void refused(const char *json, const char *why) {
    Tokenizer *t;
    Err err = {0};
    assert_int_equal(tokenizer_json_parse(json, strlen(json), "x.json", &t, &err), ERR_INPUT);
    assert_null(t);
    if (strncmp(err.msg, "x.json:", 7) != 0 || !strstr(err.msg, why))
        fail_msg("'%s' lacks '%s'", err.msg, why);
}

static void refusals(void **state) {
    (void)state;
    Tokenizer *t;
    Err err = {0};
    const char good[] = "{" PRE "," BPE "}";
    assert_int_equal(tokenizer_json_parse(good, sizeof good - 1, "x", &t, &err), OK);
    TokenList list = {0};
    assert_int_equal(tokenizer_encode(t, (Text){(char *)"abba\x01", 5}, true, &list, &err), ERR_INPUT);
    assert_string_equal(err.msg, "the tokenizer has no token for byte 0x01; take it out of the text");
    assert_int_equal(list.n, 0);
    token_list_free(&list);
    tokenizer_free(t);

    refused("{", "x.json:1:");
    refused("[]", "it has no model");
    refused("{" PRE "}", "it has no model");
    refused("{" BPE "}", "no pre-tokenizer ByteLevel");
    refused("{" BPE ",\"pre_tokenizer\":{\"type\":\"Metaspace\"}}", "its pre-tokenizer is 'Metaspace'");
    refused("{" BPE ",\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true}}",
            "add_prefix_space");
    refused("{" PRE "," BPE ",\"normalizer\":{\"type\":\"NFKC\"}}", "its normalizer is 'NFKC'");
    refused("{" PRE ",\"model\":{\"type\":\"Unigram\"}}", "its model is 'Unigram'");
    refused("{" PRE ",\"model\":{\"type\":\"BPE\",\"byte_fallback\":true}}", "byte_fallback");
    refused("{" PRE ",\"model\":{\"dropout\":0.1," AB "[]}}", "dropout");
    refused("{" PRE ",\"model\":{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}",
            "tokens \"a\" and \"b\" are both number 0");
    refused("{" PRE ",\"model\":{\"vocab\":{\"a\":1048576},\"merges\":[]}}", "token \"a\" has no number");
    refused("{" PRE ",\"model\":{\"vocab\":{\"a\":-1},\"merges\":[]}}", "token \"a\" has no number");
    refused("{" PRE ",\"model\":{\"vocab\":{},\"merges\":[]}}", "0 tokens");
    refused("{" PRE ",\"model\":{\"vocab\":{\"\":0},\"merges\":[]}}", "none of its tokens has a byte");
    refused("{" PRE ",\"model\":{\"vocab\":{\"a\":0,\"a\":1},\"merges\":[]}}", "duplicate");
    refused("{\"a\":\"\\u01\n0a\"}", "near '\"\\u01 '"); /* one line, also where jansson quotes a line end */
    refused(
        "{" BPE
        ",\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":"
        "{\"Regex\":\"a\\n(\"},\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\",\"use_regex\":false}]}}",
        "is 'a (', which is not a regular expression");
    refused("{" PRE ",\"model\":{" AB "[\"a b\"]}}",
            "merge 0, of \"a\" and \"b\": what they make is no token");
    refused("{" PRE ",\"model\":{" AB "[\"ab\"]}}", "merge 0 is not two tokens");
    refused("{" PRE ",\"model\":{" AB "[[\"a\"]]}}", "merge 0 is not two tokens");
    refused("{" PRE ",\"model\":{\"vocab\":{\"a\":0,\"aa\":1},\"merges\":[\"a a\",\"a a\"]}}",
            "occurs twice");
    refused("{" PRE "," BPE ",\"added_tokens\":[{\"id\":0,\"content\":\"z\"}]}",
            "\"a\" and \"z\" are both number 0");
    refused("{" PRE "," BPE ",\"added_tokens\":[{\"id\":3,\"content\":\"z\",\"lstrip\":true}]}",
            "\"z\" has lstrip");
    refused("{" PRE "," BPE ",\"added_tokens\":[{\"id\":3,\"content\":\"z\"},{\"id\":4,\"content\":\"z\"}]}",
            "are both \"z\"");
    refused("{" PRE "," BPE ",\"added_tokens\":[{\"id\":3,\"content\":\"\"}]}", "special token 3 is empty");
    refused(
        "{" BPE
        ",\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"}}",
        "no pre-tokenizer ByteLevel");
    refused("{" BPE
            ",\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{"
            "\"Regex\":\"(\"},\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\",\"use_regex\":false}]}}",
            "a pattern of the pre-tokenizer is '('");
}

/* Brackets a million deep. */
static void deep_nesting(void **state) {
    (void)state;
    enum { DEEP = 1000000 };
    char *text = malloc(DEEP);
    Tokenizer *t;
    Err err = {0};
    assert_non_null(text);
    memset(text, '[', DEEP);
    assert_int_equal(tokenizer_json_parse(text, DEEP, "x", &t, &err), ERR_INPUT);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges_in_order), cmocka_unit_test(special_tokens),
        cmocka_unit_test(pieces),          cmocka_unit_test(alphabet),
        cmocka_unit_test(any_bytes),       cmocka_unit_test(special_before_plain),
        cmocka_unit_test(long_pieces),     cmocka_unit_test(refusals),
        cmocka_unit_test(deep_nesting),    cmocka_unit_test(not_for_json),
        cmocka_unit_test(own_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
