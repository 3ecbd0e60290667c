/* The stages of a sampling chain: against cases with known results, against definitions, and in frequencies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/random.h"
#include "eval/logits/null.h"
#include "eval/sampling/chain.h"

static const uint64_t SEED = 20261128;
enum { VOCABULARY_MAX = 64, HISTORY_MAX = 64 };

static Stream test_stream(uint32_t sub) { return random_stream(SEED, RANDOM_TEST, sub); }

static Chain parsed(const char *text) {
    Chain chain;
    Err err = {0};
    if (chain_parse(&chain, text, &err) != OK) fail_msg("%s: %s", text, err.msg);
    return chain;
}

static Candidates filled(const real *logits, int V) {
    Candidates c;
    Err err;
    assert_int_equal(candidates_create(&c, V, &err), OK);
    assert_int_equal(candidates_fill(&c, logits, &err), OK);
    return c;
}

static void apply(const Chain *chain, const ChainState *state, Candidates *c, ChainInput input) {
    Err err;
    assert_int_equal(chain_apply(chain, state, c, &input, NULL, NULL, &err), OK);
}

/* ---- cases with known results ---- */

static double number_of(const json_t *number) {
    return json_is_string(number) ? -INFINITY : json_number_value(number);
}

static double logit_of(const Candidates *c, int32_t id) {
    for (int i = 0; i < c->n; i++)
        if (c->at[i].id == id) return c->at[i].logit;
    return -INFINITY;
}

/* Where equal logits leave a choice, only the count is known. */
static void compare_case(const json_t *one, const Candidates *c) {
    const char *id = json_string_value(json_object_get(one, "id"));
    const json_t *kept = json_object_get(one, "kept"), *logits = json_object_get(one, "logits_out");
    if (c->n != (int)json_array_size(kept)) fail_msg("%s: %d kept, not %zu", id, c->n, json_array_size(kept));
    if (json_object_get(one, "ties")) return;
    for (size_t i = 0; i < json_array_size(kept); i++)
        if (logit_of(c, (int32_t)json_integer_value(json_array_get(kept, i))) == -INFINITY)
            fail_msg("%s: token %lld is cut", id, json_integer_value(json_array_get(kept, i)));
    for (size_t v = 0; v < json_array_size(logits); v++) {
        double expected = number_of(json_array_get(logits, v)), got = logit_of(c, (int32_t)v);
        if (expected == got || fabs(expected - got) < 1e-6 * (1 + fabs(expected))) continue;
        fail_msg("%s: logit %zu is %.9f, not %.9f", id, v, got, expected);
    }
}

static void compare_follow(const json_t *one, const Chain *chain, Candidates *c, ChainState *state) {
    const json_t *next = json_object_get(one, "mu_next");
    if (!next) return;
    chain_draw(c, 0.5);
    chain_follow(chain, state, c, (int32_t)json_integer_value(json_object_get(one, "drawn")));
    if (fabs(state->mu[0] - json_number_value(next)) > 1e-6)
        fail_msg("%s: mu is %.9f, not %.9f", json_string_value(json_object_get(one, "id")), state->mu[0],
                 json_number_value(next));
}

static void run_case(const json_t *one) {
    const json_t *list = json_object_get(one, "logits"), *said = json_object_get(one, "history");
    int V = (int)json_array_size(list), n_history = (int)json_array_size(said);
    real logits[VOCABULARY_MAX];
    int32_t history[HISTORY_MAX];
    double uniform[CHAIN_STAGES_MAX] = {json_number_value(json_object_get(one, "u"))};
    for (int v = 0; v < V; v++) logits[v] = (real)number_of(json_array_get(list, (size_t)v));
    for (int i = 0; i < n_history; i++)
        history[i] = (int32_t)json_integer_value(json_array_get(said, (size_t)i));
    Chain chain = parsed(json_string_value(json_object_get(one, "chain")));
    assert_int_equal(chain.n, 1);
    Candidates c = filled(logits, V);
    ChainState state;
    chain_begin(&chain, &state);
    if (json_object_get(one, "mu")) state.mu[0] = json_number_value(json_object_get(one, "mu"));
    ChainInput input = {.history = history, .n_history = n_history, .uniform = uniform};
    apply(&chain, &state, &c, input);
    compare_case(one, &c);
    compare_follow(one, &chain, &c, &state);
    candidates_free(&c);
}

