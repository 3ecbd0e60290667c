/* The part of a page on what neuron rules did, as `rote neurons eval` measures it: necessity, flips, price. */
#ifndef ROTE_EVAL_REPORT_EFFECTS_H
#define ROTE_EVAL_REPORT_EFFECTS_H

#include <stdio.h>

#include "base/err.h"

/* Measures the run, and its twin (NULL: none is known), and writes a table and a plot of flips by dose for each rule.
 * A model whose measurement would take minutes is not measured; the page names the command that does it.
 * ERR_INPUT: the twin cannot be opened, or is not a twin. ERR_NOMEM. What else prevents the measurement is written. */
Status effects_section(FILE *out, const char *run_dir, const char *twin_dir, Err *err);

#endif
