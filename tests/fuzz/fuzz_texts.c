/* The readers of texts that people write or edit: configs, sweeps, tables, JSON lines, fact sets on disk, regular
 * expressions and labels. Any bytes are read or refused, in words; what was read gives the same again where it is
 * written and read once more. libFuzzer calls them (tests/fuzz/run.sh), tests/test_fuzz_texts.c with kept inputs. */
#include <stdlib.h>
#include <string.h>

#include "base/config/load.h"
#include "base/config/sweep_spec.h"
#include "base/pattern.h"
#include "data/folder/folder.h"
#include "data/import/import.h"
#include "data/labels.h"
#include "store/sweep_yaml.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_files.h"

/* ---- configs and sweeps ---- */

/* The bytes as text; free it. */
static char *text_of(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    CHECK(text);
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static void check_written(const Config *config) {
    static Config again;
    Err err = {0};
    char *text = config_text(config, false);
    CHECK(text && config_load_text(&again, text, "again", &err) == OK);
    char *twice = config_text(&again, false);
    CHECK(twice && !strcmp(text, twice));
    free(text);
    free(twice);
}

/* The first byte: a file, or words of a command line, one a line; and whether it is written, which takes longest. */
void fuzz_config(const uint8_t *data, size_t size) {
    enum { WORDS_MOST = 6 };
    static Config config;
    const char *word[WORDS_MOST];
    Err err = {0};
    Status status;
    int n = 0;
    if (size < 1) return;
    if (data[0] % 2 == 0) {
        memory_files(&(MemoryFile){"x.yaml", data + 1, size - 1}, 1);
        status = config_load(&config, "x.yaml", 0, NULL, &err);
    } else {
        char *text = text_of(data + 1, size - 1), *rest = text;
        while (n < WORDS_MOST && (word[n] = strsep(&rest, "\n"))) n++;
        status = config_load(&config, NULL, n, word, &err);
        free(text);
    }
    memory_refusal(status, &err);
    if (status != OK) return;
    if (data[0] / 2 % 8 == 0) check_written(&config);
    status = config_resolve(&config, 5, 4, 7, &err);
    memory_refusal(status, &err);
    if (status == OK && data[0] / 2 % 8 == 1) check_written(&config);
}

void fuzz_sweep(const uint8_t *data, size_t size) {
    static SweepSpec spec, again;
    static Config point;
    Err err = {0};
    MemoryFile files[] = {{"sweep.yaml", data, size}};
    memory_files(files, 1);
    Status status = sweep_spec_load(&spec, "x/sweep.yaml", 0, NULL, &err);
    memory_refusal(status, &err);
    Status whole = sweep_yaml_read(&again, "x", &err);
    memory_refusal(whole, &err);
    CHECK(whole != OK || status == OK);
    if (whole == OK) sweep_spec_free(&again);
    if (status != OK) return;
    int64_t points = sweep_spec_points(&spec);
    CHECK(points >= 1 && points <= SWEEP_POINTS_MAX);
    for (int64_t i = 0; i<points; i += points> 1 ? points - 1 : 1)
        memory_refusal(sweep_spec_point(&spec, i, &point, &err), &err);
    if (size % 8) { /* to write it takes longest */
        sweep_spec_free(&spec);
        return;
    }
    char *text;
    CHECK(sweep_spec_text(&spec, NULL, &text, NULL) == OK);
    CHECK(text);
    files[0] = (MemoryFile){"sweep.yaml", (const uint8_t *)text, strlen(text)};
    memory_files(files, 1);
    CHECK(sweep_spec_load(&again, "x/sweep.yaml", 0, NULL, &err) == OK);
    char *twice;
    CHECK(sweep_spec_text(&again, NULL, &twice, NULL) == OK);
    CHECK(twice && !strcmp(text, twice) && sweep_spec_points(&again) == points);
    free(text);
    free(twice);
    sweep_spec_free(&again);
    sweep_spec_free(&spec);
}

/* ---- facts ---- */

static void check_facts(const FactSet *facts) {
    CHECK(facts->n >= 1 && facts->n_pool >= facts->n && facts->start[0] == 0);
    for (int i = 0; i < facts->n_pool; i++) CHECK(facts->start[i + 1] > facts->start[i]);
    for (int64_t t = 0; t < facts->start[facts->n_pool]; t++)
        CHECK(facts->tokens[t] >= 0 && facts->tokens[t] < facts->vocab.size);
}

static void import(const uint8_t *data, size_t size, ImportOptions options) {
    FactSet facts;
    ImportColumns columns;
    Err err = {0};
    MemoryFile file = {"x", data, size};
    memory_files(&file, 1);
    Status status = facts_import("x", &options, &facts, &columns, &err);
    memory_refusal(status, &err);
    if (status != OK) return;
    check_facts(&facts);
    facts_free(&facts);
}

void fuzz_table(const uint8_t *data, size_t size) {
    static const char delimiter[] = {0, ';', '\t', '|'};
    if (size < 1) return;
    ImportOptions options = {.format = data[0] & 1    ? IMPORT_CSV
                                       : data[0] & 64 ? IMPORT_TEXT
                                                      : IMPORT_TSV,
                             .bytes = data[0] & 2,
                             .allow_conflicts = data[0] & 4};
    if (options.format != IMPORT_TEXT) options.header = (ImportHeader)((data[0] >> 3) % 3);
    if (options.format == IMPORT_CSV) options.delimiter = delimiter[data[0] >> 5 & 3];
    import(data + 1, size - 1, options);
}

void fuzz_jsonl(const uint8_t *data, size_t size) {
    if (size < 1) return;
    import(data + 1, size - 1,
           (ImportOptions){.format = IMPORT_JSONL,
                           .bytes = data[0] & 1,
                           .allow_conflicts = data[0] & 2,
                           .prompt = data[0] & 4 ? "a" : NULL,
                           .answer = data[0] & 4 ? "b" : NULL});
}

/* manifest.json, records.tsv and vocab.json, parted by bytes 1. */
void fuzz_folder(const uint8_t *data, size_t size) {
    FactSet facts;
    Err err = {0};
    MemoryFile files[] = {{"manifest.json", data, size}, {"records.tsv", NULL, 0}, {"vocab.json", NULL, 0}};
    int n = 1;
    for (; n < 3; n++) {
        MemoryFile *before = &files[n - 1];
        const uint8_t *mark = before->size ? memchr(before->data, 1, before->size) : NULL;
        if (!mark) break;
        files[n].data = mark + 1;
        files[n].size = before->size - 1 - (size_t)(mark - before->data);
        before->size = (size_t)(mark - before->data);
    }
    memory_files(files, n);
    Status status = facts_load("x", &facts, &err);
    if (status == ERR_IO) return; /* a file is missing */
    memory_refusal(status, &err);
    if (status != OK) return;
    check_facts(&facts);
    facts_free(&facts);
}

/* ---- rules ---- */

/* The expression, a NUL, the text. */
void fuzz_pattern(const uint8_t *data, size_t size) {
    Pattern *pattern;
    Err err = {0};
    bool found;
    char *regex = text_of(data, size);
    size_t length = strlen(regex);
    Status status = pattern_create(&pattern, regex, "x", &err);
    CHECK(status == OK || (status == ERR_INPUT && err.msg[0])); /* which repeats the expression */
    if (status == OK && length < size) {
        status = pattern_matches(pattern, regex + length + 1, size - length - 1, &found, &err);
        CHECK(status == OK || (status == ERR_INPUT && err.msg[0]));
    }
    pattern_free(pattern);
    free(regex);
}

/* Facts with words, tags and shared beginnings, made once. */
static FactSet labelled[2];

static const FactSet *labelled_facts(int which) {
    static const char TABLE[] =
        "prompt\tanswer\ttag\na b\tc\tA\na b d\te\tB\nf\xc3\xa9 g\ta\tA\nh\tb b\t\nf\tq\tC\n";
    FactSet *facts = &labelled[which];
    if (facts->n) return facts;
    ImportOptions options = {.format = IMPORT_TSV, .bytes = which};
    MemoryFile file = {"x", (const uint8_t *)TABLE, sizeof TABLE - 1};
    memory_files(&file, 1);
    CHECK(facts_import("x", &options, facts, NULL, NULL) == OK);
    return facts;
}

/* The first byte chooses facts and what a rule selects by, the rest is the word for it. */
void fuzz_labels(const uint8_t *data, size_t size) {
    Err err = {0};
    int8_t *labels = NULL;
    if (size < 1 || size > NEURON_TEXT_MAX) return;
    const FactSet *facts = labelled_facts(data[0] & 1);
    NeuronRule rule = {.name = "r", .hook = "blocks.0.mlp.hook_pre", .at = (NeuronAt)((data[0] >> 3) % 3)};
    char *word = text_of(data + 1, size - 1), *against = strchr(word, '\n');
    if (against) {
        *against++ = '\0';
        snprintf(rule.against, sizeof rule.against, "%s", against);
    }
    switch (data[0] >> 1 & 3) {
    case 0: snprintf(rule.when_tag, sizeof rule.when_tag, "%s", word); break;
    case 1: snprintf(rule.when_token, sizeof rule.when_token, "%s", word); break;
    case 2: snprintf(rule.when_regex, sizeof rule.when_regex, "%s", word); break;
    default: rule.when_share = (double)(data[0] >> 5) / 8, rule.when_seed = size;
    }
    Status status = labels_create(&labels, facts, &rule, &err);
    CHECK(status == OK || (status == ERR_INPUT && err.msg[0]));
    for (int64_t t = 0; status == OK && t < facts->start[facts->n_pool]; t++)
        CHECK(labels[t] >= -1 && labels[t] <= 1);
    free(labels);
    free(word);
}

void fuzz_texts_end(void) {
    for (int i = 0; i < 2; i++)
        if (labelled[i].n) facts_free(&labelled[i]);
}
