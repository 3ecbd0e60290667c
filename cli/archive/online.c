/* rote compress --online, and how decompress reads such archives. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/threads.h"
#include "cli/archive/archive.h"
#include "cli/common/args.h"
#include "cli/common/estimate.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "train/online/online.h"

/* ---- options ---- */

static Status preset_of(const Args *args, OnlinePlan *out, Err *err) {
    const char *word = args_value(args, "preset");
    for (int i = 0; i < ONLINE_PRESETS; i++)
        if (!strcmp(word ? word : online_preset_name[ONLINE_DEFAULT], online_preset_name[i])) {
            online_plan(out, (OnlinePreset)i);
            return OK;
        }
    return err_set(err, ERR_INPUT, "compress: --preset '%s', allowed: fast, default, best", word);
}

/* "match,model" */
static Status leave_out(PredictorParts *parts, const char *words, Err *err) {
    struct {
        const char *name;
        bool *part;
    } known[] = {{"ngrams", &parts->ngrams}, {"match", &parts->match}, {"model", &parts->model}};
    for (const char *at = words; at && *at;) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < 3 && (strlen(known[i].name) != length || strncmp(known[i].name, at, length) != 0)) i++;
        if (i == 3)
            return err_set(err, ERR_INPUT, "compress: --without '%.*s', allowed: ngrams, match, model",
                           (int)length, at);
        *known[i].part = false;
        at += length + (at[length] == ',');
    }
    return OK;
}

static Status run_of(OnlineRun *out, ProgressLine *line, const char *label, int threads, bool quiet,
                     Err *err) {
    *out = (OnlineRun){.threads = threads > 0 ? threads : threads_default(), .stop = &stop_requested};
    TRY(ops_select(&out->ops, err));
    signals_catch();
    out->progress = progress_line(line, label, quiet);
    return OK;
}

/* ---- time and memory ---- */

/* Measured (docs/speed.md, "Estimates"). Without the transformer: 100,000 to 200,000 bytes per second. The
 * transformer: one thread reaches 0.60 of its peak at width 64 and 0.67 at width 128; 0.15 of the time runs on one
 * thread, and the rest on as many threads as the gradient has leaves. */
static double seconds_needed(const OnlinePlan *p, size_t size, double peak, int threads) {
    double seconds = (double)size / (p->parts.set == NGRAMS_FEW ? 200e3 : 100e3);
    if (!p->parts.model) return seconds;
    int leaves = p->model.train.grad_leaves;
    double one = (double)size * online_model_flops(&p->model) / (0.6 * peak);
    if (threads > leaves) threads = leaves;
    return seconds + one * (0.15 + 0.85 / threads);
}

static void show_needs(const OnlinePlan *p, size_t size, const OnlineRun *run, bool verify) {
    char text[160];
    double peak = p->parts.model ? peak_of_a_core(run->ops) : 0;
    fprintf(stderr, "predicts    %s\nmemory      %s\ntime        %s", online_parts_text(p, text, sizeof text),
            show_bytes(online_memory(p, size, run->threads)),
            show_duration(seconds_needed(p, size, peak, run->threads)));
    if (verify)
        fprintf(stderr, ", and %s to verify",
                show_duration(seconds_needed(p, size, peak, verify_threads(run->threads))));
    fprintf(stderr, " (estimate, on an otherwise idle machine)\n");
}

static double bits_per_byte(size_t archive, uint64_t content) {
    return content ? 8.0 * (double)archive / (double)content : NAN;
}

/* ---- the commands ---- */

Status compress_online(const Args *args, const char *path, int threads, Err *err) {
    Buffer file = {0};
    Bytes archive = {0};
    OnlinePlan plan;
    OnlineRun run;
    OnlineSizes sizes;
    ProgressLine line = {.open = false};
    bool quiet = args_has(args, "quiet");
    TRY(preset_of(args, &plan, err));
    TRY(leave_out(&plan.parts, args_value(args, "without"), err));
    /* Before signals are caught: a pipe may never end. */
    TRY(file_read_stream(args->words[0], ARCHIVE_MAX_BYTES, &file, err));
    Status status = OK;
    TRY_GOTO(run_of(&run, &line, "", threads, quiet, err));
    if (!quiet) show_needs(&plan, file.size, &run, !args_has(args, "no-verify"));
    double started = clock_s();
    status = online_write(&archive, bytes_of(&file), file.size, &plan, 0, &run, &sizes, err);
    progress_end(&line);
    double seconds = clock_s() - started;
    if (status == OK) status = archive_write(args, path, &archive, run.threads, err);
    if (status != OK) goto done;
    if (args_has(args, "json")) {
        status = json_out(json_pack("{ss sI sI sI sI so so}", "archive", path, "archive_bytes",
                                    (json_int_t)archive.size, "content_bytes", (json_int_t)file.size,
                                    "header_bytes", (json_int_t)(sizes.header + sizes.plan), "stream_bytes",
                                    (json_int_t)sizes.stream, "bits_per_byte",
                                    json_number(bits_per_byte(archive.size, file.size)), "seconds",
                                    json_number(seconds)),
                          err);
    } else {
        printf("%s: %s bytes for %s: %s bits a byte\n", show_name(path), show_int((int64_t)archive.size),
               show_int((int64_t)file.size), show_share(bits_per_byte(archive.size, file.size)));
        show_online_sizes(&sizes);
    }
done:
    bytes_free(&archive);
    buffer_free(&file);
    return status;
}

Status decompress_online(Bytes *content, const char *path, const Buffer *archive, double max_memory,
                         int threads, bool quiet, Err *err) {
    ProgressLine line = {.open = false};
    OnlineRun run;
    TRY(run_of(&run, &line, "", threads, quiet, err));
    Status status = online_read(content, path, bytes_of(archive), archive->size, max_memory, &run, err);
    progress_end(&line);
    return status;
}
