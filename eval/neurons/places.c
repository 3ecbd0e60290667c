#include "eval/neurons/places.h"

#include <stdlib.h>

Status places_of_pool(int32_t **out, const FactSet *f, Err *err) {
    *out = malloc(((size_t)f->start[f->n_pool] + 1) * sizeof **out);
    if (!*out)
        return err_set(err, ERR_NOMEM, "no memory for the places of %lld tokens",
                       (long long)f->start[f->n_pool]);
    for (int i = 0; i < f->n_pool; i++)
        for (int r = 0; r < fact_length(f, i); r++)
            (*out)[f->start[i] + r] = place_of(f->max_len, f->prompt_len[i], r);
    return OK;
}
