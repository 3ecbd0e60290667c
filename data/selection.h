/* Which facts a run still trains (train.select). A model that is given more facts than it can hold spreads its bits
 * over all of them and recites few (Ye, Feldman and Talwar 2026, arXiv 2604.08519). So at some steps of a run facts are
 * dropped: those that cost most bits, or, as a control, any. What was dropped never comes back. */
#ifndef ROTE_DATA_SELECTION_H
#define ROTE_DATA_SELECTION_H

#include <stdint.h>

#include "base/config/config.h"
#include "data/facts.h"

typedef struct Selection {
    int n;            /* facts; 0: nothing is selected */
    int rounds;       /* made so far */
    uint8_t *dropped; /* n: the round in which each was dropped, from 1; 0: it is trained */
} Selection;

/* All n facts are trained. ERR_NOMEM. Free with selection_free. */
Status selection_create(Selection *out, int n, Err *err);
void selection_free(Selection *s);

/* Facts that are trained after a round; 0: before the first one. */
int selection_kept(const Selection *s, int round);
static inline bool selection_keeps_after(const Selection *s, int fact, int round) {
    return !s->dropped[fact] || s->dropped[fact] > round;
}
static inline bool selection_keeps(const Selection *s, int fact) { return !s->dropped[fact]; }

/* ---- the rule: functions of the config and the facts alone ---- */

/* How many facts are left at the end: select_keep n, to nearest, at least 1; or the smallest K whose ceiling,
 * K (H/n - log2 K) bits, reaches select_bits params; n where no K does. ERR_INPUT: select_bits, and H is unknown. */
Status selection_target(const TrainConfig *config, const FactSet *facts, int64_t params, int *keep, Err *err);
/* How many are left after round 1 .. select_rounds: n (keep/n)^(round/rounds), to nearest. */
int selection_size(const TrainConfig *config, int n, int keep, int round);
/* The step after which a round is made: even distances from select_start to select_end, and never at the last step. */
int64_t selection_step(const TrainConfig *config, int round);

/* Makes the next round: of the facts that are left, keeps `keep`.
 *   bits  (n) code length of each fact: the cheapest are kept, of equal ones the first
 *   seed  of train.select random, which does not look at bits
 * ERR_NOMEM: nothing was dropped. */
Status selection_round(Selection *s, int keep, Select by, const double *bits, uint64_t seed, Err *err);

/* ---- in a checkpoint: a digit for each fact, the round in which it was dropped, after the number of rounds ---- */

/* "2 00102": malloc'd. ERR_NOMEM. */
Status selection_text(const Selection *s, char **out, Err *err);
/* n: facts that the text must be about; 0: any number. ERR_FORMAT: it is no such text. ERR_NOMEM. */
Status selection_parse(const char *text, int n, Selection *out, Err *err);

#endif