/* Values of a reference in double (see docs/evidence.md); where programs differ, llama.cpp's. */
static void known_cases(void **state) {
    (void)state;
    json_t *cases = json_load_file("tests/golden/sampler_cases.json", 0, NULL);
    assert_int_equal(json_array_size(cases), 143);
    for (size_t i = 0; i < json_array_size(cases); i++) run_case(json_array_get(cases, i));
    json_decref(cases);
}

/* ---- ranking ---- */

/* Logits in steps, so that ties are common. */
static void step_logits(real *logits, int V, uint32_t sub, double steps) {
    for (int v = 0; v < V; v++)
        logits[v] = (real)(floor(steps * random_normal(test_stream(sub), (uint64_t)v)) / steps);
}

static void partial_ranks_are_those_of_a_sort(void **state) {
    (void)state;
    real logits[VOCABULARY_MAX];
    for (uint32_t trial = 0; trial < 2000; trial++) {
        int V = 1 + (int)random_below(test_stream(100), trial, VOCABULARY_MAX);
        step_logits(logits, V, 200 + trial, trial % 2 ? 2 : 1000);
        Candidates c = filled(logits, V), whole = filled(logits, V);
        candidates_rank(&whole, V);
        for (uint64_t i = 0; i < 3; i++)
            candidates_rank(&c, (int)random_below(test_stream(101), 3 * trial + i, 70));
        for (int i = 0; i < c.ranked; i++)
            if (c.at[i].id != whole.at[i].id)
                fail_msg("seed %llu, trial %u: rank %d", (unsigned long long)SEED, trial, i);
        for (int i = 0; i + 1 < V; i++) {
            const Candidate *a = &whole.at[i];
            assert_true(a->logit > a[1].logit || (a->logit == a[1].logit && a->id < a[1].id));
        }
        candidates_free(&c);
        candidates_free(&whole);
    }
}

/* ---- chains as text ---- */

static void texts(void **state) {
    (void)state;
    static const char *const SAME[][2] = {
        {"", ""},
        {"top_k=40;min_p=.05;temperature=.8", "top_k=40;min_p=0.05;temperature=0.8"},
        {" top-k = 40 ; temp=.8;", "top_k=40;temperature=0.8"},
        {"xtc=.5;xtc_threshold=.2", "xtc_probability=0.5;xtc_threshold=0.2"},
        {"temp=.5;top_k=3;temp=2", "temperature=0.5;top_k=3;temperature=2"},
        {"mirostat_tau=3;mirostat=2", "mirostat=2;mirostat_tau=3"},
        {"dry=.8;dry_breakers=3,5", "dry_multiplier=0.8;dry_breakers=3,5"},
        {"k-star=.9;penalty_alpha=.6;contrastive_k=5", "kstar=0.9;contrastive_alpha=0.6;contrastive_k=5"},
        {"logit_bias=3:-inf,5:2.5;top_k", "logit_bias=3:-inf,5:2.5;top_k"},
        {"llama.cpp",
         "penalties;dry;top_n_sigma;top_k=40;typical_p;top_p=0.95;min_p=0.05;xtc;temperature=0.8"},
    };
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        char text[CHAIN_TEXT_MAX], again[CHAIN_TEXT_MAX];
        Chain chain = parsed(SAME[i][0]);
        assert_string_equal(chain_text(&chain, text), SAME[i][1]);
        chain = parsed(text);
        assert_string_equal(chain_text(&chain, again), text);
    }
}

