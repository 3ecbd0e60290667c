/* rote creativity: whether what a model samples is valid, new, and various, under one chain or a grid of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/creativity/curves.h"
#include "cli/creativity/grid.h"
#include "cli/creativity/source.h"
#include "cli/creativity/texts_file.h"
#include "cli/creativity/through.h"

typedef struct Job {
    const Args *args;
    Source source;
    Grid grid;
    json_t *points; /* or NULL: text */
} Job;

/* ---- output ---- */

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
    json_object_set_new(out, "coherence", json_triple(c->coherence));
    json_object_set_new(out, "memorized", json_triple(c->memorized));
    json_object_set_new(out, "novel", json_triple(c->novel));
    json_object_set_new(out, "creativity", json_triple(c->creativity));
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
    if (job->source.has_task)
        printf("%s: %s valid, %s of them trained; %s samples each; the ideal sampler reaches cr* = %.3f\n",
               job->source.run.facts.kind, show_int((int64_t)c->valid), show_int((int64_t)c->trained),
               show_int(c->n), c->ideal);
    else printf("%s texts, measured as sequences: which of them are valid is unknown\n", show_int(c->n));
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
    else printf(" %7.2f", bits_of_nats(c->entropy.chao_shen));
    if (isnan(c->vendi)) printf(" %6s %6s %7s\n", "-", "-", "-"); /* --classes */
    else printf(" %6s %6.1f %5.1f/%d\n", share(f, c->distinct[1]), c->vendi, c->longest_mean, c->longest);
    fflush(stdout);
}

/* ---- one point ---- */

static Status chain_of(const Job *job, int point, Chain *out, char words[CHAIN_TEXT_MAX], Err *err) {
    char added[CHAIN_TEXT_MAX];
    grid_words(&job->grid, point, added);
    return source_chain(&job->source, added, out, words, err);
}

static Status take_point(Job *job, const Creativity *c, const char *words, bool first) {
    if (!job->points) {
        if (first) print_head(job, c);
        print_point(show_name(words), c);
        return OK;
    }
    json_t *one = figures_json(c);
    json_object_set_new(one, "chain", json_name(words));
    json_array_append_new(job->points, one);
    return OK;
}

static Status run_point(Job *job, int point, Err *err) {
    const Source *source = &job->source;
    char words[CHAIN_TEXT_MAX];
    Chain chain;
    Texts samples = {0};
    const Task *task = source->has_task ? &source->task : NULL;
    Creativity c;
    TRY(chain_of(job, point, &chain, words, err));
    Status status = source_draw(source, &chain, source->options.seed, &samples, err);
    if (status == OK)
        status = args_has(job->args, "classes")
                     ? creativity_count(&c, &samples, &source->trained, task, err)
                     : creativity_measure(&c, &samples, &source->trained, task, err);
    if (status == OK) status = take_point(job, &c, words, point == 0);
    texts_free(&samples);
    return status;
}

/* ---- the command ---- */

static Status measure_run(Job *job, Err *err) {
    Chain chain;
    char words[CHAIN_TEXT_MAX];
    TRY(source_open(&job->source, job->args, job->args->words[0], err));
    if (args_has(job->args, "classes") && !job->source.has_task)
        return err_set(err, ERR_INPUT, "creativity: --classes needs a run of a creative task; leave it out");
    for (int point = 0; point < job->grid.n_points; point++) TRY(chain_of(job, point, &chain, words, err));
    for (int point = 0; point < job->grid.n_points; point++) TRY(run_point(job, point, err));
    return OK;
}

static Status measure_files(Job *job, Err *err) {
    Texts samples = {0}, *trained = &job->source.trained;
    Creativity c;
    Status status = texts_read(args_value(job->args, "against"), trained, err);
    if (status == OK) status = texts_read(args_value(job->args, "texts"), &samples, err);
    if (status == OK) status = creativity_measure(&c, &samples, trained, NULL, err);
    if (status == OK) status = take_point(job, &c, args_value(job->args, "texts"), true);
    texts_free(&samples);
    return status;
}

static Status measure_grid(Job *job, Err *err) {
    Status status = grid_parse(&job->grid, "--grid", args_value(job->args, "grid"), "\n", err);
    if (status == ERR_INPUT) err_prefix(err, "creativity: ");
    TRY(status);
    if (args_has(job->args, "json") && !(job->points = json_array()))
        return err_set(err, ERR_NOMEM, "out of memory for the figures");
    TRY(job->args->n_words ? measure_run(job, err) : measure_files(job, err));
    return job->points ? json_out(json_pack("{s:O}", "points", job->points), err) : OK;
}

