#include "model/layers/embedding.h"

#include <string.h>

/* The row of the embedding that a token at this position reads. Position 0 is BOS, which batches write as token 0. */
static ptrdiff_t row_of(const Gpt *g, int32_t token, int32_t position) {
    return position == 0 && g->config.bos > 0 ? g->config.bos : token;
}

void embedding_forward(const Gpt *g, real *x, int32_t *pos, const int32_t *token, int position, int n) {
    int d = g->config.n_embd;
    const real *wte = tensor_at(g->params, g->at.wte), *wpe = tensor_at(g->params, g->at.wpe);
    for (int t = 0; t < n; t++, x += d) {
        pos[t] = position + t;
        const real *row = wte + row_of(g, token[t], pos[t]) * d;
        if (wpe) g->ops->add_rows(x, row, wpe + (ptrdiff_t)pos[t] * d, 1, d);
        else memcpy(x, row, (size_t)d * sizeof(real));
    }
}

void embedding_backward(const Gpt *g, real *dwte, real *dwpe, const real *dx, const int32_t *token,
                        const int32_t *pos, int n, const Team *team) {
    int d = g->config.n_embd, from, to;
    team_share(team, d, 16, &from, &to);
    if (from == to) return;
    for (int t = 0; t < n; t++) {
        const real *row = dx + (ptrdiff_t)t * d + from;
        g->ops->add(dwte + row_of(g, token[t], pos[t]) * d + from, row, to - from);
        if (dwpe) g->ops->add(dwpe + (ptrdiff_t)pos[t] * d + from, row, to - from);
    }
}
