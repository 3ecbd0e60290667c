#include "cli/eval/history.h"

#include <stdlib.h>
#include <string.h>

#include "cli/common/show.h"
#include "cli/eval/lines.h"
#include "data/mix.h"

Status history_of(History *out, const Run *run, const Evaluator *e, Err *err) {
    *out = (History){.selection = NULL};
    if (strcmp(e->facts->data_hash, run->facts.data_hash) || !exposures_uneven(&run->config)) return OK;
    if (run->selection.n) {
        out->selection = &run->selection;
        kept_measure(&out->kept, e, out->selection);
    }
    out->exposures = malloc((size_t)e->facts->n * sizeof *out->exposures);
    if (!out->exposures) return err_set(err, ERR_NOMEM, "no memory for %d counts", e->facts->n);
    Status status = run_exposures(run, out->exposures, err);
    if (status == OK) status = exposure_groups(out->group, &out->n_groups, e, out->exposures, err);
    if (status != OK) history_free(out);
    return status;
}

void history_free(History *h) {
    free(h->exposures);
    *h = (History){.selection = NULL};
}

void history_show(const History *h, const FactSet *facts) {
    if (h->selection)
        show_kept(facts, h->kept.facts, h->kept.recall, h->kept.code_bits, h->kept.memorized_bits);
    if (!h->n_groups) return;
    printf("\nthe facts by how often they were trained, in %d equal groups\n", h->n_groups);
    printf("%10s %10s %10s %9s %15s %15s\n", "trained", "least", "most", "recall", "code bits",
           "memorized bits");
    for (int g = 0; g < h->n_groups; g++) {
        const ExposureGroup *x = &h->group[g];
        printf("%10.1f %10s %10s %9.4f %15.1f ", x->exposures, show_int(x->min_exposures),
               show_int(x->max_exposures), x->recall, x->code_bits);
        if (facts->entropy_known) printf("%15.1f\n", x->memorized_bits);
        else printf("%15s\n", "-");
    }
}

json_t *history_json(const History *h) {
    json_t *rows = json_array();
    for (int g = 0; g < h->n_groups; g++) {
        const ExposureGroup *x = &h->group[g];
        json_t *row = json_pack("{si sI sI}", "facts", x->facts, "exposures_least",
                                (json_int_t)x->min_exposures, "exposures_most", (json_int_t)x->max_exposures);
        json_object_set_new(row, "exposures", json_number(x->exposures));
        json_object_set_new(row, "code_bits", json_number(x->code_bits));
        json_object_set_new(row, "memorized_bits", json_number(x->memorized_bits));
        json_object_set_new(row, "recall", json_number(x->recall));
        json_array_append_new(rows, row);
    }
    return rows;
}
