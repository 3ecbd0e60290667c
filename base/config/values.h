/* The values of a command line's key=a,b,c, some of them in quotes. */
#ifndef ROTE_BASE_CONFIG_VALUES_H
#define ROTE_BASE_CONFIG_VALUES_H

#include <stdbool.h>

#include "base/err.h"

typedef struct Values {
    int n;
    char **value; /* without quotes */
    bool quoted;  /* at least one of them was */
} Values;

/* Divides the text at its commas. A value that begins with a double quote ends with the next one, and its commas divide
 * nothing; in it \" is a quote and \\ a backslash, and any other backslash is itself. Elsewhere in a value a quote is
 * a character as any other. Free with values_free.
 * ERR_INPUT: an empty value without quotes among several; a quote without its end; something between it and the next
 * comma. ERR_NOMEM. */
Status values_read(Values *out, const char *text, Err *err);
void values_free(Values *values);

/* Whether a command line must quote the value even when it is the whole word, because it begins with a quote. */
static inline bool value_needs_quotes(const char *value) { return *value == '"'; }
/* The value in quotes. malloc'd; NULL: no memory. */
char *value_quoted(const char *value);

#endif
