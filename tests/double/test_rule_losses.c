/* Every loss of a neuron rule without a model around it: what it adds to the gradient of one sequence's rows, against
 * central differences in double of the loss as docs/math.md has it, written out here once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/gpt.h"
#include "model/neurons/rank.h"
#include "tests/model_case.h"

/* WIDTH: more than one vector of a kernel; MAX_LD: behind gate and linear half lie reals that are nobody's. */
enum {
    SEED = 20261124,
    N_SEQ = 3,
    TOKENS = 12,
    WIDTH = 19,
    MAX_UNITS = 4,
    MAX_ROWS = 5,
    MAX_LD = 2 * WIDTH + 3
};
static const double TOLERANCE =
    1e-7; /* of the largest gradient; the differences themselves are good to 4e-11 */

static const int32_t start[N_SEQ + 1] = {0, 4, 9, TOKENS};
static const int32_t units[MAX_UNITS] = {2, 7, 17, 18};
static const int8_t labels[TOKENS] = {1, 0, -1, 0, -1, 1, 0, 1, 1, -1, 0, 1}; /* 5 of the class, 4 others */

typedef struct Case {
    Draw d;
    Rule rule;
    RuleRows rows;
    RuleSums sums[N_SEQ];
    int8_t label[TOKENS];
    real z[TOKENS * MAX_UNITS]; /* of the whole batch, for rank */
    double slope[TOKENS * MAX_UNITS];
    real pre[MAX_ROWS * MAX_LD], dpre[MAX_ROWS * MAX_LD], post[MAX_ROWS * WIDTH],
        scratch[RULE_SCRATCH * WIDTH];
} Case;

/* left_out: the side that the batch has nothing of; LABEL_NONE: it has both. */
static void case_create(Case *x, int number, NeuronLoss loss, NeuronScope scope, Act act, bool gated,
                        int left_out) {
    int s = number % N_SEQ;
    memset(x, 0, sizeof *x);
    x->d = draw_from((uint64_t)(SEED + number));
    for (int t = 0; t < TOKENS; t++) x->label[t] = labels[t] == left_out ? LABEL_NONE : labels[t];
    x->rule = (Rule){.unit = units,
                     .n_units = 1 + number % MAX_UNITS,
                     .loss = loss,
                     .scope = scope,
                     .on = 0.7,
                     .off = -0.4,
                     .temperature = 0.8,
                     .negatives = 0.6,
                     .lambda = 1.5,
                     .label = x->label,
                     .sums = x->sums};
    x->rows = (RuleRows){.ops = ops_available()[0],
                         .act = act,
                         .T = start[s + 1] - start[s],
                         .I = WIDTH,
                         .ld = (gated ? 2 * WIDTH : WIDTH) + 3,
                         .token = start[s],
                         .sequence = s,
                         .gated = gated,
                         .pre = x->pre,
                         .post = x->post,
                         .dpre = x->dpre,
                         .scratch = x->scratch};
    for (int i = 0; i < TOKENS * MAX_UNITS; i++) x->z[i] = draw_normal(&x->d);
    for (int i = 0; i < MAX_ROWS * MAX_LD; i++) x->pre[i] = draw_normal(&x->d);
}

static bool by_token(const Rule *r) { return r->loss == NEURON_SHARE || r->loss == NEURON_GROUP; }

static int count(const Case *x, int y) {
    int n = 0;
    for (int t = 0; t < TOKENS; t++) n += x->label[t] == y;
    return n;
}

/* ---- the losses ---- */

static double plus(double x) { return log1p(exp(-fabs(x))) + fmax(x, 0); }

static double hinge(const Rule *r, double z, int y) {
    double miss = fmax(y ? r->on - z : z - r->off, 0);
    return miss * miss / 2;
}

