#include "eval/creativity/edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/threads.h"
#include "model/quantize.h"

static Status parse_size(double *out, const char *text, double max, Err *err) {
    char *end;
    *out = strtod(text, &end);
    if (end != text && !*end && *out >= 0 && *out <= max) return OK;
    return err_set(err, ERR_INPUT, "--edit: '%s' is not a number from 0 to %g", text, max);
}

Status weight_edit_parse(WeightEdit *out, const char *text, Err *err) {
    *out = (WeightEdit){.kind = EDIT_NONE};
    if (!strncmp(text, "noise=", 6)) {
        out->kind = EDIT_NOISE;
        return parse_size(&out->size, text + 6, 100, err);
    }
    if (!strncmp(text, "silence=", 8)) {
        out->kind = EDIT_SILENCE;
        return parse_size(&out->size, text + 8, 1, err);
    }
    if (strncmp(text, "quantize=", 9) != 0)
        return err_set(err, ERR_INPUT, "--edit '%s' is not noise=SIZE, silence=SHARE or quantize=FORMAT",
                       text);
    out->kind = EDIT_QUANTIZE;
    for (int f = 1; quantize_name[f]; f++) /* 0: none */
        if (!strcmp(text + 9, quantize_name[f])) {
            out->format = (Quantize)f;
            return OK;
        }
    return err_set(err, ERR_INPUT,
                   "--edit: '%s' is not a format of weights; formats: fp16 .. int8 .. ternary", text + 9);
}

static void add_noise(Gpt *g, double size, uint64_t seed) {
    for (int i = 0; i < g->table.count; i++) {
        const Tensor *t = &g->table.tensor[i];
        Stream stream = random_stream(seed, RANDOM_NOISE, (uint32_t)i);
        real *w = g->params + t->offset;
        int64_t n = (int64_t)t->rows * t->cols;
        double squares = 0;
        for (int64_t k = 0; k < n; k++) squares += (double)w[k] * (double)w[k];
        double deviation = size * __builtin_sqrt(squares / (double)n);
        for (int64_t k = 0; k < n; k++)
            w[k] = (real)((double)w[k] + deviation * random_normal(stream, (uint64_t)k));
    }
}

/* mlp.out has a row for each channel of the stream and a column for each neuron. */
static void silence(Gpt *g, double share, uint64_t seed) {
    for (int l = 0; l < g->config.n_layer; l++) {
        real *out = tensor_at(g->params, g->at.block[l].out.weight);
        Stream stream = random_stream(seed, RANDOM_CONTROL, (uint32_t)l);
        int neurons = g->config.n_inner, silent = 0, wanted = (int)(share * neurons + 0.5);
        if (!out) continue;
        for (int i = 0; i < neurons; i++) { /* so that each set of that size is as probable as any other */
            if (random_below(stream, (uint64_t)i, (uint64_t)(neurons - i)) >= (uint64_t)(wanted - silent))
                continue;
            silent++;
            for (int c = 0; c < g->config.n_embd; c++) out[(int64_t)c * neurons + i] = 0;
        }
    }
}

void weight_edit(Gpt *g, const WeightEdit *edit, uint64_t seed) {
    if (edit->kind == EDIT_NOISE) add_noise(g, edit->size, seed);
    if (edit->kind == EDIT_SILENCE) silence(g, edit->size, seed);
    if (edit->kind == EDIT_QUANTIZE)
        quantize_params(g->params, g->params, &g->table, edit->format, ALL_PARTS, threads_default());
}
