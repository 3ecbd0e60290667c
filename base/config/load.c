/* Reads a config from YAML and from the command line. */
#include "base/config/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/config/keys.h"
#include "base/config/kinds.h"
#include "base/config/rules.h"
#include "base/config/sweep_read.h"
#include "base/config/values.h"
#include "base/config/word_list.h"
#include "base/lines.h"
#include "base/nearest.h"
#include "base/places.h"

/* Far more than a config needs; libyaml's time grows with the square of the depth. */
enum { CONFIG_BYTES_MAX = 1 << 16, DEPTH_MAX = 32 };

static const char *const sections[] = {"facts", "model", "train", "sample", NULL};
enum { SECTION_COUNT = 3 };

typedef struct Loader {
    Config config;
    const char *where;            /* the file's name, for messages */
    char places[CONFIG_PATH_MAX]; /* where its relative paths begin; "": they are not changed */
    int key_line[KEY_COUNT], section_line[SECTION_COUNT]; /* the line of each, 0: not read yet */
    bool overridden[KEY_COUNT];                           /* on the command line */
    yaml_document_t *document;
    SweepSpec *sweep;          /* receives the sweep section; NULL: such a section is an error */
    int sweep_line;            /* the line of the section, 0: not read yet */
    int list_line[LIST_COUNT]; /* the line of each list, 0: not read yet */
} Loader;

