#include "data/counterparts.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

/* A prompt without the token at `gap`. */
typedef struct Gapped {
    uint64_t hash;
    int32_t sequence, gap;
} Gapped;

static int compare_gapped(const void *left, const void *right) {
    const Gapped *a = left, *b = right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return a->sequence != b->sequence ? a->sequence - b->sequence : a->gap - b->gap;
}

static uint64_t hash_around(const int32_t *prompt, int length, int gap) {
    uint64_t before =
        XXH3_64bits_withSeed(prompt, (size_t)gap * sizeof *prompt, (uint64_t)length << 32 | (uint32_t)gap);
    return XXH3_64bits_withSeed(prompt + gap + 1, (size_t)(length - gap - 1) * sizeof *prompt, before);
}

static bool one_differs(const FactSet *f, int a, int b, int gap) {
    const int32_t *x = f->tokens + f->start[a], *y = f->tokens + f->start[b];
    int n = f->prompt_len[a];
    if (n != f->prompt_len[b] || gap >= n) return false;
    for (int i = 0; i < n; i++)
        if ((x[i] != y[i]) != (i == gap)) return false;
    return true;
}

Status counterparts_find(int32_t *out, int *found, const FactSet *f, const int8_t *side, Err *err) {
    int64_t n = 0, at = 0;
    *found = 0;
    for (int i = 0; i < f->n_pool; i++) {
        out[i] = -1;
        if (side[i] == SIDE_SOURCE) n += f->prompt_len[i];
    }
    Gapped *source = malloc(((size_t)n + 1) * sizeof *source);
    if (!source) return err_set(err, ERR_NOMEM, "no memory to pair %d facts", f->n_pool);
    for (int i = 0; i < f->n_pool; i++)
        for (int gap = 0; side[i] == SIDE_SOURCE && gap < f->prompt_len[i]; gap++)
            source[at++] = (Gapped){hash_around(f->tokens + f->start[i], f->prompt_len[i], gap), i, gap};
    qsort(source, (size_t)n, sizeof *source, compare_gapped);
    for (int i = 0; i < f->n_pool; i++) {
        if (side[i] != SIDE_BASE) continue;
        for (int gap = 0; gap < f->prompt_len[i]; gap++) {
            uint64_t hash = hash_around(f->tokens + f->start[i], f->prompt_len[i], gap);
            int64_t low = 0, high = n;
            while (low < high) {
                int64_t middle = (low + high) / 2;
                if (source[middle].hash < hash) low = middle + 1;
                else high = middle;
            }
            for (; low < n && source[low].hash == hash; low++)
                if (one_differs(f, i, source[low].sequence, gap) &&
                    (out[i] < 0 || source[low].sequence < out[i]))
                    out[i] = source[low].sequence;
        }
        *found += out[i] >= 0;
    }
    free(source);
    return OK;
}
