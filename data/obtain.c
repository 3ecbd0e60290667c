#include "data/obtain.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/folder/folder.h"
#include "data/hold_out.h"
#include "data/import/text_facts.h"
#include "data/pool.h"
#include "data/tokenizer/choice.h"

static Status plan_generated(const FactsConfig *config, FactSet *out, Err *err) {
    const Kind *kind = kind_row(config->kind);
    CHECK(kind);
    *out = (FactSet){.vocab = {.eos = -1}, .seed = config->seed, .config = *config};
    snprintf(out->kind, sizeof out->kind, "%s", config_choice("facts.kind", (int)config->kind));
    Status status = pool_plan(kind, out, err);
    if (status != OK) facts_free(out);
    return status;
}

static Status read_facts(const FactsConfig *config, FactSet *out, Err *err) {
    bool text = config->kind == FACTS_TEXT;
    TokenChoice tokens;
    TRY(token_choice_read(&tokens, config->vocab, "facts.vocab", config->tokenizer, "facts.tokenizer", "",
                          err));
    TRY(text ? text_facts_read(config->path, config->seq_len, out, err) : facts_load(config->path, out, err));
    Status status = facts_tokenize(out, &tokens, err);
    if (status != OK) err_prefix(err, "%s: ", config->path);
    if (status == OK) status = facts_choose(out, config, err);
    if (status != OK) facts_free(out);
    return status;
}

Status facts_plan(const FactsConfig *config, FactSet *out, Err *err) {
    return facts_are_read(config->kind) ? read_facts(config, out, err) : plan_generated(config, out, err);
}

/* Arrays of the set, and what tells its sequences apart while they are drawn. */
static Status check_memory(const FactSet *facts, Err *err) {
    double needs = 4.0 * (double)facts_pool_tokens(facts) + facts->n_pool * (8.0 + 4 + 4 + 16);
    if (facts->n_pool > facts->n || facts->n_fields) needs *= 2; /* the draw, and the pool made of it */
    double has = (double)memory_available();
    char needs_text[NUMBER_TEXT_MAX], has_text[NUMBER_TEXT_MAX];
    if (needs <= has) return OK;
    return err_set(err, ERR_INPUT,
                   "facts.n: %d facts of %d tokens need %s of memory, %s are available; lower facts.n or "
                   "facts.seq_len",
                   facts->n, facts->max_len, bytes_text(needs_text, needs), bytes_text(has_text, has));
}

Status facts_draw(FactSet *facts, Err *err) {
    if (facts->tokens) return OK;
    TRY(check_memory(facts, err));
    TRY(pool_draw(kind_row(facts->config.kind), facts, err));
    return facts_hash(facts, err);
}

static Status draw_or_free(FactSet *out, Err *err) {
    Status status = facts_draw(out, err);
    if (status != OK) facts_free(out);
    return status;
}

Status facts_generate(const FactsConfig *config, FactSet *out, Err *err) {
    TRY(plan_generated(config, out, err));
    return draw_or_free(out, err);
}

Status facts_obtain(const FactsConfig *config, FactSet *out, Err *err) {
    TRY(facts_plan(config, out, err));
    return draw_or_free(out, err);
}

/* ---- facts that may have moved ---- */

enum { PARTS_MAX = 8 }; /* of the path that are kept, and of folders above */

typedef struct Search {
    const FactsConfig *config;
    const char *data_hash; /* "": any */
    char looked[900];      /* the places so far, for the message */
    bool done;
} Search;

static void note(Search *s, const char *path, const char *why) {
    size_t used = strlen(s->looked);
    snprintf(s->looked + used, sizeof s->looked - used, "%s%.200s (%s)", used ? ", " : "", path, why);
}

/* Whether `path` holds something that could be facts of the config's kind. */
static bool exists_at(const FactsConfig *config, const char *path) {
    char file[CONFIG_PATH_MAX + 16];
    bool text = config->kind == FACTS_TEXT;
    return path_join(file, sizeof file, path, text ? NULL : "manifest.json", NULL) == OK &&
           !file_missing(file);
}

