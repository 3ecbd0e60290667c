/* H grows with n and the parameters hardly do, so the smallest n is found by doubling and bisection over plans,
 * which draw nothing. */
#include "train/facts_load.h"

#include "data/obtain.h"
#include "model/params.h"

enum { FACTS_MAX = 1000000000 }; /* the maximum of facts.n */

typedef enum Fill { FILL_LESS, FILL_ENOUGH, FILL_IMPOSSIBLE } Fill;

typedef struct Filled {
    Fill fill;
    double data_bits, needed_bits;
} Filled;

/* The bits of n facts. IMPOSSIBLE: n facts cannot be drawn; err has the reason. Any other failure is returned. */
static Status fill_of(const Config *config, int n, Filled *out, Err *err) {
    FactsConfig facts_config = config->facts;
    ModelConfig model = config->model;
    FactSet facts;
    ParamTable table;
    facts_config.n = n;
    *out = (Filled){.fill = FILL_IMPOSSIBLE};
    Status planned = facts_plan(&facts_config, &facts, err);
    if (planned != OK) return planned == ERR_INPUT ? OK : planned;
    bool known = facts.entropy_known;
    int max_len = facts.max_len, vocab_size = facts.vocab.size;
    out->data_bits = facts.data_bits;
    facts_free(&facts);
    if (!known)
        return err_set(err, ERR_INPUT,
                       "facts.load: the entropy of these facts is unknown; set facts.n instead");
    TRY(config_resolve_model(&model, max_len, vocab_size, err));
    TRY(params_plan(&table, &model, err));
    out->needed_bits = config->facts.load * (double)table.total;
    params_free(&table);
    out->fill = out->data_bits >= out->needed_bits ? FILL_ENOUGH : FILL_LESS;
    return OK;
}

/* Too many facts can be impossible, and so can too few (a small table does not determine its rule): n below
 * `possible`, the smallest n that could be planned, is too small. */
static Status choose_n(Config *config, Err *err) {
    Filled filled, largest = {0};
    Err first = {0};                   /* if no n is possible, n = 1 gives the reason */
    int less = 0, n = 1, possible = 0; /* less: the largest n known to be too small */
    for (;; n = n > FACTS_MAX / 2 ? FACTS_MAX : 2 * n) {
        Err why = {0};
        Status status = fill_of(config, n, &filled, &why);
        if (status != OK) return err_set(err, status, "%s", why.msg);
        if (n == 1) first = why;
        if (filled.fill != FILL_IMPOSSIBLE && !possible) possible = n;
        if (filled.fill == FILL_ENOUGH || (filled.fill == FILL_IMPOSSIBLE && possible)) break;
        less = n;
        largest = filled;
        if (n == FACTS_MAX) break;
    }
    if (!possible) return err_set(err, ERR_INPUT, "%s", first.msg);
    while (n - less > 1) {
        int middle = less + (n - less) / 2;
        Filled at_middle;
        TRY(fill_of(config, middle, &at_middle, err));
        if (at_middle.fill == FILL_LESS || (at_middle.fill == FILL_IMPOSSIBLE && middle < possible)) {
            less = middle;
            largest = at_middle;
        } else {
            n = middle;
            filled = at_middle;
        }
    }
    if (filled.fill == FILL_ENOUGH) return config_choose_n(&config->facts, n, err);
    return err_set(
        err, ERR_INPUT,
        "facts.load: %.15g bits per parameter are %.1f bits, but %d facts, the maximum, have only %.1f; "
        "lower facts.load, or make facts longer or with more symbols",
        config->facts.load, largest.needed_bits, less, largest.data_bits);
}

Status facts_plan_load(Config *config, FactSet *out, Err *err) {
    if (config->facts.load > 0 && facts_are_read(config->facts.kind))
        return err_set(
            err, ERR_INPUT,
            "facts.load sets the number of facts that are drawn, but with facts.kind %s the number in %s is "
            "given; leave facts.load out",
            config_choice("facts.kind", (int)config->facts.kind), config->facts.path);
    if (config->facts.load > 0) TRY(choose_n(config, err));
    TRY(facts_plan(&config->facts, out, err));
    if (!facts_are_read(config->facts.kind)) return OK;
    Status status = config_resolve_facts(&config->facts, out->n, out->max_len, out->vocab.size, err);
    if (status != OK) facts_free(out);
    return status;
}
