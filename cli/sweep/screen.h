/* The display of `rote sweep run`: on a terminal a line for every running run, elsewhere a line for
 * every run that ended. */
#ifndef ROTE_CLI_SWEEP_SCREEN_H
#define ROTE_CLI_SWEEP_SCREEN_H

#include <stdbool.h>

#include "train/sweep/sweep.h"

typedef struct SweepScreen {
    bool quiet, terminal;
    int lines;     /* on the terminal, to be redrawn */
    double next_s; /* when the next update is due, by clock_s */
} SweepScreen;

/* For SweepOptions.update; screen: a SweepScreen. */
void sweep_screen_update(void *screen, const SweepView *view);
/* Removes the redrawn lines. */
void sweep_screen_end(SweepScreen *screen);

#endif
