/* Numbers for people and files: nats as bits, and text that reads back to the same double. */
#ifndef ROTE_BASE_NUMBER_H
#define ROTE_BASE_NUMBER_H

#include <stdint.h>

/* The only conversion from nats to bits. */
double bits_of_nats(double nats);

/* The shortest of %.15g, %.16g, %.17g that reads back as x; "null" for NaN and Inf, which JSON lacks.
 * Returns out. */
enum { NUMBER_TEXT_MAX = 32 };
const char *number_text(char out[NUMBER_TEXT_MAX], double x);

/* For people: "12,345". Returns out. */
const char *count_text(char out[NUMBER_TEXT_MAX], int64_t n);

/* For messages: "512 B", "3.2 MiB", "32.8 TiB". Returns out. */
const char *bytes_text(char out[NUMBER_TEXT_MAX], double bytes);

#endif
