/* What `rote logits RUN` prints. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/common/show.h"
#include "cli/logits/logits.h"

static const struct {
    LogitFigure figure;
    const char *head;
} COLUMNS[] = {
    {FIGURE_kstar, "k*"},
    {FIGURE_outlier, "outlier"},
    {FIGURE_sigma, "sigma"},
    {FIGURE_skew, "skew"},
    {FIGURE_excess_kurtosis, "kurtosis"},
    {FIGURE_entropy, "entropy"},
    {FIGURE_p1, "p1"},
    {FIGURE_margin, "margin"},
    {FIGURE_loss, "loss"},
    {FIGURE_right, "right"},
};
/* What the logits alone say of whether the model knows, and the loss beside them. */
static const LogitFigure KNOWING[] = {FIGURE_kstar,   FIGURE_outlier, FIGURE_margin,   FIGURE_p1,
                                      FIGURE_entropy, FIGURE_sigma,   FIGURE_min_k_pp, FIGURE_loss};
enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS, N_KNOWING = sizeof KNOWING / sizeof *KNOWING };

static const char *number(double x, int width, int digits, char out[32]) {
    if (isnan(x)) snprintf(out, 32, "%*s", width, "-");
    else snprintf(out, 32, "%*.*f", width, digits, x);
    return out;
}

Status logits_show_line(const LogitsView *v, bool head, Err *err) {
    const LogitClasses *classes = &v->study->classes;
    if (head) {
        printf("%-16s %8s %8s", "class", "inputs", "rows");
        for (int i = 0; i < N_COLUMNS; i++) printf(" %8s", COLUMNS[i].head);
        putchar('\n');
    }
    for (int c = 0; c < classes->n; c++) {
        printf("%-16.16s %8s %8s", v->inputs->name[c], show_int(classes->inputs[c]),
               show_int(classes->rows[c]));
        for (int i = 0; i < N_COLUMNS; i++) {
            FigureSummary s;
            char text[32];
            TRY(figure_summary(&s, classes, c, COLUMNS[i].figure, err));
            printf(" %s", number(s.mean, 8, 3, text));
        }
        putchar('\n');
    }
    return OK;
}

static Status show_spread(const LogitsView *v, Err *err) {
    const LogitClasses *classes = &v->study->classes;
    printf("\nmean +- sd, median, 5 .. 95 %%\n");
    for (int c = 0; c < classes->n; c++)
        for (int i = 0; i < N_COLUMNS; i++) {
            FigureSummary s;
            TRY(figure_summary(&s, classes, c, COLUMNS[i].figure, err));
            if (isnan(s.mean) || COLUMNS[i].figure == FIGURE_right) continue;
            printf("%-16.16s %-9s %9.3f +- %-8.3f %9.3f %9.3f .. %.3f\n", v->inputs->name[c], COLUMNS[i].head,
                   s.mean, s.deviation, s.median, s.q05, s.q95);
        }
    return OK;
}

static int named(const LogitInputs *inputs, const char *name) {
    for (int c = 0; c < inputs->n_classes; c++)
        if (!strcmp(inputs->name[c], name)) return c;
    return -1;
}

/* memorized against unseen; else the first two classes. */
static Status show_knowing(const LogitsView *v, Err *err) {
    const LogitClasses *classes = &v->study->classes;
    int a = named(v->inputs, "memorized"), b = named(v->inputs, "unseen");
    if (classes->n < 2) return OK;
    if (a < 0 || b < 0) {
        a = 0;
        b = 1;
    }
    printf("\n%s against %s by one figure   AUC: 95 %% interval; d: Cohen's\n", v->inputs->name[a],
           v->inputs->name[b]);
    for (int i = 0; i < N_KNOWING; i++) {
        FigurePair pair;
        char d[32];
        TRY(figure_pair(&pair, classes, KNOWING[i], a, b, err));
        if (isnan(pair.auc.value)) continue;
        printf("%-16s %6.3f   %.3f .. %.3f   d %s   p %.1e\n", logit_figure_name[KNOWING[i]], pair.auc.value,
               pair.auc.low, pair.auc.high, number(pair.d, 7, 2, d), pair.p);
    }
    return OK;
}

static void show_variance(const LogitsView *v) {
    static const char *const PARTS[VARIANCE_PARTS] = {"token", "class", "position", "input", "seed"};
    const VarianceShares *s = &v->study->shares;
    double behind = 0;
    for (int p = 1; p < VARIANCE_PARTS; p++) behind += s->df[p];
    printf("\nvariance of a logit, %.4g in all; chance: what nothing would explain\n", s->total);
    for (int p = 0; p < VARIANCE_PARTS; p++) {
        if (p == VARIANCE_SEED && v->seeds == 1) continue;
        if (p == VARIANCE_POSITION && v->study->positions == 1) continue;
        printf("%-16s %6.2f %%", PARTS[p], 100 * s->share[p]);
        if (p > 0) printf("   chance %6.2f %%", 100 * (1 - s->share[0]) * s->df[p] / behind);
        putchar('\n');
    }
}

static const char *interval_text(const Interval *x, char out[64]) {
    char value[32];
    if (isnan(x->low)) snprintf(out, 64, "%s   %14s", number(x->value, 6, 3, value), "-");
    else snprintf(out, 64, "%s   %.3f .. %.3f", number(x->value, 6, 3, value), x->low, x->high);
    return out;
}

static void show_patterns(const LogitsView *v) {
    const LogitStudy *s = v->study;
    int n = s->classes.n;
    printf("\ntokens in the top %d of every row:", STUDY_TOP);
    for (int c = 0; c < n; c++) printf(" %s %d", v->inputs->name[c], s->always[c]);
    if (n < 2) {
        putchar('\n');
        return;
    }
    printf("\n\nclass by a linear pattern of the logits: AUC on inputs it was not learned from (%s, %s);"
           " labels permuted\n",
           show_int(s->learned), show_int(s->judged));
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            const Interval *is = &s->pattern[a * n + b], *control = &s->control[a * n + b];
            char is_text[64], control_text[64];
            printf("%-16.16s %-16.16s %s   %s\n", v->inputs->name[a], v->inputs->name[b],
                   interval_text(is, is_text), interval_text(control, control_text));
        }
}

static void show_checks(const LogitChecks *c) {
    printf("\nidentities of the head, on %s inputs: mean to %.1e, variance to %.1e", show_int(c->rows),
           c->mean_error, c->variance_error);
    if (c->expected) printf("; rank %d of %d expected, gap %.1e", c->rank, c->expected, c->gap);
    if (!isnan(c->ellipsoid_error)) printf("; ellipsoid to %.1e", c->ellipsoid_error);
    if (!isnan(c->other_residual))
        printf("; the other seed's logits: %.1e, residual %.2f", c->other_error, c->other_residual);
    putchar('\n');
}

Status logits_show(const LogitsView *v, Err *err) {
    printf("step %s, %s symbols, %s trained", show_int(v->step), show_int(v->V), show_int(v->trained));
    if (v->layer < v->n_layer) printf("; logit lens after block %d of %d", v->layer, v->n_layer);
    printf("; %s\n", v->whole ? "every row of an input" : "the row that predicts the answer's first token");
    if (v->inputs->note[0]) printf("left out: %s\n", v->inputs->note);
    putchar('\n');
    TRY(logits_show_line(v, true, err));
    TRY(show_spread(v, err));
    TRY(show_knowing(v, err));
    show_variance(v);
    show_patterns(v);
    if (v->checks) show_checks(v->checks);
    return OK;
}
