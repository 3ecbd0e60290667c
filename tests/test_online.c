/* Online archives: what goes in comes out, whatever the bytes, parts, threads and instruction sets, and the
 * archive is the same file; what the parts are worth; damaged and hostile archives are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/random.h"
#include "model/decode.h"
#include "tests/bounds.h"
#include "train/online/online.h"

enum { SEED = 20264, MOST_MIB = 256, DAMAGE_MIB = 64 };

static double max_memory(void) { return (double)MOST_MIB * (1 << 20); }

static OnlineRun how(int threads) {
    OnlineRun run = {.threads = threads};
    assert_int_equal(ops_select(&run.ops, NULL), OK);
    return run;
}

/* A preset whose model is small enough for a test. */
static OnlinePlan small_plan(OnlinePreset preset) {
    OnlinePlan plan;
    online_plan(&plan, preset);
    if (!plan.parts.model) return plan;
    online_model_plan(&plan.model, 1, 32, 1);
    plan.model.model.block_size = 48;
    plan.model.chunk = 16;
    return plan;
}

static Bytes archive_of(const uint8_t *data, size_t size, const OnlinePlan *plan, int threads) {
    Bytes out = {0};
    Err err;
    OnlineRun run = how(threads);
    OnlineSizes sizes;
    if (online_write(&out, data, size, plan, max_memory(), &run, &sizes, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sizes.header + sizes.plan + sizes.stream, out.size);
    return out;
}

static void expect_back(const Bytes *archive, const uint8_t *data, size_t size, int threads) {
    Bytes back = {0};
    Err err;
    OnlineRun run = how(threads);
    if (online_read(&back, "x", archive->data, archive->size, max_memory(), &run, &err) != OK)
        fail_msg("%s", err.msg);
    assert_int_equal(back.size, size);
    assert_true(size == 0 || !memcmp(back.data, data, size));
    bytes_free(&back);
}

/* Kinds of content: random, one byte only, text of few words, lines of fields, machine words. */
enum { KINDS = 5 };
static size_t make(uint8_t *out, size_t size, int kind) {
    static const char *const words[] = {"the ", "facts ", "that ", "a model ", "holds", ", ", "know\n", "12"};
    Stream s = random_stream(SEED, RANDOM_TEST, (uint32_t)kind);
    size_t n = 0;
    for (uint64_t i = 0; n < size; i++) {
        uint64_t draw = random_bits(s, i);
        if (kind == 0) out[n++] = (uint8_t)draw;
        if (kind == 1) out[n++] = 'x';
        if (kind == 2)
            for (const char *w = words[draw % 8]; *w && n < size; w++) out[n++] = (uint8_t)*w;
        if (kind == 3) {
            char line[64];
            int length =
                snprintf(line, sizeof line, "%d,%d,item %d\n", (int)i, (int)(draw % 100), (int)(draw % 7));
            for (int k = 0; k < length && n < size; k++) out[n++] = (uint8_t)line[k];
        }
        if (kind == 4)
            for (int k = 0; k < 4 && n < size; k++) out[n++] = (uint8_t)(k == 3 ? draw % 5 : k == 1 ? i : 0);
    }
    return n;
}

static void round_trips(void **state) {
    (void)state;
    enum { MOST = 1000 };
    const size_t sizes[] = {0, 1, 2, 300, MOST};
    uint8_t data[MOST];
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            OnlinePlan plan = small_plan(i % 2 ? ONLINE_DEFAULT : ONLINE_FAST);
            make(data, sizes[i], kind);
            Bytes archive = archive_of(data, sizes[i], &plan, 1);
            expect_back(&archive, data, sizes[i], 1);
            size_t low = 60, high = kind == 0 ? sizes[i] + sizes[i] / 8 + 80 : sizes[i] * 7 / 10 + 80;
            assert_in_range(archive.size, low, high);
            bytes_free(&archive);
        }
}

