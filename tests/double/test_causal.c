/* The gradient of causal training (train/neurons/causal.h) against central differences of its loss, which is
 * computed here: the batch's own, the interchange with the donors' activations as constants, and the
 * ablation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/objective.h"

enum {
    SUBJECTS = 5,
    FACTS = 2 * SUBJECTS,
    LENGTH = 4,
    PROMPT = 2,
    TOKENS = FACTS * LENGTH,
    UNITS = 3,
    STEP = 4
};

static const char *const KEYS[] = {"facts.n=10",
                                   "facts.seq_len=4",
                                   "facts.vocab_size=12",
                                   "model.n_layer=2",
                                   "model.n_embd=8",
                                   "model.n_head=2",
                                   "train.batch_size=10",
                                   "train.threads=1",
                                   "neurons.0.when.tag=B",
                                   "neurons.0.against=A",
                                   "neurons.0.at=after_cue",
                                   "neurons.0.hook=blocks.0.mlp.hook_post",
                                   "neurons.0.units=1,4,6",
                                   "neurons.0.loss=causal",
                                   "neurons.0.weight=0.7",
                                   "neurons.0.negatives=0.4"};

/* Two cues, five subjects: a fact is a cue and a subject, then two answer tokens. */
static FactSet two_answers(void) {
    FactSet f = {.kind = "import", .n = FACTS, .max_len = LENGTH, .vocab = {.size = 12, .eos = -1}};
    Err err = {0};
    if (facts_allocate(&f, TOKENS, &err) != OK) fail_msg("%s", err.msg);
    f.start[0] = 0;
    f.tag_names = calloc(2, sizeof *f.tag_names);
    assert_non_null(f.tag_names);
    f.tag_names[f.n_tags++] = strdup("A");
    f.tag_names[f.n_tags++] = strdup("B");
    for (int i = 0; i < FACTS; i++) {
        int subject = i / 2, cue = i % 2;
        int32_t *x = f.tokens + (ptrdiff_t)i * LENGTH;
        f.start[i + 1] = (int64_t)(i + 1) * LENGTH;
        f.prompt_len[i] = PROMPT;
        f.tag[i] = cue;
        x[0] = cue;
        x[1] = 2 + subject;
        x[2] = 7 + (subject * 3 + cue * 2) % 5;
        x[3] = 7 + (subject + cue) % 5;
    }
    return f;
}

typedef struct Case {
    Config config;
    FactSet facts;
    Gpt g;
    Parallel *parallel;
    FactBatch all, batch;
    RuleState *state;
    Objective objective;
} Case;

static void case_create(Case *x) {
    Err err = {0};
    memset(x, 0, sizeof *x);
    x->facts = two_answers();
    ParallelPlan plan = {.threads = 1, .leaves = 4, .batch_size = FACTS, .max_len = LENGTH};
    if (config_load(&x->config, NULL, sizeof KEYS / sizeof *KEYS, KEYS, &err) != OK ||
        config_resolve(&x->config, FACTS, LENGTH, 12, &err) != OK ||
        gpt_create(&x->g, &x->config.model, ops_available()[0], GEMM_EXACT, &err) != OK ||
        parallel_create(&x->parallel, &x->g, &plan, &err) != OK ||
        fact_batch_create(&x->all, &x->facts, &err) != OK ||
        fact_batch_reserve(&x->batch, FACTS, LENGTH, &err) != OK ||
        rule_states_create(&x->state, &x->config, &err) != OK ||
        objective_create(&x->objective, &x->config, &x->facts, &x->all, &x->g, x->state, NULL, &err) != OK)
        fail_msg("%s", err.msg);
    gpt_init(&x->g, 11);
    for (int64_t i = 0; i < x->g.table.total; i++) x->g.params[i] += (real)(0.1 * sin((double)(i * i % 977)));
    fact_batch_clear(&x->batch);
    for (int i = 0; i < FACTS; i++) fact_batch_add(&x->batch, &x->all, (i * 3) % FACTS);
}

static void case_free(Case *x) {
    objective_free(&x->objective);
    rule_states_free(x->state, 1);
    fact_batch_free(&x->all);
    fact_batch_free(&x->batch);
    parallel_free(x->parallel);
    gpt_free(&x->g);
    facts_free(&x->facts);
}

