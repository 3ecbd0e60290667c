#include "tools/mcp_schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* ---- the schema ---- */

static const struct {
    const char *word;
    McpType type;
} words[] = {
    {"string", MCP_STRING}, {"integer", MCP_INTEGER}, {"number", MCP_NUMBER}, {"boolean", MCP_BOOLEAN}};

/* Of "type": a word or a list of words, of which the first that a text can be counts. Without one any text will do. */
static bool type_of(const json_t *property, McpType *out) {
    const json_t *type = json_object_get(property, "type");
    size_t n = json_is_array(type) ? json_array_size(type) : type ? 1 : 0;
    *out = MCP_STRING;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        for (size_t i = 0; i < n; i++) {
            const char *word = json_string_value(json_is_array(type) ? json_array_get(type, i) : type);
            if (!word || strcmp(word, words[k].word) != 0) continue;
            *out = words[k].type;
            return true;
        }
    return n == 0;
}

static bool is_argument(const ToolSpec *spec, const char *name) {
    for (int i = 0; i < spec->n_arguments; i++)
        if (!strcmp(spec->argument[i], name)) return true;
    return false;
}

Status mcp_schema_read(const json_t *tool, const ToolSpec *spec, McpType *type, Err *err) {
    const char *name = json_string_value(json_object_get(tool, "name"));
    const json_t *schema = json_object_get(tool, "inputSchema");
    const json_t *properties = json_object_get(schema, "properties"),
                 *required = json_object_get(schema, "required");
    for (int i = 0; i < spec->n_arguments; i++) {
        const json_t *property = json_object_get(properties, spec->argument[i]);
        if (!property)
            return err_set(err, ERR_INPUT, "the MCP tool '%s' has no argument '%s'", name, spec->argument[i]);
        if (!type_of(property, &type[i]))
            return err_set(err, ERR_INPUT,
                           "the MCP tool '%s': the argument '%s' is neither a text nor a number", name,
                           spec->argument[i]);
    }
    for (size_t i = 0; i < json_array_size(required); i++) {
        const char *needed = json_string_value(json_array_get(required, i));
        if (needed && !is_argument(spec, needed))
            return err_set(err, ERR_INPUT,
                           "the MCP tool '%s' requires an argument '%s' that this tool does not have", name,
                           needed);
    }
    return OK;
}

/* ---- values ---- */

/* Whether it is a number of JSON's: -?(0|[1-9][0-9]*), and maybe a fraction and an exponent. */
static bool is_number(const char *text, bool whole) {
    const char *p = text + (*text == '-');
    size_t digits = strspn(p, "0123456789");
    if (!digits || (*p == '0' && digits > 1)) return false;
    p += digits;
    if (whole) return !*p;
    if (*p == '.') {
        digits = strspn(++p, "0123456789");
        if (!digits) return false;
        p += digits;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-') p++;
        digits = strspn(p, "0123456789");
        if (!digits) return false;
        p += digits;
    }
    return !*p;
}

/* NULL: the text is not of the type, or jansson had no memory (json_ran_out). */
static json_t *value_of(const char *text, McpType type) {
    char *end;
    errno = 0;
    switch (type) {
    case MCP_STRING: return json_string(text);
    case MCP_BOOLEAN:
        return !strcmp(text, "true") ? json_true() : !strcmp(text, "false") ? json_false() : NULL;
    case MCP_NUMBER:
        if (!is_number(text, true)) return is_number(text, false) ? json_real(strtod(text, &end)) : NULL;
        break;
    case MCP_INTEGER:
        if (!is_number(text, true)) return NULL;
        break;
    }
    long long number = strtoll(text, &end, 10);
    return errno ? NULL : json_integer(number);
}

Status mcp_schema_arguments(json_t **out, const ToolSpec *spec, const McpType *type, const ToolCall *call,
                            Err *err) {
    bool fits = true, memory = true;
    *out = json_object();
    (void)json_ran_out();
    for (int i = 0; i < spec->n_arguments && fits && memory; i++) {
        char *text = strndup(call->argument[i].size ? call->argument[i].bytes : "", call->argument[i].size);
        json_t *value = text ? value_of(text, type[i]) : NULL;
        free(text);
        memory = text != NULL;
        fits = !memory || value || json_ran_out();
        if (value) memory = json_object_set_new(*out, spec->argument[i], value) == 0;
        else if (fits) memory = false;
    }
    if (*out && memory && fits) return OK;
    bool none = !*out;
    json_decref(*out);
    *out = NULL;
    return none || !memory ? err_set(err, ERR_NOMEM, "no memory for a call's arguments") : OK;
}
