/* rote sample: text that a run generates. */
#include <errno.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lines.h"
#include "base/text.h"
#include "base/threads.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/sample/draw.h"
#include "cli/sample/explain.h"
#include "cli/sample/reply.h"
#include "train/train.h"

enum { PROMPTS_BYTES_MAX = 1 << 30, CHUNK = 64 };

typedef struct Prompt {
    int n;
    int32_t *tokens;
} Prompt;

/* One command: what is asked, of which run. */
typedef struct Job {
    const Args *args;
    const Run *run;
    ReplyOptions options;
    int64_t count; /* samples of each prompt */
    int threads, n_prompts;
    Prompt *prompt;
    Explanation *explanation; /* or NULL */
    json_t *samples;          /* or NULL: text is printed */
} Job;

static const Vocab *vocab_of(const Job *job) { return &job->run->facts.vocab; }

/* ---- prompts ---- */

static Status add_prompt(Job *job, const char *where, const char *text, Err *err) {
    int room = job->run->gpt.config.block_size - 1;
    Prompt *grown = realloc(job->prompt, (size_t)(job->n_prompts + 1) * sizeof *grown);
    if (!grown) return err_set(err, ERR_NOMEM, "out of memory for %d prompts", job->n_prompts + 1);
    job->prompt = grown;
    Prompt *p = &grown[job->n_prompts++];
    *p = (Prompt){.tokens = calloc((size_t)room + 1, sizeof *p->tokens)};
    if (!p->tokens) return err_set(err, ERR_NOMEM, "out of memory for %d tokens", room);
    TRY(sample_tokens(where, text, vocab_of(job), room, p->tokens, &p->n, err));
    int32_t *fitted = realloc(p->tokens, ((size_t)p->n + 1) * sizeof *fitted);
    if (fitted) p->tokens = fitted;
    return OK;
}

/* One prompt a line. */
static Status read_prompts(Job *job, const char *path, Err *err) {
    Buffer text;
    TRY(lines_read(path, PROMPTS_BYTES_MAX, &text, err));
    Status status = OK;
    for (Lines lines = lines_of(text.data); status == OK && lines_next(&lines);) {
        char where[300];
        snprintf(where, sizeof where, "sample: %.200s:%d: the prompt", path, lines.number);
        text.data[lines.line - text.data + (ptrdiff_t)lines.size] =
            '\0'; /* in place of its end: the next begins behind */
        status = add_prompt(job, where, lines.line, err);
    }
    buffer_free(&text);
    if (status == OK && job->n_prompts == 0) status = err_set(err, ERR_INPUT, "%s: contains no prompt", path);
    return status;
}

static Status take_prompts(Job *job, Err *err) {
    const char *text = args_value(job->args, "prompt"), *path = args_value(job->args, "prompts");
    if (text && path) return err_set(err, ERR_INPUT, "sample: --prompt and --prompts exclude each other");
    return path ? read_prompts(job, path, err) : add_prompt(job, "sample: --prompt", text ? text : "", err);
}

/* ---- output ---- */

static Status print_prompt(const Job *job, const Prompt *prompt, Err *err) {
    char *text = show_tokens(vocab_of(job), prompt->tokens, prompt->n);
    if (!text) return err_set(err, ERR_NOMEM, "out of memory for the text of %d tokens", prompt->n);
    fputs(text, stdout);
    free(text);
    return OK;
}

static void print_logprobs(const Job *job, const SampleReply *reply) {
    if (!job->options.logprobs) return;
    fputs("\nlogprobs ", stdout);
    for (int i = 0; i < reply->n; i++) printf(" %.6f", reply->logprob[i]);
}

static Status put_reply(Job *job, const Prompt *prompt, const SampleReply *reply, Err *err) {
    if (!job->samples) {
        TRY(print_prompt(job, prompt, err));
        if (reply->text[0]) printf("%s%s", prompt->n && !vocab_of(job)->bytes ? " " : "", reply->text);
        print_logprobs(job, reply);
        putchar('\n');
        return OK;
    }
    json_t *one = reply_json(reply);
    if (job->n_prompts > 1) {
        char *text = show_tokens(vocab_of(job), prompt->tokens, prompt->n);
        json_object_set_new(one, "prompt", json_string_take(text));
    }
    return json_array_append_new(job->samples, one) ? err_set(err, ERR_NOMEM, "out of memory for the samples")
                                                    : OK;
}

/* ---- generation ---- */

