/* Tokenizers that are trained on facts, and facts in a tokenizer's tokens: merges against a second implementation that
 * counts anew for each, the ids of bytes, the text of the facts back, folders, refusals. Against Hugging Face's
 * trainer: tests/check_tokenizer.sh. */
#include "tests/import_testing.h"

#include "data/hold_out.h"
#include "data/tokenizer/byte_level.h"
#include "data/tokenizer/patterns.h"
#include "data/tokenizer/tokenizer_json.h"
#include "data/tokenizer/train.h"
#include "data/vocab.h"

static const uint64_t SEED = 1994;

/* ---- merges ---- */

static Tokenizer *train_on(const char *const *texts, int n_texts, int n, Err *err) {
    BpeTrainer *trainer;
    Tokenizer *t = NULL;
    assert_int_equal(bpe_begin(&trainer, err), OK);
    for (int i = 0; i < n_texts; i++)
        assert_int_equal(bpe_add(trainer, (Text){(char *)texts[i], strlen(texts[i])}, err), OK);
    (void)!bpe_train(trainer, n, &t, err);
    bpe_free(trainer);
    return t;
}

/* "a+b ab+c": the merges in their order. */
static const char *merges_of(const Tokenizer *t) {
    static char out[8192];
    const Merge *merge;
    int n = tokenizer_merges(t, &merge);
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < n; i++) {
        Text left = tokenizer_bytes(t, merge[i].left), right = tokenizer_bytes(t, merge[i].right);
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%.*s+%.*s", i ? " " : "", (int)left.size,
                                 left.data, (int)right.size, right.data);
    }
    return out;
}

static void expect_merges(const char *const *texts, int n_texts, int merges, const char *expected) {
    Err err = {0};
    Tokenizer *t = train_on(texts, n_texts, BPE_TOKENS_MIN + merges, &err);
    if (!t) fail_msg("%s", err.msg);
    assert_string_equal(merges_of(t), expected);
    tokenizer_free(t);
}

/* Counted by hand. */
static void merges_by_count(void **state) {
    (void)state;
    /* aa 4 times ("aaa" has it twice); then Z+a, aa+a and aa+b twice each are equal: the lower ids, a+b's twice, first
     * */
    static const char *const gage[] = {"aaabdaaabac"};
    expect_merges(gage, 1, 3, "a+a a+b aa+ab");
    static const char *const count[] = {"low low low lower", "newest newest", "widest"};
    expect_merges(count, 3, 3, "l+o lo+w e+s");
    /* no pair across pieces: the space begins a piece, digits and letters part */
    static const char *const pieces[] = {"x1 x1 x1", "x1"};
    Err err = {0};
    assert_null(train_on(pieces, 2, BPE_TOKENS_MIN + 2, &err));
    assert_non_null(
        strstr(err.msg, "with 258 tokens no pair of neighbours occurs twice any more; ask for at most 258"));
    expect_merges(pieces, 2, 1, " +x");
}

/* Token 0 ends a text; the bytes follow as their characters are numbered. */
static void bytes_in_order(void **state) {
    (void)state;
    Err err = {0};
    Tokenizer *t = train_on(NULL, 0, BPE_TOKENS_MIN, &err);
    assert_int_equal(tokenizer_kind(t, 0), TOKEN_CONTROL);
    assert_true(text_is(tokenizer_bytes(t, 0), END_OF_TEXT));
    assert_true(text_is(tokenizer_bytes(t, 1), "!"));
    assert_true(text_is(tokenizer_bytes(t, 94), "~"));
    assert_int_equal((unsigned char)*tokenizer_bytes(t, 95).data, 0xa1);
    assert_int_equal((unsigned char)*tokenizer_bytes(t, 189).data, 0x00);
    assert_int_equal((unsigned char)*tokenizer_bytes(t, 221).data, ' ');
    assert_int_equal((unsigned char)*tokenizer_bytes(t, 256).data, 0xad);
    tokenizer_free(t);
}

/* The same by counting everything anew before each merge. */
enum { PIECES_MOST = 400, PIECE_MOST = 40, IDS = 600 };
typedef struct Naive {
    int32_t symbol[PIECES_MOST][PIECE_MOST];
    int length[PIECES_MOST], n;
    char text[IDS][2 * PIECE_MOST];
    int tokens;
} Naive;

