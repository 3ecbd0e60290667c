#include "train/seed_prefix.h"

#include "base/random.h"
#include "data/pool.h"

void seed_prefix_draw(FactBatch *batch, const FactSet *facts, uint64_t seed, int64_t position) {
    uint64_t h = (uint64_t)facts->config.seed_prefix, symbols = (uint64_t)facts->config.prefix_symbols;
    if (h == 0) return;
    Stream stream = random_stream(seed, RANDOM_PREFIX, 1);
    int32_t first = pool_prefix_symbol(facts);
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int32_t *input = batch->inputs + batch->start[j] + 1, *target = batch->targets + batch->start[j];
        for (uint64_t k = 0; k < h; k++) {
            uint64_t index = (uint64_t)(position + j) * h + k;
            if (!facts->config.fixed_prefix) input[k] = first + (int32_t)random_below(stream, index, symbols);
            target[k] = -1;
        }
    }
}
