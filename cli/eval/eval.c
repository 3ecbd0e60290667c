/* rote eval: recall, memorized bits and code lengths of a run. */
#include "cli/eval/eval.h"

#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/eval/history.h"
#include "cli/eval/lines.h"
#include "cli/eval/per_fact.h"
#include "eval/result_figures.h"
#include "model/quantize.h"

/* What the table of figures has of an evaluation, and what it is about. */
static Status figures_out(const Run *run, const FactSet *facts, const Evaluation *e, const History *history,
                          int64_t weight_bits, Err *err) {
    RunFigures figures;
    result_figures(&figures, &(FigureSources){.config = &run->config,
                                              .facts = facts,
                                              .evaluation = e,
                                              .kept = history->selection ? &history->kept : NULL,
                                              .params = run->gpt.table.total,
                                              .weight_bits = weight_bits});
    json_t *o = json_pack("{sI sI}", "tokens", (json_int_t)e->tokens, "step", (json_int_t)run->step);
    if (!o) return json_out(NULL, err);
    for (int f = 0; f < FIGURE_COUNT; f++) {
        double value = figures.value[f];
        if (!figures.present[f]) continue;
        bool whole = figure_rows[f].kind == FIGURE_INTEGER && isfinite(value);
        json_object_set_new(o, figure_rows[f].key,
                            whole ? json_integer((json_int_t)value) : json_number(value));
    }
    if (history->n_groups) json_object_set_new(o, "by_exposure", history_json(history));
    if (run->config.train.quantize != QUANTIZE_NONE)
        json_object_set_new(o, "quantize",
                            json_string(config_choice("train.quantize", (int)run->config.train.quantize)));
    json_object_set_new(o, "data_hash", json_string(facts->data_hash));
    return json_out(o, err);
}

static Status result_out(const Run *run, const FactSet *facts, const Evaluation *e, const History *history,
                         bool json, Err *err) {
    double params = (double)run->gpt.table.total;
    Quantize stored_as = run->config.train.quantize;
    int64_t weight_bits = quantize_weight_bits(&run->gpt.table, stored_as);
    if (json) return figures_out(run, facts, e, history, weight_bits, err);
    printf("facts       %s, %s tokens; model at step %s\n", show_int(e->n), show_int(e->tokens),
           show_int(run->step));
    printf("loss        %.6f bits/token\ncode        %.3f bits\n", bits_of_nats(e->loss_nats), e->code_bits);
    if (e->entropy_known)
        printf("memorized   %.3f of %.3f bits (%s), %.4f bits/param\n", e->memorized_bits, facts->data_bits,
               show_ceiling(facts, 3), e->memorized_bits / params);
    else
        printf("baselines   answers %.3f bits, zlib %s bytes\n", facts->answer_bits,
               show_int(facts->zlib_bytes));
    if (stored_as != QUANTIZE_NONE) show_weights(stored_as, weight_bits, e->memorized_bits);
    show_ratio(facts, e, run->gpt.table.total);
    printf("recall      %.4f\n", e->recall);
    show_heldout(e, facts, run->gpt.table.total);
    history_show(history, facts);
    return OK;
}

static Status evaluate(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err) {
    Evaluator evaluator;
    Evaluation result;
    TRY(evaluator_create(&evaluator, &run->gpt, facts, threads, err));
    evaluator_run(&evaluator, &result);
    History history;
    Status status = history_of(&history, run, &evaluator, err);
    if (status == OK && args_has(args, "per-fact"))
        status = per_fact_write(output_target(args_value(args, "per-fact")), &evaluator, NULL, &history, err);
    if (status == OK) status = result_out(run, facts, &result, &history, args_has(args, "json"), err);
    history_free(&history);
    evaluator_free(&evaluator);
    return status;
}

static Status cmd_eval(const Args *args, Err *err) {
    const char *table = args_value(args, "per-fact");
    int threads;
    RunAndFacts r;
    TRY(args_threads(args, &threads, err));
    TRY(eval_check(args, err));
    if (table)
        TRY(output_check(table, PER_FACT_COLUMNS, "a per-fact table of rote's", args_has(args, "force"),
                         err));
    TRY(open_run_and_facts(&r, args, err));
    Status status;
    if (args_has(args, "quantize")) status = eval_quantize(args, &r.run, r.facts, threads, err);
    else if (args_has(args, "parts")) status = eval_parts(args, &r.run, r.facts, threads, err);
    else if (args_has(args, "acr")) status = eval_acr(args, &r.run, r.facts, threads, err);
    else status = evaluate(args, &r.run, r.facts, threads, err);
    close_run_and_facts(&r);
    return status;
}

static const Option eval_options[] = {
    FACTS_OPTION,
    OPTION("per-fact", "FILE.tsv",
           "a table with a row for every fact, held-out facts last; replaces only such tables"),
    FORCE_OPTION("let --per-fact replace any file"),
    OPTION("quantize", "fp16|bf16|int8|int6|int4|int3|int2|ternary", "evaluate also with quantized weights"),
    FLAG("parts", "bits lost when one part is perturbed: embedding, attention, MLP, norms, head"),
    OPTION("seeds", "N", "--parts: number of draws of the noise (default: 5)"),
    FLAG("acr", "the shortest prompt that elicits each fact (adversarial compression ratio)"),
    OPTION("steps", "N",
           "--acr: decoder steps for trying all prompts, and again for the search (default: 5000000)"),
    OPTION("method", "rtn|gptq",
           "--quantize: rounding to nearest, or by GPTQ on the run's facts (default: rtn)"),
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command eval_command = {
    .name = "eval",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "measures recall, memorized bits and code lengths of a run",
    .options = eval_options,
    .run = cmd_eval,
};
