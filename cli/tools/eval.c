/* rote tools eval: what a run answers with its tools, and why a wrong answer is wrong. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/text_stream.h"
#include "base/threads.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/tools/audit.h"
#include "cli/tools/ledger.h"
#include "cli/tools/open.h"
#include "cli/tools/reasons.h"
#include "data/obtain.h"
#include "data/vocab.h"
#include "eval/tools/tool_eval.h"

static const uint64_t NEW_FACTS = 0x5ca1ab1e; /* other facts than the run's, whose seed is often 0 or 1 */

typedef struct Job {
    const Args *args;
    Run run;
    ToolEvalOptions options;
    ToolChoices choices;
    int64_t n;                       /* the most facts of each group */
    bool json, headed;               /* headed: the table has its first line */
    json_t *groups, *audit, *ledger; /* of json; audit and ledger NULL: none */
    ToolCounts counts[TOOLS_MAX];    /* of all groups */
    int not_wrong;                   /* of all groups (ToolFigures) */
} Job;

/* ---- output ---- */

static double share_of(int count, int all) { return all ? (double)count / all : NAN; }

static uint64_t calls_asked(const ToolCounts *counts) {
    uint64_t n = 0;
    for (int r = 0; r < TOOL_REASONS; r++) n += counts->reason[r];
    return n;
}

static void print_head(void) {
    printf("%-14s %8s %9s", "facts", "answers", "accuracy");
    for (int c = CAUSE_RIGHT + 1; c < CAUSES; c++) printf(" %9s", tool_cause_name[c]);
    printf(" %8s %8s %7s\n", "missed", "false", "tokens");
}

static void print_group(Job *job, const char *name, const ToolFigures *f) {
    if (!job->headed) print_head();
    job->headed = true;
    printf("%-14s %8s", name, show_int(f->answers));
    for (int c = CAUSE_RIGHT; c < CAUSES; c++) printf(" %9s", show_share(share_of(f->cause[c], f->answers)));
    printf(" %8s %8s %7.2f\n", show_share(share_of(f->missed, f->due)),
           show_share(share_of(f->spurious, f->made)), f->answer_tokens);
    fflush(stdout);
}

static void add_group(Job *job, const char *name, const FactSet *facts, const ToolFigures *f) {
    json_t *o = json_object(), *causes = json_object();
    json_object_set_new(o, "facts", json_string(name));
    json_object_set_new(o, "data_hash", json_string(facts->data_hash));
    json_object_set_new(o, "answers", json_integer(f->answers));
    json_object_set_new(o, "accuracy", json_number(share_of(f->cause[CAUSE_RIGHT], f->answers)));
    for (int c = CAUSE_RIGHT + 1; c < CAUSES; c++)
        json_object_set_new(causes, tool_cause_name[c], json_integer(f->cause[c]));
    json_object_set_new(o, "wrong", causes);
    json_object_set_new(o, "by_weights", json_integer(f->by_weights));
    json_object_set_new(o, "right_by_weights", json_integer(f->right_by_weights));
    json_object_set_new(o, "calls_due", json_integer(f->due));
    json_object_set_new(o, "calls_missed", json_integer(f->missed));
    json_object_set_new(o, "calls_made", json_integer(f->made));
    json_object_set_new(o, "calls_false", json_integer(f->spurious));
    json_object_set_new(o, "ended", json_integer(f->ended));
    json_object_set_new(o, "not_wrong", json_integer(f->not_wrong));
    json_object_set_new(o, "unspelled", json_integer((json_int_t)f->unspelled));
    json_object_set_new(o, "answer_tokens", json_number(f->answer_tokens));
    json_array_append_new(job->groups, o);
}

/* What the tools said: the reasons that occurred. */
static void print_counts(const Job *job) {
    for (int i = 0; i < job->run.config.n_tools; i++) {
        const ToolCounts *counts = &job->counts[i];
        if (!calls_asked(counts)) continue;
        printf("tools.%d, %s call%s: ", i, show_int((int64_t)calls_asked(counts)),
               plural((int64_t)calls_asked(counts)));
        reasons_print(counts);
        putchar('\n');
    }
    if (job->not_wrong)
        printf("%s call%s kept the true result: no fact has another one of its length\n",
               show_int(job->not_wrong), plural(job->not_wrong));
}

static json_t *counts_json(const Job *job) {
    json_t *tools = json_array();
    for (int i = 0; i < job->run.config.n_tools; i++) {
        const ToolCounts *counts = &job->counts[i];
        json_array_append_new(tools,
                              json_pack("{so sI sI sI}", "reasons", reasons_json(counts), "replayed",
                                        (json_int_t)counts->replayed, "starts", (json_int_t)counts->starts,
                                        "strays", (json_int_t)counts->strays));
    }
    return tools;
}

/* ---- groups of facts ---- */

