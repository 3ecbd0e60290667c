/* Guesses, for a note to the user: are the fields of a table separated by another character than the one it is read
 * with? */
#ifndef ROTE_DATA_IMPORT_DELIMITER_H
#define ROTE_DATA_IMPORT_DELIMITER_H

#include "data/import/rows.h"

/* What else could separate fields. */
#define DELIMITERS ",;\t|"
enum { DELIMITERS_N = 4, DELIMITER_NOTE_MAX = 256 };

/* What the rows of a table have in common. A zeroed one has seen no row. */
typedef struct Delimiters {
    int32_t rows, parted; /* rows seen; of them with more than one field */
    /* by the place in DELIMITERS: how often each stands in the first row, outside quotes; whether a later row has none;
     * whether one has another number of it */
    int first[DELIMITERS_N];
    bool missing[DELIMITERS_N], uneven[DELIMITERS_N];
    bool unpadded; /* some field after a row's first one begins without a blank */
} Delimiters;

/* Looks at the row read last; its fields are separated by `delimiter`. */
void delimiters_see(Delimiters *d, const Rows *rows, char delimiter);

/* What looks wrong, in words; empty: nothing does.
 *   delimiter   by which the fields were parted
 *   tsv         the table was read as TSV */
void delimiters_note(const Delimiters *d, char delimiter, bool tsv, char out[DELIMITER_NOTE_MAX]);

/* "';'", or "tab", as --delimiter takes it and messages say it. Into `out`, which it returns. */
enum { DELIMITER_NAME_MAX = 8 };
const char *delimiter_name(char out[DELIMITER_NAME_MAX], char delimiter);

/* The X of Excel's first line "sep=X", which is not read yet; 0: the file begins otherwise. */
char delimiter_declared(const Rows *rows);

/* Whether a table's fields may be separated by it: a byte of ASCII that is no quote and ends no line. */
bool delimiter_possible(char delimiter);

#endif
