#include "eval/parts.h"

#include <string.h>

#include "base/random.h"
#include "base/threads.h"

const double parts_size[PARTS_SIZES] = {0.03, 0.1, 0.3, 1};
const Quantize parts_format[PARTS_FORMATS] = {QUANTIZE_INT8, QUANTIZE_INT4, QUANTIZE_TERNARY};

typedef struct Spoiler {
    const Gpt *g; /* as trained */
    Gpt spoiled;  /* the parameters that the evaluator reads */
    real *start;
    Evaluator evaluator;
    const Evaluation *whole;
    int threads;
} Spoiler;

static PartLoss loss_of(Spoiler *s) {
    Evaluation e;
    evaluator_run(&s->evaluator, &e);
    double unknown = __builtin_nan("");
    return (PartLoss){{e.code_bits - s->whole->code_bits, unknown, unknown, unknown}, e.recall};
}

static void restore(Spoiler *s) {
    memcpy(s->spoiled.params, s->g->params, (size_t)s->g->table.total * sizeof(real));
}

static void add_noise(Spoiler *s, unsigned parts, double size, uint64_t seed) {
    const ParamTable *table = &s->g->table;
#pragma omp parallel for num_threads(s->threads) schedule(dynamic, 1)
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        int64_t n = (int64_t)t->rows * t->cols;
        if (!(parts >> t->part & 1)) continue;
        real *w = s->spoiled.params + t->offset;
        double squares = 0;
        for (int64_t k = 0; k < n; k++) squares += (double)w[k] * (double)w[k];
        double deviation = size * __builtin_sqrt(squares / (double)n);
        Stream stream = random_stream(seed, RANDOM_NOISE, (uint32_t)i);
        for (int64_t k = 0; k < n; k++)
            w[k] = (real)((double)w[k] + deviation * random_normal(stream, (uint64_t)k));
    }
}

/* The same draws for every size, so that only the size differs. */
static PartLoss noise_loss(Spoiler *s, unsigned parts, double size, int seeds) {
    double lost[PARTS_SEEDS_MAX], recall[PARTS_SEEDS_MAX];
    for (int seed = 0; seed < seeds; seed++) {
        restore(s);
        add_noise(s, parts, size, (uint64_t)seed);
        PartLoss one = loss_of(s);
        lost[seed] = one.lost_bits.value;
        recall[seed] = one.recall;
    }
    return (PartLoss){mean_interval(lost, seeds), mean_of(recall, seeds)};
}

static PartLoss format_loss(Spoiler *s, unsigned parts, Quantize format) {
    quantize_params(s->spoiled.params, s->g->params, &s->g->table, format, parts, s->threads);
    return loss_of(s);
}

static PartLoss reset_loss(Spoiler *s, unsigned parts) {
    restore(s);
    for (int i = 0; i < s->g->table.count; i++) {
        const Tensor *t = &s->g->table.tensor[i];
        if (parts >> t->part & 1)
            memcpy(s->spoiled.params + t->offset, s->start + t->offset,
                   (size_t)t->rows * (size_t)t->cols * sizeof(real));
    }
    return loss_of(s);
}

static void fill_row(Spoiler *s, PartRow *row, unsigned parts, int seeds) {
    for (int i = 0; i < PARTS_SIZES; i++) row->noise[i] = noise_loss(s, parts, parts_size[i], seeds);
    for (int i = 0; i < PARTS_FORMATS; i++) row->format[i] = format_loss(s, parts, parts_format[i]);
    row->reset = reset_loss(s, parts);
}

Status parts_evaluate(Parts *out, const Gpt *g, const FactSet *facts, const PartsPlan *plan, Err *err) {
    CHECK(plan->seeds >= 2 && plan->seeds <= PARTS_SEEDS_MAX);
    Spoiler s = {
        .g = g, .whole = &out->whole, .threads = plan->threads > 0 ? plan->threads : threads_default()};
    size_t bytes = (size_t)g->table.total * sizeof(real);
    Status status = OK;
    *out = (Parts){.whole.n = 0};
    TRY_GOTO(gpt_create(&s.spoiled, &g->config, g->ops, GEMM_EXACT, err));
    s.start = memory_alloc(bytes);
    if (!s.start)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %lld starting values", (long long)g->table.total));
    TRY_GOTO(evaluator_create(&s.evaluator, &s.spoiled, facts, s.threads, err));
    /* By g's own table: with muP, initial values differ from those that the config states. */
    params_init(s.start, &g->table, plan->init_seed);
    quantize_params(s.start, s.start, &g->table, plan->weight_format, ALL_PARTS, s.threads);
    restore(&s);
    evaluator_run(&s.evaluator, &out->whole);
    for (int part = 0; part < PART_COUNT; part++) {
        out->row[part].params = g->table.by_part[part];
        if (out->row[part].params > 0) fill_row(&s, &out->row[part], 1u << part, plan->seeds);
    }
    out->row[PARTS_ALL].params = g->table.total;
    fill_row(&s, &out->row[PARTS_ALL], ALL_PARTS, plan->seeds);
done:
    evaluator_free(&s.evaluator);
    memory_free(s.start);
    gpt_free(&s.spoiled);
    return status;
}
