/* rote eval --parts: the bits lost when one part of the model is perturbed. */
#include <stdio.h>

#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/eval/eval.h"
#include "eval/parts.h"

static const char *row_name(int part) { return part == PARTS_ALL ? "all" : part_name[part]; }

static json_t *loss_json(const PartLoss *loss, const Evaluation *whole, bool interval) {
    json_t *o = json_object();
    json_object_set_new(o, "lost_bits", json_number(loss->lost_bits.value));
    if (interval) {
        json_object_set_new(o, "low", json_number(loss->lost_bits.low));
        json_object_set_new(o, "high", json_number(loss->lost_bits.high));
    }
    json_object_set_new(o, "memorized_bits", json_number(whole->memorized_bits - loss->lost_bits.value));
    json_object_set_new(o, "recall", json_number(loss->recall));
    return o;
}

static Status json_parts(const Parts *parts, int seeds, Err *err) {
    const Evaluation *whole = &parts->whole;
    json_t *o = json_object(), *rows = json_object();
    json_object_set_new(o, "memorized_bits", json_number(whole->memorized_bits));
    json_object_set_new(o, "code_bits", json_number(whole->code_bits));
    json_object_set_new(o, "recall", json_number(whole->recall));
    json_object_set_new(o, "seeds", json_integer(seeds));
    for (int p = 0; p <= PARTS_ALL; p++) {
        const PartRow *row = &parts->row[p];
        if (row->params == 0) continue;
        json_t *r = json_object(), *noise = json_array();
        json_object_set_new(r, "params", json_integer(row->params));
        for (int i = 0; i < PARTS_SIZES; i++) {
            json_t *n = loss_json(&row->noise[i], whole, true);
            json_object_set_new(n, "size", json_real(parts_size[i]));
            json_array_append_new(noise, n);
        }
        json_object_set_new(r, "noise", noise);
        for (int i = 0; i < PARTS_FORMATS; i++)
            json_object_set_new(r, quantize_name[parts_format[i]], loss_json(&row->format[i], whole, false));
        json_object_set_new(r, "reset", loss_json(&row->reset, whole, false));
        json_object_set_new(rows, row_name(p), r);
    }
    json_object_set_new(o, "parts", rows);
    return json_out(o, err);
}

static void print_parts(const Parts *parts, int seeds) {
    const Evaluation *whole = &parts->whole;
    if (whole->entropy_known)
        printf("memorized   %.1f bits, recall %.4f", whole->memorized_bits, whole->recall);
    else printf("code        %.1f bits, recall %.4f", whole->code_bits, whole->recall);
    printf("; bits lost when one part is perturbed:\n\n%-10s %9s", "", "params");
    for (int i = 0; i < PARTS_FORMATS; i++) printf(" %9s", quantize_name[parts_format[i]]);
    printf(" %9s\n", "reset");
    for (int p = 0; p <= PARTS_ALL; p++) {
        const PartRow *row = &parts->row[p];
        if (row->params == 0) continue;
        printf("%-10s %9s", row_name(p), show_int(row->params));
        for (int i = 0; i < PARTS_FORMATS; i++) printf(" %9.1f", row->format[i].lost_bits.value);
        printf(" %9.1f\n", row->reset.lost_bits.value);
    }
    printf("\nGaussian noise, relative to a tensor's root mean square: mean of %d seeds and its 95 %% "
           "interval\n\n%-10s",
           seeds, "");
    for (int i = 0; i < PARTS_SIZES; i++) printf(" %19.2f", parts_size[i]);
    putchar('\n');
    for (int p = 0; p <= PARTS_ALL; p++) {
        const PartRow *row = &parts->row[p];
        if (row->params == 0) continue;
        printf("%-10s", row_name(p));
        for (int i = 0; i < PARTS_SIZES; i++) {
            const Interval *lost = &row->noise[i].lost_bits;
            printf(" %10.1f +- %5.0f", lost->value, (lost->high - lost->low) / 2);
        }
        putchar('\n');
    }
}

Status eval_parts(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err) {
    int64_t seeds = 5;
    Parts parts;
    TRY(args_int(args, "seeds", 2, PARTS_SEEDS_MAX, &seeds, err));
    PartsPlan plan = {run->config.train.seed, run->config.train.quantize, (int)seeds, threads};
    TRY(parts_evaluate(&parts, &run->gpt, facts, &plan, err));
    if (args_has(args, "json")) return json_parts(&parts, (int)seeds, err);
    print_parts(&parts, (int)seeds);
    return OK;
}
