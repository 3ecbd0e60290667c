#include "eval/shortest_prompt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/random.h"
#include "base/threads.h"
#include "model/decode.h"

/* A target: the tokens that must follow a prompt of some length. */
typedef struct Target {
    const int32_t *token;
    int n, fact;
} Target;

typedef struct Job {
    const Gpt *g;
    const FactSet *facts;
    const PromptPlan *plan;
    ShortestPrompts *out;
    Target *
        target; /* targets of the facts that have no prompt yet, sorted by tokens; all for prompts of k tokens */
    int n_targets, k;
} Job;

/* The work of one thread. */
typedef struct Worker {
    Decoder *decoder;
    const real *logits; /* after all tokens read so far */
    int64_t steps;
} Worker;

double compression_ratio(const ShortestPrompts *s, int i) {
    if (s->length[i] < 0) return (double)NAN;
    return s->length[i] == 0 ? (double)INFINITY : (double)s->elicited[i] / s->length[i];
}

/* ---- targets ---- */

static Target target_of(const FactSet *facts, int i, int k) {
    int64_t own = facts->prompt_len ? facts->prompt_len[i] : 0, from = facts->start[i] + (own > 0 ? own : k);
    int64_t n = facts->start[i + 1] - from;
    return (Target){facts->tokens + from, n > 0 ? (int)n : 0, i};
}

/* Whether a prompt of k tokens can be a result for fact i: none was found yet, it would be shorter than the text
 * that it elicits and than the fact's own prompt if that is enough, and the model can read both. */
static bool looked_for(const Job *j, int i, int k) {
    const PromptPlan *plan = j->plan;
    Target t = target_of(j->facts, i, k);
    return j->out->length[i] < 0 && k < t.n && k + t.n <= j->g->config.block_size &&
           !(plan->recalled[i] && k >= plan->own[i]);
}

static int by_tokens(const void *a, const void *b) {
    const Target *x = a, *y = b;
    for (int t = 0; t < x->n && t < y->n; t++)
        if (x->token[t] != y->token[t]) return x->token[t] < y->token[t] ? -1 : 1;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    return x->fact < y->fact ? -1 : x->fact > y->fact;
}

static int find_targets(Job *j, int k) {
    int longest = 0;
    j->k = k;
    j->n_targets = 0;
    for (int i = 0; i < j->facts->n; i++) {
        if (!looked_for(j, i, k)) continue;
        Target t = target_of(j->facts, i, k);
        if (t.n > longest) longest = t.n;
        j->target[j->n_targets++] = t;
    }
    qsort(j->target, (size_t)j->n_targets, sizeof *j->target, by_tokens);
    return longest;
}

/* ---- the model ---- */

static void read_token(Worker *w, int32_t token) {
    w->logits = decoder_step(w->decoder, token);
    w->steps++;
}

static int32_t likeliest(const real *logits, int V) {
    int best = 0;
    for (int v = 1; v < V; v++)
        if (logits[v] > logits[best]) best = v;
    return best;
}

static double token_nats(const real *logits, int V, int32_t token) {
    double max = (double)logits[likeliest(logits, V)], sum = 0;
    for (int v = 0; v < V; v++) sum += exact_exp((double)logits[v] - max);
    return exact_log(sum) + max - (double)logits[token];
}

/* ---- every prompt of k tokens ---- */

static void found(ShortestPrompts *s, const Target *t, const int32_t *prompt, int k) {
    s->length[t->fact] = k;
    s->elicited[t->fact] = t->n;
    memcpy(s->prompt + (size_t)t->fact * (size_t)s->room, prompt, (size_t)k * sizeof *prompt);
}

/* Prompts are tried in order only within a thread: among those of one length, the first by its tokens is kept. */
static void found_by_trying(const Job *j, const Target *t, const int32_t *prompt) {
    ShortestPrompts *s = j->out;
#pragma omp critical
    {
        const int32_t *before = s->prompt + (size_t)t->fact * (size_t)s->room;
        bool first = s->length[t->fact] < 0;
        for (int i = 0; i < j->k && !first; i++) {
            if (prompt[i] > before[i]) break;
            first = prompt[i] < before[i];
        }
        if (first) found(s, t, prompt, j->k);
    }
}

