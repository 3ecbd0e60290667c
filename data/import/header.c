#include "data/import/header.h"

#include <string.h>
#include <strings.h>

enum { CELLS = 3, CELL_NAME_MAX = 32 };

static void cells_of(const Record *r, Text cell[CELLS]) {
    cell[0] = r->prompt, cell[1] = r->answer, cell[2] = r->tag;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* What columns are called: a letter, then letters, digits, blanks, '_', '-'. */
static bool is_name(Text t) {
    if (t.size == 0 || t.size > CELL_NAME_MAX || !is_letter(t.data[0])) return false;
    for (size_t i = 1; i < t.size; i++)
        if (!is_letter(t.data[i]) && !is_digit(t.data[i]) && !strchr(" _-", t.data[i])) return false;
    return true;
}

static bool is_lower_name(Text t) {
    for (size_t i = 0; i < t.size; i++)
        if (t.data[i] >= 'A' && t.data[i] <= 'Z') return false;
    return is_name(t);
}

static bool is_number(Text t) {
    bool digits = false;
    for (size_t i = 0; i < t.size; i++) {
        if (!is_digit(t.data[i]) && !strchr("+-.,eE% ", t.data[i])) return false;
        digits = digits || is_digit(t.data[i]);
    }
    return digits;
}

static bool is_common(Text t) {
    static const char *const common[] = {
        "id",         "key",      "value",  "name",       "word",        "term",     "text",   "label",
        "title",      "class",    "input",  "output",     "query",       "fact",     "front",  "back",
        "definition", "meaning",  "target", "source",     "city",        "date",     "year",   "code",
        "tag",        "question", "answer", "prompt",     "reply",       "response", "type",   "number",
        "count",      "sum",      "topic",  "completion", "translation", "country",  "capital"};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strlen(common[i]) == t.size && strncasecmp(common[i], t.data, t.size) == 0) return true;
    return false;
}

/* All cells of the record that are there. */
static bool all_cells(const Record *r, bool (*is)(Text)) {
    Text cell[CELLS];
    cells_of(r, cell);
    for (int c = 0; c < CELLS; c++)
        if (cell[c].data && !is(cell[c])) return false;
    return true;
}

/* Names, and one of: a name that tables often have; a column of numbers below it; lower case, and no other record
 * so. */
bool header_suspected(const Records *records) {
    const Record *first = &records->item[0];
    if (records->n < 2 || !all_cells(first, is_name)) return false;
    bool numbers[CELLS], lower = all_cells(first, is_lower_name);
    Text cell[CELLS];
    cells_of(first, cell);
    for (int c = 0; c < CELLS; c++) {
        if (cell[c].data && is_common(cell[c])) return true;
        numbers[c] = cell[c].data != NULL;
    }
    for (int32_t i = 1; i < records->n; i++) {
        cells_of(&records->item[i], cell);
        for (int c = 0; c < CELLS; c++) numbers[c] = numbers[c] && cell[c].data && is_number(cell[c]);
        lower = lower && !all_cells(&records->item[i], is_lower_name);
    }
    return numbers[0] || numbers[1] || numbers[2] || (lower && records->n > 2);
}
