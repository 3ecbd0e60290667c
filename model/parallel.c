#include "model/parallel.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "model/leaf_sum.h"
#include "model/neurons/rules.h"
#include "model/pass.h"

struct Parallel {
    const Gpt *g;
    Ranks *ranks; /* NULL: alone */
    int threads, teams, leaves, max_len, micro;
    int first, end; /* this rank's leaves */
    Weights weights;
    GptWork **work;    /* one per team */
    int *team_first;   /* teams + 1: the first thread of each team */
    Barrier *barrier;  /* one per team */
    real **grad;       /* one per leaf of this rank, gpt_gradient_reals each */
    double *leaf_nats; /* leaves */
    int64_t grad_reals;
    Arena arena;
    LeafSum sum;
};

/* Sequences that a team computes at once: so few that their activations stay in the second-level cache, but at least 64
 * rows, so that products are long. If the weights are not packed in advance, every chunk packs them, which takes at
 * least 256 rows to pay off. In forward passes all layers share the activations of one layer. */
static int choose_micro(const ModelConfig *c, int max_len, int requested, int team_size, bool backward,
                        bool packed) {
    double in = c->mlp == MLP_PLAIN ? c->n_inner * (c->gated ? 3.0 : 2.0) : 0;
    double per_token = (backward ? c->n_layer : 1) * (8.0 * c->n_embd + in) * (double)sizeof(real);
    double tokens = 512.0 * 1024 / per_token, min_tokens = packed ? 64 : 256;
    tokens = tokens < min_tokens ? min_tokens : tokens > 256 ? 256 : tokens;
    int micro = requested > 0 ? requested : ((int)tokens + max_len - 1) / max_len;
    if (micro < 1) micro = 1;
    return micro * (requested > 0 ? 1 : team_size);
}

static int team_size_of(const Parallel *p, int team) { return p->team_first[team + 1] - p->team_first[team]; }

/* For larger packed weights, memory matters more than the few percent of time that packing in every chunk costs.
 * OpenBLAS packs its own. */
static Packing choose_packing(const Gpt *g, bool backward) {
    const size_t max_packed = (size_t)64 << 20;
    Packing packing = backward ? PACK_BOTH : PACK_FORWARD;
    return g->ops->exact && weights_bytes(&g->config, packing) <= max_packed ? packing : PACK_NONE;
}

/* Sets the numbers of threads, teams and leaves; allocates nothing. */
static void divide(Parallel *p, const Gpt *g, const ParallelPlan *plan) {
    p->g = g;
    p->threads = plan->threads;
    p->leaves = plan->leaves < plan->batch_size ? plan->leaves : plan->batch_size;
    p->ranks = plan->ranks;
    p->first = ranks_alone(p->ranks) ? 0 : share(p->leaves, p->ranks->rank, p->ranks->count);
    p->end = ranks_alone(p->ranks) ? p->leaves : share(p->leaves, p->ranks->rank + 1, p->ranks->count);
    int own = p->end - p->first;
    p->teams = own == 0 || own > p->threads ? p->threads : own;
    p->max_len = plan->max_len;
    p->grad_reals = gpt_gradient_reals(g);
    int largest_team = (p->threads + p->teams - 1) / p->teams;
    p->micro = choose_micro(&g->config, plan->max_len, plan->micro_batch, largest_team, p->leaves > 0,
                            choose_packing(g, p->leaves > 0) != PACK_NONE);
    if (p->micro > plan->batch_size) p->micro = plan->batch_size;
}

size_t parallel_bytes(const Gpt *g, const ParallelPlan *plan) {
    Parallel p = {0};
    divide(&p, g, plan);
    size_t work = gpt_work_bytes(&g->config, p.micro * p.max_len, p.micro, p.max_len, p.leaves > 0,
                                 (p.threads + p.teams - 1) / p.teams);
    size_t packed = weights_bytes(&g->config, choose_packing(g, p.leaves > 0));
    return packed + (size_t)p.teams * work + (size_t)(p.end - p.first) * (size_t)p.grad_reals * sizeof(real);
}

/* Sets the number of threads that a parallel region really gets (OMP_THREAD_LIMIT may limit it), and tests each
 * thread. */
