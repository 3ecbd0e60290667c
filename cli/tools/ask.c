/* rote tools ask: what a run says to a prompt with its tools; with --explain token by token what it reads, calls, gets
 * back and says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/json.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/sample/draw.h"
#include "cli/tools/open.h"
#include "eval/tools/token_text.h"
#include "model/decode.h"
#include "model/tool_writes.h"

/* A call that the model made and that was asked. */
typedef struct AskedCall {
    int tool, n_arguments;
    char *argument[TOOL_ARGS_MAX]; /* as they are shown */
    ToolReason reason;
    bool spelled; /* the vocabulary can write the answer */
    char *text;   /* the answer; without one why */
} AskedCall;

/* One row: what was read, called, written, and said after it. */
typedef struct Step {
    AskedCall *call; /* NULL: none */
    int32_t written;
    int32_t says;
    double p;
} Step;

typedef struct Job {
    const Args *args;
    Run run;
    ToolChoices choices;
    OpenTools tools;
    ToolWrites writes; /* of a stage */
    TokenText text;    /* where tools are called by tokens */
    Decoder *decoder;
    bool off, by_tokens;
    int n_prompt, room; /* tokens: of the prompt, at most */
    int32_t *tokens;    /* what is read behind BOS */
    int n_said;
    int32_t *said; /* the answer */
    int n_steps;
    Step *step;
    bool failed; /* no memory for what a step shows */
} Job;

static const Vocab *vocab_of(const Job *job) { return &job->run.facts.vocab; }

/* ---- calls ---- */

static char *copy_of(ToolText text) {
    char *copy = malloc(text.size + 1);
    if (!copy) return NULL;
    memcpy(copy, text.bytes, text.size);
    copy[text.size] = '\0';
    return copy;
}

/* piece NULL: what was said is no call. */
static void keep_call(Job *job, int position, int tool, const int32_t *tokens, const Piece *piece,
                      bool spelled) {
    const ToolSet *set = &job->tools.set;
    const ToolAnswer *answer = &set->answer;
    AskedCall *c = calloc(1, sizeof *c);
    job->step[position].call = c;
    job->failed |= !c;
    if (!c) return;
    c->tool = tool;
    c->reason = answer->reason;
    c->spelled = spelled;
    c->n_arguments = piece ? set->args[tool].n : 0;
    for (int a = 0; a < c->n_arguments; a++) {
        c->argument[a] = show_tokens(vocab_of(job), tokens + piece[a].first, piece[a].n);
        job->failed |= !c->argument[a];
    }
    c->text = c->reason == TOOL_ANSWERED ? copy_of(answer->text) : strdup(answer->why);
    job->failed |= !c->text;
}

/* A ToolResult. */
static int answer_call(void *user, int position, int call, const int32_t *place, int32_t *result, int room) {
    Job *job = user;
    Piece piece[TOOL_ARGS_MAX] = {{0, 0}};
    int n = tool_set_result(&(ToolReader){&job->tools.set, job->tokens}, position, call, place, result, room);
    tool_set_arguments(&job->tools.set, job->tokens, position, call, place, piece);
    if (job->tools.set.status == OK) keep_call(job, position, call - 1, job->tokens, piece, n != TOOL_NONE);
    return n;
}

/* A TokenResult; the call was said at the last step. */
static int answer_tokens(void *user, int tool, const int32_t *tokens, const Piece *piece, int32_t *result,
                         int room) {
    Job *job = user;
    int n = tool_set_ask(&job->tools.set, tool, tokens, piece, result, room);
    if (job->tools.set.status == OK) keep_call(job, job->n_steps - 1, tool, tokens, piece, n != TOOL_NONE);
    return n;
}

/* A DecoderTool. */
static int32_t write_row(void *user, int position, int call, const int32_t *place) {
    Job *job = user;
    int32_t written = tool_writes_step(&job->writes, position, job->off ? 0 : call, place);
    return job->step[position].written = written;
}

/* ---- decoding ---- */

static void choose(Job *job, Step *step, const real *logits) {
    int V = job->run.gpt.config.vocab_size, most = job->by_tokens && job->off ? vocab_of(job)->size : V;
    double sum = 0;
    for (int v = 1; v < most; v++)
        if (logits[v] > logits[step->says]) step->says = v;
    for (int v = 0; v < V; v++) sum += exact_exp((double)logits[v] - (double)logits[step->says]);
    step->p = 1 / sum;
}