static void refusals(void **state) {
    (void)state;
    static const char *const BAD[][2] = {
        {"tempratur=1", "chain: unknown stage 'tempratur'; nearest: temperature"},
        {"top_k=few", "chain: top_k is 'few', which is not a number"},
        {"top_k=1.5", "chain: top_k is 1.5, allowed: a whole number from 0 to 1000000000"},
        {"top_k=-1", "chain: top_k is -1, allowed: a whole number from 0 to 1000000000"},
        {"top_p=1.5", "chain: top_p is 1.5, allowed: 0 to 1"},
        {"temperature=-1", "chain: temperature is -1, allowed: 0 to 1000000"},
        {"temperature=nan", "chain: temperature is nan, allowed: 0 to 1000000"},
        {"logit_bias=a", "chain: logit_bias is 'a', which is not a list such as 17:-2.5,4:-inf"},
        {"logit_bias=3:inf", "chain: logit_bias is '3:inf', which is not a list such as 17:-2.5,4:-inf"},
        {"=3", "chain: unknown stage ''"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        Chain chain;
        Err err = {0};
        assert_int_equal(chain_parse(&chain, BAD[i][0], &err), ERR_INPUT);
        assert_string_equal(err.msg, BAD[i][1]);
    }
    Chain chain = parsed("logit_bias=17:1");
    Err err = {0};
    assert_int_equal(chain_check_tokens(&chain, 17, &err), ERR_INPUT);
    assert_int_equal(chain_check_tokens(&chain, 18, &err), OK);
    real nan_logits[] = {0, (real)NAN}, no_logits[] = {(real)-INFINITY, (real)-INFINITY};
    Candidates c;
    assert_int_equal(candidates_create(&c, 2, &err), OK);
    assert_int_equal(candidates_fill(&c, nan_logits, &err), ERR_NUMERIC);
    assert_int_equal(candidates_fill(&c, no_logits, &err), ERR_NUMERIC);
    real one_left[] = {(real)-INFINITY, 1};
    ChainState s;
    chain = parsed("logit_bias=1:-inf;top_k=1");
    chain_begin(&chain, &s);
    assert_int_equal(candidates_fill(&c, one_left, &err), OK);
    assert_int_equal(chain_apply(&chain, &s, &c, &(ChainInput){.history = NULL}, NULL, NULL, &err),
                     ERR_INPUT);
    assert_string_equal(err.msg, "chain: logit_bias leaves no token");
    candidates_free(&c);
}

/* ---- frequencies ---- */

enum { FEW = 16, DRAWS = 1000000 };

/* Chi-square of DRAWS frequencies against p, and no token that was cut. The bound is the 1 - 10^-6 quantile by Wilson
 * and Hilferty's normal form. */
static void compare_frequencies(const char *chain, const int count[FEW], const double p[FEW]) {
    double chi2 = 0;
    int cells = 0;
    for (int v = 0; v < FEW; v++) {
        double expected = p[v] * DRAWS;
        if (expected == 0) assert_int_equal(count[v], 0);
        if (expected > 0) chi2 += (count[v] - expected) * (count[v] - expected) / expected, cells++;
    }
    double df = cells > 1 ? cells - 1 : 1, a = 2 / (9 * df), bound = df * pow(1 - a + 4.75 * sqrt(a), 3);
    if (chi2 > bound) fail_msg("%s: chi-square %.1f, %.0f degrees of freedom", chain, chi2, df);
}

static void few_logits(real logits[FEW]) {
    for (int v = 0; v < FEW; v++) logits[v] = (real)(1.5 * random_normal(test_stream(7), (uint64_t)v));
}

/* Contrastive search draws nothing: it keeps one token (tests/test_sample.c). */
static void frequencies(void **state) {
    (void)state;
    static const char *const CHAINS[] = {"",
                                         "logit_bias=3:1.5,5:-inf",
                                         "top_k=5",
                                         "top_p=.7",
                                         "min_p=.1",
                                         "typical_p=.6",
                                         "epsilon=.05",
                                         "eta=.1",
                                         "p_less=1",
                                         "tail_free=.8",
                                         "top_n_sigma=1.2",
                                         "kstar=.8",
                                         "temp=.5",
                                         "smoothing=.4",
                                         "mirostat=2;mirostat_tau=1.5",
                                         "mirostat=1;mirostat_tau=2",
                                         "temp=1;dynatemp_range=.7",
                                         "repeat_penalty=1.5;presence_penalty=.3",
                                         "dry=.8",
                                         "llama.cpp"};
    real logits[FEW];
    static const int32_t history[] = {1, 2, 3, 1, 2};
    Noise noise;
    Err err;
    few_logits(logits);
    assert_int_equal(noise_create(&noise, FEW, &err), OK);
    for (size_t k = 0; k < sizeof CHAINS / sizeof *CHAINS; k++) {
        Chain chain = parsed(CHAINS[k]);
        ChainState s;
        chain_begin(&chain, &s);
        Candidates c = filled(logits, FEW);
        apply(&chain, &s, &c, (ChainInput){.history = history, .n_history = 5, .noise = &noise});
        int count[FEW] = {0};
        for (uint64_t i = 0; i < DRAWS; i++) count[chain_draw(&c, random_unit(test_stream(8), i))]++;
        compare_frequencies(CHAINS[k], count, c.p);
        candidates_free(&c);
    }
    noise_free(&noise);
}

/* Whether xtc cuts is drawn, too: two of the three tokens of p >= .1 are cut in .3 of the draws. */
static void xtc_frequencies(void **state) {
    (void)state;
    static const char text[] = "xtc=.3;xtc_threshold=.1";
    real logits[FEW];
    double p[FEW], total = 0, cut = 0, least = 1;
    int count[FEW] = {0}, above = 0;
    few_logits(logits);
    for (int v = 0; v < FEW; v++) total += exp((double)logits[v]);
    for (int v = 0; v < FEW; v++) {
        p[v] = exp((double)logits[v]) / total;
        if (p[v] >= 0.1) above++, cut += p[v], least = p[v] < least ? p[v] : least;
    }
    assert_in_range(above, 2, FEW);
    for (int v = 0; v < FEW; v++) {
        double after = p[v] > least ? 0 : p[v] / (1 - cut + least);
        p[v] = 0.7 * p[v] + 0.3 * after;
    }
    Chain chain = parsed(text);
    ChainState s;
    chain_begin(&chain, &s);
    Candidates c = filled(logits, FEW);
    for (uint64_t i = 0; i < DRAWS; i++) {
        Err err;
        double u = random_unit(test_stream(11), i);
        assert_int_equal(candidates_fill(&c, logits, &err), OK);
        apply(&chain, &s, &c, (ChainInput){.uniform = &u});
        count[chain_draw(&c, random_unit(test_stream(12), i))]++;
    }
    candidates_free(&c);
    compare_frequencies(text, count, p);
}

/* ---- laws ---- */

static int kept_set(const char *text, const real *logits, int V, bool *kept) {
    Chain chain = parsed(text);
    ChainState s;
    chain_begin(&chain, &s);
    Candidates c = filled(logits, V);
    Noise noise = {0};
    Err err;
    if (chain_needs_noise(&chain)) assert_int_equal(noise_create(&noise, V, &err), OK);
    apply(&chain, &s, &c, (ChainInput){.noise = &noise});
    noise_free(&noise);
    for (int v = 0; v < V; v++) kept[v] = logit_of(&c, v) > -INFINITY;
    int n = c.n;
    candidates_free(&c);
    return n;
}

/* top-n-sigma keeps the same tokens before and after any temperature; min-p before a temperature keeps those that
 * min_p^(1/T) keeps after it. */
static void temperature_invariance(void **state) {
    (void)state;
    enum { V = 50 };
    real logits[V];
    bool before[V], after[V];
    for (uint32_t trial = 0; trial < 200; trial++) {
        step_logits(logits, V, 5000 + trial, 1000);
        double T = 0.2 + 3 * random_unit(test_stream(9), trial);
        char text[64];
        snprintf(text, sizeof text, "temperature=%.4f;top_n_sigma=1", T);
        kept_set("top_n_sigma=1", logits, V, before);
        kept_set(text, logits, V, after);
        assert_memory_equal(before, after, sizeof before);
    }
}

/* ---- k* ---- */

/* Five logits far out of noise: k* of them are kept (some noise may be among them), at any temperature. */
static void kstar_keeps_what_stands_out(void **state) {
    (void)state;
    enum { V = 64, PLANTED = 5 };
    real logits[V];
    bool kept[V], warm[V];
    for (uint32_t trial = 0; trial < 40; trial++) {
        step_logits(logits, V, 20000 + trial, 1000);
        for (int i = 0; i < PLANTED; i++) logits[7 * i + 3] = (real)(8 + 0.5 * i);
        Candidates c = filled(logits, V);
        Noise noise;
        Err err;
        assert_int_equal(noise_create(&noise, V, &err), OK);
        KStar found = noise_kstar(&noise, &c);
        noise_free(&noise);
        candidates_free(&c);
        assert_in_range(found.k, PLANTED, PLANTED + 4);
        assert_int_equal(kept_set("kstar=.9", logits, V, kept), found.k);
        for (int i = 0; i < PLANTED; i++) assert_true(kept[7 * i + 3]);
        assert_int_equal(kept_set("temperature=.37;kstar=.9", logits, V, warm), found.k);
        assert_memory_equal(kept, warm, sizeof kept);
    }
}

/* Where nothing stands out: the smallest k whose expected mass in the exact null is the asked one. Between the nodes of
 * s, k is interpolated. */
static void kstar_keeps_the_nulls_count(void **state) {
    (void)state;
    static const struct {
        int V;
        double s, mass;
    } CASES[] = {{64, 1, .9},      {64, 1.13, .5}, {64, 2.4, .95}, {300, .1, .9},  {300, 1.6, .8},
                 {2048, 3.37, .9}, {50, 0, .5},    {40, 1, 1},     {5000, 2.1, .7}};
    Err err;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int V = CASES[i].V, k = 1;
        Noise noise;
        NullLaw law;
        assert_int_equal(noise_create(&noise, V, &err), OK);
        assert_int_equal(null_law(&law, V, CASES[i].s, V, &err), OK);
        while (k < V && law.mass[k - 1] < CASES[i].mass) k++;
        int count = noise_count(&noise, V, CASES[i].s, CASES[i].mass);
        if (abs(count - k) > (k > 50 ? k / 50 : 1))
            fail_msg("V %d, s %g, mass %g: %d kept, not %d", V, CASES[i].s, CASES[i].mass, count, k);
        null_law_free(&law);
        noise_free(&noise);
    }
}

