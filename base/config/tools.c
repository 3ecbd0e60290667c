#include "base/config/tools.h"

#include <string.h>

#include "base/config/keys.h"
#include "base/config/rules.h"
#include "base/nearest.h"

static const char *const words[ARG_COUNT + 1] = {
    [ARG_RUN] = "run", [ARG_TOKEN] = "token", [ARG_SPAN] = "span", [ARG_PROMPT] = "prompt"};

/* Takes "NAME:" off the front of an argument of `length` bytes. false: it begins with a colon, or the name has other
 * characters than letters, digits, '_' and '-', or is too long. */
static bool take_name(const char **at, size_t *length, char name[TOOL_NAME_MAX]) {
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t n = strcspn(*at, ":");
    if (n >= *length) return true;
    if (n == 0 || n >= TOOL_NAME_MAX || strspn(*at, allowed) != n) return false;
    snprintf(name, TOOL_NAME_MAX, "%.*s", (int)n, *at);
    *at += n + 1;
    *length -= n + 1;
    return true;
}

/* Those that are not given. */
static Status fill_names(const char *text, ToolArgs *args, Err *err) {
    static const char *const of_three[] = {"a", "op", "b"}, *const others[] = {"a", "b", "c", "d"};
    for (int i = 0; i < args->n; i++)
        if (!*args->name[i]) strcpy(args->name[i], args->n == 3 ? of_three[i] : others[i]);
    for (int i = 0; i < args->n; i++)
        for (int j = 0; j < i; j++)
            if (!strcmp(args->name[i], args->name[j]))
                return err_set(err, ERR_INPUT, "'%s': two arguments have the name '%s'",
                               quoted(text, strlen(text)).text, args->name[i]);
    return OK;
}

Status tool_args_parse(const char *text, ToolArgs *out, Err *err) {
    ToolArgs args = {0};
    for (const char *at = text; *at;) {
        char word[16];
        size_t length = strcspn(at, "+");
        if (args.n < TOOL_ARGS_MAX && !take_name(&at, &length, args.name[args.n]))
            return err_set(err, ERR_INPUT,
                           "'%s': the name in '%s' is not letters, digits, '_' and '-', at most %d",
                           quoted(text, strlen(text)).text, quoted(at, length).text, TOOL_NAME_MAX - 1);
        snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), at);
        int arg = 0;
        while (words[arg] && strcmp(words[arg], word) != 0) arg++;
        if (!words[arg]) {
            const char *near = nearest_name(word, words);
            return err_set(err, ERR_INPUT, "'%s': '%s' is not one of run, token, span, prompt%s%s",
                           quoted(text, strlen(text)).text, quoted(at, length).text,
                           near ? "; nearest: " : "", near ? near : "");
        }
        if (args.n == TOOL_ARGS_MAX)
            return err_set(err, ERR_INPUT, "'%s': more than %d arguments", quoted(text, strlen(text)).text,
                           TOOL_ARGS_MAX);
        args.arg[args.n++] = (ToolArg)arg;
        at += length;
        if (*at == '+' && !*++at)
            return err_set(err, ERR_INPUT, "'%s': an argument is missing behind the last '+'",
                           quoted(text, strlen(text)).text);
    }
    TRY(fill_names(text, &args, err));
    *out = args;
    return OK;
}

ToolStage tool_stage(const ToolConfig *tool, int n) {
    if (tools_by_tokens(tool, n)) return (ToolStage){.n_marks = n + TOOL_MARKS};
    ToolStage stage = {
        .n_tools = n, .layer = n ? tool->layer : 0, .gated = n && tool->gate == TOOL_LEARNED_GATE};
    for (int i = 0; i < n; i++) {
        ToolArgs args;
        CHECK(tool_args_parse(tool[i].args, &args, NULL) == OK);
        for (int k = 0; k < args.n; k++) {
            if (args.arg[k] == ARG_RUN) stage.runs |= (uint32_t)1 << stage.n_pointers;
            stage.n_pointers += tool_arg_pointers(args.arg[k]);
        }
        stage.first_pointer[i + 1] = stage.n_pointers;
    }
    return stage;
}

