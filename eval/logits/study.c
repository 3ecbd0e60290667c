#include "eval/logits/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One pass. */
typedef struct Passing {
    LogitStudy *study;
    const LogitStudyPlan *plan;
    int V, models;
    LogitWalk figures, parts; /* walks over the rows of each class, over those of each first class */
    bool judging;
    int at;      /* among the rows of the patterns */
    double *row; /* models x V */
    VarianceTable variance;
    TopCounts top;
    ClassPattern pattern, control;
    int32_t *label, *permuted; /* of the rows of the patterns, learned and judged together */
    uint8_t *learns;
    int n_labels;
    double *score[2];
    int32_t *judged[2];
} Passing;

static int first_class(uint64_t classes) {
    int c = 0;
    while (!(classes >> c & 1)) c++;
    return c;
}

/* ---- a line for each row ---- */

static void csv_name(FILE *out, const char *name) {
    fputc('"', out);
    for (; *name; name++) {
        if (*name == '"') fputc('"', out);
        fputc(*name, out);
    }
    fputc('"', out);
}

static void csv_head(FILE *out) {
    fputs(STUDY_CSV_HEAD, out);
    for (int f = 0; f < LOGIT_FIGURES; f++) fprintf(out, ",%s", logit_figure_name[f]);
    fputc('\n', out);
}

static void csv_row(FILE *out, const LogitInputs *inputs, const LogitSeen *seen) {
    double x[LOGIT_FIGURES];
    logit_figures(x, &seen->row);
    for (int c = 0; c < inputs->n_classes; c++) {
        if (!(seen->classes >> c & 1)) continue;
        csv_name(out, inputs->name[c]);
        fprintf(out, ",%d,%d,", seen->number, seen->position);
        if (seen->target >= 0) fprintf(out, "%d", seen->target);
        fprintf(out, ",%d", seen->row.first);
        for (int f = 0; f < LOGIT_FIGURES; f++)
            if (isfinite(x[f])) fprintf(out, ",%.9g", x[f]);
            else fputc(',', out);
        fputc('\n', out);
    }
}

/* ---- the rows of the patterns ---- */

/* Which rows of their first class are kept, and on which side: inputs of a class are learned from and judged in turn.
 * The same in every pass. */
static bool pattern_row(LogitWalk *walk, const LogitClasses *classes, int c, bool *learn) {
    *learn = walk->inputs[c] % 2 == 1;
    return logit_walk(walk, classes, c) >= 0;
}

static Status label_rows(Passing *p, LogitInputs *inputs, Err *err) {
    LogitWalk walk = {{0}, {0}};
    size_t room = (size_t)p->study->classes.n * LOGIT_KEPT_MAX;
    bool more = true;
    p->label = malloc((room + 1) * sizeof *p->label);
    p->permuted = malloc((room + 1) * sizeof *p->permuted);
    p->learns = malloc(room + 1);
    if (!p->label || !p->permuted || !p->learns) return err_set(err, ERR_NOMEM, "no memory for labels");
    TRY(inputs->rewind(inputs->source, err));
    for (;;) {
        LogitInput input;
        TRY(inputs->next(inputs->source, &input, &more, err));
        if (!more) break;
        int c = first_class(input.classes);
        walk.inputs[c]++;
        for (int t = input.from; t <= input.n; t++) {
            bool learn;
            if (!pattern_row(&walk, &p->study->classes, c, &learn)) continue;
            p->learns[p->n_labels] = learn;
            p->label[p->n_labels++] = c;
        }
    }
    for (int i = 0; i < p->n_labels; i++) p->study->learned += p->learns[i];
    p->study->judged = p->n_labels - p->study->learned;
    return permuted_classes(p->permuted, p->label, p->n_labels, p->plan->seed, 0, err);
}

static void pattern_take(Passing *p, const LogitSeen *seen) {
    int c = first_class(seen->classes), classes = p->study->classes.n;
    if (logit_walk(&p->parts, &p->study->classes, c) < 0) return;
    int at = p->at++;
    if (!p->judging && p->learns[at]) {
        class_pattern_add(&p->pattern, p->row, p->label[at]);
        class_pattern_add(&p->control, p->row, p->permuted[at]);
    } else if (p->judging && !p->learns[at]) {
        size_t n = (size_t)p->study->judged++;
        class_pattern_score(&p->pattern, p->score[0] + n * (size_t)classes, p->row);
        class_pattern_score(&p->control, p->score[1] + n * (size_t)classes, p->row);
        p->judged[0][n] = p->label[at];
        p->judged[1][n] = p->permuted[at];
    }
}

/* ---- passes ---- */