/* One sample after the other, each written as it grows. */
static Status generate_streaming(Job *job, Sampler *sampler, const Prompt *prompt, int64_t count, Err *err) {
    const SampleObserver *observer = job->explanation ? explanation_observer(job->explanation) : NULL;
    for (int64_t i = 0; i < count; i++) {
        SampleReply reply;
        bool streams = !job->samples && !observer;
        if (streams) TRY(print_prompt(job, prompt, err));
        Status status = reply_generate(&reply, sampler, vocab_of(job), &job->options, (uint32_t)i,
                                       prompt->tokens, prompt->n, streams ? stdout : NULL, observer, err);
        if (status == OK && !streams) status = put_reply(job, prompt, &reply, err);
        if (status == OK && streams) {
            print_logprobs(job, &reply);
            putchar('\n');
        }
        reply_free(&reply);
        TRY(status);
    }
    return OK;
}

/* Samples first .. first + n - 1 of all prompts' samples, shared among the threads; the text does not depend on how. */
static Status generate_chunk(Job *job, Sampler **sampler, int64_t first, int n, Err *err) {
    SampleReply reply[CHUNK] = {{0}};
    Status status[CHUNK];
    Err why[CHUNK], *whys = why;
    SampleReply *replies = reply;
    int threads = job->threads;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int i = 0; i < n; i++) {
        int me = omp_get_thread_num();
        const Prompt *prompt = &job->prompt[(first + i) / job->count];
        status[i] = reply_generate(&replies[i], sampler[me], vocab_of(job), &job->options,
                                   (uint32_t)((first + i) % job->count), prompt->tokens, prompt->n, NULL,
                                   NULL, &whys[i]);
    }
    Status worst = OK;
    for (int i = 0; i < n; i++) {
        if (worst == OK && status[i] != OK) worst = err_set(err, status[i], "%s", why[i].msg);
        if (worst == OK) worst = put_reply(job, &job->prompt[(first + i) / job->count], &reply[i], err);
        reply_free(&reply[i]);
    }
    return worst;
}

static Status generate_batch(Job *job, Err *err) {
    int64_t all = job->count * job->n_prompts;
    Status status = OK;
    if (job->threads > all) job->threads = (int)all;
    if (job->threads > CHUNK) job->threads = CHUNK;
    Sampler *sampler[CHUNK] = {NULL};
    for (int i = 0; i < job->threads; i++) TRY_GOTO(sampler_create(&sampler[i], &job->run->gpt, err));
    for (int64_t first = 0; first < all; first += CHUNK)
        TRY_GOTO(generate_chunk(job, sampler, first, all - first < CHUNK ? (int)(all - first) : CHUNK, err));
done:
    for (int i = 0; i < CHUNK; i++) sampler_free(sampler[i]);
    return status;
}

/* A line that is no prompt gets its error, and the next one is read. */
static Status answer_line(Job *job, Sampler *sampler, const char *line, Err *err) {
    Err why;
    int before = job->n_prompts;
    Status read = add_prompt(job, "sample: the line", line, &why), status = OK;
    if (read == OK) status = generate_streaming(job, sampler, &job->prompt[before], job->count, err);
    else if (read == ERR_INPUT) fprintf(stderr, "rote: %s\n", why.msg);
    else status = err_set(err, read, "%s", why.msg);
    fflush(stdout);
    while (job->n_prompts > before) free(job->prompt[--job->n_prompts].tokens);
    return status;
}

/* A line in, a continuation out, until the input ends. */
static Status generate_interactive(Job *job, Sampler *sampler, Err *err) {
    char *text = NULL;
    size_t room = 0;
    Status status = OK;
    bool asks = isatty(0);
    for (ssize_t length; status == OK;) {
        if (asks) fputs("> ", stderr);
        errno = 0;
        if ((length = getline(&text, &room, stdin)) < 0) break;
        if (strlen(text) != (size_t)length) {
            fputs("rote: sample: the line contains a NUL byte\n", stderr);
            continue;
        }
        for (Lines lines = lines_of(text); status == OK && lines_next(&lines);) { /* where lines end in CR */
            text[lines.line - text + (ptrdiff_t)lines.size] = '\0';
            status = answer_line(job, sampler, lines.line, err);
        }
    }
    if (status == OK && !feof(stdin))
        status = err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, STDIN_NAME ": %s", strerror(errno));
    free(text);
    return status;
}

static Status generate_all(Job *job, Err *err) {
    bool interactive = args_has(job->args, "interactive");
    if (!interactive) TRY(take_prompts(job, err));
    if (!interactive && !job->explanation && (job->count > 1 || job->n_prompts > 1))
        return generate_batch(job, err);
    Sampler *sampler;
    TRY(sampler_create(&sampler, &job->run->gpt, err));
    Status status = interactive ? generate_interactive(job, sampler, err)
                                : generate_streaming(job, sampler, &job->prompt[0], job->count, err);
    sampler_free(sampler);
    return status;
}

/* ---- the command ---- */

