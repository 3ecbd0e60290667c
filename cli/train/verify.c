/* rote verify: trains a run again and compares hashes. */
#include <stdio.h>

#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "train/train.h"

static Status cmd_verify(const Args *args, Err *err) {
    int threads;
    TRY(args_threads(args, &threads, err));
    signals_catch();
    ProgressLine line;
    ProgressSink sink = progress_line(&line, "replay", args_has(args, "quiet"));
    Status status = run_verify_with(args->words[0], args_value(args, "facts"),
                                    args_has(args, "allow-program"), threads, sink, &stop_requested, err);
    progress_end(&line);
    TRY(status);
    if (args_has(args, "json"))
        return json_out(json_pack("{ss sb}", "run", show_name(args->words[0]), "verified", 1), err);
    printf("%s: replayed; parameters, data and result are the same\n", show_name(args->words[0]));
    return OK;
}

static const Option verify_options[] = {
    PLACE_OPTION, PROGRAM_OPTION, THREADS_OPTION, QUIET_OPTION, JSON_OPTION, END_OPTION,
};

const Command verify_command = {
    .name = "verify",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "trains a run again and compares hashes",
    .options = verify_options,
    .run = cmd_verify,
};
