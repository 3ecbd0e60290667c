/* Export to npz and safetensors: the files are read back byte for byte; what a target's name means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/file.h"
#include "model/formats/safetensors.h"
#include "tests/export_testing.h"

static uint32_t little(const unsigned char *at, int bytes) {
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; i--) value = value << 8 | at[i];
    return value;
}

/* Walks the central directory as an unzip does, checks every CRC, and finds our tensors in our order. */
static void npz(void **state) {
    (void)state;
    Gpt g;
    Buffer b;
    Err err;
    ModelConfig c = llama_type();
    make_gpt(&g, &c);
    export_to(&g, EXPORT_NPZ, in_dir("m.npz"), -1);
    assert_int_equal(file_read(in_dir("m.npz"), 1 << 26, &b, &err), OK);
    const unsigned char *data = (const unsigned char *)b.data, *end = data + b.size - 22;
    assert_int_equal(little(end, 4), 0x06054b50);
    assert_int_equal(little(end + 10, 2), g.table.count);
    const unsigned char *central = data + little(end + 16, 4);
    assert_int_equal(central + little(end + 12, 4) - data, end - data);
    for (int i = 0; i < g.table.count; i++) {
        const Tensor *t = &g.table.tensor[i];
        assert_int_equal(little(central, 4), 0x02014b50);
        uint32_t crc = little(central + 16, 4), size = little(central + 20, 4),
                 name = little(central + 28, 2);
        char expected[64], shape[64];
        assert_int_equal(snprintf(expected, sizeof expected, "%s.npy", t->name), name);
        assert_memory_equal(central + 46, expected, name);
        const unsigned char *local = data + little(central + 42, 4);
        assert_int_equal(little(local, 4), 0x04034b50);
        assert_memory_equal(local + 4, central + 6, 26); /* the fields they share */
        assert_int_equal(little(local + 12, 2),
                         1 << 5 | 1); /* 1980-01-01, the first day there is: no clock */
        assert_memory_equal(local + 30, expected, name);
        const unsigned char *npy = local + 30 + name;
        assert_int_equal(crc32_of(npy, size), crc);
        assert_memory_equal(npy, "\x93NUMPY\x01\x00", 8);
        uint32_t head = little(npy + 8, 2);
        assert_int_equal((10 + head) % 64, 0);
        if (t->matrix) snprintf(shape, sizeof shape, "'shape': (%d, %d), }", t->rows, t->cols);
        else snprintf(shape, sizeof shape, "'shape': (%d,), }", t->cols);
        assert_memory_equal(npy + 10,
                            sizeof(real) == 4 ? "{'descr': '<f4', 'fortran_order': False, "
                                              : "{'descr': '<f8', 'fortran_order': False, ",
                            41);
        assert_memory_equal(npy + 51, shape, strlen(shape));
        assert_int_equal(npy[10 + head - 1], '\n');
        size_t bytes = (size_t)t->rows * (size_t)t->cols * sizeof(real);
        assert_int_equal(10 + head + bytes, size);
        assert_memory_equal(npy + 10 + head, g.params + t->offset, bytes);
        central += 46 + name;
    }
    buffer_free(&b);
    gpt_free(&g);
}

static void own_safetensors(void **state) {
    (void)state;
    Gpt g;
    StFile file;
    Err err;
    json_error_t why;
    ModelConfig c = llama_type();
    c.bos = 3;
    c.qkv_bias = true;
    c.tool = (ToolStage){.n_tools = 2, .layer = 1, .n_pointers = 5, .runs = 0x80000001};
    make_gpt(&g, &c);
    export_to(&g, EXPORT_SAFETENSORS, in_dir("m.safetensors"), -1);
    assert_int_equal(safetensors_read(in_dir("m.safetensors"), SIZE_MAX, &file, &err), OK);
    assert_int_equal(file.n_tensors, g.table.count);
    for (int i = 0; i < g.table.count; i++) {
        const Tensor *t = &g.table.tensor[i];
        const StTensor *read = safetensors_find(&file, t->name);
        assert_non_null(read);
        assert_int_equal(read->n_dim, t->matrix ? 2 : 1);
        assert_int_equal(read->bytes, (size_t)t->rows * (size_t)t->cols * sizeof(real));
        assert_memory_equal(read->data, g.params + t->offset, read->bytes);
    }
    json_t *config = json_loads(safetensors_meta(&file, "config"), 0, &why);
    assert_int_equal(json_integer_value(json_object_get(config, "n_kv_head")), 2);
    assert_string_equal(json_string_value(json_object_get(config, "pos")), "rope");
    assert_int_equal(json_integer_value(json_object_get(config, "bos")), 3);
    assert_true(json_is_true(json_object_get(config, "qkv_bias")));
    assert_true(json_is_false(json_object_get(config, "bias")));
    assert_true(json_real_value(json_object_get(config, "rope_theta")) == 500);
    for (int i = 0; config_key_name(i); i++) /* none is forgotten */
        if (!strncmp(config_key_name(i), "model.", 6))
            assert_non_null(json_object_get(config, config_key_name(i) + 6));
    const json_t *tools = json_object_get(config, "tools");
    assert_int_equal(json_integer_value(json_object_get(tools, "n_tools")), 2);
    assert_int_equal(json_integer_value(json_object_get(tools, "layer")), 1);
    assert_int_equal(json_integer_value(json_object_get(tools, "n_pointers")), 5);
    assert_int_equal(json_integer_value(json_object_get(tools, "runs")), 0x80000001);
    json_decref(config);
    safetensors_free(&file);
    gpt_free(&g);
}

