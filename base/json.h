/* JSON in memory that is counted. jansson answers a failed allocation by NULL, or by leaving a key out: the same as for
 * a text that is not UTF-8. The functions here know which of the two it was. */
#ifndef ROTE_BASE_JSON_H
#define ROTE_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Takes `root`, made by jansson's functions, apart into text; free it.
 *   what   for the message: "run/manifest.json"
 * ERR_NOMEM: some allocation failed while root was made or written. ERR_FORMAT: root is NULL for another reason: a text
 * in it is not UTF-8. *out is NULL then. root is released in every case. */
Status json_take_text(json_t *root, size_t flags, const char *what, char **out, Err *err);

/* Reads one JSON value; json_decref it.
 *   flags   jansson's, e.g. JSON_REJECT_DUPLICATES
 *   where   the file's name, for the message "where:LINE: what is wrong"
 * ERR_NOMEM. ERR_FORMAT: not JSON. *out is NULL then. */
Status json_read(const char *data, size_t size, size_t flags, const char *where, json_t **out, Err *err);

/* A string made of a malloc'd text, which is freed; NULL: there was no memory for the text, which json_take_text then
 * says as if jansson had none. */
json_t *json_string_take(char *text);

/* Says that something else than jansson had no memory for what an object should hold: json_take_text then says so. */
void json_lost(void);

/* A whole number from low to high; false: the value is something else, and *out is as it was. jansson's own conversions
 * (json_unpack with "i", a cast) drop the upper bits of a number that does not fit into an int. */
bool json_whole(const json_t *value, json_int_t low, json_int_t high, json_int_t *out);

/* Whether an allocation of jansson's has failed in this thread since the last call; for code that uses a json_t without
 * making text of it. */
bool json_ran_out(void);

/* Whether one has failed in this thread at all; for an object that grows while files are read and written. */
bool json_ever_ran_out(void);

#endif
