#include "data/import/delimiter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void delimiters_see(Delimiters *d, const Rows *rows, char delimiter) {
    static const char all[] = DELIMITERS;
    for (int k = 0; k < DELIMITERS_N; k++) {
        if (all[k] == delimiter || d->missing[k]) continue;
        int count = 0;
        for (int i = 0; i < rows->n_fields; i++) {
            Text rest = rows->field[i];
            const char *at;
            while (!rows->quoted[i] && (at = memchr(rest.data, all[k], rest.size))) {
                count++;
                rest.size -= (size_t)(at + 1 - rest.data);
                rest.data += at + 1 - rest.data;
            }
        }
        if (!d->rows) d->first[k] = count;
        d->missing[k] = count == 0;
        d->uneven[k] = d->uneven[k] || count != d->first[k];
    }
    for (int i = 1; i < rows->n_fields && !d->unpadded; i++)
        d->unpadded = rows->quoted[i] || rows->field[i].size < 2 || rows->field[i].data[0] != ' ';
    d->split += rows->n_fields > 1;
    d->rows++;
}

/* A character that stands in every row, most likely the delimiter; 0: there is none. Where the table's own one parts
 * rows, too, another is likelier only if it parts all of them into as many. */
static char suspect(const Delimiters *d) {
    static const char by_trust[] = ";\t|,";
    if (!d->rows || (d->split && d->rows < 2)) return 0;
    for (const char *c = by_trust; *c; c++) {
        size_t k = (size_t)(strchr(DELIMITERS, *c) - DELIMITERS);
        if (d->first[k] && !d->missing[k] && !(d->split && d->uneven[k])) return *c;
    }
    return 0;
}

const char *delimiter_name(char out[DELIMITER_NAME_MAX], char delimiter) {
    snprintf(out, DELIMITER_NAME_MAX, delimiter == '\t' ? "tab" : "'%c'", delimiter);
    return out;
}

void delimiters_note(const Delimiters *d, char delimiter, bool tsv, char out[DELIMITER_NOTE_MAX]) {
    char other = suspect(d), own_name[DELIMITER_NAME_MAX], other_name[DELIMITER_NAME_MAX];
    delimiter_name(own_name, delimiter);
    delimiter_name(other_name, other);
    out[0] = '\0';
    if (other && !(tsv && d->split))
        snprintf(out, DELIMITER_NOTE_MAX, "every line has %s %s%s%s; if it separates the fields, use %s%s%s",
                 d->split ? "as many" : "a", other_name, d->split ? " as the first" : " and none a ",
                 d->split ? "" : own_name, tsv ? "--format csv" : "--delimiter ",
                 tsv && other != ',' ? " --delimiter " : "", tsv && other == ',' ? "" : other_name);
    else if (d->split && !d->unpadded)
        snprintf(
            out, DELIMITER_NOTE_MAX,
            "a blank follows every %s and is now part of the field behind it; remove one of them if it is no part",
            own_name);
}

char delimiter_declared(const Rows *rows) {
    const char *at = rows->at;
    bool said = rows->end - at >= 5 && strncasecmp(at, "sep=", 4) == 0 && !strchr("\r\n", at[4]) &&
                (at + 5 == rows->end || strchr("\r\n", at[5]));
    return said ? at[4] : 0;
}

bool delimiter_possible(char delimiter) {
    return delimiter == '\t' || (delimiter >= ' ' && delimiter <= '~' && delimiter != '"');
}
