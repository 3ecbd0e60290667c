/* The readers of what a run leaves: checkpoints and other safetensors files, DONE, result.json. libFuzzer calls them
 * (tests/fuzz/run.sh), tests/test_fuzz_runs.c with kept inputs. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_files.h"

/* Their own files, for what is static in them. */
#include "store/checkpoints.c" /* NOLINT */
#undef FORMAT
#include "store/done.c" /* NOLINT */

static ParamTable table;
static real *params;

static void plan_model(void) {
    ModelConfig c = {.n_layer = 1,
                     .n_head = 1,
                     .n_kv_head = 1,
                     .n_embd = 2,
                     .n_inner = 2,
                     .block_size = 2,
                     .vocab_size = 3,
                     .norm_eps = 1e-5,
                     .rope_theta = 100,
                     .pos = POS_NONE,
                     .norm = NORM_RMSNORM,
                     .attn = ATTN_NONE,
                     .mlp = MLP_PLAIN,
                     .tie_weights = true};
    if (params) return;
    CHECK(params_plan(&table, &c, NULL) == OK);
    params = calloc((size_t)table.total, sizeof *params);
    CHECK(params);
}

/* The JSON of a header, with a CRC of zeros before it; a byte 1 ends it, and tensors follow. */
void fuzz_checkpoint(const uint8_t *data, size_t size) {
    static const char START[] = "{\"__metadata__\":{\"crc32\":\"00000000\"";
    static uint8_t file[8 + sizeof START + 4096];
    RunState state = {.step = 0, .n_neurons = 0};
    CheckpointMark mark;
    Err err = {0};
    StFile found;
    if (size > 4096) return;
    plan_model();
    const uint8_t *end = size ? memchr(data, 1, size) : NULL;
    uint64_t length = sizeof START - 1 + (end ? (size_t)(end - data) : size);
    memcpy(file, &length, 8);
    memcpy(file + 8, START, sizeof START - 1);
    if (size) memcpy(file + 8 + sizeof START - 1, data, size);
    if (end) memmove(file + 8 + length, file + 8 + length + 1, size - (size_t)(end - data) - 1);
    MemoryFile there = {"x", file, 8 + sizeof START - 1 + size - (end != NULL)};
    memory_files(&there, 1);
    Status status = safetensors_read("x", &found, &err);
    memory_refusal(status, &err);
    if (status == OK) {
        for (int i = 0; i < found.n_tensors; i++) CHECK(safetensors_find(&found, found.tensor[i].name));
        safetensors_free(&found);
    }
    CheckpointOwner owner = {.dir = "x", .config_hash = "c", .data_hash = "d"};
    Snapshot snapshot = {.table = &table, .params = params, .state = &state};
    Status whole = read_one(&owner, "x", &snapshot, &mark, &err);
    memory_refusal(whole, &err);
    CHECK(whole != OK || (status == OK && state.step >= 0 && state.tokens >= 0 && mark.metrics_bytes >= 0));
}

/* The raw bytes of a file, header length and all. */
void fuzz_safetensors(const uint8_t *data, size_t size) {
    Err err = {0};
    StFile found;
    MemoryFile there = {"x", data, size};
    memory_files(&there, 1);
    Status status = safetensors_read("x", &found, &err);
    memory_refusal(status, &err);
    if (status == OK) safetensors_free(&found);
}

void fuzz_done(const uint8_t *data, size_t size) {
    Seal seal = {.checkpoint = -1};
    Buffer text = {malloc(size + 1), size};
    CHECK(text.data);
    if (size) memcpy(text.data, data, size);
    text.data[size] = '\0';
    if (!seals_nothing(&text) && parse(&text, &seal)) {
        CHECK(seal.n >= 1 && seal.n <= SEAL_FILES_MAX && seal.checkpoint >= -1);
        for (int i = 0; i < seal.n; i++) CHECK(strlen(seal.file[i].name) < SEAL_NAME_MAX);
    }
    free(text.data);
}

void fuzz_result(const uint8_t *data, size_t size) {
    static RunResult result;
    Err err = {0};
    if (size < 1) return;
    char *text = malloc(size), *written = NULL;
    CHECK(text);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    Status status = result_parse(text, "x", (ResultNeeds)(data[0] % 3), &result, &err);
    memory_refusal(status, &err);
    if (status == OK) CHECK(result_text(&result, &written, &err) == OK && written);
    result_free(&result);
    free(written);
    free(text);
}

void fuzz_runs_end(void) {
    if (!params) return;
    free(params);
    params_free(&table);
    params = NULL;
}