/* ---- conditions between keys ---- */

static const char *const initial_args[TOOL_KIND_COUNT] = {
    [TOOL_CALCULATOR] = "run+token+run", [TOOL_STORE] = "prompt", [TOOL_PROGRAM] = ""};

static Status resolve_args(ToolConfig *t, int i, Err *err) {
    ToolArgs args;
    if (!*t->args) snprintf(t->args, sizeof t->args, "%s", initial_args[t->tool]);
    if (!*t->args)
        return err_set(err, ERR_INPUT,
                       "tools.%d.args is empty, and a program has no arguments of its own; set it, such as "
                       "run+token+run",
                       i);
    Status status = tool_args_parse(t->args, &args, err);
    if (status != OK) err_prefix(err, "tools.%d.args is ", i);
    return status;
}

/* Keys of one kind of tool that another one has. */
static Status check_kind(const ToolConfig *t, int i, Err *err) {
    const struct {
        const char *key;
        ToolKind kind;
        bool set;
    } needs[] = {{"command", TOOL_PROGRAM, *t->command}, {"ask", TOOL_PROGRAM, *t->ask},
                 {"name", TOOL_PROGRAM, *t->name},       {"file", TOOL_STORE, *t->file},
                 {"query", TOOL_STORE, *t->query},       {"file_hash", TOOL_STORE, *t->file_hash}};
    for (size_t k = 0; k < sizeof needs / sizeof *needs; k++)
        if (needs[k].set && t->tool != needs[k].kind)
            return err_set(err, ERR_INPUT,
                           "tools.%d.%s is set, but tools.%d.tool is %s; set it to %s, or leave out %s", i,
                           needs[k].key, i, config_choice("tools.0.tool", (int)t->tool),
                           config_choice("tools.0.tool", (int)needs[k].kind), needs[k].key);
    return OK;
}

static Status check_program(const ToolConfig *t, int i, Err *err) {
    bool lines = t->protocol == TOOL_LINES;
    if (!*t->command)
        return err_set(err, ERR_INPUT, "tools.%d.command is empty; name the program, such as [bc, -q]", i);
    if (lines && !*t->ask)
        return err_set(err, ERR_INPUT,
                       "tools.%d.ask is empty; set it to the line to send, such as \"{a}{op}{b}\"", i);
    if (lines && *t->name)
        return err_set(err, ERR_INPUT, "tools.%d.name is of protocol mcp; leave it out, or set the protocol",
                       i);
    if (!lines && *t->ask)
        return err_set(err, ERR_INPUT, "tools.%d.ask is of protocol lines; leave it out, or set the protocol",
                       i);
    return OK;
}

static Status check_tool(const ToolConfig *t, int i, Err *err) {
    TRY(check_kind(t, i, err));
    if (t->tool == TOOL_PROGRAM && t->train != TOOL_LABELLED)
        return err_set(err, ERR_INPUT,
                       "tools.%d.train is %s, which asks the tool %s; a program is "
                       "not asked so often: set it to labelled",
                       i, config_choice("tools.0.train", (int)t->train),
                       t->train == TOOL_SAMPLED ? "for every answer of every step"
                                                : "all calls that every prompt allows");
    if (t->tool == TOOL_PROGRAM) return check_program(t, i, err);
    if (!*t->file != !*t->query)
        return err_set(err, ERR_INPUT, "tools.%d.file and tools.%d.query need each other; set both", i, i);
    if (*t->file_hash && !*t->file)
        return err_set(err, ERR_INPUT,
                       "tools.%d.file_hash is set, but tools.%d.file is empty; leave it out, or set both", i,
                       i);
    return OK;
}

/* Calls by tokens are part of the text that is trained: nothing else teaches them. */
static Status check_tokens(const ToolConfig *t, int i, Err *err) {
    const char *key = t->train != TOOL_LABELLED ? "train"
                      : t->own_from != 1        ? "own_from"
                      : t->weight != 1          ? "weight"
                      : t->gate != TOOL_NO_GATE ? "gate"
                      : t->cost != 0            ? "cost"
                                                : NULL;
    if (!key) return OK;
    return err_set(
        err, ERR_INPUT,
        "tools.%d.call is tokens, and tools.%d.%s is of a stage: calls are tokens of the text that is "
        "trained; leave it out",
        i, i, key);
}

