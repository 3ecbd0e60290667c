/* One row a sequence. What it has columns for follows from the set; the last one, text, is for people and is not
 * read. */
#include "data/folder/pool_records.h"

#include <string.h>

#include "data/kinds/kinds.h"

typedef enum Column { ROLE, SOURCE, OF, PROMPT, TAG, FIELDS, TOKENS, TEXT, COLUMN_COUNT } Column;
static const char *const column_name[COLUMN_COUNT] = {"role", "source", "of",     "prompt",
                                                      "tag",  "fields", "tokens", "text"};

static bool has_column(const FactSet *facts, Column column) {
    switch (column) {
    case SOURCE: return facts->n_heldout > 0;
    case OF: return facts->n_variants > 0;
    case TAG: return facts->n_tags > 0;
    case FIELDS: return facts->n_fields > 0;
    case TEXT: return facts->vocab.text != NULL;
    default: return true;
    }
}

static const char *role_of(const FactSet *facts, int i) {
    if (i < facts->n) return "fact";
    i -= facts->n;
    if (i < facts->n_heldout) return "heldout";
    return i < facts->n_heldout + facts->n_variants ? "variant" : "junk";
}

/* The fact of which sequence i is another rendering; -1: it is no variant. */
static int variant_index(const FactSet *facts, int i) {
    int at = i - facts->n - facts->n_heldout;
    return at >= 0 && at < facts->n_variants ? at : -1;
}

/* ---- writing ---- */

static void write_text(FILE *stream, const FactSet *facts, int i) {
    char line[4096];
    facts_text(facts, i, line, sizeof line);
    for (char *c = line; *c; c++)
        if (*c == '\t') *c = ' '; /* parts prompt and answer */
    fputs(line, stream);
}

static void write_cell(FILE *stream, const FactSet *facts, int i, Column column) {
    int64_t from = facts->start[i], to = facts->start[i + 1];
    int variant = variant_index(facts, i);
    switch (column) {
    case ROLE: fputs(role_of(facts, i), stream); return;
    case SOURCE:
        if (i < facts->n + facts->n_heldout) fprintf(stream, "%d", facts->source[i]);
        return;
    case OF:
        if (variant >= 0) fprintf(stream, "%d", facts->variant_of[variant]);
        return;
    case PROMPT: fprintf(stream, "%d", facts->prompt_len[i]); return;
    case TAG:
        if (facts->tag[i] >= 0) {
            char *name = facts->tag_names[facts->tag[i]];
            text_write(stream, (Text){name, strlen(name)});
        }
        return;
    case FIELDS:
        for (int64_t t = from; t < to; t++) fprintf(stream, t > from ? " %d" : "%d", facts->field[t]);
        return;
    case TOKENS:
        for (int64_t t = from; t < to; t++) fprintf(stream, t > from ? " %d" : "%d", facts->tokens[t]);
        return;
    case TEXT: write_text(stream, facts, i); return;
    case COLUMN_COUNT: return;
    }
}

void pool_records_write(FILE *stream, const FactSet *facts) {
    for (int i = -1; i < facts->n_pool; i++) { /* first the line of names */
        const char *before = "";
        for (int c = 0; c < COLUMN_COUNT; c++) {
            if (!has_column(facts, (Column)c)) continue;
            fputs(before, stream);
            before = "\t";
            if (i < 0) fputs(column_name[c], stream);
            else write_cell(stream, facts, i, (Column)c);
        }
        fputc('\n', stream);
    }
}

/* ---- reading ---- */

/* Digits only, below `end`. */
static bool read_number(Text word, int64_t end, int64_t *out) {
    *out = 0;
    for (size_t i = 0; i < word.size; i++) {
        int digit = word.data[i] - '0';
        if (digit < 0 || digit > 9 || word.size > 10) return false;
        *out = 10 * *out + digit;
    }
    return word.size > 0 && *out < end;
}

static Status wrong_cell(const Rows *rows, Column column, Text cell, const char *expected, Err *err) {
    char quote[QUOTE_SIZE];
    return err_set(err, ERR_FORMAT, "%s:%d: %s is %s; expected %s", rows->path, rows->row_line,
                   column_name[column], text_quote(quote, cell), expected);
}

static Status read_tokens(FactSet *facts, int i, const Rows *rows, Text cell, int64_t tokens, Err *err) {
    Text row = cell, word;
    int64_t end = facts->start[i], token;
    for (; text_word(&row, &word); end++) {
        if (!read_number(word, facts->vocab.size, &token)) {
            char quote[QUOTE_SIZE];
            return err_set(err, ERR_FORMAT, "%s:%d: %s is not a token of a vocabulary of %d", rows->path,
                           rows->row_line, text_quote(quote, word), facts->vocab.size);
        }
        if (end == tokens)
            return err_set(err, ERR_FORMAT, "%s:%d: more than the %lld tokens of manifest.json", rows->path,
                           rows->row_line, (long long)tokens);
        facts->tokens[end] = (int32_t)token;
    }
    if (end == facts->start[i]) return wrong_cell(rows, TOKENS, cell, "at least one", err);
    facts->start[i + 1] = end;
    int length = (int)(end - facts->start[i]);
    if (length <= facts->max_len) return OK;
    return err_set(err, ERR_FORMAT, "%s:%d: %d tokens; max_len of manifest.json is %d", rows->path,
                   rows->row_line, length, facts->max_len);
}

