#include "train/plan.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "data/selection.h"
#include "model/parallel.h"
#include "model/quantize.h"
#include "train/objective.h"
#include "train/optimizers/optimizer.h"

static const double MIB = 1024.0 * 1024.0;

int trainer_threads(const TrainConfig *config) {
    return config->threads > 0 ? config->threads : threads_default();
}

ParallelPlan trainer_parallel_plan(const Config *whole, const FactSet *facts) {
    const TrainConfig *config = &whole->train;
    bool by_tokens =
        tools_by_tokens(whole->tools, whole->n_tools); /* facts become longer: train/tools/call_pool.h */
    return (ParallelPlan){
        .threads = trainer_threads(config),
        .leaves = config->grad_leaves < config->batch_size ? config->grad_leaves : config->batch_size,
        .batch_size = config->batch_size,
        .max_len = by_tokens ? whole->model.block_size : facts->max_len,
        .micro_batch = config->micro_batch_size,
    };
}

static double facts_bytes(const FactSet *facts) {
    double tokens = (double)facts_pool_tokens(facts);
    return tokens * (facts->n_fields ? 5 : 4) /* tokens, fields; start, prompt, tag, order */
           + (double)facts->n_pool * (8 + 4 + 4 + 4);
}

/* The rounds of train.select, the order of each phase, and a ranking. */
static double select_bytes(const Config *config, int n) {
    if (config->train.select == SELECT_NONE) return 0;
    double phase = 8 + (config->facts.zipf > 0 ? 8 : 0);
    return n * (1 + config->train.select_rounds * phase + 16);
}

static double memory_of(const Config *config, const FactSet *facts, const ParamTable *table) {
    const Ops ops = {.exact = config->train.gemm == GEMM_EXACT};
    Gpt shape = {.config = config->model, .table = *table, .ops = &ops}; /* sizes only: nothing is run */
    int threads = trainer_threads(&config->train);
    ParallelPlan training = trainer_parallel_plan(config, facts);
    ParallelPlan evaluation = {
        .threads = threads, .batch_size = facts->n + facts->n_heldout, .max_len = facts->max_len};
    double tokens = (double)facts_pool_tokens(facts),
           copies = config->train.quantize == QUANTIZE_NONE ? 1 : 2;
    return copies * (double)table->total * sizeof(real) + optimizer_bytes(&config->train, table, threads) +
           (double)parallel_bytes(&shape, &training) + (double)parallel_bytes(&shape, &evaluation) +
           (double)config->train.batch_size * (training.max_len * 8 + 8) /* the batch: inputs and targets */
           + tokens * 20 + (double)facts->n_pool * 37                    /* eval/evaluate.h */
           + select_bytes(config, facts->n) + objective_bytes(config, facts, table->total) +
           facts_bytes(facts) + 8 * MIB /* the program and its libraries */;
}

/* Two checkpoints and the temporary of a third; the rest of a run folder is small beside its first megabyte.
 */
static double disk_of(const Config *config, const ParamTable *table) {
    double arrays = 1 + optimizer_row(config->train.optimizer)->n_slots;
    double reals = (double)table->total + (double)optimizer_state_reals(&config->train, table);
    return 3 * (reals * sizeof(real) + arrays * table->count * 256.0) + MIB;
}

Status run_needs(RunPlan *out, const Config *config, const FactSet *facts, Err *err) {
    const TrainConfig *train = &config->train;
    double mean = (double)facts_tokens(facts) / facts->n, tokens = mean * train->batch_size;
    if ((double)train->batch_size * facts->max_len > INT32_MAX)
        return err_set(err, ERR_INPUT,
                       "train.batch_size: %d sequences of up to %d tokens are more than %d tokens; lower it",
                       train->batch_size, facts->max_len, INT32_MAX);
    ParamTable table;
    TRY(params_plan(&table, &config->model, err));
    *out = (RunPlan){
        .facts = facts->n,
        .keep = facts->n,
        .params = table.total,
        .weight_bits = quantize_weight_bits(&table, train->quantize),
        .memory_bytes = memory_of(config, facts, &table),
        .disk_bytes = disk_of(config, &table),
        .flops_per_step = gpt_flops(&config->model, &table, tokens, mean),
        .data_bits = facts->entropy_known ? facts->data_bits : __builtin_nan(""),
    };
    for (int p = 0; p < PART_COUNT; p++) out->params_by[p] = table.by_part[p];
    params_free(&table);
    if (train->select == SELECT_NONE) return OK;
    return selection_target(train, facts, out->params, &out->keep, err);
}

Status run_plan(RunPlan *out, const Config *config, const FactSet *facts, const char *out_dir, Err *err) {
    TRY(run_needs(out, config, facts, err));
    double memory = (double)memory_available(),
           disk = out_dir ? (double)disk_available(out_dir) : out->disk_bytes;
    char needs[NUMBER_TEXT_MAX], has[NUMBER_TEXT_MAX];
    if (out->memory_bytes > memory)
        return err_set(err, ERR_INPUT,
                       "the run needs %s of memory, %s are available; lower train.batch_size, "
                       "train.grad_leaves, the model's size or facts.n",
                       bytes_text(needs, out->memory_bytes), bytes_text(has, memory));
    if (out->disk_bytes > disk)
        return err_set(err, ERR_INPUT,
                       "the run needs %s on the disk of %s, %s are free; choose another --out",
                       bytes_text(needs, out->disk_bytes), out_dir, bytes_text(has, disk));
    return OK;
}
