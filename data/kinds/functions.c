/* Rules: a table of distinct inputs x = (x_1 .. x_m) over Z_V and outputs y = f(x), where f is drawn uniformly from a
 * stated family, and k rows of the table, drawn uniformly, have another output, drawn uniformly. Its entropy is far
 * below the n log2 V bits of unrelated outputs. */
#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/entropy.h"
#include "data/kinds/distinct.h"
#include "data/kinds/kinds.h"
#include "data/kinds/lists.h"
#include "data/kinds/plan.h"

enum { INPUT = 1, OUTPUT };                                              /* fields */
enum { SUB_INPUT = 0, SUB_RULE = 2, SUB_EXCEPTION = 4, SUB_OUTPUT = 6 }; /* streams */
enum { INPUTS_MAX = 16, COEFFICIENTS_MAX = 1 + INPUTS_MAX + INPUTS_MAX * (INPUTS_MAX + 1) / 2 };

typedef struct Layout {
    int V, m, n_exceptions;
    RuleFamily family;
    int n_parameters; /* numbers below V that define a rule: V^n_parameters rules, all of them different functions */
    double space;      /* V^m inputs */
    double agreements; /* the maximum number of inputs on which two rules of the family agree */
} Layout;

static int smallest_factor(int V) {
    for (int q = 2; (int64_t)q * q <= V; q++)
        if (V % q == 0) return q;
    return V;
}

/* Two affine rules differ by an affine one, whose linear part takes every value of a subgroup equally often: it
 * vanishes on at most 1/q of the inputs, q the smallest prime factor of V. Over a field a polynomial of degree 2 that
 * is not 0 vanishes on at most 2/V of them (Schwartz 1980; Zippel 1979). Two lookup tables differ in at least one
 * entry, which 1/V of the inputs read. */
static Status layout_of(const FactsConfig *config, Layout *out, Err *err) {
    int V = config->vocab_size, m = config->inputs;
    Layout l = {.V = V, .m = m, .family = config->rule, .space = sequence_count(V, m)};
    if (l.space >= 0x1p53)
        return err_set(err, ERR_INPUT,
                       "facts.inputs: %d numbers below %d have 2^53 values or more; lower facts.inputs or "
                       "facts.vocab_size",
                       m, V);
    if (l.family == RULE_QUADRATIC && (V < 3 || smallest_factor(V) != V))
        return err_set(
            err, ERR_INPUT,
            "facts.vocab_size is %d and facts.rule is quadratic, which needs an odd prime, such as 31 or 97",
            V);
    switch (l.family) {
    case RULE_AFFINE:
        l.n_parameters = m + 1;
        l.agreements = l.space / smallest_factor(V);
        break;
    case RULE_QUADRATIC:
        l.n_parameters = 1 + m + m * (m + 1) / 2;
        l.agreements = 2 * l.space / V;
        break;
    case RULE_LOOKUP:
        l.n_parameters = V;
        l.agreements = l.space - l.space / V;
        break;
    case RULE_FAMILY_COUNT: break;
    }
    l.n_exceptions = (int)(config->exceptions * kind_total(config) + 0.5);
    *out = l;
    return OK;
}

/* If two rules could explain one table, its entropy would be below that of a rule and exceptions, so n must exclude
 * it. */
static Status check_rows(const Layout *l, int n, Err *err) {
    const char *family = config_choice("facts.rule", (int)l->family);
    if (n > l->space)
        return err_set(
            err, ERR_INPUT,
            "facts.n: %d rows, but there are only %.0f inputs (%d out of %d symbols); lower facts.n, or "
            "raise facts.inputs or facts.vocab_size",
            n, l->space, l->m, l->V);
    if (n > l->agreements + 2.0 * l->n_exceptions) return OK;
    if (l->space > l->agreements + 2.0 * l->n_exceptions)
        return err_set(
            err, ERR_INPUT,
            "facts.n: %d rows with %d exceptions, but two %s rules can agree on %.0f of the %.0f "
            "inputs, so two rules could explain one table and its entropy is unknown; raise facts.n "
            "above %.0f, or lower facts.vocab_size%s",
            n, l->n_exceptions, family, l->agreements, l->space, l->agreements + 2.0 * l->n_exceptions,
            l->family == RULE_AFFINE && smallest_factor(l->V) < l->V ? ", preferably to a prime" : "");
    return err_set(
        err, ERR_INPUT,
        "facts.exceptions: %d of %d rows are too many to distinguish two %s rules, which can agree on %.0f of "
        "the %.0f inputs; lower facts.exceptions",
        l->n_exceptions, n, family, l->agreements, l->space);
}