/* Each part can be left out, and all of them; the archive says so itself. */
static void parts(void **state) {
    (void)state;
    uint8_t data[1000];
    make(data, sizeof data, 2);
    size_t all = 0, none = 0;
    for (int without = 0; without < 8; without++) {
        OnlinePlan plan = small_plan(ONLINE_DEFAULT);
        OnlineInfo info;
        Err err;
        plan.parts.ngrams = !(without & 1);
        plan.parts.match = !(without & 2);
        plan.parts.model = !(without & 4);
        Bytes archive = archive_of(data, sizeof data, &plan, 1);
        expect_back(&archive, data, sizeof data, 1);
        assert_int_equal(online_look(&info, "x", archive.data, archive.size, max_memory(), 1, &err), OK);
        assert_int_equal(info.plan.parts.ngrams, plan.parts.ngrams);
        assert_int_equal(info.plan.parts.match, plan.parts.match);
        assert_int_equal(info.plan.parts.model, plan.parts.model);
        assert_int_equal(info.header.content_bytes, sizeof data);
        if (without == 0) all = archive.size;
        if (without == 7) none = archive.size;
        bytes_free(&archive);
    }
    assert_true(all < none * 8 / 10);
}

static void same_file_everywhere(void **state) {
    (void)state;
    uint8_t data[150];
    make(data, sizeof data, 3);
    OnlinePlan plan = small_plan(ONLINE_DEFAULT);
    Bytes first = archive_of(data, sizeof data, &plan, 1);
    expect_back(&first, data, sizeof data, 2);
    for (const Ops *const *ops = ops_available(); *ops; ops++)
        for (int threads = 1; threads <= 4; threads += threads) {
            Bytes again = {0};
            OnlineRun run = {.ops = *ops, .threads = threads};
            assert_int_equal(online_write(&again, data, sizeof data, &plan, 0, &run, NULL, NULL), OK);
            assert_int_equal(again.size, first.size);
            assert_memory_equal(again.data, first.data, first.size);
            bytes_free(&again);
        }
    bytes_free(&first);
}

/* The decoder that reads many tokens at once gives the bits of one that takes them singly. */
static void reading_is_stepping(void **state) {
    (void)state;
    enum { T = 20 };
    OnlineModelPlan plan;
    Gpt g;
    Decoder *one, *many;
    int32_t token[T];
    online_model_plan(&plan, 2, 32, 0);
    plan.model.block_size = T;
    assert_int_equal(gpt_create(&g, &plan.model, how(1).ops, GEMM_EXACT, NULL), OK);
    gpt_init(&g, SEED);
    assert_int_equal(decoder_create(&one, &g, NULL), OK);
    assert_int_equal(decoder_create_rows(&many, &g, T, NULL), OK);
    for (int t = 0; t < T; t++) token[t] = t * 37 % 256;
    const real *logits = NULL;
    for (int t = 0; t < T; t++) logits = decoder_step(one, token[t]);
    for (int first = 1; first < T; first += 6) {
        decoder_rewind(many, 0);
        decoder_read(many, token, first);
        assert_memory_equal(decoder_read(many, token + first, T - first), logits, 256 * sizeof(real));
    }
    decoder_free(one);
    decoder_free(many);
    gpt_free(&g);
}

static int seen;
static void see(void *user, const Progress *p) {
    seen += p->step > 0 && p->step < p->max_steps && p->eta_s >= 0;
    (void)user;
}

static void stops(void **state) {
    (void)state;
    enum { SIZE = 1000 };
    volatile sig_atomic_t stop = 0;
    uint8_t data[SIZE];
    make(data, SIZE, 2);
    OnlinePlan plan = small_plan(ONLINE_FAST);
    OnlineRun run = how(1);
    run.stop = &stop;
    run.progress.update = see;
    Bytes out = {0}, archive = archive_of(data, SIZE, &plan, 1);
    stop = 1;
    assert_int_equal(online_write(&out, data, SIZE, &plan, max_memory(), &run, NULL, NULL), ERR_STOPPED);
    assert_int_equal(online_read(&out, "x", archive.data, archive.size, max_memory(), &run, NULL),
                     ERR_STOPPED);
    assert_int_equal(out.size, 0);
    bytes_free(&archive);
}

/* Archives of predictor version 1, as they were written once: they decode for ever. A change of the predictor
 * is a new version with files of its own beside these. Made by rote compress --online
 * tests/golden/online/text.txt with --preset fast, with default, and with best --without model. */
static void golden_archives_decode(void **state) {
    (void)state;
    const char *const names[] = {"fast", "default", "large"};
    Buffer text;
    assert_int_equal(file_read("tests/golden/online/text.txt", 1 << 20, &text, NULL), OK);
    for (int i = 0; i < 3; i++) {
        char path[64];
        Buffer file;
        snprintf(path, sizeof path, "tests/golden/online/1-%s.rote", names[i]);
        assert_int_equal(file_read(path, 1 << 20, &file, NULL), OK);
        Bytes archive = {.data = (uint8_t *)file.data, .size = file.size};
        expect_back(&archive, (const uint8_t *)text.data, text.size, 1);
        buffer_free(&file);
    }
    buffer_free(&text);
}

