/* train.select in a run: when a round is due, what it looks at, and the list that is left. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/text_stream.h"
#include "train/trainer.h"

Status select_begin(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    if (c->select == SELECT_NONE) return OK;
    TRY(selection_target(c, t->facts, t->gpt.table.total, &t->keep, err));
    TRY(selection_create(&t->selection, t->facts->n, err));
    t->state.selection = &t->selection;
    return OK;
}

bool select_due(const Trainer *t) {
    const TrainConfig *c = &t->config.train;
    int next = t->selection.rounds + 1;
    return t->selection.n && next <= c->select_rounds && t->state.step >= selection_step(c, next);
}

Status select_facts(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    CHECK(t->evaluated_at == t->state.step);
    while (select_due(t)) {
        int round = t->selection.rounds + 1;
        TRY(selection_round(&t->selection, selection_size(c, t->facts->n, t->keep, round), c->select,
                            t->evaluator.fact_bits, c->seed, err));
        TRY(mix_select(&t->mix, &t->selection, round, t->state.step * c->batch_size, err));
    }
    return OK;
}

Status select_table(const Selection *s, const TrainConfig *config, char **out, Err *err) {
    TextStream *text;
    TRY(text_begin(&text, err));
    fputs("fact\tkept\tdropped_after_step\n", text_file(text));
    for (int i = 0; i < s->n; i++)
        if (selection_keeps(s, i)) fprintf(text_file(text), "%d\t1\t\n", i);
        else fprintf(text_file(text), "%d\t0\t%" PRId64 "\n", i, selection_step(config, s->dropped[i]));
    return text_end(text, out, NULL, err);
}

Status select_write(Trainer *t, Err *err) {
    char *table;
    if (!t->selection.n) return OK;
    TRY(select_table(&t->selection, &t->config.train, &table, err));
    Status status = folder_selection(&t->folder, table, err);
    free(table);
    return status;
}