static void targets_and_names(void **state) {
    (void)state;
    Gpt g;
    Err err;
    ModelConfig c = gpt2_type();
    make_gpt(&g, &c);
    const char *const path[] = {"hf", "m.npz", "m.safetensors"};
    for (int format = EXPORT_HF; format <= EXPORT_SAFETENSORS; format++) {
        export_to(&g, (ExportFormat)format, in_dir(path[format]), -1);
        assert_int_equal(export_model(&g, (ExportFormat)format, in_dir(path[format]), -1, false, &err),
                         ERR_INPUT);
        assert_non_null(strstr(err.msg, "with --force"));
        assert_int_equal(export_model(&g, (ExportFormat)format, "/proc/rote/x", -1, false, &err), ERR_IO);
        assert_int_equal(export_model(&g, (ExportFormat)format, in_dir(path[format]), -1, true, &err), OK);
        ExportFormat read;
        const char *const names[] = {"hf", "npz", "safetensors"};
        assert_int_equal(export_format_of(names[format], &read, &err), OK);
        assert_int_equal(read, format);
    }
    ExportFormat none;
    assert_int_equal(export_format_of("onnx", &none, &err), ERR_INPUT);
    assert_string_equal(err.msg,
                        "export format 'onnx' is unknown, allowed: hf, npz, safetensors, gguf, tensorboard");
    gpt_free(&g);
}

static void put_text(const char *path, const char *text) {
    Err err = {0};
    if (file_write_atomic(path, text, strlen(text), &err) != OK) fail_msg("%s", err.msg);
}

/* What an export leaves whose process was killed is no obstacle; the same files without its mark are somebody's. */
static void folders_of_hf(void **state) {
    (void)state;
    Gpt g;
    StFile file;
    Err err;
    ModelConfig c = gpt2_type();
    make_gpt(&g, &c);
    assert_int_equal(mkdir(in_dir("killed"), 0777), 0);
    put_text(in_dir("killed/model.safetensors"), "half");
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("killed"), -1, false, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "the folder is not empty (it contains model.safetensors)"));
    assert_false(file_exists(in_dir("killed/.config.json.rote-tmp")));
    put_text(in_dir("killed/.config.json.rote-tmp"), "{");
    put_text(in_dir("killed/thesis"), "theirs");
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("killed"), -1, false, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "(it contains thesis)"));
    assert_int_equal(unlink(in_dir("killed/thesis")), 0);
    export_to(&g, EXPORT_HF, in_dir("killed"), -1);
    assert_int_equal(safetensors_read(in_dir("killed/model.safetensors"), SIZE_MAX, &file, &err), OK);
    safetensors_free(&file);
    assert_false(file_exists(in_dir("killed/.config.json.rote-tmp")));

    AtomicFile other; /* another export is on its way: its files stay, and nothing is added */
    assert_int_equal(mkdir(in_dir("busy"), 0777), 0);
    assert_int_equal(atomic_open(&other, in_dir("busy/config.json"), &err), OK);
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("busy"), -1, false, &err), ERR_IO);
    assert_non_null(strstr(err.msg, "another process is writing it"));
    assert_false(file_exists(in_dir("busy/model.safetensors")));
    atomic_abort(&other);

    assert_int_equal(symlink("nowhere", in_dir("link")), 0);
    assert_int_not_equal(export_model(&g, EXPORT_HF, in_dir("link"), -1, false, &err), OK);
    assert_false(file_exists(in_dir("nowhere")));
    gpt_free(&g);
}

/* All files or none: the further ones stand before config.json, and what a killed export left is no obstacle. */
static void further_files(void **state) {
    (void)state;
    static const ExportFile more[] = {{"one.json", "1"}, {"two.json", "2"}, {NULL, NULL}};
    Gpt g;
    Err err = {0};
    struct stat one, config;
    ModelConfig c = gpt2_type();
    make_gpt(&g, &c);
    assert_int_equal(export_hf(&g, more, in_dir("hf"), -1, false, &err), OK);
    assert_int_equal(stat(in_dir("hf/two.json"), &one), 0);
    assert_int_equal(stat(in_dir("hf/config.json"), &config), 0);
    assert_true(
        one.st_mtim.tv_sec < config.st_mtim.tv_sec ||
        (one.st_mtim.tv_sec == config.st_mtim.tv_sec && one.st_mtim.tv_nsec <= config.st_mtim.tv_nsec));
    assert_int_equal(mkdir(in_dir("broken"), 0777), 0);
    put_text(in_dir("broken/.config.json.rote-tmp"), "{");
    put_text(in_dir("broken/one.json"), "half");
    assert_int_equal(export_model(&g, EXPORT_HF, in_dir("broken"), -1, false, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "(it contains one.json)"));
    assert_int_equal(mkdir(in_dir("broken/.two.json.rote-tmp"), 0777),
                     0); /* so the second cannot be written */
    assert_int_not_equal(export_hf(&g, more, in_dir("broken"), -1, false, &err), OK);
    assert_false(file_exists(in_dir("broken/config.json")) || file_exists(in_dir("broken/one.json")) ||
                 file_exists(in_dir("broken/model.safetensors")));
    gpt_free(&g);
}

int main(void) {
    printf("seed %llu\n", (unsigned long long)SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(npz, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(own_safetensors, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(targets_and_names, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(folders_of_hf, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(further_files, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
