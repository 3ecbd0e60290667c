#include "train/tools/teacher.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"

static const double LN_2 = 0.6931471805599453; /* nats a bit */

/* ---- made and freed ---- */

static size_t batch_tokens(const Config *config, const FactSet *facts) {
    return (size_t)config->train.batch_size * (size_t)facts->max_len;
}

static bool is_unlabelled(const Config *config) {
    return config->n_tools && config->tools[0].train != TOOL_LABELLED;
}

static bool is_sampled(const Config *config) {
    return config->n_tools && config->tools[0].train == TOOL_SAMPLED;
}

double tool_teacher_bytes(const Config *config, const FactSet *facts) {
    const double index = sizeof(int32_t), nats = sizeof(double);
    bool asks = tool_teacher_asks(config);
    double points = config->model.tool.n_pointers + 1,
           arrays = asks ? 2 : 1; /* of labels, and of own calls */
    if (!config->n_tools) return 0;
    if (tools_by_tokens(config->tools, config->n_tools))
        return call_pool_bytes(config, facts) + 2.0 * facts->n_pool * calls_max(facts) * sizeof(Call) +
               (double)facts->n_pool * sizeof(int64_t) + tool_set_bytes(config, facts);
    double row = 2 * index + arrays * (1 + points) * index + (1 + points + config->n_tools) * nats;
    /* The array of calls is doubled as it grows. */
    return (double)batch_tokens(config, facts) * row + (double)facts->n_pool * sizeof(int64_t) +
           2.0 * facts->n_pool * calls_max(facts) * sizeof(Call) + facts->vocab.size +
           tool_set_bytes(config, facts) + (asks ? 3 * index * facts->max_len : 0) +
           (is_sampled(config)      ? (double)batch_tokens(config, facts) * (points + 2) * nats
            : is_unlabelled(config) ? ways_bytes(config, facts) + way_batch_bytes(config, facts)
                                    : 0);
}

static int64_t own_step_of(const Config *config) {
    double from = 0;
    for (int i = 0; i < config->n_tools; i++)
        if (config->tools[i].own_from > from) from = config->tools[i].own_from;
    return (int64_t)(from * (double)config->train.max_steps + 0.5);
}

/* Whether the number of calls is part of what is learned. */
static bool counts_calls(const ToolTeacher *t) {
    bool counts = t->config->model.tool.gated;
    for (int i = 0; i < t->n; i++) counts = counts || t->config->tools[i].cost > 0;
    return counts;
}

static void set_weights(ToolTeacher *t) {
    const ToolConfig *tools = t->config->tools;
    const int *first = t->config->model.tool.first_pointer;
    for (int i = 0; i < t->n; i++) {
        t->call_weight[1 + i] = tools[i].weight;
        t->call_cost[1 + i] = tools[i].cost * LN_2;
        if (tools[i].weight > t->call_weight[0]) t->call_weight[0] = tools[i].weight;
        for (int p = first[i]; p < first[i + 1]; p++) t->point_weight[p] = tools[i].weight;
    }
}

/* A ToolResult: as tool_set_result, but for the call that gets lost. */
static int own_result(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    ToolTeacher *t = user;
    if (position == t->lost) return TOOL_NONE;
    return tool_set_result(&(ToolReader){&t->set, t->tokens}, position, call, place, result, room);
}

bool tool_teacher_asks(const Config *config) {
    return config->n_tools && (own_step_of(config) < config->train.max_steps ||
                               config->tools[0].train == TOOL_MIXTURE || is_sampled(config));
}

static Status open_tools(ToolTeacher *t, const ToolPrograms *programs, Err *err) {
    const StoreSource trained = {.facts = t->facts, .calls = &t->calls, .rows = ROWS_TRAINED};
    const StoreContent content = {.source = &trained, .n_sources = 1};
    return tool_set_open(&t->set, t->config, &t->spelling, &content, programs, err);
}

static Status create_own(ToolTeacher *t, Err *err) {
    size_t tokens = batch_tokens(t->config, t->facts);
    TRY(tool_writes_create(&t->writes, t->facts->max_len, t->set.max_calls, own_result, t, err));
    t->own_call = calloc(tokens, sizeof *t->own_call);
    t->own_point = calloc(tokens * (size_t)(t->pointers + 1), sizeof *t->own_point);
    if (t->own_call && t->own_point) return OK;
    return err_set(err, ERR_NOMEM, "no memory for the calls of a batch of %zu tokens", tokens);
}

