#include "eval/neurons/activations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/fact_batch.h"
#include "eval/prompts.h"
#include "model/formats/npy.h"
#include "model/formats/safetensors.h"
#include "model/pass.h"

static Status allocate(Activations *a, const ModelConfig *c, const Hook *hook, int n_hooks, Err *err) {
    size_t n = (size_t)n_hooks, rows = (size_t)a->rows, bytes = 0;
    a->hook = calloc(n, sizeof *a->hook);
    a->width = calloc(n, sizeof *a->width);
    a->data = calloc(n, sizeof *a->data);
    a->token = calloc(rows, sizeof *a->token);
    a->target = calloc(rows, sizeof *a->target);
    a->fact = calloc(rows, sizeof *a->fact);
    a->position = calloc(rows, sizeof *a->position);
    bool there = a->hook && a->width && a->data && a->token && a->target && a->fact && a->position;
    for (int i = 0; there && i < n_hooks; i++) {
        size_t width = (size_t)hook_width(c, hook[i].site);
        a->n_hooks++;
        a->hook[i] = hook[i];
        a->width[i] = (int)width;
        a->data[i] = calloc(rows * width, sizeof(real));
        bytes += rows * width * sizeof(real);
        there = a->data[i] != NULL;
    }
    if (there) return OK;
    return err_set(err, ERR_NOMEM,
                   "no memory for %zu rows of %d hooks (%.1f MiB and more); choose fewer facts", rows,
                   n_hooks, (double)bytes / (1 << 20));
}

typedef struct Keeper {
    Activations *out;
    int64_t shift; /* row of the output minus token of the batch */
} Keeper;

static void keep(void *user, const HookObservation *seen) {
    const Keeper *k = user;
    const Activations *a = k->out;
    for (int i = 0; i < a->n_hooks; i++) {
        if (a->hook[i].site != seen->hook.site || a->hook[i].layer != seen->hook.layer) continue;
        for (int r = 0; r < seen->rows; r++) {
            int width = seen->hook.site == HOOK_PATTERN ? r + 1 : seen->width;
            real *to = a->data[i] + (seen->token + r + k->shift) * a->width[i] + seen->column;
            memcpy(to, seen->x + r * seen->ld, (size_t)width * sizeof(real));
        }
    }
}

/* Consecutive facts are run together. */
static void observe(Activations *a, const Gpt *g, GptWork *work, const FactBatch *all, const bool *chosen,
                    int n) {
    unsigned sites = 0;
    int64_t row = 0;
    for (int i = 0; i < a->n_hooks; i++) sites |= 1u << a->hook[i].site;
    for (int i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && chosen[end] == chosen[i];) end++;
        if (!chosen[i]) continue;
        Keeper keeper = {a, row - all->start[i]};
        gpt_observe(g, work, &all->batch, i, end, sites, keep, &keeper);
        for (int f = i; f < end; f++)
            for (int32_t t = all->start[f]; t < all->start[f + 1]; t++, row++) {
                a->token[row] = all->inputs[t];
                a->target[row] = all->targets[t];
                a->fact[row] = f;
                a->position[row] = t - all->start[f];
            }
    }
}

Status activations_collect(Activations *out, const Gpt *g, const FactSet *facts, const bool *chosen,
                           const Hook *hook, int n_hooks, Err *err) {
    int n = facts->n + facts->n_heldout;
    int max_len = facts->max_len, seqs = 256 / max_len > 1 ? 256 / max_len : 1;
    FactBatch all = {.start = NULL};
    GptWork *work = NULL;
    Status status = OK;
    bool pattern = false;
    *out = (Activations){.n_hooks = 0};
    TRY(facts_readable(g, facts, err));
    for (int i = 0; i < n; i++)
        if (chosen[i]) out->rows += facts->start[i + 1] - facts->start[i];
    for (int i = 0; i < n_hooks; i++) pattern |= hook[i].site == HOOK_PATTERN;
    TRY_GOTO(allocate(out, &g->config, hook, n_hooks, err));
    TRY_GOTO(fact_batch_create(&all, facts, err));
    TRY_GOTO(gpt_work_create(&work, g, seqs * max_len, seqs, max_len, pattern, 1, NULL, err));
    observe(out, g, work, &all, chosen, n);
done:
    gpt_work_free(work);
    fact_batch_free(&all);
    if (status != OK) activations_free(out);
    return status;
}

void activations_free(Activations *a) {
    for (int i = 0; i < a->n_hooks; i++) free(a->data[i]);
    free(a->hook);
    free(a->width);
    free(a->data);
    free(a->token);
    free(a->target);
    free(a->fact);
    free(a->position);
    *a = (Activations){.n_hooks = 0};
}

Status activations_write_npy(const char *path, const Activations *a, Err *err) {
    CHECK(a->n_hooks == 1);
    return npy_write_rows(path, "activations", a->data[0], a->rows, a->width[0], err);
}

Status activations_write_safetensors(const char *path, const Activations *a, const char *param_hash,
                                     Err *err) {
    const struct {
        const char *name;
        const int32_t *data;
    } column[] = {{"tokens", a->token}, {"targets", a->target}, {"fact", a->fact}, {"position", a->position}};
    enum { COLUMNS = sizeof column / sizeof *column };
    StMeta meta[] = {{"format", (char *)ACTIVATIONS_FORMAT}, {"param_hash", (char *)param_hash}};
    StFile file = {
        .tensor = calloc((size_t)a->n_hooks + COLUMNS, sizeof *file.tensor), .meta = meta, .n_meta = 2};
    if (!file.tensor)
        return err_set(err, ERR_NOMEM, "%s: no memory for a table of %d hooks", path, a->n_hooks);
    for (int i = 0; i < a->n_hooks; i++) {
        StTensor *t = &file.tensor[file.n_tensors++];
        *t = (StTensor){.dtype = REAL_NAME, .n_dim = 2, .dim = {a->rows, a->width[i]}, .data = a->data[i]};
        t->bytes = (size_t)a->rows * (size_t)a->width[i] * sizeof(real);
        char name[HOOK_NAME_MAX];
        snprintf(t->name, sizeof t->name, "%s", hook_name(name, a->hook[i]));
    }
    for (int i = 0; i < COLUMNS; i++) {
        StTensor *t = &file.tensor[file.n_tensors++];
        *t = (StTensor){.dtype = "I32", .n_dim = 1, .dim = {a->rows}, .data = column[i].data};
        t->bytes = (size_t)a->rows * sizeof(int32_t);
        snprintf(t->name, sizeof t->name, "%s", column[i].name);
    }
    Status status = safetensors_write(path, &file, "activations", err);
    free(file.tensor);
    return status;
}