static double token_loss(const Rule *r, const real *z, const real *a, int y) {
    double S = r->temperature, middle = (r->on + r->off) / 2, loss = 0, own = 0, all = 0;
    for (int j = 0; j < r->n_units; j++) {
        int u = r->unit[j];
        if (r->loss == NEURON_PRE_HINGE) loss += hinge(r, z[u], y);
        if (r->loss == NEURON_PRE_BCE) loss += S * plus((y ? middle - z[u] : z[u] - middle) / S);
        if (r->loss == NEURON_POST_MSE) loss += pow(a[u] - (y ? r->on : r->off), 2) / 2;
        own += r->loss == NEURON_SHARE ? plus(z[u]) : exp(z[u] / S);
    }
    for (int i = 0; i < WIDTH; i++) all += plus(z[i]);
    if (r->loss == NEURON_SHARE) loss = -log(((y ? own : all - own) + 1e-6) / (all + 1e-6));
    if (r->loss == NEURON_GROUP) loss = hinge(r, S * (log(own) - log(r->n_units)), y);
    return loss;
}

/* Into z goes what the sequence at hand has. */
static void fill_z(Case *x) {
    int K = x->rule.n_units;
    for (int t = 0; t < x->rows.T; t++)
        for (int j = 0; j < K; j++) x->z[(x->rows.token + t) * K + j] = x->pre[t * x->rows.ld + units[j]];
}

static double pairs_loss(const Case *x) {
    const Rule *r = &x->rule;
    int K = r->n_units, n[2] = {count(x, 0), count(x, 1)};
    double S = r->temperature, loss = 0;
    if (n[0] == 0 || n[1] == 0) return 0;
    for (int t = 0; t < TOKENS; t++)
        for (int j = 0; j < K && x->label[t] >= 0; j++) {
            double z = x->z[t * K + j];
            int y = x->label[t];
            loss += 0.1 * hinge(r, z, y) / (2 * K * n[y]);
            for (int o = 0; o < TOKENS && y; o++)
                if (x->label[o] == 0)
                    loss += S * plus((r->on - r->off - z + x->z[o * K + j]) / S) / (K * n[0] * n[1]);
        }
    return loss;
}

/* Sum of c loss over the sequence; rank's is of the batch. */
static double value(Case *x) {
    const Rule *r = &x->rule;
    const RuleRows *rows = &x->rows;
    double loss = 0;
    rows->ops->act_forward(x->post, x->pre, rows->gated ? x->pre + WIDTH : NULL, rows->act, rows->T, WIDTH,
                           rows->ld);
    if (r->loss == NEURON_RANK) {
        fill_z(x);
        return pairs_loss(x);
    }
    for (int t = 0; t < rows->T; t++) {
        int y = x->label[rows->token + t];
        if (y < 0) continue;
        double c = (y ? 1 : r->negatives) / (2 * (by_token(r) ? 1 : r->n_units) * count(x, y));
        loss += c * token_loss(r, x->pre + t * rows->ld, x->post + (ptrdiff_t)t * WIDTH, y);
    }
    return loss;
}