static Status create_draws(ToolTeacher *t, Err *err) {
    size_t tokens = batch_tokens(t->config, t->facts);
    t->draw = calloc(tokens * (size_t)(t->pointers + 1), sizeof *t->draw);
    t->row_weight = calloc(tokens, sizeof *t->row_weight);
    t->nats = calloc(tokens, sizeof *t->nats);
    if (!t->draw || !t->row_weight || !t->nats)
        return err_set(err, ERR_NOMEM, "no memory for the calls of a batch of %zu tokens", tokens);
    return OK;
}

static Status create_ways(ToolTeacher *t, Err *err) {
    TRY(ways_create(&t->ways, t->config, t->facts, &t->spelling, &t->calls, err));
    TRY(way_batch_create(&t->taught, t->config, t->facts, err));
    t->taught.taught.weight = t->call_weight[0];
    t->rows.ways = &t->taught.taught;
    return OK;
}

Status tool_teacher_create(ToolTeacher *out, const Config *config, const FactSet *facts,
                           const ToolPrograms *programs, Err *err) {
    ToolTeacher *t = out;
    *t = (ToolTeacher){.config = config,
                       .facts = facts,
                       .n = config->n_tools,
                       .pointers = config->model.tool.n_pointers,
                       .own_step = own_step_of(config),
                       .unlabelled = is_unlabelled(config) && !is_sampled(config),
                       .samples = is_sampled(config),
                       .mixes = config->n_tools && config->tools[0].train == TOOL_MIXTURE};
    if (!t->n) return OK;
    size_t tokens = batch_tokens(config, facts), points = tokens * (size_t)(t->pointers + 1);
    TRY(spelling_create(&t->spelling, &facts->vocab, err));
    TRY(calls_create(&t->calls, facts, &t->spelling, config->tools, t->n, err));
    TRY(tool_set_check(config, facts, &t->spelling, &t->calls, err));
    if (tools_by_tokens(config->tools, t->n)) {
        t->n = 0;
        return call_pool_create(&t->by_tokens, config, facts, &t->spelling, &t->calls, err);
    }
    t->written = malloc(tokens * sizeof *t->written);
    t->call = malloc(tokens * sizeof *t->call);
    t->paid = malloc(tokens * sizeof *t->paid);
    t->expected = calloc(tokens * (size_t)t->n, sizeof *t->expected);
    t->point = malloc(points * sizeof *t->point);
    t->call_nats = calloc(tokens, sizeof *t->call_nats);
    t->point_nats = calloc(points, sizeof *t->point_nats);
    if (!t->written || !t->call || !t->paid || !t->expected || !t->point || !t->call_nats || !t->point_nats)
        return err_set(err, ERR_NOMEM, "no memory for the calls of a batch of %zu tokens", tokens);
    set_weights(t);
    t->rows = (ToolRows){.written = t->written,
                         .symbol_class = t->spelling.symbol_class,
                         .call = t->call,
                         .point = t->point,
                         .call_weight = t->call_weight,
                         .call_cost = t->samples ? NULL : t->call_cost,
                         .paid = t->paid,
                         .expected = t->expected,
                         .point_weight = t->point_weight,
                         .call_nats = t->call_nats,
                         .point_nats = t->point_nats};
    if (t->unlabelled) TRY(create_ways(t, err));
    if (t->samples) TRY(create_draws(t, err));
    if (tool_teacher_asks(config)) TRY(open_tools(t, programs, err));
    return t->own_step < config->train.max_steps || t->samples ? create_own(t, err) : OK;
}

void tool_teacher_free(ToolTeacher *t) {
    way_batch_free(&t->taught);
    ways_free(&t->ways);
    call_pool_free(&t->by_tokens);
    calls_free(&t->calls);
    spelling_free(&t->spelling);
    tool_set_close(&t->set);
    tool_writes_free(&t->writes);
    free(t->written);
    free(t->call);
    free(t->paid);
    free(t->expected);
    free(t->point);
    free(t->call_nats);
    free(t->point_nats);
    free(t->own_call);
    free(t->own_point);
    free(t->draw);
    free(t->row_weight);
    free(t->nats);
    *t = (ToolTeacher){.n = 0};
}

/* ---- a batch ---- */

/* One sequence of the batch, and where it is in the arrays. */
typedef struct Lesson {
    FactBatch *batch;
    const Call *call;
    int n_calls;
    int32_t at, rows;
    bool own;          /* the model's own calls are answered */
    uint64_t position; /* in training */
} Lesson;