/* No scale, or too few candidates: nothing is cut. */
static void kstar_without_a_scale(void **state) {
    (void)state;
    enum { V = 32 };
    real logits[V];
    bool kept[V];
    for (int v = 0; v < V; v++) logits[v] = (real)(v % 4 ? 0 : v);
    assert_int_equal(kept_set("kstar=.5", logits, V, kept), V);
    step_logits(logits, V, 30, 1000);
    assert_int_equal(kept_set("kstar=0", logits, V, kept), V);
    assert_int_equal(kept_set("top_k=15;kstar=.1", logits, V, kept), 15);
    Noise noise;
    Err err;
    assert_int_equal(noise_create(&noise, 15, &err), ERR_INPUT);
    assert_string_equal(err.msg, "chain: kstar needs a vocabulary of 16 tokens or more, this has 15");
}

/* ---- */

/* logits of a row, each stage alone: everything that survives is a candidate of the model, at least one survives. */
static void chains_leave_a_token(void **state) {
    (void)state;
    enum { V = 40 };
    real logits[V];
    bool kept[V];
    for (uint32_t trial = 0; trial < 300; trial++) {
        step_logits(logits, V, 9000 + trial, trial % 3 ? 1 : 100);
        for (int v = 0; v < V; v++)
            if (random_unit(test_stream(10), trial * V + (uint64_t)v) < 0.3 && v) logits[v] = (real)-INFINITY;
        int n = kept_set(
            "penalties;top_n_sigma=.1;top_k=3;tail_free=.1;typical_p=.01;top_p=0;min_p=1;epsilon=1;eta=1;"
            "p_less=1;xtc=1;xtc_threshold=.01;smoothing=5;temperature=0;mirostat=2;mirostat_tau=.01",
            logits, V, kept);
        assert_int_equal(n, 1);
        for (int v = 0; v < V; v++) assert_true(!kept[v] || logits[v] > -INFINITY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_cases),
        cmocka_unit_test(partial_ranks_are_those_of_a_sort),
        cmocka_unit_test(texts),
        cmocka_unit_test(refusals),
        cmocka_unit_test(frequencies),
        cmocka_unit_test(xtc_frequencies),
        cmocka_unit_test(temperature_invariance),
        cmocka_unit_test(kstar_keeps_what_stands_out),
        cmocka_unit_test(kstar_keeps_the_nulls_count),
        cmocka_unit_test(kstar_without_a_scale),
        cmocka_unit_test(chains_leave_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
