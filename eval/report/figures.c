#include "eval/report/figures.h"

#include <stdlib.h>

#include "eval/report/plots.h"

Status figures_make(Figures *out, const Capacity *c, Err *err) {
    *out = (Figures){.figure = calloc(FIGURES_MAX, sizeof *out->figure)};
    if (!out->figure) return err_set(err, ERR_NOMEM, "no memory for plots");
    if (c->n_series == 0) return OK;
    TRY(capacity_figure(out, c, false, err));
    TRY(capacity_figure(out, c, true, err));
    TRY(weights_figure(out, c, err));
    TRY(ratio_figure(out, c, err));
    out->cut = c->n_series > FIGURE_SERIES_MAX;
    for (int s = 0; s < c->n_series && s < FIGURE_SERIES_MAX; s++) {
        if (c->series[s].entropy_known) TRY(data_figure(out, c, s, err));
        TRY(curve_figures(out, c, s, err));
        if (!c->series[s].entropy_known) TRY(recall_figures(out, c, s, err));
        TRY(exposures_figure(out, c, s, err));
        TRY(heldout_figure(out, c, s, err));
        TRY(membership_figure(out, c, s, err));
    }
    return OK;
}
