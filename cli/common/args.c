/* Takes a command line apart, by the command's list of options. */
#include "cli/common/args.h"
#include "base/file.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/threads.h"
#include "cli/common/output.h"
#include "eval/sampling/settings.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int option_index(const Command *command, const char *name, size_t length) {
    for (int i = 0; command->options[i].name; i++)
        if (strlen(command->options[i].name) == length && !strncmp(command->options[i].name, name, length))
            return i;
    return -1;
}

/* The index of the option that a word names ("--name", "--name=value", "-o"), -1: none. */
static int option_of_word(const Command *command, const char *word) {
    if (!strcmp(word, "-o")) return option_index(command, "out", strlen("out"));
    return strncmp(word, "--", 2) ? -1 : option_index(command, word + 2, strcspn(word + 2, "="));
}

static Status unknown_option(const Command *command, const char *word, Err *err) {
    const char *names[ARGS_OPTIONS_MAX + 1];
    int n = 0;
    while (command->options[n].name) {
        names[n] = command->options[n].name;
        n++;
    }
    names[n] = NULL;
    char name[64];
    const char *start = word + strspn(word, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    const char *nearest = nearest_name(name, names);
    if (!strncmp(command->words, "-- ", 3)) /* its words are another command, with options of its own */
        return err_set(err, ERR_INPUT,
                       "%s: unknown option '%s'; write -- before the command, or see rote help %s",
                       command->name, word, command->name);
    return err_set(err, ERR_INPUT, "%s: unknown option '%s'%s%s (rote help %s lists them)", command->name,
                   word, nearest ? ", nearest: --" : "", nearest ? nearest : "", command->name);
}

/* A repeated option: the new value is appended to those before it. */
static Status append_value(Args *out, int k, const char *before, Err *err) {
    const Option *option = &out->command->options[k];
    char *joined = NULL;
    if (asprintf(&joined, "%s%c%s", before, option->separator, out->value[k]) < 0)
        return err_set(err, ERR_NOMEM, "out of memory for --%s", option->name);
    free(out->joined[k]);
    out->value[k] = out->joined[k] = joined;
    return OK;
}

/* Reads the option at argv[*i], and moves *i on to the word that holds its value. */
static Status read_option(Args *out, int argc, char **argv, int *i, Err *err) {
    const Command *command = out->command;
    const char *word = argv[*i], *equals = strchr(word, '=');
    int k = option_of_word(command, word);
    if (k < 0) return unknown_option(command, word, err);
    const Option *option = &command->options[k];
    const char *before = out->value[k], *value = NULL;
    if (before && !option->separator)
        return err_set(err, ERR_INPUT, "%s: --%s is given twice", command->name, option->name);
    if (!option->value && equals)
        return err_set(err, ERR_INPUT, "%s: --%s takes no value, but has '%s'", command->name, option->name,
                       equals + 1);
    bool last = *i + 1 == argc;
    if (!option->value) value = "";
    else if (equals) value = equals + 1;
    else if (!last && strncmp(argv[*i + 1], "--", 2) != 0) value = argv[++*i];
    if (!value || (option->value && !*value && !option->may_be_empty))
        return err_set(err, ERR_INPUT, "%s: --%s needs a value (%s)%s", command->name, option->name,
                       option->value,
                       !value && !last ? "; write a value that begins with dashes after '='" : "");
    if (!strcmp(option->name, "out") && !option->may_be_stdout) TRY(output_named(value, err));
    out->value[k] = value;
    return before ? append_value(out, k, before, err) : OK;
}

static Status check_word_count(const Args *args, Err *err) {
    const Command *c = args->command;
    if (args->n_words < c->min_words)
        return err_set(err, ERR_INPUT, "%s: an argument is missing; usage: rote %s %s", c->name, c->name,
                       c->words);
    if (args->n_words > c->max_words)
        return err_set(err, ERR_INPUT, "%s: '%s' is one argument too many; usage: rote %s %s", c->name,
                       args->words[c->max_words], c->name, c->words);
    return OK;
}

Status args_parse(Args *out, const Command *command, const Command *const *table, int argc, char **argv,
                  Err *err) {
    *out = (Args){.command = command, .table = table};
    out->words = calloc((size_t)argc + 1, sizeof *out->words);
    if (!out->words) return err_set(err, ERR_NOMEM, "out of memory for %d words", argc);
    bool options = true; /* until "--" */
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (options && !strcmp(word, "--")) options = false;
        else if (options && word[0] == '-' && word[1] != '\0') TRY(read_option(out, argc, argv, &i, err));
        else out->words[out->n_words++] = word;
    }
    return check_word_count(out, err);
}

void args_free(Args *args) {
    for (int k = 0; k < ARGS_OPTIONS_MAX; k++) free(args->joined[k]);
    free(args->words);
    *args = (Args){0};
}

const char *args_value(const Args *args, const char *option) {
    int k = option_index(args->command, option, strlen(option));
    CHECK(k >= 0);
    return args->value[k];
}

bool args_has(const Args *args, const char *option) { return args_value(args, option) != NULL; }

Status args_int(const Args *args, const char *option, int64_t min, int64_t max, int64_t *out, Err *err) {
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || errno || n < min || n > max)
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is not a whole number from %lld to %lld",
                       args->command->name, option, text, (long long)min, (long long)max);
    *out = n;
    return OK;
}

