/* A sweep's page for facts of unknown entropy: recall and code length of the models. */
#ifndef ROTE_EVAL_REPORT_RECALL_H
#define ROTE_EVAL_REPORT_RECALL_H

#include <stdio.h>

#include "eval/capacity/series.h"

/* <b>: how large a model must be for the largest fact set. */
void recall_headline(FILE *out, const Series *s);
/* <p>: its code length, beside the baselines. */
void recall_words(FILE *out, const Series *s);
/* A row for every model and fact set, the baselines below. */
void recall_table(FILE *out, const Series *s);

/* The code length of a run's facts without a model, in bits; NAN: its result.json does not contain it. */
enum { RECALL_BASELINES = 5 };
double recall_baseline(const SweptRun *run, int i);
extern const char *const recall_baseline_name[RECALL_BASELINES];

#endif
