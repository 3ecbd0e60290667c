/* Sums: an operation of two numbers, each written digit by digit, and its result. */
#ifndef ROTE_DATA_KINDS_SUMS_H
#define ROTE_DATA_KINDS_SUMS_H

#include "data/facts.h"

/* Fields of a fact. The question is the operator with the names it asks for, and the equals sign; the result includes
 * EOS. */
enum { SUMS_NAME = 1, SUMS_NUMBER, SUMS_QUESTION, SUMS_RESULT };

enum { SUMS_DIGITS_MAX = 18, SUMS_NUMBERS_MAX = 8, SUMS_RESULT_MAX = 2 * SUMS_DIGITS_MAX + 1 };

/* The sign of an operation, as it is written. */
static inline char sums_sign(Operation operation) { return "+-*?"[operation]; }

/* The result of an operation of two numbers below 10^18, as text. */
void sums_result(char out[SUMS_RESULT_MAX + 1], Operation operation, uint64_t a, uint64_t b);

#endif
