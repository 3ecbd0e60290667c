#include "base/config/sweep_spec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/kinds.h"
#include "base/config/load.h"
#include "base/config/sweep_read.h"
#include "base/config/words.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/places.h"
#include "base/text_stream.h"

/* ---- loading ---- */

/* A word of the command line: one value of a key, or a list. */
typedef struct Word {
    const char *text;
    const Key *key; /* NULL: unknown, which config_load_base tells */
    bool list;
    Values values; /* of a list */
} Word;

/* "train.init_from=runs/n_embd=8,seed=1": one folder, where there is one of that name. */
static Status path_with_commas(Word *word, const char *text, Err *err) {
    if (word->values.quoted || file_missing(text)) return OK;
    bool each = true;
    for (int i = 0; i < word->values.n; i++) each = each && file_exists(word->values.value[i]);
    if (each)
        return err_set(
            err, ERR_INPUT,
            "key '%s': %s exists, and so does each of its parts between the commas; quote what you mean: "
            "\"%s\", or each of them",
            word->key->name, text, text);
    word->list = false;
    return OK;
}

/* Values that have commas themselves: no guess is made whether one or several are meant. */
static Status value_with_commas(const Word *word, const char *text, Err *err) {
    const char *leaf = key_leaf(word->key);
    bool regex = word->key->list == LIST_NEURONS && !strcmp(leaf, "when.regex"),
         units = word->key->list == LIST_NEURONS && !strcmp(leaf, "units");
    if (word->values.quoted || (!regex && !units)) return OK;
    char *right = value_quoted(text);
    if (!right) return err_set(err, ERR_NOMEM, "no memory for a list of values");
    Status status =
        err_set(err, ERR_INPUT,
                "key '%s': its values may have commas; quote each, also for the shell: '%s=%.200s' is one "
                "value, '%s=\"a\",\"b\"' are two",
                word->key->name, word->key->name, right, word->key->name);
    free(right);
    return status;
}

static Status read_word(Word *out, const char *text, Err *err) {
    const char *equals = strchr(text, '=');
    *out = (Word){.text = text};
    if (!equals) return OK;
    char name[128];
    size_t length = (size_t)(equals - text);
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), text);
    out->key = key_find(name);
    if (!out->key) return strchr(equals, ',') ? config_unknown_key(name, err) : OK;
    TRY(values_of_word(&out->values, out->key, equals + 1, err));
    out->list = out->values.n > 1;
    if (!out->list) return OK;
    if (out->key->type == KEY_PATH) return path_with_commas(out, equals + 1, err);
    return value_with_commas(out, equals + 1, err);
}

static Status read_words(Word *word, int n_words, const char *const *words, Err *err) {
    for (int i = 0; i < n_words; i++) {
        Status status = read_word(&word[i], words[i], err);
        if (status == OK) continue;
        err_prefix(err, "command line: ");
        return status;
    }
    return OK;
}

static Status apply_words(SweepSpec *spec, const Word *word, int n_words, Err *err) {
    for (int i = 0; i < n_words; i++) {
        Status status = word[i].list ? sweep_read_list(spec, word[i].key, &word[i].values, err)
                                     : sweep_drop_axis(spec, word[i].key, err);
        if (status == OK) continue;
        err_prefix(err, "command line: ");
        return status;
    }
    return OK;
}

static void find_keys(SweepSpec *spec) {
    _Static_assert((int)KEY_COUNT <= (int)SWEEP_KEYS_MAX, "room for every key");
    bool seen[KEY_COUNT] = {false};
    spec->n_keys = 0;
    for (int p = 0; p < spec->n_listed; p++)
        for (int s = 0; s < spec->listed[p].n; s++) {
            int k = spec->listed[p].setting[s].key;
            if (!seen[k]) spec->key[spec->n_keys++] = k;
            seen[k] = true;
        }
    for (int a = 0; a < spec->n_axes; a++) spec->key[spec->n_keys++] = spec->axis[a].key;
}

Status sweep_spec_load(SweepSpec *out, const char *path, int n_words, const char *const *words, Err *err) {
    SweepSpec spec = {.n_axes = 0};
    Status status = OK;
    int n_single = 0;
    const char **single = calloc((size_t)n_words + 1, sizeof *single);
    Word *word = calloc((size_t)n_words + 1, sizeof *word);
    if (!single || !word) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d words", n_words));
    TRY_GOTO(read_words(word, n_words, words, err));
    for (int i = 0; i < n_words; i++)
        if (!word[i].list) single[n_single++] = words[i];
    TRY_GOTO(config_load_base(&spec.base, path, n_single, single, &spec, err));
    TRY_GOTO(apply_words(&spec, word, n_words, err));
    if (sweep_spec_points(&spec) > SWEEP_POINTS_MAX)
        TRY_GOTO(err_set(err, ERR_INPUT,
                         "the sweep has more than %d points; use fewer values, or several sweeps",
                         SWEEP_POINTS_MAX));
    find_keys(&spec);
    *out = spec;
done:
    for (int i = 0; word && i < n_words; i++) values_free(&word[i].values);
    free(word);
    free(single);
    if (status != OK) sweep_spec_free(&spec);
    return status;
}

