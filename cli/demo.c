/* rote demo: one fact set, four widths of one model, and how many bits each holds per parameter */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "cli/common/signals.h"
#include "cli/train/plan.h"
#include "data/folder/folder.h"
#include "data/obtain.h"
#include "eval/report/list.h"
#include "eval/report/report.h"
#include "model/kernels/ops.h"
#include "train/train.h"

enum { WIDTHS = 4 };
static const int widths[WIDTHS] = {8, 16, 24, 32};

/* The facts hold more bits than the narrow models can store; the widest model can store all of them. */
static Status demo_config(Config *config, int width, Err *err) {
    char name[32], n_embd[32];
    snprintf(name, sizeof name, "name=d%d", width);
    snprintf(n_embd, sizeof n_embd, "model.n_embd=%d", width);
    const char *overrides[] = {"facts.kind=random",
                               "facts.n=200",
                               "facts.seq_len=16",
                               "facts.vocab_size=64",
                               "facts.seed=1",
                               "model.n_layer=1",
                               "model.n_head=1",
                               name,
                               n_embd,
                               "train.max_steps=1500",
                               "train.batch_size=200",
                               "train.optimizer=adamw",
                               "train.learning_rate=0.01",
                               "train.schedule=cosine",
                               "train.warmup_steps=50",
                               "train.weight_decay=0",
                               "train.eval_interval=250",
                               "train.checkpoint_interval=250",
                               "train.seed=1"};
    return config_load(config, NULL, sizeof overrides / sizeof *overrides, overrides, err);
}

/* Generates the facts, and keeps them as a folder that the user can read. */
static Status demo_facts(FactSet *facts, const char *out, Err *err) {
    char dir[CONFIG_PATH_MAX], manifest[CONFIG_PATH_MAX];
    Config config;
    TRY(path_join(dir, sizeof dir, out, "facts", err));
    TRY(path_join(manifest, sizeof manifest, dir, "manifest.json", err));
    TRY(demo_config(&config, widths[0], err));
    TRY(facts_generate(&config.facts, facts, err));
    FactSet there;
    Status status;
    if (file_exists(manifest)) {
        status = facts_load(dir, &there, err);
        if (status == OK) {
            if (strcmp(there.data_hash, facts->data_hash) != 0)
                status = err_set(err, ERR_INPUT,
                                 "%s contains facts that are not the demo's; choose another --out", dir);
            facts_free(&there);
        }
    } else {
        status = make_directories(out, err);
        if (status == OK) status = facts_save(facts, dir, err);
    }
    if (status != OK) facts_free(facts);
    return status;
}

/* The folder must not hold a run or a fact set, nor a report.html that rote did not write. */
static Status demo_place(const char *out, const char *report, bool force, Err *err) {
    static const char *const others[] = {"config.yaml", "manifest.json", "records.tsv"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char path[CONFIG_PATH_MAX];
        TRY(path_join(path, sizeof path, out, others[i], err));
        if (file_exists(path))
            return err_set(err, ERR_INPUT, "%s: contains a run or a fact set (%s); choose another --out", out,
                           others[i]);
    }
    if (!folder_exists(out)) return OK;
    return output_check(report, REPORT_MARK, "a report of rote's", force, err);
}

static Status demo_run(ReportRow *row, int width, const FactSet *facts, const char *out, int threads,
                       bool quiet, Err *err) {
    Config config;
    char dir[CONFIG_PATH_MAX], label[32];
    TRY(demo_config(&config, width, err));
    TRY(config_resolve(&config, facts->n, facts->max_len, facts->vocab.size, err));
    if (threads) config.train.threads = threads;
    TRY(path_join(dir, sizeof dir, out, config.name, err));
    snprintf(label, sizeof label, "n_embd %d", width);
    ProgressLine line;
    RunPlan plan;
    RunResult result;
    TRY(run_plan(&plan, &config, facts, dir, err));
    if (!quiet) {
        fprintf(stderr, "%s: %s parameters (", label, show_int(plan.params));
        show_params_by_part(stderr, &plan);
        fprintf(stderr, "), memory %s\n", show_bytes(plan.memory_bytes));
    }
    RunOptions options = {.dir = dir, .resume = true, .stop = &stop_requested};
    options.progress = progress_line(&line, label, quiet);
    Status status = run_train(&config, facts, &options, &result, err);
    progress_end(&line);
    result_free(&result);
    TRY(status);
    return report_row(row, dir, err);
}

