/* rote report: one page about a run, a sweep, or a folder of runs. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/common/args.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "eval/report/list.h"
#include "eval/report/page.h"
#include "eval/report/report.h"
#include "store/run_files.h"

static int not_hidden(const struct dirent *entry) { return entry->d_name[0] != '.'; }

/* A folder that may or may not be a finished run; *n: how many there are. The message names the first one. */
static void left_out(int *n, Err *first, const Err *why) {
    if (!(*n)++) *first = *why;
}

/* A run that has ended, or lost its result. */
static Status is_finished(const char *dir, bool *out, Err *err) {
    TRY(run_holds(dir, "result.json", out, err));
    return *out ? OK : run_holds(dir, "DONE", out, err);
}

/* A row for every folder in dir that holds a finished run, by name. *rows is malloc'd.
 *   unknown, why   folders that cannot be looked into, and why not the first one */
static Status rows_of_folder(const char *dir, ReportRow **rows, int *n, int *unknown, Err *why, Err *err) {
    struct dirent **entries;
    int count = scandir(dir, &entries, not_hidden, versionsort);
    if (count < 0) {
        bool input = errno == ENOENT || errno == ENOTDIR;
        return err_set(err,
                       errno == ENOMEM ? ERR_NOMEM
                       : input         ? ERR_INPUT
                                       : ERR_IO,
                       "%s: %s", dir, strerror(errno));
    }
    Status status = OK;
    *n = *unknown = 0;
    *rows = calloc((size_t)count + 1, sizeof **rows);
    if (!*rows) status = err_set(err, ERR_NOMEM, "out of memory for %d rows", count);
    for (int i = 0; i < count; i++) {
        char path[CONFIG_PATH_MAX];
        bool finished = false;
        Err here;
        if (status == OK) status = path_join(path, sizeof path, dir, entries[i]->d_name, err);
        if (status == OK && is_finished(path, &finished, &here) != OK) left_out(unknown, why, &here);
        if (status == OK && finished) status = report_row(&(*rows)[(*n)++], path, err);
        free(entries[i]);
    }
    free(entries);
    if (status == OK && *n == 0)
        status = *unknown
                     ? err_set(err, why->status, "%s", why->msg)
                     : err_set(err, ERR_INPUT,
                               "%s: is neither a run nor a folder of finished runs (no result.json)", dir);
    if (status != OK) free(*rows);
    return status;
}

static Status report_folder(const char *out, const char *dir, Err *err) {
    ReportRow *rows = NULL;
    char name[256];
    int n = 0, unknown = 0;
    Err why;
    TRY(rows_of_folder(dir, &rows, &n, &unknown, &why, err));
    report_name(name, dir);
    report_sort(rows, n);
    Status status = report_runs(out, name, NULL, rows, n, err);
    free(rows);
    if (status != OK || !unknown) return status;
    return err_set(err, why.status, "%s; the page is written without %s", why.msg,
                   unknown == 1 ? "it" : "this and other folders");
}

/* A sweep has a sweep.yaml, or its runs in a folder "runs". A single run that is named "runs" is not a sweep. */
static Status is_sweep(const char *dir, bool *out, Err *err) {
    char runs[CONFIG_PATH_MAX];
    struct stat info;
    bool one_run;
    TRY(run_holds(dir, "sweep.yaml", out, err));
    if (*out) return OK;
    TRY(path_join(runs, sizeof runs, dir, "runs", err));
    TRY(run_holds(dir, "runs", out, err));
    if (!*out || stat(runs, &info) != 0 || !S_ISDIR(info.st_mode)) {
        *out = false;
        return OK;
    }
    TRY(run_holds(runs, "config.yaml", &one_run, err));
    *out = !one_run;
    return OK;
}

typedef enum PageOf { PAGE_OF_RUN, PAGE_OF_SWEEP, PAGE_OF_FOLDER } PageOf;

