/* Checkpoint files: what is written comes back, the same state gives the same bytes, and whatever is torn,
 * truncated or altered is recognized and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "model/checkpoint.h"
#include "tests/bounds.h"

enum { TOTAL = 3 * 5 + 5 + 2 * 3 };
static Tensor tensors[] = {
    {.name = "wte", .rows = 3, .cols = 5, .matrix = true, .offset = 0},
    {.name = "norm_f.weight", .rows = 1, .cols = 5, .offset = 15},
    {.name = "blocks.0.attn.q.weight", .rows = 2, .cols = 3, .matrix = true, .offset = 20},
};
static const ParamTable table = {.count = 3, .tensor = tensors, .total = TOTAL};

static char folder[] = "/tmp/rote-checkpoint-XXXXXX", path[64], other[64];
static real params[TOTAL], momentum[TOTAL], square[TOTAL];
static const StMeta meta[] = {{"step", "7"}, {"note", "quotes \" and \\ and \n and \xc3\xa9"}};

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/a.safetensors", folder);
    snprintf(other, sizeof other, "%s/b.safetensors", folder);
    for (int i = 0; i < TOTAL; i++) {
        params[i] = (real)(i * 0.5 - 3);
        momentum[i] = (real)(-i);
        square[i] = (real)(i * i);
    }
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    unlink(other);
    return rmdir(folder);
}

static void write_to(const char *where) {
    CheckpointSlot slots[] = {{"m", momentum, NULL}, {"v", square, NULL}};
    Err err = {0};
    Status status = checkpoint_write(where, &table, params, slots, 2, meta, 2, &err);
    if (status != OK) fail_msg("%s", err.msg);
}

static Buffer bytes_of(const char *where) {
    Buffer b;
    Err err = {0};
    if (file_read(where, 1 << 20, &b, &err) != OK) fail_msg("%s", err.msg);
    return b;
}

static void put_bytes(const char *where, const char *data, size_t size) {
    unlink(where); /* a file truncated and written anew waits for the disk */
    FILE *f = fopen(where, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void comes_back(void **state) {
    (void)state;
    write_to(path);
    StFile file;
    Err err = {0};
    assert_int_equal(safetensors_read(path, SIZE_MAX, &file, &err), OK);
    assert_int_equal(file.n_tensors, 9);
    assert_string_equal(safetensors_meta(&file, "step"), "7");
    assert_string_equal(safetensors_meta(&file, "note"), meta[1].value);
    assert_null(safetensors_meta(&file, "crc32"));
    const StTensor *q = safetensors_find(&file, "optimizer.v.blocks.0.attn.q.weight");
    assert_non_null(q);
    assert_true(q->n_dim == 2 && q->dim[0] == 2 && q->dim[1] == 3 && !strcmp(q->dtype, REAL_NAME));
    real p[TOTAL] = {0}, m[TOTAL] = {0}, v[TOTAL] = {0};
    CheckpointSlot slots[] = {{"m", m, NULL}, {"v", v, NULL}};
    assert_int_equal(checkpoint_load(path, &file, &table, p, slots, 2, &err), OK);
    assert_memory_equal(p, params, sizeof p);
    assert_memory_equal(m, momentum, sizeof m);
    assert_memory_equal(v, square, sizeof v);
    safetensors_free(&file);
}

/* What any reader of the format relies on: the length, a JSON header, data behind it at an aligned place. */
static void is_plain_safetensors(void **state) {
    (void)state;
    write_to(path);
    Buffer b = bytes_of(path);
    uint64_t length;
    memcpy(&length, b.data, 8);
    assert_int_equal((8 + length) % 64, 0);
    assert_int_equal(b.size, 8 + length + 3 * TOTAL * sizeof(real));
    assert_true(b.data[8] == '{');
    assert_memory_equal(b.data + 8 + length, params, sizeof params);
    char wanted[128];
    snprintf(wanted, sizeof wanted, "\"wte\":{\"dtype\":\"%s\",\"shape\":[3,5],\"data_offsets\":[0,%zu]}",
             REAL_NAME, 15 * sizeof(real));
    assert_non_null(strstr(b.data + 8, wanted));
    buffer_free(&b);
}

static void same_state_same_bytes(void **state) {
    (void)state;
    write_to(path);
    write_to(other);
    Buffer a = bytes_of(path), b = bytes_of(other);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    buffer_free(&a);
    buffer_free(&b);
}

static Status read_status(const char *where, Err *err) {
    StFile file;
    Status status = safetensors_read(where, SIZE_MAX, &file, err);
    if (status == OK) safetensors_free(&file);
    return status;
}

static const char CHANGES[] = {1, (char)0x80, (char)0xff};

static void every_changed_byte_is_seen(void **state) {
    (void)state;
    write_to(path);
    Buffer b = bytes_of(path);
    Bounds bounds = bounds_begin();
    for (size_t at = 0; at < b.size; at++)
        for (size_t change = 0; change < sizeof CHANGES; change++) {
            b.data[at] = (char)(b.data[at] ^ CHANGES[change]);
            put_bytes(other, b.data, b.size);
            b.data[at] = (char)(b.data[at] ^ CHANGES[change]);
            Err err = {0};
            if (read_status(other, &err) != ERR_FORMAT) fail_msg("byte %zu: not seen: %s", at, err.msg);
            bounds_attempt(&bounds);
        }
    bounds_end(&bounds);
    buffer_free(&b);
}

/* The header's CRC made right again, where the header still has one: what follows refuses, or reads a file of other
 * names and strings, within its bounds. */
static void a_changed_header_stays_within_bounds(void **state) {
    (void)state;
    static const char START[] = "{\"__metadata__\":{\"crc32\":\"";
    enum { CRC_AT = 8 + sizeof START - 1, CRC_DIGITS = 8 };
    write_to(path);
    Buffer b = bytes_of(path);
    size_t data_at = b.size - 3 * TOTAL * sizeof(real), read = 0, refused = 0;
    assert_memory_equal(b.data + 8, START, sizeof START - 1);
    char *copy = malloc(b.size), crc[CRC_DIGITS + 1];
    Bounds bounds = bounds_begin();
    assert_non_null(copy);
    for (size_t at = 0; at < data_at; at++)
        for (size_t change = 0; change < sizeof CHANGES; change++) {
            uint64_t length;
            memcpy(copy, b.data, b.size);
            copy[at] = (char)(copy[at] ^ CHANGES[change]);
            memcpy(&length, copy, sizeof length);
            memcpy(copy + CRC_AT, "00000000", CRC_DIGITS);
            if (length > b.size - 8) length = 0;
            snprintf(crc, sizeof crc, "%08x", (unsigned)crc32_of(copy + 8, (size_t)length));
            memcpy(copy + CRC_AT, crc, CRC_DIGITS);
            put_bytes(other, copy, b.size);
            StFile file;
            Err err = {0};
            Status status = safetensors_read(other, SIZE_MAX, &file, &err);
            bounds_attempt(&bounds);
            read += status == OK;
            refused += status == ERR_FORMAT;
            if (status != OK) continue;
            real p[TOTAL];
            status = checkpoint_load(other, &file, &table, p, NULL, 0, &err);
            if (status != OK && status != ERR_FORMAT) fail_msg("byte %zu: status %d", at, (int)status);
            safetensors_free(&file);
        }
    bounds_end(&bounds);
    printf("%zu changed headers read, %zu refused\n", read, refused);
    assert_true(read > 0 && read + refused == 3 * data_at);
    free(copy);
    buffer_free(&b);
}

static void every_truncation_is_seen(void **state) {
    (void)state;
    write_to(path);
    Buffer b = bytes_of(path);
    Bounds bounds = bounds_begin();
    for (size_t size = 0; size < b.size; size++) {
        put_bytes(other, b.data, size);
        Err err = {0};
        if (read_status(other, &err) != ERR_FORMAT) fail_msg("%zu bytes: not seen: %s", size, err.msg);
        bounds_attempt(&bounds);
    }
    bounds_end(&bounds);
    char *longer = calloc(b.size + 1, 1);
    assert_non_null(longer);
    memcpy(longer, b.data, b.size);
    put_bytes(other, longer, b.size + 1);
    Err err = {0};
    assert_int_equal(read_status(other, &err), ERR_FORMAT);
    free(longer);
    buffer_free(&b);
}

static void names_what_is_altered(void **state) {
    (void)state;
    write_to(path);
    Buffer b = bytes_of(path);
    size_t data = b.size - 3 * TOTAL * sizeof(real);
    b.data[data + (TOTAL + 16) * sizeof(real)] ^= 1; /* element 1 of norm_f.weight in slot m */
    put_bytes(other, b.data, b.size);
    Err err = {0};
    assert_int_equal(read_status(other, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "'optimizer.m.norm_f.weight'"));
    assert_non_null(strstr(err.msg, "b.safetensors"));
    buffer_free(&b);
    assert_int_equal(read_status("/nowhere/x.safetensors", &err), ERR_IO);
}

/* Another model's file is refused before a single number is copied. */
static void other_shapes_leave_all_untouched(void **state) {
    (void)state;
    write_to(path);
    StFile file;
    Err err = {0};
    assert_int_equal(safetensors_read(path, SIZE_MAX, &file, &err), OK);
    Tensor changed[3];
    memcpy(changed, tensors, sizeof changed);
    changed[2].rows = 3;
    changed[2].cols = 2;
    ParamTable wrong = {.count = 3, .tensor = changed, .total = TOTAL};
    real p[TOTAL] = {0};
    static const real zero[TOTAL];
    assert_int_equal(checkpoint_load(path, &file, &wrong, p, NULL, 0, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "blocks.0.attn.q.weight"));
    assert_memory_equal(p, zero, sizeof p);
    CheckpointSlot slot = {"missing", p, NULL};
    assert_int_equal(checkpoint_load(path, &file, &table, p, &slot, 1, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "optimizer.missing.wte"));
    assert_memory_equal(p, zero, sizeof p);
    safetensors_free(&file);
}

/* A slot of matrices of its own sizes: nothing of the second tensor, more of the third than it has. */
static void slots_of_their_own_sizes(void **state) {
    (void)state;
    static const SlotMatrix own[] = {{5, 5, 0}, {0, 0, 25}, {3, 3, 25}};
    real side[34], back[34] = {0}, p[TOTAL] = {0}, m[TOTAL] = {0};
    for (int i = 0; i < 34; i++) side[i] = (real)(7 * i + 1);
    CheckpointSlot slots[] = {{"r", side, own}, {"m", momentum, NULL}};
    Err err = {0};
    assert_int_equal(checkpoint_write(other, &table, params, slots, 2, meta, 2, &err), OK);
    StFile file;
    assert_int_equal(safetensors_read(other, SIZE_MAX, &file, &err), OK);
    assert_int_equal(file.n_tensors, 8);
    assert_null(safetensors_find(&file, "optimizer.r.norm_f.weight"));
    const StTensor *t = safetensors_find(&file, "optimizer.r.blocks.0.attn.q.weight");
    assert_non_null(t);
    assert_true(t->n_dim == 2 && t->dim[0] == 3 && t->dim[1] == 3);
    slots[0].data = back;
    slots[1].data = m;
    assert_int_equal(checkpoint_load(other, &file, &table, p, slots, 2, &err), OK);
    assert_memory_equal(back, side, sizeof side);
    assert_memory_equal(m, momentum, sizeof m);
    assert_memory_equal(p, params, sizeof p);
    safetensors_free(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(is_plain_safetensors),
        cmocka_unit_test(same_state_same_bytes),
        cmocka_unit_test(every_changed_byte_is_seen),
        cmocka_unit_test(a_changed_header_stays_within_bounds),
        cmocka_unit_test(every_truncation_is_seen),
        cmocka_unit_test(names_what_is_altered),
        cmocka_unit_test(other_shapes_leave_all_untouched),
        cmocka_unit_test(slots_of_their_own_sizes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