Status args_uint64(const Args *args, const char *option, uint64_t *out, Err *err) {
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    errno = 0;
    /* strtoull reads "-1" as the largest number, so the first character is checked before. */
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno)
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is not a whole number from 0 to %llu",
                       args->command->name, option, text, (unsigned long long)UINT64_MAX);
    *out = n;
    return OK;
}

Status args_real(const Args *args, const char *option, double min, double max, double *out, Err *err) {
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    errno = 0; /* ERANGE: also too small for a double, which is not 0 */
    double x = strtod(text, &end);
    if (end == text || *end || errno || !(x >= min && x <= max)) /* written so that NaN fails, too */
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is not a number from %g to %g", args->command->name,
                       option, text, min, max);
    *out = x;
    return OK;
}

bool list_int(const char **at, int *out) {
    char *end;
    long value = strtol(*at, &end, 10);
    if (end == *at || (*end && *end != ',') || value < INT_MIN || value > INT_MAX) return false;
    *out = (int)value;
    *at = *end ? end + 1 : NULL;
    return true;
}

Status args_duration(const Args *args, const char *option, double *seconds, Err *err) {
    static const char units[] = "smhd";
    static const double in_seconds[] = {1, 60, 3600, 86400};
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    errno = 0;
    double x = strtod(text, &end);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (end != text && unit && !end[1] && !errno) x *= in_seconds[unit - units];
    else x = -1;
    if (!(x > 0 && x <= 1e9))
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is not a time such as 90s, 30m, 3h or 2d",
                       args->command->name, option, text);
    *seconds = x;
    return OK;
}

Status args_threads(const Args *args, int *out, Err *err) {
    int64_t threads = 0;
    if (!args_has(args, "threads")) TRY(threads_check(err));
    TRY(args_int(args, "threads", 1, ARGS_THREADS_MAX, &threads, err));
    *out = (int)threads;
    return OK;
}

Status args_jobs(const Args *args, int *out, Err *err) {
    int64_t jobs = threads_default();
    if (!args_has(args, "jobs")) TRY(threads_check(err));
    TRY(args_int(args, "jobs", 1, ARGS_THREADS_MAX, &jobs, err));
    *out = (int)jobs;
    return OK;
}

bool is_setting(const char *word) {
    char name[128];
    size_t key = strcspn(word, "=/");
    if (word[key] != '=' || key == 0) return false;
    snprintf(name, sizeof name, "%.*s", (int)key, word);
    /* n_embd=8,seed=1-HASH/config.yaml: no such key, but such a file. */
    return config_has_key(name) || file_missing(word);
}

/* Each part of a value that a repeated option has joined; "[N=]FILE" may begin with a number. */
static Status check_named(const char *value, const Option *option, Err *err) {
    char path[CONFIG_PATH_MAX];
    bool numbered = option->value[0] == '[' && value[0] >= '0' && value[0] <= '9' && value[1] == '=';
    for (const char *at = value + 2 * numbered;; at++) {
        size_t length = option->separator ? strcspn(at, (char[2]){option->separator}) : strlen(at);
        if (length >= sizeof path) return OK; /* who opens it says what is wrong */
        snprintf(path, sizeof path, "%.*s", (int)length, at);
        if (!file_is_stdin(path)) TRY(file_named(path, option->reads, err));
        at += length;
        if (!*at) return OK;
    }
}

Status args_inputs(const Args *args, Err *err) {
    const Command *command = args->command;
    for (int i = 0; i < args->n_words && i < command->n_reads; i++)
        if (args->words[i][0] != '-' && !is_setting(args->words[i]))
            TRY(file_named(args->words[i], command->reads, err));
    for (int k = 0; command->options[k].name; k++)
        if (args->value[k] && command->options[k].reads)
            TRY(check_named(args->value[k], &command->options[k], err));
    return OK;
}

Status args_settings(const Args *args, int *n_files, Err *err) {
    *n_files = args->n_words > 0 && !is_setting(args->words[0]) ? 1 : 0;
    for (int i = *n_files; i < args->n_words; i++)
        if (!is_setting(args->words[i]))
            return err_set(err, ERR_INPUT, "%s: '%s' is not of the form key=value; usage: rote %s %s",
                           args->command->name, args->words[i], args->command->name, args->command->words);
    return OK;
}

Status args_config(const Args *args, Config *out, Err *err) {
    int n_files;
    TRY(args_settings(args, &n_files, err));
    TRY(config_load(out, n_files ? args->words[0] : NULL, args->n_words - n_files, args->words + n_files,
                    err));
    Chain chain; /* a wrong one is found before training */
    TRY(config_kind_check(out, err));
    return settings_chain(&out->sample, &chain, err);
}

Status args_tag(const Args *args, const char *option, const FactSet *facts, int *out, Err *err) {
    const char *tag = args_value(args, option);
    *out = -1;
    if (!tag) return OK;
    *out = facts_tag_named(facts, tag);
    if (*out >= 0) return OK;
    const char **names = calloc((size_t)facts->n_tags + 1, sizeof *names);
    if (!names) return err_set(err, ERR_NOMEM, "out of memory for %d tags", facts->n_tags);
    for (int i = 0; i < facts->n_tags; i++) names[i] = facts->tag_names[i];
    const char *nearest = nearest_name(tag, names);
    free(names);
    char near[QUOTE_SIZE] = "";
    if (nearest) text_escape(near, sizeof near, (Text){(char *)(uintptr_t)nearest, strlen(nearest)});
    return err_set(err, ERR_INPUT, "%s: --%s: no fact has the tag '%s'%s%s", args->command->name, option, tag,
                   nearest ? "; nearest: " : "", near);
}
