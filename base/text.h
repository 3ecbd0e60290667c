/* Text is bytes: pieces of a buffer, the words in them, and escapes by which any bytes fit into a line that a person
 * can read. */
#ifndef ROTE_BASE_TEXT_H
#define ROTE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes inside a buffer that someone else owns, without a NUL behind them. data NULL: there is none. */
typedef struct Text {
    char *data;
    size_t size; /* bytes */
} Text;

bool text_equal(Text a, Text b);
/* Compares bytes, as memcmp does. A beginning of another text is less than it. */
int text_compare(Text a, Text b);
bool text_is(Text a, const char *name);

/* Takes the next word (whitespace ends it) from the front of rest; false: there is none left. */
bool text_word(Text *rest, Text *word);

/* In place: the words with one space between them and none at the ends. */
Text text_join_words(Text t);

/* Escaped as base/escape.h says. text_escape writes at
 * most size bytes with the NUL at its end, cuts between characters, and returns the bytes before the NUL. */
void text_write(FILE *stream, Text t);
/* text_write of a NUL-ended text. Whatever a user's file or a name holds goes to a terminal through here: control
 * characters would otherwise act on it. */
void text_show(FILE *stream, const char *text);
/* The same of a message that may quote such texts, some of them escaped already: backslashes stay single. */
void text_show_message(FILE *stream, const char *message);
size_t text_escape(char *out, size_t size, Text t);

/* For messages: escaped, in quotes, cut with "..." after some 32 bytes. Returns out. */
enum { QUOTE_SIZE = 48 };
const char *text_quote(char out[QUOTE_SIZE], Text t);

/* Undoes the escapes in place; false: one is malformed. */
bool text_unescape(Text *t);
/* Whether `spelling`, NUL-ended, is t in its shown form: escaped. So whatever can be shown can be named. */
bool text_spelled(Text t, const char *spelling);

#endif
