/* Whole decodes of online archives, behind their checksums: plans with little to compute, content of at most a KiB.
 * libFuzzer calls it (tests/fuzz/run.sh), and tests/test_fuzz_online.c with what libFuzzer found. Where bytes decode,
 * coding the content by the same plan must give these bytes again. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/file.h"
#include "eval/archive/archive.h"
#include "train/online/apm.h"

enum { CONTEXTS_MOST = 1 << 12 };

/* The predictor itself, with small maps: to fill the large ones takes most of the time. */
static double small_apm_bytes(int contexts) {
    return apm_bytes(contexts < CONTEXTS_MOST ? contexts : CONTEXTS_MOST);
}
static Status small_apm_create(Apm *a, int contexts, const Logistic *l, Err *err) {
    return apm_create(a, contexts < CONTEXTS_MOST ? contexts : CONTEXTS_MOST, l, err);
}
static float small_apm_refine(Apm *a, float logit, int context) {
    return apm_refine(a, logit, context % CONTEXTS_MOST);
}
#define apm_bytes  small_apm_bytes
#define apm_create small_apm_create
#define apm_refine small_apm_refine
#include "train/online/bit_predictor.c" /* NOLINT */
#undef apm_bytes
#undef apm_create
#undef apm_refine

/* online.c itself, whose hash always holds: it is the only one that it compares with memcmp. */
static int hash_compare(const void *a, const void *b, size_t size) {
    (void)a, (void)b, (void)size;
    return 0;
}
#define memcmp hash_compare
#include "train/online/online.c" /* NOLINT */
#undef memcmp

enum { MEMORY = 16 << 20, CONTENT_MOST = 1024, SECTIONS_AT = ARCHIVE_HEADER_BYTES };
static const double OPERATIONS_MOST = 3e7;

static OnlineRun run_of(void) {
    static const Ops *ops;
    if (!ops) CHECK(ops_select(&ops, NULL) == OK);
    return (OnlineRun){.ops = ops, .threads = 1};
}

static void make_right(uint8_t *data, size_t size) {
    memcpy(data, ARCHIVE_MARK, sizeof ARCHIVE_MARK - 1);
    data[8] = ARCHIVE_VERSION;
    data[9] = ARCHIVE_ONLINE;
    data[25] %= CONTENT_MOST / 256; /* of the bytes of content */
    memset(data + 26, 0, 6);
    for (int i = 0; i < 8; i++) data[16 + i] = (uint8_t)((uint64_t)size >> 8 * i);
    uint32_t crc = crc32_of(data + 16, size - 16);
    for (int i = 0; i < 4; i++) data[12 + i] = (uint8_t)(crc >> 8 * i);
}

static void check_same(const uint8_t *content, size_t content_size, const OnlinePlan *plan,
                       const uint8_t *archive, size_t size) {
    Bytes again = {0};
    OnlineRun run = run_of();
    CHECK(online_write(&again, content, content_size, plan, MEMORY, &run, NULL, NULL) == OK);
    CHECK(again.size == size && !memcmp(again.data + SECTIONS_AT, archive + SECTIONS_AT, size - SECTIONS_AT));
    bytes_free(&again);
}

void fuzz_online(const uint8_t *data, size_t size) {
    Bytes content = {0};
    OnlineInfo info;
    Err err = {0};
    OnlineRun run = run_of();
    if (size < ARCHIVE_HEADER_BYTES) return;
    uint8_t *copy = malloc(size);
    CHECK(copy);
    memcpy(copy, data, size);
    make_right(copy, size);
    Status status = online_look(&info, "x", copy, size, MEMORY, 1, &err);
    CHECK(status == OK || ((status == ERR_FORMAT || status == ERR_INPUT) && err.msg[0]));
    double operations = info.plan.parts.model && status == OK ? online_model_flops(&info.plan.model) : 0;
    if (status == OK && operations * (double)info.header.content_bytes <= OPERATIONS_MOST) {
        status = online_read(&content, "x", copy, size, MEMORY, &run, &err);
        CHECK(status == OK || (status == ERR_FORMAT && err.msg[0]));
        CHECK(content.size == (status == OK ? info.header.content_bytes : 0));
        if (status == OK) check_same(content.data, content.size, &info.plan, copy, size);
    }
    bytes_free(&content);
    free(copy);
}

void fuzz_online_seed(int which, Bytes *out) {
    static const char TEXT[] = "facts, that a model holds; facts, that a model held\n";
    OnlinePlan plan;
    OnlineRun run = run_of();
    size_t size = sizeof TEXT - 1;
    online_plan(&plan, which & 8 ? ONLINE_DEFAULT : ONLINE_FAST);
    online_model_plan(&plan.model, 1, 32, 1);
    plan.model.model.block_size = 8;
    plan.model.chunk = 4;
    plan.parts.ngrams = which & 1;
    plan.parts.match = which & 2;
    plan.parts.model = which & 4;
    if (plan.parts.model) /* as much as is decoded */
        while ((double)size * online_model_flops(&plan.model) > OPERATIONS_MOST) size--;
    CHECK(online_write(out, (const uint8_t *)TEXT, size, &plan, MEMORY, &run, NULL, NULL) == OK);
}
