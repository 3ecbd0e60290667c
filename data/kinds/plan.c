#include "data/kinds/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/exact.h"

Status kind_sizes(FactSet *facts, int n, int len, int vocab_size, Err *err) {
    CHECK(n >= 1 && len >= 1 && len <= KIND_LEN_MAX);
    if ((int64_t)n * len > INT32_MAX)
        return err_set(err, ERR_INPUT,
                       "facts.n: %d facts of %d tokens are %lld tokens, at most %d are possible", n, len,
                       (long long)n * len, INT32_MAX);
    if (vocab_size > KIND_SYMBOLS_MAX)
        return err_set(
            err, ERR_INPUT,
            "facts: more than %d symbols, one for each entry of the lists; lower their sizes, or write "
            "numbers (facts.symbols)",
            KIND_SYMBOLS_MAX);
    facts->n = n;
    facts->max_len = len;
    facts->vocab.size = vocab_size;
    return OK;
}

void kind_fields(FactSet *facts, const char *const *names) {
    facts->n_fields = 1; /* context */
    strcpy(facts->field_name[FIELD_CONTEXT], "context");
    for (int i = 0; names[i]; i++) {
        CHECK(facts->n_fields < FIELDS_MAX);
        snprintf(facts->field_name[facts->n_fields++], FIELD_NAME_MAX, "%s", names[i]);
    }
}

void kind_bits(FactSet *facts, double data_bits, double answer_bits) {
    facts->entropy_known = true;
    facts->data_bits = data_bits;
    facts->data_bits_set = data_bits - exact_log2_factorial(facts->n);
    facts->ceiling_bits = data_bits - facts->n * exact_log2(facts->n);
    facts->answer_bits = answer_bits;
}
