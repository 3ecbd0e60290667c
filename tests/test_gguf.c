/* GGUF files: values of every type, ggml's number formats bit by bit, and files that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/formats/gguf.h"

/* ---- writing ---- */

static void put_text(Bytes *b, const char *text) {
    bytes_u64(b, strlen(text));
    bytes_add(b, text, strlen(text));
}

static void put_key(Bytes *b, const char *name, uint32_t type) {
    put_text(b, name);
    bytes_u32(b, type);
}

static void put_array(Bytes *b, const char *name, uint32_t type, uint64_t count) {
    put_key(b, name, GGUF_ARRAY);
    bytes_u32(b, type);
    bytes_u64(b, count);
}

static void put_tensor(Bytes *b, const char *name, int n_dim, const uint64_t *dim, uint32_t type,
                       uint64_t offset) {
    put_text(b, name);
    bytes_u32(b, (uint32_t)n_dim);
    for (int i = 0; i < n_dim; i++) bytes_u64(b, dim[i]);
    bytes_u32(b, type);
    bytes_u64(b, offset);
}

static void put_begin(Bytes *b, uint32_t version, uint64_t tensors, uint64_t keys) {
    bytes_add(b, "GGUF", 4);
    bytes_u32(b, version);
    bytes_u64(b, tensors);
    bytes_u64(b, keys);
}

static void put_data(Bytes *b, size_t size) {
    while (b->size % 32) bytes_byte(b, 0);
    for (size_t i = 0; i < size; i++) bytes_byte(b, (uint8_t)(i * 7));
}

/* A file with a value of each type, an array of texts and one of numbers, and three tensors of 5,184 bytes. */
static void put_sample(Bytes *b) {
    float single = 1.5F;
    put_begin(b, 3, 3, 15);
    put_key(b, "general.architecture", GGUF_STRING), put_text(b, "llama");
    put_key(b, "u8", GGUF_U8), bytes_byte(b, 200);
    put_key(b, "i8", GGUF_I8), bytes_byte(b, 200);
    put_key(b, "u16", GGUF_U16), bytes_add(b, "\x34\x92", 2);
    put_key(b, "i16", GGUF_I16), bytes_add(b, "\x34\x92", 2);
    put_key(b, "u32", GGUF_U32), bytes_u32(b, 4000000000U);
    put_key(b, "i32", GGUF_I32), bytes_u32(b, 4000000000U);
    put_key(b, "f32", GGUF_F32), bytes_add(b, &single, 4);
    put_key(b, "bool", GGUF_BOOL), bytes_byte(b, 1);
    put_key(b, "u64", GGUF_U64), bytes_u64(b, UINT64_MAX);
    put_key(b, "i64", GGUF_I64), bytes_u64(b, UINT64_MAX);
    put_key(b, "f64", GGUF_F64), bytes_f64(b, 2.5);
    put_array(b, "texts", GGUF_STRING, 3), put_text(b, "a"), put_text(b, ""), put_text(b, "\xc4\xa0t");
    put_array(b, "numbers", GGUF_I32, 2), bytes_u32(b, 3), bytes_u32(b, UINT32_MAX);
    put_array(b, "none", GGUF_F64, 0);
    put_tensor(b, "b", 2, (const uint64_t[]){64, 3}, 8, 4096 + 32); /* 6 blocks of 34 bytes */
    put_tensor(b, "a", 1, (const uint64_t[]){32}, 3, 4096);         /* 20 bytes */
    put_tensor(b, "c", 4, (const uint64_t[]){2, 4, 8, 16}, 0, 0);   /* 4096 bytes */
    put_data(b, 4352);
}

/* Opens a copy of exactly that size, so that a sanitizer sees every read behind it. */
static Status parse(const Bytes *b, size_t size, Gguf *out, uint8_t **copy, Err *err) {
    *copy = malloc(size ? size : 1);
    assert_non_null(*copy);
    memcpy(*copy, b->data, size);
    return gguf_parse(*copy, size, "x.gguf", out, err);
}

/* ---- tests ---- */

