/* Triangles: three vertices of a hidden graph, each joined to the other two. The graph is drawn from the seed: each
 * pair of vertices is joined with probability facts.density. A class is a set of three vertices. */
#include <stdio.h>
#include <stdlib.h>

#include "data/kinds/pairs.h"
#include "data/kinds/task.h"

enum { SUB_GRAPH = 2, WORD = 64 };

static int row_words(const Task *task) { return (task->vertices + WORD - 1) / WORD; }

static bool joined(const Task *task, int a, int b) {
    return task->adjacent[(size_t)a * (size_t)row_words(task) + (size_t)(b / WORD)] >> (b % WORD) & 1;
}

static void join(Task *task, int a, int b) {
    task->adjacent[(size_t)a * (size_t)row_words(task) + (size_t)(b / WORD)] |= (uint64_t)1 << (b % WORD);
}

static Status draw_graph(Task *task, double density, uint64_t seed, Err *err) {
    Stream stream = random_stream(seed, RANDOM_FACTS, SUB_GRAPH);
    task->adjacent = calloc((size_t)task->vertices * (size_t)row_words(task), sizeof *task->adjacent);
    if (!task->adjacent)
        return err_set(err, ERR_NOMEM, "no memory for a graph of %d vertices", task->vertices);
    for (int b = 1; b < task->vertices; b++)
        for (int a = 0; a < b; a++) {
            if (random_unit(stream, pair_number((uint64_t)a, (uint64_t)b)) >= density) continue;
            join(task, a, b);
            join(task, b, a);
            task->edges++;
        }
    return OK;
}

/* Counts the triangles, and lists them where there is room. */
static int64_t find_triangles(const Task *task, int16_t *out) {
    int64_t n = 0;
    for (int a = 0; a < task->vertices; a++)
        for (int b = a + 1; b < task->vertices; b++) {
            if (!joined(task, a, b)) continue;
            for (int c = b + 1; c < task->vertices; c++) {
                if (!joined(task, a, c) || !joined(task, b, c)) continue;
                if (out) {
                    out[3 * n] = (int16_t)a;
                    out[3 * n + 1] = (int16_t)b;
                    out[3 * n + 2] = (int16_t)c;
                }
                n++;
            }
        }
    return n;
}

static Status triangles_open(Task *out, const FactsConfig *config, uint64_t seed, Err *err) {
    out->vertices = out->vocab_size = config->vertices;
    out->len = 3;
    out->spellings = 6;
    TRY(draw_graph(out, config->density, seed, err));
    int64_t n = find_triangles(out, NULL);
    out->triangle = malloc(((size_t)n + 1) * 3 * sizeof *out->triangle);
    if (!out->triangle) return err_set(err, ERR_NOMEM, "no memory for %lld triangles", (long long)n);
    find_triangles(out, out->triangle);
    out->valid = (double)n;
    snprintf(out->derivation, sizeof out->derivation, "counted in the graph: %d vertices, %d edges",
             out->vertices, out->edges);
    return OK;
}

static void triangles_spell(const Task *task, uint64_t number, int32_t *tokens) {
    for (int i = 0; i < 3; i++) tokens[i] = task->triangle[3 * number + (uint64_t)i];
}

static int64_t triangles_judge(const Task *task, const int32_t *tokens) {
    int32_t v[3];
    for (int i = 0; i < 3; i++) {
        v[i] = tokens[i];
        if (v[i] < 0 || v[i] >= task->vertices) return -1;
    }
    if (v[0] > v[1]) tokens_swap(&v[0], &v[1]);
    if (v[1] > v[2]) tokens_swap(&v[1], &v[2]);
    if (v[0] > v[1]) tokens_swap(&v[0], &v[1]);
    int64_t from = 0, to = (int64_t)task->valid; /* the one that is not below v lies in from .. to */
    while (from < to) {
        int64_t middle = from + (to - from) / 2;
        const int16_t *m = task->triangle + 3 * middle;
        bool below = m[0] != v[0] ? m[0] < v[0] : m[1] != v[1] ? m[1] < v[1] : m[2] < v[2];
        if (below) from = middle + 1;
        else to = middle;
    }
    const int16_t *found = task->triangle + 3 * from;
    bool same = from < (int64_t)task->valid && found[0] == v[0] && found[1] == v[1] && found[2] == v[2];
    return same ? from : -1;
}

static void triangles_respell(int32_t *tokens, int len, Stream stream, uint64_t index) {
    for (int i = 0; i + 1 < len; i++)
        tokens_swap(&tokens[i],
                    &tokens[i + (int)random_below(stream, index + (uint64_t)i, (uint64_t)(len - i))]);
}

static uint8_t triangles_field(int position) {
    (void)position;
    return 1;
}
static const char *const triangles_fields[] = {"vertex", NULL};

const TaskKind triangles_task = {triangles_open,    triangles_spell,  triangles_judge,
                                 triangles_respell, triangles_fields, triangles_field};
