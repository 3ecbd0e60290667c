#include "cli/facts/import_options.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/import/delimiter.h"

/* 0 where the option is not given. */
static Status delimiter_of(const Args *args, char *out, Err *err) {
    const char *given = args_value(args, "delimiter");
    *out = 0;
    if (!given) return OK;
    *out = !strcmp(given, "tab") || !strcmp(given, "\\t") ? '\t' : *given;
    if (delimiter_possible(*out) && (*out == '\t' || strlen(given) == 1)) return OK;
    return err_set(err, ERR_INPUT,
                   "%s: --delimiter takes one ASCII character other than a quote, such as ';', or tab",
                   args->command->name);
}

Status read_import_options(const Args *args, ImportOptions *out, Err *err) {
    static const char *const formats[] = {"tsv", "csv", "jsonl", "text", NULL};
    static const ImportFormat format_of[] = {IMPORT_TSV, IMPORT_CSV, IMPORT_JSONL, IMPORT_TEXT};
    const char *command = args->command->name;
    *out = (ImportOptions){.format = IMPORT_AUTO,
                           .allow_conflicts = args_has(args, "allow-conflicts"),
                           .prompt = args_value(args, "prompt"),
                           .answer = args_value(args, "answer"),
                           .tag = args_value(args, "tag")};
    if (args_has(args, "header") && args_has(args, "no-header"))
        return err_set(err, ERR_INPUT, "%s: --header and --no-header exclude each other", command);
    if (args_has(args, "header")) out->header = HEADER_YES;
    if (args_has(args, "no-header")) out->header = HEADER_NO;
    const char *format = args_value(args, "format"), *vocab = args_value(args, "vocab");
    if (format) {
        int i = 0;
        while (formats[i] && strcmp(formats[i], format) != 0) i++;
        if (!formats[i])
            return err_set(err, ERR_INPUT, "%s: --format '%s', allowed: tsv, csv, jsonl, text", command,
                           format);
        out->format = format_of[i];
    }
    out->bytes = !vocab || strcmp(vocab, "words") != 0;
    bool symbols = vocab && (!strcmp(vocab, "bytes") || !strcmp(vocab, "words"));
    Status status = token_choice_read(&out->tokens, symbols ? NULL : vocab, "--vocab",
                                      args_value(args, "tokenizer"), "--tokenizer", "bytes, words, ", err);
    if (status == ERR_INPUT) err_prefix(err, "%s: ", command);
    TRY(status);
    return delimiter_of(args, &out->delimiter, err);
}

void import_notes(const ImportColumns *c, const char *path) {
    if (c->suspected) {
        fputs("note: ", stderr);
        text_show(stderr, path);
        fprintf(stderr,
                ":%d looks like a line of names, but is imported as a fact; --header skips such a line, "
                "--no-header confirms that it is a fact\n",
                c->line);
    }
    if (*c->note) {
        fputs("note: ", stderr);
        text_show(stderr, path);
        fprintf(stderr, ": %s\n", c->note);
    }
}
