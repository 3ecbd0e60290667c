#include "train/together.h"

#include <string.h>

#include "model/lanes/lanes.h"
#include "train/optimizers/lanes.h"
#include "train/optimizers/schedule.h"

/* The runs, and the lanes that hold what they train: run i is lane i. */
typedef struct Together {
    int n, left;             /* left: that have not ended */
    Trainer *run[LANES_MAX]; /* NULL: has ended */
    const LaneOps *ops;      /* NULL: every run makes its steps alone */
    Lanes *lanes;
    LaneOptimizer optimizer;
    bool no_memory; /* for lanes: not tried again */
    TogetherEnded *ended;
    void *user;
} Together;

/* A step of every run. */
typedef struct Step {
    StepFigures figures[LANES_MAX];
    Status status[LANES_MAX]; /* not OK: the run ends, as err says */
    bool over[LANES_MAX];     /* the run has its verdict */
    Err err[LANES_MAX];
} Step;

/* ---- between a run and its lane ---- */

static void fetch(Trainer *t) {
    const Together *x = t->together;
    int64_t n = t->gpt.table.total;
    lanes_take(x->lanes, t->gpt.params, lanes_params(x->lanes), t->lane, n);
    lane_optimizer_take(&x->optimizer, t->lane);
}

static void put(Together *x, int lane) {
    Trainer *t = x->run[lane];
    int64_t n = t->gpt.table.total;
    lanes_put(x->lanes, lanes_params(x->lanes), lane, t->gpt.params, n);
    lane_optimizer_put(&x->optimizer, lane);
    t->together = x;
    t->lane = lane;
    t->fetch = fetch;
}

/* What the run has learned is in its trainer from now on. */
static void take_out(Trainer *t) {
    if (t->fetch) t->fetch(t);
    t->fetch = NULL;
}

/* A lane without a run computes with zeros: they stay zeros, and no arithmetic of theirs is slow. */
static void clear(Together *x, int lane) {
    real *params = lanes_params(x->lanes);
    int64_t n = x->optimizer.shape->table->total;
    for (int64_t k = 0; k < n; k++) params[k * x->ops->lanes + lane] = 0;
    lane_optimizer_clear(&x->optimizer, lane);
}

/* ---- how many lanes ---- */

static void close_lanes(Together *x) {
    for (int i = 0; i < x->n; i++)
        if (x->run[i]) take_out(x->run[i]);
    lane_optimizer_free(&x->optimizer);
    lanes_free(x->lanes);
    x->lanes = NULL;
    x->ops = NULL;
}

static void move_up(Together *x) {
    int n = 0;
    for (int i = 0; i < x->n; i++)
        if (x->run[i]) x->run[n++] = x->run[i];
    x->n = n;
}

static Status open_lanes(Together *x, const LaneOps *ops, Err *err) {
    const Trainer *first = x->run[0];
    Optimizer *one[LANES_MAX];
    ParallelPlan plan = trainer_parallel_plan(&first->config, first->facts);
    for (int i = 0; i < ops->lanes; i++) one[i] = i < x->n ? &x->run[i]->optimizer : NULL;
    TRY(lanes_create(&x->lanes, &first->gpt, ops, plan.leaves, plan.batch_size, plan.max_len, err));
    TRY(lane_optimizer_create(&x->optimizer, x->lanes, ops, one, err));
    x->ops = ops;
    for (int i = 0; i < x->n; i++) put(x, i);
    return OK;
}

/* As many lanes as pay for the runs that are left. A change moves what is trained to other places, and changes no bit
 * of it. Without memory for lanes the runs are trained all the same. */
static void choose_lanes(Together *x, const Gpt *shape) {
    const Ops *ops = shape->ops;
    Err why;
    const LaneOps *best = x->no_memory ? NULL : lane_ops_for(ops, shape->config.n_embd, x->left);
    if (best && best->lanes < x->left) best = lane_ops(ops); /* some of the runs of wider lanes have ended */
    if (best && best->lanes < x->left) best = NULL;
    if (best == x->ops) return;
    close_lanes(x);
    move_up(x);
    if (!best || open_lanes(x, best, &why) == OK) return;
    x->no_memory = true;
    close_lanes(x);
}

/* ---- a step ---- */

static int first_run(const Together *x) {
    int i = 0;
    while (!x->run[i]) i++;
    return i;
}

/* Gradient and update of all runs. */
static void step_in_lanes(Together *x, Step *s) {
    int W = x->ops->lanes, any = first_run(x);
    const Batch *batch[LANES_MAX];
    double loss_nats[LANES_MAX], norm[LANES_MAX];
    Update update[LANES_MAX] = {{0}};
    for (int l = 0; l < W; l++) batch[l] = &x->run[l < x->n && x->run[l] ? l : any]->batch.batch;
    real *grad = lanes_gradient(x->lanes, batch, loss_nats);
    lane_optimizer_norm(&x->optimizer, grad, norm);
    for (int l = 0; l < W; l++) {
        if (l >= x->n || !x->run[l]) continue;
        Trainer *t = x->run[l];
        s->figures[l] = (StepFigures){loss_nats[l], norm[l], schedule_rate(&t->config.train, t->state.step)};
        update[l] = step_update(t, &s->figures[l]);
        if (gradient_is_fine(norm[l], loss_nats[l])) continue;
        /* A lane's further bits are not defined then: the same step alone says what diverges, and where. */
        take_out(t);
        s->status[l] = step_alone(t, &s->figures[l], &s->err[l]);
        CHECK(s->status[l] != OK);
        lane_optimizer_clear(&x->optimizer, l);
    }
    lane_optimizer_step(&x->optimizer, lanes_params(x->lanes), grad, update);
    lane_optimizer_norm(&x->optimizer, lanes_params(x->lanes), norm);
    for (int l = 0; l < x->n; l++)
        if (x->run[l] && s->status[l] == OK) s->status[l] = step_updated(x->run[l], norm[l], &s->err[l]);
}

