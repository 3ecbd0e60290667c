/* A double as text that reads back to the same double, for files and hashes. */
#ifndef ROTE_BASE_NUMBER_H
#define ROTE_BASE_NUMBER_H

/* The shortest of %.15g, %.16g, %.17g that reads back as x; "null" for NaN and Inf, which JSON lacks.
 * Returns out. */
enum { NUMBER_TEXT_MAX = 32 };
const char *number_text(char out[NUMBER_TEXT_MAX], double x);

#endif
