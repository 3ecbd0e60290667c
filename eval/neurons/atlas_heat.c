#include "eval/neurons/atlas_heat.h"

#include <stdlib.h>

#include "eval/plot/heat.h"

Status atlas_pick_create(AtlasPick *out, int room, Err *err) {
    *out = (AtlasPick){0, room, calloc((size_t)room + 1, sizeof *out->unit),
                       calloc((size_t)room + 1, sizeof *out->heading)};
    if (out->unit && out->heading) return OK;
    atlas_pick_free(out);
    return err_set(err, ERR_NOMEM, "no memory for a heat map of %d neurons", room);
}

void atlas_pick_free(AtlasPick *pick) {
    free(pick->unit);
    free(pick->heading);
    *pick = (AtlasPick){.n = 0};
}

void atlas_pick_add(AtlasPick *pick, int unit, const char *heading) {
    for (int i = 0; i < pick->n; i++)
        if (pick->unit[i] == unit) return;
    if (pick->n == pick->room) return;
    pick->heading[pick->n] = heading;
    pick->unit[pick->n++] = unit;
}

Status atlas_pick_best(AtlasPick *out, const Atlas *a, int top, Err *err) {
    int classes = a->classes->n, each = top / classes > 1 ? top / classes : 1;
    TRY(atlas_pick_create(out, each * classes, err));
    for (int c = 0; c < classes; c++)
        for (int u = 0, taken = 0; u < a->n_neurons && taken < each; u++) {
            if (a->unit[u].best != c) continue;
            atlas_pick_add(out, u, taken++ ? NULL : a->classes->name[c]);
        }
    return OK;
}

enum { NAME_ROOM = 32 };

Status atlas_heat(FILE *out, const Atlas *a, const AtlasPick *pick, const char *title, Err *err) {
    int columns = a->classes->n, alone = columns == 1; /* one class has the other facts beside it */
    size_t rows = (size_t)pick->n, row_cells = (size_t)(columns + alone);
    char(*name)[NAME_ROOM] = calloc(rows + 1, sizeof *name);
    const char **row = calloc(rows + 1, sizeof *row), *column[ATLAS_CLASSES_MAX + 1];
    double *value = calloc(rows * row_cells + 1, sizeof *value);
    bool *marked = calloc(rows * row_cells + 1, sizeof *marked);
    Status status = OK;
    char text[256];
    if (!name || !row || !value || !marked)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a heat map of %zu neurons", rows));
    for (int c = 0; c < columns; c++) column[c] = a->classes->name[c];
    if (alone) column[columns++] = "others";
    for (size_t r = 0; r < rows; r++) {
        const AtlasUnit *unit = &a->unit[pick->unit[r]];
        const AtlasCell *cell = a->cell + (size_t)pick->unit[r] * (size_t)a->classes->n;
        snprintf(name[r], sizeof name[r], "L%dN%d", unit->layer, unit->unit);
        row[r] = name[r];
        for (int c = 0; c < a->classes->n; c++) {
            value[r * row_cells + (size_t)c] = cell[c].firing;
            marked[r * row_cells + (size_t)c] = cell[c].beyond;
        }
        if (alone) value[r * row_cells + 1] = cell[0].firing_rest;
    }
    snprintf(text, sizeof text, "%d neurons by %d classes; LxNy is neuron y of block x.", pick->n,
             a->classes->n);
    plot_heat_svg(out, &(PlotHeat){.title = title,
                                   .text = text,
                                   .scale = "share of tokens at which it fires",
                                   .mark = "tells the class better than chance",
                                   .n_rows = pick->n,
                                   .n_columns = columns,
                                   .row = row,
                                   .column = column,
                                   .heading = pick->heading,
                                   .value = value,
                                   .marked = marked});
done:
    free(name);
    free(row);
    free(value);
    free(marked);
    return status;
}