/* Whether a tool may be called once more behind the first n calls. */
static bool may_call(const ToolTeacher *t, const Lesson *l, int n) {
    for (int tool = 0; tool < t->n; tool++) {
        int made = 0;
        for (int i = 0; i < n; i++) made += t->unlabelled || t->samples || l->call[i].tool == tool;
        if (made < t->config->tools[tool].max_calls) return true;
    }
    return false;
}

/* Asks for the ways of an answer; false: there is none. */
static bool ask_ways(ToolTeacher *t, const Lesson *l, const Call *call) {
    Answer answer = {call - t->calls.call, l->batch->inputs + l->at + 1, l->at + call->row,
                     l->rows - call->row};
    bool asked = true;
    if (!t->mixes) asked = way_batch_right(&t->taught, &t->ways, &answer);
    else if (!l->own) way_batch_mix(&t->taught, &t->ways, &t->set, &answer);
    t->call[answer.token] = asked ? -1 : 0;
    return asked;
}

/* Asks for a call, and its pointers, by its label; false: none is due. */
static bool ask_label(ToolTeacher *t, const Lesson *l, const Call *call) {
    const int *first = t->config->model.tool.first_pointer;
    int32_t row = l->at + call->row;
    if (call->tool < 0) return false;
    t->call[row] = call->tool + 1;
    for (int p = first[call->tool]; p < first[call->tool + 1]; p++)
        t->point[row * t->pointers + p] = call->place[p - first[call->tool]];
    return true;
}

/* Asks for the call of an answer, and where there are labels or ways for its pointers; false: none is due. */
static bool ask(ToolTeacher *t, const Lesson *l, const Call *call) {
    if (t->unlabelled) return ask_ways(t, l, call);
    if (!t->samples) return ask_label(t, l, call);
    t->call[l->at + call->row] = -1; /* take_draws */
    return true;
}

/* What is asked, and the true results. Rows at which no call can be made ask for none: those behind the first of a
 * result, up to its end or, where no call is left, including it. */
static void label(ToolTeacher *t, const Lesson *l) {
    for (int32_t k = l->at; k < l->at + l->rows; k++) {
        t->written[k] = TOOL_NOTHING;
        t->call[k] = t->paid[k] = 0;
        for (int p = 0; p < t->pointers; p++) t->point[k * t->pointers + p] = -1;
    }
    for (int i = 0; i < l->n_calls; i++) {
        const Call *c = &l->call[i];
        if (!ask(t, l, c)) continue;
        if (!t->mixes && !t->samples) t->paid[l->at + c->row] = t->unlabelled ? 1 : c->tool + 1;
        for (int k = 0; k <= c->n_result && c->row + k < l->rows; k++) {
            int32_t row = l->at + c->row + k;
            if (!t->mixes) t->written[row] = k < c->n_result ? l->batch->targets[row] : TOOL_END;
            if (k > 0 && (k < c->n_result || !may_call(t, l, i + 1))) t->call[row] = -1;
        }
    }
}

static bool is_due(const ToolTeacher *t, const Lesson *l, const Call *call) {
    if (t->samples) return t->own_call[l->at + call->row] > 0;
    return t->unlabelled ? ways_any(&t->ways, call - t->calls.call) : call->tool >= 0;
}

/* Draws whether a call returns none. Then EOS is asked in place of its answer, and nothing after it. */
static void lose(ToolTeacher *t, const Lesson *l) {
    Stream stream = random_stream(t->config->train.seed, RANDOM_TOOLS, 0);
    t->lost = -1;
    for (int i = 0; i < l->n_calls; i++) {
        int32_t row = l->call[i].row, eos = t->facts->vocab.eos;
        if (!is_due(t, l, &l->call[i]) || random_unit(stream, (l->position << 16) + (uint64_t)i) >= TOOL_LOST)
            continue;
        t->lost = row;
        for (int32_t k = row; k < l->rows; k++) {
            l->batch->targets[l->at + k] = k == row ? eos : -1; /* without EOS -1: not asked */
            t->written[l->at + k] = k == row ? TOOL_NONE : TOOL_NOTHING;
            if (t->mixes) t->taught.count[l->at + k] = 0;
            if (k == row) continue;
            t->call[l->at + k] = -1;
            t->paid[l->at + k] = 0;
            for (int p = 0; p < t->pointers; p++) t->point[(l->at + k) * t->pointers + p] = -1;
            if (t->unlabelled) t->taught.count[l->at + k] = 0;
        }
        return;
    }
}

