#include "cli/tools/open.h"

#include "base/file.h"

/* [N=]FILE: without N the only store. */
static Status read_store(ToolChoices *out, const Args *args, const Config *c, Err *err) {
    const char *file = args_value(args, "store"), *command = args->command->name;
    int stores = 0;
    if (!file) return OK;
    bool numbered = file[0] >= '0' && file[0] <= '9' && file[1] == '=';
    for (int i = 0; i < c->n_tools; i++) {
        if (c->tools[i].tool != TOOL_STORE || (numbered && i != file[0] - '0')) continue;
        out->store_tool = i;
        stores++;
    }
    if (stores > 1)
        return err_set(err, ERR_INPUT, "%s: --store: the run has %d stores; say which: --store 0=%s", command,
                       stores, file);
    if (stores == 0)
        return err_set(err, ERR_INPUT, "%s: --store: %s", command,
                       numbered ? "that tool of the run is no store" : "the run has no store");
    out->store = file + 2 * numbered;
    return OK;
}

Status tool_choices_read(ToolChoices *out, const Args *args, const Config *config, Err *err) {
    char path[CONFIG_PATH_MAX + sizeof TAPE_NAME + 1];
    *out = (ToolChoices){.store = NULL};
    TRY(read_store(out, args, config, err));
    if (!tool_programs(config->tools, config->n_tools)) return OK;
    out->programs.may_start = args_has(args, "allow-program");
    TRY(path_join(path, sizeof path, args->words[0], TAPE_NAME, err));
    return tape_open(&out->programs.tape, path, out->programs.may_start, err);
}

void tool_choices_free(ToolChoices *choices) { tape_close(choices->programs.tape); }

Status open_tools(OpenTools *out, const Config *config, const FactSet *facts, const ToolChoices *choices,
                  Err *err) {
    const StoreSource all = {.facts = facts, .calls = &out->calls, .rows = ROWS_ALL};
    const StoreContent content = {
        .source = &all, .n_sources = 1, .other = choices->store, .other_tool = choices->store_tool};
    *out = (OpenTools){.set = {.config = NULL}};
    TRY(spelling_create(&out->spelling, &facts->vocab, err));
    TRY(calls_create(&out->calls, facts, &out->spelling, config->tools, config->n_tools, err));
    return tool_set_open(&out->set, config, &out->spelling, &content, &choices->programs, err);
}

void open_tools_free(OpenTools *tools) {
    tool_set_close(&tools->set);
    calls_free(&tools->calls);
    spelling_free(&tools->spelling);
}
