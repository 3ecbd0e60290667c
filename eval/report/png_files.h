/* PNG files of figures, which gnuplot draws. */
#ifndef ROTE_EVAL_REPORT_PNG_FILES_H
#define ROTE_EVAL_REPORT_PNG_FILES_H

#include "eval/report/figure.h"

/* The file of gnuplot's commands; run in a folder, it draws NAME.png of every figure there. */
#define COMMANDS_NAME "plots.gp"

/* Draws the figures by dir/plots.gp to dir/NAME.png: all of them, whole, or none.
 *   note  why there are none, or empty: gnuplot is not there, or fails
 * ERR_IO: the disk failed, or a file came out incomplete. ERR_INPUT: too long a path. ERR_NOMEM. */
Status png_files_write(const Figures *figures, const char *dir, char note[160], Err *err);

#endif
