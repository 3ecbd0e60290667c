/* Text is bytes: pieces of a buffer, words in them, and the escapes that let any bytes stand in a
 * line that a person can read. */
#ifndef ROTE_DATA_TEXT_H
#define ROTE_DATA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes inside a buffer that someone else owns. data NULL: there is none. */
typedef struct Text {
    char *data;
    size_t size;
} Text;

bool text_equal(Text a, Text b);
int text_compare(Text a, Text b); /* by bytes, as memcmp */
bool text_is(Text a, const char *name);

/* Takes the next whitespace-separated word from the front of rest; false when there is none left. */
bool text_word(Text *rest, Text *word);

/* In place: words parted by one space, none at the ends. */
Text text_join_words(Text t);

/* Escaped: \t \n \r \\, and \xHH for every other control byte and for what is not UTF-8.
 * text_escape ends with a NUL, cuts between characters, and returns the bytes written without it. */
void text_write(FILE *stream, Text t);
size_t text_escape(char *out, size_t size, Text t);

/* The same in quotes, cut with "..." after some 32 bytes: for messages. */
enum { QUOTE_SIZE = 48 };
const char *text_quote(char out[QUOTE_SIZE], Text t);

/* Undoes the escapes in place; false when one is malformed. */
bool text_unescape(Text *t);

#endif
