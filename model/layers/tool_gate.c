#include "model/layers/tool_gate.h"

#include "base/exact.h"

void tool_gate_read(const ToolRun *t) {
    real *gate = t->a->gate + t->k->r0;
    const Hook hook = {HOOK_TOOL_GATE, t->c->tool.layer - 1};
    linear_forward(t->e, gate, 1, t->a->r.y + (ptrdiff_t)t->k->r0 * t->c->n_embd, &t->w->gate, t->k->n);
    if (t->hooks) hooks_run(t->hooks, hook, gate, t->k->n, 1, t->k->first + t->k->r0);
    for (int i = 0; i < t->k->n; i++) gate[i] = (real)(1 / (1 + exact_exp(-(double)gate[i])));
}

void tool_gate_add(const ToolRun *t, real *to) {
    int d = t->c->n_embd;
    for (ptrdiff_t i = t->k->r0; i < t->k->r0 + t->k->n; i++) {
        const real *result = t->a->result + i * d;
        real *y = to + i * d, gate = t->a->gate[i];
        for (int c = 0; c < d; c++) {
            real part = gate * result[c];
            y[c] = part == 0 ? y[c] : y[c] + part;
        }
    }
}

/* The derivative of a row's gate by its logit. */
static double slope(const ToolRun *t, ptrdiff_t row) {
    double gate = (double)t->a->gate[row];
    return gate * (1 - gate);
}

void tool_gate_backward(const ToolRun *t) {
    int d = t->c->n_embd;
    for (ptrdiff_t i = t->k->r0; i < t->k->r0 + t->k->n; i++) {
        const real *dy = t->g->dx + i * d, *result = t->a->result + i * d;
        real *dresult = t->a->dresult + i * d, gate = t->a->gate[i];
        double sum = 0;
        for (int c = 0; c < d; c++) {
            sum += (double)dy[c] * (double)result[c];
            dresult[c] = gate * dy[c];
        }
        t->a->dgate[i] = (real)(sum * slope(t, i));
    }
}

/* ---- what calls cost ---- */

static double gate_at(const ToolRun *t, ptrdiff_t row) {
    return t->c->tool.gated ? (double)t->a->gate[row] : 1;
}

void tool_cost_backward(const ToolRun *t, const ToolRows *rows, real scale) {
    int tools = t->c->tool.n_tools;
    for (ptrdiff_t i = t->k->r0; i < t->k->r0 + t->k->n; i++) {
        ptrdiff_t token = t->k->first + i;
        int paid = rows->paid ? rows->paid[token] : 0;
        for (int k = 1; rows->expected && k <= tools; k++)
            rows->expected[token * tools + k - 1] = k == paid ? gate_at(t, i) : 0;
        if (paid && rows->call_cost && t->c->tool.gated)
            t->a->dgate[i] += (real)((double)scale * rows->call_cost[paid] * slope(t, i));
    }
}

void tool_cost_read(const ToolRun *t, const ToolRows *rows, ptrdiff_t row, double *p) {
    int tools = t->c->tool.n_tools, calls = 1 + tools;
    const real *logits = t->a->call + row * calls;
    for (int32_t k = 0; k < calls; k++) {
        double nats;
        t->e->ops->code_lengths(&nats, NULL, logits, &k, 1, calls, calls);
        p[k] = exact_exp(-nats);
        if (k && rows->expected) rows->expected[(t->k->first + row) * tools + k - 1] = gate_at(t, row) * p[k];
    }
}

void tool_cost_mixed(const ToolRun *t, const ToolRows *rows, ptrdiff_t row, const double *p, real scale) {
    int calls = 1 + t->c->tool.n_tools;
    real *dlogits = t->a->call + row * calls;
    double mean = 0;
    if (!rows->call_cost) return;
    for (int k = 1; k < calls; k++) mean += p[k] * rows->call_cost[k];
    for (int k = 0; k < calls; k++)
        dlogits[k] += (real)((double)scale * gate_at(t, row) * p[k] * (rows->call_cost[k] - mean));
    if (t->c->tool.gated) t->a->dgate[row] += (real)((double)scale * mean * slope(t, row));
}