static Status rules_plan(const FactsConfig *config, FactSet *out, Err *err) {
    int n = config->n;
    Layout l;
    TRY(layout_of(config, &l, err));
    TRY(check_rows(&l, n, err));
    TRY(kind_sizes(out, n, l.m + 1, l.V, err));
    kind_fields(out, (const char *const[]){"input", "output", NULL});
    int all = kind_total(config), k = l.n_exceptions; /* exceptions among all rows, of which the set has n */
    double expected = (double)k * n / all;
    double inputs = distinct_bits(n, l.space), rule = l.n_parameters * exact_log2(l.V);
    double places = marks_bits(n, all, k), wrong = expected * exact_log2(l.V - 1);
    double outputs = rule + places + wrong;
    kind_bits(out, inputs + outputs, outputs);
    char exceptions[128];
    if (n == all) snprintf(exceptions, sizeof exceptions, "log2 C(%d,%d) + %d * log2(%d - 1)", n, k, k, l.V);
    else
        snprintf(exceptions, sizeof exceptions,
                 "places of %d among %d rows, where %d count, + %.6g * log2(%d - 1)", k, all, n, expected,
                 l.V);
    snprintf(out->derivation, sizeof out->derivation,
             "sum over i < %d of log2(%d^%d - i) = %.17g bits for the inputs, in the order drawn, + %d * "
             "log2(%d) = %.17g bits for one of the %s rules, + %s = %.17g bits for the exceptions; a table "
             "without a rule would hold %.17g bits of outputs instead of %.17g",
             n, l.V, l.m, inputs, l.n_parameters, l.V, rule, config_choice("facts.rule", (int)l.family),
             exceptions, places + wrong, n * exact_log2(l.V), outputs);
    return OK;
}

/* ---- the rule ---- */

static int rule_apply(const Layout *l, const int32_t *parameter, const int32_t *x) {
    int64_t V = l->V, sum = 0;
    if (l->family == RULE_LOOKUP) {
        for (int i = 0; i < l->m; i++) sum += x[i];
        return parameter[sum % V];
    }
    const int32_t *a = parameter;
    sum = *a++;
    for (int i = 0; i < l->m; i++) sum = (sum + (int64_t)*a++ * x[i]) % V;
    if (l->family == RULE_QUADRATIC)
        for (int i = 0; i < l->m; i++)
            for (int j = i; j < l->m; j++) sum = (sum + (int64_t)x[i] * x[j] % V * *a++) % V;
    return (int)(sum % V);
}

/* Row i of the exceptions is row place[i] of the table; its output is one of the V - 1 others. */
static void make_exceptions(FactSet *facts, const Layout *l, const uint64_t *place) {
    Stream wrong = random_stream(facts->seed, RANDOM_FACTS, SUB_OUTPUT);
    for (int i = 0; i < l->n_exceptions; i++) {
        int32_t *y = &facts->tokens[facts->start[place[i]] + l->m];
        *y = (int32_t)(((uint64_t)*y + 1 + random_below(wrong, (uint64_t)i, (uint64_t)l->V - 1)) %
                       (uint64_t)l->V);
    }
}

static Status rules_draw(FactSet *facts, Err *err) {
    int n = facts->n;
    Layout l;
    TRY(layout_of(&facts->config, &l, err));
    TRY(facts_allocate(facts, (int64_t)n * (l.m + 1), err));
    Status status = OK;
    uint64_t *input = malloc((size_t)n * sizeof *input),
             *place = malloc(((size_t)l.n_exceptions + 1) * sizeof *place);
    int32_t *parameter = malloc((size_t)l.n_parameters * sizeof *parameter);
    if (!input || !place || !parameter) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to draw %d rows", n));
    TRY_GOTO(draw_distinct(input, n, (uint64_t)l.space, facts->seed, SUB_INPUT, err));
    TRY_GOTO(draw_distinct(place, l.n_exceptions, (uint64_t)n, facts->seed, SUB_EXCEPTION, err));
    Stream rule = random_stream(facts->seed, RANDOM_FACTS, SUB_RULE);
    for (int i = 0; i < l.n_parameters; i++)
        parameter[i] = (int32_t)random_below(rule, (uint64_t)i, (uint64_t)l.V);
    Writer w = {.facts = facts};
    for (int i = 0; i < n; i++) {
        write_begin(&w);
        const int32_t *x = &facts->tokens[w.at];
        write_digits(&w, input[i], l.m, l.V, 0, INPUT);
        write_prompt_ends(&w);
        write_token(&w, rule_apply(&l, parameter, x), OUTPUT);
    }
    write_end(&w);
    make_exceptions(facts, &l, place);
done:
    free(input);
    free(place);
    free(parameter);
    return status;
}

const Kind rules_kind = {.plan = rules_plan, .draw = rules_draw};
