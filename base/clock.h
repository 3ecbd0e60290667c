/* Time that passes, for display and timing.json only: no result depends on it. */
#ifndef ROTE_BASE_CLOCK_H
#define ROTE_BASE_CLOCK_H

/* Seconds since some moment of the past, which differs from boot to boot. Never goes back. */
double now_s(void);

#endif