/* ---- what is no archive ---- */

static Status reads(const uint8_t *data, size_t size, double memory) {
    Bytes out = {0};
    OnlineRun run = how(1);
    Err err;
    Status status = online_read(&out, "x", data, size, memory, &run, &err);
    if (status != OK) assert_int_equal(out.size, 0);
    bytes_free(&out);
    return status;
}

static const uint8_t CHANGES[] = {1, 0x80, 0xff};

/* Each byte in three other values, each truncation. */
static void damage_is_refused(void **state) {
    (void)state;
    uint8_t data[300];
    make(data, sizeof data, 2);
    OnlinePlan plan = small_plan(ONLINE_DEFAULT);
    Bytes a = archive_of(data, sizeof data, &plan, 1);
    Bounds bounds = bounds_begin();
    for (size_t i = 0; i < a.size; i++) {
        assert_int_equal(reads(a.data, i, DAMAGE_MIB << 20), ERR_FORMAT);
        bounds_attempt(&bounds);
        for (size_t k = 0; k < sizeof CHANGES; k++) {
            a.data[i] ^= CHANGES[k];
            assert_int_equal(reads(a.data, a.size, DAMAGE_MIB << 20), ERR_FORMAT);
            bounds_attempt(&bounds);
            a.data[i] ^= CHANGES[k];
        }
    }
    bounds_end(&bounds);
    bytes_free(&a);
}

static void mend(uint8_t *data, size_t size) {
    uint32_t crc;
    for (int k = 0; k < 8; k++) data[16 + k] = (uint8_t)((uint64_t)size >> 8 * k);
    crc = crc32_of(data + 16, size - 16);
    for (int k = 0; k < 4; k++) data[12 + k] = (uint8_t)(crc >> 8 * k);
}

/* With length and CRC made right again every field is still bounded: whatever a byte is changed to, wherever
 * the end is cut, the content never comes out wrong, and nothing is allocated beyond what is allowed. */
static void hostile_archives(void **state) {
    (void)state;
    uint8_t data[40], copy[400];
    make(data, sizeof data, 2);
    for (int preset = ONLINE_FAST; preset <= ONLINE_DEFAULT; preset++) {
        OnlinePlan plan = small_plan((OnlinePreset)preset);
        Bytes a = archive_of(data, sizeof data, &plan, 1);
        int refused = 0;
        Bounds bounds = bounds_begin();
        assert_true(a.size < sizeof copy);
        for (size_t i = 24; i < a.size; i++)
            for (size_t k = 0; k < sizeof CHANGES; k++) {
                memcpy(copy, a.data, a.size);
                copy[i] ^= CHANGES[k];
                mend(copy, a.size);
                refused += reads(copy, a.size, DAMAGE_MIB << 20) != OK;
                bounds_attempt(&bounds);
            }
        for (size_t size = 24; size < a.size; size++) {
            memcpy(copy, a.data, size);
            mend(copy, size);
            assert_int_equal(reads(copy, size, DAMAGE_MIB << 20), ERR_FORMAT);
            bounds_attempt(&bounds);
        }
        assert_true(refused > 0);
        bounds_end(&bounds);
        bytes_free(&a);
    }
}

static void memory_is_bounded(void **state) {
    (void)state;
    uint8_t data[100];
    make(data, sizeof data, 0);
    OnlinePlan plan = small_plan(ONLINE_FAST);
    Bytes a = archive_of(data, sizeof data, &plan, 1), out = {0};
    OnlineRun run = how(1);
    assert_int_equal(reads(a.data, a.size, 1 << 20), ERR_INPUT);
    assert_int_equal(online_write(&out, data, sizeof data, &plan, 1 << 20, &run, NULL, NULL), ERR_INPUT);
    assert_true(online_memory(&plan, (uint64_t)1 << 40, 1) < 4e12);
    bytes_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_refused), /* these two first: what memory they add to the peak is measured */
        cmocka_unit_test(hostile_archives),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(parts),
        cmocka_unit_test(same_file_everywhere),
        cmocka_unit_test(reading_is_stepping),
        cmocka_unit_test(stops),
        cmocka_unit_test(golden_archives_decode),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
