#include "eval/by_exposure.h"

#include <math.h>
#include <stdlib.h>

#include "data/mix.h"

Status run_exposures(const Run *run, int64_t *count, Err *err) {
    const TrainConfig *train = &run->config.train;
    Mix mix;
    TRY(mix_init(&mix, &run->facts, &run->config.facts, train->seed, err));
    Status status = mix_select_all(&mix, &run->selection, train, err);
    if (status == OK) mix_count(&mix, run->step * train->batch_size, count);
    mix_free(&mix);
    return status;
}

typedef struct Trained {
    int64_t times;
    int fact;
} Trained;

static int by_exposures(const void *a, const void *b) {
    const Trained *x = a, *y = b;
    if (x->times != y->times) return x->times > y->times ? -1 : 1;
    return x->fact < y->fact ? -1 : 1;
}

/* The group of facts at[0 .. n - 1]. */
static ExposureGroup group_of(const Evaluator *e, const Trained *at, int n) {
    const FactSet *facts = e->facts;
    ExposureGroup group = {.facts = n, .max_exposures = at[0].times, .min_exposures = at[n - 1].times};
    int recalled = 0;
    for (int i = 0; i < n; i++) {
        group.exposures += (double)at[i].times / n;
        group.code_bits += e->fact_bits[at[i].fact];
        recalled += e->recalled[at[i].fact];
    }
    group.recall = (double)recalled / n;
    group.memorized_bits = facts->entropy_known ? n * (facts->data_bits / facts->n) - group.code_bits : NAN;
    return group;
}

Status exposure_groups(ExposureGroup out[EXPOSURE_GROUPS], int *n, const Evaluator *e, const int64_t *count,
                       Err *err) {
    int facts = e->facts->n;
    Trained *sorted = malloc((size_t)facts * sizeof *sorted);
    if (!sorted) return err_set(err, ERR_NOMEM, "no memory to sort %d facts by exposure", facts);
    for (int i = 0; i < facts; i++) sorted[i] = (Trained){count[i], i};
    qsort(sorted, (size_t)facts, sizeof *sorted, by_exposures);
    *n = 0;
    for (int g = 0; g < EXPOSURE_GROUPS; g++) {
        int from = (int)((int64_t)facts * g / EXPOSURE_GROUPS),
            to = (int)((int64_t)facts * (g + 1) / EXPOSURE_GROUPS);
        if (to > from) out[(*n)++] = group_of(e, sorted + from, to - from);
    }
    free(sorted);
    return OK;
}