static int index_of(const char *name, const char *const *names) {
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

static int line_of(const yaml_node_t *node) { return (int)node->start_mark.line + 1; }

static const char *kind_of(const yaml_node_t *node) {
    switch (node->type) {
    case YAML_SEQUENCE_NODE: return "a list";
    case YAML_MAPPING_NODE: return "a mapping";
    default: return "one value";
    }
}

/* Puts "file:line: " before the message in err. */
static Status located(const Loader *loader, const yaml_node_t *node, Status status, Err *err) {
    if (status != OK) err_prefix(err, "%s:%d: ", loader->where, line_of(node));
    return status;
}

/* A list of words, in the form that a command line has, too. */
static Status load_words(Loader *loader, const Key *key, const yaml_node_t *list, Err *err) {
    Config words;
    char *field = (char *)&words + key->offset, text[KEY_VALUE_MAX];
    memset(field, 0, key->size);
    for (yaml_node_item_t *item = list->data.sequence.items.start; item < list->data.sequence.items.top;
         item++) {
        const yaml_node_t *word = yaml_document_get_node(loader->document, *item);
        if (word->type != YAML_SCALAR_NODE)
            return located(
                loader, word,
                err_set(err, ERR_INPUT, "key '%s': a word is one value, found %s", key->name, kind_of(word)),
                err);
        Status status =
            word_list_add(field, (const char *)word->data.scalar.value, word->data.scalar.length, err);
        if (status != OK) err_prefix(err, "key '%s': ", key->name);
        TRY(located(loader, word, status, err));
    }
    key_print(&words, key, text);
    return located(loader, list, key_set(&loader->config, key, text, strlen(text), err), err);
}

static Status load_value(Loader *loader, const char *name, const yaml_node_t *at, const yaml_node_t *value,
                         Err *err) {
    const Key *key = key_find(name);
    if (!key) return located(loader, at, config_unknown_key(name, err), err);
    int *line = &loader->key_line[key - keys];
    if (*line)
        return located(
            loader, at,
            err_set(err, ERR_INPUT, "key '%s' is set twice, first on line %d; keep one", key->name, *line),
            err);
    *line = line_of(at);
    if (key->type == KEY_WORDS && value->type == YAML_SEQUENCE_NODE)
        return load_words(loader, key, value, err);
    if (value->type != YAML_SCALAR_NODE)
        return located(
            loader, value,
            err_set(err, ERR_INPUT, "key '%s': takes one value, found %s", key->name, kind_of(value)), err);
    const char *text = (const char *)value->data.scalar.value;
    size_t length = value->data.scalar.length;
    /* `path:` with nothing after it is a mistake; the empty text is written "". */
    if (length == 0 && value->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return located(loader, at, err_set(err, ERR_INPUT, "key '%s': no value after the colon", key->name),
                       err);
    TRY(located(loader, value, key_set(&loader->config, key, text, length, err), err));
    if (key->type != KEY_PATH || !*loader->places) return OK;
    char *path = (char *)&loader->config + key->offset;
    return located(loader, value, place_open(path, key->size, loader->places, err), err);
}

/* "section.name" of a YAML key, or "name" where section is NULL. */
static Status name_of(const Loader *loader, const char *section, const yaml_node_t *node, char *out,
                      size_t size, Err *err) {
    if (node->type != YAML_SCALAR_NODE)
        return located(loader, node, err_set(err, ERR_INPUT, "a key must be a word, found %s", kind_of(node)),
                       err);
    const char *word = (const char *)node->data.scalar.value;
    size_t length = node->data.scalar.length;
    if (length == 0) return located(loader, node, err_set(err, ERR_INPUT, "a key without a name"), err);
    if (strlen(word) != length || length > 80)
        return located(loader, node,
                       err_set(err, ERR_INPUT, "unknown key '%s'; `rote help keys` lists them",
                               quoted(word, length).text),
                       err);
    snprintf(out, size, "%s%s%s", section ? section : "", section ? "." : "", word);
    return OK;
}

/* Every key of a mapping, `name` with a dot before it. */
static Status load_keys(Loader *loader, const char *name, const yaml_node_t *node, Err *err) {
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *key = yaml_document_get_node(loader->document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(loader->document, pair->value);
        char dotted[128];
        TRY(name_of(loader, name, key, dotted, sizeof dotted, err));
        const char *leaf, *when = "when";
        int item;
        bool is_when = list_of_name(dotted, &item, &leaf) == LIST_NEURONS && !strcmp(leaf, when);
        if (is_when && value->type == YAML_MAPPING_NODE) {
            TRY(load_keys(loader, dotted, value, err));
        } else if (is_when) {
            return located(
                loader, value,
                err_set(
                    err, ERR_INPUT,
                    "key '%s': takes one of the keys tag, token, regex, share, for example {tag: B}, found "
                    "%s",
                    dotted, kind_of(value)),
                err);
        } else {
            TRY(load_value(loader, dotted, key, value, err));
        }
    }
    return OK;
}

static Status load_section(Loader *loader, int section, const yaml_node_t *at, const yaml_node_t *node,
                           Err *err) {
    const char *name = sections[section];
    int *line = &loader->section_line[section];
    if (*line)
        return located(loader, at,
                       err_set(err, ERR_INPUT,
                               "section '%s' appears twice, first on line %d; put its keys together", name,
                               *line),
                       err);
    *line = line_of(at);
    if (node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0)
        return located(
            loader, at,
            err_set(err, ERR_INPUT, "section '%s' is empty; indent its keys below it, or leave it out", name),
            err);
    if (node->type != YAML_MAPPING_NODE)
        return located(loader, node,
                       err_set(err, ERR_INPUT, "section '%s': takes keys indented below it, found %s", name,
                               kind_of(node)),
                       err);
    return load_keys(loader, name, node, err);
}

/* The list whose section has that name; LIST_NONE: none. */
static int list_of_section(const char *word) {
    int list = LIST_COUNT - 1;
    while (list && strcmp(word, key_lists[list].section) != 0) list--;
    return list;
}

static Status load_list(Loader *loader, int list, const yaml_node_t *at, const yaml_node_t *node, Err *err) {
    const KeyList *l = &key_lists[list];
    int *line = &loader->list_line[list];
    if (*line)
        return located(loader, at,
                       err_set(err, ERR_INPUT,
                               "section '%s' appears twice, first on line %d; put its %ss together",
                               l->section, *line, l->item),
                       err);
    *line = line_of(at);
    if (node->type != YAML_SEQUENCE_NODE)
        return located(
            loader, node->type == YAML_SCALAR_NODE ? at : node,
            err_set(err, ERR_INPUT, "section '%s': takes a list of %ss, each after a dash, found %s",
                    l->section, l->item,
                    node->type == YAML_SCALAR_NODE && !node->data.scalar.length ? "nothing" : kind_of(node)),
            err);
    int n = (int)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (n > l->max)
        return located(loader, at,
                       err_set(err, ERR_INPUT, "section '%s': %d %ss, at most %d are possible", l->section, n,
                               l->item, l->max),
                       err);
    for (int i = 0; i < n; i++) {
        const yaml_node_t *item =
            yaml_document_get_node(loader->document, node->data.sequence.items.start[i]);
        char name[32];
        snprintf(name, sizeof name, "%s.%d", l->section, i);
        if (item->type != YAML_MAPPING_NODE || item->data.mapping.pairs.start == item->data.mapping.pairs.top)
            return located(loader, item,
                           err_set(err, ERR_INPUT, "%s: a %s consists of keys such as '%s', found %s", name,
                                   l->item, l->line,
                                   item->type == YAML_MAPPING_NODE ? "none" : kind_of(item)),
                           err);
        TRY(load_keys(loader, name, item, err));
    }
    return OK;
}

static Status load_sweep(Loader *loader, const yaml_node_t *at, const yaml_node_t *node, Err *err) {
    if (!loader->sweep)
        return located(loader, at,
                       err_set(err, ERR_INPUT, "section 'sweep' describes many runs; use `rote sweep run`"),
                       err);
    if (loader->sweep_line)
        return located(loader, at,
                       err_set(err, ERR_INPUT,
                               "section 'sweep' appears twice, first on line %d; put its keys together",
                               loader->sweep_line),
                       err);
    loader->sweep_line = line_of(at);
    return sweep_read_section(loader->sweep, loader->document, at, node, loader->where, loader->places, err);
}

static Status load_document(Loader *loader, Err *err) {
    const yaml_node_t *root = yaml_document_get_root_node(loader->document);
    if (!root || (root->type == YAML_SCALAR_NODE && root->data.scalar.length == 0) ||
        (root->type == YAML_MAPPING_NODE && root->data.mapping.pairs.start == root->data.mapping.pairs.top))
        return err_set(err, ERR_INPUT,
                       "%s: empty; a config needs at least one key, such as 'model: {n_embd: 64}'",
                       loader->where);
    if (root->type != YAML_MAPPING_NODE)
        return located(loader, root,
                       err_set(err, ERR_INPUT,
                               "a config consists of keys such as 'model: {n_embd: 64}', found %s",
                               kind_of(root)),
                       err);
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *key = yaml_document_get_node(loader->document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(loader->document, pair->value);
        char word[128];
        TRY(name_of(loader, NULL, key, word, sizeof word, err));
        int section = index_of(word, sections);
        if (section >= 0) {
            TRY(load_section(loader, section, key, value, err));
        } else if (list_of_section(word)) {
            TRY(load_list(loader, list_of_section(word), key, value, err));
        } else if (!strcmp(word, "sweep")) {
            TRY(load_sweep(loader, key, value, err));
        } else if (value->type == YAML_MAPPING_NODE && !key_find(word)) {
            const char *near = nearest_name(word, sections);
            return located(
                loader, key,
                err_set(err, ERR_INPUT, "unknown section '%s'; %s%s", quoted(word, strlen(word)).text,
                        near ? "nearest: " : "the sections are facts, model, train, sample, neurons, tools",
                        near ? near : ""),
                err);
        } else {
            TRY(load_value(loader, word, key, value, err));
        }
    }
    return OK;
}

static int line_at(const char *text, size_t size, size_t offset) {
    int line = 1;
    for (size_t i = 0; i < offset && i < size; i++)
        line += text[i] == '\r' || (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'));
    return line;
}

/* Whether that line is indented with a tab, which YAML forbids. */
static bool tab_indents(const char *text, int line) {
    Lines lines = lines_of(text);
    while (lines_next(&lines))
        if (lines.number == line) return lines.line[strspn(lines.line, " ")] == '\t';
    return false;
}

static Status yaml_failed(const Loader *loader, const yaml_parser_t *parser, const char *text, size_t size,
                          Err *err) {
    if (parser->error == YAML_MEMORY_ERROR ||
        parser->error == YAML_NO_ERROR) /* libyaml names no other cause */
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", loader->where);
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    if (parser->error == YAML_READER_ERROR)
        return err_set(err, ERR_INPUT, "%s:%d: YAML: %s; a config is UTF-8 text", loader->where,
                       line_at(text, size, parser->problem_offset), problem);
    int line = (int)parser->problem_mark.line + 1;
    return err_set(err, ERR_INPUT, "%s:%d: YAML: %s%s%s%s", loader->where, line,
                   parser->context ? parser->context : "", parser->context ? ": " : "", problem,
                   tab_indents(text, line) ? "; indent with spaces, not tabs" : "");
}

/* Checks syntax, tags and depth in a first pass, so that the document that is built afterwards is small. */
static Status check_syntax(const Loader *loader, const char *text, size_t size, Err *err) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", loader->where);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    Status status = OK;
    yaml_event_type_t type = YAML_NO_EVENT;
    for (int depth = 0; status == OK && type != YAML_STREAM_END_EVENT;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = yaml_failed(loader, &parser, text, size, err);
            break;
        }
        type = event.type;
        depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
        depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
        const yaml_char_t *tag = type == YAML_SCALAR_EVENT           ? event.data.scalar.tag
                                 : type == YAML_MAPPING_START_EVENT  ? event.data.mapping_start.tag
                                 : type == YAML_SEQUENCE_START_EVENT ? event.data.sequence_start.tag
                                                                     : NULL;
        if (tag)
            status = err_set(err, ERR_INPUT, "%s:%d: tag '%s': a config has no tags; write only the value",
                             loader->where, (int)event.start_mark.line + 1,
                             quoted((const char *)tag, strlen((const char *)tag)).text);
        if (depth > DEPTH_MAX)
            status = err_set(err, ERR_INPUT, "%s:%d: nested deeper than %d levels; a config needs two",
                             loader->where, (int)event.start_mark.line + 1, DEPTH_MAX);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

/* Whether one of the comments before the first key is PLACES_LINE. */
static bool has_places(const char *text) {
    for (Lines lines = lines_of(text); lines_next(&lines) && lines.line[0] == '#';)
        if (lines.size == sizeof PLACES_LINE - 2 && !memcmp(lines.line, PLACES_LINE, lines.size)) return true;
    return false;
}

static Status load_yaml(Loader *loader, const char *text, size_t size, Err *err) {
    const char *nul = memchr(text, '\0', size);
    if (nul)
        return err_set(err, ERR_INPUT, "%s:%d: contains a NUL byte; a config is UTF-8 text", loader->where,
                       line_at(text, size, (size_t)(nul - text)));
    TRY(check_syntax(loader, text, size, err));
    if (has_places(text)) TRY(place_folder(loader->places, sizeof loader->places, loader->where, err));
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", loader->where);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    Status status = OK;
    if (!yaml_parser_load(&parser, &document)) {
        status = yaml_failed(loader, &parser, text, size, err);
        goto done;
    }
    loader->document = &document;
    status = load_document(loader, err);
    yaml_document_delete(&document);
    if (status != OK) goto done;
    if (!yaml_parser_load(&parser, &document)) {
        status = yaml_failed(loader, &parser, text, size, err);
        goto done;
    }
    const yaml_node_t *more = yaml_document_get_root_node(&document);
    if (more)
        status = located(loader, more,
                         err_set(err, ERR_INPUT, "a second document after '---'; a file contains one config"),
                         err);
    yaml_document_delete(&document);
done:
    yaml_parser_delete(&parser);
    return status;
}

static Status apply_override(Loader *loader, const char *override, Err *err) {
    const char *equals = strchr(override, '=');
    char name[128];
    if (!equals || equals == override)
        return err_set(err, ERR_INPUT, "'%s' is not of the form key=value",
                       quoted(override, strlen(override)).text);
    size_t length = (size_t)(equals - override);
    if (length >= sizeof name) length = sizeof name - 1;
    memcpy(name, override, length);
    name[length] = '\0';
    const Key *key = key_find(name);
    if (!key) return config_unknown_key(name, err);
    loader->overridden[key - keys] = true;
    const char *value = equals + 1;
    if (!value_needs_quotes(value)) return key_set(&loader->config, key, value, strlen(value), err);
    Values values;
    TRY(values_of_word(&values, key, value, err));
    Status status =
        values.n == 1
            ? key_set(&loader->config, key, values.value[0], strlen(values.value[0]), err)
            : err_set(err, ERR_INPUT, "key '%s': takes one value here, found %d", key->name, values.n);
    values_free(&values);
    return status;
}

/* Checked before config_resolve: the facts must be drawn or read before the config can be resolved. */
static Status check_facts_path(Loader *loader, Err *err) {
    FactsConfig *facts = &loader->config.facts;
    ptrdiff_t kind = key_find("facts.kind") - keys, path = key_find("facts.path") - keys;
    bool read = facts_are_read(facts->kind);
    if (read == (*facts->path != '\0')) return OK;
    if (!read && !loader->key_line[kind] && !loader->overridden[kind]) {
        facts->kind = FACTS_FILE; /* the kind is only the default, and the path says more */
        return OK;
    }
    if (!read && loader->overridden[kind] && !loader->overridden[path]) {
        facts->path[0] = '\0'; /* the command line replaces the file's facts */
        return OK;
    }
    if (facts->kind == FACTS_TEXT)
        (void)err_set(err, ERR_INPUT, "key 'facts.kind': is text, but facts.path is empty; set it to a file");
    else if (!read)
        (void)err_set(
            err, ERR_INPUT,
            "key 'facts.kind': is %s, but facts.path is %s; set facts.kind to file, or leave facts.path out",
            config_choice("facts.kind", (int)facts->kind), quoted(facts->path, strlen(facts->path)).text);
    else
        (void)err_set(
            err, ERR_INPUT,
            "key 'facts.kind': is file, but facts.path is empty; `rote facts make` and `rote facts import` "
            "write such a folder");
    int line = loader->overridden[kind] ? 0 : loader->key_line[kind];
    if (line) {
        err_prefix(err, "%s:%d: ", loader->where, line);
    } else {
        err_prefix(err, "command line: ");
    }
    return ERR_INPUT;
}

/* Why a file cannot be read that is there and may be read. */
static bool machine_failed(int cause) { return cause == EIO || cause == EMFILE || cause == ENFILE; }

Status config_load_base(Config *out, const char *path, int n_overrides, const char *const *overrides,
                        SweepSpec *sweep, Err *err) {
    Loader loader = {.where = path, .sweep = sweep};
    config_defaults(&loader.config);
    if (path) {
        Buffer file;
        errno = 0;
        Status status = file_read(path, sweep ? SWEEP_BYTES_MAX : CONFIG_BYTES_MAX, &file, err);
        if (status == ERR_IO && !machine_failed(errno)) {
            if (err) err->status = ERR_INPUT;
            return ERR_INPUT;
        }
        TRY(status);
        status = load_yaml(&loader, file.data, file.size, err);
        buffer_free(&file);
        if (status != OK) return status;
    }
    for (int i = 0; i < n_overrides; i++) {
        Status status = apply_override(&loader, overrides[i], err);
        if (status != OK) {
            err_prefix(err, "command line: ");
            return status;
        }
    }
    TRY(check_facts_path(&loader, err));
    /* The command line replaces the file's facts. */
    if (loader.overridden[key_find("facts.kind") - keys]) config_kind_drop(&loader.config, loader.overridden);
    config_derive_tools(&loader.config);
    *out = loader.config;
    return OK;
}

Status config_load(Config *out, const char *path, int n_overrides, const char *const *overrides, Err *err) {
    TRY(config_load_base(out, path, n_overrides, overrides, NULL, err));
    config_kind_fill(&out->facts);
    return OK;
}

Status config_load_text(Config *out, const char *text, const char *where, Err *err) {
    Loader loader = {.where = where};
    config_defaults(&loader.config);
    TRY(load_yaml(&loader, text, strlen(text), err));
    TRY(check_facts_path(&loader, err));
    config_derive_tools(&loader.config);
    *out = loader.config;
    config_kind_fill(&out->facts);
    return OK;
}
