/* Makes a folder of finished runs without training any: configs, results and seals as a sweep leaves them, with
 * figures of a made-up law. For measuring what reads many results (docs/scale.md).
 *   many_results DIR N   DIR/runs/00000 ..: widths x sizes x budgets x seeds; nothing is synced */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/done.h"
#include "store/result.h"

enum { WIDTHS = 6, SIZES = 6, BUDGETS = 3 };

static void must(Status status, const Err *err) {
    if (status == OK) return;
    fprintf(stderr, "many_results: %s\n", err->msg);
    exit(1);
}

static void put(const char *dir, const char *name, const char *text) {
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file)) {
        perror(path);
        exit(1);
    }
}

static void figure(RunFigures *f, RunFigure which, double value) {
    f->present[which] = true;
    f->value[which] = value;
}

/* A model of c bits a parameter that needs more exposures the fuller it is; a per cent of noise. */
static void figures_of(RunFigures *f, const Config *c, double params, double noise) {
    double facts = c->facts.n, data = facts * 48, full = 2.1 * params;
    double held = data < full ? data : full;
    held *= (1 - 0.2 * exp(-(double)c->train.max_steps / 400)) * (1 + 0.01 * noise);
    for (int i = 0; i < FIGURE_COUNT; i++)
        if (!figure_rows[i].when || figure_rows[i].when & WITH_TRAINING) figure(f, (RunFigure)i, 0);
    figure(f, FIG_PARAMS, params);
    figure(f, FIG_FACTS, facts);
    figure(f, FIG_DATA_BITS, data);
    figure(f, FIG_DATA_BITS_SET, data * 0.9);
    figure(f, FIG_CEILING_BITS, data);
    figure(f, FIG_CODE_BITS, data - held);
    figure(f, FIG_MEMORIZED_BITS, held);
    figure(f, FIG_MEMORIZED_BITS_CLIPPED, held);
    figure(f, FIG_BITS_PER_PARAM, held / params);
    figure(f, FIG_RECALL, held / data);
    figure(f, FIG_LOSS_NATS, (data - held) / facts);
    figure(f, FIG_EXPOSURES, (double)c->train.max_steps);
    figure(f, FIG_STEPS, (double)c->train.max_steps);
    figure(f, FIG_TOKENS, (double)c->train.max_steps * facts * 12);
}

static void make_run(const char *dir, int i) {
    Config c;
    Err err;
    ParamTable table;
    RunResult result = {.verdict = "annealed", .exact = true};
    int width = i % WIDTHS, size = i / WIDTHS % SIZES, budget = i / WIDTHS / SIZES % BUDGETS,
        seed = i / WIDTHS / SIZES / BUDGETS;
    config_defaults(&c);
    c.facts.seq_len = 12;
    c.facts.vocab_size = 16;
    c.facts.seed = (uint64_t)seed;
    c.facts.n = c.train.batch_size = 64 << size;
    c.model.n_layer = 1;
    c.model.n_head = 2;
    c.model.n_embd = 8 + 4 * width;
    c.train.max_steps = 200 << budget;
    c.train.seed = (uint64_t)seed;
    must(config_resolve(&c, c.facts.n, 12, 16, &err), &err);
    must(params_plan(&table, &c.model, &err), &err);
    snprintf(result.data_hash, sizeof result.data_hash, "%032x", seed * SIZES + size);
    must(config_hash(&c, result.data_hash, result.config_hash, &err), &err);
    strcpy(result.param_hash, result.config_hash);
    result_describe(&result, &c, "random", c.facts.seed);
    figures_init(&result.figures);
    for (int p = 0; p < PART_COUNT; p++) result.params_by[p] = table.by_part[p];
    figures_of(&result.figures, &c, (double)table.total, sin(i * 12.9898));
    char *config = config_text(&c, false), *text, *done;
    must(result_text(&result, &text, &err), &err);
    must(make_directories(dir, &err), &err);
    put(dir, "config.yaml", config);
    put(dir, "result.json", text);
    put(dir, "metrics.jsonl", "{\"step\":1,\"loss_nats\":3,\"lr\":0.1,\"grad_norm\":1}\n");
    must(done_text(dir, result.config_hash, c.train.max_steps, &done, &err), &err);
    put(dir, "DONE", done);
    free(config);
    free(text);
    free(done);
    params_free(&table);
}

int main(int argc, char **argv) {
    int n = argc == 3 ? atoi(argv[2]) : 0;
    if (n < 1) {
        fprintf(stderr, "many_results DIR N\n");
        return 2;
    }
    for (int i = 0; i < n; i++) {
        char dir[1100];
        snprintf(dir, sizeof dir, "%s/runs/%06d", argv[1], i);
        make_run(dir, i);
    }
    return 0;
}