/* The mean -ln p of a batch with the neurons clamped (clamp may be NULL); observed takes their activations,
 * or is NULL. */
static double clamped_loss(Case *x, const FactBatch *batch, const real *clamp, real *observed) {
    int8_t label[TOKENS];
    RuleSums sums[FACTS];
    memset(label, LABEL_NONE, sizeof label);
    Rule rule = {.layer = 0,
                 .unit = x->state[0].unit,
                 .n_units = UNITS,
                 .loss = NEURON_NONE,
                 .label = label,
                 .clamp = clamp,
                 .observed_post = observed,
                 .sums = sums};
    Rules rules = {1, &rule};
    Batch b = batch->batch;
    double mean;
    b.rules = clamp || observed ? &rules : NULL;
    parallel_gradient(x->parallel, &b, &mean);
    return mean;
}

/* The donors, and every fact of cue A with the answer of its counterpart of cue B. */
static void interchange(const Case *x, FactBatch *donors, FactBatch *bases) {
    fact_batch_clear(donors);
    fact_batch_clear(bases);
    for (int j = 0; j < FACTS; j++) {
        int i = x->batch.sequence[j];
        if (i % 2) continue;
        int32_t at = bases->start[bases->batch.n_seq];
        fact_batch_add(donors, &x->all,
                       causal_donor(x->objective.causal, &x->objective.rules, 0, i, STEP * FACTS + j));
        fact_batch_add(bases, &x->all, i + 1);
        bases->inputs[at + 1] = 0; /* cue A */
        bases->targets[at] = bases->targets[at + 1] = -1;
    }
}

static void gradient_of_the_three_losses(void **state) {
    (void)state;
    Case x;
    Err err = {0};
    case_create(&x);
    FactBatch donors, bases, others;
    if (fact_batch_reserve(&donors, FACTS, LENGTH, &err) != OK ||
        fact_batch_reserve(&bases, FACTS, LENGTH, &err) != OK ||
        fact_batch_reserve(&others, FACTS, LENGTH, &err) != OK)
        fail_msg("%s", err.msg);
    interchange(&x, &donors, &bases);
    fact_batch_clear(&others);
    for (int j = 0; j < FACTS; j++)
        if (x.batch.sequence[j] % 2 == 0) fact_batch_add(&others, &x.batch, j);

    int64_t n = x.g.table.total;
    double loss, worst = 0, largest = 0;
    real *grad = malloc((size_t)n * sizeof *grad), donor_a[TOKENS * UNITS], zero[TOKENS * UNITS] = {0};
    assert_non_null(grad);
    memcpy(grad, objective_gradient(&x.objective, x.parallel, &x.batch, STEP, &loss),
           (size_t)n * sizeof *grad);
    clamped_loss(&x, &donors, NULL, donor_a);
    /* The row that has read BOS only is not of the class: the cue comes after it. */
    for (int s = 0; s < SUBJECTS; s++)
        for (int u = 0; u < UNITS; u++) donor_a[s * LENGTH * UNITS + u] = NAN;
    for (int64_t i = 0; i < n; i++) largest = fmax(largest, fabs(grad[i]));
    for (int64_t i = 0; i < n; i += 7) {
        static const int place[4] = {-2, -1, 1, 2};
        double before = x.g.params[i], f[4], part[3];
        for (int k = 0; k < 4; k++) {
            x.g.params[i] = before + place[k] * 1e-4;
            part[0] = clamped_loss(&x, &x.batch, NULL, NULL);
            part[1] = clamped_loss(&x, &bases, donor_a, NULL);
            part[2] = clamped_loss(&x, &others, zero, NULL);
            f[k] = part[0] + 0.7 * (part[1] + 0.4 * part[2]);
        }
        x.g.params[i] = before;
        double slope = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * 1e-4);
        worst = fmax(worst, fabs(slope - grad[i]) / largest);
    }
    printf("worst error %.2g\n", worst);
    assert_true(worst <= 1e-7);
    assert_true(fabs(x.objective.rules.observed[0].loss - (clamped_loss(&x, &bases, donor_a, NULL) +
                                                           0.4 * clamped_loss(&x, &others, zero, NULL))) <
                1e-12);
    free(grad);
    fact_batch_free(&donors);
    fact_batch_free(&bases);
    fact_batch_free(&others);
    case_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradient_of_the_three_losses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
