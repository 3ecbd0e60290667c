/* A user's own facts, from tables, JSON lines or text. */
#ifndef ROTE_DATA_IMPORT_IMPORT_H
#define ROTE_DATA_IMPORT_IMPORT_H

#include <stdbool.h>

#include "data/facts.h"
#include "data/tokenizer/choice.h"

typedef enum ImportFormat {
    IMPORT_AUTO, /* by the ending of the file's name */
    IMPORT_TSV,
    IMPORT_CSV,
    IMPORT_JSONL,
    IMPORT_TEXT /* a fact a line, without a prompt */
} ImportFormat;

/* Whether the first line of a table names its columns. AUTO: it does if it has the names in ImportOptions; without
 * such names, if it has `answer`, and `prompt` or no other column but `tag`. */
typedef enum ImportHeader { HEADER_AUTO, HEADER_YES, HEADER_NO } ImportHeader;

typedef struct ImportOptions {
    ImportFormat format;
    ImportHeader header;
    bool bytes;           /* true: symbols are bytes; false: whitespace-separated words */
    TokenChoice tokens;   /* or else a tokenizer's tokens; bytes is true then */
    char delimiter;       /* of CSV; 0: a comma, or what a first line "sep=X" says */
    bool allow_conflicts; /* keep a prompt that has two different answers */
    /* Names of the fields; with HEADER_NO the numbers of columns. NULL: prompt, answer, tag if the first line names
     * them, else columns 1, 2, 3. */
    const char *prompt, *answer, *tag;
} ImportOptions;

/* What was read from where, for the user to check. */
enum { IMPORT_NAME_MAX = 64 };
typedef struct ImportColumns {
    /* "column 1 (country)"; empty: there is none */
    char prompt[IMPORT_NAME_MAX], answer[IMPORT_NAME_MAX], tag[IMPORT_NAME_MAX];
    bool header;    /* the first line names the columns and was skipped */
    bool suspected; /* it was not skipped, but looks like a line of names (data/import/header.h) */
    int32_t line;   /* of the first fact */
    char note[256]; /* what else looks wrong, in words (data/import/delimiter.h); empty: nothing does */
} ImportColumns;

/* Reads a file of facts.
 *   path      may be a pipe; "-" is standard input, which has no name to tell the format by
 *   out       equal records are kept once, the others counted in out->duplicates; free with facts_free
 *   columns   may be NULL
 * ERR_INPUT: "file:line: what", or the options contradict each other, or facts_tokenize (data/tokenizer/choice.h)
 * refuses; without allow_conflicts also prompts with two answers, of which the first five are shown. ERR_IO. ERR_NOMEM.
 * After an error nothing is left to free. */
Status facts_import(const char *path, const ImportOptions *options, FactSet *out, ImportColumns *columns,
                    Err *err);

#endif
