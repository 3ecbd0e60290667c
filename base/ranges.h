/* Lists of numbers as a user writes them: "0-7", "3,9,12-15". */
#ifndef ROTE_BASE_RANGES_H
#define ROTE_BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Sets chosen[i] for every i that the list names and leaves the others as they are. ERR_INPUT: no such list, or a
 * number that is not below n; the message tells of the list alone. */
Status ranges_parse(bool *chosen, int n, const char *text, size_t length, Err *err);

#endif
