/* Files that are whole by their checksums and hostile by what they say, and files of gigabytes in the place of small
 * ones: each is refused by name, at once, and a run that continues without it ends as it should. */
#include "tests/run_testing.h"

#include "eval/archive/archive.h"
#include "model/formats/npy.h"
#include "store/done.h"
#include "store/run_files.h"
#include "store/run_folder.h"
#include "tests/bounds.h"

/* ---- checkpoints with a right CRC ---- */

static const char START[] = "{\"__metadata__\":{\"crc32\":\"";
enum { CRC_AT = sizeof START - 1, CRC_DIGITS = 8 };

/* A checkpoint apart: its header as text, and its data. */
typedef struct Apart {
    char *header, *data;
    size_t data_size;
} Apart;

static Apart take_apart(const char *path) {
    Buffer whole = bytes_of(path);
    uint64_t length;
    memcpy(&length, whole.data, 8);
    Apart a = {.header = strndup(whole.data + 8, length), .data_size = whole.size - 8 - length};
    a.data = malloc(a.data_size);
    memcpy(a.data, whole.data + 8 + length, a.data_size);
    buffer_free(&whole);
    return a;
}

static void put_together(const Apart *a, const char *path) {
    uint64_t length = strlen(a->header);
    char crc[CRC_DIGITS + 1];
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    memcpy(a->header + CRC_AT, "00000000", CRC_DIGITS);
    snprintf(crc, sizeof crc, "%08x", (unsigned)crc32_of(a->header, length));
    memcpy(a->header + CRC_AT, crc, CRC_DIGITS);
    fwrite(&length, 8, 1, f);
    fwrite(a->header, 1, length, f);
    fwrite(a->data, 1, a->data_size, f);
    assert_int_equal(fclose(f), 0);
}

/* Where the value of the first "key": behind `behind` begins, and its end: a string, or a list without lists. */
static char *value_of(const Apart *a, const char *behind, const char *key, char **end) {
    char quoted[128], *at = strstr(a->header, behind);
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    at = at ? strstr(at, quoted) : NULL;
    if (!at) fail_msg("no %s", key);
    at += strlen(quoted);
    *end = strchr(at + 1, *at == '"' ? '"' : ']') + 1;
    return at;
}

static void set_value(Apart *a, const char *behind, const char *key, const char *json) {
    char *end, *at = value_of(a, behind, key, &end), *out;
    if (asprintf(&out, "%.*s%s%s", (int)(at - a->header), a->header, json, end) < 0) abort();
    free(a->header);
    a->header = out;
}

static const char TENSOR[] = "blocks.0.mlp.out.weight", SLOT[] = "optimizer.v.blocks.0.mlp.out.weight";

/* Another number 3 of a tensor, whose CRC is made right. */
static void set_number(Apart *a, const char *tensor, float x) {
    char behind[128], key[128], crc[16], *end;
    long from, to;
    snprintf(behind, sizeof behind, "\"%s\":{", tensor);
    snprintf(key, sizeof key, "crc32:%s", tensor);
    assert_int_equal(sscanf(value_of(a, behind, "data_offsets", &end), "[%ld,%ld]", &from, &to), 2);
    memcpy(a->data + from + 3 * (long)sizeof x, &x, sizeof x);
    snprintf(crc, sizeof crc, "\"%08x\"", (unsigned)crc32_of(a->data + from, (size_t)(to - from)));
    set_value(a, START, key, crc);
}

typedef struct Hostile {
    const char *key, *value; /* of the metadata; of a tensor where its key is dtype, shape or data_offsets */
    const char *says;        /* part of the message */
} Hostile;

