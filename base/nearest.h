/* The name nearest to a mistyped word. */
#ifndef ROTE_BASE_NEAREST_H
#define ROTE_BASE_NEAREST_H

/* The name in `names` (ended by NULL) with the smallest edit distance to word, insertions, deletions, changes and
 * swaps of neighbours each counted once (Damerau 1964); of several the first. NULL: none is within a third of the
 * word's letters. */
const char *nearest_name(const char *word, const char *const *names);

#endif
