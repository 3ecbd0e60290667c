/* The options that say how a file of facts is read: rote facts import, rote fit. */
#ifndef ROTE_CLI_FACTS_IMPORT_OPTIONS_H
#define ROTE_CLI_FACTS_IMPORT_OPTIONS_H

#include "cli/common/args.h"
#include "data/import/import.h"

/* clang-format off */
#define IMPORT_OPTIONS                                                                                                 \
    OPTION("format", "tsv|csv|jsonl|text", "format of FILE (default: by its name)"),                                   \
    OPTION("delimiter", "CHAR|tab",                                                                                    \
           "separator of the fields of csv (default: ',', or that of a first line sep=)"),                             \
    OPTION("vocab", "bytes|words|tokenizer|bpe:N",                                                                     \
           "symbols are bytes, words, the tokens of --tokenizer, or N tokens of one trained on FILE (default: bytes)"),\
    READ_OPTION("tokenizer", "FILE", "file", "tokenizer.json or GGUF file of --vocab tokenizer"),                      \
    OPTION_EMPTY("prompt", "FIELD",                                                                                    \
                 "field of the prompt, with --no-header a column's number (default: prompt, else the first)"),         \
    OPTION("answer", "FIELD", "field of the answer, likewise (default: answer, else the second)"),                     \
    OPTION("tag", "FIELD", "field of the tag, likewise (default: tag, else the third)"),                               \
    FLAG("header", "the first line of a table names its columns (default: if it has the names above)"),                \
    FLAG("no-header", "the first line of a table is a fact"),                                                          \
    FLAG("allow-conflicts", "keep facts with the same prompt and different answers")
/* clang-format on */

/* The options of IMPORT_OPTIONS, which must be in the command's list. ERR_INPUT. */
Status read_import_options(const Args *args, ImportOptions *out, Err *err);

/* What looks wrong about the columns, on stderr: a first line that was taken for a fact, and the like. */
void import_notes(const ImportColumns *columns, const char *path);

#endif
