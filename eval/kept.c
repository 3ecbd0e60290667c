#include "eval/kept.h"

#include <math.h>

#include "data/entropy.h"

void kept_measure(Kept *out, const Evaluator *e, const Selection *selection) {
    const FactSet *facts = e->facts;
    int recalled = 0;
    CHECK(selection->n == facts->n);
    *out = (Kept){.memorized_bits = NAN};
    for (int i = 0; i < facts->n; i++) {
        if (!selection_keeps(selection, i)) continue;
        out->facts++;
        out->code_bits += e->fact_bits[i];
        recalled += e->recalled[i];
    }
    out->recall = (double)recalled / out->facts;
    out->names_bits = choose_bits(facts->n, out->facts);
    if (facts->entropy_known)
        out->memorized_bits = facts->data_bits * out->facts / facts->n - out->code_bits - out->names_bits;
}