static void check_values(const Gguf *g) {
    int64_t whole = 0;
    double number = 0;
    bool truth = false;
    Text text = {NULL, 0};
    assert_true(gguf_text(gguf_key(g, "general.architecture"), &text) && text.size == 5);
    assert_memory_equal(text.data, "llama", 5);
    static const struct {
        const char *key;
        int64_t value;
    } wholes[] = {{"u8", 200},         {"i8", -56},
                  {"u16", 0x9234},     {"i16", 0x9234 - 65536},
                  {"u32", 4000000000}, {"i32", 4000000000 - 4294967296},
                  {"i64", -1}};
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
        assert_true(gguf_whole(gguf_key(g, wholes[i].key), &whole));
        assert_int_equal(whole, wholes[i].value);
    }
    assert_false(gguf_whole(gguf_key(g, "u64"), &whole)); /* does not fit */
    assert_false(gguf_whole(gguf_key(g, "f32"), &whole));
    assert_false(gguf_whole(gguf_key(g, "numbers"), &whole));
    assert_false(gguf_whole(gguf_key(g, "absent"), &whole));
    assert_true(gguf_number(gguf_key(g, "f32"), &number) && number == 1.5);
    assert_true(gguf_number(gguf_key(g, "f64"), &number) && number == 2.5);
    assert_false(gguf_number(gguf_key(g, "u8"), &number));
    assert_true(gguf_bool(gguf_key(g, "bool"), &truth) && truth);
    assert_false(gguf_bool(gguf_key(g, "u8"), &truth));
    assert_false(gguf_text(gguf_key(g, "texts"), &text));

    GgufCursor c = gguf_begin(gguf_key(g, "texts"));
    assert_true(gguf_next_text(&c, &text) && text.size == 1 && text.data[0] == 'a');
    assert_true(gguf_next_text(&c, &text) && text.size == 0);
    assert_false(gguf_next_whole(&c, &whole));
    assert_true(gguf_next_text(&c, &text) && text.size == 3);
    assert_false(gguf_next_text(&c, &text));
    c = gguf_begin(gguf_key(g, "numbers"));
    assert_true(gguf_next_whole(&c, &whole) && whole == 3);
    assert_true(gguf_next_whole(&c, &whole) && whole == -1);
    assert_false(gguf_next_whole(&c, &whole));
    c = gguf_begin(gguf_key(g, "u8"));
    assert_false(gguf_next_whole(&c, &whole));
}

static void sample_file(void **state) {
    (void)state;
    Bytes b = {0};
    Gguf g;
    Err err;
    char path[] = "/tmp/rote-gguf-XXXXXX";
    put_sample(&b);
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    assert_int_equal(file_write_atomic(path, b.data, b.size, &err), OK);
    assert_int_equal(gguf_open(path, &g, &err), OK);
    assert_true(g.version == 3 && g.n_keys == 15 && g.n_tensors == 3);
    check_values(&g);
    const GgufTensor *t = gguf_tensor(&g, "b");
    assert_true(t && t->n_dim == 2 && t->dim[0] == 64 && t->dim[1] == 3 && t->dim[2] == 1 && t->size == 192);
    assert_true(t->bytes == 204 && !strcmp(t->type->name, "Q8_0"));
    const uint8_t *data = g.file + g.file_bytes - 4352;
    assert_ptr_equal(t->data, data + 4096 + 32);
    assert_ptr_equal(gguf_tensor(&g, "c")->data, data);
    assert_null(gguf_tensor(&g, "d"));
    gguf_close(&g);
    assert_int_equal(gguf_open("/tmp", &g, &err), ERR_INPUT);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(gguf_open(path, &g, &err), ERR_INPUT);
    unlink(path);
    assert_int_equal(gguf_open(path, &g, &err), ERR_INPUT);
    bytes_free(&b);
}

/* Without its last bytes the file is refused, at whatever place it ends. */
static void truncated(void **state) {
    (void)state;
    Bytes b = {0};
    put_sample(&b);
    assert_true(b.size > 4800);
    for (size_t size = 0; size < b.size; size += size < 1024 ? 1 : 97) {
        if (size >= b.size - (4352 - 4128 - 204))
            break; /* behind the last tensor's data: nothing is missing */
        Gguf g;
        Err err = {0};
        uint8_t *copy;
        assert_int_equal(parse(&b, size, &g, &copy, &err), ERR_INPUT);
        assert_non_null(strstr(err.msg, "x.gguf: no whole GGUF file: "));
        assert_null(strchr(err.msg, '\n'));
        free(copy);
    }
    bytes_free(&b);
}

