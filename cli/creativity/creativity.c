/* rote creativity: whether what a model samples is valid, new, and various, under one chain or a grid of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/threads.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/creativity/grid.h"
#include "cli/creativity/texts_file.h"
#include "cli/sample/draw.h"
#include "eval/creativity/creativity.h"
#include "eval/creativity/draw.h"

typedef struct Job {
    const Args *args;
    Run run;
    Task task;
    bool has_task;
    Texts trained;
    SampleOptions options; /* of --chain */
    Grid grid;
    int n, max_len, threads;
    json_t *points; /* or NULL: text */
} Job;

/* ---- output ---- */

static json_t *interval_json(const Interval *x) {
    return json_pack("[o, o, o]", json_number(x->value), json_number(x->low), json_number(x->high));
}

static void put(json_t *object, const char *key, double value) {
    json_object_set_new(object, key, json_number(value));
}

static void put_count(json_t *object, const char *key, int count) {
    json_object_set_new(object, key, json_integer(count));
}

static json_t *figures_json(const Creativity *c) {
    json_t *out = json_object(), *distinct = json_array();
    for (int n = 0; n < DISTINCT_N; n++) json_array_append_new(distinct, json_number(c->distinct[n]));
    put_count(out, "n", c->n);
    put(out, "valid", c->valid);
    put(out, "trained", c->trained);
    json_object_set_new(out, "coherence", interval_json(&c->coherence));
    json_object_set_new(out, "memorized", interval_json(&c->memorized));
    json_object_set_new(out, "novel", interval_json(&c->novel));
    json_object_set_new(out, "creativity", interval_json(&c->creativity));
    put(out, "ideal", c->ideal);
    put(out, "ratio", c->creativity.value / c->ideal);
    json_object_set_new(out, "distinct", distinct);
    put(out, "longest_mean", c->longest_mean);
    put_count(out, "longest", c->longest);
    put(out, "vendi", c->vendi);
    put_count(out, "types", c->entropy.types);
    put_count(out, "singletons", c->entropy.singletons);
    put(out, "entropy_plugin_nats", c->entropy.plugin);
    put(out, "entropy_miller_madow_nats", c->entropy.miller_madow);
    put(out, "entropy_chao_shen_nats", c->entropy.chao_shen);
    return out;
}

static void print_head(const Job *job, const Creativity *c) {
    if (job && job->has_task)
        printf("%s: %s valid, %s of them trained; %s samples each; the ideal sampler reaches cr* = %.3f\n",
               job->run.facts.kind, show_int((int64_t)c->valid), show_int((int64_t)c->trained),
               show_int(c->n), c->ideal);
    else printf("%s texts, measured as sequences: nobody knows which are valid\n", show_int(c->n));
    printf("%-28s %9s %9s %6s %6s %15s %6s %7s %6s %6s %7s\n", "chain", "coherence", "memorized", "novel",
           "cr", "(95 %)", "cr/cr*", "entropy", "dist-2", "Vendi", "longest");
}

static const char *share(char out[16], double x) {
    if (isnan(x)) return "-";
    snprintf(out, 16, "%.3f", x);
    return out;
}

/* Entropy of what is sampled in bits, with Chao and Shen's correction; where all samples differ, none can be given. */
static void print_point(const char *words, const Creativity *c) {
    char a[16], b[16], d[16], e[16], f[16], low[16], high[16];
    printf("%-28s %9s %9s %6s %6.3f %5s to %-5s %6s", *words ? words : "(none)", share(a, c->coherence.value),
           share(b, c->memorized.value), share(d, c->novel.value), c->creativity.value,
           share(low, c->creativity.low < 0 ? 0 : c->creativity.low), share(high, c->creativity.high),
           share(e, c->creativity.value / c->ideal));
    if (isnan(c->entropy.chao_shen)) printf(" %7s", "-");
    else printf(" %7.2f", c->entropy.chao_shen / 0.69314718055994531);
    printf(" %6s %6.1f %5.1f/%d\n", share(f, c->distinct[1]), c->vendi, c->longest_mean, c->longest);
    fflush(stdout);
}

/* ---- one point ---- */

static Status chain_of(const Job *job, int point, Chain *out, char words[CHAIN_TEXT_MAX], Err *err) {
    char base[CHAIN_TEXT_MAX], added[CHAIN_TEXT_MAX];
    grid_words(&job->grid, point, added);
    chain_text(&job->options.chain, base);
    int used = snprintf(words, CHAIN_TEXT_MAX, "%s%s%s", base, *base && *added ? ";" : "", added);
    if (used >= CHAIN_TEXT_MAX)
        return err_set(err, ERR_INPUT, "creativity: --chain with --grid has more than %d bytes",
                       CHAIN_TEXT_MAX - 1);
    Status status = chain_parse(out, words, err);
    if (status == ERR_INPUT) err_prefix(err, "creativity: ");
    return status;
}

static Status take_point(Job *job, const Creativity *c, const char *words, bool first) {
    if (!job->points) {
        if (first) print_head(job, c);
        print_point(words, c);
        return OK;
    }
    json_t *one = figures_json(c);
    json_object_set_new(one, "chain", json_string(words));
    json_array_append_new(job->points, one);
    return OK;
}

