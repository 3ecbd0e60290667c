#include "train/tools/way_batch.h"

#include <stdlib.h>
#include <string.h>

static bool mixes(const Config *config) { return config->tools[0].train == TOOL_MIXTURE; }

/* The most ways that a batch has, and numbers of a way. */
static size_t most_ways(const Config *config, const FactSet *facts) {
    return (size_t)config->train.batch_size * (size_t)calls_max(facts) * TOOL_WAYS_MAX;
}
static size_t way_width(const Config *config) { return 1 + (size_t)config->model.tool.n_pointers; }

Status way_batch_create(WayBatch *out, const Config *config, const FactSet *facts, Err *err) {
    size_t ways = most_ways(config, facts), size = sizeof(int32_t), results = mixes(config) ? ways : 1;
    size_t tokens = (size_t)config->train.batch_size * (size_t)facts->max_len;
    *out = (WayBatch){.way = malloc(ways * way_width(config) * size),
                      .first = malloc(tokens * size),
                      .count = malloc(tokens * size),
                      .result = malloc(results * (size_t)facts->max_len * size),
                      .result_first = malloc(results * size),
                      .result_count = malloc(results * size),
                      .nats = calloc(tokens, sizeof(double))};
    if (!out->way || !out->first || !out->count || !out->result || !out->result_first || !out->result_count ||
        !out->nats)
        return err_set(err, ERR_NOMEM, "no memory for the calls that a batch of %zu tokens allows", tokens);
    out->taught = (ToolWays){.way = out->way, .first = out->first, .count = out->count, .nats = out->nats};
    if (!mixes(config)) return OK;
    out->taught.result = out->result;
    out->taught.result_first = out->result_first;
    out->taught.result_count = out->result_count;
    return OK;
}

void way_batch_free(WayBatch *b) {
    free(b->way);
    free(b->first);
    free(b->count);
    free(b->result);
    free(b->result_first);
    free(b->result_count);
    free(b->nats);
    *b = (WayBatch){.n = 0};
}

double way_batch_bytes(const Config *config, const FactSet *facts) {
    double ways = (double)most_ways(config, facts), size = sizeof(int32_t);
    double tokens = (double)config->train.batch_size * facts->max_len;
    double result = mixes(config) ? facts->max_len + 2 : 0;
    return ways * ((double)way_width(config) + result) * size + tokens * (2 * size + sizeof(double)) +
           (facts->max_len + 2) * size;
}

void way_batch_clear(WayBatch *b, size_t tokens) {
    memset(b->first, 0, tokens * sizeof *b->first);
    memset(b->count, 0, tokens * sizeof *b->count);
    memset(b->nats, 0, tokens * sizeof *b->nats);
    b->n = b->n_symbols = 0;
}

bool way_batch_right(WayBatch *b, const Ways *ways, const Answer *answer) {
    int32_t *out = b->way + (ptrdiff_t)b->n * (ptrdiff_t)way_width(ways->config);
    int n = ways_right(ways, answer->call, answer->tokens, out);
    b->first[answer->token] = b->n;
    b->count[answer->token] = n;
    b->n += n;
    return n > 0;
}

void way_batch_mix(WayBatch *b, const Ways *ways, ToolSet *set, const Answer *answer) {
    ptrdiff_t width = (ptrdiff_t)way_width(ways->config);
    int32_t *way = b->way + b->n * width, row = ways->calls->call[answer->call].row;
    int n = 1 + ways_all(ways, answer->call, answer->tokens, way + width);
    for (ptrdiff_t p = 0; p < width; p++) way[p] = p ? -1 : 0; /* no call */
    b->first[answer->token] = b->n;
    b->count[answer->token] = n;
    for (int i = 0; i < n; i++, way += width, b->n++) {
        int count = TOOL_NOTHING;
        if (way[0])
            count = tool_set_result(&(ToolReader){set, answer->tokens}, row, way[0], way + 1,
                                    b->result + b->n_symbols, answer->room);
        b->result_first[b->n] = b->n_symbols;
        b->result_count[b->n] = count;
        if (count > 0) b->n_symbols += count;
    }
}
