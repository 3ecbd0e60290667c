/* rote eval --acr: the adversarial compression ratio (eval/shortest_prompt.h). */
#include <math.h>
#include <stdio.h>

#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/eval/eval.h"
#include "cli/eval/per_fact.h"
#include "eval/shortest_prompt.h"

enum { STEPS = 5000000 };

/* The ratios of all facts, summed up. */
typedef struct Summary {
    int memorized; /* facts whose prompt is shorter than the text that it elicits */
    int empty;     /* of them, facts elicited without a prompt: their ratio is infinite */
    int none;      /* no prompt was found */
    double mean;   /* of the finite ratios; NAN where there is none */
    int longest;
} Summary;

static Summary summary_of(const ShortestPrompts *s) {
    Summary sum = {.mean = 0};
    int finite = 0;
    for (int i = 0; i < s->n; i++) {
        double ratio = compression_ratio(s, i);
        sum.memorized += ratio > 1;
        sum.empty += s->length[i] == 0;
        sum.none += s->length[i] < 0;
        if (s->length[i] > sum.longest) sum.longest = s->length[i];
        if (s->length[i] <= 0) continue;
        sum.mean += ratio;
        finite++;
    }
    sum.mean = finite ? sum.mean / finite : (double)NAN;
    return sum;
}

static int with_length(const ShortestPrompts *s, int length) {
    int count = 0;
    for (int i = 0; i < s->n; i++) count += s->length[i] == length;
    return count;
}

static Status acr_json(const ShortestPrompts *s, const Summary *sum, uint64_t seed, Err *err) {
    json_t *o = json_object(), *lengths = json_array();
    json_object_set_new(o, "facts", json_integer(s->n));
    json_object_set_new(o, "memorized_share", json_number((double)sum->memorized / s->n));
    json_object_set_new(o, "mean_ratio", json_number(sum->mean));
    json_object_set_new(o, "without_prompt", json_integer(sum->empty));
    json_object_set_new(o, "none_found", json_integer(sum->none));
    for (int k = 0; k <= sum->longest; k++) json_array_append_new(lengths, json_integer(with_length(s, k)));
    json_object_set_new(o, "facts_by_prompt_tokens", lengths);
    json_object_set_new(o, "all_tried_to", json_integer(s->tried));
    json_object_set_new(o, "searched_to", json_integer(s->searched));
    json_object_set_new(o, "seed", json_seed(seed));
    json_object_set_new(o, "tried_steps", json_integer(s->steps[0]));
    json_object_set_new(o, "searched_steps", json_integer(s->steps[1]));
    return json_out(o, err);
}

/* Facts without a finite ratio are left out of the mean, so the line says how many there are. */
static void print_ratio(const ShortestPrompts *s, const Summary *sum) {
    printf("ratio       %.4f tokens generated per token of the prompt: mean over the %s found", sum->mean,
           show_int(s->n - sum->none - sum->empty));
    if (sum->none) printf("; %s not found", show_int(sum->none));
    if (sum->empty) printf("; %s generated without a prompt", show_int(sum->empty));
    printf("\n");
}

static void print_acr(const ShortestPrompts *s, const Summary *sum, uint64_t seed) {
    printf("prompts     all of up to %d tokens (%s decoder steps)", s->tried, show_int(s->steps[0]));
    if (s->searched)
        printf(", coordinate search to %d (%s steps, seed %llu)", s->searched, show_int(s->steps[1]),
               (unsigned long long)seed);
    printf("\nmemorized   %.4f of %s facts: the prompt is shorter than the text that it elicits\n",
           (double)sum->memorized / s->n, show_int(s->n));
    if (sum->mean == sum->mean) print_ratio(s, sum);
    printf("\nprompt tokens     facts\n");
    for (int k = 0; k <= sum->longest; k++)
        if (with_length(s, k))
            printf("%13d %9s%s\n", k, show_int(with_length(s, k)),
                   k ? "" : "  ratio infinite: generated from BOS");
    if (sum->none) printf("%13s %9s\n", "none found", show_int(sum->none));
}

Status eval_acr(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err) {
    int64_t steps = STEPS;
    Evaluator e;
    Evaluation unused;
    ShortestPrompts s = {.n = 0};
    TRY(args_int(args, "steps", 0, INT64_MAX, &steps, err));
    TRY(evaluator_create(&e, &run->gpt, facts, threads, err));
    evaluator_run(&e, &unused);
    PromptPlan plan = {e.prompt, e.recalled, steps, run->config.train.seed, threads};
    Status status = OK;
    TRY_GOTO(shortest_prompts(&s, &run->gpt, facts, &plan, err));
    if (args_has(args, "per-fact"))
        TRY_GOTO(per_fact_write(output_target(args_value(args, "per-fact")), &e, &s, NULL, err));
    Summary sum = summary_of(&s);
    if (args_has(args, "json")) status = acr_json(&s, &sum, plan.seed, err);
    else print_acr(&s, &sum, plan.seed);
done:
    shortest_prompts_free(&s);
    evaluator_free(&e);
    return status;
}
