/* rote facts make | import | show */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "data/folder.h"
#include "data/import.h"
#include "train/load.h"

enum { FIRST_RECORDS = 5 };

static json_t *facts_json(const FactSet *f) {
    json_t *o = json_pack("{ss si si si si}", "kind", f->kind, "n", f->n, "max_len", f->max_len, "vocab_size",
                          f->vocab.size, "duplicates", f->duplicates);
    if (!o) return NULL;
    json_object_set_new(o, "tokens", json_integer(f->start[f->n]));
    json_object_set_new(o, "entropy_bits", json_number(f->entropy_known ? f->data_bits : NAN));
    json_object_set_new(o, "data_bits_set", json_number(f->entropy_known ? f->data_bits_set : NAN));
    json_object_set_new(o, "ceiling_bits", json_number(f->entropy_known ? f->ceiling_bits : NAN));
    if (f->entropy_known) {
        json_object_set_new(o, "derivation", json_string(f->derivation));
        json_object_set_new(o, "seed", json_seed(f->seed));
    } else {
        json_object_set_new(o, "answer_bits", json_number(f->answer_bits));
        json_object_set_new(o, "zlib_bytes", json_integer(f->zlib_bytes));
        for (int i = 0; strcmp(f->kind, "text") == 0 && i < TEXT_ORDERS; i++) {
            char key[32];
            snprintf(key, sizeof key, "order%d_bits", i);
            json_object_set_new(o, key, json_number(f->order_bits[i]));
        }
    }
    json_t *tags = json_array();
    for (int i = 0; i < f->n_tags; i++) json_array_append_new(tags, json_string(f->tag_names[i]));
    json_object_set_new(o, "tags", tags);
    json_object_set_new(o, "data_hash", json_string(f->data_hash));
    json_t *records = json_array();
    for (int i = 0; i < f->n && i < FIRST_RECORDS; i++) {
        char text[256];
        facts_text(f, i, text, sizeof text);
        json_t *string = json_string(text); /* NULL where a record is not UTF-8 */
        json_array_append_new(records, string ? string : json_null());
    }
    json_object_set_new(o, "first_records", records);
    return o;
}

static void facts_print(const FactSet *f) {
    printf("kind        %s\nfacts       %s, %s tokens, the longest %d\nvocabulary  %s symbols\n", f->kind,
           show_int(f->n), show_int(f->start[f->n]), f->max_len, show_int(f->vocab.size));
    if (f->entropy_known) {
        printf("entropy     %.6f bits: %s\n", f->data_bits, f->derivation);
        printf("as a set    %.6f bits\nceiling     %.6f bits (entropy - n log2 n)\n", f->data_bits_set,
               f->ceiling_bits);
    } else {
        printf("entropy     unknown; baselines: answers %.6f bits, zlib %s bytes\n", f->answer_bits,
               show_int(f->zlib_bytes));
        if (strcmp(f->kind, "text") == 0)
            printf("empirical   order 0: %.1f bits, order 1: %.1f, order 2: %.1f\n", f->order_bits[0],
                   f->order_bits[1], f->order_bits[2]);
        else printf("duplicates  %s dropped\n", show_int(f->duplicates));
    }
    if (f->n_tags) printf("tags        %d\n", f->n_tags);
    printf("hash        %s\n", f->data_hash);
    for (int i = 0; i < f->n && i < FIRST_RECORDS; i++) {
        char text[100];
        facts_text(f, i, text, sizeof text);
        printf("%-11d %s\n", i, text);
    }
}

static Status facts_out(const Args *args, const FactSet *facts, Err *err) {
    if (args_has(args, "json")) return json_out(facts_json(facts), err);
    facts_print(facts);
    return OK;
}

static Status need_out(const Args *args, Err *err) {
    if (args_has(args, "out")) return OK;
    return err_set(err, ERR_INPUT, "%s: --out DIR is missing: where shall the fact set go?",
                   args->command->name);
}

Status cmd_facts_make(const Args *args, Err *err) {
    Config config;
    FactSet facts;
    TRY(need_out(args, err));
    TRY(args_config(args, &config, err));
    if (config.facts.kind == FACTS_FILE)
        return err_set(
            err, ERR_INPUT,
            "facts make: facts.kind is 'file', which exists already; to generate: facts.kind=random");
    TRY(facts_plan_load(&config, &facts, err));
    Status status = facts_draw(&facts, err);
    if (status == OK) status = facts_save(&facts, args_value(args, "out"), err);
    if (status == OK) status = facts_out(args, &facts, err);
    facts_free(&facts);
    return status;
}

Status cmd_facts_import(const Args *args, Err *err) {
    static const char *const formats[] = {"tsv", "csv", "jsonl", "text", NULL};
    static const ImportFormat format_of[] = {IMPORT_TSV, IMPORT_CSV, IMPORT_JSONL, IMPORT_TEXT};
    ImportOptions options = {.format = IMPORT_AUTO,
                             .bytes = true,
                             .allow_conflicts = args_has(args, "allow-conflicts"),
                             .prompt = args_value(args, "prompt"),
                             .answer = args_value(args, "answer"),
                             .tag = args_value(args, "tag")};
    TRY(need_out(args, err));
    const char *format = args_value(args, "format"), *vocab = args_value(args, "vocab");
    if (format) {
        int i = 0;
        while (formats[i] && strcmp(formats[i], format) != 0) i++;
        if (!formats[i])
            return err_set(err, ERR_INPUT, "facts import: --format '%s', allowed: tsv, csv, jsonl, text",
                           format);
        options.format = format_of[i];
    }
    if (vocab && strcmp(vocab, "bytes") != 0 && strcmp(vocab, "words") != 0)
        return err_set(err, ERR_INPUT, "facts import: --vocab '%s', allowed: bytes, words", vocab);
    options.bytes = !vocab || !strcmp(vocab, "bytes");
    if (!file_exists(args->words[0]))
        return err_set(err, ERR_INPUT, "%s: there is no such file", args->words[0]);
    FactSet facts;
    TRY(facts_import(args->words[0], &options, &facts, err));
    Status status = facts_save(&facts, args_value(args, "out"), err);
    if (status == OK) status = facts_out(args, &facts, err);
    facts_free(&facts);
    return status;
}

Status cmd_facts_show(const Args *args, Err *err) {
    FactSet facts;
    TRY(facts_load(args->words[0], &facts, err));
    Status status = facts_out(args, &facts, err);
    facts_free(&facts);
    return status;
}
