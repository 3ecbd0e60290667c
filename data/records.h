/* Records: facts as a person wrote them, prompt, answer and tag, before they are tokens. Parsers fill them,
 * records become tokens in one place, and a folder is read back through the same door. */
#ifndef ROTE_DATA_RECORDS_H
#define ROTE_DATA_RECORDS_H

#include "base/file.h"
#include "data/facts.h"
#include "data/text.h"

typedef struct Record {
    Text prompt, answer, tag; /* data NULL: no prompt, no tag */
    int32_t line;             /* where it begins */
} Record;

typedef struct Records {
    Record *item;
    int32_t n, capacity;
    Buffer file; /* what the texts point into; parsers unescape in place */
} Records;

Status records_add(Records *records, Record record, Err *err);
void records_free(Records *records);

/* data/rows.c: the lines of a text file, and the rows of fields in them. Errors are `bad`, "path:line: what".
 */
enum { ROW_FIELDS_MAX = 256 };
typedef struct Rows {
    const char *path;
    Status bad; /* what a wrong line is: ERR_INPUT in a user's file, ERR_FORMAT in one of ours */
    size_t max_bytes, max_line; /* of the file, of a line */
    char *at, *end;
    int32_t line; /* the one that `at` stands in, from 1 */
    Text field[ROW_FIELDS_MAX];
    int n_fields;
    int32_t row_line; /* where the row begins */
} Rows;

/* Reads the file into buffer: path, bad and the limits stand. Skips a UTF-8 byte-order mark, refuses NUL
 * bytes, long lines and an empty file. */
Status rows_open(Rows *rows, Buffer *buffer, Err *err);
/* The next line that is not empty, without its LF or CRLF, as a row of one field; false at the end. */
bool rows_line(Rows *rows);
/* The next row, of fields parted by tabs or by the commas of CSV (RFC 4180: unescaped in place). more is
 * false at the end. Lines without any byte are skipped. */
Status rows_tsv(Rows *rows, bool *more, Err *err);
Status rows_csv(Rows *rows, bool *more, Err *err);

/* data/parse.c: the records of an opened file, in the file's order. */
Status parse_tsv(Rows *rows, const ImportOptions *options, Records *out, Err *err);
Status parse_csv(Rows *rows, const ImportOptions *options, Records *out, Err *err);
Status parse_text(Rows *rows, const ImportOptions *options, Records *out, Err *err);
Status parse_jsonl(Rows *rows, const ImportOptions *options, Records *out, Err *err);

/* data/vocab.c: the symbols that occur in records. Byte vocabularies count the TAB between prompt and answer.
 */
Status vocab_of_records(Vocab *out, const Records *records, bool bytes, Err *err);
/* Copies n symbols, which must be sorted and distinct, and appends EOS, an empty text. */
Status vocab_of_symbols(Vocab *out, const Text *symbol, int n, bool bytes, Err *err);
void vocab_free(Vocab *vocab);
/* Whether the facts of `dir` speak a run's language: numbers, bytes or words, and each symbol's text. ERR_INPUT
 * names the first symbol that differs. */
Status vocab_same(const Vocab *vocab, const Vocab *run, const char *dir, Err *err);
/* Index of a symbol, or -1. */
int32_t vocab_find(const Vocab *vocab, Text symbol);

/* data/encode.c: fills tokens, starts, prompts, tags and the data hash of a set whose kind and vocab stand.
 * A symbol that the vocabulary lacks is an ERR_FORMAT that names path and line. */
Status facts_of_records(FactSet *facts, const Records *records, const char *path, Err *err);

/* data/facts.c: room for n facts of `tokens` tokens in all; the XXH3-128 of the layout in docs/formats.md. */
Status facts_allocate(FactSet *facts, int n, int64_t tokens, Err *err);
Status facts_hash(FactSet *facts, Err *err);

/* data/random_facts.c: facts_plan of random facts. */
Status random_plan(const FactsConfig *config, FactSet *out, Err *err);
/* data/random_facts.c, data/encode.c: the bit counts of a set whose tokens stand. */
void facts_count_random(FactSet *facts);
Status facts_count_imported(FactSet *facts, Err *err);

/* The texts of fact i back from its tokens, as words or bytes: prompt and answer end to end in out
 * (facts_text_bytes(i) bytes). Prompt data NULL: none. */
size_t facts_text_bytes(const FactSet *facts, int i);
void facts_fields(const FactSet *facts, int i, char *out, Text *prompt, Text *answer);

#endif
