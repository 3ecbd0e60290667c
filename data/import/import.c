/* A user's own facts: parsed, told apart, turned into tokens. Nobody knows their entropy, so two baselines
 * stand beside what a model will need: the empirical entropy of the answers, and deflate. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <xxhash.h>

#include "data/import/deflated.h"
#include "data/import/delimiter.h"
#include "data/import/encode.h"
#include "data/import/header.h"
#include "data/import/parse.h"
#include "data/records.h"
#include "data/seen.h"
#include "data/vocab.h"

#define IMPORT_MAX_BYTES ((size_t)1 << 30)
#define IMPORT_MAX_LINE  ((size_t)1 << 20)

typedef Status (*Parse)(Rows *rows, const ImportOptions *options, Records *out, ImportColumns *columns,
                        Err *err);

static Status choose_parser(const char *path, ImportFormat format, Parse *parse, Err *err) {
    static const struct {
        const char *ending;
        ImportFormat format;
    } known[] = {{".tsv", IMPORT_TSV},      {".csv", IMPORT_CSV},  {".jsonl", IMPORT_JSONL},
                 {".ndjson", IMPORT_JSONL}, {".txt", IMPORT_TEXT}, {".text", IMPORT_TEXT}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; format == IMPORT_AUTO && dot && i < sizeof known / sizeof known[0]; i++)
        if (strcasecmp(dot, known[i].ending) == 0) format = known[i].format;
    switch (format) {
    case IMPORT_TSV: *parse = parse_tsv; return OK;
    case IMPORT_CSV: *parse = parse_csv; return OK;
    case IMPORT_JSONL: *parse = parse_jsonl; return OK;
    case IMPORT_TEXT: *parse = parse_text; return OK;
    case IMPORT_AUTO: break;
    }
    if (file_is_stdin(path))
        return err_set(err, ERR_INPUT,
                       STDIN_NAME " has no name to tell its format by; say --format tsv, csv, jsonl or text");
    return err_set(
        err, ERR_INPUT,
        "%s: the name does not end in .tsv, .csv, .jsonl or .txt; say --format tsv, csv, jsonl or text",
        path);
}

static Status check_names(const ImportOptions *options, Err *err) {
    const char *name[3] = {options->prompt ? options->prompt : "prompt",
                           options->answer ? options->answer : "answer", options->tag ? options->tag : "tag"};
    static const char *const option[3] = {"--prompt", "--answer", "--tag"};
    for (int i = 0; i < 3; i++)
        for (int j = i + 1; j < 3; j++)
            if (strcmp(name[i], name[j]) == 0)
                return err_set(err, ERR_INPUT, "%s and %s both name the field '%s'", option[i], option[j],
                               name[i]);
    return OK;
}

static uint64_t hash_text(Text t, uint64_t seed) {
    return t.data ? XXH3_64bits_withSeed(t.data, t.size, seed) : seed + 1;
}

static bool same_record(const void *items, int32_t a, int32_t b) {
    const Record *r = items;
    return text_equal(r[a].prompt, r[b].prompt) && text_equal(r[a].answer, r[b].answer) &&
           text_equal(r[a].tag, r[b].tag);
}

/* Keeps the first of equal records. */
static Status drop_duplicates(Records *records, int *dropped, Err *err) {
    Seen seen;
    TRY(seen_init(&seen, records->n, same_record, records->item, err));
    int32_t kept = 0;
    for (int32_t i = 0; i < records->n; i++) {
        Record *r = &records->item[kept];
        *r = records->item[i];
        if (seen_enter(&seen, hash_text(r->prompt, hash_text(r->answer, hash_text(r->tag, 0))), kept) < 0)
            kept++;
    }
    seen_free(&seen);
    *dropped = records->n - kept;
    records->n = kept;
    return OK;
}

static bool same_prompt(const void *items, int32_t a, int32_t b) {
    const Record *r = items;
    return text_equal(r[a].prompt, r[b].prompt);
}

