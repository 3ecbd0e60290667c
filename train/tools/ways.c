#include "train/tools/ways.h"

#include <stdlib.h>
#include <string.h>

/* ---- all ways of a row ---- */

/* The places that an argument may have: of one without a pointer there is one choice, with no places. */
typedef struct Choices {
    int n;
    int32_t place[WAYS_MAX][2];
} Choices;

/* n is WAYS_MAX + 1 if there are more than WAYS_MAX. */
static void find_choices(const Ways *w, ToolArg type, const int32_t *tokens, int32_t row, Choices *out) {
    int pointers = tool_arg_pointers(type);
    out->n = 0;
    for (int32_t u = pointers ? 1 : row; u <= row; u++)
        for (int32_t v = pointers == 2 ? u : row; v <= row; v++) {
            const int32_t place[2] = {u, v};
            if (call_argument(type, tokens, w->spelling, row, place).n == 0) continue;
            if (out->n++ == WAYS_MAX) return;
            memcpy(out->place[out->n - 1], place, sizeof place);
        }
}

/* Adds the ways of a tool to the n that are there. Returns how many there are then, WAYS_MAX + 1 for more than
 * WAYS_MAX. */
static int add_ways(const Ways *w, int tool, const int32_t *tokens, int32_t row, int32_t *out, int n) {
    const ToolArgs *args = &w->args[tool];
    int width = 1 + w->config->model.tool.n_pointers, first = w->config->model.tool.first_pointer[tool];
    int from = n, all = 1;
    Choices choices[TOOL_ARGS_MAX];
    for (int a = 0; a < args->n; a++) {
        find_choices(w, args->arg[a], tokens, row, &choices[a]);
        all *= choices[a].n; /* at most 257 to the power of 4: it is cut below */
        if (all > WAYS_MAX) all = WAYS_MAX + 1;
        if (all == 0) return n;
    }
    if (n + all > WAYS_MAX) return WAYS_MAX + 1;
    for (; n < from + all; n++) {
        int32_t *way = out + (ptrdiff_t)n * width;
        int number = n - from, pointer = 0;
        way[0] = tool + 1;
        for (int p = 0; p < width - 1; p++) way[1 + p] = -1;
        for (int a = 0, rest = all; a < args->n; a++) {
            rest /= choices[a].n;
            const int32_t *place = choices[a].place[number / rest];
            number %= rest;
            for (int k = 0; k < tool_arg_pointers(args->arg[a]); k++) way[1 + first + pointer++] = place[k];
        }
    }
    return n;
}

static int all_ways(const Ways *w, const int32_t *tokens, int32_t row, int32_t *out) {
    int n = 0;
    for (int tool = 0; tool < w->config->n_tools && n <= WAYS_MAX; tool++)
        n = add_ways(w, tool, tokens, row, out, n);
    return n;
}

/* ---- which return the answer ---- */

static Status check_ways(const Ways *w, int sequence, int n, Err *err) {
    if (n <= WAYS_MAX) return OK;
    return err_set(
        err, ERR_INPUT,
        "tools.0.train is %s, which asks all calls that a prompt allows, but sequence %d allows more "
        "than %d; take arguments that fewer places can be (tools.N.args), shorter facts, or labelled",
        config_choice("tools.0.train", (int)w->config->tools[0].train), sequence, WAYS_MAX);
}

/* Asks all ways of one answer. way: room for WAYS_MAX; result: for the answer and one more. Adds to *right. */
static Status ask_ways(Ways *w, ToolSet *set, int sequence, int64_t number, int32_t *way, int32_t *result,
                       int64_t *right, Err *err) {
    const Call *call = &w->calls->call[number];
    const int32_t *tokens = w->facts->tokens + w->facts->start[sequence];
    int n = all_ways(w, tokens, call->row, way), width = 1 + w->config->model.tool.n_pointers;
    TRY(check_ways(w, sequence, n, err));
    for (int i = 0; i < n; i++) {
        const int32_t *x = way + (ptrdiff_t)i * width;
        int got =
            tool_set_result(&(ToolReader){set, tokens}, call->row, x[0], x + 1, result, call->n_result + 1);
        if (got != call->n_result || memcmp(result, tokens + call->row, (size_t)got * sizeof *result) != 0)
            continue;
        w->right[number][i / 64] |= (uint64_t)1 << (i % 64);
        ++*right;
    }
    return set->status == OK ? OK : err_set(err, set->status, "%s", set->err.msg);
}

