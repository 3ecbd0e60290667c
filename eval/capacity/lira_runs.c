/* Runs of a sweep that differ in facts.split_seed are shadow models of one another (eval/stats/lira.h). */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "eval/capacity/series.h"
#include "model/formats/npy.h"
#include "store/run_files.h"

typedef struct Pool {
    int n_runs, n_examples;
    const SweptRun **run;
    double *bits;
    bool *member;
} Pool;

/* Whether two runs have one pool: the same facts, drawn or read, with as many of them trained. */
static bool same_pool(const SweptRun *a, const SweptRun *b) {
    Config of_a = swept_config(a), of_b = swept_config(b);
    return of_a.facts.seed == of_b.facts.seed && strcmp(of_a.facts.path, of_b.facts.path) == 0 &&
           sweep_figure(a, "heldout") == sweep_figure(b, "heldout");
}

static uint64_t split_seed(const SweptRun *run) { return swept_config(run).facts.split_seed; }

static int different_splits(const Pool *p) {
    int count = 0;
    for (int i = 0; i < p->n_runs; i++) {
        int j = 0;
        while (j < i && split_seed(p->run[j]) != split_seed(p->run[i])) j++;
        count += j == i;
    }
    return count;
}

static Status read_array(const SweptRun *run, const char *name, const char *descr, int expected, void **out,
                         Err *err) {
    char path[1200];
    int64_t n;
    TRY(path_join(path, sizeof path, run->path, name, err));
    TRY(run_sealed(run->path, name, err));
    TRY(npy_read(path, descr, expected, out, &n, err));
    if (n == expected) return OK;
    return err_set(err, ERR_FORMAT, "%s: %lld numbers, the run has %d facts and held-out facts", path,
                   (long long)n, expected);
}

/* Reads row `row` of the tables. */
static Status read_run(Pool *p, int row, Err *err) {
    const SweptRun *run = p->run[row];
    int n = (int)sweep_figure(run, "facts"), total = p->n_examples;
    double *bits = NULL;
    int64_t *id = NULL;
    bool *seen = calloc((size_t)total, sizeof *seen);
    Status status = OK;
    if (!seen) TRY_GOTO(err_set(err, ERR_NOMEM, "%s: no memory for its code lengths", run->path));
    TRY_GOTO(read_array(run, "code_lengths.npy", "<f8", total, (void **)&bits, err));
    TRY_GOTO(read_array(run, "pool_ids.npy", "<i8", total, (void **)&id, err));
    for (int i = 0; i < total; i++) {
        if (id[i] < 0 || id[i] >= total || seen[id[i]])
            TRY_GOTO(err_set(err, ERR_FORMAT, "%s/pool_ids.npy: number %d is out of range or occurs twice",
                             run->path, i));
        size_t at = (size_t)row * (size_t)total + (size_t)id[i];
        seen[id[i]] = true;
        p->bits[at] = bits[i];
        p->member[at] = i < n;
    }
done:
    free(seen);
    free(bits);
    free(id);
    return status;
}

/* Runs whose files are lost count, too: reading them gives the error. */
static bool has_files(const SweptRun *run) {
    bool there;
    return sweep_figure(run, "heldout") > 0 &&
           (run_ended_with(run->path, "code_lengths.npy", &there, NULL) != OK || there);
}

/* The runs with the same pool as run `first`, among from .. to - 1 at the longest budget. */
static void gather(Pool *p, const Series *s, int first, int to) {
    double longest = s->runs[to - 1].point.budget;
    p->n_runs = 0;
    for (int i = first; i < to; i++)
        if (s->runs[i].point.budget == longest && has_files(s->runs[i].run) &&
            same_pool(s->runs[i].run, s->runs[first].run))
            p->run[p->n_runs++] = s->runs[i].run;
}

Status size_lira(SizeSummary *out, const Series *s, int from, int to, Err *err) {
    Pool p = {.run = calloc((size_t)(to - from), sizeof *p.run)};
    int best = -1, max = 0; /* of the pool with the most runs: its first run, and its number of runs */
    if (!p.run) return err_set(err, ERR_NOMEM, "no memory for %d runs", to - from);
    Status status = OK;
    for (int i = from; i < to; i++) {
        if (s->runs[i].point.budget != s->runs[to - 1].point.budget || !has_files(s->runs[i].run)) continue;
        gather(&p, s, i, to);
        if (different_splits(&p) < LIRA_RUNS_MIN || p.n_runs <= max) continue;
        best = i;
        max = p.n_runs;
    }
    if (best < 0) goto done;
    gather(&p, s, best, to);
    p.n_examples = (int)(sweep_figure(p.run[0], "facts") + sweep_figure(p.run[0], "heldout"));
    size_t cells = (size_t)p.n_runs * (size_t)p.n_examples;
    p.bits = malloc(cells * sizeof *p.bits);
    p.member = malloc(cells * sizeof *p.member);
    if (!p.bits || !p.member)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the code lengths of %d runs", p.n_runs));
    for (int row = 0; row < p.n_runs; row++) TRY_GOTO(read_run(&p, row, err));
    status = lira_attack(&out->lira, p.bits, p.member, p.n_runs, p.n_examples, err);
done:
    free(p.run);
    free(p.bits);
    free(p.member);
    return status;
}
