/* `rote logits RUN --json`. */
#include <math.h>

#include "cli/common/json.h"
#include "cli/logits/logits.h"

static json_t *interval_json(const Interval *x) {
    json_t *o = json_object();
    json_object_set_new(o, "auc", json_number(x->value));
    json_object_set_new(o, "low", json_number(x->low));
    json_object_set_new(o, "high", json_number(x->high));
    return o;
}

static json_t *shape_json(const LogitClasses *classes, int c, int trained) {
    json_t *o = json_object(), *bins = json_array(), *mass = json_array(), *ranks = json_array(),
           *z = json_array();
    double rows = (double)classes->rows[c];
    int rank[SHAPE_RANKS];
    shape_ranks(rank, trained);
    for (int i = 0; i < SHAPE_BINS; i++)
        json_array_append_new(bins, json_number((double)classes->bin[c][i] / rows));
    for (int i = 0; i < SHAPE_MASSES; i++)
        json_array_append_new(mass, json_number(classes->mass[c][i] / rows));
    for (int i = 0; i < SHAPE_RANKS; i++) {
        json_array_append_new(ranks, json_integer(rank[i]));
        json_array_append_new(z, json_number(classes->z[c][i] / rows));
    }
    json_object_set_new(o, "bins_per_row", bins);
    json_object_set_new(o, "bins_from", json_number(-SHAPE_REACH));
    json_object_set_new(o, "bins_to", json_number(SHAPE_REACH));
    json_object_set_new(o, "top_mass", mass);
    json_object_set_new(o, "ranks", ranks);
    json_object_set_new(o, "z_of_ranks", z);
    return o;
}

static Status class_json(json_t **out, const LogitsView *v, int c, Err *err) {
    const LogitClasses *classes = &v->study->classes;
    json_t *o = json_object(), *figures = json_object();
    Status status = OK;
    json_object_set_new(o, "class", json_string(v->inputs->name[c]));
    json_object_set_new(o, "inputs", json_integer(classes->inputs[c]));
    json_object_set_new(o, "rows", json_integer(classes->rows[c]));
    for (int f = 0; f < LOGIT_FIGURES && status == OK; f++) {
        FigureSummary s = {0};
        status = figure_summary(&s, classes, c, (LogitFigure)f, err);
        json_t *one = json_object();
        json_object_set_new(one, "n", json_integer(s.n));
        json_object_set_new(one, "mean", json_number(s.mean));
        json_object_set_new(one, "sd", json_number(s.deviation));
        json_object_set_new(one, "median", json_number(s.median));
        json_object_set_new(one, "q05", json_number(s.q05));
        json_object_set_new(one, "q95", json_number(s.q95));
        json_object_set_new(figures, logit_figure_name[f], one);
    }
    json_object_set_new(o, "figures", figures);
    json_object_set_new(o, "shape", shape_json(classes, c, v->trained));
    *out = o;
    return status;
}

Status logits_classes_json(json_t **out, const LogitsView *v, Err *err) {
    json_t *list = json_array(), *o = json_object();
    Status status = OK;
    json_object_set_new(o, "step", json_integer(v->step));
    json_object_set_new(o, "layer", json_integer(v->layer));
    for (int c = 0; c < v->study->classes.n && status == OK; c++) {
        json_t *one;
        status = class_json(&one, v, c, err);
        json_array_append_new(list, one);
    }
    json_object_set_new(o, "classes", list);
    *out = o;
    return status;
}

/* Every pair of the first eight classes; of more, those with the first one. */
static bool pair_wanted(int a, int b) { return a == 0 || b < 8; }

static Status pair_json(json_t **out, const LogitsView *v, int a, int b, Err *err) {
    const LogitStudy *s = v->study;
    json_t *o = json_object(), *figures = json_object();
    int n = s->classes.n;
    Status status = OK;
    json_object_set_new(o, "a", json_string(v->inputs->name[a]));
    json_object_set_new(o, "b", json_string(v->inputs->name[b]));
    if (s->pattern) {
        json_object_set_new(o, "pattern", interval_json(&s->pattern[a * n + b]));
        json_object_set_new(o, "pattern_permuted", interval_json(&s->control[a * n + b]));
    }
    for (int f = 0; f < LOGIT_FIGURES && status == OK; f++) {
        FigurePair pair = {0};
        status = figure_pair(&pair, &s->classes, (LogitFigure)f, a, b, err);
        json_t *one = interval_json(&pair.auc);
        json_object_set_new(one, "d", json_number(pair.d));
        json_object_set_new(one, "p", json_number(pair.p));
        json_object_set_new(figures, logit_figure_name[f], one);
    }
    json_object_set_new(o, "figures", figures);
    *out = o;
    return status;
}

static json_t *variance_json(const VarianceShares *s) {
    static const char *const PARTS[VARIANCE_PARTS] = {"token", "class", "position", "input", "seed"};
    json_t *o = json_object();
    for (int p = 0; p < VARIANCE_PARTS; p++) {
        json_t *one = json_object();
        json_object_set_new(one, "share", json_number(s->share[p]));
        json_object_set_new(one, "df", json_number(s->df[p]));
        json_object_set_new(o, PARTS[p], one);
    }
    json_object_set_new(o, "total", json_number(s->total));
    json_object_set_new(o, "level", json_number(s->level));
    return o;
}

static json_t *checks_json(const LogitChecks *c) {
    json_t *o = json_object();
    json_object_set_new(o, "inputs", json_integer(c->rows));
    json_object_set_new(o, "mean_error", json_number(c->mean_error));
    json_object_set_new(o, "variance_error", json_number(c->variance_error));
    json_object_set_new(o, "rank", c->expected ? json_integer(c->rank) : json_null());
    json_object_set_new(o, "rank_expected", c->expected ? json_integer(c->expected) : json_null());
    json_object_set_new(o, "gap", json_number(c->gap));
    json_object_set_new(o, "ellipsoid_error", json_number(c->ellipsoid_error));
    json_object_set_new(o, "residual", json_number(c->residual));
    json_object_set_new(o, "other_error", json_number(c->other_error));
    json_object_set_new(o, "other_residual", json_number(c->other_residual));
    return o;
}

Status logits_json(json_t **out, const LogitsView *v, Err *err) {
    const LogitStudy *s = v->study;
    json_t *pairs = json_array(), *always = json_object(), *o;
    Status status = logits_classes_json(&o, v, err);
    int n = s->classes.n;
    json_object_set_new(o, "by", json_string(v->inputs->by));
    json_object_set_new(o, "at", json_string(v->whole ? "all" : "answer"));
    json_object_set_new(o, "vocabulary", json_integer(v->V));
    json_object_set_new(o, "trained_symbols", json_integer(v->trained));
    json_object_set_new(o, "layers", json_integer(v->n_layer));
    json_object_set_new(o, "seeds", json_integer(v->seeds));
    json_object_set_new(o, "left_out", json_string(v->inputs->note));
    for (int a = 0; a < n && status == OK; a++)
        for (int b = a + 1; b < n && status == OK; b++) {
            json_t *one;
            if (!pair_wanted(a, b)) continue;
            status = pair_json(&one, v, a, b, err);
            json_array_append_new(pairs, one);
        }
    for (int c = 0; c < n; c++) json_object_set_new(always, v->inputs->name[c], json_integer(s->always[c]));
    json_object_set_new(o, "pairs", pairs);
    json_object_set_new(o, "variance", variance_json(&s->shares));
    json_object_set_new(o, "always_top_10", always);
    if (v->checks) json_object_set_new(o, "identities", checks_json(v->checks));
    *out = o;
    return status;
}
