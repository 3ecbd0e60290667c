/* The state machine of the bits observed in one context: recent counts of zeros and ones, and the last two
 * bits. A bit increments its count; the other count loses half of what exceeds 2, since sources are
 * nonstationary (Mahoney 2005, PAQ6). Every state that can be reached has a number. */
#ifndef ROTE_TRAIN_ONLINE_BIT_HISTORY_H
#define ROTE_TRAIN_ONLINE_BIT_HISTORY_H

#include <stdint.h>

enum { HISTORY_MAX = 2048 };

typedef struct BitHistory {
    uint16_t next[HISTORY_MAX][2]; /* the state after a bit */
    uint8_t zeros[HISTORY_MAX], ones[HISTORY_MAX];
    int count;
} BitHistory;

/* Fills the table. State 0: no bit observed yet. */
void bit_history_begin(BitHistory *h);

#endif