static Status demo_json(const ReportRow *rows, const char *report, Err *err) {
    json_t *list = json_array();
    for (int i = 0; i < WIDTHS; i++) {
        const ReportRow *r = &rows[i];
        json_array_append_new(
            list, json_pack("{si sI si so so so so ss}", "n_embd", r->n_embd, "params", (json_int_t)r->params,
                            "facts", r->facts, "data_bits", json_number(r->data_bits), "memorized_bits",
                            json_number(r->memorized_bits), "bits_per_param", json_number(r->bits_per_param),
                            "recall", json_number(r->recall), "verdict", r->verdict));
    }
    return json_out(json_pack("{so ss}", "rows", list, "report", report), err);
}

static void demo_table(const ReportRow *rows, const char *report) {
    printf("%-7s %-7s %-6s %-10s %-15s %-11s %-7s %s\n", "n_embd", "params", "facts", "data_bits",
           "memorized_bits", "bits/param", "recall", "verdict");
    for (int i = 0; i < WIDTHS; i++) {
        const ReportRow *r = &rows[i];
        printf("%-7d %-7lld %-6d %-10.1f %-15.1f %-11.3f %-7.3f %s\n", r->n_embd, (long long)r->params,
               r->facts, r->data_bits, r->memorized_bits, r->bits_per_param, r->recall, r->verdict);
    }
    double x[WIDTHS], y[WIDTHS];
    Plot plot;
    report_plot(&plot, rows, WIDTHS, x, y);
    const char *codeset = setlocale(LC_CTYPE, "") ? nl_langinfo(CODESET) : "";
    bool unicode = isatty(STDOUT_FILENO) && !strcmp(codeset, "UTF-8");
    putchar('\n');
    plot_text(stdout, &plot, 78, 18, unicode);
    printf("\nreport: %s\n", report);
}

static Status cmd_demo(const Args *args, Err *err) {
    const char *out = args_has(args, "out") ? args_value(args, "out") : "runs/demo";
    bool quiet = args_has(args, "quiet");
    int threads;
    FactSet facts;
    ReportRow rows[WIDTHS];
    char report[CONFIG_PATH_MAX];
    const Ops *ops;
    TRY(ops_select(&ops, err)); /* reports a wrong ROTE_ISA before anything is written */
    TRY(args_threads(args, &threads, err));
    TRY(path_join(report, sizeof report, out, "report.html", err));
    TRY(demo_place(out, report, args_has(args, "force"), err));
    signals_catch();
    TRY(demo_facts(&facts, out, err));
    if (!quiet)
        fprintf(stderr,
                "%s facts of %d tokens over %d symbols: %.1f bits, of which a model can memorize %.1f\n",
                show_int(facts.n), facts.max_len, facts.vocab.size, facts.data_bits, facts.ceiling_bits);
    Status status = OK;
    for (int i = 0; i < WIDTHS && status == OK; i++)
        status = demo_run(&rows[i], widths[i], &facts, out, threads, quiet, err);
    facts_free(&facts);
    TRY(status);
    TRY(report_runs(
        report, "What models of four widths memorize",
        "Models of four widths memorized the same random facts. The narrow models are full: they hold a few "
        "bits per parameter. The widest model holds all facts.",
        rows, WIDTHS, err));
    if (args_has(args, "json")) return demo_json(rows, report, err);
    demo_table(rows, report);
    return OK;
}

static const Option demo_options[] = {
    OPTION("out", "DIR", "folder for the runs and the report (default: runs/demo)"),
    FORCE_OPTION("replace a report.html that is not rote's"),
    JSON_OPTION,
    QUIET_OPTION,
    THREADS_OPTION,
    END_OPTION,
};

const Command demo_command = {
    .name = "demo",
    .words = "",
    .summary =
        "shows the program: draws facts, trains models of four widths, prints bits per parameter, writes a "
        "report",
    .options = demo_options,
    .run = cmd_demo,
};
