/* Damaged two-part archives: no change to one gives an output, no header makes decoding take more memory or time than
 * it may, and there is one way to write an archive. */
#include "tests/two_part_testing.h"

#include "base/exact.h"
#include "data/import/import.h"

static Bytes small_archive(void) {
    static const char *const KEYS[] = {"facts.n=4", "facts.vocab_size=5", "facts.seq_len=3"};
    Draw d = draw_from(SEED + 3);
    FactSet facts;
    Gpt g;
    Bytes archive = {0};
    Err err = {0};
    generate(&d, KEYS, 3, &facts);
    draw_model(&d, 0, &facts, QUANTIZE_INT4, &g);
    TwoPartOptions options = {QUANTIZE_INT4, false, 1};
    if (two_part_write(&archive, &g, &facts, &options, NULL, &err) != OK) fail_msg("%s", err.msg);
    gpt_free(&g);
    facts_free(&facts);
    return archive;
}

static void make_right(uint8_t *data, size_t size) {
    uint32_t crc = crc32_of(data + 16, size - 16);
    for (int i = 0; i < 8; i++) data[16 + i] = (uint8_t)((uint64_t)size >> 8 * i);
    crc = crc32_of(data + 16, size - 16);
    for (int i = 0; i < 4; i++) data[12 + i] = (uint8_t)(crc >> 8 * i);
}

/* Each byte in three other values, each truncation: refused. The same with length and CRC made right again: refused,
 * or (a structure's key that its other keys make idle) decoded to what went in. Each within a second and 64 MiB. */
static void every_change_is_refused(void **state) {
    (void)state;
    Bytes archive = small_archive(), content = {0};
    uint8_t *copy = malloc(archive.size);
    Err err = {0};
    int refused = 0, decoded = 0;
    assert_non_null(copy);
    Bounds bounds = bounds_begin();
    for (size_t at = 0; at < archive.size; at++)
        for (int change = 0; change < 3; change++)
            for (int mend = 0; mend < 2; mend++) {
                memcpy(copy, archive.data, archive.size);
                copy[at] ^= (uint8_t)(change == 0 ? 1 : change == 1 ? 0x80 : 0xff);
                if (mend && at >= 24) make_right(copy, archive.size);
                else if (mend) continue;
                Status status = two_part_read(&content, "x", copy, archive.size, MEMORY, best_ops(), &err);
                bounds_attempt(&bounds);
                if (mend && status == OK) { /* its checksum holds: it is what went in */
                    decoded++;
                    content.size = 0;
                    continue;
                }
                if (status != ERR_FORMAT && status != ERR_INPUT)
                    fail_msg("byte %zu, change %d, mended %d: status %d", at, change, mend, (int)status);
                assert_int_equal(content.size, 0);
                refused++;
            }
    for (size_t size = 0; size < archive.size; size++)
        for (int mend = 0; mend < 2; mend++) {
            memcpy(copy, archive.data, size);
            if (mend && size >= 24) make_right(copy, size);
            assert_int_equal(two_part_read(&content, "x", copy, size, MEMORY, best_ops(), &err), ERR_FORMAT);
            bounds_attempt(&bounds);
            refused++;
        }
    bounds_end(&bounds);
    printf("%zu bytes: %d changes refused, %d that say nothing decoded to what went in\n", archive.size,
           refused, decoded);
    assert_true(decoded < 20);
    bytes_free(&content);
    free(copy);
    bytes_free(&archive);
}

/* ---- what a header may ask for ---- */

static void two_facts_of_many_tokens(FactSet *facts, int tokens) {
    Err err = {0};
    *facts = (FactSet){.kind = "random", .n = 2, .max_len = tokens, .vocab = {.size = 2, .eos = -1}};
    if (facts_allocate(facts, 2 * (int64_t)tokens, &err) != OK) fail_msg("%s", err.msg);
    for (int t = 0; t < 2 * tokens; t++) facts->tokens[t] = t % 3 == 0 || t == 2 * tokens - 1;
    for (int i = 0; i < 3; i++) facts->start[i] = (int64_t)i * tokens;
}