/* A refusal whose message contains `why`; the bytes are freed. */
static void refused(Bytes *b, const char *why) {
    Gguf g;
    Err err = {0};
    uint8_t *copy;
    assert_int_equal(parse(b, b->size, &g, &copy, &err), ERR_INPUT);
    if (!strstr(err.msg, why)) fail_msg("'%s' lacks '%s'", err.msg, why);
    free(copy);
    bytes_free(b);
}

static void lies_in_keys(void **state) {
    (void)state;
    Bytes b = {0};
    put_begin(&b, 1, 0, 0), refused(&b, "version is 1");
    put_begin(&b, 3, UINT64_MAX, 0), refused(&b, "18446744073709551615 tensors");
    put_begin(&b, 3, 0, UINT64_C(1) << 40), refused(&b, "1099511627776 keys");
    put_begin(&b, 3, 0, 65537), put_data(&b, 2000000), refused(&b, "65537 keys");
    put_begin(&b, 3, 0, 1), bytes_u64(&b, UINT64_C(1) << 63), put_data(&b, 64);
    refused(&b, "the name of a key is 9223372036854775808");
    put_begin(&b, 3, 0, 1), put_key(&b, "k", GGUF_STRING), bytes_u64(&b, UINT64_MAX), put_data(&b, 64);
    refused(&b, "the value of \"k\" is 18446744073709551615");
    put_begin(&b, 3, 0, 1), put_key(&b, "k", GGUF_STRING), bytes_u64(&b, 70),
        refused(&b, "is 70, at most 45");
    put_begin(&b, 3, 0, 1), put_key(&b, "k\n\x1b", 13), put_data(&b, 64);
    refused(&b, "key \"k\\n\\x1B\" has the unknown type 13");
    put_begin(&b, 3, 0, 1), put_array(&b, "k", GGUF_ARRAY, 1), put_data(&b, 64);
    refused(&b, "\"k\" is an array of arrays");
    put_begin(&b, 3, 0, 1), put_array(&b, "k", GGUF_F64, UINT64_C(1) << 61), put_data(&b, 64);
    refused(&b, "inside the value of \"k\"");
    put_begin(&b, 3, 0, 1), put_array(&b, "k", GGUF_STRING, UINT64_MAX), put_data(&b, 64);
    refused(&b, "the length of the value of \"k\"");
    put_begin(&b, 3, 0, 1), put_key(&b, "k", GGUF_BOOL), bytes_byte(&b, 2), refused(&b, "truth value of 2");
    put_begin(&b, 3, 0, 2);
    for (int i = 0; i < 2; i++) put_key(&b, "k", GGUF_U8), bytes_byte(&b, 1);
    refused(&b, "key \"k\" occurs twice");
    put_begin(&b, 3, 0, 1), put_key(&b, "general.alignment", GGUF_U32), bytes_u32(&b, 48);
    refused(&b, "general.alignment");
}

