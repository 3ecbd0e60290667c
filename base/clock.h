/* The clock: for progress, timing.json and time limits of searches for jobs, never for a result. */
#ifndef ROTE_BASE_CLOCK_H
#define ROTE_BASE_CLOCK_H

/* Seconds since some moment in the past, in steps of nanoseconds; never goes back (CLOCK_MONOTONIC). */
double clock_s(void);

#endif
