/* Circles and lines: k directed edges in any order that make one ring, or one path, of different vertices, all in one
 * direction. A class is the ring or path without its direction and without a first vertex.
 *
 * The number of a class has two parts. The set of its m vertices has a number in the combinatorial number system:
 * C(v_1, 1) + C(v_2, 2) + .. for v_1 < v_2 < .. The arrangement of the vertices has one, too. A path is an
 * arrangement of m = k + 1 vertices whose first is below its last. A ring is its least vertex, then such an
 * arrangement of the others. */
#include <stdio.h>

#include "data/kinds/pairs.h"
#include "data/kinds/task.h"

enum { ITEMS_MAX = TASK_EDGES_MAX + 1 };

static uint64_t factorial(int n) { return n < 2 ? 1 : (uint64_t)n * factorial(n - 1); }

/* C(n, k) for n <= TASK_VERTICES_MAX where C(n, i) < 2^53, i <= k: no product reaches 2^64. */
static uint64_t choose(uint64_t n, int k) {
    if (n < (uint64_t)k) return 0;
    uint64_t c = 1;
    for (uint64_t i = 0; i < (uint64_t)k; i++) c = c * (n - i) / (i + 1);
    return c;
}

/* ---- sets of vertices ---- */

static uint64_t set_number(const int32_t *ascending, int m) {
    uint64_t number = 0;
    for (int i = 0; i < m; i++) number += choose((uint64_t)ascending[i], i + 1);
    return number;
}

static void set_at(uint64_t number, int m, int vertices, int32_t *ascending) {
    uint64_t above = (uint64_t)vertices;
    for (int i = m; i-- > 0;) {
        uint64_t from = (uint64_t)i, to = above; /* the largest v with C(v, i + 1) <= number */
        while (to - from > 1) {
            uint64_t middle = from + (to - from) / 2;
            if (choose(middle, i + 1) <= number) from = middle;
            else to = middle;
        }
        ascending[i] = (int32_t)from;
        number -= choose(from, i + 1);
        above = from;
    }
}

/* ---- arrangements of 0 .. m - 1 whose first is below its last: m! / 2 of them ---- */

static uint64_t arrangement_number(const int *p, int m) {
    uint64_t inner = 0;
    for (int i = 1; i < m - 1; i++) {
        int below = 0; /* of those that come later, without the last */
        for (int j = i + 1; j < m - 1; j++) below += p[j] < p[i];
        inner = inner * (uint64_t)(m - 1 - i) + (uint64_t)below;
    }
    return pair_number((uint64_t)p[0], (uint64_t)p[m - 1]) * factorial(m - 2) + inner;
}

static void arrangement_at(uint64_t number, int m, int *p) {
    uint64_t inner = number % factorial(m - 2), first, last;
    int below[ITEMS_MAX] = {0};
    bool used[ITEMS_MAX] = {false};
    pair_at(number / factorial(m - 2), &first, &last);
    p[0] = (int)first;
    p[m - 1] = (int)last;
    used[first] = used[last] = true;
    for (int i = m - 1; i-- > 1; inner /= (uint64_t)(m - 1 - i))
        below[i] = (int)(inner % (uint64_t)(m - 1 - i));
    for (int i = 1; i < m - 1; i++) {
        int item = 0;
        for (int left = below[i]; used[item] || left > 0; item++) left -= !used[item];
        p[i] = item;
        used[item] = true;
    }
}

/* ---- classes: the vertices in the order of the ring or path ---- */

static uint64_t arrangements(const Task *task, bool ring) {
    return factorial(ring ? task->edges - 1 : task->edges + 1) / 2;
}

static int vertices_of(const Task *task, bool ring) { return task->edges + !ring; }

static void order_at(const Task *task, bool ring, uint64_t number, int32_t *order) {
    int m = vertices_of(task, ring), p[ITEMS_MAX];
    int32_t set[ITEMS_MAX];
    set_at(number / arrangements(task, ring), m, task->vertices, set);
    arrangement_at(number % arrangements(task, ring), m - ring, p);
    order[0] = set[0];
    for (int i = 0; i < m - ring; i++) order[i + ring] = set[p[i] + ring];
}

static int64_t order_number(const Task *task, bool ring, const int32_t *order) {
    int m = vertices_of(task, ring), rank[ITEMS_MAX] = {0}, p[ITEMS_MAX] = {0};
    int32_t set[ITEMS_MAX];
    for (int i = 0; i < m; i++) {
        rank[i] = 0;
        for (int j = 0; j < m; j++) rank[i] += order[j] < order[i];
        set[rank[i]] = order[i];
    }
    int first = 0;
    while (ring && rank[first] > 0) first++;
    for (int i = 0; i < m - ring; i++) p[i] = rank[(first + i + ring) % m] - ring;
    bool turned = p[0] > p[m - ring - 1];
    for (int i = 0, j = m - ring - 1; turned && i < j; i++, j--) {
        int old = p[i];
        p[i] = p[j];
        p[j] = old;
    }
    return (int64_t)(set_number(set, m) * arrangements(task, ring) + arrangement_number(p, m - ring));
}

/* ---- edges ---- */

