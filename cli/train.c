/* rote train, rote verify */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "cli/cli.h"
#include "data/obtain.h"
#include "model/kernels/ops.h"
#include "train/facts_load.h"
#include "train/init_from.h"
#include "train/train.h"
#include "train/trainer.h"

static Status plan_out(const RunPlan *plan, const FactSet *facts, const Config *config, bool json, Err *err) {
    const Ops *ops;
    TRY(ops_select(&ops, err));
    double seconds = run_seconds(plan, config, peak_least_disturbed(ops, trainer_threads(&config->train)));
    if (!json) {
        show_plan(plan, facts, config);
        fprintf(stderr, "time        %s (" ESTIMATE ")\n", show_duration(seconds));
        return OK;
    }
    json_t *parts = json_object();
    for (int i = 0; i < PART_COUNT; i++)
        json_object_set_new(parts, part_name[i], json_integer(plan->params_by[i]));
    json_t *o = json_pack("{sI so sI sI sI}", "params", (json_int_t)plan->params, "params_by", parts,
                          "memory_bytes", (json_int_t)plan->memory_bytes, "disk_bytes",
                          (json_int_t)plan->disk_bytes, "flops_per_step", (json_int_t)plan->flops_per_step);
    if (o) {
        json_object_set_new(o, "seconds_estimate", json_number(seconds));
        json_object_set_new(o, "data_bits", json_number(plan->data_bits));
    }
    return json_out(o, err);
}

static void result_print(const RunResult *r, const FactSet *facts, Quantize kind, const char *dir) {
    const Evaluation *e = &r->final;
    printf("run         %s%s\n", dir, r->already_done ? " (was finished before; nothing trained)" : "");
    printf("verdict     %s after %s step%s, every fact seen %.1f times", r->verdict, show_int(r->steps),
           r->steps == 1 ? "" : "s", r->exposures);
    if (r->exposures_most)
        printf(" on average, %s to %s times", show_int(r->exposures_least), show_int(r->exposures_most));
    putchar('\n');
    printf("loss        %.6f bits/token\n", bits_of_nats(e->loss_nats));
    if (e->entropy_known)
        printf("memorized   %.1f of %.1f bits (%s), %.4f bits/param\n", e->memorized_bits, facts->data_bits,
               show_ceiling(facts, 1), e->memorized_bits / (double)r->plan.params);
    else
        printf("code        %.1f bits (answers by themselves %.1f bits, zlib %.0f bits)\n", e->code_bits,
               facts->answer_bits, 8.0 * (double)facts->zlib_bytes);
    if (kind != QUANTIZE_NONE) show_weights(kind, r->plan.weight_bits, e->memorized_bits);
    show_ratio(facts, e, r->plan.params);
    printf("recall      %.4f\n", e->recall);
    show_heldout(e, facts, r->plan.params);
    printf("parameters  %s, hash %s%s\n", show_int(r->plan.params), r->param_hash,
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

/* Plans before it draws: what does not fit is refused at once. */
static Status train(const Args *args, Config *config, FactSet *facts, Err *err) {
    bool quiet = args_has(args, "quiet"), json = args_has(args, "json");
    const char *out = args_has(args, "out") ? args_value(args, "out") : "runs";
    char dir[CONFIG_PATH_MAX];
    RunPlan plan;
    TRY(path_join(dir, sizeof dir, out, NULL, err));
    TRY(config_resolve(config, facts->n, facts->max_len, facts->vocab.size, err));
    TRY(run_plan(&plan, config, facts, dir, err));
    TRY(init_from_resolve(config, err));
    if (args_has(args, "dry-run")) return plan_out(&plan, facts, config, json, err);
    if (!quiet) show_plan(&plan, facts, config);
    TRY(facts_draw(facts, err));
    if (!args_has(args, "out")) run_default_dir(config, facts->data_hash, dir, sizeof dir);

    signals_catch();
    ProgressLine line = {.open = false};
    RunOptions options = {.dir = dir, .resume = args_has(args, "resume"), .stop = &stop_requested};
    options.progress = args_has(args, "worker") ? worker_progress() : progress_line(&line, "", quiet);
    RunResult result;
    Status status = run_train(config, facts, &options, &result, err);
    progress_end(&line);
    bool diverged = status == ERR_NUMERIC && !strcmp(result.verdict, "diverged");
    if (json && (status == OK || diverged)) { /* a diverged run has a result, too */
        Err why;
        Status told = result_json_out(dir, &why);
        return told == OK ? status : err_set(err, told, "%s", why.msg);
    }
    if (status == OK) result_print(&result, facts, config->train.quantize, dir);
    return status;
}

Status cmd_train(const Args *args, Err *err) {
    Config config;
    FactSet facts;
    int64_t threads = 0;
    const Ops *ops;
    if (args_has(args, "worker")) TRY(worker_begin(err));
    TRY(ops_select(&ops, err)); /* a wrong ROTE_ISA, before anything is drawn */
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(args_config(args, &config, err));
    if (threads) config.train.threads = (int)threads;
    TRY(facts_plan_load(&config, &facts, err));
    Status status = train(args, &config, &facts, err);
    facts_free(&facts);
    return status;
}

Status cmd_verify(const Args *args, Err *err) {
    int64_t threads = 0;
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    signals_catch();
    ProgressLine line;
    ProgressSink sink = progress_line(&line, "replay", args_has(args, "quiet"));
    Status status = run_verify(args->words[0], (int)threads, sink, &stop_requested, err);
    progress_end(&line);
    TRY(status);
    if (args_has(args, "json"))
        return json_out(json_pack("{ss sb}", "run", args->words[0], "verified", 1), err);
    printf("%s: replayed; parameters, data and result are the same\n", args->words[0]);
    return OK;
}
