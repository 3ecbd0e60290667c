#include "model/layers/embedding.h"

#include <string.h>

void embedding_forward(const Gpt *g, real *x, int32_t *pos, const int32_t *token, int position, int n) {
    int d = g->config.n_embd;
    const real *wte = tensor_at(g->params, g->at.wte), *wpe = tensor_at(g->params, g->at.wpe);
    for (int t = 0; t < n; t++, x += d) {
        const real *row = wte + (ptrdiff_t)token[t] * d;
        pos[t] = position + t;
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
        g->ops->add(dwte + (ptrdiff_t)token[t] * d + from, row, to - from);
        if (dwpe) g->ops->add(dwpe + (ptrdiff_t)pos[t] * d + from, row, to - from);
    }
}