static void lies_in_tensors(void **state) {
    (void)state;
    const uint64_t one[] = {32, 1, 1, 1, 1};
    static const struct {
        uint64_t dim[4], type, offset;
        const char *why;
    } lies[] = {
        {{32, 0, 1, 1}, 0, 0, "has the size 0"},
        {{32, UINT64_C(1) << 63, 1, 1}, 0, 0, "has the size 9223372036854775808"},
        {{UINT64_C(1) << 32, UINT64_C(1) << 32, 1, 1}, 0, 0, "has the size"},
        {{UINT64_C(1) << 30, UINT64_C(1) << 32, 1, 1}, 0, 0, "\"t\" has"}, /* 2^64 bytes */
        {{16, 2, 1, 1}, 8, 0, "no multiple of 32, the block of Q8_0"},
        {{32, 1, 1, 1}, 4, 0, "unknown type 4"},
        {{32, 1, 1, 1}, UINT32_MAX, 0, "unknown type"},
        {{32, 1, 1, 1}, 0, 33, "no multiple of 32"},
        {{32, 1, 1, 1}, 0, 128, "at offset 128, the data have 128 bytes"},
        {{32, 1, 1, 1}, 0, UINT64_MAX - 31, "the data have 128 bytes"},
        {{64, 1, 1, 1}, 0, 0, "has 256 bytes at offset 0"},
    };
    Bytes b = {0};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        put_begin(&b, 3, 1, 0);
        put_tensor(&b, "t", 4, lies[i].dim, (uint32_t)lies[i].type, lies[i].offset);
        put_data(&b, 128), refused(&b, lies[i].why);
    }
    put_begin(&b, 3, 1, 0), put_tensor(&b, "t", 5, one, 0, 0), put_data(&b, 128), refused(&b, "5 dimensions");
    put_begin(&b, 3, 1, 0), put_tensor(&b, "t", 0, one, 0, 0), put_data(&b, 128), refused(&b, "0 dimensions");
    put_begin(&b, 3, 2, 0), put_tensor(&b, "t", 1, one, 0, 0), put_tensor(&b, "u", 1, one, 0, 96);
    put_data(&b, 224), refused(&b, "tensors \"t\" and \"u\" overlap");
    put_begin(&b, 3, 2, 0), put_tensor(&b, "t", 1, one, 0, 0), put_tensor(&b, "u", 1, one, 0, 160);
    put_data(&b, 288), refused(&b, "32 bytes before tensor \"u\" are of no tensor");
    put_begin(&b, 3, 1, 0), put_tensor(&b, "t", 1, one, 0, 0);
    put_data(&b, 160), refused(&b, "32 bytes behind the last tensor are of no tensor");
    put_begin(&b, 3, 2, 0), put_tensor(&b, "t", 1, one, 0, 0), put_tensor(&b, "t", 1, one, 0, 128);
    put_data(&b, 256), refused(&b, "tensor \"t\" occurs twice");
    put_begin(&b, 3, 1, 0);
    put_tensor(&b, "0123456789012345678901234567890123456789012345678901234567890123", 1, one, 0, 0);
    put_data(&b, 128), refused(&b, "the name of a tensor is 64");
}

/* Random blocks as float32: tests/reference/ggml_types.py prints the CRCs, by gguf-py and by ggml. */
static void number_formats(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t number, crc;
        int scale[2]; /* places of float16 numbers in a block; made finite */
    } golden[] = {
        {"F16", 1, 0x135a49aa, {0, 0}},       {"BF16", 30, 0x449c26d2, {0, 0}},
        {"Q4_0", 2, 0x4751c414, {0, 0}},      {"Q4_1", 3, 0xf270485e, {0, 2}},
        {"Q5_0", 6, 0x7077e779, {0, 0}},      {"Q5_1", 7, 0x0374e64f, {0, 2}},
        {"Q8_0", 8, 0x5f917d1a, {0, 0}},      {"Q2_K", 10, 0xdd853246, {80, 82}},
        {"Q3_K", 11, 0x86fb4f91, {108, 108}}, {"Q4_K", 12, 0xfbea5647, {0, 2}},
        {"Q5_K", 13, 0xd8f3b301, {0, 2}},     {"Q6_K", 14, 0x1768cbc2, {208, 208}},
    };
    enum { BLOCKS = 512 };
    static uint8_t data[BLOCKS * 210];
    static float out[BLOCKS * 256];
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        const GgmlType *type = ggml_type(golden[i].number);
        assert_true(type && !strcmp(type->name, golden[i].name));
        uint32_t x = 12345;
        for (int k = 0; k < BLOCKS * type->bytes; k++)
            data[k] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
        for (int k = 0; k < BLOCKS; k++)
            for (int s = 0; s < 2; s++) data[k * type->bytes + golden[i].scale[s] + 1] &= 0xbf;
        ggml_floats(out, type, data, (int64_t)BLOCKS * type->block);
        if (crc32_of(out, (size_t)BLOCKS * (size_t)type->block * sizeof *out) != golden[i].crc)
            fail_msg("%s differs from ggml", type->name);
    }
    static const uint8_t special[] = {0, 0x7c, 0, 0xfc, 1, 0, 0xff, 0x7b, 0, 0x80};
    ggml_floats(out, ggml_type(1), special, 5);
    assert_true(out[0] == __builtin_inff() && out[1] == -__builtin_inff() && out[2] == 0x1p-24F &&
                out[3] == 65504);
    assert_true(out[4] == 0 && __builtin_signbit(out[4]));
    assert_null(ggml_type(4));
    assert_null(ggml_type(40));
    assert_null(ggml_type(16)->block_floats);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample_file),     cmocka_unit_test(truncated),      cmocka_unit_test(lies_in_keys),
        cmocka_unit_test(lies_in_tensors), cmocka_unit_test(number_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
