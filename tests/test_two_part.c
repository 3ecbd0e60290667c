/* Two-part archives: what goes in comes out, whatever the facts, the model and its weights; the file does not depend
 * on threads or instruction sets; nothing random is coded below its entropy.
 *
 *   ROUND_TRIPS=10000   as many round trips (default 60), and UNIFORM=1000 as many uniform sets (default 40)
 * Each archive is also read in a process of its own: this program again, as `test_two_part read FILE`. */
#include "tests/two_part_testing.h"

#include <sys/wait.h>

#include "base/exact.h"
#include "data/import/import.h"
#include "eval/evaluate.h"
#include "train/train.h"

static int wanted(const char *name, int fallback) {
    const char *text = getenv(name);
    return text ? atoi(text) : fallback;
}

/* ---- facts of every sort ---- */

static void random_string(Draw *d, FILE *out, const char *symbols, int most) {
    int n = draw_int(d, 1, most), count = (int)strlen(symbols);
    for (int i = 0; i < n; i++) fputc(symbols[draw_int(d, 0, count - 1)], out);
}

/* Tables with and without prompts and tags; TABs, line ends and odd bytes inside fields come through JSON. */
static void draw_imported(Draw *d, FactSet *facts) {
    bool prompts = draw_int(d, 0, 2) > 0, tags = draw_int(d, 0, 2) == 0, json = draw_int(d, 0, 1);
    const char *letters = json ? "ab c.-" : "abcdefghij x";
    FILE *f = fopen(json ? "in.jsonl" : "in.tsv", "w");
    assert_non_null(f);
    if (!json) fprintf(f, "%sanswer%s\n", prompts ? "prompt\t" : "", tags ? "\ttag" : "");
    for (int i = 0, n = draw_int(d, 1, 30); i < n; i++) {
        fprintf(f, json ? "{" : "%s", "");
        if (json && prompts) fprintf(f, "\"prompt\":\"%d%s", i, draw_int(d, 0, 3) ? "" : "\\t\\u00e9");
        if (json && prompts) random_string(d, f, letters, 6);
        if (json)
            fprintf(f, prompts ? "\",\"answer\":\"%d%s" : "\"answer\":\"%d%s", i,
                    draw_int(d, 0, 3) ? "" : "\\n\\\\");
        if (!json && prompts) fprintf(f, "%d ", i), random_string(d, f, letters, 6), fputc('\t', f);
        if (!json) fprintf(f, "%d ", i);
        random_string(d, f, letters, 8);
        if (json) fputc('"', f);
        if (tags && json) fprintf(f, ",\"tag\":\"t%d\"", draw_int(d, 0, 2));
        if (tags && !json) fprintf(f, "\tt%d", draw_int(d, 0, 2));
        fprintf(f, json ? "}\n" : "\n");
    }
    fclose(f);
    ImportOptions options = {.bytes = draw_int(d, 0, 2) > 0};
    Err err = {0};
    if (facts_import(json ? "in.jsonl" : "in.tsv", &options, facts, NULL, &err) != OK)
        fail_msg("%s", err.msg);
}

static void draw_text(Draw *d, FactSet *facts) {
    FILE *f = fopen("in.txt", "w");
    assert_non_null(f);
    random_string(d, f, "abcdefgh \n", 200);
    fclose(f);
    generate(d, (const char *const[]){"facts.kind=text", "facts.path=in.txt", "facts.seq_len=9"}, 3, facts);
}

static void draw_facts(Draw *d, int i, FactSet *facts) {
    char n[32], V[40], S[32];
    snprintf(n, sizeof n, "facts.n=%d", draw_int(d, 1, 40));
    snprintf(V, sizeof V, "facts.vocab_size=%d", draw_int(d, 2, 40));
    snprintf(S, sizeof S, "facts.seq_len=%d", draw_int(d, 6, 12));
    switch (i % 8) {
    case 0:
    case 1: generate(d, (const char *const[]){n, V, S}, 3, facts); break;
    case 2: generate(d, (const char *const[]){n, V, S, "facts.heldout=3"}, 4, facts); break;
    case 3:
        generate(
            d,
            (const char *const[]){n, V, S, "facts.junk_ratio=1", "facts.junk_n=5", "facts.domain_token=true"},
            6, facts);
        break;
    case 4: /* its 2,000 symbols take most of the time */
        if (i % 32 == 4)
            generate(d, (const char *const[]){n, "facts.kind=bios", "facts.templates=2"}, 3, facts);
        else generate(d, (const char *const[]){n, V, "facts.seq_len=10"}, 3, facts);
        break;
    case 5:
        generate(d,
                 (const char *const[]){n, "facts.kind=biod", "facts.attributes=2", "facts.chunks=2",
                                       "facts.diversity=4", "facts.chunk_len=2", "facts.chunk_symbols=8"},
                 7, facts);
        break;
    case 6: draw_text(d, facts); break;
    default: draw_imported(d, facts);
    }
}

/* ---- round trips ---- */

