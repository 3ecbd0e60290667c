/* What is remembered of the bits seen in one context: how many zeros and ones of late, and the last two. A count
 * grows with its bit; where the other bit comes, half of what exceeds 2 is forgotten, since sources change
 * (Mahoney 2005, the PAQ6 way). Every history that this reaches has a number. */
#ifndef ROTE_EVAL_BIT_HISTORY_H
#define ROTE_EVAL_BIT_HISTORY_H

#include <stdint.h>

enum { HISTORY_MAX = 2048 };

typedef struct BitHistory {
    uint16_t next[HISTORY_MAX][2];
    uint8_t zeros[HISTORY_MAX], ones[HISTORY_MAX];
    int count;
} BitHistory;

/* Number 0 is: nothing seen. */
void bit_history_begin(BitHistory *h);

#endif