static Status start_threads(Parallel *p, Err *err) {
    int got = 1;
    Status status = OK;
    omp_set_dynamic(0);
#pragma omp parallel num_threads(p->threads)
    {
        Err own;
        Status tested = ops_self_test(p->g->ops, &own);
#pragma omp critical(rote_start_threads)
        {
            got = omp_get_num_threads();
            if (tested != OK && status == OK) status = err_set(err, tested, "%s", own.msg);
        }
    }
    p->threads = got;
    return status;
}

/* Places the gradients of the leaves in the arena. Before the arena is allocated, this only measures their size. */
static void place_leaves(Parallel *p) {
    p->arena.size = 0;
    for (int l = 0; l < p->end - p->first; l++) {
        size_t place = arena_add(&p->arena, (size_t)p->grad_reals * sizeof(real));
        p->grad[l] = (void *)((uintptr_t)p->arena.base + place);
    }
}

Status parallel_create(Parallel **out, const Gpt *g, const ParallelPlan *plan, Err *err) {
    CHECK(plan->threads >= 1 && plan->batch_size >= 1 && plan->max_len >= 1);
    Status status = OK;
    ParallelPlan cut = *plan;
    *out = NULL;
    Parallel *p = calloc(1, sizeof *p);
    if (!p) return err_set(err, ERR_NOMEM, "no memory for %d threads", plan->threads);
    divide(p, g, plan);
    if (p->leaves && p->first == p->end)
        TRY_GOTO(
            err_set(err, ERR_INPUT,
                    "%d processes for a batch of %d leaves: each computes at least one; start fewer, or, "
                    "for another run, raise train.grad_leaves",
                    p->ranks->count, p->leaves));
    TRY_GOTO(start_threads(p, err));
    cut.threads = p->threads;
    divide(p, g, &cut);

    size_t teams = (size_t)p->teams, leaves = (size_t)p->leaves;
    p->work = calloc(teams, sizeof *p->work);
    p->team_first = calloc(teams + 1, sizeof *p->team_first);
    p->barrier = calloc(teams, sizeof *p->barrier);
    p->grad = calloc(leaves + 1, sizeof *p->grad);
    p->leaf_nats = calloc(leaves + 1, sizeof *p->leaf_nats);
    if (!p->work || !p->team_first || !p->barrier || !p->grad || !p->leaf_nats) {
        status = err_set(err, ERR_NOMEM, "no memory for %d threads", p->threads);
        goto done;
    }
    for (int t = 0; t <= p->teams; t++) p->team_first[t] = (int)((long long)p->threads * t / p->teams);
    place_leaves(p);
    if (p->leaves) TRY_GOTO(arena_allocate(&p->arena, "gradients", err));
    place_leaves(p);
    p->sum = (LeafSum){.ops = g->ops,
                       .ranks = p->ranks,
                       .leaves = p->leaves,
                       .first = p->first,
                       .end = p->end,
                       .grad = p->grad,
                       .n = p->grad_reals};
    if (p->leaves) TRY_GOTO(leaf_sum_create(&p->sum, err));
    TRY_GOTO(weights_create(&p->weights, g, choose_packing(g, p->leaves > 0), err));
    for (int t = 0; t < p->teams; t++) {
        p->barrier[t].size = team_size_of(p, t);
        TRY_GOTO(gpt_work_create(&p->work[t], g, p->micro * p->max_len, p->micro, p->max_len, p->leaves > 0,
                                 team_size_of(p, t), &p->weights, err));
    }
done:
    if (status == OK) *out = p;
    else parallel_free(p);
    return status;
}

void parallel_free(Parallel *p) {
    if (!p) return;
    for (int t = 0; p->work && t < p->teams; t++) gpt_work_free(p->work[t]);
    weights_free(&p->weights);
    leaf_sum_free(&p->sum);
    arena_free(&p->arena);
    free(p->work);
    free(p->team_first);
    free(p->barrier);
    free(p->grad);
    free(p->leaf_nats);
    free(p);
}

void parallel_join(Parallel *p, Ranks *ranks) {
    CHECK(p->leaves == 0);
    p->ranks = ranks;
}

