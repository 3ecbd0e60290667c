/* The one table of config keys: a row each. YAML, overrides, help, completion, the resolved config and its
 * hash all walk it. Internal to base/, the tests, and those who compare configs key by key (eval/capacity.c). */
#ifndef ROTE_BASE_KEYS_H
#define ROTE_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"
#include "base/err.h"

typedef enum KeyType {
    KEY_INT,
    KEY_INT64,
    KEY_UINT64, /* any: no range */
    KEY_DOUBLE,
    KEY_BOOL,
    KEY_ENUM,
    KEY_FLAGS, /* "none", or several choices joined by '+' (',' would make a sweep of them); an int, bit by choice */
    KEY_SIZES, /* "400x400x1000": whole numbers, each in the range */
    KEY_NAME,  /* a file name's worth of letters, digits, '.', '_', '-' */
    KEY_PATH
} KeyType;

typedef struct Key {
    const char *name; /* dotted: "train.learning_rate" */
    KeyType type;
    size_t offset;              /* into Config */
    size_t size;                /* of the field, bytes */
    const char *initial;        /* the default, as a user would write it */
    double low, high;           /* numbers: the range, high INFINITY for none */
    bool low_open;              /* low itself is not allowed */
    const char *zero;           /* what 0 means; allowed then, whatever the range */
    const char *const *choices; /* KEY_ENUM, KEY_FLAGS: names by value, ended by NULL */
    bool free;                  /* changes no bit of a result: in no hash */
    const char *sets; /* a free key that resolving turns into a value of that one, which is hashed instead */
    bool late;        /* came after runs were kept: hashed only off its default, so their hashes stand */
    unsigned kinds;   /* facts.*: the kinds that read it, 1 << FactsKind each; 0: all */
    const char *also; /* what others call it, for the hint on an unknown key; words apart by spaces */
    const char *help; /* one line */
} Key;

enum { KEY_COUNT = 80, KEY_VALUE_MAX = 4 * CONFIG_PATH_MAX };
extern const Key keys[KEY_COUNT];

/* The key of that dotted name ('-' and '_' are the same), or NULL. */
const Key *key_find(const char *name);
/* The key that someone who wrote `name` most likely meant, or NULL. */
const Key *key_nearest(const char *name);
/* Whether the hash of that config takes the key in. */
bool key_hashed(const Config *config, const Key *key);
/* Its name without the section. */
const char *key_leaf(const Key *key);

/* Parses text (length bytes, a NUL behind them) and stores it. ERR_INPUT: "key 'x.y': 'v' is ..., allowed:
 * ..."; config untouched. */
Status key_set(Config *config, const Key *key, const char *text, size_t length, Err *err);
/* The value as YAML that key_set reads back to the same bits. */
void key_print(const Config *config, const Key *key, char out[KEY_VALUE_MAX]);
/* What may be written: "above 0, at most 1000", "layernorm | rmsnorm"; key_allowed says of a special 0, too.
 */
void key_range(const Key *key, char *out, size_t size);
void key_allowed(const Key *key, char *out, size_t size);

/* A user's text for a message: in one line, cut when long. */
typedef struct Quoted {
    char text[64];
} Quoted;
Quoted quoted(const char *text, size_t length);

#endif
