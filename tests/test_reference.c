/* Against PyTorch in float64 (scripts/make_reference.py): logits, loss, every gradient, and the parameters
 * after ten AdamW steps of a GPT-2-type and a LLaMA-type model. Errors are norm-wise per tensor, |ours -
 * theirs| / |theirs|. tests/double/test_reference.c is the same in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/formats/safetensors.h"
#include "model/parallel.h"
#include "model/pass.h"
#include "train/optimizers/optimizer.h"

/* Float: some hundred roundings of 6e-8 in a row. Double: what is left of 1e-16 after the same, with room for
 * another order of summation. */
static const double TOLERANCE = sizeof(real) == sizeof(float) ? 1e-5 : 1e-10;

typedef struct Reference {
    StFile file;
    Config config;
    Gpt gpt;
    Batch batch;
    int steps;
} Reference;

static const void *data_of(const Reference *r, const char *prefix, const char *name, int64_t size) {
    char full[96];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const StTensor *t = safetensors_find(&r->file, full);
    if (!t) fail_msg("the fixture has no tensor %s", full);
    int64_t there = 1;
    for (int i = 0; i < t->n_dim; i++) there *= t->dim[i];
    if (size >= 0) assert_int_equal(there, size);
    return t->data;
}

static void reference_open(Reference *r, const char *path) {
    Err err;
    *r = (Reference){0};
    if (safetensors_read(path, SIZE_MAX, &r->file, &err) != OK) fail_msg("%s", err.msg);
    if (config_load_text(&r->config, safetensors_meta(&r->file, "config"), path, &err) != OK)
        fail_msg("%s", err.msg);
    r->steps = atoi(safetensors_meta(&r->file, "steps"));
    assert_int_equal(gpt_create(&r->gpt, &r->config.model, ops_available()[0], GEMM_EXACT, &err), OK);
    const ParamTable *table = &r->gpt.table;
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        int64_t size = (int64_t)t->rows * t->cols;
        const double *from = data_of(r, "params.", t->name, size);
        for (int64_t j = 0; j < size; j++) r->gpt.params[t->offset + j] = (real)from[j];
    }
    int n_seq = (int)safetensors_find(&r->file, "start")->dim[0] - 1;
    const int32_t *start = data_of(r, "", "start", n_seq + 1);
    r->batch = (Batch){
        n_seq, start, data_of(r, "", "inputs", start[n_seq]), data_of(r, "", "targets", start[n_seq]), NULL,
        NULL,  NULL};
}

static void reference_close(Reference *r) {
    gpt_free(&r->gpt);
    safetensors_free(&r->file);
}

static double error_of(const real *ours, const double *theirs, int64_t n) {
    double difference = 0, size = 0;
    for (int64_t i = 0; i < n; i++) {
        difference += ((double)ours[i] - theirs[i]) * ((double)ours[i] - theirs[i]);
        size += theirs[i] * theirs[i];
    }
    return sqrt(difference / size);
}

/* Softmax does not see a score that all keys share: the gradient of the key bias is zero, and what stands
 * there is rounding. */
static bool is_key_bias(const Tensor *t) { return strstr(t->name, "attn.k.bias") != NULL; }

/* Every tensor of a vector laid out like the parameters; returns the worst error. */
static double compare(const Reference *r, const char *prefix, const real *ours) {
    double worst = 0;
    for (int i = 0; i < r->gpt.table.count; i++) {
        const Tensor *t = &r->gpt.table.tensor[i];
        int64_t size = (int64_t)t->rows * t->cols;
        const double *theirs = data_of(r, prefix, t->name, size);
        if (is_key_bias(t)) continue;
        double error = error_of(ours + t->offset, theirs, size);
        if (!(error <= TOLERANCE)) fail_msg("%s%s: error %.3g > %.0e", prefix, t->name, error, TOLERANCE);
        worst = fmax(worst, error);
    }
    return worst;
}

static void logits_agree(const Reference *r) {
    Err err;
    GptWork *work;
    int tokens = r->batch.start[r->batch.n_seq], V = r->config.model.vocab_size;
    real *logits = calloc((size_t)tokens * (size_t)V, sizeof *logits);
    assert_non_null(logits);
    assert_int_equal(gpt_work_create(&work, &r->gpt, tokens, r->batch.n_seq, r->config.model.block_size,
                                     false, 1, NULL, &err),
                     OK);
    gpt_logits(&r->gpt, work, &r->batch, 0, r->batch.n_seq, logits);
    double error = error_of(logits, data_of(r, "", "logits", (int64_t)tokens * V), (int64_t)tokens * V);
    printf("  logits %.2g", error);
    assert_true(error <= TOLERANCE);
    gpt_work_free(work);
    free(logits);
}

static void gradients_agree(const Reference *r, const real *grad, double loss) {
    const double *theirs = data_of(r, "", "loss", 1);
    double error = fabs(loss - *theirs) / *theirs;
    printf("  loss %.2g", error);
    assert_true(error <= TOLERANCE);
    printf("  gradients %.2g", compare(r, "grad.", grad));
    for (int i = 0; i < r->gpt.table.count; i++) {
        const Tensor *t = &r->gpt.table.tensor[i];
        for (int j = 0; is_key_bias(t) && j < t->cols; j++) /* beside gradients of size 1e-2 and more */
            assert_true(fabs((double)grad[t->offset + j]) <= TOLERANCE / 10);
    }
}

/* Adam divides a gradient by its own size: where that is rounding alone, as in the key bias, the update is of
 * full size and of any direction, so there is nothing to compare. It changes no logit: the other tensors do
 * not see it. */
static void steps_agree(Reference *r, Parallel *p) {
    Err err;
    Optimizer o;
    double loss;
    assert_int_equal(optimizer_create(&o, &r->config.train, &r->gpt, 2, &err), OK);
    for (int t = 1; t <= r->steps; t++) {
        Update update = {t, r->config.train.learning_rate, 1};
        optimizer_step(&o, r->gpt.params, parallel_gradient(p, &r->batch, &loss), &update);
    }
    printf("  after %d steps %.2g\n", r->steps, compare(r, "stepped.", r->gpt.params));
    optimizer_free(&o);
}

static void agrees(const char *path) {
    Err err;
    Reference r;
    Parallel *p;
    double loss;
    reference_open(&r, path);
    ParallelPlan plan = {
        .threads = 2, .leaves = 2, .batch_size = r.batch.n_seq, .max_len = r.config.model.block_size};
    assert_int_equal(parallel_create(&p, &r.gpt, &plan, &err), OK);
    printf("%s: errors", path);
    logits_agree(&r);
    const real *grad = parallel_gradient(p, &r.batch, &loss);
    gradients_agree(&r, grad, loss);
    steps_agree(&r, p);
    parallel_free(p);
    reference_close(&r);
}

static void gpt2_agrees(void **state) {
    (void)state;
    agrees("tests/reference/gpt2.safetensors");
}

static void llama_agrees(void **state) {
    (void)state;
    agrees("tests/reference/llama.safetensors");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gpt2_agrees), cmocka_unit_test(llama_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