/* One prompt, two answers: nothing could recall both. */
static Status refuse_conflicts(const Records *records, const char *path, Err *err) {
    enum { SHOWN = 5 };
    Seen seen;
    TRY(seen_init(&seen, records->n, same_prompt, records->item, err));
    const Record *pair[SHOWN][2] = {{NULL}};
    int conflicts = 0;
    for (int32_t i = 0; i < records->n; i++) {
        const Record *r = &records->item[i];
        if (!r->prompt.data) continue;
        int32_t first = seen_enter(&seen, hash_text(r->prompt, 0), i);
        if (first < 0 || text_equal(records->item[first].answer, r->answer)) continue;
        if (conflicts < SHOWN) {
            pair[conflicts][0] = &records->item[first];
            pair[conflicts][1] = r;
        }
        conflicts++;
    }
    seen_free(&seen);
    if (!conflicts) return OK;
    char shown[SHOWN * (3 * QUOTE_SIZE + 48)];
    size_t used = 0;
    for (int i = 0; i < SHOWN && i < conflicts; i++) {
        char prompt[QUOTE_SIZE], before[QUOTE_SIZE], after[QUOTE_SIZE];
        used +=
            (size_t)snprintf(shown + used, sizeof shown - used, "; %s is %s in line %d, %s in line %d",
                             text_quote(prompt, pair[i][1]->prompt), text_quote(before, pair[i][0]->answer),
                             pair[i][0]->line, text_quote(after, pair[i][1]->answer), pair[i][1]->line);
    }
    return err_set(err, ERR_INPUT,
                   "%s:%d: %d record%s an earlier prompt another answer (--allow-conflicts keeps %s)%s", path,
                   pair[0][1]->line, conflicts, conflicts == 1 ? " gives" : "s give",
                   conflicts == 1 ? "it" : "them", shown);
}

/* Size of deflate's best for "prompt TAB answer LF" of every record. */
static Status deflated_size(const Records *records, int64_t *bytes, Err *err) {
    Deflated d;
    TRY(deflated_begin(&d, err));
    for (int32_t i = 0; i < records->n; i++) {
        const Record *r = &records->item[i];
        if (r->prompt.data) {
            deflated_add(&d, r->prompt);
            deflated_add_char(&d, '\t');
        }
        deflated_add(&d, r->answer);
        deflated_add_char(&d, '\n');
    }
    *bytes = deflated_end(&d);
    return OK;
}

Status facts_import(const char *path, const ImportOptions *options, FactSet *out, ImportColumns *columns,
                    Err *err) {
    *out = (FactSet){.kind = "import", .vocab = {.eos = -1}};
    Parse parse = NULL;
    ImportColumns told = {0};
    TRY(check_names(options, err));
    TRY(choose_parser(path, options->format, &parse, err));
    bool table = parse == parse_tsv || parse == parse_csv;
    if (!table && options->header != HEADER_AUTO)
        return err_set(err, ERR_INPUT,
                       "%s: only a table, tsv or csv, has a line of names, or none; leave %s out", path,
                       options->header == HEADER_YES ? "--header" : "--no-header");
    if (options->delimiter && parse != parse_csv)
        return err_set(err, ERR_INPUT, "%s: --delimiter is for csv; %s", path,
                       options->format == IMPORT_AUTO ? "add --format csv, or leave it out" : "leave it out");
    CHECK(!options->delimiter || delimiter_possible(options->delimiter));
    Records records = {0};
    Rows rows = {.path = path,
                 .bad = ERR_INPUT,
                 .max_bytes = IMPORT_MAX_BYTES,
                 .max_line = IMPORT_MAX_LINE,
                 .stream = true};
    Status status = OK;
    TRY_GOTO(rows_open(&rows, &records.file, err));
    path = rows.path;
    TRY_GOTO(parse(&rows, options, &records, &told, err));
    if (records.n == 0) {
        status = err_set(err, ERR_INPUT, "%s: no facts in it, only blank lines or names of fields", path);
        goto done;
    }
    told.line = records.item[0].line;
    told.suspected = table && !told.header && options->header == HEADER_AUTO && header_suspected(&records);
    TRY_GOTO(drop_duplicates(&records, &out->duplicates, err));
    if (!options->allow_conflicts) TRY_GOTO(refuse_conflicts(&records, path, err));
    TRY_GOTO(vocab_of_records(&out->vocab, &records, options->bytes, err));
    TRY_GOTO(facts_of_records(out, &records, path, err));
    TRY_GOTO(facts_count_imported(out, err));
    TRY_GOTO(deflated_size(&records, &out->zlib_bytes, err));
    TRY_GOTO(facts_tokenize(out, &options->tokens, err));
    if (columns) *columns = told;
done:
    records_free(&records);
    if (status != OK) facts_free(out);
    return status;
}
