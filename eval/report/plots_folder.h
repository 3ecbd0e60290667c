/* DIR/plots: the figures of a sweep as files. */
#ifndef ROTE_EVAL_REPORT_PLOTS_FOLDER_H
#define ROTE_EVAL_REPORT_PLOTS_FOLDER_H

#include "eval/report/figure.h"

/* Checks that dir/plots can take the figures: missing, empty, or a report's. ERR_INPUT: it contains other files, or
 * is not a folder. ERR_IO, ERR_NOMEM. */
Status figures_check(const char *dir, Err *err);

/* Writes every figure as NAME.svg, plots.gp with the gnuplot commands for the PNG files, and, if gnuplot is
 * installed, NAME.png.
 *   note   why there are no PNG files, or empty
 * ERR_IO, ERR_INPUT, ERR_NOMEM. */
Status figures_write(const Figures *figures, const char *dir, char note[160], Err *err);

#endif
