/* Trains four small models for 50 steps and prints a hash of each one's parameters: the same on every CPU,
 * compiler, optimization level and number of threads (tests/one_hash.golden). It reads and writes no file, so
 * that a build for another CPU needs no library and runs under an emulator.
 *   one_hash [THREADS]
 * Started by mpiexec as several ranks, where it is built with MPI, they train together, and rank 0 prints.
 * A new golden file, after a change of NUMERIC_SPEC: build/gcc-O3/tests/one_hash > tests/one_hash.golden */
#include <stdio.h>
#include <stdlib.h>

#include "base/config/config.h"
#include "base/file.h"
#include "data/obtain.h"
#include "eval/evaluate.h"
#include "model/parallel.h"
#include "train/optimizers/optimizer.h"
#include "train/optimizers/schedule.h"

#ifdef ROTE_BARE /* no libxxhash and no zlib for that CPU */
#define XXH_STATIC_LINKING_ONLY
#define XXH_IMPLEMENTATION
#include <xxhash.h>
#endif

enum { STEPS = 50 };

/* 7, 5, 13: odd on purpose, so that every kernel meets its edges. */
static Config gpt2(void) {
    Config c;
    config_defaults(&c);
    c.facts = (FactsConfig){.kind = FACTS_RANDOM, .n = 37, .seq_len = 13, .vocab_size = 61, .seed = 1};
    c.model.n_layer = 2;
    c.model.n_head = 5;
    c.model.n_embd = 35;
    c.train.batch_size = 29;
    c.train.learning_rate = 0.01;
    c.train.schedule = SCHED_COSINE;
    c.train.warmup_steps = 5;
    return c;
}

static Config llama(void) {
    Config c = gpt2();
    c.model.norm = NORM_RMSNORM;
    c.model.pos = POS_ROPE;
    c.model.act = ACT_SILU;
    c.model.gated = true;
    c.model.bias = c.model.tie_weights = false;
    c.model.n_head = 4;
    c.model.n_kv_head = 2;
    c.model.n_embd = 32;
    c.model.n_inner = 83;
    c.train.optimizer = OPT_MUON;
    c.train.schedule = SCHED_WSD;
    return c;
}

static Config averager(void) {
    Config c = gpt2();
    c.facts.seq_len = 7;
    c.model.attn = ATTN_MEAN;
    c.model.act = ACT_RELU;
    c.model.n_layer = 3;
    c.model.n_head = 1;
    c.model.n_embd = 67;
    c.train.batch_size = 64; /* more than there are facts */
    c.train.optimizer = OPT_SGD;
    c.train.schedule = SCHED_LINEAR;
    c.train.grad_clip = 0.5;
    return c;
}

/* Sides of 35, 61 and 140: the last is too long for a basis. */
static Config soap(void) {
    Config c = gpt2();
    c.train.optimizer = OPT_SOAP;
    c.train.precondition_interval = 7;
    c.train.precondition_max_dim = 64;
    return c;
}

static void must(Status status, const Err *err) {
    if (status == OK) return;
    fprintf(stderr, "one_hash: %s\n", err->msg);
    exit(1);
}

/* The trainer's loop without a run folder. */
static void train(const char *name, Config c, int threads, Ranks *ranks) {
    Err err;
    FactSet facts;
    const Ops *ops;
    Gpt gpt;
    Optimizer optimizer;
    Parallel *parallel;
    FactBatch all, batch;
    Mix mix;
    c.train.max_steps = STEPS;
    must(facts_generate(&c.facts, &facts, &err), &err);
    must(config_resolve(&c, facts.n, facts.max_len, facts.vocab.size, &err), &err);
    must(ops_select(&ops, &err), &err);
    must(gpt_create(&gpt, &c.model, ops, GEMM_EXACT, &err), &err);
    gpt_init(&gpt, c.train.seed);
    int n = c.train.batch_size;
    ParallelPlan plan = {.threads = threads,
                         .leaves = c.train.grad_leaves < n ? c.train.grad_leaves : n,
                         .batch_size = n,
                         .max_len = facts.max_len,
                         .ranks = ranks};
    must(parallel_create(&parallel, &gpt, &plan, &err), &err);
    must(optimizer_create(&optimizer, &c.train, &gpt, threads, &err), &err);
    must(fact_batch_create(&all, &facts, &err), &err);
    must(mix_init(&mix, &facts, &c.facts, c.train.seed, &err), &err);
    must(fact_batch_reserve(&batch, n, facts.max_len, &err), &err);
    double loss = 0;
    for (int64_t step = 0; step < STEPS; step++) {
        fact_batch_draw(&batch, &all, &mix, step * n);
        real *grad = parallel_gradient(parallel, &batch.batch, &loss);
        Update update = {.t = step + 1,
                         .learning_rate = schedule_rate(&c.train, step),
                         .grad_scale = optimizer_clip(optimizer_norm(&optimizer, grad), c.train.grad_clip)};
        optimizer_step(&optimizer, gpt.params, grad, &update);
    }
    char hash[33];
    content_hash(gpt.params, (size_t)gpt.table.total * sizeof(real), hash);
    if (ranks->rank == 0) printf("%-9s %s loss %.17g\n", name, hash, loss);
    fact_batch_free(&batch);
    mix_free(&mix);
    fact_batch_free(&all);
    optimizer_free(&optimizer);
    parallel_free(parallel);
    gpt_free(&gpt);
    facts_free(&facts);
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    Ranks ranks;
    Err err;
    if (threads < 1) return 2;
    must(ranks_begin(&ranks, &err), &err);
    train("gpt2", gpt2(), threads, &ranks);
    train("llama", llama(), threads, &ranks);
    train("averager", averager(), threads, &ranks);
    train("soap", soap(), threads, &ranks);
    ranks_end(&ranks);
    return 0;
}