static Status measure(Job *job, const char *name, const FactSet *facts, const Calls *calls, ToolSet *set,
                      int first, int n, Err *err) {
    ToolFigures figures;
    if (n > job->n) n = (int)job->n;
    if (n == 0) return OK;
    if (calls->start[first] == calls->start[first + n])
        return err_set(
            err, ERR_INPUT,
            "tools eval: %s: facts of kind %s ask for nothing, so there is no answer to measure; see "
            "`rote eval`",
            job->args->words[0], facts->kind);
    TRY(tool_evaluate(&figures, &job->run.gpt, facts, first, n, calls, set, &job->options, err));
    job->not_wrong += figures.not_wrong;
    if (job->json) add_group(job, name, facts, &figures);
    else print_group(job, name, &figures);
    return OK;
}

static void add_counts(Job *job, const ToolSet *set) {
    for (int i = 0; i < job->run.config.n_tools; i++) {
        const ToolCounts *counts = tool_counts(set->tool[i]);
        ToolCounts *sum = &job->counts[i];
        for (int r = 0; r < TOOL_REASONS; r++) sum->reason[r] += counts->reason[r];
        sum->replayed += counts->replayed;
        sum->starts += counts->starts;
        sum->strays += counts->strays;
    }
}

/* The trained and the held-out facts of a set; of a set that is new to the run all, under one name. */
static Status measure_facts(Job *job, const char *name, const FactSet *facts, Err *err) {
    OpenTools tools;
    const Calls *calls = &tools.calls;
    Status status = OK;
    TRY_GOTO(open_tools(&tools, &job->run.config, facts, &job->choices, err));
    TRY_GOTO(measure(job, name ? name : "trained", facts, calls, &tools.set, 0, facts->n, err));
    TRY_GOTO(measure(job, "held out", facts, calls, &tools.set, facts->n, facts->n_heldout, err));
    add_counts(job, &tools.set);
done:
    open_tools_free(&tools);
    return status;
}

/* The config of new sums of these lengths, of the run's kind otherwise; they are planned, and fit the model. */
static Status plan_digits(const Job *job, const char *digits, FactsConfig *out, Err *err) {
    Config config = job->run.config;
    FactSet planned = {.n = 0};
    Status status = key_set(&config, key_find("facts.digits"), digits, strlen(digits), err);
    config.facts.n = (int)job->n;
    config.facts.heldout = config.facts.junk_n = 0;
    config.facts.split_seed = 0;
    config.facts.seed = job->options.seed ^ NEW_FACTS;
    if (status == OK) status = facts_plan(&config.facts, &planned, err);
    if (status == OK && planned.max_len > config.model.block_size)
        status =
            err_set(err, ERR_INPUT,
                    "facts of up to %d tokens, but the model reads at most block_size = %d; train it with a "
                    "larger model.block_size",
                    planned.max_len, config.model.block_size);
    if (status != OK) err_prefix(err, "tools eval: --digits %s (facts.n is --n): ", digits);
    *out = config.facts;
    facts_free(&planned);
    return status;
}

static Status measure_digits(Job *job, const char *digits, Err *err) {
    FactsConfig config;
    FactSet facts;
    char name[32];
    TRY(plan_digits(job, digits, &config, err));
    TRY(facts_generate(&config, &facts, err));
    snprintf(name, sizeof name, "digits %.20s", digits);
    Status status = vocab_same(&facts.vocab, &job->run.facts.vocab, "--digits", err);
    if (status == OK) status = measure_facts(job, name, &facts, err);
    facts_free(&facts);
    return status;
}

/* Calls `one` with each of the lengths of --digits. */
static Status each_digits(Job *job, Status (*one)(Job *job, const char *digits, Err *err), Err *err) {
    const char *at = args_value(job->args, "digits");
    while (at && *at) {
        char digits[32];
        size_t length = strcspn(at, ",");
        snprintf(digits, sizeof digits, "%.*s", (int)(length < sizeof digits ? length : sizeof digits - 1),
                 at);
        TRY(one(job, digits, err));
        at += length;
        at += *at == ',';
    }
    return OK;
}

static Status check_digits(Job *job, const char *digits, Err *err) {
    FactsConfig config;
    return plan_digits(job, digits, &config, err);
}

static Status measure_all(Job *job, Err *err) {
    TRY(each_digits(job, check_digits, err));
    TRY(measure_facts(job, NULL, &job->run.facts, err));
    TRY(each_digits(job, measure_digits, err));
    if (!job->json) print_counts(job);
    const AuditOptions options = {.n = (int)job->n,
                                  .seed = job->options.seed,
                                  .threads = job->options.threads,
                                  .programs = &job->choices.programs};
    if (args_has(job->args, "audit"))
        TRY(audit_show(&job->run, &options, job->json ? &job->audit : NULL, err));
    if (args_has(job->args, "ledger"))
        TRY(ledger_show(&job->run, &job->choices.programs, job->options.threads,
                        job->json ? &job->ledger : NULL, err));
    return OK;
}

