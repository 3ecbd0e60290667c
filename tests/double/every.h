/* Of how many parameters one has its difference taken. A sanitizer looks at memory, not at figures, and slows each by
 * ten: there some of every tensor are enough. */
#ifndef ROTE_TESTS_DOUBLE_EVERY_H
#define ROTE_TESTS_DOUBLE_EVERY_H

#ifdef __SANITIZE_ADDRESS__
enum { EVERY = 7 };
#else
enum { EVERY = 1 };
#endif

#endif