static void step_one_by_one(Together *x, Step *s) {
    for (int i = 0; i < x->n; i++)
        if (x->run[i]) s->status[i] = step_alone(x->run[i], &s->figures[i], &s->err[i]);
}

/* Runs whose end has come leave; the others stay where they are. */
static void let_go(Together *x, Step *s) {
    for (int i = 0; i < x->n; i++) {
        Trainer *t = x->run[i];
        if (!t || (s->status[i] == OK && !s->over[i])) continue;
        take_out(t);
        x->run[i] = NULL;
        x->left--;
        if (x->ops) clear(x, i);
        x->ended(x->user, t, s->status[i], &s->err[i]);
    }
}

void train_together(Trainer *const *t, int n, TogetherEnded *ended, void *user) {
    CHECK(n > 0 && n <= LANES_MAX);
    Together x = {.n = n, .left = n, .ended = ended, .user = user};
    for (int i = 0; i < n; i++) x.run[i] = t[i];
    while (x.left > 0) {
        Step s = {.status = {OK}};
        choose_lanes(&x, &t[0]->gpt);
        for (int i = 0; i < x.n; i++)
            if (x.run[i]) s.status[i] = step_begin(x.run[i], &s.over[i], &s.err[i]);
        let_go(&x, &s);
        if (x.left == 0) break;
        if (x.ops) step_in_lanes(&x, &s);
        else step_one_by_one(&x, &s);
        for (int i = 0; i < x.n; i++)
            if (x.run[i] && s.status[i] == OK) s.status[i] = step_end(x.run[i], &s.figures[i], &s.err[i]);
        let_go(&x, &s);
    }
    close_lanes(&x);
}

/* ---- what may be together ---- */

/* Of many runs that are planned, one after the other has the shape of the one before. */
static Status hash_of_shape(const Config *shape, const char *tokens, char out[33], Err *err) {
    static _Thread_local Config last;
    static _Thread_local char last_tokens[32], last_hash[33];
    if (!*last_hash || strcmp(tokens, last_tokens) != 0 || memcmp(shape, &last, sizeof last) != 0) {
        last_hash[0] = '\0';
        TRY(config_hash(shape, tokens, out, err));
        last = *shape;
        snprintf(last_tokens, sizeof last_tokens, "%s", tokens);
        memcpy(last_hash, out, sizeof last_hash);
    }
    memcpy(out, last_hash, sizeof last_hash);
    return OK;
}

Status together_shape(const Config *resolved, int length, char out[33], Err *err) {
    const TrainConfig *t = &resolved->train;
    Config shape = *resolved, plain;
    char tokens[32];
    out[0] = '\0';
    if (length == 0 || resolved->model.n_embd > LANES_CHANNELS || !lanes_serve_model(&resolved->model) ||
        t->gemm != GEMM_EXACT || t->quantize != QUANTIZE_NONE || t->threads > 1 || resolved->n_neurons > 0 ||
        resolved->n_tools > 0)
        return OK;
    config_defaults(&plain);
    shape.facts = plain.facts;
    shape.train = plain.train;
    shape.train.optimizer = t->optimizer;
    shape.train.max_steps = t->max_steps;
    shape.train.batch_size = t->batch_size;
    shape.train.grad_leaves = t->grad_leaves;
    shape.train.parametrization = t->parametrization;
    shape.train.mup_base_width = t->mup_base_width;
    shape.train.freeze = t->freeze;
    snprintf(tokens, sizeof tokens, "%d tokens", length);
    return hash_of_shape(&shape, tokens, out, err);
}

int together_size(const Ops *ops, const Config *resolved, int runs) {
    const LaneOps *lanes = lane_ops_for(ops, resolved->model.n_embd, runs);
    if (!lanes) return 1;
    return runs < lanes->lanes ? runs : lanes->lanes;
}

double together_gain(const Ops *ops, const Config *resolved, int runs) {
    const LaneOps *lanes = lane_ops_for(ops, resolved->model.n_embd, runs);
    return lanes && runs <= lanes->lanes ? runs / lane_step_cost(ops, lanes, resolved->model.n_embd) : 1;
}

Status together_bytes(const Ops *ops, const Config *resolved, int length, int runs, double *bytes, Err *err) {
    const TrainConfig *t = &resolved->train;
    const LaneOps *lanes = lane_ops_for(ops, resolved->model.n_embd, runs);
    *bytes = 0;
    if (!lanes) return OK;
    Gpt shape = {.config = resolved->model, .ops = ops}; /* sizes only */
    int leaves = t->grad_leaves < t->batch_size ? t->grad_leaves : t->batch_size;
    TRY(params_plan(&shape.table, &shape.config, err));
    *bytes = lanes_bytes(&shape, lanes, leaves, t->batch_size, length) +
             lane_optimizer_bytes(t->optimizer, lanes, shape.table.total);
    params_free(&shape.table);
    return OK;
}
