/* kept_sets CHAIN V ROWS HISTORY: which tokens a chain keeps of each row of V float32 logits in the file ROWS, after
 * the int32 tokens in the file HISTORY. For each row int32 to stdout: how many, then the tokens, rising. For
 * tests/check_llama.sh. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/sampling/chain.h"

enum { HISTORY_MAX = 4096 };

typedef struct Job {
    Chain chain;
    ChainState state;
    Candidates candidates;
    int32_t history[HISTORY_MAX];
    int n_history;
} Job;

static int by_number(const void *left, const void *right) {
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

static Status put_row(Job *job, const real *logits, int32_t *out, Err *err) {
    Candidates *c = &job->candidates;
    ChainInput input = {.history = job->history, .n_history = job->n_history};
    TRY(candidates_fill(c, logits, err));
    TRY(chain_apply(&job->chain, &job->state, c, &input, NULL, NULL, err));
    out[0] = c->n;
    for (int i = 0; i < c->n; i++) out[1 + i] = c->at[i].id;
    qsort(out + 1, (size_t)c->n, sizeof *out, by_number);
    fwrite(out, sizeof *out, (size_t)c->n + 1, stdout);
    return OK;
}

static Status run(Job *job, char **words, Err *err) {
    int V = atoi(words[2]);
    Status status = OK;
    TRY(chain_parse(&job->chain, words[1], err));
    chain_begin(&job->chain, &job->state);
    TRY(candidates_create(&job->candidates, V, err));
    FILE *rows = fopen(words[3], "rb"), *history = fopen(words[4], "rb");
    float *row = malloc((size_t)V * sizeof *row);
    real *logits = malloc((size_t)V * sizeof *logits);
    int32_t *out = malloc(((size_t)V + 1) * sizeof *out);
    if (!rows || !history || !row || !logits || !out) TRY_GOTO(err_set(err, ERR_IO, "cannot open the rows"));
    job->n_history = (int)fread(job->history, sizeof *job->history, HISTORY_MAX, history);
    while (fread(row, sizeof *row, (size_t)V, rows) == (size_t)V) {
        for (int v = 0; v < V; v++) logits[v] = (real)row[v];
        TRY_GOTO(put_row(job, logits, out, err));
    }
done:
    if (rows) fclose(rows);
    if (history) fclose(history);
    free(row);
    free(logits);
    free(out);
    candidates_free(&job->candidates);
    return status;
}

int main(int n_words, char **words) {
    Job job = {.n_history = 0};
    Err err;
    if (n_words == 5 && run(&job, words, &err) == OK) return 0;
    fprintf(stderr, "kept_sets: %s\n", n_words == 5 ? err.msg : "CHAIN V ROWS HISTORY");
    return 1;
}
