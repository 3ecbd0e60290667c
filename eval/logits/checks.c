#include "eval/logits/checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/logits/identities.h"
#include "model/neurons/hooks.h"
#include "model/pass.h"

/* The last row of some inputs. */
typedef struct Sample {
    int n, V, d, last_layer;
    int32_t *start, *inputs, *targets;
    uint8_t *chosen;
    double *logits, *stream, *h; /* n x V, n x d, n x d */
    double *variance;            /* n, or its mean square with RMSNorm */
    int at;                      /* logits that were taken */
} Sample;

static void sample_free(Sample *s) {
    free(s->start);
    free(s->inputs);
    free(s->targets);
    free(s->chosen);
    free(s->logits);
    free(s->stream);
    free(s->h);
    free(s->variance);
}

static Status sample_create(Sample *s, const Gpt *g, LogitInputs *inputs, int64_t n, Err *err) {
    int d = g->config.n_embd, V = g->config.vocab_size;
    int64_t max_rows = 2 * d + 2 < 2 * CHECK_WIDTH_MAX ? 2 * d + 2 : 2 * CHECK_WIDTH_MAX;
    int rows = (int)(n < max_rows ? n : max_rows);
    size_t room = (size_t)rows * (size_t)inputs->max_rows + 1;
    bool more = true;
    *s = (Sample){.V = V, .d = d, .last_layer = g->config.n_layer - 1};
    s->start = calloc((size_t)rows + 1, sizeof *s->start);
    s->inputs = malloc(room * sizeof *s->inputs);
    s->targets = malloc(room * sizeof *s->targets);
    s->chosen = calloc(room, 1);
    s->logits = malloc((size_t)rows * (size_t)V * sizeof *s->logits);
    s->stream = malloc((size_t)rows * (size_t)d * sizeof *s->stream);
    s->h = malloc((size_t)rows * (size_t)d * sizeof *s->h);
    s->variance = malloc(((size_t)rows + 1) * sizeof *s->variance);
    if (!s->start || !s->inputs || !s->targets || !s->chosen || !s->logits || !s->stream || !s->h ||
        !s->variance)
        return err_set(err, ERR_NOMEM, "no memory for %d rows of logits", rows);
    TRY(inputs->rewind(inputs->source, err));
    for (int64_t i = 0; s->n < rows; i++) {
        LogitInput input;
        TRY(inputs->next(inputs->source, &input, &more, err));
        if (!more) break;
        if (i * rows / n == (i + 1) * rows / n) continue;
        int at = s->start[s->n];
        for (int t = 0; t <= input.n; t++, at++) {
            s->inputs[at] = t ? input.token[t - 1] : 0;
            s->targets[at] = -1;
        }
        s->chosen[at - 1] = 1;
        s->start[++s->n] = at;
    }
    return OK;
}

/* ---- what the model says ---- */

static void keep_hook(void *user, const HookObservation *seen) {
    Sample *s = user;
    if (seen->hook.site == HOOK_RESID_POST && seen->hook.layer != s->last_layer) return;
    double *out = seen->hook.site == HOOK_LN_FINAL ? s->h : s->stream;
    int q = 0;
    while (q < s->n && s->start[q + 1] <= seen->token) q++;
    for (; q < s->n && s->start[q + 1] <= seen->token + seen->rows; q++) {
        const real *x = seen->x + (s->start[q + 1] - 1 - seen->token) * seen->ld;
        for (int i = 0; i < seen->width; i++) out[(ptrdiff_t)q * s->d + seen->column + i] = (double)x[i];
    }
}

static void keep_logits(void *user, const real *logits) {
    Sample *s = user;
    double *out = s->logits + (ptrdiff_t)s->at++ * s->V;
    for (int v = 0; v < s->V; v++) out[v] = (double)logits[v];
}

static Status look(Sample *s, const Gpt *g, int longest, Err *err) {
    Batch batch = {.n_seq = s->n, .start = s->start, .inputs = s->inputs, .targets = s->targets};
    GptWork *work;
    s->at = 0;
    TRY(gpt_work_create(&work, g, 8 * longest, 8, longest, false, 1, NULL, err));
    gpt_lens(g, work, &batch, 0, s->n, g->config.n_layer, s->chosen, keep_logits, s);
    gpt_observe(g, work, &batch, 0, s->n, 1u << HOOK_LN_FINAL | 1u << HOOK_RESID_POST, keep_hook, s);
    gpt_work_free(work);
    file_map_forget(&g->map, g->params, (size_t)g->table.total * sizeof(real));
    for (int i = 0; i < s->n; i++) {
        LogitMoments m = logit_moments(s->stream + (ptrdiff_t)i * s->d, s->d);
        s->variance[i] = m.variance + (g->config.norm == NORM_LAYERNORM ? 0 : m.mean * m.mean);
    }
    return OK;
}

/* ---- the identities ---- */

static void moments(LogitChecks *out, const Sample *s, const LogitHead *head) {
    out->mean_error = out->variance_error = 0;
    for (int i = 0; i < s->n; i++) {
        LogitMoments said = logit_moments_of(head, s->h + (ptrdiff_t)i * s->d),
                     is = logit_moments(s->logits + (ptrdiff_t)i * s->V, s->V);
        out->mean_error = fmax(out->mean_error, fabs(said.mean - is.mean) / (1 + fabs(is.mean)));
        out->variance_error =
            fmax(out->variance_error, fabs(said.variance - is.variance) / (1 + is.variance));
    }
}

static Status measure(LogitChecks *out, Sample *s, const LogitHead *head, const Gpt *other, int longest,
                      Err *err) {
    LogitRank rank;
    Ellipsoid e;
    moments(out, s, head);
    if (s->d <= CHECK_WIDTH_MAX && s->n - 1 > s->d && s->V > s->d) {
        TRY(logit_rank(&rank, head, s->logits, s->n, err));
        out->expected = rank.expected;
        out->rank = rank.rank;
        out->gap = rank.gap;
        logit_rank_free(&rank);
    }
    if (s->V <= s->d) return OK;
    TRY(logit_ellipsoid(&e, head, s->logits, s->variance, s->n, err));
    out->ellipsoid_error = e.error;
    out->residual = e.residual;
    if (!other) return OK;
    s->last_layer = other->config.n_layer - 1;
    if (other->config.n_embd != s->d) return OK;
    TRY(look(s, other, longest, err));
    TRY(logit_ellipsoid(&e, head, s->logits, s->variance, s->n, err));
    out->other_error = e.error;
    out->other_residual = e.residual;
    return OK;
}

Status logit_checks(LogitChecks *out, const Gpt *g, const Gpt *other, LogitInputs *inputs, int64_t n,
                    Err *err) {
    Sample s = {0};
    LogitHead head = {.V = 0};
    Status status = OK;
    *out = (LogitChecks){
        .gap = NAN, .ellipsoid_error = NAN, .residual = NAN, .other_error = NAN, .other_residual = NAN};
    TRY_GOTO(sample_create(&s, g, inputs, n, err));
    out->rows = s.n;
    TRY_GOTO(look(&s, g, inputs->max_rows, err));
    TRY_GOTO(logit_head_create(&head, g, err));
    status = measure(out, &s, &head, other, inputs->max_rows, err);
done:
    logit_head_free(&head);
    sample_free(&s);
    return status;
}