/* The facts at `path`, if they are there and are those that are meant. */
static Status try_place(Search *s, const char *path, FactSet *out, char found[CONFIG_PATH_MAX], Err *err) {
    if (strlen(path) >= CONFIG_PATH_MAX) return OK;
    if (!exists_at(s->config, path)) {
        note(s, path, s->config->kind == FACTS_TEXT ? "no such file" : "no manifest.json");
        return OK;
    }
    FactsConfig config = *s->config;
    strcpy(config.path, path);
    TRY(facts_obtain(&config, out, err));
    if (*s->data_hash && strcmp(out->data_hash, s->data_hash) != 0) {
        char why[64];
        snprintf(why, sizeof why, "other facts, hash %.32s", out->data_hash);
        note(s, path, why);
        facts_free(out);
        return OK;
    }
    if (found) strcpy(found, path);
    s->done = true;
    return OK;
}

/* The last 1, 2, .. parts of the path from one folder; a set that is not the one, or damaged, is passed over. */
static Status try_parts(Search *s, const char *folder, FactSet *out, char found[CONFIG_PATH_MAX], Err *err) {
    const char *path = s->config->path, *from = path + strlen(path);
    for (int parts = 0; parts < PARTS_MAX && from > path && !s->done; parts++) {
        while (from > path && from[-1] == '/') from--;
        while (from > path && from[-1] != '/') from--;
        char place[CONFIG_PATH_MAX], *looked = s->looked + strlen(s->looked);
        if (path_join(place, sizeof place, folder, from, NULL) != OK || !exists_at(s->config, place))
            continue;
        Status status = try_place(s, place, out, found, err);
        if (status != OK && status != ERR_FORMAT && status != ERR_INPUT) return status;
        *looked = '\0'; /* the message names the folder once */
    }
    return OK;
}

static Status try_above(Search *s, const char *beside, FactSet *out, char found[CONFIG_PATH_MAX], Err *err) {
    char folder[CONFIG_PATH_MAX];
    TRY(path_join(folder, sizeof folder, beside, NULL, err));
    path_make_absolute(folder, sizeof folder);
    for (int above = 0; above < PARTS_MAX && !s->done; above++) {
        TRY(try_parts(s, folder, out, found, err));
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder) break;
        *slash = '\0';
    }
    if (!s->done) note(s, beside, "and in the folders above it: the last parts of the path lead nowhere");
    return OK;
}

/* Drawn facts, where the user says that they are in a folder. */
static Status draw_given(const FactsConfig *config, const char *given, FactSet *out, Err *err) {
    FactSet there;
    TRY(facts_load(given, &there, err));
    Status status = facts_obtain(config, out, err);
    if (status == OK && strcmp(there.data_hash, out->data_hash) != 0) {
        facts_free(out);
        status = err_set(err, ERR_INPUT,
                         "%s: other facts than those that the config draws; leave out --facts", given);
    }
    facts_free(&there);
    return status;
}

/* The tokenizer's file, where it is not at its path: from `beside`, or the copy that a run keeps (tokenizer.json
 * there). Whether it is the right one shows in the hash of the facts. */
static void find_tokenizer(FactsConfig *config, const char *beside) {
    char place[CONFIG_PATH_MAX];
    const char *path = config->tokenizer;
    if (!*path || !beside || !file_missing(path)) return;
    bool found =
        *path != '/' && path_join(place, sizeof place, beside, path, NULL) == OK && !file_missing(place);
    if (!found)
        found = path_join(place, sizeof place, beside, "tokenizer.json", NULL) == OK && !file_missing(place);
    if (found) strcpy(config->tokenizer, place);
}

Status facts_find(const FactsConfig *wanted, const FactsPlaces *places, FactSet *out,
                  char found[CONFIG_PATH_MAX], Err *err) {
    FactsConfig there = *wanted;
    const FactsConfig *config = &there;
    find_tokenizer(&there, places->beside);
    Search s = {.config = config, .data_hash = places->data_hash ? places->data_hash : ""};
    const char *beside = places->beside;
    char place[CONFIG_PATH_MAX];
    if (found) *found = '\0';
    if (!facts_are_read(config->kind))
        return places->given ? draw_given(config, places->given, out, err) : facts_obtain(config, out, err);
    TRY(try_place(&s, places->given ? places->given : config->path, out, found, err));
    if (!places->given && beside && !s.done) {
        if (config->path[0] != '/' && path_join(place, sizeof place, beside, config->path, NULL) == OK)
            TRY(try_place(&s, place, out, found, err));
        if (*s.data_hash && !s.done) TRY(try_above(&s, beside, out, found, err));
    }
    if (s.done) return OK;
    *out = (FactSet){0};
    return err_set(err, ERR_INPUT,
                   "the facts%s%s are not there any more: looked at %s; say where they are: --facts DIR",
                   *s.data_hash ? " with the hash " : "", s.data_hash, s.looked);
}
