/* Creative tasks (Nagarajan et al. 2025, arXiv 2504.15266): each has a known set of valid samples, of which a model
 * sees some and must find the others. A sample is a sequence of tokens without a prompt.
 *
 * Sequences that say the same make one class: siblings in either order, a ring from any vertex in either direction. A
 * class has `spellings` sequences, all different, and every valid sequence belongs to one class. A fact is one class,
 * drawn without replacement, in a spelling drawn for it; its paraphrases are further spellings.
 *
 * Classes are numbered, so that draws, uniqueness and novelty are about numbers.
 *
 *   siblings   child child parent          M = P C(C, 2)            spellings 2
 *   triangles  three vertices, all joined  M = counted in the graph spellings 6
 *   circles    k edges that make one ring  M = V! / (V-k)! / (2k)   spellings 2 k!
 *   lines      k edges that make one path  M = V! / (V-k-1)! / 2    spellings 2 k!
 */
#ifndef ROTE_DATA_KINDS_TASK_H
#define ROTE_DATA_KINDS_TASK_H

#include "base/random.h"
#include "data/facts.h"

enum { TASK_VERTICES_MAX = 1024, TASK_EDGES_MAX = 12, TASK_LEN_MAX = 2 * TASK_EDGES_MAX };

typedef struct Task {
    const struct TaskKind *kind;
    int parents, children; /* siblings */
    int vertices, edges;   /* edges: of a circle or a line; of the hidden graph */
    int len;               /* tokens of a sample */
    int vocab_size;
    double valid;     /* M: the number of classes, exact, below 2^53 */
    double spellings; /* of each class */
    /* triangles: 3 M vertices, each triple ascending, the triples in lexicographic order */
    int16_t *triangle;
    uint64_t *adjacent;   /* triangles: a row of bits for each vertex */
    char derivation[200]; /* of M, with its figures */
} Task;

/* One kind of task. */
typedef struct TaskKind {
    /* Fills a zeroed task; M may be 0. ERR_INPUT: impossible sizes. ERR_NOMEM. */
    Status (*open)(Task *out, const FactsConfig *config, uint64_t seed, Err *err);
    /* A spelling of class 0 <= number < M: task->len tokens. */
    void (*spell)(const Task *task, uint64_t number, int32_t *tokens);
    /* The class that task->len tokens spell, -1: none. Any int32 may be among them. */
    int64_t (*judge)(const Task *task, const int32_t *tokens);
    /* Replaces a spelling by a uniformly drawn one of its class, from the TASK_LEN_MAX blocks of the stream that begin
     * at `index`. */
    void (*respell)(int32_t *tokens, int len, Stream stream, uint64_t index);
    const char *const *fields; /* names, ended by NULL */
    uint8_t (*field)(int position);
} TaskKind;

static inline void tokens_swap(int32_t *a, int32_t *b) {
    int32_t old = *a;
    *a = *b;
    *b = old;
}

/* Whether facts of this kind are samples of a task. */
bool task_is(FactsKind kind);
/* The task that facts of this config and seed are drawn from. ERR_INPUT: impossible. ERR_NOMEM. Free with task_close,
 * after an error too. */
Status task_open(Task *out, const FactsConfig *config, uint64_t seed, Err *err);
void task_close(Task *task);
/* The class of a sequence of n tokens, -1: not valid. */
int64_t task_judge(const Task *task, const int32_t *tokens, int n);
/* A uniformly drawn spelling of class `number`: draw `index` of the stream. */
void task_draw_spelling(const Task *task, uint64_t number, Stream stream, uint64_t index, int32_t *tokens);

extern const TaskKind siblings_task, triangles_task, circles_task, lines_task;

#endif
