#include "eval/tools/tool_spec.h"

#include <string.h>

bool tool_programs(const ToolConfig *tools, int n) {
    for (int i = 0; i < n; i++)
        if (tools[i].tool == TOOL_PROGRAM) return true;
    return false;
}

ToolSpec tool_spec(const ToolConfig *config, const ToolArgs *args, int number, const char **words,
                   const ToolPrograms *programs) {
    static const char *const names[TOOLS_MAX] = {"0", "1", "2", "3"};
    ToolSpec spec = {.kind = config->tool, .name = names[number], .n_arguments = args->n};
    int n = 0;
    for (int a = 0; a < args->n; a++) spec.argument[a] = args->name[a];
    if (*config->file) spec.file = config->file, spec.query = config->query;
    if (spec.kind != TOOL_PROGRAM) return spec;
    for (const char *word = NULL; (word = word_list_next(config->command, word)) != NULL;) words[n++] = word;
    words[n] = NULL;
    spec.command = words;
    spec.protocol = config->protocol;
    spec.ask = config->ask;
    spec.call = *config->name ? config->name : NULL;
    spec.timeout_s = config->timeout;
    spec.may_start = programs->may_start;
    spec.tape = programs->tape;
    return spec;
}

Status tool_file_same(const ToolConfig *config, int number, const Tool *tool, Err *err) {
    char hash[33];
    if (!*config->file_hash || !tool_hash(tool, hash) || strcmp(hash, config->file_hash) == 0) return OK;
    return err_set(
        err, ERR_INPUT,
        "tools.%d.file: %s: contains something else: its hash is %s, tools.%d.file_hash is %s; put "
        "the file back, or leave file_hash out",
        number, config->file, hash, number, config->file_hash);
}

static Status resolve_file(ToolConfig *config, int number, Err *err) {
    ToolArgs args;
    Tool *tool;
    TRY(tool_args_parse(config->args, &args, err));
    ToolSpec spec = tool_spec(config, &args, number, NULL, NULL);
    TRY(tool_open(&tool, &spec, err));
    Status status = tool_file_same(config, number, tool, err);
    if (status == OK) CHECK(tool_hash(tool, config->file_hash));
    tool_close(tool);
    return status;
}

Status tool_files_resolve(Config *config, Err *err) {
    for (int i = 0; i < config->n_tools; i++)
        if (*config->tools[i].file) TRY(resolve_file(&config->tools[i], i, err));
    return OK;
}
