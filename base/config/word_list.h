/* A list of words in one field of the config, such as the command of a program: each word is ended by a NUL, and an
 * empty one ends the list. Internal to base/config/, but for word_list_next. */
#ifndef ROTE_BASE_CONFIG_WORD_LIST_H
#define ROTE_BASE_CONFIG_WORD_LIST_H

#include <stddef.h>

#include "base/err.h"

enum { WORD_LIST_BYTES = 512, WORD_LIST_MAX = 64 /* words */ };

/* The word behind that one, or the first one (word NULL). NULL: there is none. */
const char *word_list_next(const char *list, const char *word);

/* Adds a word at the list's end. ERR_INPUT: it is empty or has a NUL, or there is no room. */
Status word_list_add(char *list, const char *word, size_t length, Err *err);

/* Reads "[bc, -q]", whose words may be in double quotes (then \" is a quote and \\ a backslash), or words between
 * blanks: "bc -q". ERR_INPUT: an empty word, a quote without its end, too long. */
Status word_list_read(char list[WORD_LIST_BYTES], const char *text, Err *err);

#endif
