/* The gradient of `route: parameters` (train/neurons/routing.h) against central differences of the loss that
 * each parameter is trained on, on batches with sequences of both sides and of neither. All weights: the
 * sequences that are not of the class, with the neurons clamped to 0 in those of the other side, and on the
 * class's sequences the rules' own hinge losses, of either scope, which are written out here. The weights
 * into and out of the neurons: the model's loss on the class's sequences, too. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/double/every.h"
#include "train/objective.h"

/* A cue is a fact's tag: A is the routed rule's other side, B its class, C neither. IN_BATCH: not all facts,
 * so that the sides differ in number. */
enum {
    A,
    B,
    C,
    CUES,
    SUBJECTS = 5,
    FACTS = CUES * SUBJECTS,
    LENGTH = 4,
    PROMPT = 2,
    IN_BATCH = 11,
    TOKENS = IN_BATCH * LENGTH,
    UNITS = 3,
    N_RULES = 2
};

static const char *const KEYS[] = {
    "facts.n=15",           "facts.seq_len=4",         "facts.vocab_size=13",       "model.n_layer=2",
    "model.n_embd=6",       "model.n_head=2",          "model.bias=true",           "train.batch_size=11",
    "train.threads=1",      "neurons.0.when.tag=B",    "neurons.0.against=A",       "neurons.0.units=1,4,6",
    "neurons.0.weight=0.7", "neurons.0.negatives=0.4", "neurons.0.route=parameters"};
static const char *const OTHER_RULE[] = {"neurons.1.when.tag=C", "neurons.1.at=all", "neurons.1.units=0,2,5",
                                         "neurons.1.weight=0.3", "neurons.1.negatives=1.7"};

static const double LAMBDA[N_RULES] = {0.7, 0.3}, NEGATIVES[N_RULES] = {0.4, 1.7};

typedef struct Setting {
    bool gated;
    int layer; /* of the routed rule; the other rule is in the other one */
    NeuronScope scope[N_RULES];
} Setting;

static const Setting SETTINGS[] = {{false, 0, {SCOPE_GLOBAL, SCOPE_LOCAL}},
                                   {false, 1, {SCOPE_LOCAL, SCOPE_GLOBAL}},
                                   {true, 0, {SCOPE_LOCAL, SCOPE_GLOBAL}},
                                   {true, 1, {SCOPE_GLOBAL, SCOPE_LOCAL}}};

/* Five subjects for each of three cues: a fact is a cue and a subject, then two answer tokens. */
static FactSet three_cues(void) {
    FactSet f = {.kind = "import", .n = FACTS, .max_len = LENGTH, .vocab = {.size = 13, .eos = -1}};
    Err err = {0};
    if (facts_allocate(&f, (int64_t)FACTS * LENGTH, &err) != OK) fail_msg("%s", err.msg);
    f.start[0] = 0;
    f.tag_names = calloc(CUES, sizeof *f.tag_names);
    assert_non_null(f.tag_names);
    f.tag_names[f.n_tags++] = strdup("A");
    f.tag_names[f.n_tags++] = strdup("B");
    f.tag_names[f.n_tags++] = strdup("C");
    for (int i = 0; i < FACTS; i++) {
        int subject = i / CUES, cue = i % CUES;
        int32_t *x = f.tokens + (ptrdiff_t)i * LENGTH;
        f.start[i + 1] = (int64_t)(i + 1) * LENGTH;
        f.prompt_len[i] = PROMPT;
        f.tag[i] = cue;
        x[0] = cue;
        x[1] = CUES + subject;
        x[2] = CUES + SUBJECTS + (subject * 3 + cue * 2) % 5;
        x[3] = CUES + SUBJECTS + (subject + cue) % 5;
    }
    return f;
}

typedef struct Case {
    const Setting *setting;
    Config config;
    FactSet facts;
    Gpt g;
    Parallel *parallel;
    FactBatch all, batch, part;
    RuleState *state;
    Objective objective;
} Case;

static void configure(Config *config, const Setting *s) {
    const char *keys[32];
    char own[5][64];
    Err err = {0};
    int n = 0;
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) keys[n++] = KEYS[i];
    for (size_t i = 0; i < sizeof OTHER_RULE / sizeof *OTHER_RULE; i++) keys[n++] = OTHER_RULE[i];
    snprintf(own[0], sizeof own[0], "model.gated=%s", s->gated ? "true" : "false");
    for (int r = 0; r < N_RULES; r++) {
        snprintf(own[1 + 2 * r], sizeof own[0], "neurons.%d.hook=blocks.%d.mlp.hook_pre", r,
                 r ? 1 - s->layer : s->layer);
        snprintf(own[2 + 2 * r], sizeof own[0], "neurons.%d.scope=%s", r,
                 s->scope[r] == SCOPE_GLOBAL ? "global" : "local");
    }
    for (int i = 0; i < 5; i++) keys[n++] = own[i];
    if (config_load(config, NULL, n, keys, &err) != OK ||
        config_resolve(config, FACTS, LENGTH, 13, &err) != OK)
        fail_msg("%s", err.msg);
}