/* Computes the leaves of a team; every member of the team calls it. */
static void run_leaves(Parallel *p, const Batch *batch, real scale, int team, const Team *member) {
    int own = p->end - p->first;
    for (int i = share(own, team, p->teams); i < share(own, team + 1, p->teams); i++) {
        int from, to, leaf = p->first + i;
        CHECK(p->grad_reals < (int64_t)SUM_BLOCK * INT32_MAX);
        team_share(member, (int)((p->grad_reals + SUM_BLOCK - 1) / SUM_BLOCK), 1, &from, &to);
        int64_t a = (int64_t)from * SUM_BLOCK, b = (int64_t)to * SUM_BLOCK;
        if (b > p->grad_reals) b = p->grad_reals;
        memset(p->grad[i] + a, 0, (size_t)(b - a) * sizeof(real));
        team_wait(member);
        double nats = gpt_gradient(p->g, p->work[team], batch, share(batch->n_seq, leaf, p->leaves),
                                   share(batch->n_seq, leaf + 1, p->leaves), scale, p->grad[i], member);
        if (member->rank == 0) p->leaf_nats[leaf] = nats;
        team_wait(member);
    }
}

/* ---- between ranks ---- */

/* What the ranks' parts of an array are: sequences for which each computes, and their tokens. */
typedef struct Parts {
    Ranks *ranks;
    int32_t sequence[RANKS_MAX + 1], token[RANKS_MAX + 1];
} Parts;

static void collect(const Parts *parts, void *data, const int32_t *first, size_t row_bytes) {
    int64_t at[RANKS_MAX + 1];
    for (int r = 0; data && r <= parts->ranks->count; r++) at[r] = first[r] * (int64_t)row_bytes;
    if (data) ranks_collect(parts->ranks, data, at);
}

/* Leaves 0: sequences are divided, else leaves of sequences. */
static void divide_batch(Parts *parts, Ranks *ranks, const Batch *batch, int leaves) {
    parts->ranks = ranks;
    for (int r = 0; r <= ranks->count; r++) {
        int s = leaves ? share(batch->n_seq, share(leaves, r, ranks->count), leaves)
                       : share(batch->n_seq, r, ranks->count);
        parts->sequence[r] = s;
        parts->token[r] = batch->start[s];
    }
}

/* All that a gradient's pass writes beside the gradient, of all ranks. */
static void collect_batch(const Parallel *p, const Batch *batch) {
    Parts parts;
    int32_t leaf[RANKS_MAX + 1];
    size_t pointers = (size_t)p->g->config.tool.n_pointers;
    if (ranks_alone(p->ranks)) return;
    divide_batch(&parts, p->ranks, batch, p->leaves);
    for (int r = 0; r <= p->ranks->count; r++) leaf[r] = share(p->leaves, r, p->ranks->count);
    collect(&parts, p->leaf_nats, leaf, sizeof *p->leaf_nats);
    for (int i = 0; batch->rules && i < batch->rules->n; i++) {
        const Rule *rule = &batch->rules->rule[i];
        collect(&parts, rule->sums, parts.sequence, sizeof *rule->sums);
        collect(&parts, rule->observed_pre, parts.token, (size_t)rule->n_units * sizeof(real));
        collect(&parts, rule->observed_post, parts.token, (size_t)rule->n_units * sizeof(real));
    }
    if (!batch->tools || p->g->config.tool.n_tools == 0) return;
    collect(&parts, batch->tools->call_nats, parts.token, sizeof(double));
    collect(&parts, batch->tools->point_nats, parts.token, pointers * sizeof(double));
    collect(&parts, batch->tools->expected, parts.token, (size_t)p->g->config.tool.n_tools * sizeof(double));
    if (batch->tools->ways) collect(&parts, batch->tools->ways->nats, parts.token, sizeof(double));
}

/* ---- the gradient ---- */

int64_t batch_n_targets(const Batch *batch) {
    int64_t n_targets = 0;
    for (int i = batch->start[0]; i < batch->start[batch->n_seq]; i++) n_targets += batch->targets[i] >= 0;
    return n_targets;
}

