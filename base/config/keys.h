/* The table of config keys, a row each. YAML, overrides, help, completion, the resolved config and its hash are all
 * made from it. For base/config/, the tests, and code that compares configs key by key (eval/capacity/series.c). The
 * rows are in key_rows.h, rule_rows.h and tool_rows.h, the table in key_table.c; the functions are those of keys.c,
 * key_values.c and keys_print.c. */
#ifndef ROTE_BASE_CONFIG_KEYS_H
#define ROTE_BASE_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config/config.h"
#include "base/err.h"

typedef enum KeyType {
    KEY_INT,
    KEY_INT64,
    KEY_UINT64, /* without a range */
    KEY_DOUBLE,
    KEY_BOOL,
    KEY_ENUM,
    /* "none", or choices joined by '+' (a ',' would be a sweep over them); an int, 1 << choice each */
    KEY_FLAGS,
    KEY_SIZES, /* a Sizes, "400x400x1000": whole numbers, each in the range */
    KEY_RANGE, /* a Span, "1-4": both ends in the range */
    KEY_WORDS, /* words (base/config/word_list.h), as a list or between blanks */
    KEY_NAME,  /* usable in a file name: letters, digits, '.', '_', '-' */
    KEY_TEXT,  /* one line of any characters */
    /* Any bytes but NUL. Printed escaped (base/escape.h). An escaped value is accepted, too, unless there is a path
     * with exactly that spelling. */
    KEY_PATH
} KeyType;

typedef struct Key {
    const char *name; /* dotted: "train.learning_rate" */
    KeyType type;
    size_t offset;       /* into Config */
    size_t size;         /* of the field, bytes */
    const char *initial; /* the default, as a user would write it */
    double low, high;    /* numbers: the range; high INFINITY: no upper bound */
    bool low_open;       /* low itself is not allowed */
    const char *zero; /* what 0 means, which is then allowed also outside the range; NULL: nothing special */
    const char *const *choices; /* KEY_ENUM, KEY_FLAGS: the names by value, ended by NULL */
    bool free;                  /* does not change the result: not hashed */
    const char *sets; /* NULL, or the key whose value this free one determines; that one is hashed */
    /* The key is newer than the first stored runs: it is hashed only where it is not at its default, so that their
     * hashes stay valid. */
    bool late;
    int list, item; /* neurons.N.*: LIST_NEURONS and N; a key of no list: LIST_NONE */
    unsigned kinds; /* facts.*: the kinds of facts that use it, 1 << FactsKind each; 0: all */
    /* its names in other programs, separated by spaces: for help, and for the hint on an unknown key */
    const char *also;
    const char *help; /* one line */
} Key;

/* The number of rows: first the plain keys, then those of rule 0, of rule 1, .., then those of tool 0, .. */
enum {
#define KEY(...)      +1
#define RULE_KEY(...) +1
#define TOOL_KEY(...) +1
    KEY_PLAIN = 0
#include "base/config/key_rows.h"
    ,
    KEY_OF_RULE = 0
#include "base/config/rule_rows.h"
    ,
    KEY_OF_TOOL = 0
#include "base/config/tool_rows.h"
    ,
#undef KEY
#undef RULE_KEY
#undef TOOL_KEY
    KEY_FIRST_TOOL = KEY_PLAIN + KEY_OF_RULE * NEURON_RULES_MAX,
    KEY_COUNT = KEY_FIRST_TOOL + KEY_OF_TOOL * TOOLS_MAX,
    KEY_VALUE_MAX = 6 * CONFIG_PATH_MAX /* a byte of a path can become five: "\\xE9" */
};
extern const Key keys[KEY_COUNT];

/* The lists of the config. All items of a list have the same keys: "neurons.0.ratio", "neurons.1.ratio", .. */
enum { LIST_NONE, LIST_NEURONS, LIST_TOOLS, LIST_COUNT };
typedef struct KeyList {
    const char *section; /* "neurons" */
    const char *item;    /* what an item is called: "rule" */
    const char *example; /* one of its keys: "ratio" */
    const char *line;    /* the same as a line of YAML, for messages */
    int max;             /* items; fewer than 10, so that a number is one digit */
    int first, rows;     /* the number of item 0's first row in the table, and the rows of each item */
    size_t count;        /* the number of items that a config has: offset of an int in Config */
} KeyList;
extern const KeyList key_lists[LIST_COUNT]; /* LIST_NONE: all zero */

/* How many items of the list the config has. */
static inline int *list_count(Config *config, int list) {
    return (int *)(void *)((char *)config + key_lists[list].count);
}

/* The key of that dotted name ('-' and '_' are the same), or NULL. */
const Key *key_find(const char *name);
/* Whether two names are the same; '-' and '_' are equal. */
bool key_same_name(const char *a, const char *b);
/* The key that `name` most likely means, or NULL. */
const Key *key_nearest(const char *name);
/* ERR_INPUT, always: "unknown key 'x'; nearest: y". name is dotted. */
Status config_unknown_key(const char *name, Err *err);
/* Whether the config has the key: false for keys of rules and tools that it does not have. */
bool key_present(const Config *config, const Key *key);
bool key_at_default(const Config *config, const Key *key);
/* Whether the key is part of that config's hash. */
bool key_hashed(const Config *config, const Key *key);
/* Whether the key has no effect in this config: train.mup_base_width without mup. */
bool key_idle(const Config *config, const Key *key);
/* The key's name without its section and the number of its item. */
const char *key_leaf(const Key *key);
/* Whether the value is text, which YAML quotes. */
static inline bool key_is_text(const Key *key) { return key->type >= KEY_NAME; }

/* The list in a name and the number of its item: for "neurons.2.ratio" LIST_NEURONS and 2, with leaf "ratio".
 * LIST_NONE: not a key of a list (item and leaf are unchanged). item is key_lists[..].max if the number is missing or
 * too large. */
int list_of_name(const char *name, int *item, const char **leaf);

/* Reads text (length bytes, then a NUL) into the key's field. A key of the item after a list's last one adds that item.
 * ERR_INPUT: "key 'x.y': 'v' is ..., allowed: ..."; config is untouched. */
Status key_set(Config *config, const Key *key, const char *text, size_t length, Err *err);
/* The value as YAML; key_set reads the same bits back. */
void key_print(const Config *config, const Key *key, char out[KEY_VALUE_MAX]);
/* A text of less than a path's escaped bytes as YAML, in quotes. */
void key_quote(char out[KEY_VALUE_MAX], const char *text);
/* Writes what precedes that value in a YAML file: the beginning of a section or of an item, where there is one, and
 * the name with a colon.
 *   before   the key written last; NULL: none */
void key_put_name(FILE *out, const Key *before, const Key *key);
/* The allowed values: "above 0, at most 1000", "layernorm | rmsnorm". key_allowed also says what 0 means. */
void key_range(const Key *key, char *out, size_t size);
void key_allowed(const Key *key, char *out, size_t size);

/* A user's text, for a message: control characters become '?', a long text is cut and ends in "...". */
typedef struct Quoted {
    char text[64];
} Quoted;
Quoted quoted(const char *text, size_t length);

#endif
