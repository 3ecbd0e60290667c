/* Lists of numbers as a user writes them: "3", "0-7", "3,9,12-15". */
#ifndef ROTE_BASE_RANGES_H
#define ROTE_BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Sets chosen[i] for every i in the list and leaves the other entries unchanged.
 *   chosen   n
 *   text     `length` bytes
 * ERR_INPUT: text is not such a list, a range runs backward, or a number is not below n; the message begins with the
 * list, and the caller adds where it is. Some entries may be set then. */
Status ranges_parse(bool *chosen, int n, const char *text, size_t length, Err *err);

#endif
