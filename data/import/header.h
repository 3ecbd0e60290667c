/* A guess, for a note to the user: is the first record of a table a line of column names that was taken for a fact? */
#ifndef ROTE_DATA_IMPORT_HEADER_H
#define ROTE_DATA_IMPORT_HEADER_H

#include "data/records.h"

/* True: every cell of the first record looks like a name, and one of these holds: a cell is a name that tables often
 * have; every other cell of its column is a number; it is the only record of lower-case names.
 * records->n >= 1. */
bool header_suspected(const Records *records);

#endif
