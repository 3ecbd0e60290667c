/* A config as what differs from another one: for tables of many configs, which differ in a few values. A Config takes
 * 23 KB, since it has room for every rule, tool and path. */
#ifndef ROTE_BASE_CONFIG_PACKED_H
#define ROTE_BASE_CONFIG_PACKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config/config.h"

typedef struct PackedConfig {
    const Config *base;
    size_t size;
    unsigned char *parts; /* of each that differs: offset, length (16 bits each), bytes; NULL: none does */
} PackedConfig;

/* base must outlive out; free with config_packed_free. ERR_NOMEM. */
Status config_pack(PackedConfig *out, const Config *base, const Config *config, Err *err);
/* All zero where packed->base is NULL. */
void config_unpack(Config *out, const PackedConfig *packed);
void config_packed_free(PackedConfig *packed);

/* Whether any of `size` bytes at `offset` of the config may differ from the base's. */
bool config_packed_differs(const PackedConfig *packed, size_t offset, size_t size);

#endif
