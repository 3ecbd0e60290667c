/* All that is asked of the logits of many inputs, in two passes over them: figures by class, the variance table, tokens
 * that are always at the top, and the patterns that name the class. */
#ifndef ROTE_EVAL_LOGITS_STUDY_H
#define ROTE_EVAL_LOGITS_STUDY_H

#include <stdio.h>

#include "eval/logits/classes.h"
#include "eval/logits/pattern.h"
#include "eval/logits/variance.h"

/* CLASSES x positions x V numbers of the variance table at most; else positions are taken together. */
enum { STUDY_TOP = 10, STUDY_CELLS_MAX = 1 << 25 };

#define STUDY_CSV_HEAD "class,input,position,target,first"

typedef struct LogitStudyPlan {
    LogitRowsPlan rows; /* raw and figures are set by the study */
    uint64_t seed;      /* of the permuted labels */
    bool figures_alone; /* one pass: no variance, tokens, patterns */
    FILE *csv;          /* a line for each row, in the order of the inputs; NULL: none */
} LogitStudyPlan;

typedef struct LogitStudy {
    const LogitInputs *inputs;
    LogitClasses classes;
    int positions; /* 1: not distinguished */
    VarianceShares shares;
    int always[LOGIT_CLASSES_MAX]; /* tokens in the top STUDY_TOP of every row */
    /* classes x classes, a < b: AUC of the class pattern on inputs that it was not learned from, and of the same with
     * permuted labels. Rows of several classes count for the first. */
    Interval *pattern, *control;
    int learned, judged; /* rows */
} LogitStudy;

/* inputs must outlive it. Errors of logit_classes_create and logit_rows; ERR_IO: the CSV cannot be written. */
Status logit_study(LogitStudy *out, const Gpt *g, LogitInputs *inputs, const LogitStudyPlan *plan, Err *err);
void logit_study_free(LogitStudy *study);

#endif