static double difference(Case *x, real *at, double h) {
    static const int place[4] = {-2, -1, 1, 2};
    double before = *at, f[4];
    for (int i = 0; i < 4; i++) {
        *at = before + place[i] * h;
        f[i] = value(x);
    }
    *at = before;
    return x->rule.lambda * (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

/* ---- what the rule adds ---- */

/* dpre holds something; its own scope's call adds to it, the other one does not. */
static void backward(Case *x) {
    Rules rules = {1, &x->rule};
    Batch batch = {.n_seq = N_SEQ, .start = start};
    real before[MAX_ROWS * MAX_LD], global[MAX_ROWS * MAX_LD];
    value(x);
    rules_count(&rules, &batch);
    if (x->rule.loss == NEURON_RANK) {
        real compact[TOKENS * MAX_UNITS], room[2 * TOKENS * MAX_UNITS];
        double others[TOKENS * MAX_UNITS];
        RankScratch scratch = {compact, room, others};
        double loss = rank_loss(&x->rule, x->rows.ops, x->z, x->label, TOKENS, x->slope, &scratch);
        assert_true(fabs(loss - value(x)) < 1e-12);
        x->rule.slope = x->slope;
    }
    memcpy(before, x->dpre, sizeof before);
    rules_backward_global(&rules, 0, &x->rows);
    memcpy(global, x->dpre, sizeof global);
    rules_backward_local(&rules, 0, &x->rows);
    if (x->rule.scope == SCOPE_GLOBAL) assert_memory_equal(global, x->dpre, sizeof global);
    else assert_memory_equal(before, global, sizeof global);
    if (x->rule.loss != NEURON_RANK) assert_true(fabs(x->sums[x->rows.sequence].loss - value(x)) < 1e-12);
}

/* Whether the rule may say anything of a column of that row. */
static bool is_own(const Case *x, int row, int column) {
    if (x->label[x->rows.token + row] < 0) return false;
    if (x->rule.loss == NEURON_SHARE) return column < WIDTH;
    if (x->rule.loss == NEURON_POST_MSE && x->rows.gated && column >= WIDTH) column -= WIDTH;
    for (int j = 0; j < x->rule.n_units; j++)
        if (column == units[j]) return true;
    return false;
}

typedef struct Tally {
    int cases, silent, checked, kinks;
    double worst;
} Tally;

/* From a dpre of zeros and from one that holds a gradient already. */
static double worst_error(Case *x, Tally *tally) {
    real slope[MAX_ROWS * MAX_LD], before[MAX_ROWS * MAX_LD];
    double largest = 0, worst = 0;
    int n = x->rows.T * (int)x->rows.ld;
    for (int i = 0; i < n; i++) {
        slope[i] = difference(x, &x->pre[i], 2e-4);
        largest = fmax(largest, fabs(slope[i]));
    }
    tally->cases++;
    tally->silent += largest < 1e-3;
    for (int full = 0; full < 2; full++) {
        for (int i = 0; i < MAX_ROWS * MAX_LD; i++) before[i] = full ? draw_normal(&x->d) : 0;
        memcpy(x->dpre, before, sizeof before);
        backward(x);
        for (int i = 0; i < MAX_ROWS * MAX_LD; i++) {
            int row = i / (int)x->rows.ld, column = i % (int)x->rows.ld;
            if (i >= n || !is_own(x, row, column)) assert_true(x->dpre[i] == before[i]);
            if (i >= n) continue;
            double error = fabs(x->dpre[i] - before[i] - slope[i]) / fmax(largest, 1e-3);
            /* a hinge or a relu within reach: slopes at two widths disagree there */
            if (error > TOLERANCE && fabs(difference(x, &x->pre[i], 1e-4) - slope[i]) > 1e-9 * largest) {
                tally->kinks++;
                continue;
            }
            tally->checked++;
            worst = fmax(worst, error);
        }
    }
    tally->worst = fmax(tally->worst, worst);
    return worst;
}

static void each_loss_alone(void **state) {
    (void)state;
    static const NeuronLoss losses[] = {NEURON_PRE_HINGE, NEURON_PRE_BCE, NEURON_POST_MSE,
                                        NEURON_SHARE,     NEURON_GROUP,   NEURON_RANK};
    int number = 0;
    printf("seed %d\n", SEED);
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        const char *name = config_choice("neurons.0.loss", (int)losses[l]);
        Tally tally = {0};
        /* every activation, plain and gated; either scope; both sides, only others, only the class */
        for (int i = 0; i < 3 * 2 * 2 * 3; i++, number++) {
            Case x;
            int left_out = i / 12 == 0 ? LABEL_NONE : i / 12 == 1 ? LABEL_CLASS : LABEL_OTHER;
            case_create(&x, number, losses[l], (NeuronScope)(i / 6 % 2), (Act)(i % 3), i / 3 % 2, left_out);
            double error = worst_error(&x, &tally);
            if (error > TOLERANCE)
                fail_msg("case %d, %s, scope %d, activation %d%s, side %d left out: error %.3g", number, name,
                         (int)x.rule.scope, (int)x.rows.act, x.rows.gated ? ", gated" : "", left_out, error);
        }
        printf(
            "%-9s %d entries, %d at a kink left out, %d of %d cases without a gradient, worst error %.2g\n",
            name, tally.checked, tally.kinks, tally.silent, tally.cases, tally.worst);
        assert_true(tally.kinks * 100 < tally.checked);
        /* a dead relu, a hinge that has what it asks for; rank without a side has no pairs */
        int pairless = losses[l] == NEURON_RANK ? 2 * tally.cases / 3 : 0;
        assert_true(tally.silent >= pairless && (tally.silent - pairless) * 10 < tally.cases);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_loss_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
