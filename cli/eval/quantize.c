/* rote eval --quantize: the model with quantized weights, and the model itself. Also checks all options of rote
 * eval. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/number.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/eval/eval.h"
#include "eval/parts.h"
#include "eval/quantized.h"

/* The index of the option's value in a list of names, of which those before `first` are not allowed; fallback where
 * the option is not given. */
static Status choice(const Args *args, const char *option, const char *const *names, int first, int fallback,
                     int *out, Err *err) {
    const char *word = args_value(args, option);
    *out = fallback;
    if (!word) return OK;
    char all[128] = "";
    for (int i = first; names[i]; i++) {
        if (!strcmp(names[i], word)) {
            *out = i;
            return OK;
        }
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > first ? ", " : "", names[i]);
    }
    const char *near = nearest_name(word, names + first);
    return err_set(err, ERR_INPUT, "eval: --%s '%s' is not one of %s%s%s", option, word, all,
                   near ? "; nearest: " : "", near ? near : "");
}

static Status read_choices(const Args *args, int *kind, int *method, Err *err) {
    TRY(choice(args, "quantize", quantize_name, QUANTIZE_NONE + 1, QUANTIZE_NONE, kind, err));
    TRY(choice(args, "method", quantize_method_name, 0, METHOD_RTN, method, err));
    if (*kind == QUANTIZE_NONE && args_has(args, "method"))
        return err_set(err, ERR_INPUT, "eval: --method needs --quantize");
    return OK;
}

Status eval_check(const Args *args, Err *err) {
    static const char *const questions[] = {"per-fact", "quantize", "parts", "acr"};
    int kind, method;
    int64_t seeds, steps;
    TRY(read_choices(args, &kind, &method, err));
    TRY(args_int(args, "seeds", 2, PARTS_SEEDS_MAX, &seeds, err));
    if (args_has(args, "seeds") && !args_has(args, "parts"))
        return err_set(err, ERR_INPUT, "eval: --seeds needs --parts");
    TRY(args_int(args, "steps", 0, INT64_MAX, &steps, err));
    if (args_has(args, "steps") && !args_has(args, "acr"))
        return err_set(err, ERR_INPUT, "eval: --steps needs --acr");
    const char *first = NULL;
    /* --per-fact and --acr may be given together: the table then has columns for the prompts */
    for (int i = args_has(args, "acr") ? 1 : 0; i < 4; i++) {
        if (!args_has(args, questions[i])) continue;
        if (first)
            return err_set(err, ERR_INPUT, "eval: --%s and --%s exclude each other", first, questions[i]);
        first = questions[i];
    }
    return OK;
}

static void add_figures(json_t *o, const Evaluation *e, double params, int64_t weight_bits, double per_bit) {
    json_object_set_new(o, "weight_bits", json_integer(weight_bits));
    json_object_set_new(o, "code_bits", json_number(e->code_bits));
    json_object_set_new(o, "loss_nats", json_number(e->loss_nats));
    json_object_set_new(o, "recall", json_number(e->recall));
    json_object_set_new(o, "memorized_bits", json_number(e->memorized_bits));
    json_object_set_new(o, "bits_per_param", json_number(e->memorized_bits / params));
    json_object_set_new(o, "bits_per_weight_bit", json_number(per_bit));
}

static Status json_figures(const Quantized *q, const Run *run, const FactSet *facts, Err *err) {
    double params = (double)run->gpt.table.total;
    json_t *o = json_pack("{ss ss sI sI}", "quantize", quantize_name[q->kind], "method",
                          quantize_method_name[q->method], "params", (json_int_t)run->gpt.table.total, "step",
                          (json_int_t)run->step);
    json_t *before = json_object();
    if (!o || !before) {
        json_decref(o);
        json_decref(before);
        return json_out(NULL, err);
    }
    json_object_set_new(o, "data_bits", json_number(facts->entropy_known ? facts->data_bits : NAN));
    add_figures(o, &q->quantized, params, q->weight_bits, q->bits_per_weight_bit);
    json_object_set_new(o, "lost_bits", json_number(q->quantized.code_bits - q->before.code_bits));
    add_figures(before, &q->before, params, q->before_weight_bits, q->before_bits_per_weight_bit);
    json_object_set_new(o, "before", before);
    json_object_set_new(o, "data_hash", json_string(facts->data_hash));
    return json_out(o, err);
}

Status eval_quantize(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err) {
    int kind, method;
    Quantized q;
    TRY(read_choices(args, &kind, &method, err));
    TRY(quantized_evaluate(&q, &run->gpt, run->config.train.quantize, (Quantize)kind, (QuantizeMethod)method,
                           &run->facts, facts, threads, err));
    if (args_has(args, "json")) return json_figures(&q, run, facts, err);
    double params = (double)run->gpt.table.total;
    printf("%-12s %16s %16s\n", "", "as trained", quantize_name[kind]);
    printf("%-12s %16s %16s\n", "weight bits", show_int(q.before_weight_bits), show_int(q.weight_bits));
    printf("%-12s %16.6f %16.6f  bits/token\n", "loss", bits_of_nats(q.before.loss_nats),
           bits_of_nats(q.quantized.loss_nats));
    printf("%-12s %16.3f %16.3f  bits\n", "code", q.before.code_bits, q.quantized.code_bits);
    if (q.before.entropy_known) {
        printf("%-12s %16.3f %16.3f  of %.3f bits\n", "memorized", q.before.memorized_bits,
               q.quantized.memorized_bits, facts->data_bits);
        printf("%-12s %16.4f %16.4f  memorized bits per parameter\n", "bits/param",
               q.before.memorized_bits / params, q.quantized.memorized_bits / params);
        printf("%-12s %16.4f %16.4f  memorized bits per bit of weight\n", "bits/bit",
               q.before_bits_per_weight_bit, q.bits_per_weight_bit);
    }
    printf("%-12s %16.4f %16.4f\n", "recall", q.before.recall, q.quantized.recall);
    return OK;
}