/* Among targets low to high - 1, which agree before place t, the first whose token at t is at least `token`. */
static int first_from(const Job *j, int low, int high, int t, int32_t token) {
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (j->target[middle].token[t] < token) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Follows the greedy continuation as long as some target begins with it: those from low to high - 1. */
static void follow(const Job *j, Worker *w, const int32_t *prompt) {
    int low = 0, high = j->n_targets;
    for (int t = 0;; t++) {
        for (; low < high && j->target[low].n == t; low++) found_by_trying(j, &j->target[low], prompt);
        if (low == high) return;
        int32_t token = likeliest(w->logits, j->g->config.vocab_size);
        low = first_from(j, low, high, t, token);
        high = first_from(j, low, high, t, token + 1);
        if (low < high && j->target[high - 1].n > t + 1) read_token(w, token);
    }
}

/* Tries all prompts that begin with the first `depth` tokens of prompt, which were read. */
static void try_from(const Job *j, Worker *w, int32_t *prompt, int depth) {
    if (depth == j->k) {
        follow(j, w, prompt);
        return;
    }
    for (int32_t v = 0; v < j->facts->vocab.size; v++) {
        decoder_rewind(w->decoder, depth + 1);
        read_token(w, v);
        prompt[depth] = v;
        try_from(j, w, prompt, depth + 1);
    }
}

static Status worker_create(Worker *w, const Gpt *g, Err *err) {
    *w = (Worker){.decoder = NULL};
    return decoder_create(&w->decoder, g, err);
}

static Status try_all(Job *j, int threads, Err *err) {
    Status status = OK;
    int V = j->k > 0 ? j->facts->vocab.size : 1; /* divided by the prompts' first */
#pragma omp parallel num_threads(threads)
    {
        Worker w;
        Err mine = {0};
        int32_t *prompt = calloc((size_t)j->k + 1, sizeof *prompt);
        Status own =
            prompt ? worker_create(&w, j->g, &mine) : err_set(&mine, ERR_NOMEM, "no memory for a prompt");
#pragma omp for schedule(dynamic, 1)
        for (int32_t v = 0; v < V; v++) {
            if (own != OK) continue;
            decoder_rewind(w.decoder, 0);
            read_token(&w, 0); /* BOS */
            prompt[0] = v;
            if (j->k > 0) read_token(&w, v);
            try_from(j, &w, prompt, j->k > 0 ? 1 : 0);
        }
#pragma omp critical
        {
            if (own != OK && status == OK) status = err_set(err, own, "%s", mine.msg);
            if (own == OK) j->out->steps[0] += w.steps;
        }
        if (own == OK) decoder_free(w.decoder);
        free(prompt);
    }
    return status;
}

/* The maximum number of decoder steps for trying all of them: V^k prompts, each with its longest continuation. */
static double worst_steps(int V, int k, int longest) {
    double prompts = 1;
    for (int i = 0; i < k; i++) prompts *= V;
    return prompts * (longest + 1);
}

/* ---- coordinate search ---- */

/* The state of the search for one fact. */
typedef struct Search {
    Worker *w;
    const Gpt *g;
    int V; /* symbols that a prompt may contain */
    Target target;
    Stream stream;
    uint64_t draws;
    int64_t end; /* limit of w->steps */
} Search;

/* Code length of the target after prompt, in nats. The first `depth` tokens of the prompt were read already. Stops
 * early if the length reaches `enough` and the target is not the greedy continuation. */
static double price(Search *s, const int32_t *prompt, int k, int depth, double enough, bool *elicited) {
    int V = s->g->config.vocab_size;
    double nats = 0;
    *elicited = true;
    for (int i = depth; i < k; i++) read_token(s->w, prompt[i]);
    for (int t = 0; t < s->target.n; t++) {
        int32_t token = s->target.token[t];
        if (likeliest(s->w->logits, V) != token) *elicited = false;
        nats += token_nats(s->w->logits, V, token);
        if (!*elicited && nats >= enough) break;
        if (t + 1 < s->target.n) read_token(s->w, token);
    }
    return nats;
}

static void read_prefix(Search *s, const int32_t *prompt, int depth) {
    decoder_rewind(s->w->decoder, 0);
    read_token(s->w, 0);
    for (int i = 0; i < depth; i++) read_token(s->w, prompt[i]);
}

/* Finds the best token for place `at` while the others are fixed. Returns whether the prompt elicits the target. */
static bool improve(Search *s, int32_t *prompt, int k, int at, double *best) {
    int32_t keep = prompt[at];
    bool elicited = false;
    read_prefix(s, prompt, at);
    for (int32_t v = 0; v < s->V && s->w->steps < s->end; v++) {
        if (v == keep) continue;
        int32_t before = prompt[at];
        prompt[at] = v;
        decoder_rewind(s->w->decoder, at + 1);
        double nats = price(s, prompt, k, at, *best, &elicited);
        if (elicited) return true;
        if (nats < *best) *best = nats;
        else prompt[at] = before;
    }
    return false;
}

/* Starts with the given prompt and changes its places in random order until a round changes nothing. Returns whether
 * the prompt then elicits the target. */
static bool descend(Search *s, int32_t *prompt, int k) {
    bool elicited;
    read_prefix(s, prompt, 0);
    double best = price(s, prompt, k, 0, (double)INFINITY, &elicited), before = (double)INFINITY;
    while (!elicited && best < before && s->w->steps < s->end) {
        before = best;
        int turn = (int)random_below(s->stream, s->draws++, (uint64_t)k);
        for (int i = 0; i < k && !elicited; i++) elicited = improve(s, prompt, k, (turn + i) % k, &best);
    }
    return elicited;
}

/* The first start is the beginning of the fact itself, the others are random; each length has its share of steps. */
static void search_fact(const Job *j, Worker *w, int i, int from, int to, int32_t *prompt) {
    const FactSet *facts = j->facts;
    int own = facts->prompt_len ? facts->prompt_len[i] : 0;
    Search s = {.w = w, .g = j->g, .V = facts->vocab.size};
    s.stream = random_stream(j->plan->seed, RANDOM_PROMPT, (uint32_t)i);
    int64_t share = j->plan->steps / (j->n_targets * (int64_t)(to - from + 1));
    for (int k = from; k <= to && looked_for(j, i, k); k++) {
        const int32_t *first = facts->tokens + facts->start[i] + (own > k ? own - k : 0);
        s.target = target_of(facts, i, k);
        s.end = w->steps + share;
        memcpy(prompt, first, (size_t)k * sizeof *prompt);
        while (w->steps < s.end) {
            if (descend(&s, prompt, k)) {
                found(j->out, &s.target, prompt, k);
                return;
            }
            for (int t = 0; t < k; t++) prompt[t] = (int32_t)random_below(s.stream, s.draws++, (uint64_t)s.V);
        }
    }
}

/* The facts for which a prompt of some length from `from` on may be found, into j->target; returns the longest such
 * length. */
static int find_searched(Job *j, int from) {
    int to = from - 1;
    j->n_targets = 0;
    for (int i = 0; i < j->facts->n; i++) {
        int k = from;
        while (looked_for(j, i, k)) k++;
        if (k > from) j->target[j->n_targets++] = target_of(j->facts, i, from);
        if (k - 1 > to) to = k - 1;
    }
    return to;
}

static Status search_all(Job *j, int from, int threads, Err *err) {
    int to = find_searched(j, from);
    Status status = OK;
    if (j->n_targets == 0) return OK;
    j->out->searched = to;
#pragma omp parallel num_threads(threads)
    {
        Worker w;
        Err mine = {0};
        int32_t *prompt = calloc((size_t)to + 1, sizeof *prompt);
        Status own =
            prompt ? worker_create(&w, j->g, &mine) : err_set(&mine, ERR_NOMEM, "no memory for a prompt");
#pragma omp for schedule(dynamic, 1)
        for (int t = 0; t < j->n_targets; t++)
            if (own == OK) search_fact(j, &w, j->target[t].fact, from, to, prompt);
#pragma omp critical
        {
            if (own != OK && status == OK) status = err_set(err, own, "%s", mine.msg);
            if (own == OK) j->out->steps[1] += w.steps;
        }
        if (own == OK) decoder_free(w.decoder);
        free(prompt);
    }
    return status;
}

/* ---- all of it ---- */

/* Facts for which no shorter prompt was found keep the prompt of recall if that elicits the answer. */
static void keep_own(const Job *j) {
    for (int i = 0; i < j->facts->n; i++) {
        int k = j->plan->own[i];
        if (j->out->length[i] >= 0 || !j->plan->recalled[i]) continue;
        Target t = target_of(j->facts, i, k);
        found(j->out, &t, j->facts->tokens + j->facts->start[i], k);
    }
}

static Status check(const FactSet *facts, Err *err) {
    for (int64_t t = 0; t < facts_tokens(facts); t++)
        if (!facts_coded(facts, t))
            return err_set(
                err, ERR_INPUT,
                "the facts have context tokens, which are not coded; --acr needs facts that are coded whole");
    return OK;
}

Status shortest_prompts(ShortestPrompts *out, const Gpt *g, const FactSet *facts, const PromptPlan *plan,
                        Err *err) {
    TRY(check(facts, err));
    int threads = plan->threads > 0 ? plan->threads : threads_default(), k = 0;
    size_t n = (size_t)facts->n;
    *out = (ShortestPrompts){.n = facts->n, .room = facts->max_len};
    out->length = calloc(n, sizeof *out->length);
    out->elicited = calloc(n, sizeof *out->elicited);
    out->prompt = calloc(n * (size_t)facts->max_len, sizeof *out->prompt);
    Job j = {.g = g, .facts = facts, .plan = plan, .out = out, .target = calloc(n, sizeof *j.target)};
    Status status = OK;
    if (!out->length || !out->elicited || !out->prompt || !j.target)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the prompts of %d facts", facts->n));
    for (int i = 0; i < facts->n; i++) out->length[i] = -1;
    for (; k <= facts->max_len; k++) {
        int longest = find_targets(&j, k);
        if (longest == 0) break;
        if (k > 0 && worst_steps(facts->vocab.size, k, longest) > (double)plan->steps) break;
        TRY_GOTO(try_all(&j, threads, err));
        out->tried = k;
    }
    TRY_GOTO(search_all(&j, k, threads, err));
    keep_own(&j);
done:
    free(j.target);
    if (status != OK) shortest_prompts_free(out);
    return status;
}

void shortest_prompts_free(ShortestPrompts *s) {
    free(s->length);
    free(s->elicited);
    free(s->prompt);
    *s = (ShortestPrompts){.n = 0};
}
