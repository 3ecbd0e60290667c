/* rote help: the list of commands, a command's options, a config key. */
#include "cli/help/help.h"

#include <string.h>

#include "base/nearest.h"
#include "cli/common/args.h"
#include "cli/help/man.h"
#include "eval/sampling/chain.h"
#include "store/figures.h"

enum { COMMANDS_MAX = 64, WORD_SIZE = 32 };

/* What users ask, and the first command that answers it; the table of commands has the others behind it. */
static const struct {
    const char *question, *first;
} questions[] = {
    {"How do I begin?", "demo"},
    {"Which facts?", "facts make"},
    {"How do I train models?", "train"},
    {"How much does a model hold, and how large must it be?", "fit"},
    {"What does a model know, and what does it say?", "eval"},
    {"What do its neurons do?", "neurons atlas"},
    {"What does it leave to tools?", "tools eval"},
    {"How small does it get?", "compress"},
    {"How do I show it, and use it elsewhere?", "report"},
    {"How fast is this machine?", "bench"},
};

void help_overview(const Command *const *table, FILE *out) {
    fprintf(out, "rote: measures how many bits a small transformer memorizes\n\nusage: rote COMMAND ...\n");
    size_t next = 0;
    for (; *table; table++) {
        if (next < sizeof questions / sizeof *questions && !strcmp((*table)->name, questions[next].first))
            fprintf(out, "\n%s\n", questions[next++].question);
        fprintf(out, "  %-13s %s\n", (*table)->name, (*table)->summary);
    }
    CHECK(next == sizeof questions / sizeof *questions); /* else a question has lost its first command */
    fputs("\nrote help COMMAND  the options of a command\n"
          "rote help KEY      a config key; `rote help keys`: all keys\n"
          "rote help figures  the figures of a result\n"
          "rote help chain    the stages of sampling\n"
          "rote --version     with --json: one JSON object\n",
          out);
}

static void print_command(const Command *command) {
    printf("usage: rote %s%s%s%s\n\n%s\n", command->name, *command->words ? " " : "", command->words,
           command->options->name ? " [options]" : "", command->summary);
    if (command->options->name) putchar('\n');
    for (const Option *o = command->options; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        printf("  %-28s %s\n", left, o->help);
    }
}

/* "make" of "facts make"; NULL for a command of one word. */
static const char *second_word(const Command *c) {
    const char *space = strchr(c->name, ' ');
    return space ? space + 1 : NULL;
}

static bool first_word_is(const Command *c, const char *word) {
    return strlen(word) == strcspn(c->name, " ") && !strncmp(c->name, word, strlen(word));
}

/* The distinct first words of the commands, or, where first is not NULL, the second words of those that begin with
 * it: a list for nearest_name, in buffers of words. */
static void list_words(const Command *const *table, const char *first, char words[][WORD_SIZE],
                       const char **list) {
    int n = 0;
    for (; *table; table++) {
        const char *word = first ? second_word(*table) : (*table)->name;
        if (first && !first_word_is(*table, first)) continue;
        size_t length = strcspn(word, " ");
        if (n && strlen(list[n - 1]) == length && !strncmp(list[n - 1], word, length)) continue;
        CHECK(n < COMMANDS_MAX);
        snprintf(words[n], WORD_SIZE, "%.*s", (int)length, word);
        list[n] = words[n];
        n++;
    }
    list[n] = NULL;
}

/* Names what might have been meant. family: the first word begins commands of two words, such as "facts". */
static Status unknown_command(const Command *const *table, bool family, int n_words, const char *const *words,
                              Err *err) {
    char text[COMMANDS_MAX][WORD_SIZE], all[256] = "";
    const char *list[COMMANDS_MAX + 1];
    list_words(table, family ? words[0] : NULL, text, list);
    const char *wrong = family ? (n_words > 1 ? words[1] : "") : words[0];
    const char *nearest = nearest_name(wrong, list);
    for (int i = 0; family && list[i]; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", list[i]);
    if (family && n_words < 2) return err_set(err, ERR_INPUT, "%s: which of %s?", words[0], all);
    if (family)
        return err_set(err, ERR_INPUT, "%s: unknown command '%s', allowed: %s%s%s", words[0], wrong, all,
                       nearest ? "; nearest: " : "", nearest ? nearest : "");
    return err_set(err, ERR_INPUT, "unknown command '%s'%s%s (rote help lists them)", wrong,
                   nearest ? ", nearest: " : "", nearest ? nearest : "");
}

Status command_find(const Command **out, int *used, const Command *const *table, int n_words,
                    const char *const *words, Err *err) {
    bool family = false;
    for (const Command *const *c = table; *c; c++) {
        if (!first_word_is(*c, words[0])) continue;
        const char *second = second_word(*c);
        family = second != NULL;
        if (!family || (n_words > 1 && !strcmp(words[1], second))) {
            *out = *c;
            *used = family ? 2 : 1;
            return OK;
        }
    }
    return unknown_command(table, family, n_words, words, err);
}

Status help_words(const Command *const *table, int n_words, const char *const *words, Err *err) {
    if (n_words == 0) {
        help_overview(table, stdout);
        return OK;
    }
    if (!strcmp(words[0], "keys")) {
        config_help_all(stdout);
        return OK;
    }
    if (!strcmp(words[0], "figures")) {
        figures_help(stdout);
        return OK;
    }
    if (!strcmp(words[0], "chain")) {
        chain_help(stdout);
        return OK;
    }
    const Command *command;
    int used;
    if (command_find(&command, &used, table, n_words, words, err) == OK) {
        print_command(command);
        return OK;
    }
    bool family = false;
    for (; *table; table++) {
        if (!first_word_is(*table, words[0])) continue;
        if (family) putchar('\n');
        print_command(*table);
        family = true;
    }
    return family ? OK : config_help(words[0], stdout, err);
}

static Status cmd_help(const Args *args, Err *err) {
    if (args_has(args, "man")) return man_page(args->table, err);
    return help_words(args->table, args->n_words, args->words, err);
}

static const Option help_options[] = {FLAG("man", "the whole help as a manual page, in roff"), END_OPTION};

const Command help_command = {
    .name = "help",
    .words = "[COMMAND|KEY|keys|figures|chain]",
    .max_words = 2,
    .summary = "explains a command, a config key, the figures of a result or the stages of sampling",
    .options = help_options,
    .run = cmd_help,
};