static Status measure_curves(Job *job, Err *err) {
    SamplerCurves curves;
    const char *plot = args_value(job->args, "plot");
    Status status = sampler_curves_parse(&curves, job->args, err);
    if (status == OK) status = sampler_curves_measure(&curves, &job->source, job->args, err);
    if (status == OK)
        status = args_has(job->args, "json") ? sampler_curves_json(&curves, err)
                                             : sampler_curves_print(&curves, err);
    if (status == OK && plot) status = sampler_curves_plot(&curves, plot, err);
    sampler_curves_free(&curves);
    return status;
}

static Status measure_through(Job *job, Err *err) {
    Moments moments;
    const char *by = args_value(job->args, "by"), *plot = args_value(job->args, "plot");
    bool checkpoints = !strcmp(by, "checkpoint");
    if (!checkpoints && strcmp(by, "run") != 0)
        return err_set(err, ERR_INPUT, "creativity: --by '%s' is not run or checkpoint", by);
    Status status = moments_measure(&moments, &job->source, job->args, checkpoints, err);
    if (status == OK)
        status = args_has(job->args, "json") ? moments_json(&moments, err) : moments_print(&moments, err);
    if (status == OK && plot) status = moments_plot(&moments, plot, err);
    free(moments.moment);
    return status;
}

static Status check_words(const Args *args, Err *err) {
    bool texts = args_has(args, "texts"), against = args_has(args, "against"), grid = args_has(args, "grid"),
         curve = args_has(args, "curve"), by = args_has(args, "by");
    if (texts != against)
        return err_set(err, ERR_INPUT,
                       "creativity: --texts and --against need each other: what is measured, and what "
                       "it is compared with");
    if (texts && args->n_words)
        return err_set(err, ERR_INPUT, "creativity: a RUN and --texts exclude each other");
    if (!texts && !args->n_words)
        return err_set(err, ERR_INPUT, "creativity: needs a RUN, or --texts FILE with --against FILE");
    if (grid + curve + by > 1)
        return err_set(err, ERR_INPUT, "creativity: --grid, --curve and --by exclude each other");
    if (texts && (curve || by || args_has(args, "edit") || args_has(args, "classes")))
        return err_set(err, ERR_INPUT,
                       "creativity: --curve, --by, --edit and --classes need runs, not --texts");
    if (args->n_words > 1 && !curve && !by)
        return err_set(err, ERR_INPUT,
                       "creativity: several runs are measured with --curve STAGES or --by run; give one RUN");
    if (args_has(args, "plot") && !curve && !by)
        return err_set(err, ERR_INPUT,
                       "creativity: --plot draws what --curve or --by measures; give one of them");
    return OK;
}

static Status cmd_creativity(const Args *args, Err *err) {
    Job job = {.args = args};
    const char *plot = args_value(args, "plot");
    TRY(check_words(args, err));
    TRY(source_options(&job.source, args, err));
    if (plot) TRY(output_check(plot, "<svg", "an SVG picture", args_has(args, "force"), err));
    Status status = args_has(args, "curve") ? measure_curves(&job, err)
                    : args_has(args, "by")  ? measure_through(&job, err)
                                            : measure_grid(&job, err);
    source_close(&job.source);
    grid_free(&job.grid);
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
    OPTION_LIST(
        "curve", "STAGES",
        "stages, some with several values: top_k=1..64, or 'top_n_sigma=1,2,3;temperature=8'; repeated: "
        "curves, compared at equal coherence and at equal entropy",
        '\n'),
    OPTION("by", "run|checkpoint", "cr and memorized bits of each run, or of each stored checkpoint"),
    FLAG("classes",
         "only what follows from the classes of samples: no n-grams and no Vendi score, which take longest"),
    OPTION("plot", "FILE.svg", "draws what --curve or --by measures"),
    OPTION("edit", "EDIT", "changes the weights first: noise=SIZE, silence=SHARE, quantize=FORMAT"),
    OPTION("temperature", "T", "sampling temperature; 0: greedy (default: 1)"),
    FLAG("greedy", "the same as --temperature 0"),
    OPTION("top-k", "K", "only the K most probable tokens; 0: off (default: 0)"),
    OPTION("top-p", "P", "only the most probable tokens with a sum of P (default: 1)"),
    OPTION("max-tokens", "N", "maximum number of tokens of a sample of a run without a task"),
    OPTION("seed", "SEED", "seed of the draws (default: 1)"),
    READ_OPTION("texts", "FILE", "file", "without a run: measures these texts, one a line"),
    READ_OPTION("against", "FILE", "file", "the texts that --texts is compared with"),
    PLACE_OPTION,
    FORCE_ANY_OPTION,
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command creativity_command = {
    .name = "creativity",
    .words = "[RUN...]",
    .min_words = 0,
    .max_words = ARGS_WORDS_MAX,
    .reads = "run",
    .n_reads = ARGS_WORDS_MAX,
    .summary = "measures whether samples are valid, new and various",
    .options = creativity_options,
    .run = cmd_creativity,
};
