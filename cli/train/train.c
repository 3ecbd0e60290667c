/* rote train: one run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/ranks.h"
#include "base/threads.h"
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
    if (present[FIG_KEPT])
        show_kept(facts, (int)x[FIG_KEPT], x[FIG_KEPT_RECALL], x[FIG_KEPT_CODE_BITS],
                  x[FIG_KEPT_MEMORIZED_BITS]);
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

/* What a command line asks for. */
typedef struct Job {
    Config config;
    FactSet facts;
    RunPlan plan;
    char dir[CONFIG_PATH_MAX];
    Ranks *ranks;
    bool first; /* of the ranks: speaks for all, and writes */
} Job;

/* If the number of threads is not given: ranks that run on the same cores divide them. */
static void share_cores(Job *o) {
    int threads = threads_default() / o->ranks->on_cores;
    if (ranks_alone(o->ranks) || o->config.train.threads > 0 || getenv("OMP_NUM_THREADS")) return;
    o->config.train.threads = threads > 1 ? threads : 1;
}

static Status check_memory(const Job *o, Err *err) {
    double needs = o->plan.memory_bytes * o->ranks->on_machine, has = (double)memory_available();
    if (needs <= has) return OK;
    return err_set(err, ERR_INPUT,
                   "%d processes on this machine need %s of memory each, %s are available; start fewer here",
                   o->ranks->on_machine, show_bytes(o->plan.memory_bytes), show_bytes(has));
}

/* Plans before it draws, so that a run that does not fit is refused at once. */
static Status prepare(const Args *args, Job *o, Err *err) {
    const char *out = args_has(args, "out") ? args_value(args, "out") : "runs";
    Config *config = &o->config;
    FactSet *facts = &o->facts;
    int threads;
    const Ops *ops;
    TRY(ops_select(&ops, err)); /* reports a wrong ROTE_ISA before anything is drawn */
    TRY(args_threads(args, &threads, err));
    TRY(args_config(args, config, err));
    if (threads) config->train.threads = threads;
    share_cores(o);
    TRY(facts_plan_load(config, facts, err));
    TRY(path_join(o->dir, sizeof o->dir, out, NULL, err));
    TRY(config_resolve(config, facts->n, facts->max_len, facts->vocab.size, err));
    TRY(run_plan(&o->plan, config, facts, o->first ? o->dir : NULL, err));
    if (!ranks_alone(o->ranks)) TRY(check_memory(o, err));
    TRY(init_from_resolve(config, err));
    TRY(tool_files_resolve(config, err));
    if (args_has(args, "dry-run")) return OK;
    if (!args_has(args, "quiet") && o->first) show_plan(&o->plan, facts, config);
    TRY(facts_draw(facts, err));
    return args_has(args, "out") ? OK : run_default_dir(config, facts->data_hash, o->dir, sizeof o->dir, err);
}

static Status train(const Args *args, Job *o, Err *err) {
    bool quiet = args_has(args, "quiet"), json = args_has(args, "json");
    TRY(ranks_agree(o->ranks, prepare(args, o, err), NULL, err));
    if (args_has(args, "dry-run"))
        return o->first ? plan_out(&o->plan, &o->facts, &o->config, json, err) : OK;
    if (!ranks_alone(o->ranks) && o->first && !quiet)
        fprintf(stderr, "processes   %d, %d on this machine, each with %d thread%s\n", o->ranks->count,
                o->ranks->on_machine, trainer_threads(&o->config.train),
                plural(trainer_threads(&o->config.train)));

    signals_catch();
    ProgressLine line = {.open = false};
    RunOptions options = {.resume = args_has(args, "resume"), .stop = &stop_requested, .ranks = o->ranks};
    options.allow_program = args_has(args, "allow-program");
    int alone = 0;
    if (o->first) {
        options.dir = o->dir;
        options.progress =
            args_has(args, "worker") ? worker_progress(&alone) : progress_line(&line, "", quiet);
    }
    RunResult result;
    Status status = run_train(&o->config, &o->facts, &options, &result, err);
    progress_end(&line);
    bool diverged = status == ERR_NUMERIC && !strcmp(result.verdict, "diverged");
    if (json && o->first && (status == OK || diverged)) { /* a diverged run has a result, too */
        Err why;
        result_free(&result);
        Status printed = result_json_out(o->dir, &why);
        return printed == OK ? status : err_set(err, printed, "%s", why.msg);
    }
    if (status == OK && o->first) result_print(&result, &o->facts, o->config.train.quantize, o->dir);
    result_free(&result);
    return status;
}

static Status cmd_train(const Args *args, Err *err) {
    Ranks ranks = {.count = 1, .on_machine = 1, .on_cores = 1};
    bool worker = args_has(args, "worker"); /* its coordinator may be one of several processes; it is none */
    if (worker) TRY(worker_begin(err));
    if (args_has(args, "together")) return train_runs_together(args, err);
    Job *job = calloc(1, sizeof *job); /* a config is large */
    Status status = worker ? OK : ranks_begin(&ranks, err);
    if (status == OK && !job) status = err_set(err, ERR_NOMEM, "no memory to begin");
    if (status == OK) {
        job->ranks = &ranks;
        job->first = ranks.rank == 0;
        status = train(args, job, err);
        facts_free(&job->facts);
    }
    free(job);
    ranks_end(&ranks);
    if (ranks.rank == 0) return status;
    /* Rank 0 says it, and its exit code is the job's: a launcher that sees another one fail first may kill rank 0. */
    err->msg[0] = '\0';
    return ranks.lost ? status : OK;
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
    .reads = "config file",
    .n_reads = 1,
    .summary = "trains one run",
    .options = train_options,
    .run = cmd_train,
};
