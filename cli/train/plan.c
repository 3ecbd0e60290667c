/* What a run needs, before it starts: `rote train --dry-run`, and the first lines of `rote train`. */
#include "cli/train/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text_stream.h"
#include "cli/common/estimate.h"
#include "cli/common/json.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "model/kernels/ops.h"
#include "train/trainer.h"

void show_params_by_part(FILE *out, const RunPlan *plan) {
    for (int i = 0; i < PART_COUNT && part_listed(i, plan->params_by[i]); i++)
        fprintf(out, "%s%s %s", i ? ", " : "", part_name[i], show_int(plan->params_by[i]));
}

static void put_plan(FILE *out, const RunPlan *plan, const FactSet *facts, const Config *config) {
    fprintf(out, "facts       %s of up to %d tokens, vocabulary %d: ", show_int(facts->n), facts->max_len,
            facts->vocab.size);
    if (facts->entropy_known)
        fprintf(out,
                facts->ceiling_bits > 0 ? "%.1f bits, of which a model can memorize %.1f\n"
                                        : "%.1f bits, fewer than naming the facts costs (%.1f)\n",
                facts->data_bits,
                facts->ceiling_bits > 0 ? facts->ceiling_bits : facts->data_bits - facts->ceiling_bits);
    else
        fprintf(out, "entropy unknown; answers %.1f bits, zlib %s bytes\n", facts->answer_bits,
                show_int(facts->zlib_bytes));
    fprintf(out, "parameters  %s: ", show_int(plan->params));
    show_params_by_part(out, plan);
    if (plan->keep < facts->n)
        fprintf(out, "\nkeeps       %s of the facts, after step %lld (train.select %s)", show_int(plan->keep),
                (long long)selection_step(&config->train, config->train.select_rounds),
                config_choice("train.select", (int)config->train.select));
    fprintf(out, "\nneeds       memory %s, disk %s, %s FLOP a step, %lld step%s\n",
            show_bytes(plan->memory_bytes), show_bytes(plan->disk_bytes), show_short(plan->flops_per_step),
            (long long)config->train.max_steps, plural(config->train.max_steps));
}

void show_plan(const RunPlan *plan, const FactSet *facts, const Config *config) {
    TextStream *text;
    char *whole = NULL;
    if (text_begin(&text, NULL) == OK) {
        put_plan(text_file(text), plan, facts, config);
        (void)text_end(text, &whole, NULL, NULL); /* whole stays NULL */
    }
    if (whole) show_folded(whole, 12);
    else put_plan(stderr, plan, facts, config); /* no memory to fold it */
    free(whole);
}

Status plan_out(const RunPlan *plan, const FactSet *facts, const Config *config, bool json, Err *err) {
    const Ops *ops;
    TRY(ops_select(&ops, err));
    double seconds = run_seconds(plan, config, peak_best_of_five(ops, trainer_threads(&config->train)));
    if (!json) {
        show_plan(plan, facts, config);
        fprintf(stderr, "time        %s (" ESTIMATE ")\n", show_duration(seconds));
        return OK;
    }
    json_t *parts = json_object();
    for (int i = 0; i < PART_COUNT && part_listed(i, plan->params_by[i]); i++)
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
