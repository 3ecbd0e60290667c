/* rote train: one run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "cli/common/args.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/eval/lines.h"
#include "cli/train/plan.h"
#include "cli/train/together.h"
#include "cli/train/worker.h"
#include "data/obtain.h"
#include "eval/tools/tool_spec.h"
#include "model/kernels/ops.h"
#include "train/facts_load.h"
#include "train/init_from.h"
#include "train/train.h"
#include "train/trainer.h"

static void result_print(const RunResult *r, const FactSet *facts, Quantize kind, const char *dir) {
    const double *x = r->figures.value;
    const bool *present = r->figures.present;
    printf("run         %s%s\n", show_name(dir),
           r->already_done ? " (already finished; nothing was trained)" : "");
    printf("verdict     %s after %s step%s, every fact trained %.1f times", r->verdict,
           show_int((int64_t)x[FIG_STEPS]), plural((int64_t)x[FIG_STEPS]), x[FIG_EXPOSURES]);
    if (x[FIG_EXPOSURES_MAX] > 0)
        printf(" on average, %s to %s times", show_int((int64_t)x[FIG_EXPOSURES_MIN]),
               show_int((int64_t)x[FIG_EXPOSURES_MAX]));
    putchar('\n');
    printf("loss        %.6f bits/token\n", bits_of_nats(x[FIG_LOSS_NATS]));
    if (facts->entropy_known)
        printf("memorized   %.1f of %.1f bits (%s), %.4f bits/param\n", x[FIG_MEMORIZED_BITS],
               facts->data_bits, show_ceiling(facts, 1), x[FIG_BITS_PER_PARAM]);
    else
        printf("code        %.1f bits (answers alone %.1f bits, zlib %.0f bits)\n", x[FIG_CODE_BITS],
               facts->answer_bits, 8.0 * (double)facts->zlib_bytes);
    if (kind != QUANTIZE_NONE) show_weights(kind, (int64_t)x[FIG_WEIGHT_BITS], x[FIG_MEMORIZED_BITS]);
    if (present[FIG_R]) printf("knowledge   R %.4f of R_max %.4f bits/param\n", x[FIG_R], x[FIG_R_MAX]);
    printf("recall      %.4f\n", x[FIG_RECALL]);
    if (present[FIG_HELDOUT]) {
        printf("held out    %s facts, %.6f bits/token; membership AUC %.4f, F1 %.4f",
               show_int((int64_t)x[FIG_HELDOUT]), bits_of_nats(x[FIG_HELDOUT_LOSS_NATS]), x[FIG_MIA_AUC],
               x[FIG_MIA_F1]);
        if (facts->entropy_known) printf(" (law %.4f)", x[FIG_MIA_F1_LAW]);
        putchar('\n');
    }
    printf("parameters  %s, hash %s%s\n", show_int((int64_t)x[FIG_PARAMS]), r->param_hash,
           r->exact ? "" : " (not exact: gemm=openblas)");
}

static Status result_json_out(const char *dir, Err *err) {
    char *text = run_result_json(dir, true, err);
    if (!text) return err->status;
    size_t length = strlen(text);
    printf("%s%s", text, length && text[length - 1] == '\n' ? "" : "\n");
    free(text);
    return OK;
}

/* Plans before it draws, so that a run that does not fit is refused at once. */
static Status train(const Args *args, Config *config, FactSet *facts, Err *err) {
    bool quiet = args_has(args, "quiet"), json = args_has(args, "json");
    int alone = 0;
    const char *out = args_has(args, "out") ? args_value(args, "out") : "runs";
    char dir[CONFIG_PATH_MAX];
    RunPlan plan;
    TRY(path_join(dir, sizeof dir, out, NULL, err));
    TRY(config_resolve(config, facts->n, facts->max_len, facts->vocab.size, err));
    TRY(run_plan(&plan, config, facts, dir, err));
    TRY(init_from_resolve(config, err));
    TRY(tool_files_resolve(config, err));
    if (args_has(args, "dry-run")) return plan_out(&plan, facts, config, json, err);
    if (!quiet) show_plan(&plan, facts, config);
    TRY(facts_draw(facts, err));
    if (!args_has(args, "out")) TRY(run_default_dir(config, facts->data_hash, dir, sizeof dir, err));

    signals_catch();
    ProgressLine line = {.open = false};
    RunOptions options = {.dir = dir, .resume = args_has(args, "resume"), .stop = &stop_requested};
    options.allow_program = args_has(args, "allow-program");
    options.progress = args_has(args, "worker") ? worker_progress(&alone) : progress_line(&line, "", quiet);
    RunResult result;
    Status status = run_train(config, facts, &options, &result, err);
    progress_end(&line);
    bool diverged = status == ERR_NUMERIC && !strcmp(result.verdict, "diverged");
    if (json && (status == OK || diverged)) { /* a diverged run has a result, too */
        Err why;
        result_free(&result);
        Status printed = result_json_out(dir, &why);
        return printed == OK ? status : err_set(err, printed, "%s", why.msg);
    }
    if (status == OK) result_print(&result, facts, config->train.quantize, dir);
    result_free(&result);
    return status;
}

static Status cmd_train(const Args *args, Err *err) {
    Config config;
    FactSet facts;
    int threads;
    const Ops *ops;
    if (args_has(args, "worker")) TRY(worker_begin(err));
    if (args_has(args, "together")) return train_runs_together(args, err);
    TRY(ops_select(&ops, err)); /* reports a wrong ROTE_ISA before anything is drawn */
    TRY(args_threads(args, &threads, err));
    TRY(args_config(args, &config, err));
    if (threads) config.train.threads = threads;
    TRY(facts_plan_load(&config, &facts, err));
    Status status = train(args, &config, &facts, err);
    facts_free(&facts);
    return status;
}

static const Option train_options[] = {
    OPTION("out", "DIR", "the run folder (default: runs/<name>-<hash8>)"),
    FLAG("resume", "continue the run in DIR, or start it"),
    FLAG("dry-run", "only print what the run needs"),
    FLAG("worker", "report progress to the sweep that started this run"),
    OPTION("together", "N",
           "with --worker: the words are those of N runs of the sweep, each with its folder"),
    PROGRAM_OPTION,
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command train_command = {
    .name = "train",
    .words = "[CFG] [key=value...]",
    .max_words = ARGS_WORDS_MAX,
    .summary = "trains one run",
    .options = train_options,
    .run = cmd_train,
};
