/* A plot in a file of its own. */
#ifndef ROTE_CLI_COMMON_PLOT_FILE_H
#define ROTE_CLI_COMMON_PLOT_FILE_H

#include "base/err.h"
#include "eval/plot/plot.h"

/* Writes the plot as SVG to what the user calls path, once output_check has passed. ERR_IO. ERR_NOMEM. */
Status plot_write(const Plot *plot, const char *path, Err *err);

#endif