static void case_create(Case *x, const Setting *setting) {
    Err err = {0};
    memset(x, 0, sizeof *x);
    x->setting = setting;
    x->facts = three_cues();
    configure(&x->config, setting);
    ParallelPlan plan = {.threads = 1, .leaves = 4, .batch_size = IN_BATCH, .max_len = LENGTH};
    if (gpt_create(&x->g, &x->config.model, ops_available()[0], GEMM_EXACT, &err) != OK ||
        parallel_create(&x->parallel, &x->g, &plan, &err) != OK ||
        fact_batch_create(&x->all, &x->facts, &err) != OK ||
        fact_batch_reserve(&x->batch, IN_BATCH, LENGTH, &err) != OK ||
        fact_batch_reserve(&x->part, IN_BATCH, LENGTH, &err) != OK ||
        rule_states_create(&x->state, &x->config, &err) != OK ||
        objective_create(&x->objective, &x->config, &x->facts, &x->all, &x->g, x->state, NULL, &err) != OK)
        fail_msg("%s", err.msg);
    gpt_init(&x->g, 11);
    for (int64_t i = 0; i < x->g.table.total; i++) x->g.params[i] += (real)(0.1 * sin((double)(i * i % 977)));
    fact_batch_clear(&x->batch);
    for (int i = 0; i < IN_BATCH; i++) fact_batch_add(&x->batch, &x->all, (i * 4) % FACTS);
}

static void case_free(Case *x) {
    objective_free(&x->objective);
    rule_states_free(x->state, N_RULES);
    fact_batch_free(&x->all);
    fact_batch_free(&x->batch);
    fact_batch_free(&x->part);
    parallel_free(x->parallel);
    gpt_free(&x->g);
    facts_free(&x->facts);
}

/* The routed rule labels the rows after the cue, so not the row that has read BOS only; the other rule, whose
 * class is C, labels every row. */
static int label_of(int rule, int cue, int row) {
    if (rule) return cue == C;
    return row == 0 || cue == C ? LABEL_NONE : cue == B;
}

static double hinge(double z, int y) {
    double miss = fmax(y ? 1 - z : z + 1, 0);
    return miss * miss / 2;
}

/* The loss of some of the batch's sequences: their share of the mean -ln p, and of each rule's loss. */
typedef struct Loss {
    double model, rule[N_RULES];
} Loss;

static Loss part_loss(Case *x, bool of_class) {
    int8_t none[TOKENS];
    int64_t n_targets = batch_n_targets(&x->batch.batch);
    int count[N_RULES][2] = {{0}};
    RuleSums sums[N_RULES][IN_BATCH];
    real z[N_RULES][TOKENS * UNITS], clamp[TOKENS * UNITS];
    Rule observer[N_RULES];
    Rules rules = {N_RULES, observer};
    Loss part = {0};
    memset(none, LABEL_NONE, sizeof none);
    fact_batch_clear(&x->part);
    for (int j = 0; j < IN_BATCH; j++) {
        int cue = x->batch.sequence[j] % CUES;
        for (int r = 0; r < N_RULES; r++)
            for (int row = 0; row < LENGTH; row++) {
                int y = label_of(r, cue, row);
                if (y >= 0) count[r][y]++;
            }
        if ((cue == B) == of_class) fact_batch_add(&x->part, &x->batch, j);
    }
    for (int t = 0; t < x->part.batch.n_seq * LENGTH; t++)
        for (int u = 0; u < UNITS; u++)
            clamp[t * UNITS + u] = x->part.sequence[t / LENGTH] % CUES == A ? 0 : NAN;
    for (int r = 0; r < N_RULES; r++)
        observer[r] = (Rule){.layer = r ? 1 - x->setting->layer : x->setting->layer,
                             .unit = x->state[r].unit,
                             .n_units = UNITS,
                             .loss = NEURON_NONE,
                             .label = none,
                             .clamp = r ? NULL : clamp,
                             .observed_pre = z[r],
                             .sums = sums[r]};
    x->part.batch.rules = &rules;
    parallel_gradient_sum(x->parallel, &x->part.batch, n_targets, &part.model);
    x->part.batch.rules = NULL;
    part.model /= (double)n_targets;
    for (int r = 0; r < N_RULES; r++)
        for (int i = 0; i < x->part.batch.n_seq * LENGTH * UNITS; i++) {
            int t = i / UNITS, y = label_of(r, x->part.sequence[t / LENGTH] % CUES, t % LENGTH);
            if (y >= 0)
                part.rule[r] += (y ? 1 : NEGATIVES[r]) / (2.0 * UNITS * count[r][y]) * hinge(z[r][i], y);
        }
    return part;
}