static void simple_model(Gpt *g, int block_size, int vocab_size, int n_inner) {
    ModelConfig c = {.n_layer = 1, .n_head = 1, .n_kv_head = 1, .n_embd = 2, .n_inner = n_inner};
    Err err = {0};
    c.block_size = block_size;
    c.vocab_size = vocab_size;
    c.norm_eps = 1e-5;
    c.rope_theta = 100;
    c.pos = POS_NONE;
    c.attn = ATTN_NONE;
    c.mlp = MLP_NONE;
    if (gpt_create(g, &c, best_ops(), GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    Draw d = draw_from(SEED + 4);
    draw_params(g, &d, 0.3);
}

/* A prefix tree deeper than any stack. */
static void a_set_of_long_facts(void **state) {
    (void)state;
    FactSet facts;
    Gpt g;
    Bytes archive = {0}, content = {0};
    Err err = {0};
    TwoPartOptions options = {QUANTIZE_NONE, true, 1};
    two_facts_of_many_tokens(&facts, 150000);
    simple_model(&g, 150000, 2, 1);
    if (two_part_write(&archive, &g, &facts, &options, NULL, &err) != OK) fail_msg("%s", err.msg);
    if (two_part_read(&content, "x", archive.data, archive.size, MEMORY, best_ops(), &err) != OK)
        fail_msg("%s", err.msg);
    assert_int_equal(content.size, 600000);
    bytes_free(&archive);
    bytes_free(&content);
    gpt_free(&g);
    facts_free(&facts);
}

/* Sizes that no tensor has are memory all the same. */
static void idle_sizes_are_counted(void **state) {
    (void)state;
    FactSet facts;
    Gpt g;
    Bytes archive = {0}, content = {0};
    Err err = {0};
    TwoPartOptions options = {QUANTIZE_NONE, false, 1};
    two_facts_of_many_tokens(&facts, 4);
    simple_model(&g, 4, 2, 1 << 23);
    if (two_part_write(&archive, &g, &facts, &options, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(two_part_read(&content, "x", archive.data, archive.size, MEMORY, best_ops(), &err),
                     ERR_INPUT);
    bytes_free(&archive);
    gpt_free(&g);
    facts_free(&facts);
}

/* An archive may spell few tokens with long words; one that says so of less content is refused before it is written
 * out, and one whose words take more memory than there is before they are inflated. */
static void long_words(void **state) {
    (void)state;
    enum { WORD = 300000, FACTS = 40 };
    static char word[WORD + 1];
    FILE *f = fopen("in.tsv", "w");
    FactSet facts;
    Gpt g;
    Bytes archive = {0}, content = {0};
    Err err = {0};
    TwoPartInfo info;
    ImportOptions import = {.bytes = false};
    TwoPartOptions options = {QUANTIZE_NONE, false, 1};
    assert_non_null(f);
    memset(word, 'w', WORD);
    fprintf(f, "answer\n");
    for (int i = 0; i < FACTS; i++) fprintf(f, "%s %d\n", word, i);
    fclose(f);
    if (facts_import("in.tsv", &import, &facts, NULL, &err) != OK) fail_msg("%s", err.msg);
    simple_model(&g, facts.max_len, facts.vocab.size, 1);
    if (two_part_write(&archive, &g, &facts, &options, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(two_part_look(&info, "x", archive.data, archive.size, 5e9, &err), OK);
    assert_int_equal(two_part_look(&info, "x", archive.data, archive.size, info.memory_bytes + 1e6, &err),
                     ERR_INPUT);
    memset(archive.data + 24, 0, 8);
    archive.data[25] = 1; /* 256 bytes of content */
    make_right(archive.data, archive.size);
    assert_int_equal(two_part_read(&content, "x", archive.data, archive.size, MEMORY, best_ops(), &err),
                     ERR_FORMAT);
    assert_non_null(strstr(err.msg, "side information"));
    bytes_free(&archive);
    gpt_free(&g);
    facts_free(&facts);
}

/* ---- one archive ---- */

static void a_thousand_encodings(void **state) {
    (void)state;
    Bytes first = small_archive();
    for (int i = 1; i < 1000; i++) {
        Bytes again = small_archive();
        assert_int_equal(again.size, first.size);
        assert_memory_equal(again.data, first.data, first.size);
        bytes_free(&again);
    }
    bytes_free(&first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_is_refused), /* first: it is measured what memory it adds to the peak */
        cmocka_unit_test(a_set_of_long_facts),
        cmocka_unit_test(idle_sizes_are_counted),
        cmocka_unit_test(long_words),
        cmocka_unit_test(a_thousand_encodings),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
