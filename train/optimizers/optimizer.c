/* Creates an optimizer from its row: slots, scratch, blocks; clipping. */
#include "train/optimizers/rows.h"

/* Scratch of one thread, in reals. */
static size_t scratch_of(const TrainConfig *config, const ParamTable *table) {
    const OptimizerRow *row = optimizer_row(config->optimizer);
    return row->scratch_reals ? whole_lines(row->scratch_reals(table, config)) : 0;
}

/* Size of one slot, in reals; matrix (may be NULL) takes the place of each tensor in it. */
static int64_t lay_out(const TrainConfig *config, const ParamTable *table, int slot, SlotMatrix *matrix) {
    SlotShape *shape = optimizer_row(config->optimizer)->slot_shape[slot];
    int64_t reals = 0;
    if (!shape) return table->total;
    for (int i = 0; i < table->count; i++) {
        SlotMatrix m = shape(&table->tensor[i], config);
        m.offset = reals;
        reals += (int64_t)m.rows * m.cols;
        if (matrix) matrix[i] = m;
    }
    return reals;
}

int64_t optimizer_state_reals(const TrainConfig *config, const ParamTable *table) {
    int64_t reals = 0;
    for (int s = 0; s < optimizer_row(config->optimizer)->n_slots; s++)
        reals += lay_out(config, table, s, NULL);
    return reals;
}

double optimizer_bytes(const TrainConfig *config, const ParamTable *table, int threads) {
    double reals =
        (double)optimizer_state_reals(config, table) + (double)threads * (double)scratch_of(config, table);
    double shaped = 0;
    for (int s = 0; s < OPTIMIZER_MAX_SLOTS; s++)
        if (optimizer_row(config->optimizer)->slot_shape[s]) shaped += table->count;
    return reals * sizeof(real) + (double)blocks_count(table) * (sizeof(ParamBlock) + sizeof(double)) +
           shaped * sizeof(SlotMatrix);
}

/* False: no memory. */
static bool create_slots(Optimizer *o) {
    for (int s = 0; s < o->row->n_slots; s++) {
        if (o->row->slot_shape[s]) {
            o->matrix[s] = memory_alloc((size_t)o->table->count * sizeof **o->matrix);
            if (!o->matrix[s]) return false;
        }
        int64_t reals = lay_out(o->config, o->table, s, o->matrix[s]);
        if (!(o->slot[s] = memory_alloc((size_t)reals * sizeof(real)))) return false;
    }
    return true;
}

Status optimizer_create(Optimizer *o, const TrainConfig *config, const Gpt *gpt, int threads, Err *err) {
    *o = (Optimizer){.row = optimizer_row(config->optimizer),
                     .config = config,
                     .table = &gpt->table,
                     .ops = gpt->ops,
                     .threads = threads,
                     .n_blocks = blocks_count(&gpt->table),
                     .scratch_reals = scratch_of(config, &gpt->table)};
    o->block = memory_alloc((size_t)o->n_blocks * sizeof *o->block);
    o->block_sum = memory_alloc((size_t)o->n_blocks * sizeof *o->block_sum);
    bool allocated = o->block && o->block_sum && create_slots(o);
    if (allocated && o->scratch_reals)
        allocated = (o->scratch = memory_alloc((size_t)threads * o->scratch_reals * sizeof(real))) != NULL;
    if (!allocated) {
        optimizer_free(o);
        return err_set(err, ERR_NOMEM, "no memory for the %s optimizer: %.0f bytes",
                       config_choice("train.optimizer", (int)config->optimizer),
                       optimizer_bytes(config, &gpt->table, threads));
    }
    blocks_fill(&gpt->table, o->block);
    return OK;
}

void optimizer_free(Optimizer *o) {
    memory_free(o->block);
    memory_free(o->block_sum);
    memory_free(o->scratch);
    for (int s = 0; s < OPTIMIZER_MAX_SLOTS; s++) {
        memory_free(o->slot[s]);
        memory_free(o->matrix[s]);
    }
    *o = (Optimizer){0};
}

double optimizer_clip(double norm, double clip) {
    return clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1.0;
}

void optimizer_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    o->row->step(o, params, grad, update);
}
