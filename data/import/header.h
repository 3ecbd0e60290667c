/* Whether the first of a table's records is a line of names that nobody said is one: a guess, for a note. */
#ifndef ROTE_DATA_IMPORT_HEADER_H
#define ROTE_DATA_IMPORT_HEADER_H

#include "data/records.h"

bool header_suspected(const Records *records);

#endif
