#include "base/config/packed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct Part {
    uint16_t offset, size;
} Part;

/* Equal bytes between two parts that join them: fewer than a part's head. */
enum { GAP = 8 };
_Static_assert(sizeof(Config) <= UINT16_MAX, "an offset has 16 bits");

/* The next part at or after *at; false: there is none. */
static bool next_difference(const unsigned char *a, const unsigned char *b, size_t *at, Part *out) {
    const size_t all = sizeof(Config), word = sizeof(uint64_t);
    size_t i = *at;
    while (i + word <= all && memcmp(a + i, b + i, word) == 0) i += word;
    while (i < all && a[i] == b[i]) i++;
    if (i == all) return false;
    size_t end = i + 1;
    for (size_t k = end; k < all && k < end + GAP; k++)
        if (a[k] != b[k]) end = k + 1;
    *out = (Part){(uint16_t)i, (uint16_t)(end - i)};
    *at = end;
    return true;
}

Status config_pack(PackedConfig *out, const Config *base, const Config *config, Err *err) {
    const unsigned char *a = (const unsigned char *)base, *b = (const unsigned char *)config;
    Part part;
    *out = (PackedConfig){.base = base};
    for (size_t at = 0; next_difference(a, b, &at, &part);) out->size += sizeof part + part.size;
    if (out->size == 0) return OK;
    unsigned char *to = out->parts = malloc(out->size);
    if (!to) return err_set(err, ERR_NOMEM, "no memory for a config");
    for (size_t at = 0; next_difference(a, b, &at, &part); to += sizeof part + part.size) {
        memcpy(to, &part, sizeof part);
        memcpy(to + sizeof part, b + part.offset, part.size);
    }
    return OK;
}

void config_unpack(Config *out, const PackedConfig *packed) {
    if (!packed->base) memset(out, 0, sizeof *out);
    else memcpy(out, packed->base, sizeof *out);
    for (size_t at = 0; at < packed->size;) {
        Part part;
        memcpy(&part, packed->parts + at, sizeof part);
        memcpy((unsigned char *)out + part.offset, packed->parts + at + sizeof part, part.size);
        at += sizeof part + part.size;
    }
}

bool config_packed_differs(const PackedConfig *packed, size_t offset, size_t size) {
    for (size_t at = 0; at < packed->size;) {
        Part part;
        memcpy(&part, packed->parts + at, sizeof part);
        if (part.offset < offset + size && offset < (size_t)part.offset + part.size) return true;
        at += sizeof part + part.size;
    }
    return false;
}

void config_packed_free(PackedConfig *packed) {
    free(packed->parts);
    *packed = (PackedConfig){.base = NULL};
}
