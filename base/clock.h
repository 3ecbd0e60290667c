/* The clock: for progress, timing.json and polling intervals, never for a result. */
#ifndef ROTE_BASE_CLOCK_H
#define ROTE_BASE_CLOCK_H

/* Seconds since an arbitrary moment, with nanoseconds; monotonic (CLOCK_MONOTONIC). */
double clock_s(void);

#endif
