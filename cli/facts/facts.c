/* rote facts make | import | show */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/common/args.h"
#include "cli/common/output.h"
#include "cli/facts/import_options.h"
#include "cli/facts/show.h"
#include "data/folder/folder.h"
#include "data/mix.h"
#include "data/obtain.h"
#include "store/run.h"
#include "store/run_files.h"
#include "train/facts_load.h"

static Status need_out(const Args *args, Err *err) {
    if (args_has(args, "out")) return OK;
    return err_set(err, ERR_INPUT, "%s: --out DIR is missing: the folder for the fact set",
                   args->command->name);
}

/* "prompt: column 1 (country), answer: column 2 (capital)", so that the user can see a wrong guess. */
static void print_columns(const ImportColumns *c) {
    printf("columns     ");
    if (*c->prompt) printf("prompt: %s, ", c->prompt);
    printf("answer: %s", c->answer);
    if (*c->tag) printf(", tag: %s", c->tag);
    printf("%s\n", c->header ? "; the first line names them" : "");
}

/* What is shown is ready before the folder is made: without memory for it nothing is made, and the command can be
 * repeated.
 *   columns   of an import; NULL: drawn */
static Status save_and_show(const FactSet *facts, const Args *args, const ImportColumns *columns, Err *err) {
    char *shown;
    TRY(facts_shown(facts, args_has(args, "json"), &shown, err));
    Status status = facts_save(facts, args_value(args, "out"), err);
    if (status == OK && columns)
        import_notes(columns, file_is_stdin(args->words[0]) ? STDIN_NAME : args->words[0]);
    if (status == OK && columns && !args_has(args, "json")) print_columns(columns);
    if (status == OK) fputs(shown, stdout);
    free(shown);
    return status;
}

static Status cmd_facts_make(const Args *args, Err *err) {
    Config config;
    FactSet facts;
    TRY(need_out(args, err));
    TRY(args_config(args, &config, err));
    if (config.facts.kind == FACTS_FILE && !config.facts.heldout && !config.facts.n_given)
        return err_set(
            err, ERR_INPUT,
            "facts make: facts.kind is 'file', and that fact set exists already; set facts.kind=random to "
            "draw facts, or facts.n=N or facts.heldout=N to choose some of it");
    TRY(facts_plan_load(&config, &facts, err));
    Status status = facts_draw(&facts, err);
    if (status == OK) status = save_and_show(&facts, args, NULL, err);
    facts_free(&facts);
    return status;
}

static const Option make_options[] = {
    OPTION("out", "DIR", "the fact set's folder"),
    JSON_OPTION,
    END_OPTION,
};

const Command facts_make_command = {
    .name = "facts make",
    .words = "[CFG] [key=value...] --out DIR",
    .max_words = ARGS_WORDS_MAX,
    .reads = "config file",
    .n_reads = 1,
    .summary = "draws a fact set, or writes a split of one that is read",
    .options = make_options,
    .run = cmd_facts_make,
};

static Status cmd_facts_import(const Args *args, Err *err) {
    ImportOptions options;
    TRY(need_out(args, err));
    TRY(read_import_options(args, &options, err));
    const char *path = args->words[0];
    FactSet facts;
    ImportColumns columns;
    TRY(facts_import(path, &options, &facts, &columns, err));
    Status status = save_and_show(&facts, args, &columns, err);
    facts_free(&facts);
    return status;
}

static const Option import_options[] = {
    OPTION("out", "DIR", "the fact set's folder"),
    IMPORT_OPTIONS,
    JSON_OPTION,
    END_OPTION,
};

const Command facts_import_command = {
    .name = "facts import",
    .words = "FILE|- --out DIR",
    .min_words = 1,
    .max_words = 1,
    .reads = "file",
    .n_reads = 1,
    .summary = "makes a fact set from your own facts",
    .options = import_options,
    .run = cmd_facts_import,
};

/* Draws the planned facts. Also checks what training would check: a junk ratio needs a fact set with junk. */
static Status draw_as_trained(const Config *config, FactSet *out, Err *err) {
    Mix mix = {0};
    Status status = facts_draw(out, err);
    if (status == OK) status = mix_init(&mix, out, &config->facts, config->train.seed, err);
    mix_free(&mix);
    if (status != OK) facts_free(out);
    return status;
}

/* The facts of the words: the folder of a fact set or of a run, or a config, whose facts are drawn and not written. */
static Status show_source(const Args *args, FactSet *out, Err *err) {
    const char *path = args->words[0];
    struct stat about;
    Config config;
    bool run = false;
    if (args->n_words == 1) TRY(run_holds(path, "config.yaml", &run, err));
    bool there = stat(path, &about) == 0;
    bool config_given = there ? S_ISREG(about.st_mode) : is_setting(path);
    if (!run && !config_given) {
        if (args->n_words > 1)
            return err_set(
                err, ERR_INPUT,
                "facts show: %s is a folder, so keys have no effect; leave them out, or name a config file",
                path);
        return facts_load(path, out, err);
    }
    if (run) {
        TRY(run_read(path, NULL, &config, out, err));
    } else {
        TRY(args_config(args, &config, err));
        TRY(facts_plan_load(&config, out, err));
        TRY(draw_as_trained(&config, out, err));
    }
    if (config.facts.kind == FACTS_FILE) { /* these keys are set when training, not when the file was made */
        out->config.zipf = config.facts.zipf;
        out->config.junk_ratio = config.facts.junk_ratio;
    }
    return OK;
}

static Status cmd_facts_show(const Args *args, Err *err) {
    FactSet facts;
    TRY(show_source(args, &facts, err));
    char *shown;
    Status status = facts_shown(&facts, args_has(args, "json"), &shown, err);
    if (status == OK) fputs(shown, stdout);
    free(shown);
    facts_free(&facts);
    return status;
}

static const Option show_options[] = {JSON_OPTION, END_OPTION};

const Command facts_show_command = {
    .name = "facts show",
    .words = "DIR|RUN|[CFG] [key=value...]",
    .min_words = 1,
    .max_words = ARGS_WORDS_MAX,
    .reads = "file or folder",
    .n_reads = 1,
    .summary =
        "shows kind, counts, entropy and first records of a fact set, a run's facts, or a config's facts",
    .options = show_options,
    .run = cmd_facts_show,
};
