/* Event files for TensorBoard without TensorBoard: CRCs by published vectors, the framing of records, and the fields of
 * events, read back by their numbers. tests/check_tensorboard.sh asks TensorBoard's own reader. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "eval/tensorboard/events.h"

static uint32_t unmasked(uint32_t masked) {
    uint32_t turned = masked - 0xA282EAD8;
    return turned << 15 | turned >> 17;
}

/* RFC 3720, B.4, and the check value of CRC-32C. */
static void crc_vectors(void **state) {
    (void)state;
    uint8_t zeros[32] = {0}, ones[32], rising[32];
    memset(ones, 0xFF, sizeof ones);
    for (int i = 0; i < 32; i++) rising[i] = (uint8_t)i;
    assert_int_equal(unmasked(crc32c_masked(zeros, 32)), 0x8A9136AA);
    assert_int_equal(unmasked(crc32c_masked(ones, 32)), 0x62A8AB43);
    assert_int_equal(unmasked(crc32c_masked(rising, 32)), 0x46DD794E);
    assert_int_equal(unmasked(crc32c_masked("123456789", 9)), 0xE3069283);
    assert_int_equal(unmasked(crc32c_masked("", 0)), 0);
}

/* The next record, whose two CRCs must hold. */
static ByteReader record(ByteReader *file) {
    const uint8_t *at = file->at;
    uint64_t size = read_u64(file);
    assert_int_equal(read_u32(file), crc32c_masked(at, 8));
    const uint8_t *event = read_bytes(file, size);
    assert_non_null(event);
    assert_int_equal(read_u32(file), crc32c_masked(event, size));
    return (ByteReader){.at = event, .end = event + size};
}

/* The next field must be a message, text or array of that number. */
static ByteReader inside(ByteReader *r, int field) {
    assert_int_equal(read_byte(r), field << 3 | 2);
    uint64_t size = read_varint(r, 1 << 20);
    const uint8_t *data = read_bytes(r, size);
    assert_non_null(data);
    return (ByteReader){.at = data, .end = data + size};
}

static void is_text(ByteReader r, const char *text) {
    assert_int_equal(r.end - r.at, strlen(text));
    assert_memory_equal(r.at, text, strlen(text));
}

static double number(ByteReader *r, int field) {
    assert_int_equal(read_byte(r), field << 3 | 1);
    return read_f64(r);
}

/* Wall time, step where it is not 0, and the only value of the summary. */
static ByteReader summary(ByteReader *file, int step) {
    ByteReader event = record(file);
    assert_true(number(&event, 1) == step);
    if (step) {
        assert_int_equal(read_byte(&event), 2 << 3);
        assert_int_equal(read_varint(&event, INT64_MAX), step);
    }
    ByteReader all = inside(&event, 5), value = inside(&all, 1);
    assert_true(read_whole(&event) && read_whole(&all));
    return value;
}

static void scalars_and_version(void **state) {
    (void)state;
    Bytes b = {.data = NULL};
    event_begin(&b);
    event_scalar(&b, 300, "eval/recall", 0.1);
    assert_false(b.failed);
    ByteReader file = {.at = b.data, .end = b.data + b.size}, event = record(&file);
    assert_true(number(&event, 1) == 0);
    is_text(inside(&event, 3), "brain.Event:2");
    ByteReader value = summary(&file, 300);
    is_text(inside(&value, 1), "eval/recall");
    float single = 0.1F;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    assert_int_equal(read_byte(&value), 2 << 3 | 5);
    assert_int_equal(read_u32(&value), bits);
    assert_true(read_whole(&value) && read_whole(&file));
    bytes_free(&b);
}

static void a_histogram(void **state) {
    (void)state;
    const real x[] = {-1, 2, 0, 2, NAN, -0.95F};
    Bytes b = {.data = NULL};
    event_histogram(&b, 0, "h", x, 6);
    event_histogram(&b, 0, "constant", x + 1, 1);
    ByteReader file = {.at = b.data, .end = b.data + b.size}, value = summary(&file, 0);
    is_text(inside(&value, 1), "h");
    ByteReader h = inside(&value, 5);
    assert_true(number(&h, 1) == -1 && number(&h, 2) == 2 && number(&h, 3) == 5);
    assert_true(fabs(number(&h, 4) - 2.05) < 1e-6 && fabs(number(&h, 5) - 9.9025) < 1e-6);
    ByteReader limit = inside(&h, 6), bucket = inside(&h, 7);
    assert_true(read_whole(&h));
    for (int i = 0; i < EVENT_BUCKETS; i++) {
        assert_true(fabs(read_f64(&limit) + 1 - 0.1 * (i + 1)) < 1e-12);
        /* 0 is the left end of bucket 10 */
        assert_true(read_f64(&bucket) == (i == 0 || i == 29 ? 2 : i == 10));
    }
    value = summary(&file, 0);
    is_text(inside(&value, 1), "constant");
    h = inside(&value, 5);
    for (int field = 1; field <= 5; field++) number(&h, field);
    limit = inside(&h, 6), bucket = inside(&h, 7);
    assert_true(read_f64(&limit) == 2 && read_f64(&bucket) == 1);
    bytes_free(&b);
}

static void hparams(void **state) {
    (void)state;
    static const HParam param[] = {{"n", "8"}, {"act", "gelu"}, {"bias", "false"}, {"path", "\"a b\""}};
    Bytes b = {.data = NULL};
    event_hparams(&b, param, 4);
    ByteReader file = {.at = b.data, .end = b.data + b.size}, value = summary(&file, 0);
    is_text(inside(&value, 1), "_hparams_/session_start_info");
    inside(&value, 8); /* a tensor 0 */
    ByteReader metadata = inside(&value, 9), plugin = inside(&metadata, 1);
    is_text(inside(&plugin, 1), "hparams");
    ByteReader content = inside(&plugin, 2), start = inside(&content, 3);
    for (int i = 0; i < 4; i++) {
        ByteReader entry = inside(&start, 1);
        is_text(inside(&entry, 1), param[i].name);
        ByteReader v = inside(&entry, 2);
        if (i == 0) assert_true(number(&v, 2) == 8);
        else if (i == 2) assert_true(read_byte(&v) == 4 << 3 && read_byte(&v) == 0);
        else is_text(inside(&v, 3), i == 1 ? "gelu" : "a b");
        assert_true(read_whole(&v) && read_whole(&entry));
    }
    assert_true(read_whole(&start) && read_whole(&file));
    bytes_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_vectors),
        cmocka_unit_test(scalars_and_version),
        cmocka_unit_test(a_histogram),
        cmocka_unit_test(hparams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
