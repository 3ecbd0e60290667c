/* Lists of numbers as a user writes them: "3", "0-7", "3,9,12-15". */
#ifndef ROTE_BASE_RANGES_H
#define ROTE_BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The numbers first .. last. */
typedef struct Range {
    int first, last;
} Range;

/* Reads one number or range of a list, at text[*at], and moves *at to the comma after it, or to `length` at the end of
 * the list. Every number must be from 0 to n - 1.
 *   text   the whole list, `length` bytes
 * ERR_INPUT: text is not such a list, a range runs backward, or a number is not below n. The message does not contain
 * the list; the caller adds it. */
Status range_next(Range *out, int n, const char *text, size_t length, size_t *at, Err *err);

/* Sets chosen[i] for every i in the list and leaves the other entries unchanged.
 *   chosen   (n)
 * ERR_INPUT: as range_next, the message begins with the list; some entries may be set then. */
Status ranges_parse(bool *chosen, int n, const char *text, size_t length, Err *err);

#endif