static Status write_json(Job *job, Err *err) {
    json_t *out = json_object();
    if (job->n_prompts == 1) {
        char *text = show_tokens(vocab_of(job), job->prompt[0].tokens, job->prompt[0].n);
        json_object_set_new(out, "prompt", json_string_take(text));
    }
    json_object_set(out, "samples", job->samples);
    if (job->explanation) json_object_set(out, "steps", explanation_json(job->explanation));
    return json_out(out, err);
}

/* --stop A, --stop B: escapes are undone and made again, so that they are spelled as text is shown. */
static Status take_stops(ReplyOptions *options, const char *stops, Err *err) {
    for (const char *at = stops; at && *at;) {
        size_t length = strcspn(at, "\x1f");
        char *copy = strndup(at, length), *shown = malloc(4 * length + 1);
        Text text = {copy, length};
        if (!copy || !shown || options->n_stops == REPLY_STOPS_MAX || !text_unescape(&text)) {
            Status status = !copy || !shown ? err_set(err, ERR_NOMEM, "out of memory for --stop")
                            : options->n_stops == REPLY_STOPS_MAX
                                ? err_set(err, ERR_INPUT, "sample: more than %d --stop", REPLY_STOPS_MAX)
                                : err_set(err, ERR_INPUT,
                                          "sample: --stop: a backslash begins \\t, \\n, \\r, \\\\ or \\xHH");
            free(copy);
            free(shown);
            return status;
        }
        text_escape(shown, 4 * length + 1, text);
        free(copy);
        options->stop[options->n_stops++] = shown;
        at += length + (at[length] != '\0');
    }
    return OK;
}

static Status check_options(const Args *args, int64_t count, Err *err) {
    if (args_has(args, "explain") && (count > 1 || args_has(args, "prompts")))
        return err_set(err, ERR_INPUT, "sample: --explain is for one sample of one prompt");
    if (args_has(args, "interactive") &&
        (args_has(args, "prompt") || args_has(args, "prompts") || args_has(args, "json")))
        return err_set(err, ERR_INPUT,
                       "sample: --interactive reads its prompts from standard input, and prints text; leave "
                       "--prompt, --prompts and --json out");
    return OK;
}

static Status cmd_sample(const Args *args, Err *err) {
    Job job = {.args = args};
    Run run;
    Status status = OK;
    Config other;
    TRY(sample_options(args, NULL, &job.options.sample, &job.count, err));
    const char *config = args_value(args, "config");
    if (config) TRY(config_load(&other, config, 0, NULL, err));
    TRY(args_threads(args, &job.threads, err));
    if (job.threads == 0) job.threads = threads_default();
    job.options.logprobs = args_has(args, "logprobs");
    TRY(open_run_text(&run, args->words[0], args_value(args, "facts"), err));
    job.run = &run;
    TRY_GOTO(sample_options(args, config ? &other.sample : &run.config.sample, &job.options.sample,
                            &job.count, err));
    TRY_GOTO(check_options(args, job.count, err));
    job.options.sample.eos = run.facts.vocab.eos;
    TRY_GOTO(take_stops(&job.options, args_value(args, "stop"), err));
    if (args_has(args, "json") && !(job.samples = json_array()))
        TRY_GOTO(err_set(err, ERR_NOMEM, "out of memory for the samples"));
    if (args_has(args, "explain"))
        TRY_GOTO(explanation_create(&job.explanation, &run.facts.vocab, run.gpt.config.vocab_size,
                                    &job.options.sample.chain, job.samples != NULL, err));
    TRY_GOTO(generate_all(&job, err));
    if (job.explanation) TRY_GOTO(explanation_end(job.explanation, err));
    if (job.samples) TRY_GOTO(write_json(&job, err));
done:
    for (int i = 0; i < job.options.n_stops; i++) free(job.options.stop[i]);
    for (int i = 0; i < job.n_prompts; i++) free(job.prompt[i].tokens);
    free(job.prompt);
    json_decref(job.samples);
    explanation_free(job.explanation);
    run_close(&run);
    return status;
}

static const Option sample_command_options[] = {
    SAMPLE_OPTIONS,
    PLACE_OPTION,
    READ_OPTION("config", "FILE", "file",
                "a config whose section `sample:` replaces the run's; options come before both"),
    READ_OPTION("prompts", "FILE", "file", "one prompt a line; - is standard input"),
    OPTION_LIST("stop", "TEXT", "generation ends before this text; may be repeated", '\x1f'),
    FLAG("logprobs", "ln p of each new token, before the chain"),
    FLAG("explain", "at each step the most probable tokens, before and after each stage"),
    FLAG("interactive", "continues each line of standard input"),
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command sample_command = {
    .name = "sample",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "generates text from a run",
    .options = sample_command_options,
    .run = cmd_sample,
};