/* One number a token, below n_fields. */
static Status read_fields(FactSet *facts, int i, const Rows *rows, Text cell, Err *err) {
    Text row = cell, word;
    int64_t at = facts->start[i], end = facts->start[i + 1], field;
    bool right = true;
    for (; right && text_word(&row, &word); at++) {
        right = at < end && read_number(word, facts->n_fields, &field);
        if (right) facts->field[at] = (uint8_t)field;
    }
    if (right && at == end) return OK;
    return wrong_cell(rows, FIELDS, cell, "the number of a field for every token", err);
}

static Status read_tag(FactSet *facts, int i, const Rows *rows, Text cell, Err *err) {
    if (!cell.size) return OK;
    for (int k = 0; k < facts->n_tags && facts->tag[i] < 0; k++)
        if (text_is(cell, facts->tag_names[k])) facts->tag[i] = k;
    if (facts->tag[i] >= 0) return OK;
    return wrong_cell(rows, TAG, cell, "one of manifest.json's tags", err);
}

/* Tokens come first: what else there is depends on their number. */
static Status read_row(FactSet *facts, int i, const Rows *rows, const Text cell[COLUMN_COUNT], int64_t tokens,
                       Err *err) {
    int64_t number;
    int variant = variant_index(facts, i);
    if (!text_is(cell[ROLE], role_of(facts, i)))
        return wrong_cell(rows, ROLE, cell[ROLE], role_of(facts, i), err);
    TRY(read_tokens(facts, i, rows, cell[TOKENS], tokens, err));
    if (!read_number(cell[PROMPT], facts->start[i + 1] - facts->start[i], &number))
        return wrong_cell(rows, PROMPT, cell[PROMPT], "fewer tokens than there are", err);
    facts->prompt_len[i] = (int32_t)number;
    if (facts->source && i < facts->n + facts->n_heldout) {
        bool drawn =
            kind_named(facts->kind) != NULL; /* else the facts may have been chosen from a longer file */
        if (!read_number(cell[SOURCE], drawn ? facts->n + facts->n_heldout : INT32_MAX, &number))
            return wrong_cell(rows, SOURCE, cell[SOURCE], "the number of a fact of the draw", err);
        facts->source[i] = (int32_t)number;
    }
    if (variant >= 0) {
        if (!read_number(cell[OF], facts->n, &number))
            return wrong_cell(rows, OF, cell[OF], "the number of a fact", err);
        facts->variant_of[variant] = (int32_t)number;
    }
    if (facts->field) TRY(read_fields(facts, i, rows, cell[FIELDS], err));
    return facts->n_tags ? read_tag(facts, i, rows, cell[TAG], err) : OK;
}

/* The cells of the next row by column; a set's text is not looked at. */
static Status next_row(const FactSet *facts, Rows *rows, Text cell[COLUMN_COUNT], bool *more, Err *err) {
    TRY(rows_tsv(rows, more, err));
    if (!*more) return OK;
    int used = 0;
    bool right = true;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        if (!has_column(facts, (Column)c)) continue;
        if (used < rows->n_fields) cell[c] = rows->field[used];
        if (c == TAG && used < rows->n_fields) right = right && text_unescape(&cell[c]);
        used++;
    }
    if (right && used == rows->n_fields) return OK;
    return err_set(err, ERR_FORMAT, "%s:%d: expected %d fields with well-formed escapes", rows->path,
                   rows->row_line, used);
}

Status pool_records_read(FactSet *facts, Rows *rows, int64_t tokens, Err *err) {
    Text cell[COLUMN_COUNT] = {0};
    bool more;
    TRY(facts_allocate(facts, tokens, err));
    TRY(next_row(facts, rows, cell, &more, err));
    for (int c = 0; c < COLUMN_COUNT; c++)
        if (has_column(facts, (Column)c) && !text_is(cell[c], column_name[c]))
            return wrong_cell(rows, (Column)c, cell[c], "the names of columns in the first line", err);
    facts->start[0] = 0;
    int i = 0;
    for (;; i++) {
        TRY(next_row(facts, rows, cell, &more, err));
        if (!more || i == facts->n_pool) break;
        TRY(read_row(facts, i, rows, cell, tokens, err));
    }
    if (more || i < facts->n_pool)
        return err_set(err, ERR_FORMAT, "%s: the manifest has %d records, the file has %s", rows->path,
                       facts->n_pool, more ? "more" : "fewer");
    if (facts->start[i] == tokens) return OK;
    return err_set(err, ERR_FORMAT, "%s: the manifest has %lld tokens, the file %lld", rows->path,
                   (long long)tokens, (long long)facts->start[i]);
}
