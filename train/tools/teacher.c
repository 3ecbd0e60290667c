#include "train/tools/teacher.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"

/* ---- made and freed ---- */

static size_t batch_tokens(const Config *config, const FactSet *facts) {
    return (size_t)config->train.batch_size * (size_t)facts->max_len;
}

static bool is_unlabelled(const Config *config) {
    return config->n_tools && config->tools[0].train != TOOL_LABELLED;
}

double tool_teacher_bytes(const Config *config, const FactSet *facts) {
    const double index = sizeof(int32_t), nats = sizeof(double);
    bool asks = tool_teacher_asks(config);
    double points = config->model.tool.n_pointers + 1,
           arrays = asks ? 2 : 1; /* of labels, and of own calls */
    if (!config->n_tools) return 0;
    if (tools_by_tokens(config->tools, config->n_tools))
        return call_pool_bytes(config, facts) + 2.0 * facts->n_pool * calls_most(facts) * sizeof(Call) +
               (double)facts->n_pool * sizeof(int64_t) + tool_set_bytes(config, facts);
    double row = index + arrays * (1 + points) * index + (1 + points) * nats;
    /* The array of calls is doubled as it grows. */
    return (double)batch_tokens(config, facts) * row + (double)facts->n_pool * sizeof(int64_t) +
           2.0 * facts->n_pool * calls_most(facts) * sizeof(Call) + facts->vocab.size +
           tool_set_bytes(config, facts) + (asks ? 3 * index * facts->max_len : 0) +
           (is_unlabelled(config) ? ways_bytes(config, facts) + way_batch_bytes(config, facts) : 0);
}

static int64_t own_step_of(const Config *config) {
    double from = 0;
    for (int i = 0; i < config->n_tools; i++)
        if (config->tools[i].own_from > from) from = config->tools[i].own_from;
    return (int64_t)(from * (double)config->train.max_steps + 0.5);
}

