#include "data/kinds/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "data/entropy.h"
#include "data/kinds/distinct.h"
#include "data/kinds/kinds.h"
#include "data/kinds/lists.h"
#include "data/kinds/plan.h"

enum {
    SUB_CLASS = 0,
    SUB_SPELLING = 3
}; /* streams; a draw without replacement takes two, a graph the third */

static const TaskKind *const tasks[FACTS_KIND_COUNT] = {
    [FACTS_SIBLINGS] = &siblings_task,
    [FACTS_TRIANGLES] = &triangles_task,
    [FACTS_CIRCLES] = &circles_task,
    [FACTS_LINES] = &lines_task,
};

bool task_is(FactsKind kind) { return (int)kind >= 0 && kind < FACTS_KIND_COUNT && tasks[kind]; }

Status task_open(Task *out, const FactsConfig *config, uint64_t seed, Err *err) {
    CHECK(task_is(config->kind));
    *out = (Task){.kind = tasks[config->kind]};
    return out->kind->open(out, config, seed, err);
}

void task_close(Task *task) {
    free(task->triangle);
    free(task->adjacent);
    *task = (Task){0};
}

int64_t task_judge(const Task *task, const int32_t *tokens, int n) {
    return n == task->len ? task->kind->judge(task, tokens) : -1;
}

void task_draw_spelling(const Task *task, uint64_t number, Stream stream, uint64_t index, int32_t *tokens) {
    task->kind->spell(task, number, tokens);
    task->kind->respell(tokens, task->len, stream, index * TASK_LEN_MAX);
}

/* ---- as a kind of facts ---- */

static Status plan_of(const Task *task, const FactsConfig *config, FactSet *out, Err *err) {
    int n = config->n;
    const char *kind = config_choice("facts.kind", (int)config->kind);
    if (n > task->valid)
        return err_set(err, ERR_INPUT,
                       "facts.n: %d facts, but there are only %.0f %s (%s); lower facts.n, or make the task "
                       "larger",
                       n, task->valid, kind, task->derivation);
    TRY(kind_sizes(out, n, task->len, task->vocab_size, err));
    kind_fields(out, task->kind->fields);
    double classes = distinct_bits(n, task->valid), spellings = n * exact_log2(task->spellings);
    kind_bits(out, classes + spellings, 0);
    snprintf(out->derivation, sizeof out->derivation,
             "sum over i < %d of log2(%.0f - i) = %.17g bits: %d of the %.0f %s (%s), in the order drawn, + "
             "%d * log2(%.0f) = %.17g bits for their spellings",
             n, task->valid, classes, n, task->valid, kind, task->derivation, n, task->spellings, spellings);
    return OK;
}

static Status task_plan(const FactsConfig *config, FactSet *out, Err *err) {
    Task task;
    Status status = task_open(&task, config, out->seed, err);
    if (status == OK) status = plan_of(&task, config, out, err);
    task_close(&task);
    return status;
}

static void write_facts(FactSet *facts, const Task *task, const uint64_t *number) {
    Stream stream = random_stream(facts->seed, RANDOM_FACTS, SUB_SPELLING);
    Writer w = {.facts = facts};
    for (int i = 0; i < facts->n; i++) {
        int32_t tokens[TASK_LEN_MAX];
        task_draw_spelling(task, number[i], stream, (uint64_t)i << 16, tokens);
        write_begin(&w);
        for (int t = 0; t < task->len; t++) write_token(&w, tokens[t], task->kind->field(t));
    }
    write_end(&w);
}

static Status task_draw(FactSet *facts, Err *err) {
    Task task;
    Status status = OK;
    uint64_t *number = malloc((size_t)facts->n * sizeof *number);
    TRY_GOTO(task_open(&task, &facts->config, facts->seed, err));
    if (!number) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to draw %d samples", facts->n));
    TRY_GOTO(draw_distinct(number, facts->n, (uint64_t)task.valid, facts->seed, SUB_CLASS, err));
    TRY_GOTO(facts_allocate(facts, (int64_t)facts->n * task.len, err));
    write_facts(facts, &task, number);
done:
    task_close(&task);
    free(number);
    return status;
}

/* Paraphrase m is another spelling; a draw may give the same one again. */
static int task_vary(const FactSet *drawn, int i, int m, int32_t *tokens, uint8_t *field,
                     int32_t *prompt_len) {
    Stream stream = random_stream(drawn->seed, RANDOM_FACTS, SUB_SPELLING);
    int len = fact_length(drawn, i);
    memcpy(tokens, drawn->tokens + drawn->start[i], (size_t)len * sizeof *tokens);
    tasks[drawn->config.kind]->respell(tokens, len, stream,
                                       (((uint64_t)i << 16) + (uint64_t)m) * TASK_LEN_MAX);
    if (field) memcpy(field, drawn->field + drawn->start[i], (size_t)len);
    *prompt_len = 0;
    return len;
}

#define TASK_AS_KIND                                                                                         \
    { .plan = task_plan, .draw = task_draw, .vary = task_vary }
const Kind siblings_kind = TASK_AS_KIND, triangles_kind = TASK_AS_KIND, circles_kind = TASK_AS_KIND,
           lines_kind = TASK_AS_KIND;
