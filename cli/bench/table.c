/* Tables, printed from the rows of the JSON report. */
#include <stdio.h>

#include "cli/bench/bench.h"
#include "cli/common/show.h"

static const char *cell(char out[64], const BenchColumn *column, const json_t *value) {
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

void table_head(const BenchColumn *columns) {
    for (const BenchColumn *c = columns; c->key; c++)
        printf("%s%*s", c == columns ? "" : " ", c->width, c->heading);
    putchar('\n');
}

void table_row(const BenchColumn *columns, const json_t *row) {
    char text[64];
    for (const BenchColumn *c = columns; c->key; c++)
        printf("%s%*s", c == columns ? "" : " ", c->width, cell(text, c, json_object_get(row, c->key)));
    putchar('\n');
    fflush(stdout);
}

BenchTable table_begin(const BenchOptions *options, json_t *report, const char *key,
                       const BenchColumn *columns) {
    BenchTable table = {columns, json_array(), !options->json};
    json_object_set_new(report, key, table.rows);
    if (table.printed) table_head(columns);
    return table;
}

void table_add(const BenchTable *table, json_t *row) {
    if (table->printed) table_row(table->columns, row);
    json_array_append_new(table->rows, row);
}