static Status naive_piece(void *user, Text piece, Err *err) {
    (void)err;
    Naive *w = user;
    assert_true(w->n < PIECES_MOST && piece.size <= PIECE_MOST);
    for (size_t k = 0; k < piece.size; k++)
        for (int32_t i = 0; i < w->tokens; i++)
            if (w->text[i][0] == piece.data[k] && !w->text[i][1]) w->symbol[w->n][k] = i;
    w->length[w->n++] = (int)piece.size;
    return OK;
}

static int64_t pair_count(const Naive *w, Merge pair) {
    int64_t count = 0;
    for (int i = 0; i < w->n; i++)
        for (int k = 1; k < w->length[i]; k++)
            count += w->symbol[i][k - 1] == pair.left && w->symbol[i][k] == pair.right;
    return count;
}

static bool naive_best(const Naive *w, Merge *out) {
    int64_t best = 1;
    for (int i = 0; i < w->n; i++)
        for (int k = 1; k < w->length[i]; k++) {
            Merge pair = {w->symbol[i][k - 1], w->symbol[i][k]};
            int64_t count = pair_count(w, pair);
            bool lower = pair.left < out->left || (pair.left == out->left && pair.right < out->right);
            if (count > best || (count == best && best > 1 && lower)) *out = pair, best = count;
        }
    return best > 1;
}

static void naive_merge(Naive *w, Merge pair) {
    char joined[4 * PIECE_MOST];
    snprintf(joined, sizeof joined, "%s%s", w->text[pair.left], w->text[pair.right]);
    int32_t made = 0;
    while (made < w->tokens && strcmp(w->text[made], joined) != 0) made++;
    assert_true(made < IDS);
    if (made == w->tokens) strcpy(w->text[w->tokens++], joined);
    for (int i = 0; i < w->n; i++) {
        int kept = 0;
        for (int k = 0; k < w->length[i]; k++) {
            bool merges =
                k + 1 < w->length[i] && w->symbol[i][k] == pair.left && w->symbol[i][k + 1] == pair.right;
            w->symbol[i][kept++] = merges ? made : w->symbol[i][k];
            k += merges;
        }
        w->length[i] = kept;
    }
}

/* Texts of few letters, with runs of one letter, so that counts are often equal and pairs overlap. */
static void random_merges(void **state) {
    (void)state;
    int compared = 0;
    for (uint64_t round = 0; round < 60; round++) {
        static char text[40][PIECE_MOST + 1];
        static Naive w;
        const char *texts[40];
        Stream r = random_stream(SEED, RANDOM_FACTS, (uint32_t)round);
        Err err = {0};
        uint64_t at = 0;
        int letters = 2 + (int)(round % 4);
        memset(&w, 0, sizeof w);
        Tokenizer *plain = train_on(NULL, 0, BPE_TOKENS_MIN, &err);
        for (w.tokens = 0; w.tokens < BPE_TOKENS_MIN; w.tokens++)
            snprintf(w.text[w.tokens], PIECE_MOST, "%.*s", (int)tokenizer_bytes(plain, w.tokens).size,
                     tokenizer_bytes(plain, w.tokens).data);
        tokenizer_free(plain);
        for (int i = 0; i < 40; i++) {
            int length = 1 + (int)random_below(r, at++, PIECE_MOST - 1);
            for (int k = 0; k < length; k++)
                text[i][k] = (char)(random_below(r, at++, 12) == 0
                                        ? ' '
                                        : 'a' + (int)random_below(r, at++, (uint64_t)letters));
            text[i][length] = '\0';
            texts[i] = text[i];
        }
        Merge best = {INT32_MAX, INT32_MAX};
        Patterns p;
        TokenizerSource gpt2 = {.where = "x"};
        assert_int_equal(tokenizer_patterns_of(&gpt2, (Text){(char *)"gpt2", 4}, &err), OK);
        assert_int_equal(patterns_create(&p, gpt2.n_patterns, gpt2.pattern, "x", &err), OK);
        for (int i = 0; i < 40; i++)
            assert_int_equal(patterns_split(&p, (Text){text[i], strlen(text[i])}, naive_piece, &w, &err), OK);
        patterns_free(&p);
        int wanted = BPE_TOKENS_MIN + 1 + (int)(round % 3) * 20;
        Tokenizer *t = train_on(texts, 40, wanted, &err);
        if (!t)
            fail_msg("seed %llu, round %llu: %s", (unsigned long long)SEED, (unsigned long long)round,
                     err.msg);
        const Merge *merge;
        int n = tokenizer_merges(t, &merge);
        for (int i = 0; i < n; i++, compared++) {
            best = (Merge){INT32_MAX, INT32_MAX};
            assert_true(naive_best(&w, &best));
            if (best.left != merge[i].left || best.right != merge[i].right)
                fail_msg("seed %llu, round %llu: merge %d is %d + %d, expected %d + %d",
                         (unsigned long long)SEED, (unsigned long long)round, i, merge[i].left,
                         merge[i].right, best.left, best.right);
            int before = w.tokens;
            naive_merge(&w, best);
            assert_int_equal(w.tokens, before + 1); /* no text is made twice */
        }
        assert_int_equal(w.tokens, wanted);
        tokenizer_free(t);
    }
    assert_true(compared > 1000);
    print_message("seed %llu: %d merges\n", (unsigned long long)SEED, compared);
}