static const Hostile cases[] = {
    {"step", "\"-1\"", "step is '-1'"},
    {"step", "\"9223372036854775807\"", "step is '9223372036854775807'"},
    {"step", "\"9223372036854775808\"", "step is '9223372036854775808'"},
    {"step", "\"-9223372036854775808\"", "step is '-9223372036854775808'"},
    {"step", "\"56\"", "step is '56'"}, /* of another file's name */
    {"step", "\"61\"", "step is '61'"},
    {"step", "\"+60\"", "step is '+60'"},
    {"step", "\"060\"", "step is '060'"},
    {"step", "\"60 \"", "step is '60 '"},
    {"step", "\"6e1\"", "step is '6e1'"},
    {"step", "\"\"", "step is ''"},
    {"step", "60", "'step' is not a string"},
    {"step", "[\"60\"]", "'step' is not a string"},
    {"step", "\"6\\u00000\"", "is not allowed"},
    {"tokens", "\"-1\"", "tokens is '-1'"},
    {"tokens", "\"9223372036854775807\"", "tokens is"},
    {"code_bits", "\"nan\"", "code_bits is 'nan'"},
    {"code_bits", "\"inf\"", "code_bits is 'inf'"},
    {"code_bits", "\"1e999\"", "code_bits is '1e999'"},
    {"code_bits", "\"-1\"", "code_bits is '-1'"},
    {"code_bits", "\"0x1p3\"", "code_bits is '0x1p3'"},
    {"verdict", "\"\\u001b[31mred\"", "verdict is"},
    {"verdict", "\"diverged\"", "verdict is 'diverged'"},
    {"verdict", "\"annealed, and much longer than any verdict\"", "verdict is 'annealed, and"},
    {"verdict", "\"a\\\\\\\"},{\"", "verdict is"},
    {"metrics_bytes", "\"-1\"", "metrics_bytes is '-1'"},
    {"metrics_bytes", "\"9223372036854775807\"", "metrics_bytes is"},
    {"metrics_bytes", "\"1099511627776\"", "metrics_bytes is"}, /* more than so many steps write */
    {"metrics_crc32", "\"zzzzzzzz\"", "metrics_crc32 is 'zzzzzzzz'"},
    {"metrics_crc32", "\"-1\"", "metrics_crc32 is '-1'"},
    {"config_hash", "\"\\u001b[2J\"", "config_hash is"},
    {"data_hash", "\"\"", "data_hash is ''"},
    {"numeric_spec", "\"rote-9\"", "numeric_spec is 'rote-9'"},
    {"dtype", "\"F64\"", "shape and data_offsets disagree"},
    {"dtype", "\"I32\"", "is I32, this build computes in F32"},
    {"dtype", "\"BF16\"", "shape and data_offsets disagree"},
    {"dtype", "\"\\u001b[2J\\u001b[2J\"", "dtype, shape or data_offsets is missing or wrong"},
    {"shape", "[-12,-48]", "shape and data_offsets disagree"},
    {"shape", "[9223372036854775807,9223372036854775807]", "shape and data_offsets disagree"},
    {"shape", "[4294967296,4294967296,1,4]", "shape and data_offsets disagree"},
    {"shape", "[99999999999999999999,1]", "too big"},
    {"shape", "[1,1,1,1,576]", "dtype, shape or data_offsets is missing or wrong"},
    {"shape", "[12.0,48]", "shape and data_offsets disagree"},
    {"shape", "[48,12]", "another shape"},
    {"shape", "[576]", "another shape"},
    {"shape", "[]", "shape and data_offsets disagree"},
    {"data_offsets", "[0,2304]", "shape and data_offsets disagree"}, /* over another tensor's */
    {"data_offsets", "[-2304,0]", "shape and data_offsets disagree"},
    {"data_offsets", "[9223372036854775807,-9223372036854775808]", "shape and data_offsets disagree"},
    {"data_offsets", "[0]", "dtype, shape or data_offsets is missing or wrong"},
    {"data_offsets", "[0,1,2]", "dtype, shape or data_offsets is missing or wrong"},
};

/* The folder holds one checkpoint, and says nothing of its end. */
static void lonely_checkpoint(const char *dir) {
    char command[1400];
    snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s' && cd '%s' && rm DONE result.json '%s'",
             dir, undisturbed, dir, dir, BEFORE);
    assert_int_equal(system(command), 0);
}

/* Who reads the run refuses it; who continues it (c NULL: nobody) starts over and ends as it should. */
static void expect_refused(const Case *c, const Apart *a, const char *what, const char *says) {
    const char *dir = in_root("hostile");
    Run run;
    RunResult result;
    Err err = {.msg = ""};
    lonely_checkpoint(dir);
    put_together(a, in_dir(dir, LAST));
    Status status = run_open(&run, dir, NULL, &err);
    if (status != ERR_FORMAT || !strstr(err.msg, says) || !strstr(err.msg, LAST))
        fail_msg("%s: status %d, \"%s\", wanted \"%s\"", what, (int)status, err.msg, says);
    if (!c) return;
    must_train(c, dir, true, &result);
    if (!strstr(note, "starts over")) fail_msg("%s: %s", what, note);
    result_free(&result);
    same_run(dir, undisturbed);
}

