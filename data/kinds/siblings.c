/* Siblings: two children of one parent, then the parent. Symbols: the parents, then the children of parent 0, of parent
 * 1, .. A class is a pair of children, so their order does not matter. */
#include <stdio.h>

#include "data/kinds/pairs.h"
#include "data/kinds/task.h"

static Status siblings_open(Task *out, const FactsConfig *config, uint64_t seed, Err *err) {
    (void)seed;
    int64_t symbols = (int64_t)config->parents * (1 + config->children);
    if (symbols > 1 << 24)
        return err_set(
            err, ERR_INPUT,
            "facts.children: %d parents with %d children each are %lld symbols, at most %d are possible",
            config->parents, config->children, (long long)symbols, 1 << 24);
    out->parents = config->parents;
    out->children = config->children;
    out->len = 3;
    out->vocab_size = (int)symbols;
    out->valid = (double)config->parents * (double)pairs_of((uint64_t)config->children);
    out->spellings = 2;
    snprintf(out->derivation, sizeof out->derivation, "%d parents * C(%d, 2) pairs of children",
             config->parents, config->children);
    return OK;
}

static void siblings_spell(const Task *task, uint64_t number, int32_t *tokens) {
    uint64_t pairs = pairs_of((uint64_t)task->children), low, high;
    uint64_t parent = number / pairs;
    pair_at(number % pairs, &low, &high);
    uint64_t first = (uint64_t)task->parents + parent * (uint64_t)task->children;
    tokens[0] = (int32_t)(first + low);
    tokens[1] = (int32_t)(first + high);
    tokens[2] = (int32_t)parent;
}

static int64_t siblings_judge(const Task *task, const int32_t *tokens) {
    int64_t child[2], parent = tokens[2];
    if (parent < 0 || parent >= task->parents) return -1;
    for (int i = 0; i < 2; i++) {
        child[i] = (int64_t)tokens[i] - task->parents - parent * task->children;
        if (child[i] < 0 || child[i] >= task->children) return -1;
    }
    if (child[0] == child[1]) return -1;
    return parent * (int64_t)pairs_of((uint64_t)task->children) +
           (int64_t)pair_number((uint64_t)child[0], (uint64_t)child[1]);
}

static void siblings_respell(int32_t *tokens, int len, Stream stream, uint64_t index) {
    (void)len;
    if (random_below(stream, index, 2) == 0) return;
    int32_t first = tokens[0];
    tokens[0] = tokens[1];
    tokens[1] = first;
}

static uint8_t siblings_field(int position) { return position < 2 ? 1 : 2; }
static const char *const siblings_fields[] = {"child", "parent", NULL};

const TaskKind siblings_task = {siblings_open,    siblings_spell,  siblings_judge,
                                siblings_respell, siblings_fields, siblings_field};
