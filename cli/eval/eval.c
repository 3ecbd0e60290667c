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
#include "cli/eval/lines.h"
#include "cli/eval/per_fact.h"
#include "eval/capacity/ratio.h"
#include "model/quantize.h"

static void heldout_json(json_t *o, const Evaluation *e, const FactSet *facts, double params) {
    json_object_set_new(o, "heldout", json_integer(e->heldout));
    json_object_set_new(o, "heldout_code_bits", json_number(e->heldout_code_bits));
    json_object_set_new(o, "heldout_loss_nats", json_number(e->heldout_loss_nats));
    json_object_set_new(o, "mia_auc", json_number(e->membership.auc));
    json_object_set_new(o, "mia_f1", json_number(e->membership.f1));
    json_object_set_new(o, "mia_f1_law", json_number(membership_law(facts->data_bits, params)));
}

static Status result_out(const Run *run, const FactSet *facts, const Evaluation *e, bool json, Err *err) {
    double params = (double)run->gpt.table.total;
    Quantize stored_as = run->config.train.quantize;
    int64_t weight_bits = quantize_weight_bits(&run->gpt.table, stored_as);
    if (json) {
        json_t *o = json_pack("{si sI sI sI}", "facts", e->n, "tokens", (json_int_t)e->tokens, "params",
                              (json_int_t)run->gpt.table.total, "step", (json_int_t)run->step);
        if (!o) return json_out(NULL, err);
        json_object_set_new(o, "data_bits", json_number(e->entropy_known ? facts->data_bits : NAN));
        json_object_set_new(o, "ceiling_bits", json_number(e->entropy_known ? facts->ceiling_bits : NAN));
        json_object_set_new(o, "code_bits", json_number(e->code_bits));
        json_object_set_new(o, "loss_nats", json_number(e->loss_nats));
        json_object_set_new(o, "recall", json_number(e->recall));
        json_object_set_new(o, "memorized_bits", json_number(e->memorized_bits));
        json_object_set_new(o, "memorized_bits_clipped", json_number(e->memorized_bits_clipped));
        json_object_set_new(o, "mem_hfshift", json_number(e->mem_hfshift));
        json_object_set_new(o, "bits_per_param", json_number(e->memorized_bits / params));
        CapacityRatio ratio;
        if (capacity_ratio(&ratio, facts, e, run->gpt.table.total)) {
            json_object_set_new(o, "r", json_number(ratio.r));
            json_object_set_new(o, "r_max", json_number(ratio.r_max));
        }
        if (stored_as != QUANTIZE_NONE) {
            json_object_set_new(o, "quantize", json_string(config_choice("train.quantize", (int)stored_as)));
            json_object_set_new(o, "weight_bits", json_integer(weight_bits));
            json_object_set_new(o, "bits_per_weight_bit",
                                json_number(e->memorized_bits / (double)weight_bits));
        }
        if (e->heldout) heldout_json(o, e, facts, params);
        json_object_set_new(o, "data_hash", json_string(facts->data_hash));
        if (!e->entropy_known) {
            json_object_set_new(o, "answer_bits", json_number(facts->answer_bits));
            json_object_set_new(o, "zlib_bytes", json_integer(facts->zlib_bytes));
        }
        return json_out(o, err);
    }
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
    return OK;
}

static Status evaluate(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err) {
    Evaluator evaluator;
    Evaluation result;
    TRY(evaluator_create(&evaluator, &run->gpt, facts, threads, err));
    evaluator_run(&evaluator, &result);
    Status status = OK;
    if (args_has(args, "per-fact"))
        status = per_fact_write(args_value(args, "per-fact"), &evaluator, NULL, err);
    if (status == OK) status = result_out(run, facts, &result, args_has(args, "json"), err);
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
    OPTION("per-fact", "FILE.tsv", "a row for every fact, held-out ones last; replaces only such a table"),
    FORCE_OPTION("let --per-fact replace any file"),
    OPTION("quantize", "fp16|bf16|int8|int6|int4|int3|int2|ternary",
           "with weights of so few bits, beside the weights as they are"),
    FLAG("parts", "what is lost when embedding, attention, MLP, norms, head are spoiled, one at a time"),
    OPTION("seeds", "N", "--parts: draws of the noise (default: 5)"),
    FLAG("acr", "the shortest prompt that makes the model say each fact (adversarial compression ratio)"),
    OPTION("steps", "N",
           "--acr: decoder steps of trying all prompts, and of searching longer ones (default: 5000000)"),
    OPTION("method", "rtn|gptq",
           "--quantize: to the nearest, or correcting errors on the run's facts (default: rtn)"),
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command eval_command = {
    .name = "eval",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .summary = "recall, memorized bits, code lengths of a run",
    .options = eval_options,
    .run = cmd_eval,
};
