/* H grows with n and the parameters hardly do, so the smallest n is found by doubling and bisection over plans,
 * which draw nothing. */
#include "train/facts_load.h"

#include "data/obtain.h"
#include "model/params.h"

enum { FACTS_MOST = 1000000000 }; /* as facts.n */

typedef enum Fill { FILL_LESS, FILL_ENOUGH, FILL_IMPOSSIBLE } Fill;

typedef struct Filled {
    Fill fill;
    double data_bits, asked_bits;
} Filled;

/* What n facts give. IMPOSSIBLE: there are not so many; err says why. Any other failure is the caller's. */
static Status fill_of(const Config *config, int n, Filled *out, Err *err) {
    FactsConfig facts_config = config->facts;
    ModelConfig model = config->model;
    FactSet facts;
    ParamTable table;
    facts_config.n = n;
    *out = (Filled){.fill = FILL_IMPOSSIBLE};
    if (facts_plan(&facts_config, &facts, err) != OK) return OK;
    bool known = facts.entropy_known;
    int max_len = facts.max_len, vocab_size = facts.vocab.size;
    out->data_bits = facts.data_bits;
    facts_free(&facts);
    if (!known)
        return err_set(err, ERR_INPUT, "facts.load: nobody knows the entropy of such facts; set facts.n");
    TRY(config_resolve_model(&model, max_len, vocab_size, err));
    TRY(params_plan(&table, &model, err));
    out->asked_bits = config->facts.load * (double)table.total;
    params_free(&table);
    out->fill = out->data_bits >= out->asked_bits ? FILL_ENOUGH : FILL_LESS;
    return OK;
}

/* Too few may be impossible, too (rules that a small table does not tell apart), and so may too many: n below
 * `possible`, the least that a plan allowed, is too small. */
static Status choose_n(Config *config, Err *err) {
    Filled filled, most = {0};
    int less = 0, n = 1, possible = 0; /* less: the largest known to be too few; 0 is */
    for (;; n = n > FACTS_MOST / 2 ? FACTS_MOST : 2 * n) {
        Err why;
        TRY(fill_of(config, n, &filled, n == 1 ? err : &why)); /* where nothing is possible, 1 says why */
        if (filled.fill != FILL_IMPOSSIBLE && !possible) possible = n;
        if (filled.fill == FILL_ENOUGH || (filled.fill == FILL_IMPOSSIBLE && possible)) break;
        less = n;
        most = filled;
        if (n == FACTS_MOST) break;
    }
    if (!possible) return ERR_INPUT;
    while (n - less > 1) {
        int middle = less + (n - less) / 2;
        Filled at_middle;
        TRY(fill_of(config, middle, &at_middle, err));
        if (at_middle.fill == FILL_LESS || (at_middle.fill == FILL_IMPOSSIBLE && middle < possible)) {
            less = middle;
            most = at_middle;
        } else {
            n = middle;
            filled = at_middle;
        }
    }
    if (filled.fill == FILL_ENOUGH) return config_choose_n(&config->facts, n, err);
    return err_set(
        err, ERR_INPUT,
        "facts.load: %.15g bits per parameter are %.1f bits, but %d facts, the most there can be, have "
        "%.1f; lower facts.load, or make facts longer or more various",
        config->facts.load, most.asked_bits, less, most.data_bits);
}

Status facts_plan_load(Config *config, FactSet *out, Err *err) {
    if (config->facts.load > 0 && facts_are_read(config->facts.kind))
        return err_set(
            err, ERR_INPUT,
            "facts.load chooses how many facts are drawn, but facts.kind is %s: %s has what it has; "
            "leave facts.load out",
            config_choice("facts.kind", (int)config->facts.kind), config->facts.path);
    if (config->facts.load > 0) TRY(choose_n(config, err));
    TRY(facts_plan(&config->facts, out, err));
    if (!facts_are_read(config->facts.kind)) return OK;
    Status status = config_resolve_facts(&config->facts, out->n, out->max_len, out->vocab.size, err);
    if (status != OK) facts_free(out);
    return status;
}
