/* The section of a run's page about its logits. */
#ifndef ROTE_EVAL_REPORT_LOGITS_H
#define ROTE_EVAL_REPORT_LOGITS_H

#include <stdio.h>

#include "base/err.h"

/* Plots by class of input (eval/logits/inputs.h): histogram and Q-Q beside the normal law, mass of the top k beside the
 * exact null, k* by layer, shares of variance.
 *   why   OK; or why there is none, as the page says, too. ERR_INPUT: the run's facts are not found or have too few
 *         symbols, or it has no checkpoint. Others: a file of it is damaged or cannot be read
 * ERR_NOMEM. */
Status logits_section(FILE *out, const char *run_dir, Err *why, Err *err);

#endif
