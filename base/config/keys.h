/* The one table of config keys: a row each. YAML, overrides, help, completion, the resolved config and its hash all
 * walk it. For base/config/, the tests, and code that compares configs key by key (eval/capacity/series.c). The rows
 * are in key_rows.h and rule_rows.h, the table in key_table.c; functions are those of keys.c, key_values.c and
 * keys_print.c. */
#ifndef ROTE_BASE_CONFIG_KEYS_H
#define ROTE_BASE_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config/config.h"
#include "base/err.h"

typedef enum KeyType {
    KEY_INT,
    KEY_INT64,
    KEY_UINT64, /* any: no range */
    KEY_DOUBLE,
    KEY_BOOL,
    KEY_ENUM,
    /* "none", or several choices joined by '+' (a ',' would make a sweep of them); an int, 1 << choice each */
    KEY_FLAGS,
    KEY_SIZES, /* a Sizes, "400x400x1000": whole numbers, each in the range */
    KEY_NAME,  /* part of a file's name: letters, digits, '.', '_', '-' */
    KEY_TEXT,  /* one line of any characters */
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
    const char *sets;           /* NULL, or the key whose value this free one becomes; that one is hashed */
    /* The key came after the first runs were stored: it is hashed only off its default, so that their hashes stay
     * valid. */
    bool late;
    int rule;         /* neurons.N.*: N + 1; every other key: 0 */
    unsigned kinds;   /* facts.*: the kinds that read it, 1 << FactsKind each; 0: all */
    const char *also; /* its names in other programs, separated by spaces, for the hint on an unknown key */
    const char *help; /* one line */
} Key;

/* How many rows there are: first the plain keys, behind them those of rule 0, of rule 1, .. */
enum {
#define KEY(...)      +1
#define RULE_KEY(...) +1
    KEY_PLAIN = 0
#include "base/config/key_rows.h"
    ,
    KEY_OF_RULE = 0
#include "base/config/rule_rows.h"
    ,
#undef KEY
#undef RULE_KEY
    KEY_COUNT = KEY_PLAIN + KEY_OF_RULE * NEURON_RULES_MAX,
    KEY_VALUE_MAX = 4 * CONFIG_PATH_MAX
};
extern const Key keys[KEY_COUNT];

/* The key of that dotted name ('-' and '_' are the same), or NULL. */
const Key *key_find(const char *name);
/* Whether two names are the same, '-' and '_' alike. */
bool key_same_name(const char *a, const char *b);
/* The key that someone who wrote `name` most likely meant, or NULL. */
const Key *key_nearest(const char *name);
/* Whether the dotted name begins with a section that a later version will have. */
bool key_section_later(const char *name);
/* ERR_INPUT, always: "unknown key 'x'; nearest: y". name is dotted. */
Status config_unknown_key(const char *name, Err *err);
/* Whether the config has the key: it is no key of a rule that is not there. */
static inline bool key_present(const Config *config, const Key *key) {
    return key->rule <= config->n_neurons;
}
bool key_at_default(const Config *config, const Key *key);
/* Whether the key is in the hash of that config. */
bool key_hashed(const Config *config, const Key *key);
/* Whether nothing reads the key in this config: train.mup_base_width without mup. */
bool key_idle(const Config *config, const Key *key);
/* The key's name without its section and the number of its rule. */
const char *key_leaf(const Key *key);
/* Whether the value is text, which YAML has in quotes. */
static inline bool key_is_text(const Key *key) { return key->type >= KEY_NAME; }

/* The rule that a name is of: of "neurons.2.ratio" 2, and "ratio" in leaf. -1: of no rule (leaf is untouched).
 * NEURON_RULES_MAX: the number is missing or too large. */
int rule_of_name(const char *name, const char **leaf);

/* Reads text (length bytes, then a NUL) into the key's field. A key of the rule after the last one makes that rule.
 * ERR_INPUT: "key 'x.y': 'v' is ..., allowed: ..."; config is untouched. */
Status key_set(Config *config, const Key *key, const char *text, size_t length, Err *err);
/* The value as YAML; key_set reads the same bits back. */
void key_print(const Config *config, const Key *key, char out[KEY_VALUE_MAX]);
/* Writes what comes before that value in a YAML file: the section and the dash of a rule where they begin, and the name
 * with a colon.
 *   before   the key written last, NULL: none */
void key_put_name(FILE *out, const Key *before, const Key *key);
/* The values that are allowed: "above 0, at most 1000", "layernorm | rmsnorm". key_allowed also explains a special
 * 0. */
void key_range(const Key *key, char *out, size_t size);
void key_allowed(const Key *key, char *out, size_t size);

/* A user's text for a message: control characters as '?', cut with "..." when long. */
typedef struct Quoted {
    char text[64];
} Quoted;
Quoted quoted(const char *text, size_t length);

#endif
