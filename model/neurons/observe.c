#include "model/neurons/observe.h"

bool hooks_edited(const Hooks *h, Hook hook) { return h->edits && edits_at(h->edits, hook.site, hook.layer); }

void hooks_run(const Hooks *h, Hook hook, real *x, int rows, ptrdiff_t ld, int token) {
    int width = hook_width(h->config, hook.site);
    if (width == 0) return;
    if (h->edits) edits_apply(h->edits, hook.site, hook.layer, x, rows, ld, h->position + token);
    if (hooks_observed(h, hook.site))
        h->observe(h->user, &(HookObservation){hook, token, 0, rows, width, ld, x});
}

void hooks_show_pattern(const Hooks *h, int layer, const real *p, int T, int token) {
    if (!hooks_observed(h, HOOK_PATTERN)) return;
    for (int head = 0; head < h->config->n_head; head++)
        h->observe(h->user, &(HookObservation){.hook = {HOOK_PATTERN, layer},
                                               .token = token,
                                               .column = head * h->config->block_size,
                                               .rows = T,
                                               .width = T,
                                               .ld = T,
                                               .x = p + (ptrdiff_t)head * T * T});
}
