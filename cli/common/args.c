/* Command lines, taken apart by the table of options. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/nearest.h"
#include "cli/cli.h"

static int option_index(const Command *command, const char *name, size_t length) {
    for (int i = 0; command->options[i].name; i++)
        if (strlen(command->options[i].name) == length && !strncmp(command->options[i].name, name, length))
            return i;
    return -1;
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
    return err_set(err, ERR_INPUT, "%s: unknown option '%s'%s%s (rote help %s lists them)", command->name,
                   word, nearest ? ", nearest: --" : "", nearest ? nearest : "", command->name);
}

/* What parts the values of an option that may stand more than once; 0: it may not. Paths and regular expressions may hold ';'. */
static char repeats(const char *option) {
    if (!strcmp(option, "do")) return ';';
    return !strcmp(option, "class") || !strcmp(option, "twin") ? '\n' : 0;
}

/* value[k] becomes "before;value[k]". */
static Status join(Args *out, int k, const char *before, Err *err) {
    char *joined = NULL;
    if (asprintf(&joined, "%s%c%s", before, repeats(out->command->options[k].name), out->value[k]) < 0)
        return err_set(err, ERR_NOMEM, "out of memory for --%s", out->command->options[k].name);
    free(out->joined);
    out->value[k] = out->joined = joined;
    return OK;
}

Status args_parse(Args *out, const Command *command, int argc, char **argv, Err *err) {
    *out = (Args){.command = command};
    out->words = calloc((size_t)argc + 1, sizeof *out->words);
    if (!out->words) return err_set(err, ERR_NOMEM, "out of memory for %d words", argc);
    bool options = true;
    for (int i = 0; i < argc; i++) {
        char *word = argv[i];
        if (options && !strcmp(word, "--")) {
            options = false;
            continue;
        }
        if (!options || word[0] != '-' || word[1] == '\0') {
            out->words[out->n_words++] = word;
            continue;
        }
        size_t length = strcspn(word, "=");
        int k = strncmp(word, "--", 2) ? -1 : option_index(command, word + 2, length - 2);
        if (!strcmp(word, "-o")) k = option_index(command, "out", strlen("out"));
        if (k < 0) return unknown_option(command, word, err);
        const Option *option = &command->options[k];
        const char *before = out->value[k];
        if (before && !repeats(option->name))
            return err_set(err, ERR_INPUT, "%s: --%s stands twice", command->name, option->name);
        if (!option->value) {
            if (word[length])
                return err_set(err, ERR_INPUT, "%s: --%s takes no value, but has '%s'", command->name,
                               option->name, word + length + 1);
            out->value[k] = "";
        } else if (word[length]) {
            out->value[k] = word + length + 1;
        } else if (i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0) {
            out->value[k] = argv[++i];
        }
        bool may_be_empty = !strcmp(option->name, "prompt");
        if (!out->value[k] || (option->value && !*out->value[k] && !may_be_empty))
            return err_set(
                err, ERR_INPUT, "%s: --%s needs a value (%s)%s", command->name, option->name, option->value,
                !out->value[k] && i + 1 < argc ? "; one that begins with dashes stands behind '='" : "");
        if (before) TRY(join(out, k, before, err));
    }
    if (out->n_words < command->min_words)
        return err_set(err, ERR_INPUT, "%s: something is missing; usage: rote %s %s", command->name,
                       command->name, command->words);
    if (out->n_words > command->max_words)
        return err_set(err, ERR_INPUT, "%s: '%s' is one word too many; usage: rote %s %s", command->name,
                       out->words[command->max_words], command->name, command->words);
    return OK;
}

void args_free(Args *args) {
    free(args->words);
    free(args->joined);
    args->words = NULL;
    args->joined = NULL;
}

const char *args_value(const Args *args, const char *option) {
    int k = option_index(args->command, option, strlen(option));
    CHECK(k >= 0);
    return args->value[k];
}

bool args_has(const Args *args, const char *option) { return args_value(args, option) != NULL; }

Status args_int(const Args *args, const char *option, int64_t low, int64_t high, int64_t *out, Err *err) {
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || errno || n < low || n > high)
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is no whole number from %lld to %lld",
                       args->command->name, option, text, (long long)low, (long long)high);
    *out = n;
    return OK;
}

Status args_uint64(const Args *args, const char *option, uint64_t *out, Err *err) {
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10); /* takes "-1" for the largest, hence the first test */
    if (text[0] < '0' || text[0] > '9' || *end || errno)
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is no whole number from 0 to %llu", args->command->name,
                       option, text, (unsigned long long)UINT64_MAX);
    *out = n;
    return OK;
}

Status args_real(const Args *args, const char *option, double low, double high, double *out, Err *err) {
    const char *text = args_value(args, option);
    if (!text) return OK;
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !(x >= low && x <= high))
        return err_set(err, ERR_INPUT, "%s: --%s '%s' is no number from %g to %g", args->command->name,
                       option, text, low, high);
    *out = x;
    return OK;
}

bool is_setting(const char *word) {
    size_t key = strcspn(word, "=/");
    return word[key] == '=';
}

Status args_config(const Args *args, Config *out, Err *err) {
    int first = args->n_words > 0 && !is_setting(args->words[0]) ? 1 : 0;
    int n = args->n_words - first;
    for (int i = first; i < args->n_words; i++)
        if (!is_setting(args->words[i]))
            return err_set(err, ERR_INPUT, "%s: '%s' is no key=value; usage: rote %s %s", args->command->name,
                           args->words[i], args->command->name, args->command->words);
    const char **overrides = malloc(((size_t)n + 1) * sizeof *overrides);
    if (!overrides) return err_set(err, ERR_NOMEM, "out of memory for %d overrides", n);
    for (int i = 0; i < n; i++) overrides[i] = args->words[first + i];
    Status status = config_load(out, first ? args->words[0] : NULL, n, overrides, err);
    free(overrides);
    return status == OK ? config_kind_check(out, err) : status;
}

Status args_tag(const Args *args, const char *option, const FactSet *facts, int *out, Err *err) {
    const char *tag = args_value(args, option);
    *out = -1;
    if (!tag) return OK;
    for (int i = 0; i < facts->n_tags; i++)
        if (!strcmp(facts->tag_names[i], tag)) {
            *out = i;
            return OK;
        }
    const char **names = calloc((size_t)facts->n_tags + 1, sizeof *names);
    if (!names) return err_set(err, ERR_NOMEM, "out of memory for %d tags", facts->n_tags);
    for (int i = 0; i < facts->n_tags; i++) names[i] = facts->tag_names[i];
    const char *nearest = nearest_name(tag, names);
    free(names);
    return err_set(err, ERR_INPUT, "%s: --%s: no fact has '%s'%s%s", args->command->name, option, tag,
                   nearest ? "; nearest: " : "", nearest ? nearest : "");
}
