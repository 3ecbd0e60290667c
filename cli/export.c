/* rote export, rote report: what leaves rote, for programs and for people */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/cli.h"
#include "eval/export.h"
#include "eval/report.h"
#include "train/train.h"

Status cmd_export(const Args *args, Err *err) {
    ExportFormat format;
    const char *to = args_value(args, "to"), *path = args_value(args, "out");
    if (!to) return err_set(err, ERR_INPUT, "export: --to is missing, allowed: hf, npz, safetensors");
    TRY(export_format_of(to, &format, err));
    if (path && args->n_words > 1)
        return err_set(err, ERR_INPUT, "export: PATH and --out name the same thing");
    if (!path && args->n_words > 1) path = args->words[1];
    if (!path)
        return err_set(err, ERR_INPUT, "export: PATH is missing; usage: rote export RUN --to %s PATH", to);
    Run run;
    TRY(open_run(&run, args->words[0], err));
    Status status = format == EXPORT_HF ? export_hf_check(&run.gpt.config, err) : OK;
    if (status == OK)
        status = export_model(&run.gpt, format, path, run.facts.vocab.eos, args_has(args, "force"), err);
    run_close(&run);
    if (status == OK) printf("%s\n", path);
    return status;
}

static int not_hidden(const struct dirent *entry) { return entry->d_name[0] != '.'; }

/* A row for every folder in dir that holds a finished run, by name. *rows is malloc'd. */
static Status rows_of_folder(const char *dir, ReportRow **rows, int *n, Err *err) {
    struct dirent **entries;
    int count = scandir(dir, &entries, not_hidden, versionsort);
    if (count < 0) return err_set(err, ERR_INPUT, "%s: %s", dir, strerror(errno));
    Status status = OK;
    *n = 0;
    *rows = calloc((size_t)count + 1, sizeof **rows);
    if (!*rows) status = err_set(err, ERR_NOMEM, "out of memory for %d rows", count);
    for (int i = 0; i < count; i++) {
        char path[CONFIG_PATH_MAX], result[CONFIG_PATH_MAX + 16];
        if (status == OK) status = path_join(path, sizeof path, dir, entries[i]->d_name, err);
        if (status == OK) status = path_join(result, sizeof result, path, "result.json", err);
        if (status == OK && file_exists(result)) status = report_row(&(*rows)[(*n)++], path, err);
        free(entries[i]);
    }
    free(entries);
    if (status == OK && *n == 0)
        status =
            err_set(err, ERR_INPUT, "%s: neither a run nor a folder of finished runs (no result.json)", dir);
    if (status != OK) free(*rows);
    return status;
}

Status cmd_report(const Args *args, Err *err) {
    const char *dir = args->words[0], *out = args_value(args, "out");
    char path[CONFIG_PATH_MAX], config[CONFIG_PATH_MAX];
    TRY(path_join(path, sizeof path, dir, "report.html", err));
    TRY(path_join(config, sizeof config, dir, "config.yaml", err));
    if (!out) out = path;
    TRY(output_check(out, REPORT_MARK, "a report of rote's", args_has(args, "force"), err));
    if (file_exists(config)) {
        TRY(report_run(out, dir, err));
    } else {
        ReportRow *rows = NULL;
        int n = 0;
        TRY(rows_of_folder(dir, &rows, &n, err));
        char name[256];
        report_name(name, dir);
        report_sort(rows, n);
        Status status = report_runs(out, name, NULL, rows, n, err);
        free(rows);
        TRY(status);
    }
    printf("%s\n", out);
    return OK;
}
