/* A note to the user if the fields of a table seem to be separated by another character than the one it is read
 * with. */
#ifndef ROTE_DATA_IMPORT_DELIMITER_H
#define ROTE_DATA_IMPORT_DELIMITER_H

#include "data/import/rows.h"

/* What else could separate fields. */
#define DELIMITERS ",;\t|"
enum { DELIMITERS_N = 4, DELIMITER_NOTE_MAX = 256 };

/* What the rows of a table have in common. A zeroed one has seen no row. */
typedef struct Delimiters {
    int32_t rows, split; /* rows seen; rows with more than one field */
    /* For each character of DELIMITERS: how often it occurs in the first row outside quotes; whether it is missing in a
     * later row; whether it occurs more or less often in a later row. */
    int first[DELIMITERS_N];
    bool missing[DELIMITERS_N], uneven[DELIMITERS_N];
    bool unpadded; /* a field after the first one of its row begins without a blank */
} Delimiters;

/* Looks at the row read last; its fields are separated by `delimiter`. */
void delimiters_see(Delimiters *d, const Rows *rows, char delimiter);

/* The note: what looks wrong. Empty: nothing does.
 *   delimiter   that separates fields
 *   tsv         the table was read as TSV */
void delimiters_note(const Delimiters *d, char delimiter, bool tsv, char out[DELIMITER_NOTE_MAX]);

/* The delimiter as messages and --delimiter spell it: "';'", or "tab". Writes to `out` and returns it. */
enum { DELIMITER_NAME_MAX = 8 };
const char *delimiter_name(char out[DELIMITER_NAME_MAX], char delimiter);

/* X, if the table begins with Excel's line "sep=X", else 0. Called before the first row is read. */
char delimiter_declared(const Rows *rows);

/* Whether it can separate the fields of a table: an ASCII character, but no quote and no line end. */
bool delimiter_possible(char delimiter);

#endif