real *parallel_gradient_sum(Parallel *p, const Batch *batch, int64_t n_targets, double *nats) {
    CHECK(p->leaves > 0 && n_targets > 0);
    real scale = (real)(1 / (double)n_targets);
#pragma omp parallel num_threads(p->threads)
    {
        int thread = omp_get_thread_num(), team = 0;
        CHECK(omp_get_num_threads() == p->threads);
        Team everyone = {thread, p->threads, NULL};
        weights_pack(&p->weights, p->g->ops, PACK_BOTH, &everyone);
#pragma omp barrier
        while (thread >= p->team_first[team + 1]) team++;
        Team member = {thread - p->team_first[team], team_size_of(p, team), &p->barrier[team]};
        run_leaves(p, batch, scale, team, &member);
#pragma omp barrier
#pragma omp for schedule(static)
        for (int64_t from = 0; from < p->grad_reals; from += SUM_BLOCK)
            leaf_sum_own(&p->sum, from, p->grad_reals - from < SUM_BLOCK ? p->grad_reals - from : SUM_BLOCK);
    }
    leaf_sum_ranks(&p->sum, p->threads);
    collect_batch(p, batch);
    gpt_gradient_fold(p->g, p->grad[0]);
    for (int stride = 1; stride < p->leaves; stride *= 2)
        for (int l = 0; l + stride < p->leaves; l += 2 * stride) p->leaf_nats[l] += p->leaf_nats[l + stride];
    *nats = p->leaf_nats[0];
    return p->grad[0];
}

real *parallel_gradient(Parallel *p, const Batch *batch, double *loss_nats) {
    int64_t n_targets = batch_n_targets(batch);
    real *grad = parallel_gradient_sum(p, batch, n_targets, loss_nats);
    *loss_nats /= (double)n_targets;
    return grad;
}

void parallel_edit(Parallel *p, const Edits *edits) {
    for (int t = 0; t < p->teams; t++) gpt_work_edit(p->work[t], edits);
}

/* ---- forward passes ---- */

/* Begins a thread's forward pass: packs its part of the weights. Whether it has sequences, seq0 to seq1. */
static bool begin_forward(Parallel *p, int n_seq, int *thread, int *seq0, int *seq1) {
    *thread = omp_get_thread_num();
    CHECK(omp_get_num_threads() == p->threads);
    Team everyone = {*thread, p->threads, NULL};
    weights_pack(&p->weights, p->g->ops, PACK_FORWARD, &everyone);
#pragma omp barrier
    if (*thread >= p->teams) return false;
    int rank = ranks_alone(p->ranks) ? 0 : p->ranks->rank,
        ranks = ranks_alone(p->ranks) ? 1 : p->ranks->count;
    int first = share(n_seq, rank, ranks), own = share(n_seq, rank + 1, ranks) - first;
    *seq0 = first + share(own, *thread, p->teams);
    *seq1 = first + share(own, *thread + 1, p->teams);
    return true;
}

void parallel_tool_choices(Parallel *p, const Batch *batch, int32_t *call, int32_t *point) {
#pragma omp parallel num_threads(p->threads)
    {
        int thread, seq0, seq1;
        if (begin_forward(p, batch->n_seq, &thread, &seq0, &seq1))
            gpt_tool_choices(p->g, p->work[thread], batch, seq0, seq1, call, point);
    }
    if (ranks_alone(p->ranks)) return;
    Parts parts;
    divide_batch(&parts, p->ranks, batch, 0);
    collect(&parts, call, parts.token, sizeof *call);
    collect(&parts, point, parts.token, (size_t)p->g->config.tool.n_pointers * sizeof *point);
}

void parallel_code_lengths(Parallel *p, const Batch *batch, double *nats, int32_t *best) {
#pragma omp parallel num_threads(p->threads)
    {
        int thread, seq0, seq1;
        if (begin_forward(p, batch->n_seq, &thread, &seq0, &seq1))
            gpt_code_lengths(p->g, p->work[thread], batch, seq0, seq1, nats, best);
    }
    if (ranks_alone(p->ranks)) return;
    Parts parts;
    divide_batch(&parts, p->ranks, batch, 0);
    collect(&parts, nats, parts.token, sizeof *nats);
    collect(&parts, best, parts.token, sizeof *best);
}