/* The results of the model's own calls, in place of the true ones. */
static void answer(ToolTeacher *t, const Lesson *l) {
    const FactBatch *b = l->batch;
    t->writes.length = l->rows;
    t->tokens = b->inputs + l->at + 1; /* row t has read t of them */
    for (int32_t k = 0; k < l->rows; k++) {
        int32_t at = l->at + k;
        t->written[at] = tool_writes_step(&t->writes, k, t->own_call[at], t->own_point + at * t->pointers);
        t->paid[at] = t->writes.called[k];
    }
}

/* ---- drawn calls ---- */

static Lesson lesson_of(const ToolTeacher *t, FactBatch *batch, int j, int64_t step) {
    int64_t first = t->calls.start[batch->sequence[j]];
    return (Lesson){.batch = batch,
                    .call = t->calls.call + first,
                    .n_calls = (int)(t->calls.start[batch->sequence[j] + 1] - first),
                    .at = batch->start[j],
                    .rows = batch->start[j + 1] - batch->start[j],
                    .own = step >= t->own_step,
                    .position = (uint64_t)step * (uint64_t)batch->batch.n_seq + (uint64_t)j};
}

/* The numbers that calls are drawn by: at answers, and nowhere else. */
static void draw_numbers(ToolTeacher *t, FactBatch *batch, int64_t step) {
    Stream stream = random_stream(t->config->train.seed, RANDOM_TOOLS, 3);
    size_t width = 1 + (size_t)t->pointers, tokens = (size_t)batch->start[batch->batch.n_seq];
    for (size_t k = 0; k < tokens; k++) t->draw[k * width] = -1;
    for (int j = 0; j < batch->batch.n_seq; j++) {
        Lesson l = lesson_of(t, batch, j, step);
        for (int i = 0; i < l.n_calls; i++) {
            double *draw = t->draw + (size_t)(l.at + l.call[i].row) * width;
            uint64_t number = ((l.position << 16) + (uint64_t)i) * (1 + TOOL_POINTERS_MAX);
            for (size_t p = 0; p < width; p++) draw[p] = random_unit(stream, number + p);
        }
    }
}

/* The first number of a row: below 0 where nothing is drawn, or does not count. */
static double *draw_of(const ToolTeacher *t, int32_t token) {
    return t->draw + (size_t)token * (1 + (size_t)t->pointers);
}

/* What was drawn is asked for, but where a result was being written, no call was left, or the result was lost. After
 * answer(). */
static void take_draws(ToolTeacher *t, const Lesson *l) {
    const int *first = t->config->model.tool.first_pointer;
    for (int i = 0; i < l->n_calls; i++) {
        int32_t row = l->call[i].row, at = l->at + row;
        int call = t->own_call[at];
        bool lost = t->lost >= 0 && row >= t->lost, busy = !call && t->writes.caller[row] >= 0;
        if (lost || busy || t->writes.called[row] != call) {
            *draw_of(t, at) = -1;
            continue;
        }
        t->call[at] = call;
        for (int p = call ? first[call - 1] : 0; call && p < first[call]; p++)
            t->point[at * t->pointers + p] = t->own_point[at * t->pointers + p];
    }
}

/* The loss of an answer, and how many tokens it has. */
static double loss_of_answer(const ToolTeacher *t, const Lesson *l, int i, double *n) {
    int32_t row = l->call[i].row, end = row + l->call[i].n_result + 1; /* EOS, or the next word */
    double nats = 0;
    if (end > l->rows) end = l->rows;
    if (i + 1 < l->n_calls && end > l->call[i + 1].row) end = l->call[i + 1].row;
    for (; row < end; row++) {
        *n += l->batch->targets[l->at + row] >= 0;
        nats += t->nats[l->at + row];
    }
    return nats + t->call_cost[t->paid[l->at + l->call[i].row]];
}

/* What multiplies the loss of what was drawn: the other answers' loss a token, times the tokens of this answer, less
 * its own loss. All other rows have 1. */