/* ---- facts ---- */

static const char table[] =
    "country,capital,tag\nPeru,Lima,a\nOman, Muscat,b\nMali,\"Bamako, on the Niger\",a\n"
    "Oman  (2),Muscat\\,b\nCôte d’Ivoire,Yamoussoukro\xff,a\n";
static const char fields[] = "Peru|Lima|a;Oman| Muscat|b;Mali|Bamako, on the Niger|a;Oman  (2)|Muscat\\\\|b;"
                             "Côte d’Ivoire|Yamoussoukro\\xFF|a;";

static ImportOptions trained_tokens(int n) {
    return (ImportOptions){
        .bytes = true, .tokens.trained = n, .prompt = "country", .answer = "capital", .tag = "tag"};
}

static void the_text_comes_back(void **state) {
    (void)state;
    FactSet plain = import_text("t.csv", table, trained_tokens(0)),
            facts = import("t.csv", trained_tokens(262)), again;
    Err err = {0};
    expect_fields(&plain, fields);
    expect_fields(&facts, fields);
    assert_true(facts.vocab.tokens && facts.vocab.size == 262 && facts.vocab.eos == 0);
    assert_true(facts_tokens(&facts) < facts_tokens(&plain));
    /* what does not depend on the tokens */
    assert_true(facts.answer_bits == plain.answer_bits && facts.zlib_bytes == plain.zlib_bytes);
    assert_string_not_equal(facts.data_hash, plain.data_hash);
    for (int i = 0; i < facts.n; i++) {
        char a[256], b[256];
        assert_int_equal(facts.tokens[facts.start[i + 1] - 1], 0); /* every fact ends */
        facts_text(&facts, i, a, sizeof a);
        facts_text(&plain, i, b, sizeof b);
        assert_string_equal(a, b);
        assert_int_equal(facts_plain_text(&facts, i, a), facts_plain_text(&plain, i, b));
        assert_memory_equal(a, b, (size_t)facts_plain_text(&facts, i, NULL));
    }
    assert_int_equal(facts_save(&facts, "set", &err), OK);
    if (facts_load("set", &again, &err) != OK) fail_msg("%s", err.msg);
    expect_same_facts(&facts, &again);
    assert_string_equal(facts.vocab.tokenizer_hash, again.vocab.tokenizer_hash);
    assert_int_equal(vocab_same(&facts.vocab, &again.vocab, "set", &err), OK);
    assert_int_equal(vocab_same(&facts.vocab, &plain.vocab, "set", &err), ERR_INPUT);
    facts_free(&again);
    facts_free(&facts);
    facts_free(&plain);
}

/* The tokenizer of the folder, given as a file, makes the same facts: a tokenizer.json says all. */
static void by_its_file(void **state) {
    (void)state;
    ImportOptions of_file = trained_tokens(0);
    of_file.tokens.file = "set/tokenizer.json";
    FactSet trained = import("t.csv", trained_tokens(262)), read = import("t.csv", of_file);
    expect_same_facts(&trained, &read);
    facts_free(&trained);
    facts_free(&read);
}

/* A tokenizer without a token that ends a text gets one behind the others. */
static void an_end_is_added(void **state) {
    (void)state;
    static const char json[] =
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"Ġ\":2,\"ab\":3},\"merges\":[\"a b\"]},"
        "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false}}";
    put_file("small.json", json, sizeof json - 1);
    ImportOptions of_file = {.bytes = true, .tokens.file = "small.json"};
    FactSet facts = import_text("u.tsv", "ab\tba\nb\taab\n", of_file);
    static const int32_t expected[] = {3, 2, 1, 0, 4, 1, 2, 0, 3, 4};
    assert_true(facts.vocab.size == 5 && facts.vocab.eos == 4);
    assert_int_equal(facts.start[2], 10);
    assert_memory_equal(facts.tokens, expected, sizeof expected);
    facts_free(&facts);
    Err err = {0};
    put_file("v.tsv", "c\tb\n", 4);
    assert_int_equal(facts_import("v.tsv", &of_file, &facts, NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "no token for byte 0x63"));
}