static void hostile_checkpoints_are_refused(void **state) {
    (void)state;
    Case c = make_case("train.threads=1", NULL);
    char tensor[160];
    snprintf(tensor, sizeof tensor, "\"%s\":{", TENSOR);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Hostile *h = &cases[i];
        bool of_tensor =
            !strcmp(h->key, "dtype") || !strcmp(h->key, "shape") || !strcmp(h->key, "data_offsets");
        char what[256];
        Apart a = take_apart(in_dir(undisturbed, LAST));
        set_value(&a, of_tensor ? tensor : START, h->key, h->value);
        snprintf(what, sizeof what, "%s %s", h->key, h->value);
        expect_refused(i % 16 ? NULL : &c, &a, what, h->says);
        free(a.header);
        free(a.data);
    }
    facts_free(&c.facts);
}

static void no_number_that_is_never_written(void **state) {
    (void)state;
    Case c = make_case("train.threads=1", NULL);
    const float bad[] = {__builtin_nanf(""), __builtin_inff(), -__builtin_inff()};
    for (int i = 0; i < 3; i++) {
        Apart a = take_apart(in_dir(undisturbed, LAST));
        set_number(&a, TENSOR, bad[i]);
        expect_refused(&c, &a, "parameters", "'blocks.0.mlp.out.weight': number 3 is not finite");
        free(a.header);
        free(a.data);
    }
    /* Only who continues the run reads the state of the optimizer. */
    const char *dir = in_root("hostile");
    RunResult result;
    Apart a = take_apart(in_dir(undisturbed, LAST));
    lonely_checkpoint(dir);
    set_number(&a, SLOT, bad[0]);
    put_together(&a, in_dir(dir, LAST));
    must_train(&c, dir, true, &result);
    assert_non_null(strstr(note, "number 3 is not finite"));
    result_free(&result);
    same_run(dir, undisturbed);
    free(a.header);
    free(a.data);
    facts_free(&c.facts);
}

static void names_of_no_checkpoint(void **state) {
    (void)state;
    static const char *const NAMES[] = {
        "checkpoint-61.safetensors",         "checkpoint--00000061.safetensors",
        "checkpoint-+00000061.safetensors",  "checkpoint-99999999999999999999.safetensors",
        "checkpoint-000000061.safetensors~", "checkpoint-0000000061.safetensors"};
    const char *dir = in_root("hostile");
    Err err;
    Run run;
    lonely_checkpoint(dir);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        assert_int_equal(file_write_atomic(in_dir(dir, NAMES[i]), "x", 1, &err), OK);
    if (run_open(&run, dir, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(run.step, 60);
    run_close(&run);
}

static void hostile_rule_states(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "inf 0 ",       "0 inf ",  "nan 0 ",   "0 -1 ",    "1 1 3",
        "1 1 3,3",      "1 1 4,3", "1 1 3,99", "1 1 -1,3", "1 1 3,99999999999999999999",
        "1 1 3,4;1 1 ", "1 1 3;4"};
    int32_t unit[2];
    Err err;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        RuleState rule = {.unit = unit, .room = 2};
        if (rule_states_parse(TEXTS[i], &rule, 1, 48, &err) != ERR_FORMAT) fail_msg("read: %s", TEXTS[i]);
    }
    RuleState rule = {.unit = unit, .room = 2};
    assert_int_equal(rule_states_parse("1 1 3,4", &rule, 1, 48, &err), OK);
}

/* ---- gigabytes ---- */

static void grow(const char *path) { assert_int_equal(truncate(path, (off_t)3 << 30), 0); }

static Status read_file(const char *dir, const char *name) {
    Config config;
    Curves curves;
    RunResult result;
    Run run;
    Seal seal;
    char data_hash[33];
    Err err;
    Status status;
    if (!strcmp(name, "config.yaml")) return run_config(dir, &config, &err);
    if (!strcmp(name, "manifest.json")) return folder_read(dir, &config, data_hash, &err);
    if (!strcmp(name, "DONE")) return done_read(dir, &seal, &err);
    if (!strcmp(name, "metrics.jsonl")) {
        status = run_curves(dir, &curves, &err);
        curves_free(&curves);
    } else if (!strcmp(name, "result.json")) {
        status = run_result(dir, RESULT_ANY, &result, &err);
        result_free(&result);
    } else {
        status = run_open(&run, dir, NULL, &err);
        if (status == OK) run_close(&run);
    }
    return status;
}

