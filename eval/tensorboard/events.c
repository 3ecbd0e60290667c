/* Event files as TensorBoard reads them. */
#include "eval/tensorboard/events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- CRC-32C ---- */

/* One bit at a time: a file of events is short. The polynomial is 0x1EDC6F41, its bits reversed. */
uint32_t crc32c_masked(const void *data, size_t size) {
    const uint8_t *byte = data;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= byte[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + 0xA282EAD8;
}

/* ---- fields of protocol buffers ---- */

enum WireType { WIRE_VARINT = 0, WIRE_F64 = 1, WIRE_BYTES = 2, WIRE_F32 = 5 };

static void put_tag(Bytes *b, int field, enum WireType type) {
    bytes_byte(b, (uint8_t)(field << 3 | (int)type));
}

static void put_varint(Bytes *b, int field, uint64_t value) {
    put_tag(b, field, WIRE_VARINT);
    bytes_varint(b, value);
}

static void put_f64(Bytes *b, int field, double value) {
    put_tag(b, field, WIRE_F64);
    bytes_f64(b, value);
}

static void put_f32(Bytes *b, int field, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_tag(b, field, WIRE_F32);
    bytes_u32(b, bits);
}

static void put_bytes(Bytes *b, int field, const void *data, size_t size) {
    put_tag(b, field, WIRE_BYTES);
    bytes_varint(b, size);
    bytes_add(b, data, size);
}

static void put_text(Bytes *b, int field, const char *text) { put_bytes(b, field, text, strlen(text)); }

/* A message inside another one; it is freed. */
static void put_message(Bytes *b, int field, Bytes *message) {
    b->failed = b->failed || message->failed;
    put_bytes(b, field, message->data, message->size);
    bytes_free(message);
}

static void put_f64s(Bytes *b, int field, const double *x, int n) {
    put_tag(b, field, WIRE_BYTES);
    bytes_varint(b, (uint64_t)n * sizeof *x);
    for (int i = 0; i < n; i++) bytes_f64(b, x[i]);
}

/* ---- records ---- */

static void put_crc(Bytes *b, size_t from) { bytes_u32(b, crc32c_masked(b->data + from, b->size - from)); }

/* The event's wall_time (1) and step (2), then `message` as its field; it is freed. */
static void put_event(Bytes *b, int64_t step, int field, Bytes *message) {
    Bytes event = {.data = NULL};
    put_f64(&event, 1, (double)step);
    if (step) put_varint(&event, 2, (uint64_t)step);
    put_message(&event, field, message);
    b->failed = b->failed || event.failed;
    size_t from = b->size;
    bytes_u64(b, event.size);
    if (!b->failed) put_crc(b, from);
    from = b->size;
    bytes_add(b, event.data, event.size);
    if (!b->failed) put_crc(b, from);
    bytes_free(&event);
}

void event_begin(Bytes *b) {
    Bytes version = {.data = NULL};
    bytes_add(&version, "brain.Event:2", 13);
    put_event(b, 0, 3, &version);
}

/* A Summary (Event.summary = 5) of one value; `value` is a Summary.Value, and freed. */
static void put_summary(Bytes *b, int64_t step, Bytes *value) {
    Bytes summary = {.data = NULL};
    put_message(&summary, 1, value);
    put_event(b, step, 5, &summary);
}

void event_scalar(Bytes *b, int64_t step, const char *tag, double value) {
    Bytes v = {.data = NULL};
    put_text(&v, 1, tag);
    put_f32(&v, 2, (float)value);
    put_summary(b, step, &v);
}

/* ---- histograms ---- */

void event_histogram(Bytes *b, int64_t step, const char *tag, const real *x, size_t n) {
    double smallest = INFINITY, largest = -INFINITY, sum = 0, squares = 0, count = 0;
    double limit[EVENT_BUCKETS], bucket[EVENT_BUCKETS] = {0};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) continue;
        double value = (double)x[i];
        smallest = value < smallest ? value : smallest;
        largest = value > largest ? value : largest;
        sum += value;
        squares += value * value;
        count++;
    }
    double width = (largest - smallest) / EVENT_BUCKETS;
    if (count == 0) smallest = largest = width = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) continue;
        double place = width > 0 ? ((double)x[i] - smallest) / width : 0;
        bucket[place < EVENT_BUCKETS ? (int)place : EVENT_BUCKETS - 1]++;
    }
    for (int i = 0; i < EVENT_BUCKETS; i++)
        limit[i] = i + 1 < EVENT_BUCKETS ? smallest + width * (i + 1) : largest;
    Bytes h = {.data = NULL}, v = {.data = NULL};
    put_f64(&h, 1, smallest);
    put_f64(&h, 2, largest);
    put_f64(&h, 3, count);
    put_f64(&h, 4, sum);
    put_f64(&h, 5, squares);
    put_f64s(&h, 6, limit, EVENT_BUCKETS);
    put_f64s(&h, 7, bucket, EVENT_BUCKETS);
    put_text(&v, 1, tag);
    put_message(&v, 5, &h);
    put_summary(b, step, &v);
}

/* ---- hparams ---- */

/* HParamsPluginData (version 0), with `data` as its field, as the metadata of a value that is itself empty. */
static void put_hparams(Bytes *b, const char *tag, int field, Bytes *data) {
    Bytes plugin = {.data = NULL}, metadata = {.data = NULL}, content = {.data = NULL}, v = {.data = NULL};
    Bytes tensor = {.data = NULL}, shape = {.data = NULL}, zero = {.data = NULL};
    put_message(&content, field, data);
    put_text(&plugin, 1, "hparams");
    put_message(&plugin, 2, &content);
    put_message(&metadata, 1, &plugin);
    put_varint(&tensor, 1, 1); /* DT_FLOAT, a scalar 0 */
    put_message(&tensor, 2, &shape);
    bytes_u32(&zero, 0);
    put_message(&tensor, 5, &zero);
    put_text(&v, 1, tag);
    put_message(&v, 8, &tensor);
    put_message(&v, 9, &metadata);
    put_summary(b, 0, &v);
}

/* A google.protobuf.Value. */
static void put_value(Bytes *b, int field, const char *text) {
    Bytes value = {.data = NULL};
    char *end;
    double number = strtod(text, &end);
    size_t length = strlen(text);
    bool is_true = !strcmp(text, "true");
    if (*text && !*end) put_f64(&value, 2, number);
    else if (is_true || !strcmp(text, "false")) put_varint(&value, 4, is_true);
    else if (length > 1 && *text == '"') put_bytes(&value, 3, text + 1, length - 2);
    else put_text(&value, 3, text);
    put_message(b, field, &value);
}

void event_hparams(Bytes *b, const HParam *param, int n) {
    Bytes start = {.data = NULL};
    for (int i = 0; i < n; i++) {
        Bytes entry = {.data = NULL};
        put_text(&entry, 1, param[i].name);
        put_value(&entry, 2, param[i].value);
        put_message(&start, 1, &entry);
    }
    put_hparams(b, "_hparams_/session_start_info", 3, &start);
}

void event_hparams_end(Bytes *b, HParamsEnd end) {
    Bytes info = {.data = NULL};
    put_varint(&info, 1, (uint64_t)end);
    put_hparams(b, "_hparams_/session_end_info", 4, &info);
}