/* ---- the command ---- */

static Status read_options(Job *job, Err *err) {
    const char *inject = args_value(job->args, "inject");
    int64_t n = 1000;
    TRY(args_threads(job->args, &job->options.threads, err));
    if (!job->options.threads) job->options.threads = threads_default();
    TRY(args_int(job->args, "n", 1, 1000000, &n, err));
    TRY(args_uint64(job->args, "seed", &job->options.seed, err));
    job->n = n;
    job->options.off = args_has(job->args, "off");
    if (!inject) return OK;
    if (strcmp(inject, "wrong") != 0 && strcmp(inject, "none") != 0)
        return err_set(err, ERR_INPUT, "tools eval: --inject: '%.32s' is neither wrong nor none", inject);
    if (job->options.off)
        return err_set(
            err, ERR_INPUT,
            "tools eval: --off with --inject: no result is written, so none can be wrong; choose one");
    job->options.inject = strcmp(inject, "wrong") == 0 ? INJECT_WRONG : INJECT_NONE;
    return OK;
}

static Status check_run(const Job *job, Err *err) {
    const Config *c = &job->run.config;
    bool asks = job->options.off || job->options.inject != INJECT_NOTHING || args_has(job->args, "audit") ||
                args_has(job->args, "ledger");
    if (!c->n_tools && asks)
        return err_set(err, ERR_INPUT,
                       "%s: the run has no tools; leave out --off, --inject, --audit and --ledger",
                       job->args->words[0]);
    if (args_has(job->args, "ledger") && tools_by_tokens(c->tools, c->n_tools))
        return err_set(
            err, ERR_INPUT,
            "tools eval: --ledger: the run calls by tokens (tools.0.call), so what an answer costs depends "
            "on the generated tokens; only a stage has a ledger");
    bool holds = false, own = args_has(job->args, "audit") || args_has(job->args, "ledger");
    if (own && args_has(job->args, "store"))
        return err_set(err, ERR_INPUT,
                       "tools eval: --audit and --ledger are about the run's own store; leave out --store");
    for (int i = 0; i < c->n_tools; i++) holds = holds || tool_holds_facts(&c->tools[i]);
    if (args_has(job->args, "audit") && !holds)
        return err_set(
            err, ERR_INPUT,
            "tools eval: --audit: no tool of the run is a store of the facts' own answers, so there "
            "are no rows to delete");
    if (args_has(job->args, "digits") && c->facts.kind != FACTS_SUMS)
        return err_set(err, ERR_INPUT,
                       "tools eval: --digits: the run's facts are of kind %s; only sums have lengths",
                       job->run.facts.kind);
    return OK;
}

static Status cmd_tools_eval(const Args *args, Err *err) {
    Job job = {.args = args, .json = args_has(args, "json"), .options = {.seed = 1}};
    TRY(read_options(&job, err));
    TRY(open_run(&job.run, args->words[0], args_value(args, "facts"), err));
    Status status = check_run(&job, err);
    if (status == OK) status = tool_choices_read(&job.choices, args, &job.run.config, err);
    if (job.json) job.groups = json_array();
    if (status == OK) status = measure_all(&job, err);
    if (status == OK && job.json)
        status =
            json_out(json_pack("{sI sb ss so* sO so sO* sO*}", "step", (json_int_t)job.run.step, "off",
                               job.options.off, "inject",
                               args_has(args, "inject") ? args_value(args, "inject") : "nothing", "store",
                               job.choices.store ? json_name(job.choices.store) : NULL, "groups", job.groups,
                               "tools", counts_json(&job), "audit", job.audit, "ledger", job.ledger),
                     err);
    json_decref(job.groups);
    json_decref(job.audit);
    json_decref(job.ledger);
    tool_choices_free(&job.choices);
    run_close(&job.run);
    return status;
}

static const Option tools_eval_options[] = {
    PLACE_OPTION,
    OPTION("digits", "A-B,...", "kind sums: also new facts with numbers of these lengths"),
    OPTION("n", "N", "the most facts of each group (default: 1000)"),
    STORE_OPTION,
    OPTION("inject", "wrong|none",
           "the tools return a wrong result, which then counts as right, or no result"),
    FLAG("off", "no call is answered"),
    FLAG("audit", "also with rows of the store deleted, edited and added: what the weights know without it"),
    FLAG("ledger", "also which bits are in the weights, and which in the stores, of all trained facts"),
    OPTION("seed", "N", "of the new facts, of wrong results and of edits (default: 1)"),
    PROGRAM_OPTION,
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command tools_eval_command = {
    .name = "tools eval",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "measures what a run answers with its tools, and the cause of each wrong answer",
    .options = tools_eval_options,
    .run = cmd_tools_eval,
};
