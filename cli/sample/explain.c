#include "cli/sample/explain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/number.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "eval/sampling/stage.h"

enum { SHOWN = 8 };

struct Explanation {
    const Vocab *vocab;
    const Chain *chain;
    SampleObserver observer;
    json_t *steps; /* NULL: tables are printed */
    bool failed;
    int n_shown;
    int32_t shown[SHOWN];                  /* the largest logits of this step, the largest first */
    double p[CHAIN_STAGES_MAX + 1][SHOWN]; /* before the chain, and after each stage; 0: cut */
    int left[CHAIN_STAGES_MAX + 1];        /* candidates */
    /* statistics of the model's logits; largest: in deviations above the mean */
    double mean, deviation, largest, entropy;
    Noise noise; /* vocab_size 0: the vocabulary is too small for k* */
    KStar kstar;
};

/* ---- one step ---- */

/* The SHOWN largest; of equal logits the one that c names first. */
static void choose_shown(Explanation *e, const Candidates *c) {
    double logit[SHOWN];
    e->n_shown = 0;
    for (int i = 0; i < c->n; i++) {
        const Candidate *one = &c->at[i];
        if (e->n_shown == SHOWN && logit[SHOWN - 1] >= one->logit) continue;
        int at = e->n_shown < SHOWN ? e->n_shown++ : SHOWN - 1;
        for (; at > 0 && logit[at - 1] < one->logit; at--) {
            logit[at] = logit[at - 1];
            e->shown[at] = e->shown[at - 1];
        }
        logit[at] = one->logit;
        e->shown[at] = one->id;
    }
}

/* Row `number` + 1 of e->p, and for the first row the moments. Changes nothing of c that a stage uses. */
static void take_probabilities(Explanation *e, int row, const Candidates *c) {
    double top = -INFINITY, total = 0, weighted = 0;
    for (int i = 0; i < c->n; i++)
        if (c->at[i].logit > top) top = c->at[i].logit;
    for (int i = 0; i < c->n; i++) {
        double d = c->at[i].logit - top, w = exact_exp(d);
        total += w;
        if (w > 0) weighted += w * d;
    }
    if (row == 0) e->entropy = exact_log(total) - weighted / total;
    memset(e->p[row], 0, sizeof e->p[row]);
    for (int i = 0; i < c->n; i++)
        for (int k = 0; k < e->n_shown; k++)
            if (e->shown[k] == c->at[i].id) e->p[row][k] = exact_exp(c->at[i].logit - top) / total;
    e->left[row] = c->n;
}

static void take_moments(Explanation *e, const Candidates *c) {
    double sum = 0, squares = 0, top = -INFINITY;
    for (int i = 0; i < c->n; i++) {
        sum += c->at[i].logit;
        if (c->at[i].logit > top) top = c->at[i].logit;
    }
    e->mean = sum / c->n;
    for (int i = 0; i < c->n; i++) squares += (c->at[i].logit - e->mean) * (c->at[i].logit - e->mean);
    e->deviation = sqrt(squares / c->n);
    e->largest = e->deviation > 0 ? (top - e->mean) / e->deviation : 0;
}

static void take_stage(void *context, int number, const Candidates *c) {
    Explanation *e = context;
    if (number < 0) {
        choose_shown(e, c);
        take_moments(e, c);
        e->kstar = (KStar){0};
        if (e->noise.vocab_size && c->n >= KSTAR_VOCABULARY_MIN) e->kstar = noise_kstar(&e->noise, c);
    }
    take_probabilities(e, number + 1, c);
}

/* ---- showing it ---- */

static void print_step(Explanation *e, const SampleStep *step, const char *drawn) {
    printf(
        "position %d: %s (p %.4f)   logits: sigma %.3f, largest %.2f sigma above the mean, entropy %.3f bits",
        step->position, drawn, step->p, e->deviation, e->largest, bits_of_nats(e->entropy));
    if (e->kstar.sigma > 0)
        printf(", k* %d (bulk: sigma %.3f, largest %.2f)", e->kstar.k, e->kstar.sigma, e->kstar.largest);
    putchar('\n');
    printf("  %-16s %9s", "token", "model");
    for (int k = 0; k < e->chain->n; k++) printf(" %11.11s", stage_name(e->chain->stage[k].kind));
    putchar('\n');
    for (int i = 0; i < e->n_shown; i++) {
        char *token = show_tokens(e->vocab, &e->shown[i], 1);
        e->failed |= !token;
        printf("%c %-16.16s %9.4f", e->shown[i] == step->token ? '>' : ' ',
               e->shown[i] == e->vocab->eos ? "(end)"
               : token                      ? token
                                            : "",
               e->p[0][i]);
        for (int k = 0; k < e->chain->n; k++)
            if (e->p[k + 1][i] > 0) printf(" %11.4f", e->p[k + 1][i]);
            else printf(" %11s", "-");
        putchar('\n');
        free(token);
    }
    printf("  %-16s %9d", "candidates", e->left[0]);
    for (int k = 0; k < e->chain->n; k++) printf(" %11d", e->left[k + 1]);
    printf("\n");
}