static Status take(void *user, const LogitSeen *seen, Err *err) {
    Passing *p = user;
    (void)err;
    if (!p->judging) {
        logit_classes_add(&p->study->classes, &p->figures, seen);
        if (p->plan->csv) csv_row(p->plan->csv, p->study->inputs, seen);
    }
    if (p->plan->figures_alone) return OK;
    for (int i = 0; i < p->models * p->V; i++) p->row[i] = (double)seen->logits[i];
    if (!p->judging) {
        int c = first_class(seen->classes);
        variance_add(&p->variance, p->row, c, p->study->positions > 1 ? seen->position : 0);
        top_counts_add(&p->top, p->row, c);
    }
    pattern_take(p, seen);
    return OK;
}

static Status make_room(Passing *p, LogitInputs *inputs, Err *err) {
    LogitStudy *s = p->study;
    size_t classes = (size_t)s->classes.n, V = (size_t)p->V;
    s->positions = inputs->positions;
    if (classes * (size_t)s->positions * V > STUDY_CELLS_MAX) s->positions = 1;
    TRY(variance_create(&p->variance, p->V, p->models, s->classes.n, s->positions, err));
    TRY(top_counts_create(&p->top, p->V, s->classes.n, p->V < STUDY_TOP ? p->V : STUDY_TOP, err));
    TRY(class_pattern_create(&p->pattern, p->V, s->classes.n, err));
    TRY(class_pattern_create(&p->control, p->V, s->classes.n, err));
    p->row = malloc(V * (size_t)p->models * sizeof *p->row);
    s->pattern = calloc(classes * classes, sizeof *s->pattern);
    s->control = calloc(classes * classes, sizeof *s->control);
    for (int k = 0; k < 2; k++) {
        p->score[k] = malloc(((size_t)s->judged * classes + 1) * sizeof **p->score);
        p->judged[k] = malloc(((size_t)s->judged + 1) * sizeof **p->judged);
    }
    bool all =
        p->row && s->pattern && s->control && p->score[0] && p->score[1] && p->judged[0] && p->judged[1];
    return all ? OK : err_set(err, ERR_NOMEM, "no memory for the patterns of %d classes", s->classes.n);
}

static void passing_free(Passing *p) {
    variance_free(&p->variance);
    top_counts_free(&p->top);
    class_pattern_free(&p->pattern);
    class_pattern_free(&p->control);
    free(p->row);
    free(p->label);
    free(p->permuted);
    free(p->learns);
    for (int k = 0; k < 2; k++) {
        free(p->score[k]);
        free(p->judged[k]);
    }
}

static Status judge(Passing *p, Err *err) {
    LogitStudy *s = p->study;
    int n = s->classes.n;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            TRY(pattern_auc(&s->pattern[a * n + b], p->score[0], p->judged[0], s->judged, n, a, b, err));
            TRY(pattern_auc(&s->control[a * n + b], p->score[1], p->judged[1], s->judged, n, a, b, err));
        }
    return OK;
}

Status logit_study(LogitStudy *out, const Gpt *g, LogitInputs *inputs, const LogitStudyPlan *plan, Err *err) {
    Passing p = {.study = out, .plan = plan, .V = g->config.vocab_size, .models = 1 + plan->rows.n_others};
    LogitRowsPlan rows = plan->rows;
    Status status = OK;
    *out = (LogitStudy){.inputs = inputs};
    TRY_GOTO(logit_classes_create(&out->classes, inputs, err));
    if (!plan->figures_alone) {
        TRY_GOTO(label_rows(&p, inputs, err));
        TRY_GOTO(make_room(&p, inputs, err));
    }
    if (plan->csv) csv_head(plan->csv);
    rows.figures = true;
    rows.raw = !plan->figures_alone;
    TRY_GOTO(logit_rows(g, inputs, &rows, take, &p, err));
    if (plan->figures_alone) goto done;
    out->shares = variance_shares(&p.variance, NULL);
    for (int c = 0; c < out->classes.n; c++) out->always[c] = top_counts_always(&p.top, c);
    class_pattern_fit(&p.pattern);
    class_pattern_fit(&p.control);
    p.judging = true;
    p.at = out->judged = 0;
    p.parts = (LogitWalk){{0}, {0}};
    rows.figures = false;
    rows.n_others = 0;
    p.models = 1;
    TRY_GOTO(logit_rows(g, inputs, &rows, take, &p, err));
    TRY_GOTO(judge(&p, err));
done:
    passing_free(&p);
    if (status != OK) logit_study_free(out);
    return status;
}

void logit_study_free(LogitStudy *study) {
    logit_classes_free(&study->classes);
    free(study->pattern);
    free(study->control);
    study->pattern = study->control = NULL;
}