static Status open(Task *out, const FactsConfig *config, bool ring, Err *err) {
    int k = config->edges, V = config->vertices, m = k + !ring;
    if (ring && k < 3)
        return err_set(err, ERR_INPUT, "facts.edges: %d edges make no circle, at least 3 do", k);
    if (m > V)
        return err_set(err, ERR_INPUT, "facts.vertices: %d edges need %d vertices, but there are %d", k, m,
                       V);
    out->vertices = out->vocab_size = V;
    out->edges = k;
    out->len = 2 * k;
    out->spellings = 2 * (double)factorial(k);
    out->valid = ring ? 1.0 / (2 * k) : 0.5;
    for (int i = 0; i < m; i++) out->valid *= V - i;
    if (!(out->valid < 9007199254740992.0))
        return err_set(
            err, ERR_INPUT,
            "facts.edges: %d edges between %d vertices make %.3g %s, at most 2^53 are possible; lower "
            "facts.edges or facts.vertices",
            k, V, out->valid, ring ? "circles" : "lines");
    double whole = 1; /* without a rounding: C(V, m) times the arrangements */
    for (int i = 0; i < m; i++) whole = whole * (V - i) / (i + 1);
    out->valid = whole * (double)arrangements(out, ring);
    snprintf(out->derivation, sizeof out->derivation,
             ring ? "%d!/(%d-%d)!/(2*%d) rings" : "%d!/(%d-%d)!/2 paths of %d edges", V, V, m, k);
    return OK;
}

static void spell(const Task *task, bool ring, uint64_t number, int32_t *tokens) {
    int32_t order[ITEMS_MAX];
    int m = vertices_of(task, ring);
    order_at(task, ring, number, order);
    for (int e = 0; e < task->edges; e++) {
        tokens[2 * e] = order[e];
        tokens[2 * e + 1] = order[(e + 1) % m];
    }
}

/* The edge that leaves a vertex, -1: none; of several the first. */
static int edge_from(const int32_t *tokens, int edges, int32_t vertex) {
    for (int e = 0; e < edges; e++)
        if (tokens[2 * e] == vertex) return e;
    return -1;
}

static bool is_target(const int32_t *tokens, int edges, int32_t vertex) {
    for (int e = 0; e < edges; e++)
        if (tokens[2 * e + 1] == vertex) return true;
    return false;
}

/* Follows the edges from vertex to vertex. As each is taken once and the vertices differ, they are a ring or a path. */
static int64_t judge(const Task *task, bool ring, const int32_t *tokens) {
    int32_t order[ITEMS_MAX + 1];
    int first = 0, k = task->edges, m = vertices_of(task, ring);
    for (int i = 0; i < task->len; i++)
        if (tokens[i] < 0 || tokens[i] >= task->vertices) return -1;
    while (!ring && first < k && is_target(tokens, k, tokens[2 * first])) first++;
    if (first == k) return -1; /* no beginning */
    order[0] = tokens[2 * first];
    for (int i = 0; i < k; i++) {
        int e = edge_from(tokens, k, order[i]);
        if (e < 0) return -1;
        order[i + 1] = tokens[2 * e + 1];
    }
    if (ring && order[k] != order[0]) return -1;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < i; j++)
            if (order[i] == order[j]) return -1;
    return order_number(task, ring, order);
}

/* The direction, then the order of the edges. */
static void edges_respell(int32_t *tokens, int len, Stream stream, uint64_t index) {
    int edges = len / 2;
    if (random_below(stream, index, 2))
        for (int e = 0; e < edges; e++) tokens_swap(&tokens[2 * e], &tokens[2 * e + 1]);
    for (int e = 0; e + 1 < edges; e++) {
        int other = e + (int)random_below(stream, index + 1 + (uint64_t)e, (uint64_t)(edges - e));
        tokens_swap(&tokens[2 * e], &tokens[2 * other]);
        tokens_swap(&tokens[2 * e + 1], &tokens[2 * other + 1]);
    }
}

/* ---- the two kinds ---- */

static Status circles_open(Task *out, const FactsConfig *config, uint64_t seed, Err *err) {
    (void)seed;
    return open(out, config, true, err);
}
static Status lines_open(Task *out, const FactsConfig *config, uint64_t seed, Err *err) {
    (void)seed;
    return open(out, config, false, err);
}
static void circles_spell(const Task *task, uint64_t number, int32_t *tokens) {
    spell(task, true, number, tokens);
}
static void lines_spell(const Task *task, uint64_t number, int32_t *tokens) {
    spell(task, false, number, tokens);
}
static int64_t circles_judge(const Task *task, const int32_t *tokens) { return judge(task, true, tokens); }
static int64_t lines_judge(const Task *task, const int32_t *tokens) { return judge(task, false, tokens); }

static uint8_t edges_field(int position) {
    (void)position;
    return 1;
}
static const char *const edges_fields[] = {"vertex", NULL};

const TaskKind circles_task = {circles_open,  circles_spell, circles_judge,
                               edges_respell, edges_fields,  edges_field};
const TaskKind lines_task = {lines_open, lines_spell, lines_judge, edges_respell, edges_fields, edges_field};
