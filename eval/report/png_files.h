/* PNG files of figures, which gnuplot draws. */
#ifndef ROTE_EVAL_REPORT_PNG_FILES_H
#define ROTE_EVAL_REPORT_PNG_FILES_H

#include "eval/report/figure.h"

/* The file of gnuplot's commands; gnuplot, run on it in its folder, draws NAME.png of every figure in that folder. */
#define COMMANDS_NAME "plots.gp"

/* Draws the figures of dir/plots.gp to dir/NAME.png: all of them, complete, or none.
 *   note   why there are none (gnuplot is missing, or fails), or empty
 * ERR_IO: the disk failed, or a file is incomplete. ERR_INPUT: the path is too long. ERR_NOMEM. */
Status png_files_write(const Figures *figures, const char *dir, char note[160], Err *err);

#endif