/* ---- which part of the loss trains a parameter ---- */

/* "in.weight" where t is that of the MLP of that block; else NULL. */
static const char *leaf_of(const Tensor *t, int layer) {
    char block[32];
    snprintf(block, sizeof block, "blocks.%d.mlp.", layer);
    return strncmp(t->name, block, strlen(block)) ? NULL : t->name + strlen(block);
}

static bool feeds(const char *leaf) {
    return !strncmp(leaf, "in.", 3) || !strncmp(leaf, "gate.", 5) || !strncmp(leaf, "up.", 3);
}

/* Whether element i of t leads into the routed rule's neurons or out of them. */
static bool of_neurons(const Case *x, const Tensor *t, int64_t i) {
    const char *leaf = leaf_of(t, x->setting->layer);
    bool out = leaf && !strcmp(leaf, "out.weight");
    if (!leaf || (!feeds(leaf) && !out)) return false;
    int64_t unit = out || t->rows == 1 ? i % t->cols : i / t->cols;
    return unit == 1 || unit == 4 || unit == 6;
}

/* A loss of local scope trains the weights into its own layer. */
static double trained_loss(const Case *x, const Tensor *t, const Loss *part) {
    double sum = part->model;
    for (int r = 0; r < N_RULES; r++) {
        const char *leaf = leaf_of(t, r ? 1 - x->setting->layer : x->setting->layer);
        if (x->setting->scope[r] == SCOPE_GLOBAL || (leaf && feeds(leaf))) sum += LAMBDA[r] * part->rule[r];
    }
    return sum;
}

static double difference(Case *x, const Tensor *t, int64_t i, double h) {
    static const int place[4] = {-2, -1, 1, 2};
    real *at = x->g.params + t->offset + i;
    double before = *at, f[4];
    for (int k = 0; k < 4; k++) {
        *at = before + place[k] * h;
        Loss rest = part_loss(x, false);
        f[k] = trained_loss(x, t, &rest);
        Loss own = part_loss(x, true);
        if (!of_neurons(x, t, i)) own.model = 0;
        f[k] += trained_loss(x, t, &own);
    }
    *at = before;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void check_losses(Case *x, double loss) {
    Loss rest = part_loss(x, false), own = part_loss(x, true);
    assert_true(fabs(loss - rest.model - own.model) < 1e-12);
    for (int r = 0; r < N_RULES; r++)
        assert_true(fabs(x->objective.rules.observed[r].loss - rest.rule[r] - own.rule[r]) < 1e-12);
}

static void gradient_of_both_parts(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof SETTINGS / sizeof *SETTINGS; s++) {
        Case x;
        case_create(&x, &SETTINGS[s]);
        const ParamTable *table = &x.g.table;
        double loss, worst = 0, largest = 0;
        int kinks = 0, checked = 0, of_both = 0;
        real *grad = malloc((size_t)table->total * sizeof *grad);
        assert_non_null(grad);
        memcpy(grad, objective_gradient(&x.objective, x.parallel, &x.batch, 0, &loss),
               (size_t)table->total * sizeof *grad);
        check_losses(&x, loss);
        for (int64_t i = 0; i < table->total; i++) largest = fmax(largest, fabs(grad[i]));
        for (int k = 0; k < table->count; k++) {
            const Tensor *t = &table->tensor[k];
            for (int64_t i = 0; i < (int64_t)t->rows * t->cols; i += EVERY) {
                double slope = difference(&x, t, i, 1e-4);
                double error = fabs(grad[t->offset + i] - slope) / largest;
                /* a hinge within reach: slopes at two widths disagree there */
                if (error > 1e-7 && fabs(difference(&x, t, i, 5e-5) - slope) > 1e-9 * largest) {
                    kinks++;
                    continue;
                }
                checked++;
                of_both += of_neurons(&x, t, i);
                if (error > 1e-7) printf("  %s[%lld]: %.3g\n", t->name, (long long)i, error);
                worst = fmax(worst, error);
            }
        }
        printf("setting %zu: %d parameters, %d of them learn from both parts, %d at a kink left out, worst "
               "error %.2g\n",
               s, checked, of_both, kinks, worst);
        assert_true(worst <= 1e-7 && kinks * 100 < checked);
        free(grad);
        case_free(&x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradient_of_both_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