Status sweep_spec_add(SweepSpec *spec, const Config *point, const char *const *names, Err *err) {
    int n = 0;
    while (names[n]) n++;
    SweepListed *listed = memory_one_more(spec->listed, (size_t)spec->n_listed, sizeof *listed);
    if (!listed) return err_set(err, ERR_NOMEM, "no memory for %d points", spec->n_listed + 1);
    spec->listed = listed;
    listed += spec->n_listed++;
    *listed = (SweepListed){.setting = calloc((size_t)n, sizeof *listed->setting)};
    if (!listed->setting) return err_set(err, ERR_NOMEM, "no memory for a point");
    for (; listed->n < n; listed->n++) {
        const Key *key = key_find(names[listed->n]);
        CHECK(key);
        SweepSetting *setting = &listed->setting[listed->n];
        *setting = (SweepSetting){(int)(key - keys), config_value(point, (int)(key - keys))};
        if (!setting->value) return err_set(err, ERR_NOMEM, "no memory for a point");
    }
    find_keys(spec);
    return OK;
}

void sweep_spec_free(SweepSpec *spec) {
    for (int p = 0; p < spec->n_listed; p++) {
        for (int s = 0; s < spec->listed[p].n; s++) free(spec->listed[p].setting[s].value);
        free(spec->listed[p].setting);
    }
    for (int a = 0; a < spec->n_axes; a++) {
        for (int i = 0; i < spec->axis[a].n; i++) free(spec->axis[a].value[i]);
        free(spec->axis[a].value);
    }
    free(spec->listed);
    free(spec->axis);
    spec->listed = NULL;
    spec->axis = NULL;
    spec->n_listed = spec->n_axes = 0;
}

/* ---- points ---- */

int64_t sweep_spec_points(const SweepSpec *spec) {
    int64_t n = spec->n_listed ? spec->n_listed : 1;
    for (int a = 0; a < spec->n_axes && n <= SWEEP_POINTS_MAX; a++) n *= spec->axis[a].n;
    return n;
}

/* What point i sets, at most max settings of borrowed text; returns how many. */
static int settings_of(const SweepSpec *spec, int64_t i, SweepSetting *out, int max) {
    int n = 0, from_axes = 0;
    SweepSetting grid[KEY_COUNT];
    for (int a = spec->n_axes - 1; a >= 0; a--) {
        const SweepAxis *axis = &spec->axis[a];
        grid[from_axes++] = (SweepSetting){axis->key, axis->value[i % axis->n]};
        i /= axis->n;
    }
    const SweepListed *listed = spec->n_listed ? &spec->listed[i] : NULL;
    for (int s = 0; listed && s < listed->n && n < max; s++) out[n++] = listed->setting[s];
    while (from_axes > 0 && n < max) out[n++] = grid[--from_axes];
    return n;
}

Status sweep_spec_point(const SweepSpec *spec, int64_t i, Config *out, Err *err) {
    SweepSetting setting[KEY_COUNT];
    int n = settings_of(spec, i, setting, KEY_COUNT);
    Config config = spec->base;
    bool kind_set = false, path_set = false;
    for (int s = 0; s < n; s++) {
        const Key *key = &keys[setting[s].key];
        TRY(key_set(&config, key, setting[s].value, strlen(setting[s].value), err));
        kind_set |= !strcmp(key->name, "facts.kind");
        path_set |= !strcmp(key->name, "facts.path");
    }
    /* As in config_load: a path without a kind means kind file, a drawn kind without a path removes the path. */
    if (path_set && !kind_set && *config.facts.path && !facts_are_read(config.facts.kind))
        config.facts.kind = FACTS_FILE;
    if (kind_set && !path_set && !facts_are_read(config.facts.kind)) config.facts.path[0] = '\0';
    if (facts_are_read(config.facts.kind) != (*config.facts.path != '\0'))
        return err_set(err, ERR_INPUT, "facts.kind is %s and facts.path is '%s'; set both, or one of them",
                       config_choice("facts.kind", (int)config.facts.kind),
                       quoted(config.facts.path, strlen(config.facts.path)).text);
    if (kind_set) config_kind_drop(&config, NULL); /* keys for the sweep's other kinds */
    config_kind_fill(&config.facts);
    *out = config;
    return OK;
}