/* Takes what the step says, which is behind all that is known; false: it is the end. */
static bool say(Job *job, int32_t token) {
    if (token == vocab_of(job)->eos && !job->text.open) return false;
    if (job->by_tokens) {
        int before = job->text.n;
        TokenSaid what = token_text_say(&job->text, token);
        memcpy(job->tokens + before - 1, job->text.input + before,
               (size_t)(job->text.n - before) * sizeof *job->tokens);
        if (what != SAID_FACT) return true;
    } else job->tokens[job->n_steps - 1] = token;
    job->said[job->n_said++] = token;
    return true;
}

/* How many tokens are known: the prompt, what was said, and results of calls by tokens. */
static int known_tokens(const Job *job) {
    return job->by_tokens ? job->text.n - 1 : job->n_prompt + job->n_said;
}

static Status decode(Job *job, Err *err) {
    int64_t max = job->room - job->n_prompt;
    TRY(args_int(job->args, "max-tokens", 1, INT32_MAX, &max, err));
    for (int t = 0; t < job->room && job->n_said < max && known_tokens(job) < job->room; t++) {
        Step *step = &job->step[job->n_steps++];
        step->written = TOOL_NOTHING;
        choose(job, step, decoder_step(job->decoder, t ? job->tokens[t - 1] : 0));
        if (t >= known_tokens(job) && !say(job, step->says)) break;
        if (job->tools.set.status != OK)
            return err_set(err, job->tools.set.status, "%s", job->tools.set.err.msg);
    }
    return job->failed ? err_set(err, ERR_NOMEM, "no memory for the steps of %d tokens", job->n_steps) : OK;
}

static Status prepare(Job *job, Err *err) {
    const Gpt *g = &job->run.gpt;
    job->room = g->config.block_size;
    job->tokens = calloc((size_t)job->room + 1, sizeof *job->tokens);
    job->said = calloc((size_t)job->room + 1, sizeof *job->said);
    job->step = calloc((size_t)job->room, sizeof *job->step);
    if (!job->tokens || !job->said || !job->step)
        return err_set(err, ERR_NOMEM, "no memory for %d tokens", job->room);
    TRY(sample_prompt(job->args, vocab_of(job), job->room - 1, job->tokens, &job->n_prompt, err));
    TRY(open_tools(&job->tools, &job->run.config, &job->run.facts, &job->choices, err));
    TRY(decoder_create(&job->decoder, g, err));
    job->by_tokens = tools_by_tokens(job->run.config.tools, job->run.config.n_tools);
    if (job->by_tokens) {
        TRY(token_text_create(&job->text, &job->tools.set, job->room + 1, answer_tokens, job, err));
        memcpy(job->text.input + 1, job->tokens, (size_t)job->n_prompt * sizeof *job->tokens);
        job->text.n += job->n_prompt;
        return OK;
    }
    TRY(tool_writes_create(&job->writes, job->room, job->tools.set.max_calls, answer_call, job, err));
    decoder_tools(job->decoder, job->tools.spelling.symbol_class, write_row, job);
    return OK;
}

static void destroy(Job *job) {
    for (int t = 0; job->step && t < job->room; t++) {
        AskedCall *c = job->step[t].call;
        for (int a = 0; c && a < c->n_arguments; a++) free(c->argument[a]);
        if (c) free(c->text);
        free(c);
    }
    decoder_free(job->decoder);
    tool_writes_free(&job->writes);
    token_text_free(&job->text);
    open_tools_free(&job->tools);
    tool_choices_free(&job->choices);
    free(job->tokens);
    free(job->said);
    free(job->step);
    run_close(&job->run);
}

/* ---- output ---- */

/* A token, or what is written, as text; to be freed. NULL: no memory. */
static char *token_text(const Job *job, int32_t token) {
    char mark[CALL_MARK_NAME_MAX];
    if (token == TOOL_NOTHING) return strdup("-");
    if (job->by_tokens && call_mark_name(&job->text.marks, token, mark)) return strdup(mark);
    if (token == TOOL_NONE) return strdup("(none)");
    if (token == TOOL_END || token == vocab_of(job)->eos) return strdup("(end)");
    return show_tokens(vocab_of(job), &token, 1);
}

static void print_call(const Job *job, const AskedCall *c) {
    const ToolArgs *args = &job->tools.set.args[c->tool];
    printf("  tools.%d(", c->tool);
    for (int a = 0; a < c->n_arguments; a++) printf("%s%s=%s", a ? ", " : "", args->name[a], c->argument[a]);
    if (c->reason == TOOL_ANSWERED)
        printf(") -> %s%s", show_name(c->text), c->spelled ? "" : ", which the vocabulary cannot spell");
    else printf(") -> none: %s%s%s", tool_reason_name[c->reason], *c->text ? ", " : "", show_name(c->text));
}