/* Facts of kind text: chunks of bytes, in tokens; held out they are the same chunks, and baselines are those of bytes.
 * */
static void chunks_of_text(void **state) {
    (void)state;
    static const char text[] = "to be or not to be, that is the question: to be that";
    put_file("text.txt", text, sizeof text - 1);
    FactsConfig config = {.kind = FACTS_TEXT, .path = "text.txt", .seq_len = 13, .n = 256, .heldout = 1};
    FactSet plain, facts, again;
    Err err = {0};
    assert_int_equal(facts_obtain(&config, &plain, &err), OK);
    strcpy(config.vocab, "bpe:264");
    if (facts_obtain(&config, &facts, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(facts.n_heldout, 1);
    for (int i = 0; i < TEXT_ORDERS; i++) assert_true(facts.order_bits[i] == plain.order_bits[i]);
    assert_true(facts.zlib_bytes == plain.zlib_bytes && facts.answer_bits == plain.answer_bits);
    assert_true(facts.start[3] < plain.start[3]);
    assert_int_equal(facts_save(&facts, "chunks", &err), OK);
    if (facts_load("chunks", &again, &err) != OK) fail_msg("%s", err.msg);
    expect_same_facts(&facts, &again);
    facts_free(&plain);
    facts_free(&facts);
    facts_free(&again);
}

static void refused(const char *vocab, const char *file, const char *why) {
    FactsConfig config = {.kind = FACTS_FILE, .path = "set", .n = 256};
    FactSet facts;
    Err err = {0};
    snprintf(config.vocab, sizeof config.vocab, "%s", vocab);
    snprintf(config.tokenizer, sizeof config.tokenizer, "%s", file);
    assert_int_equal(facts_obtain(&config, &facts, &err), ERR_INPUT);
    if (!strstr(err.msg, why)) fail_msg("%s", err.msg);
}

static void refusals(void **state) {
    (void)state;
    refused("words", "", "facts.vocab is \"words\", allowed: tokenizer, bpe:N");
    refused("bpe:256", "", "257 (the bytes and the end) to 1048576");
    refused("bpe:x", "", "bpe:N is a tokenizer of N tokens");
    refused("bpe:1048577", "", "bpe:N is a tokenizer of N tokens");
    refused("tokenizer", "", "set facts.tokenizer to its tokenizer.json or GGUF file");
    refused("", "x.json", "facts.tokenizer names a tokenizer, but facts.vocab is not 'tokenizer'");
    refused("tokenizer", "nothing.json", "nothing.json: there is no such file");
    refused("tokenizer", "t.csv", "t.csv:1: ");
    refused("bpe:4000", "", "no pair of neighbours occurs twice any more");
    FactSet facts = draw(4, 4, 4, 1);
    Err err = {0};
    assert_int_equal(facts_tokenize(&facts, &(TokenChoice){.trained = 300}, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "these facts were drawn (kind random)"));
    facts_free(&facts);
}

/* A folder whose tokenizer is another, or is missing. */
static void altered_folders(void **state) {
    (void)state;
    FactSet facts;
    Err err = {0};
    Buffer text;
    assert_int_equal(file_read("set/tokenizer.json", SIZE_MAX, &text, &err), OK);
    char *place = strstr(text.data, "endoftext");
    assert_non_null(place);
    *place = 'E';
    put_file("set/tokenizer.json", text.data, text.size);
    assert_int_equal(facts_load("set", &facts, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "set/tokenizer.json: was altered"));
    assert_int_equal(remove("set/tokenizer.json"), 0);
    assert_int_equal(facts_load("set", &facts, &err), ERR_IO);
    assert_non_null(strstr(err.msg, "set/tokenizer.json"));
    buffer_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges_by_count), cmocka_unit_test(bytes_in_order),
        cmocka_unit_test(random_merges),   cmocka_unit_test(the_text_comes_back),
        cmocka_unit_test(by_its_file),     cmocka_unit_test(an_end_is_added),
        cmocka_unit_test(chunks_of_text),  cmocka_unit_test(refusals),
        cmocka_unit_test(altered_folders),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
