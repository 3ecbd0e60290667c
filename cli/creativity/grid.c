#include "cli/creativity/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static Status add_value(const Grid *grid, GridAxis *axis, const char *value, size_t length, Err *err) {
    if (length == 0 || length >= GRID_VALUE_MAX)
        return err_set(err, ERR_INPUT, "%s %s: '%.*s' is not a value", grid->option, axis->name, (int)length,
                       value);
    void *grown = memory_one_more(axis->value, (size_t)axis->n, sizeof *axis->value);
    if (!grown) return err_set(err, ERR_NOMEM, "no memory for the values of %s %s", grid->option, axis->name);
    axis->value = grown;
    snprintf(axis->value[axis->n++], GRID_VALUE_MAX, "%.*s", (int)length, value);
    return OK;
}

/* a..b: doubled from a on, then b. */
static Status add_range(const Grid *grid, GridAxis *axis, const char *text, size_t length, Err *err) {
    char copy[2 * GRID_VALUE_MAX], *end, *dots;
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    if (length >= sizeof copy || !(dots = strstr(copy, "..")))
        return err_set(err, ERR_INPUT, "%s %s: '%.*s' is not a range", grid->option, axis->name, (int)length,
                       text);
    *dots = '\0';
    long long from = strtoll(copy, &end, 10), to;
    bool right = end != copy && !*end;
    to = strtoll(dots + 2, &end, 10);
    if (!right || end == dots + 2 || *end || from < 1 || to < from || to > 1000000000)
        return err_set(err, ERR_INPUT,
                       "%s %s: '%.*s' is not a range of whole numbers such as 1..64, from 1 to 1000000000",
                       grid->option, axis->name, (int)length, text);
    for (long long x = from; x < to; x *= 2) {
        char value[GRID_VALUE_MAX];
        TRY(add_value(grid, axis, value, (size_t)snprintf(value, sizeof value, "%lld", x), err));
    }
    return add_value(grid, axis, dots + 2, strlen(dots + 2), err);
}

static Status parse_axis(const Grid *grid, GridAxis *axis, const char *text, size_t length, Err *err) {
    const char *equals = memchr(text, '=', length), *end = text + length;
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof axis->name)
        return err_set(err, ERR_INPUT, "%s '%.*s' is not of the form top_k=1..64 or temperature=0,0.5,1",
                       grid->option, (int)length, text);
    snprintf(axis->name, sizeof axis->name, "%.*s", (int)(equals - text), text);
    for (const char *at = equals + 1; at <= end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t n = (size_t)((comma ? comma : end) - at);
        bool range = n > 3 && memmem(at, n, "..", 2);
        TRY(range ? add_range(grid, axis, at, n, err) : add_value(grid, axis, at, n, err));
        at += n + 1;
    }
    return OK;
}

Status grid_parse(Grid *out, const char *option, const char *texts, const char *between, Err *err) {
    *out = (Grid){.option = option, .n_points = 1};
    for (const char *at = texts; at && *at;) {
        size_t n = strcspn(at, between);
        if (out->n_axes == GRID_AXES_MAX)
            return err_set(err, ERR_INPUT, "%s has more than %d stages", option, GRID_AXES_MAX);
        GridAxis *axis = &out->axis[out->n_axes++];
        TRY(parse_axis(out, axis, at, n, err));
        if (axis->n > GRID_POINTS_MAX / out->n_points)
            return err_set(err, ERR_INPUT, "%s: more than %d points", option, GRID_POINTS_MAX);
        out->n_points *= axis->n;
        at += n + (at[n] != '\0');
    }
    return OK;
}

void grid_free(Grid *grid) {
    for (int a = 0; a < grid->n_axes; a++) free(grid->axis[a].value);
    *grid = (Grid){0};
}

void grid_words(const Grid *grid, int point, char out[CHAIN_TEXT_MAX]) {
    size_t used = 0;
    int below = grid->n_points; /* the last axis moves first */
    out[0] = '\0';
    for (int a = 0; a < grid->n_axes; a++) {
        const GridAxis *axis = &grid->axis[a];
        below /= axis->n;
        used += (size_t)snprintf(out + used, CHAIN_TEXT_MAX - used, "%s%s=%s", a ? ";" : "", axis->name,
                                 axis->value[point / below % axis->n]);
    }
}
