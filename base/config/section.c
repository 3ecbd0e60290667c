#include "base/config/section.h"

#include <string.h>

#include "base/config/keys.h"

static json_t *value_of(const Config *config, const Key *key) {
    const char *field = (const char *)config + key->offset;
    char text[KEY_VALUE_MAX];
    int i;
    int64_t i64;
    double d;
    bool b;
    switch (key->type) {
    case KEY_INT: return json_integer((memcpy(&i, field, sizeof i), i));
    case KEY_INT64: return json_integer((memcpy(&i64, field, sizeof i64), i64));
    case KEY_DOUBLE: return json_real((memcpy(&d, field, sizeof d), d));
    case KEY_BOOL: return json_boolean((memcpy(&b, field, sizeof b), b));
    case KEY_ENUM: return json_string(key->choices[(memcpy(&i, field, sizeof i), i)]);
    default: key_print(config, key, text); return json_string(text);
    }
}

json_t *config_section(const Config *config, const char *section) {
    json_t *object = json_object();
    size_t size = strlen(section);
    for (int i = 0; i < KEY_PLAIN; i++) {
        const Key *key = &keys[i];
        if (strncmp(key->name, section, size) == 0 && key->name[size] == '.')
            json_object_set_new(object, key_leaf(key), value_of(config, key));
    }
    return object;
}