static json_t *row_json(const Explanation *e, int row) {
    json_t *object = json_object(), *p = json_array();
    const char *stage = row ? stage_name(e->chain->stage[row - 1].kind) : "model";
    for (int i = 0; i < e->n_shown; i++) json_array_append_new(p, json_number(e->p[row][i]));
    json_object_set_new(object, "stage", json_string(stage));
    json_object_set_new(object, "candidates", json_integer(e->left[row]));
    json_object_set_new(object, "probs", p);
    return object;
}

static void add_step(Explanation *e, const SampleStep *step, const char *drawn) {
    json_t *one = json_object(), *tokens = json_array(), *rows = json_array();
    for (int i = 0; i < e->n_shown; i++) json_array_append_new(tokens, json_integer(e->shown[i]));
    for (int row = 0; row <= e->chain->n; row++) json_array_append_new(rows, row_json(e, row));
    json_object_set_new(one, "position", json_integer(step->position));
    json_object_set_new(one, "token", json_integer(step->token));
    json_object_set_new(one, "text", json_string(drawn));
    json_object_set_new(one, "sigma", json_number(e->deviation));
    json_object_set_new(one, "largest_in_sigma", json_number(e->largest));
    json_object_set_new(one, "entropy_nats", json_number(e->entropy));
    if (e->kstar.sigma > 0) {
        json_object_set_new(one, "kstar", json_integer(e->kstar.k));
        json_object_set_new(one, "bulk_mean", json_number(e->kstar.mu));
        json_object_set_new(one, "bulk_sigma", json_number(e->kstar.sigma));
        json_object_set_new(one, "largest_in_bulk_sigma", json_number(e->kstar.largest));
    }
    json_object_set_new(one, "tokens", tokens);
    json_object_set_new(one, "stages", rows);
    e->failed |= json_array_append_new(e->steps, one) != 0;
}

static bool take_step(void *context, const SampleStep *step) {
    Explanation *e = context;
    char *drawn = step->token == e->vocab->eos ? strdup("(end)") : show_tokens(e->vocab, &step->token, 1);
    e->failed |= !drawn;
    if (drawn && e->steps) add_step(e, step, drawn);
    else if (drawn) print_step(e, step, drawn);
    free(drawn);
    return false;
}

/* ---- */

Status explanation_create(Explanation **out, const Vocab *vocab, int vocab_size, const Chain *chain,
                          bool json, Err *err) {
    Explanation *e = *out = calloc(1, sizeof *e);
    if (!e) return err_set(err, ERR_NOMEM, "out of memory for an explanation");
    Status status = OK;
    e->vocab = vocab;
    e->chain = chain;
    e->observer = (SampleObserver){take_step, take_stage, e};
    if (json && !(e->steps = json_array()))
        TRY_GOTO(err_set(err, ERR_NOMEM, "out of memory for an explanation"));
    if (vocab_size >= KSTAR_VOCABULARY_MIN) TRY_GOTO(noise_create(&e->noise, vocab_size, err));
done:
    if (status != OK) {
        explanation_free(e);
        *out = NULL;
    }
    return status;
}

void explanation_free(Explanation *e) {
    if (!e) return;
    json_decref(e->steps);
    if (e->noise.vocab_size) noise_free(&e->noise);
    free(e);
}

const SampleObserver *explanation_observer(Explanation *e) { return &e->observer; }

Status explanation_end(const Explanation *e, Err *err) {
    return e->failed ? err_set(err, ERR_NOMEM, "out of memory for an explanation") : OK;
}

json_t *explanation_json(Explanation *e) { return e->steps; }