static Status run_point(Job *job, int point, Err *err) {
    SampleOptions options = job->options;
    char words[CHAIN_TEXT_MAX];
    Texts samples = {0};
    Creativity c;
    TRY(chain_of(job, point, &options.chain, words, err));
    Status status = creativity_draw(&samples, &job->run.gpt, &job->run.facts, &options, job->n, job->max_len,
                                    job->threads, err);
    if (status == OK)
        status = creativity_measure(&c, &samples, &job->trained, job->has_task ? &job->task : NULL, err);
    if (status == OK) status = take_point(job, &c, words, point == 0);
    free((void *)(uintptr_t)samples.start);
    free((void *)(uintptr_t)samples.token);
    return status;
}

/* ---- the command ---- */

static Status check_chains(const Job *job, Err *err) {
    Chain chain;
    char words[CHAIN_TEXT_MAX];
    for (int point = 0; point < job->grid.n_points; point++) TRY(chain_of(job, point, &chain, words, err));
    return OK;
}

static Status open_task(Job *job, Err *err) {
    const FactSet *facts = &job->run.facts;
    job->has_task = facts->config.n && task_is(facts->config.kind);
    TRY(creativity_trained(&job->trained, facts, err));
    job->max_len = job->run.gpt.config.block_size;
    if (!job->has_task) return OK;
    TRY(task_open(&job->task, &facts->config, facts->seed, err));
    job->max_len = job->task.len;
    return OK;
}

static Status measure_run(Job *job, Err *err) {
    int64_t count;
    Status status = OK;
    TRY(open_run(&job->run, job->args->words[0], args_value(job->args, "facts"), err));
    TRY_GOTO(sample_options(job->args, &job->run.config.sample, &job->options, &count, err));
    job->n = args_has(job->args, "n") ? (int)count : 1000;
    job->options.eos = job->run.facts.vocab.eos;
    TRY_GOTO(check_chains(job, err));
    TRY_GOTO(open_task(job, err));
    for (int point = 0; point < job->grid.n_points; point++) TRY_GOTO(run_point(job, point, err));
done:
    run_close(&job->run);
    return status;
}

static Status measure_files(Job *job, Err *err) {
    Texts samples = {0};
    Creativity c;
    Status status = texts_read(args_value(job->args, "against"), &job->trained, err);
    if (status == OK) status = texts_read(args_value(job->args, "texts"), &samples, err);
    if (status == OK) status = creativity_measure(&c, &samples, &job->trained, NULL, err);
    if (status == OK) status = take_point(job, &c, args_value(job->args, "texts"), true);
    free((void *)(uintptr_t)samples.start);
    free((void *)(uintptr_t)samples.token);
    return status;
}

static Status check_words(const Args *args, Err *err) {
    bool texts = args_has(args, "texts"), against = args_has(args, "against");
    if (texts != against)
        return err_set(err, ERR_INPUT,
                       "creativity: --texts and --against need each other: what is measured, and what "
                       "it is compared with");
    if (texts && args->n_words)
        return err_set(err, ERR_INPUT, "creativity: a RUN and --texts exclude each other");
    if (!texts && !args->n_words)
        return err_set(err, ERR_INPUT, "creativity: needs a RUN, or --texts FILE with --against FILE");
    return OK;
}

static Status cmd_creativity(const Args *args, Err *err) {
    Job job = {.args = args};
    Status status = OK;
    int64_t count;
    TRY(check_words(args, err));
    TRY(sample_options(args, NULL, &job.options, &count, err));
    TRY(args_threads(args, &job.threads, err));
    if (job.threads == 0) job.threads = threads_default();
    TRY_GOTO(grid_parse(&job.grid, args_value(args, "grid"), err));
    if (args_has(args, "json") && !(job.points = json_array()))
        TRY_GOTO(err_set(err, ERR_NOMEM, "out of memory for the figures"));
    TRY_GOTO(args->n_words ? measure_run(&job, err) : measure_files(&job, err));
    if (job.points) status = json_out(json_pack("{s:O}", "points", job.points), err);
done:
    if (status == ERR_INPUT && strncmp(err->msg, "--grid", 6) == 0) err_prefix(err, "creativity: ");
    grid_free(&job.grid);
    task_close(&job.task);
    free((void *)(uintptr_t)job.trained.start);
    free((void *)(uintptr_t)job.trained.token);
    json_decref(job.points);
    return status;
}

static const Option creativity_options[] = {
    OPTION("n", "N", "samples for each chain (default: 1000)"),
    OPTION_EMPTY("chain", "STAGES", "sampling stages (see `rote help chain`)"),
    OPTION_LIST(
        "grid", "STAGE=VALUES",
        "adds a stage with each of these values: top_k=1..64 (doubled), temperature=0,0.5,1; repeated: every "
        "combination",
        '\n'),
    OPTION("temperature", "T", "sampling temperature; 0: greedy (default: 1)"),
    FLAG("greedy", "the same as --temperature 0"),
    OPTION("top-k", "K", "only the K most probable tokens; 0: off (default: 0)"),
    OPTION("top-p", "P", "only the most probable tokens with a sum of P (default: 1)"),
    OPTION("max-tokens", "N", "maximum number of tokens of a sample of a run without a task"),
    OPTION("seed", "SEED", "seed of the draws (default: 1)"),
    OPTION("texts", "FILE", "without a run: measures these texts, one a line"),
    OPTION("against", "FILE", "the texts that --texts is compared with"),
    PLACE_OPTION,
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command creativity_command = {
    .name = "creativity",
    .words = "[RUN]",
    .min_words = 0,
    .max_words = 1,
    .summary = "measures whether samples are valid, new and various",
    .options = creativity_options,
    .run = cmd_creativity,
};