static void weigh_draws(ToolTeacher *t, Parallel *parallel, FactBatch *batch, int64_t step) {
    double all = 0, tokens = 0;
    int answers = 0;
    parallel_code_lengths(parallel, &batch->batch, t->nats, NULL);
    for (int32_t k = 0; k < batch->start[batch->batch.n_seq]; k++) t->row_weight[k] = 1;
    for (int pass = 0; pass < 2; pass++)
        for (int j = 0; j < batch->batch.n_seq; j++) {
            Lesson l = lesson_of(t, batch, j, step);
            for (int i = 0; i < l.n_calls; i++) {
                int32_t at = l.at + l.call[i].row;
                double n = 0, nats = loss_of_answer(t, &l, i, &n);
                if (*draw_of(t, at) < 0) continue;
                if (pass == 0) all += nats, tokens += n, answers++;
                else t->row_weight[at] = tokens > n ? n * (all - nats) / (tokens - n) - nats : 0;
            }
        }
    t->answer_loss = answers ? all / answers : 0;
}

const FactBatch *tool_teacher_texts(const ToolTeacher *t) {
    return t->by_tokens.texts.start ? &t->by_tokens.texts : NULL;
}

void tool_teacher_begin(ToolTeacher *t, Parallel *parallel, FactBatch *batch, int64_t step) {
    if (tool_teacher_texts(t)) call_pool_lose(&t->by_tokens, batch, step);
    if (!t->n) return;
    bool own = step >= t->own_step, draws = t->samples && !own;
    batch->batch.tools = &t->rows;
    if (t->unlabelled) way_batch_clear(&t->taught, (size_t)batch->start[batch->batch.n_seq]);
    if (t->set.config) tool_set_begin(&t->set);
    t->rows.draw = draws ? t->draw : NULL;
    t->rows.row_weight = draws ? t->row_weight : NULL;
    if (draws) draw_numbers(t, batch, step);
    if (own || draws) parallel_tool_choices(parallel, &batch->batch, t->own_call, t->own_point);
    for (int j = 0; j < batch->batch.n_seq; j++) {
        Lesson l = lesson_of(t, batch, j, step);
        label(t, &l);
        lose(t, &l);
        if (own || draws) answer(t, &l);
        if (draws) take_draws(t, &l);
    }
    if (draws) weigh_draws(t, parallel, batch, step);
}

/* The mean over what was asked: least or above. */
static double mean_nats(const double *nats, const int32_t *target, int32_t min, size_t n) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (target[i] < min) continue;
        sum += nats[i];
        count++;
    }
    return count ? sum / (double)count : 0;
}

/* Calls an answer that are expected in the batch. */
static double mean_calls(const ToolTeacher *t, const FactBatch *batch) {
    double sum = 0;
    int64_t answers = 0;
    for (int j = 0; j < batch->batch.n_seq; j++) {
        const int64_t *start = t->calls.start + batch->sequence[j];
        answers += start[1] - start[0];
    }
    for (int64_t i = 0; i < (int64_t)batch->start[batch->batch.n_seq] * t->n; i++) sum += t->expected[i];
    return answers ? sum / (double)answers : 0;
}

void tool_teacher_end(ToolTeacher *t, FactBatch *batch) {
    if (!t->n) return;
    if (counts_calls(t)) t->calls_expected = mean_calls(t, batch);
    size_t tokens = (size_t)batch->start[batch->batch.n_seq];
    t->call_loss = mean_nats(t->call_nats, t->call, 0, tokens);
    t->point_loss = mean_nats(t->point_nats, t->point, 0, tokens * (size_t)t->pointers);
    if (t->unlabelled && !t->mixes) t->way_loss = mean_nats(t->taught.nats, t->taught.count, 1, tokens);
    batch->batch.tools = NULL;
}

Status tool_teacher_failed(const ToolTeacher *t, Err *err) {
    return t->set.status == OK ? OK : err_set(err, t->set.status, "%s", t->set.err.msg);
}

void tool_teacher_log(const ToolTeacher *t, int64_t step, RunFolder *folder) {
    char call[NUMBER_TEXT_MAX], other[NUMBER_TEXT_MAX], expected[NUMBER_TEXT_MAX], calls[64] = "",
                                                                                   second[64] = "";
    if (!t->n) return;
    if (counts_calls(t))
        snprintf(calls, sizeof calls, ",\"calls\":%s", number_text(expected, t->calls_expected));
    double loss = t->samples ? t->answer_loss : t->unlabelled ? t->way_loss : t->point_loss;
    const char *name = t->samples ? "answer_loss" : t->unlabelled ? "way_loss" : "point_loss";
    if (!t->mixes) snprintf(second, sizeof second, ",\"%s\":%s", name, number_text(other, loss));
    folder_metrics(folder, "{\"step\":%" PRId64 ",\"call_loss\":%s%s%s}\n", step,
                   number_text(call, t->call_loss), second, calls);
}
