/* The one table of config keys: a row each. YAML, overrides, help, completion, the resolved config and its
 * hash all walk it. Internal to base/, the tests, and those who compare configs key by key (eval/capacity/series.c). */
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
    KEY_FLAGS, /* "none", or several choices joined by '+' (',' would make a sweep of them); an int, bit by choice */
    KEY_SIZES, /* "400x400x1000": whole numbers, each in the range */
    KEY_NAME,  /* a file name's worth of letters, digits, '.', '_', '-' */
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
    const char *sets; /* a free key that resolving turns into a value of that one, which is hashed instead */
    bool late;        /* came after runs were kept: hashed only off its default, so their hashes stand */
    int rule;         /* neurons.N.*: N + 1; 0: every other key */
    unsigned kinds;   /* facts.*: the kinds that read it, 1 << FactsKind each; 0: all */
    const char *also; /* what others call it, for the hint on an unknown key; words apart by spaces */
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
/* Whether the config has it: keys of rules that are not there stand at their defaults. */
static inline bool key_present(const Config *config, const Key *key) {
    return key->rule <= config->n_neurons;
}
bool key_at_default(const Config *config, const Key *key);
/* Whether the hash of that config takes the key in. */
bool key_hashed(const Config *config, const Key *key);
/* Whether nothing reads it in this config: the base of mup without mup. */
bool key_idle(const Config *config, const Key *key);
/* Its name without the section, and the rule's number. */
const char *key_leaf(const Key *key);
/* Whether its value is text, which YAML holds in quotes. */
static inline bool key_is_text(const Key *key) { return key->type >= KEY_NAME; }

/* Of "neurons.2.ratio" 2, and "ratio" in leaf; -1: of no rule. A number that is missing, or too large, is
 * NEURON_RULES_MAX. */
int rule_of_name(const char *name, const char **leaf);

/* Parses text (length bytes, a NUL behind them) and stores it; a first key of the next rule makes that rule.
 * ERR_INPUT: "key 'x.y': 'v' is ..., allowed: ..."; config untouched. */
Status key_set(Config *config, const Key *key, const char *text, size_t length, Err *err);
/* The value as YAML that key_set reads back to the same bits. */
void key_print(const Config *config, const Key *key, char out[KEY_VALUE_MAX]);
/* What stands before that value in a YAML file: the key's section, its rule's dash where `before`, the key written last
 * (NULL: none), is not of them, and its name with a colon. */
void key_put_name(FILE *out, const Key *before, const Key *key);
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