/* The content, worked out without the archive's own code where that is simple: numbers, and files of text. */
static void expect_content(const FactSet *facts, const Bytes *content) {
    if (!strcmp(facts->kind, "text")) {
        Buffer file;
        Err err;
        assert_int_equal(file_read("in.txt", 1 << 20, &file, &err), OK);
        assert_int_equal(file.size, content->size);
        assert_memory_equal(file.data, content->data, file.size);
        buffer_free(&file);
        return;
    }
    if (facts->vocab.text && !facts->n_fields) return; /* imported: tests/cli/archive.t */
    Bytes expected = {0};
    for (int i = 0; i < facts->n; i++)
        for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++) {
            char number[16];
            int n = snprintf(number, sizeof number, "%d%c", facts->tokens[t],
                             t + 1 < facts->start[i + 1] ? ' ' : '\n');
            bytes_add(&expected, number, (size_t)n);
        }
    assert_int_equal(expected.size, content->size);
    assert_memory_equal(expected.data, content->data, expected.size);
    bytes_free(&expected);
}

/* The other process: prints the content's hash. */
static int read_child(const char *path) {
    Buffer file;
    Bytes content = {0};
    Err err = {0};
    char hash[33];
    Status status = file_read(path, 1 << 24, &file, &err);
    if (status == OK)
        status =
            two_part_read(&content, path, (const uint8_t *)file.data, file.size, MEMORY, best_ops(), &err);
    if (status != OK) fprintf(stderr, "child: %s\n", err.msg);
    if (status != OK) return 1;
    content_hash(content.data, content.size, hash);
    buffer_free(&file);
    bytes_free(&content);
    return printf("%s\n", hash) == 33 ? 0 : 1;
}

static void expect_other_process(const Bytes *archive, const Bytes *content, const char *environment) {
    char command[256], expected[33], found[64] = "", self[128];
    Err err;
    assert_int_equal(file_write_atomic("x.rote", archive->data, archive->size, &err), OK);
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    snprintf(command, sizeof command, "%s '%.*s' read x.rote", environment, (int)n, self);
    content_hash(content->data, content->size, expected);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(found, sizeof found, pipe));
    assert_int_equal(pclose(pipe), 0);
    found[32] = '\0';
    assert_string_equal(found, expected);
}

static void round_trips(void **state) {
    (void)state;
    static const Quantize KINDS[] = {QUANTIZE_NONE, QUANTIZE_FP16,    QUANTIZE_BF16,
                                     QUANTIZE_INT8, QUANTIZE_INT6,    QUANTIZE_INT4,
                                     QUANTIZE_INT3, QUANTIZE_TERNARY, QUANTIZE_INT2};
    int n = wanted("ROUND_TRIPS", 60), sets = 0, processes = 0;
    Draw d = draw_from(SEED);
    for (int i = 0; i < n; i++) {
        FactSet facts;
        Gpt g;
        TwoPartSizes sizes;
        TwoPartInfo info;
        Err err = {0};
        Bytes archive = {0}, again = {0}, content = {0};
        draw_facts(&d, i, &facts);
        Quantize kind = KINDS[draw_int(&d, 0, sizeof KINDS / sizeof *KINDS - 1)];
        draw_model(&d, i, &facts, kind, &g);
        TwoPartOptions options = {kind, draw_int(&d, 0, 2) == 0, 1};
        Status status = two_part_write(&archive, &g, &facts, &options, &sizes, &err);
        if (options.as_set && status == ERR_INPUT) {
            options.as_set = false;
            status = two_part_write(&archive, &g, &facts, &options, &sizes, &err);
        }
        if (status != OK) fail_msg("seed %d, case %d: %s", SEED, i, err.msg);
        sets += options.as_set;
        options.threads = 3;
        assert_int_equal(two_part_write(&again, &g, &facts, &options, NULL, &err), OK);
        assert_int_equal(again.size, archive.size);
        assert_memory_equal(again.data, archive.data, archive.size);
        assert_int_equal(sizes.header + sizes.structure + sizes.weights + sizes.side + sizes.stream,
                         archive.size);
        if (two_part_look(&info, "x", archive.data, archive.size, MEMORY, &err) != OK)
            fail_msg("%s", err.msg);
        assert_true(info.n == facts.n && info.weight_format == kind && info.params == g.table.total);
        if (two_part_read(&content, "x", archive.data, archive.size, MEMORY, best_ops(), &err) != OK)
            fail_msg("seed %d, case %d: %s", SEED, i, err.msg);
        if (!options.as_set) expect_content(&facts, &content);
        if (n > 60 || i % 6 == 0) {
            static const char *const OTHER[] = {"OMP_NUM_THREADS=2", "ROTE_ISA=portable"};
            expect_other_process(&archive, &content, OTHER[i % 50 == 0]);
            processes++;
        }
        bytes_free(&archive);
        bytes_free(&again);
        bytes_free(&content);
        gpt_free(&g);
        facts_free(&facts);
    }
    printf("seed %d: %d round trips, %d of them sets, %d read in another process\n", SEED, n, sets,
           processes);
}

/* ---- prices ---- */