/* A cost that the model cannot avoid would change nothing. */
static Status check_cost(const ToolConfig *t, const ToolConfig *first, int i, Err *err) {
    if (t->gate != first->gate)
        return err_set(
            err, ERR_INPUT,
            "tools.0.gate is %s and tools.%d.gate is %s: all tools share one stage; set both to the "
            "same",
            config_choice("tools.0.gate", (int)first->gate), i, config_choice("tools.0.gate", (int)t->gate));
    if (t->gate != TOOL_NO_GATE && t->train == TOOL_SAMPLED)
        return err_set(err, ERR_INPUT,
                       "tools.%d.gate is learned, and tools.%d.train is sampled: whether a call is made is "
                       "drawn; leave out the gate",
                       i, i);
    if (t->cost != 0 && t->gate == TOOL_NO_GATE && (t->train == TOOL_LABELLED || t->train == TOOL_MARGINAL))
        return err_set(
            err, ERR_INPUT,
            "tools.%d.cost is set, but with tools.%d.train: %s calls are given, so the model cannot "
            "avoid it; set tools.%d.gate to learned, or train to mixture or sampled",
            i, i, config_choice("tools.0.train", (int)t->train), i);
    if (t->cost != first->cost && t->train == TOOL_MARGINAL)
        return err_set(err, ERR_INPUT,
                       "tools.0.cost and tools.%d.cost differ, but with tools.N.train: marginal nothing says "
                       "which tool was called; set both to the same",
                       i);
    return OK;
}

Status config_resolve_tools(Config *c, Err *err) {
    for (int i = 0; i < c->n_tools; i++) {
        ToolConfig *t = &c->tools[i];
        TRY(resolve_args(t, i, err));
        TRY(check_tool(t, i, err));
        if (t->call != c->tools[0].call)
            return err_set(
                err, ERR_INPUT,
                "tools.0.call is %s and tools.%d.call is %s: a model calls all tools in one way; set "
                "both to the same",
                config_choice("tools.0.call", (int)c->tools[0].call), i,
                config_choice("tools.0.call", (int)t->call));
        if (t->call == TOOL_BY_TOKENS) {
            TRY(check_tokens(t, i, err));
            continue;
        }
        if (t->layer > c->model.n_layer)
            return err_set(err, ERR_INPUT,
                           "tools.%d.layer is %d and model.n_layer is %d; set the layer to a number from 0 "
                           "(behind the embedding) to %d (behind all blocks)",
                           i, t->layer, c->model.n_layer, c->model.n_layer);
        if (t->layer != c->tools[0].layer)
            return err_set(
                err, ERR_INPUT,
                "tools.0.layer is %d and tools.%d.layer is %d: all tools share one stage; set both "
                "to the same layer",
                c->tools[0].layer, i, t->layer);
        TRY(check_cost(t, &c->tools[0], i, err));
        if (t->train != c->tools[0].train)
            return err_set(
                err, ERR_INPUT,
                "tools.0.train is %s and tools.%d.train is %s: without labels a call of any tool may "
                "be the one to teach; set both to the same",
                config_choice("tools.0.train", (int)c->tools[0].train), i,
                config_choice("tools.0.train", (int)t->train));
    }
    if (c->n_tools && c->n_neurons)
        return err_set(err, ERR_INPUT,
                       "the config has neuron rules and tools, which cannot be combined; leave out the "
                       "section neurons or tools");
    c->model.tool = tool_stage(c->tools, c->n_tools);
    return OK;
}

void config_derive_tools(Config *c) {
    ToolConfig tool[TOOLS_MAX];
    memcpy(tool, c->tools, sizeof tool);
    c->model.tool = (ToolStage){0};
    for (int i = 0; i < c->n_tools; i++)
        if (resolve_args(&tool[i], i, NULL) != OK) return;
    c->model.tool = tool_stage(tool, c->n_tools);
}
