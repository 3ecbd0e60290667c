/* Names of people: one entry of each of up to three lists (first, middle, last), so that their number is a product. */
#ifndef ROTE_DATA_KINDS_NAMES_H
#define ROTE_DATA_KINDS_NAMES_H

#include "data/kinds/lists.h"

enum { NAME_PARTS_MAX = 3 };
typedef struct Names {
    int n_parts;
    List part[NAME_PARTS_MAX];
    double count; /* distinct full names, below 2^53 */
    int len;      /* tokens of a name */
} Names;

/* From facts.name_sizes and facts.symbols; *next_symbol as in list_make. ERR_INPUT: more than three sizes, or 2^53
 * names or more. */
Status names_make(Names *out, const FactsConfig *config, int32_t *next_symbol, Err *err);
/* ERR_INPUT: n people need more distinct names than there are. */
Status names_enough(const Names *names, int n, Err *err);
/* The entries that make name number `name` < count; the last part is its lowest digit. */
void names_parts(const Names *names, uint64_t name, int parts[NAME_PARTS_MAX]);
/* Writes that name: names->len tokens of one field. */
void names_write(Writer *w, const Names *names, uint64_t name, uint8_t field);

#endif
