#include "eval/capacity/ratio.h"

#include <string.h>

#include "base/exact.h"

static double product(const Sizes *sizes) {
    double all = 1;
    for (int i = 0; i < sizes->n; i++) all *= sizes->size[i];
    return all;
}

static double bits_of(const Evaluation *e, const char *field) {
    for (int i = 0; i < e->n_fields; i++)
        if (strcmp(e->by_field[i].name, field) == 0) return e->by_field[i].code_bits;
    return __builtin_nan("");
}

/* N p1 log2 e is the code length of all names, and N K p2 log2 e that of all values, so no means have to be formed. */
static CapacityRatio ratio_bios(const FactsConfig *c, double N, const Evaluation *e, double P) {
    static const char *const values[] = {"pronoun", "birth_date", "birth_city", "university",
                                         "major",   "employer",   "work_city"};
    double name = exact_log2(product(&c->name_sizes)), value = exact_log2(2 * product(&c->value_sizes));
    double value_bits = 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) value_bits += bits_of(e, values[i]);
    return (CapacityRatio){.r = (N * name - bits_of(e, "name") + N * value - value_bits) / P,
                           .r_max = (N * (name - exact_log2(N)) + N * value) / P};
}

static CapacityRatio ratio_biod(const FactsConfig *c, double N, const Evaluation *e, double P) {
    double K = c->attributes, C = c->chunks, D = c->diversity;
    double name = exact_log2(product(&c->name_sizes)), value = C * exact_log2(D);
    double chunk = c->chunk_len * exact_log2(c->chunk_symbols) - exact_log2(D);
    double first = bits_of(e, "first_chunk"), later = bits_of(e, "later_chunks");
    return (CapacityRatio){.r = (N * name - bits_of(e, "name") + N * K * value - (first + later) +
                                 K * D * (chunk - first / (N * K))) /
                                P,
                           .r_max = (N * (name - exact_log2(N)) + N * K * value + K * D * chunk) / P};
}

bool capacity_ratio(CapacityRatio *out, const FactSet *facts, const Evaluation *e, int64_t params) {
    const FactsConfig *c = &facts->config;
    if (c->kind != FACTS_BIOS && c->kind != FACTS_BIOD) return false;
    *out = c->kind == FACTS_BIOS ? ratio_bios(c, facts->n, e, (double)params)
                                 : ratio_biod(c, facts->n, e, (double)params);
    return true;
}