static void set_weights(ToolTeacher *t) {
    const ToolConfig *tools = t->config->tools;
    const int *first = t->config->model.tool.first_pointer;
    for (int i = 0; i < t->n; i++) {
        t->call_weight[1 + i] = tools[i].weight;
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
    return config->n_tools &&
           (own_step_of(config) < config->train.max_steps || config->tools[0].train == TOOL_MIXTURE);
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
                       .unlabelled = is_unlabelled(config),
                       .mixes = config->n_tools && config->tools[0].train == TOOL_MIXTURE};
    if (!t->n) return OK;
    size_t tokens = batch_tokens(config, facts), points = tokens * (size_t)(t->pointers + 1);
    TRY(spelling_create(&t->spelling, &facts->vocab, err));
    TRY(calls_create(&t->calls, facts, &t->spelling, config->tools, t->n, err));
    TRY(tool_set_check(config, facts, &t->spelling, &t->calls, err));
    if (tools_by_tokens(config->tools, t->n)) {
        t->n = 0;
        return call_pool_create(&t->by_tokens, config, facts, &t->calls, err);
    }
    t->written = malloc(tokens * sizeof *t->written);
    t->call = malloc(tokens * sizeof *t->call);
    t->point = malloc(points * sizeof *t->point);
    t->call_nats = calloc(tokens, sizeof *t->call_nats);
    t->point_nats = calloc(points, sizeof *t->point_nats);
    if (!t->written || !t->call || !t->point || !t->call_nats || !t->point_nats)
        return err_set(err, ERR_NOMEM, "no memory for the calls of a batch of %zu tokens", tokens);
    set_weights(t);
    t->rows = (ToolRows){.written = t->written,
                         .symbol_class = t->spelling.symbol_class,
                         .call = t->call,
                         .point = t->point,
                         .call_weight = t->call_weight,
                         .point_weight = t->point_weight,
                         .call_nats = t->call_nats,
                         .point_nats = t->point_nats};
    if (t->unlabelled) TRY(create_ways(t, err));
    if (tool_teacher_asks(config)) TRY(open_tools(t, programs, err));
    return t->own_step < config->train.max_steps ? create_own(t, err) : OK;
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
    free(t->point);
    free(t->call_nats);
    free(t->point_nats);
    free(t->own_call);
    free(t->own_point);
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
        for (int i = 0; i < n; i++) made += t->unlabelled || l->call[i].tool == tool;
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

/* What is asked, and the true results. Rows at which no call can be made ask for none: those behind the first of a
 * result, up to its end or, where no call is left, including it. */
static void label(ToolTeacher *t, const Lesson *l) {
    for (int32_t k = l->at; k < l->at + l->rows; k++) {
        t->written[k] = TOOL_NOTHING;
        t->call[k] = 0;
        for (int p = 0; p < t->pointers; p++) t->point[k * t->pointers + p] = -1;
    }
    for (int i = 0; i < l->n_calls; i++) {
        const Call *c = &l->call[i];
        if (!(t->unlabelled ? ask_ways(t, l, c) : ask_label(t, l, c))) continue;
        for (int k = 0; k <= c->n_result && c->row + k < l->rows; k++) {
            int32_t row = l->at + c->row + k;
            if (!t->mixes) t->written[row] = k < c->n_result ? l->batch->targets[row] : TOOL_END;
            if (k > 0 && (k < c->n_result || !may_call(t, l, i + 1))) t->call[row] = -1;
        }
    }
}

static bool is_due(const ToolTeacher *t, const Call *call) {
    return t->unlabelled ? ways_any(&t->ways, call - t->calls.call) : call->tool >= 0;
}

/* Draws whether a call returns none. Then EOS is asked in place of its answer, and nothing after it. */
static void lose(ToolTeacher *t, const Lesson *l) {
    Stream stream = random_stream(t->config->train.seed, RANDOM_TOOLS, 0);
    t->lost = -1;
    for (int i = 0; i < l->n_calls; i++) {
        int32_t row = l->call[i].row, eos = t->facts->vocab.eos;
        if (!is_due(t, &l->call[i]) || random_unit(stream, (l->position << 16) + (uint64_t)i) >= TOOL_LOST)
            continue;
        t->lost = row;
        for (int32_t k = row; k < l->rows; k++) {
            l->batch->targets[l->at + k] = k == row ? eos : -1; /* without EOS -1: not asked */
            t->written[l->at + k] = k == row ? TOOL_NONE : TOOL_NOTHING;
            if (t->mixes) t->taught.count[l->at + k] = 0;
            if (k == row) continue;
            t->call[l->at + k] = -1;
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
    }
}

const FactBatch *tool_teacher_texts(const ToolTeacher *t) {
    return t->by_tokens.texts.start ? &t->by_tokens.texts : NULL;
}

void tool_teacher_begin(ToolTeacher *t, Parallel *parallel, FactBatch *batch, int64_t step) {
    if (tool_teacher_texts(t)) call_pool_lose(&t->by_tokens, batch, step);
    if (!t->n) return;
    bool own = step >= t->own_step;
    batch->batch.tools = &t->rows;
    if (t->unlabelled) way_batch_clear(&t->taught, (size_t)batch->start[batch->batch.n_seq]);
    if (t->set.config) tool_set_begin(&t->set);
    if (own) {
        parallel_tool_choices(parallel, &batch->batch, t->own_call, t->own_point);
    }
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int64_t first = t->calls.start[batch->sequence[j]];
        Lesson l = {.batch = batch,
                    .call = t->calls.call + first,
                    .n_calls = (int)(t->calls.start[batch->sequence[j] + 1] - first),
                    .at = batch->start[j],
                    .rows = batch->start[j + 1] - batch->start[j],
                    .own = own,
                    .position = (uint64_t)step * (uint64_t)batch->batch.n_seq + (uint64_t)j};
        label(t, &l);
        lose(t, &l);
        if (own) answer(t, &l);
    }
}

/* The mean over what was asked: least or above. */
static double mean_nats(const double *nats, const int32_t *asked, int32_t least, size_t n) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (asked[i] < least) continue;
        sum += nats[i];
        count++;
    }
    return count ? sum / (double)count : 0;
}

void tool_teacher_end(ToolTeacher *t, FactBatch *batch) {
    if (!t->n) return;
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
    char call[NUMBER_TEXT_MAX], point[NUMBER_TEXT_MAX], way[NUMBER_TEXT_MAX];
    if (!t->n) return;
    number_text(call, t->call_loss);
    if (t->mixes) folder_metrics(folder, "{\"step\":%" PRId64 ",\"call_loss\":%s}\n", step, call);
    else if (t->unlabelled)
        folder_metrics(folder, "{\"step\":%" PRId64 ",\"call_loss\":%s,\"way_loss\":%s}\n", step, call,
                       number_text(way, t->way_loss));
    else
        folder_metrics(folder, "{\"step\":%" PRId64 ",\"call_loss\":%s,\"point_loss\":%s}\n", step, call,
                       number_text(point, t->point_loss));
}