static void grown_files_are_refused_unread(void **state) {
    (void)state;
    const char *const FILES[] = {"config.yaml", "manifest.json", "metrics.jsonl",
                                 "result.json", "DONE",          LAST};
    const char *dir = in_root("grown");
    char command[1400];
    RunTiming timing;
    Err err;
    Bounds bounds = bounds_begin();
    for (int finished = 0; finished < 2; finished++)
        for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
            snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s' && rm -f '%s'", dir,
                     undisturbed, dir, in_dir(dir, finished ? BEFORE : "DONE"));
            assert_int_equal(system(command), 0);
            if (!finished && !strcmp(FILES[i], "DONE")) continue;
            grow(in_dir(dir, FILES[i]));
            if (!finished && FILES[i] == LAST) remove_dir(in_dir(dir, BEFORE));
            if (read_file(dir, FILES[i]) == OK) fail_msg("%s was read", FILES[i]);
            bounds_attempt(&bounds);
        }
    grow(in_dir(dir, "timing.json"));
    assert_int_equal(folder_read_timing(dir, &timing, &err), OK);
    assert_true(__builtin_isnan(timing.seconds));
    bounds_attempt(&bounds);
    bounds_end(&bounds);
}

/* What a killed process has written behind the checkpoint is cut off, however much it is. */
static void grown_metrics_are_cut(void **state) {
    (void)state;
    const char *dir = in_root("hostile");
    Case c = make_case("train.threads=1", NULL);
    RunResult result;
    lonely_checkpoint(dir);
    grow(in_dir(dir, "metrics.jsonl"));
    Bounds bounds = bounds_begin();
    must_train(&c, dir, true, &result);
    bounds_attempt(&bounds);
    bounds_end(&bounds);
    result_free(&result);
    same_run(dir, undisturbed);
    facts_free(&c.facts);
}

static void grown_arrays_and_archives(void **state) {
    (void)state;
    char path[512], command[1400], text[256];
    unsigned char head[NPY_HEAD_MAX];
    const double numbers[] = {1, 2, 3};
    void *back;
    int64_t n;
    Err err;
    Buffer archive;
    Bounds bounds = bounds_begin();
    snprintf(path, sizeof path, "%s", in_root("a.npy"));
    assert_int_equal(npy_write(path, "a", "<f8", numbers, 3, &err), OK);
    grow(path);
    assert_int_equal(npy_read(path, "<f8", 3, &back, &n, &err), ERR_FORMAT);
    bounds_attempt(&bounds);
    /* A head that says as many as there are. */
    int64_t many = (((int64_t)3 << 30) - 128) / 8;
    assert_int_equal(npy_head(head, "<f8", many, 0), 128);
    FILE *f = fopen(path, "r+b");
    assert_int_equal(fwrite(head, 1, 128, f), 128);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(npy_read(path, "<f8", 3, &back, &n, &err), OK);
    assert_true(n == many && !back);
    bounds_attempt(&bounds);
    snprintf(path, sizeof path, "%s", in_root("a.rote"));
    snprintf(command, sizeof command, "cp tests/golden/set-int2.rote '%s'", path);
    assert_int_equal(system(command), 0);
    grow(path);
    assert_int_equal(archive_read(path, true, SIZE_MAX, &archive, &err), ERR_FORMAT);
    snprintf(text, sizeof text, "%lld bytes, its header has", 3LL << 30);
    assert_non_null(strstr(err.msg, text));
    bounds_attempt(&bounds);
    bounds_end(&bounds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grown_files_are_refused_unread),
        cmocka_unit_test(grown_arrays_and_archives),
        cmocka_unit_test(grown_metrics_are_cut),
        cmocka_unit_test(hostile_checkpoints_are_refused),
        cmocka_unit_test(no_number_that_is_never_written),
        cmocka_unit_test(names_of_no_checkpoint),
        cmocka_unit_test(hostile_rule_states),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