static double code_bits(const Gpt *g, const FactSet *facts) {
    Evaluator evaluator;
    Evaluation e;
    Err err = {0};
    if (evaluator_create(&evaluator, g, facts, 1, &err) != OK) fail_msg("%s", err.msg);
    evaluator_run(&evaluator, &e);
    evaluator_free(&evaluator);
    return e.code_bits;
}

/* The stream costs what the model's cross-entropy says, +0.01 % and 16 bytes; as a set log2 n! less, to 1 %. */
static void stream_against_cross_entropy(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 1);
    for (int i = 0; i < 3; i++) {
        FactSet facts;
        Gpt g;
        TwoPartSizes ordered, set;
        Bytes archive = {0};
        Err err = {0};
        generate(&d, (const char *const[]){"facts.n=600", "facts.vocab_size=30", "facts.seq_len=8"}, 3,
                 &facts);
        draw_model(&d, i, &facts, QUANTIZE_NONE, &g);
        TwoPartOptions options = {QUANTIZE_NONE, false, 1};
        assert_int_equal(two_part_write(&archive, &g, &facts, &options, &ordered, &err), OK);
        options.as_set = true;
        assert_int_equal(two_part_write(&archive, &g, &facts, &options, &set, &err), OK);
        double entropy = code_bits(&g, &facts), order = exact_log2_factorial(facts.n);
        double cost = 8.0 * (double)ordered.stream, saved = cost - 8.0 * (double)set.stream;
        printf("seed %d: cross-entropy %.1f bits, stream %.0f; as a set %.0f less, log2 n! %.1f\n", SEED + 1,
               entropy, cost, saved, order);
        assert_true(cost >= entropy - 1 && cost <= entropy * 1.0001 + 128);
        assert_true(saved >= 0.99 * order);
        bytes_free(&archive);
        gpt_free(&g);
        facts_free(&facts);
    }
}

/* Uniform facts: a trained model, weights and all, never beats H by 64 bits, nor H - log2 n! as a set; the stream of
 * an untrained one neither. Few facts and weights of two bits, so that it is not far off. */
static void uniform_facts_are_never_beaten(void **state) {
    (void)state;
    int n = wanted("UNIFORM", 40);
    double least_trained = 1e300, least_untrained = 1e300;
    Draw d = draw_from(SEED + 2);
    for (int i = 0; i < n; i++) {
        FactSet facts;
        Gpt g;
        TwoPartSizes sizes;
        Bytes archive = {0};
        Err err = {0};
        char facts_n[32], seed[32];
        snprintf(facts_n, sizeof facts_n, "facts.n=%d", draw_int(&d, 5, 60));
        snprintf(seed, sizeof seed, "facts.seed=%d", i);
        const char *keys[] = {facts_n,
                              seed,
                              "facts.vocab_size=16",
                              "facts.seq_len=6",
                              "model.n_layer=1",
                              "model.n_head=1",
                              "model.n_embd=4",
                              "model.mlp=none",
                              "train.max_steps=60",
                              "train.learning_rate=0.03",
                              "train.threads=1",
                              "train.batch_size=16"};
        Config config;
        if (config_load(&config, NULL, sizeof keys / sizeof *keys, keys, &err) != OK) fail_msg("%s", err.msg);
        if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
        TwoPartOptions options = {QUANTIZE_INT2, i % 2, 1};
        double H = options.as_set ? facts.data_bits_set : facts.data_bits;

        draw_model(&d, i, &facts, QUANTIZE_INT2, &g);
        if (two_part_write(&archive, &g, &facts, &options, &sizes, &err) != OK) fail_msg("%s", err.msg);
        least_untrained = fmin(least_untrained, 8.0 * (double)(sizes.stream + sizes.side) - H);
        gpt_free(&g);
        archive.size = 0;

        Run run;
        RunResult result;
        RunOptions to = {.dir = "run"};
        if (config_resolve(&config, facts.n, facts.max_len, facts.vocab.size, &err) != OK)
            fail_msg("%s", err.msg);
        if (run_train(&config, &facts, &to, &result, &err) != OK) fail_msg("%s", err.msg);
        if (run_open(&run, "run", NULL, &err) != OK) fail_msg("%s", err.msg);
        quantize_params(run.gpt.params, run.gpt.params, &run.gpt.table, QUANTIZE_INT2, ALL_PARTS, 1);
        if (two_part_write(&archive, &run.gpt, &facts, &options, &sizes, &err) != OK) fail_msg("%s", err.msg);
        least_trained = fmin(least_trained, 8.0 * (double)archive.size - H);
        run_close(&run);
        remove_folder("run");
        bytes_free(&archive);
        facts_free(&facts);
    }
    printf("seed %d, %d sets: archives at least H %+.0f bits, untrained streams at least H %+.0f\n", SEED + 2,
           n, least_trained, least_untrained);
    assert_true(least_trained > -64 && least_untrained > -64);
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "read")) return read_child(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),
        cmocka_unit_test(stream_against_cross_entropy),
        cmocka_unit_test(uniform_facts_are_never_beaten),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