static Status page_of(const char *dir, PageOf *out, Err *err) {
    bool one_run, sweep = false;
    TRY(run_ended_with(dir, "config.yaml", &one_run, err));
    if (!one_run) TRY(is_sweep(dir, &sweep, err));
    *out = one_run ? PAGE_OF_RUN : sweep ? PAGE_OF_SWEEP : PAGE_OF_FOLDER;
    return OK;
}

static Status write_page(const char *target, const char *dir, PageOf kind, const char *twin, Err *err) {
    char note[160] = "";
    if (kind == PAGE_OF_RUN) TRY(report_run(target, dir, twin, err));
    else if (kind == PAGE_OF_SWEEP) TRY(report_sweep(target, dir, note, err));
    else TRY(report_folder(target, dir, err));
    if (note[0]) fprintf(stderr, "%s\n", note);
    return OK;
}

/* Sleeps so long, or until somebody asks to stop. */
static void rest(double seconds) {
    const struct timespec moment = {.tv_nsec = 100 * 1000 * 1000};
    double end = clock_s() + seconds;
    while (!stop_requested && clock_s() < end) nanosleep(&moment, NULL);
}

/* Writes the page again and again until nothing is left to wait for, or somebody asks to stop: then once more, as a
 * page that no longer loads itself anew. A page that takes long to make, as of a large sweep, is made less often. */
static Status watch(const char *target, const char *dir, PageOf kind, const char *twin, const char *name,
                    Err *err) {
    bool finished = false, printed = false;
    signals_catch();
    while (!finished) {
        double begin = clock_s();
        bool live = !stop_requested;
        TRY(kind == PAGE_OF_RUN ? report_run_live(target, dir, live, &finished, err)
                                : report_sweep_live(target, dir, live, &finished, err));
        if (!finished && !printed) {
            printf("%s\n", show_name(name)); /* now, as it can be opened */
            fflush(stdout);
            printed = true;
        }
        if (!live && !finished) return OK;
        double seconds = 4 * (clock_s() - begin);
        if (!finished) rest(seconds > PAGE_SECONDS ? seconds : PAGE_SECONDS);
    }
    TRY(write_page(target, dir, kind, twin, err));
    if (!printed) printf("%s\n", show_name(name));
    return OK;
}

static Status cmd_report(const Args *args, Err *err) {
    const char *dir = args->words[0], *out = args_value(args, "out");
    char path[CONFIG_PATH_MAX];
    PageOf kind;
    TRY(path_join(path, sizeof path, dir, "report.html", err));
    if (!out) out = path;
    if (out != path || folder_exists(dir)) /* the missing run is reported below */
        TRY(output_check(out, REPORT_MARK, "a report of rote's", args_has(args, "force"), err));
    const char *target = output_target(out);
    TRY(page_of(dir, &kind, err));
    const char *twin = args_value(args, "twin");
    if (twin && kind != PAGE_OF_RUN)
        return err_set(err, ERR_INPUT, "report: --twin is for the page of one run, and %s is none", dir);
    if (!args_has(args, "watch")) {
        TRY(write_page(target, dir, kind, twin, err));
        printf("%s\n", show_name(out));
        return OK;
    }
    if (kind == PAGE_OF_FOLDER)
        return err_set(err, ERR_INPUT, "report: --watch follows a run or a sweep, and %s is neither", dir);
    return watch(target, dir, kind, twin, out, err);
}

static const Option report_options[] = {
    OPTION("out", "FILE.html", "the page (default: report.html in the folder); replaces only such pages"),
    READ_OPTION("twin", "RUN", "run", "the same run without its neuron rules, to compare with"),
    FLAG("watch", "write the page again while the run or sweep goes on; it loads itself anew in a browser"),
    FORCE_ANY_OPTION,
    END_OPTION,
};

const Command report_command = {
    .name = "report",
    .words = "RUN|SWEEP|DIR",
    .min_words = 1,
    .max_words = 1,
    .reads = "folder",
    .n_reads = 1,
    .summary = "writes a self-contained page about a run, a sweep or a folder of runs",
    .options = report_options,
    .run = cmd_report,
};
