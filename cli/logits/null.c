/* rote logits --null: what independent normal logits would give, with the formulas in use beside it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/logits/logits.h"
#include "eval/logits/null.h"
#include "eval/logits/null_kept.h"

enum { KS_MAX = 100, CHAINS_MAX = 48 };

typedef struct Row {
    int k;
    OrderStatistic z, mass;
    double low, high; /* 5 % and 95 % of z_(k) */
} Row;

typedef struct Null {
    int V, n_k, n_chains, draws;
    double s;
    uint64_t seed;
    Row row[KS_MAX];
    NullLaw law;
    Chain chain[CHAINS_MAX];
    NullKept kept[CHAINS_MAX];
} Null;

/* ---- V=2048 s=1.5 k=1,10,100 draws=64 ---- */

static Status take_number(const char *word, double min, double max, bool whole, double *out, Err *err) {
    const char *text = strchr(word, '=') + 1;
    char *end;
    *out = strtod(text, &end);
    if (end != text && !*end && *out >= min && *out <= max && (!whole || *out == floor(*out))) return OK;
    return err_set(err, ERR_INPUT, "logits --null: %s is not a %snumber from %.10g to %.10g", word,
                   whole ? "whole " : "", min, max);
}

static Status take_ks(Null *n, const char *word, Err *err) {
    n->n_k = 0;
    for (const char *at = word + 2; at;) {
        int k;
        if (!list_int(&at, &k) || k < 1 || k > NULL_KEPT_VOCABULARY_MAX)
            return err_set(err, ERR_INPUT,
                           "logits --null: %s: a list of numbers of tokens from 1, such as k=1,10,100", word);
        if (n->n_k == KS_MAX)
            return err_set(err, ERR_INPUT, "logits --null: k= has more than %d numbers", KS_MAX);
        n->row[n->n_k++].k = k;
    }
    return OK;
}

static Status take_words(Null *n, const Args *args, Err *err) {
    double x;
    n->s = NAN;
    for (int i = 0; i < args->n_words; i++) {
        const char *word = args->words[i];
        if (!strncmp(word, "V=", 2)) {
            TRY(take_number(word, 2, NULL_KEPT_VOCABULARY_MAX, true, &x, err));
            n->V = (int)x;
        } else if (!strncmp(word, "s=", 2)) {
            TRY(take_number(word, 0.01, NULL_S_MAX, false, &n->s, err));
        } else if (!strncmp(word, "draws=", 6)) {
            TRY(take_number(word, NULL_KEPT_DRAWS_MIN, NULL_KEPT_DRAWS_MAX, true, &x, err));
            n->draws = (int)x;
        } else if (!strncmp(word, "k=", 2)) {
            TRY(take_ks(n, word, err));
        } else {
            return err_set(err, ERR_INPUT,
                           "logits --null: '%s' is none of V=N, s=S, k=K,.. and draws=N (a run is not read)",
                           word);
        }
    }
    if (!n->V || isnan(n->s))
        return err_set(
            err, ERR_INPUT,
            "logits --null needs V=N, the number of tokens, and s=S, the standard deviation of the "
            "logits over the temperature, such as V=2048 s=1.5");
    if (!n->n_k)
        for (int k = 1; k <= 100 && k <= n->V; k *= 10) n->row[n->n_k++].k = k;
    for (int i = 0; i < n->n_k; i++)
        if (n->row[i].k > n->V)
            return err_set(err, ERR_INPUT, "logits --null: k=%d is more than the V=%d tokens", n->row[i].k,
                           n->V);
    if (!n->draws) n->draws = null_kept_draws(n->V);
    return OK;
}

