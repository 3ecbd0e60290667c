/* How the searches train: SOAP, whose rate falls with the width (docs/results/optimizer.md). */
#ifndef ROTE_CLI_SEARCH_RECIPE_H
#define ROTE_CLI_SEARCH_RECIPE_H

#include <stdio.h>

#include "eval/capacity/words.h"

#define RECIPE_WORDS "train.optimizer=soap", "train.schedule=wsd", "train.beta2=0.95", RECIPE_RATE_WORD
/* Marks that the user has set no rate: the largest that the key allows. */
#define RECIPE_NO_RATE   1000.0
#define RECIPE_RATE_WORD "train.learning_rate=1000"

/* SOAP's rate at that width, rounded to three digits as it is written in a point of the sweep. */
static inline double recipe_rate(int n_embd) {
    char text[32];
    double rate = SOAP_RATE / n_embd;
    snprintf(text, sizeof text, "%.3g", rate);
    (void)sscanf(text, "%lf", &rate);
    return rate;
}

#endif
