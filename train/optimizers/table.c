/* The table of optimizers: a row a kind. */
#include "train/optimizers/rows.h"

#define ROW(kind, row) [kind] = &(row),
static const OptimizerRow *const ROWS[] = {OPTIMIZER_ROWS(ROW)};
#undef ROW

const OptimizerRow *optimizer_row(OptimizerKind kind) {
    CHECK(kind >= 0 && (size_t)kind < sizeof ROWS / sizeof ROWS[0]);
    return ROWS[kind];
}