static Status take_chains(Null *n, const Args *args, Err *err) {
    static const char *const usual[] = {"top_k=40",      "top_p=0.9",       "top_p=0.95",   "min_p=0.05",
                                        "min_p=0.1",     "typical_p=0.9",   "epsilon=3e-4", "eta=3e-4",
                                        "top_n_sigma=1", "top_n_sigma=1.5", "p_less=1"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        TRY(chain_parse(&n->chain[n->n_chains++], usual[i], err));
    for (const char *text = args_value(args, "chain"), *end; text; text = *end ? end + 1 : NULL) {
        char one[CHAIN_TEXT_MAX];
        end = text + strcspn(text, "\n");
        if (n->n_chains == CHAINS_MAX || (size_t)(end - text) >= sizeof one)
            return err_set(err, ERR_INPUT, "logits --null: --chain is too long, or given too often");
        snprintf(one, sizeof one, "%.*s", (int)(end - text), text);
        Status status = chain_parse(&n->chain[n->n_chains++], one, err);
        if (status == ERR_INPUT) err_prefix(err, "logits --null: --");
        TRY(status);
    }
    return OK;
}

/* ---- text ---- */

static void print_laws(const Null *n) {
    const NullLaw *law = &n->law;
    printf("%s independent normal logits of standard deviation s = %g\n\n", show_int(n->V), n->s);
    printf("entropy              %10.4f nats   formula ln V - s^2/2 %10.4f   error %+.4f\n", law->entropy,
           null_entropy_formula(n->V, n->s), null_entropy_formula(n->V, n->s) - law->entropy);
    double agree = exp(n->s * n->s) / n->V;
    printf("sum of p^2           %10.6f        formula e^(s^2)/V    %10.6g   error %+.6g\n", law->sum_p2,
           agree, agree - law->sum_p2);
    printf("freezes at s_c       %10.4f        = sqrt(2 ln V): beyond it few tokens hold the mass; s / s_c = "
           "%.3f\n",
           null_freezing(n->V), n->s / null_freezing(n->V));
}

static void print_rows(const Null *n) {
    printf("\n%9s %9s %8s %17s %9s %9s   %10s %9s %10s %10s\n", "k", "E z_(k)", "sd", "5 .. 95 %", "Blom",
           "error", "top-k mass", "sd", "formula", "error");
    for (int i = 0; i < n->n_k; i++) {
        const Row *r = &n->row[i];
        double blom = order_blom(n->V, r->k), formula = null_mass_formula(n->V, n->s, r->k);
        printf("%9s %9.5f %8.5f %8.4f %8.4f %9.5f %+9.5f   %10.6f %9.6f %10.6f %+10.6f\n", show_int(r->k),
               r->z.mean, r->z.deviation, r->low, r->high, blom, blom - r->z.mean, r->mass.mean,
               r->mass.deviation, formula, formula - r->mass.mean);
    }
    printf("formula of the mass: Phi(s - Phi^-1(1 - k/V)), the limit of V -> infinity\n");
}

static void print_kept(const Null *n) {
    printf("\n%-24s %12s %10s %10s %12s %12s %12s\n", "tokens kept by", "exact", "simulated", "+-", "sd",
           "formula", "error");
    for (int i = 0; i < n->n_chains; i++) {
        char text[CHAIN_TEXT_MAX], exact[32] = "-", formula[32] = "-", error[32] = "-";
        const NullKept *kept = &n->kept[i];
        double known = null_kept_exact(&n->chain[i], n->V, n->s),
               limit = null_kept_formula(&n->chain[i], n->V, n->s);
        if (!isnan(known)) snprintf(exact, sizeof exact, "%.4f", known);
        if (!isnan(limit)) snprintf(formula, sizeof formula, "%.2f", limit);
        if (!isnan(limit))
            snprintf(error, sizeof error, "%+.2f", limit - (isnan(known) ? kept->mean : known));
        printf("%-24s %12s %10.2f %10.2f %12.2f %12s %12s\n", chain_text(&n->chain[i], text), exact,
               kept->mean, kept->error, kept->deviation, formula, error);
    }
    printf("simulated: %s draws with seed %llu, +- the standard error; exact for top_n_sigma: with the true "
           "deviation, not the draw's\n",
           show_int(n->draws), (unsigned long long)n->seed);
}

/* ---- JSON ---- */

static json_t *row_json(const Null *n, const Row *r) {
    json_t *o = json_object();
    double blom = order_blom(n->V, r->k), formula = null_mass_formula(n->V, n->s, r->k);
    json_object_set_new(o, "k", json_integer(r->k));
    json_object_set_new(o, "z", json_number(r->z.mean));
    json_object_set_new(o, "z_sd", json_number(r->z.deviation));
    json_object_set_new(o, "z_q05", json_number(r->low));
    json_object_set_new(o, "z_q95", json_number(r->high));
    json_object_set_new(o, "z_blom", json_number(blom));
    json_object_set_new(o, "z_blom_error", json_number(blom - r->z.mean));
    json_object_set_new(o, "mass", json_number(r->mass.mean));
    json_object_set_new(o, "mass_sd", json_number(r->mass.deviation));
    json_object_set_new(o, "mass_formula", json_number(formula));
    json_object_set_new(o, "mass_formula_error", json_number(formula - r->mass.mean));
    return o;
}

static json_t *kept_json(const Null *n, int i) {
    json_t *o = json_object();
    char text[CHAIN_TEXT_MAX];
    json_object_set_new(o, "chain", json_string(chain_text(&n->chain[i], text)));
    json_object_set_new(o, "exact", json_number(null_kept_exact(&n->chain[i], n->V, n->s)));
    json_object_set_new(o, "simulated", json_number(n->kept[i].mean));
    json_object_set_new(o, "standard_error", json_number(n->kept[i].error));
    json_object_set_new(o, "sd", json_number(n->kept[i].deviation));
    json_object_set_new(o, "formula", json_number(null_kept_formula(&n->chain[i], n->V, n->s)));
    return o;
}

static json_t *null_json(const Null *n) {
    json_t *o = json_object(), *top = json_array(), *kept = json_array();
    json_object_set_new(o, "V", json_integer(n->V));
    json_object_set_new(o, "s", json_number(n->s));
    json_object_set_new(o, "entropy_nats", json_number(n->law.entropy));
    json_object_set_new(o, "entropy_formula_nats", json_number(null_entropy_formula(n->V, n->s)));
    json_object_set_new(o, "sum_p2", json_number(n->law.sum_p2));
    json_object_set_new(o, "sum_p2_formula", json_number(exp(n->s * n->s) / n->V));
    json_object_set_new(o, "freezing_s", json_number(null_freezing(n->V)));
    for (int i = 0; i < n->n_k; i++) json_array_append_new(top, row_json(n, &n->row[i]));
    json_object_set_new(o, "top", top);
    json_object_set_new(o, "draws", json_integer(n->draws));
    json_object_set_new(o, "seed", json_seed(n->seed));
    for (int i = 0; i < n->n_chains; i++) json_array_append_new(kept, kept_json(n, i));
    json_object_set_new(o, "kept", kept);
    return o;
}

Status logits_null(const Args *args, Err *err) {
    Null *n = calloc(1, sizeof *n);
    int threads = 0;
    Status status = OK;
    if (!n) return err_set(err, ERR_NOMEM, "out of memory for the chains");
    n->seed = 1;
    TRY_GOTO(args_threads(args, &threads, err));
    TRY_GOTO(args_uint64(args, "seed", &n->seed, err));
    TRY_GOTO(take_words(n, args, err));
    TRY_GOTO(take_chains(n, args, err));
    TRY_GOTO(null_law(&n->law, n->V, n->s, 1, err));
    for (int i = 0; i < n->n_k; i++) {
        Row *r = &n->row[i];
        r->z = order_statistic(n->V, r->k);
        r->low = order_quantile(n->V, r->k, 0.05);
        r->high = order_quantile(n->V, r->k, 0.95);
        TRY_GOTO(null_mass(&r->mass, n->V, n->s, r->k, err));
    }
    status = null_kept(n->kept, n->chain, n->n_chains, n->V, n->s, n->draws, n->seed, threads, err);
    if (status == ERR_INPUT) err_prefix(err, "logits --null: ");
    TRY_GOTO(status);
    if (args_has(args, "json")) {
        status = json_out(null_json(n), err);
    } else {
        print_laws(n);
        print_rows(n);
        print_kept(n);
    }
done:
    null_law_free(&n->law);
    free(n);
    return status;
}