static Status ask_all(Ways *w, ToolSet *set, int32_t *way, int32_t *result, Err *err) {
    const FactSet *facts = w->facts;
    int64_t right = 0;
    for (int i = 0; i < facts->n_pool; i++) {
        if (i >= facts->n && i < facts->n + facts->n_heldout) continue; /* never trained */
        tool_set_begin(set);
        for (int64_t c = w->calls->start[i]; c < w->calls->start[i + 1]; c++)
            TRY(ask_ways(w, set, i, c, way, result, &right, err));
    }
    if (right) return OK;
    return err_set(err, ERR_INPUT,
                   "tools.0.train is %s, but no call that these prompts allow returns the answer of a fact; "
                   "see tools.N.args",
                   config_choice("tools.0.train", (int)w->config->tools[0].train));
}

Status ways_create(Ways *out, const Config *config, const FactSet *facts, const Spelling *spelling,
                   const Calls *calls, Err *err) {
    Status status = OK;
    ToolSet set = {.config = NULL};
    const StoreSource trained = {.facts = facts, .calls = calls, .rows = ROWS_TRAINED};
    const StoreContent content = {.source = &trained, .n_sources = 1};
    size_t width = 1 + (size_t)config->model.tool.n_pointers, n = (size_t)calls->start[facts->n_pool] + 1;
    *out = (Ways){.config = config, .facts = facts, .spelling = spelling, .calls = calls};
    out->right = calloc(n, sizeof *out->right);
    int32_t *way = malloc(WAYS_MAX * width * sizeof *way);
    int32_t *result = malloc(((size_t)facts->max_len + 1) * sizeof *result);
    if (!out->right || !way || !result)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the calls that %zu answers allow", n));
    for (int i = 0; i < config->n_tools; i++)
        TRY_GOTO(tool_args_parse(config->tools[i].args, &out->args[i], err));
    TRY_GOTO(tool_set_open(&set, config, spelling, &content, NULL, err));
    TRY_GOTO(ask_all(out, &set, way, result, err));
done:
    free(way);
    free(result);
    tool_set_close(&set);
    return status;
}

void ways_free(Ways *ways) {
    free(ways->right);
    *ways = (Ways){.config = NULL};
}

double ways_bytes(const Config *config, const FactSet *facts) {
    double way = (1.0 + config->model.tool.n_pointers) * sizeof(int32_t);
    return (double)facts->n_pool * calls_max(facts) * WAYS_MAX / 8 + WAYS_MAX * way +
           (double)facts->max_len * sizeof(int32_t) + tool_set_bytes(config, facts);
}

bool ways_any(const Ways *w, int64_t call) {
    for (size_t i = 0; i < sizeof *w->right / sizeof **w->right; i++)
        if (w->right[call][i]) return true;
    return false;
}

int ways_all(const Ways *w, int64_t call, const int32_t *tokens, int32_t *out) {
    return all_ways(w, tokens, w->calls->call[call].row, out);
}

int ways_right(const Ways *w, int64_t call, const int32_t *tokens, int32_t *out) {
    const uint64_t *right = w->right[call];
    int width = 1 + w->config->model.tool.n_pointers, n = 0, all = ways_all(w, call, tokens, out);
    for (int i = 0; i < all; i++)
        if (right[i / 64] >> (i % 64) & 1)
            memmove(out + (ptrdiff_t)n++ * width, out + (ptrdiff_t)i * width, (size_t)width * sizeof *out);
    return n;
}
