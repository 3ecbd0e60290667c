/* What a bug report says of a run or a sweep. */
#include "cli/bug_report.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/text.h"
#include "store/sweep_files.h"

enum { RUNS_MAX = 10 };

/* ---- messages ---- */

/* Whether a word may name a file: it has a dot in front of a letter, and is neither a config key nor a tensor. */
static bool names_a_file(const char *word, size_t length) {
    static const char *const tensors[] = {"blocks.", "tool.", "optimizer.", "norm_f."};
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    name[strcspn(name, "=:,;)")] = '\0';
    if (key_find(name)) return false;
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        if (!strncmp(name, tensors[i], strlen(tensors[i]))) return false;
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.'))
        if (isalpha((unsigned char)dot[1])) return true;
    return false;
}

/* The length of the quoted text at the front. It ends where no word goes on, or with the message. */
static size_t quoted_length(const char *at) {
    const char *end = strchr(at + 1, *at);
    while (end && isalnum((unsigned char)end[1])) end = strchr(end + 1, *at);
    return end ? (size_t)(end - at) + 1 : strlen(at);
}

static bool is_quote(char c) { return c == '\'' || c == '"'; }

/* The length of the word at the front, up to a blank or a quote; an apostrophe belongs to the word. */
static size_t word_length(const char *at) {
    size_t n = 0;
    while (at[n] && at[n] != ' ' && !(is_quote(at[n]) && (n == 0 || !isalnum((unsigned char)at[n - 1])))) n++;
    return n;
}

void bug_report_message(FILE *out, const char *message) {
    for (const char *at = message; *at;) {
        if (*at == ' ') {
            fputc(*at++, out);
            continue;
        }
        bool quote = is_quote(*at);
        size_t length = quote ? quoted_length(at) : word_length(at), bare = length;
        while (!quote && bare && strchr(":,;)", at[bare - 1])) bare--;
        bool subject = at == message && at[length - 1] == ':'; /* of most messages, a file or folder */
        if (quote) fputs("'...'", out);
        else if (subject || memchr(at, '/', length)) fputs("PATH", out);
        else if (names_a_file(at, length)) fputs("FILE", out);
        else text_write(out, (Text){(char *)at, bare});
        if (!quote) fprintf(out, "%.*s", (int)(length - bare), at + bare);
        at += length;
    }
    fputc('\n', out);
}

/* ---- runs ---- */

static void put_config(FILE *out, const Config *config) {
    char value[KEY_VALUE_MAX];
    fputs("config      without the keys that have their default\n", out);
    for (int i = 0; i < KEY_COUNT; i++) {
        if (!key_present(config, &keys[i]) || key_at_default(config, &keys[i])) continue;
        key_print(config, &keys[i], value);
        fprintf(out, "  %s: %s\n", keys[i].name,
                key_is_text(&keys[i]) || keys[i].type == KEY_WORDS ? "(left out)" : value);
    }
}

static void put_run(FILE *out, const SweptRun *run) {
    if (run->verdict[0]) fprintf(out, "verdict     %s\n", run->verdict);
    Config config = swept_config(run);
    if (run->has_config) put_config(out, &config);
    if (!run->reason[0]) return;
    fputs("error       ", out);
    bug_report_message(out, run->reason);
}

Status bug_report_runs(FILE *out, const char *dir, Err *err) {
    SweepFiles files;
    bool one_run;
    int count[SWEPT_STATES] = {0}, shown = 0;
    Status status = sweep_files_run(&files, dir, &one_run, err);
    if (status == OK && !one_run) status = sweep_files_read(&files, dir, err);
    for (int i = 0; status == OK && i < files.n; i++) count[files.runs[i].state]++;
    for (int i = 0; status == OK && i < SWEPT_STATES; i++)
        if (count[i]) fprintf(out, "%-11s %d\n", swept_state_name[i], count[i]);
    for (int i = 0; status == OK && i < files.n && shown < RUNS_MAX; i++) {
        if (!files.runs[i].reason[0] && i + 1 < files.n) continue; /* without an error, the last one alone */
        if (files.n > 1) fprintf(out, "\nrun         %d of %d\n", i + 1, files.n);
        put_run(out, &files.runs[i]);
        shown++;
    }
    sweep_files_free(&files);
    return status;
}