/* A listed point that sets facts.kind must set only keys of that kind. An axis serves all kinds of the sweep. */
static Status check_listed(const SweepListed *listed, Err *err) {
    Config config;
    bool kind_set = false;
    config_defaults(&config);
    for (int s = 0; s < listed->n; s++) {
        const Key *key = &keys[listed->setting[s].key];
        TRY(key_set(&config, key, listed->setting[s].value, strlen(listed->setting[s].value), err));
        kind_set |= !strcmp(key->name, "facts.kind");
    }
    return kind_set ? config_kind_check(&config, err) : OK;
}

Status sweep_spec_check(const SweepSpec *spec, Err *err) {
    for (int p = 0; p < spec->n_listed; p++) TRY(check_listed(&spec->listed[p], err));
    for (int64_t i = 0; i < sweep_spec_points(spec); i++) {
        Config config;
        TRY(sweep_spec_point(spec, i, &config, err));
        TRY(config_kind_check(&config, err));
    }
    return OK;
}

int sweep_spec_keys(const SweepSpec *spec, int key[SWEEP_KEYS_MAX]) {
    memcpy(key, spec->key, (size_t)spec->n_keys * sizeof *key);
    return spec->n_keys;
}

/* The key's name without its section, where no other key of the sweep has the same. */
static const char *short_name(const SweepSpec *spec, int key) {
    for (int i = 0; i < spec->n_keys; i++)
        if (spec->key[i] != key && !strcmp(key_leaf(&keys[spec->key[i]]), key_leaf(&keys[key])))
            return keys[key].name;
    return key_leaf(&keys[key]);
}

void sweep_spec_label(const SweepSpec *spec, int64_t i, char out[SWEEP_LABEL_MAX]) {
    SweepSetting setting[KEY_COUNT];
    int n = settings_of(spec, i, setting, KEY_COUNT);
    size_t used = 0;
    out[0] = '\0';
    for (int s = 0; s < n && used < SWEEP_LABEL_MAX - 1; s++) {
        const char *value = setting[s].value, *slash = strrchr(value, '/');
        if (slash && slash[1]) value = slash + 1;
        used += (size_t)snprintf(out + used, SWEEP_LABEL_MAX - used, "%s%s=%s", s ? "," : "",
                                 short_name(spec, setting[s].key), value);
    }
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("=,._+-", *c)) *c = '_';
}

/* ---- writing ---- */

/* The value as the file holds it, which may differ from the spec's where it is a path. */
static Status put_value(FILE *out, int key, const char *value, const char *folder, Err *err) {
    char yaml[KEY_VALUE_MAX], path[ESCAPED_MAX * CONFIG_PATH_MAX], escaped[ESCAPED_MAX * CONFIG_PATH_MAX];
    if (keys[key].type == KEY_PATH && folder) {
        snprintf(path, sizeof path, "%s", value);
        (void)unescape(path);
        TRY(place_store(path, CONFIG_PATH_MAX, folder, err));
        escape(escaped, sizeof escaped, path);
        value = escaped;
    }
    if (key_is_text(&keys[key])) key_quote(yaml, value);
    fputs(key_is_text(&keys[key]) ? yaml : value, out);
    return OK;
}

static Status put_listed(FILE *out, const SweepListed *listed, const char *folder, Err *err) {
    fputs("    - {", out);
    for (int s = 0; s < listed->n; s++) {
        const SweepSetting *setting = &listed->setting[s];
        fprintf(out, "%s%s: ", s ? ", " : "", config_key_name(setting->key));
        TRY(put_value(out, setting->key, setting->value, folder, err));
    }
    fputs("}\n", out);
    return OK;
}

static Status put_axis(FILE *out, const SweepAxis *axis, const char *folder, Err *err) {
    fprintf(out, "  %s: [", config_key_name(axis->key));
    for (int i = 0; i < axis->n; i++) {
        if (i) fputs(", ", out);
        TRY(put_value(out, axis->key, axis->value[i], folder, err));
    }
    fputs("]\n", out);
    return OK;
}

static Status put_spec(FILE *out, const SweepSpec *spec, const char *folder, Err *err) {
    Config base = spec->base;
    if (folder) TRY(config_store_places(&base, folder, err));
    char *text;
    TRY(config_text_given(&base, &text, err));
    fputs(text, out);
    free(text);
    if (spec->n_listed || spec->n_axes) fputs("sweep:\n", out);
    if (spec->n_listed) fputs("  points:\n", out);
    for (int p = 0; p < spec->n_listed; p++) TRY(put_listed(out, &spec->listed[p], folder, err));
    for (int a = 0; a < spec->n_axes; a++) TRY(put_axis(out, &spec->axis[a], folder, err));
    return OK;
}

Status sweep_spec_text(const SweepSpec *spec, const char *folder, char **out, Err *err) {
    TextStream *stream;
    *out = NULL;
    TRY(text_begin(&stream, err));
    Status status = put_spec(text_file(stream), spec, folder, err);
    if (status == OK) return text_end(stream, out, NULL, err);
    text_abort(stream);
    return status;
}
