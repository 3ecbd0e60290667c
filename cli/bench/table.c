/* Tables of figures, printed from the rows that the JSON report gets. */
#include <stdio.h>

#include "cli/bench/bench.h"
#include "cli/common/show.h"

static const char *cell(char out[64], const Column *column, const json_t *value) {
    double x = json_number_value(value);
    out[0] = '\0';
    if (column->kind == TEXT) return json_is_string(value) ? json_string_value(value) : out;
    if (!json_is_number(value)) return out;
    switch (column->kind) {
    case TEXT: break;
    case COUNT: return show_int((int64_t)(x + 0.5));
    case FIXED: snprintf(out, 64, "%.*f", column->digits, x); break;
    case PERCENT: snprintf(out, 64, "%.*f %%", column->digits, 100 * x); break;
    }
    return out;
}

void table_head(const Column *columns) {
    for (const Column *c = columns; c->key; c++)
        printf("%s%*s", c == columns ? "" : " ", c->width, c->heading);
    putchar('\n');
}

void table_row(const Column *columns, const json_t *row) {
    char text[64];
    for (const Column *c = columns; c->key; c++)
        printf("%s%*s", c == columns ? "" : " ", c->width, cell(text, c, json_object_get(row, c->key)));
    putchar('\n');
    fflush(stdout);
}
