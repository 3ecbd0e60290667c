/* Several ranks at the start of a run: the state is rank 0's. From then on each computes the same bits. */
#include <string.h>

#include "train/trainer.h"

/* The part of a run's state that is no pointer. */
typedef struct SharedState {
    int64_t step, tokens;
    double code_bits;
    char verdict[16];
} SharedState;

static void share_rule(Ranks *ranks, RuleState *rule) {
    ranks_share(ranks, &rule->lm, sizeof rule->lm);
    ranks_share(ranks, &rule->aux, sizeof rule->aux);
    ranks_share(ranks, &rule->n_units, sizeof rule->n_units);
    ranks_share(ranks, rule->unit, (size_t)rule->room * sizeof *rule->unit);
}

static void share_selection(Ranks *ranks, Selection *selection) {
    ranks_share(ranks, &selection->rounds, sizeof selection->rounds);
    ranks_share(ranks, selection->dropped, (size_t)selection->n * sizeof *selection->dropped);
}

static void share_arrays(Trainer *t) {
    Ranks *ranks = t->options->ranks;
    Snapshot s = snapshot_of(t);
    size_t all = (size_t)t->gpt.table.total * sizeof(real);
    ranks_share(ranks, s.params, all);
    for (int i = 0; i < s.n_slots; i++) {
        const SlotMatrix *matrix = s.slot[i].matrix;
        if (!matrix) ranks_share(ranks, s.slot[i].data, all);
        for (int k = 0; matrix && k < t->gpt.table.count; k++)
            ranks_share(ranks, s.slot[i].data + matrix[k].offset,
                        (size_t)matrix[k].rows * (size_t)matrix[k].cols * sizeof(real));
    }
}

Status trainer_same_run(const Trainer *t, const char *config_hash, Err *err) {
    Ranks *ranks = t->options->ranks;
    Status status = OK;
    char first[33];
    snprintf(first, sizeof first, "%s", config_hash);
    ranks_share(ranks, first, sizeof first);
    if (strcmp(first, config_hash) != 0)
        status = err_set(err, ERR_INPUT,
                         "the processes were started with different configs, facts or weights to start from; "
                         "give all the same ones, in a folder that all of them see");
    return ranks_agree(ranks, status, NULL, err);
}

Status trainer_share_state(Trainer *t, Err *err) {
    Ranks *ranks = t->options->ranks;
    if (ranks_alone(ranks)) return OK;
    RunState *state = &t->state;
    SharedState shared = {state->step, state->tokens, state->code_bits, ""};
    memcpy(shared.verdict, state->verdict, sizeof shared.verdict);
    ranks_share(ranks, &shared, sizeof shared);
    state->step = shared.step;
    state->tokens = shared.tokens;
    state->code_bits = shared.code_bits;
    memcpy(state->verdict, shared.verdict, sizeof shared.verdict);
    for (int i = 0; i < state->n_neurons; i++) share_rule(ranks, &state->neurons[i]);
    share_selection(ranks, &t->selection);
    share_arrays(t);
    t->saved_at = state->step;
    refresh_model(t);
    Status status = OK;
    if (!trainer_is_first(t)) status = mix_select_all(&t->mix, &t->selection, &t->config.train, err);
    return ranks_agree(ranks, status, NULL, err);
}