/* false: no memory. */
static bool print_step(const Job *job, int t) {
    const Step *step = &job->step[t];
    char *read = t ? token_text(job, job->tokens[t - 1]) : strdup("(begin)");
    char *written = token_text(job, step->written), *says = token_text(job, step->says);
    bool whole = read && written && says;
    if (whole) printf("%-12s %-12s %-12s %8.4f", read, written, says, step->p);
    if (whole && step->call) print_call(job, step->call);
    putchar('\n');
    free(read);
    free(written);
    free(says);
    return whole;
}

static Status print_steps(const Job *job, Err *err) {
    printf("%-12s %-12s %-12s %8s  %s\n", "read", "written", "says", "p", "call");
    for (int t = 0; t < job->n_steps; t++)
        if (!print_step(job, t)) return err_set(err, ERR_NOMEM, "no memory for the text of step %d", t);
    return OK;
}

static json_t *call_json(const Job *job, const AskedCall *c) {
    const ToolArgs *args = &job->tools.set.args[c->tool];
    bool answered = c->reason == TOOL_ANSWERED;
    json_t *arguments = json_object();
    for (int a = 0; a < c->n_arguments; a++)
        json_object_set_new(arguments, args->name[a], json_string(c->argument[a]));
    json_t *o = json_object();
    json_object_set_new(o, "tool", json_integer(c->tool));
    json_object_set_new(o, "arguments", arguments);
    json_object_set_new(o, "reason", json_string(tool_reason_name[c->reason]));
    json_object_set_new(o, "answer", answered ? json_string(c->text) : json_null());
    json_object_set_new(o, "why", answered ? json_null() : json_string(c->text));
    json_object_set_new(o, "spelled", json_boolean(c->spelled));
    return o;
}

static json_t *token_json(const Job *job, int32_t token) {
    return token == TOOL_NOTHING ? json_null() : json_string_take(token_text(job, token));
}

static json_t *steps_json(const Job *job) {
    json_t *steps = json_array();
    for (int t = 0; t < job->n_steps; t++) {
        const Step *step = &job->step[t];
        json_t *one = json_object();
        json_object_set_new(one, "read", token_json(job, t ? job->tokens[t - 1] : TOOL_NOTHING));
        json_object_set_new(one, "call", step->call ? call_json(job, step->call) : json_null());
        json_object_set_new(one, "written", token_json(job, step->written));
        json_object_set_new(one, "says", token_json(job, step->says));
        json_object_set_new(one, "p", json_number(step->p));
        json_array_append_new(steps, one);
    }
    return steps;
}

static Status show(const Job *job, Err *err) {
    char *prompt = show_tokens(vocab_of(job), job->tokens, job->n_prompt);
    char *text = show_tokens(vocab_of(job), job->said, job->n_said);
    bool explains = args_has(job->args, "explain"), json = args_has(job->args, "json");
    Status status = OK;
    if (json) {
        json_t *out = json_object();
        json_object_set_new(out, "prompt", json_string_take(prompt));
        json_object_set_new(out, "text", json_string_take(text));
        if (explains) json_object_set_new(out, "steps", steps_json(job));
        return json_out(out, err);
    }
    if (!prompt || !text)
        status = err_set(err, ERR_NOMEM, "no memory for the text of %d tokens", job->n_steps);
    else printf("%s%s%s\n", prompt, *prompt && *text && !vocab_of(job)->bytes ? " " : "", text);
    if (status == OK && explains) status = print_steps(job, err);
    free(prompt);
    free(text);
    return status;
}

/* ---- the command ---- */

static Status cmd_tools_ask(const Args *args, Err *err) {
    Job job = {.args = args, .off = args_has(args, "off")};
    Status status = OK;
    TRY(open_run(&job.run, args->words[0], args_value(args, "facts"), err));
    if (!job.run.config.n_tools)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: the run has no tools; rote sample continues its prompts",
                         args->words[0]));
    TRY_GOTO(tool_choices_read(&job.choices, args, &job.run.config, err));
    TRY_GOTO(prepare(&job, err));
    TRY_GOTO(decode(&job, err));
    TRY_GOTO(show(&job, err));
done:
    destroy(&job);
    return status;
}

static const Option tools_ask_options[] = {
    PLACE_OPTION,
    OPTION_EMPTY("prompt", "TEXT",
                 "the prompt; for facts over bytes it ends in \\t; for facts without text: token numbers"),
    FLAG("explain", "token by token: what was read, called, returned, written and generated"),
    OPTION("max-tokens", "N", "maximum number of new tokens (default: as many as block_size allows)"),
    STORE_OPTION,
    FLAG("off", "no call is answered"),
    PROGRAM_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command tools_ask_command = {
    .name = "tools ask",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "answers a prompt with a run's tools, and explains how",
    .options = tools_ask_options,
    .run = cmd_tools_ask,
};
