/* The definition of a sweep: a base config and what varies in it. Axes (a key and its values) multiply to a grid; a
 * list names points one by one; with both, every point of the list is combined with the grid. */
#ifndef ROTE_BASE_CONFIG_SWEEP_SPEC_H
#define ROTE_BASE_CONFIG_SWEEP_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"

/* A sweep's text may have SWEEP_BYTES_MAX: 100,000 points of a dozen keys. More is neither read nor written. */
enum { SWEEP_POINTS_MAX = 100000, SWEEP_LABEL_MAX = 160, SWEEP_KEYS_MAX = 384, SWEEP_BYTES_MAX = 1 << 26 };

/* A value is text as in a config file or on a command line, in the form that config_text writes. */
typedef struct SweepSetting {
    int key; /* number of the key, see config_key_name */
    char *value;
} SweepSetting;

typedef struct SweepAxis {
    int key, n;
    char **value;
} SweepAxis;

typedef struct SweepListed { /* a point of the list */
    int n;
    SweepSetting *setting;
} SweepListed;

typedef struct SweepSpec {
    Config base;
    int n_listed; /* 0: no list was given */
    SweepListed *listed;
    int n_axes;
    SweepAxis *axis;
    int n_keys, key[SWEEP_KEYS_MAX]; /* that points set, in the order given */
} SweepSpec;

/* Reads a config file, with or without a `sweep:` section, then "key=value" words. A value replaces that of the base
 * config and removes the file's axis of that key; a comma list is an axis.
 *   path   NULL: the defaults
 *   out    filled on OK, else untouched; free with sweep_spec_free
 * ERR_INPUT: one line, as in config_load; more than SWEEP_POINTS_MAX points. ERR_NOMEM. */
Status sweep_spec_load(SweepSpec *out, const char *path, int n_words, const char *const *words, Err *err);
void sweep_spec_free(SweepSpec *spec);

/* Adds a point to the list: the values that `point` has of the keys named (ended by NULL), none of which is an axis.
 * For programs that plan a sweep while it runs. ERR_NOMEM; the spec can then only be freed. */
Status sweep_spec_add(SweepSpec *spec, const Config *point, const char *const *names, Err *err);

/* The number of points; equal ones count separately. */
int64_t sweep_spec_points(const SweepSpec *spec);

/* The config of point i, 0 <= i < sweep_spec_points; the first axis varies slowest. Where points set facts.kind,
 * keys that a point's kind does not use are left out. ERR_INPUT: the point's keys contradict each other. */
Status sweep_spec_point(const SweepSpec *spec, int64_t i, Config *out, Err *err);

/* For a spec that a user has just written. ERR_INPUT: a point sets a key that its kind of facts does not use. */
Status sweep_spec_check(const SweepSpec *spec, Err *err);

/* What point i sets, "n_embd=8,seed=0": usable in a file name, cut when long, empty where nothing varies. */
void sweep_spec_label(const SweepSpec *spec, int64_t i, char out[SWEEP_LABEL_MAX]);

/* The keys (numbers, see config_key_name) that points set, in the order given; returns how many. */
int sweep_spec_keys(const SweepSpec *spec, int key[SWEEP_KEYS_MAX]);

/* The spec as YAML: the base config with every key, and the `sweep:` section. sweep_spec_load reads the same points
 * back.
 *   folder  of the file that is to hold it: relative paths are stored from there (base/places.h); NULL: unchanged
 *   out     malloc'd; NULL after an error
 * ERR_NOMEM; the errors of place_store. */
Status sweep_spec_text(const SweepSpec *spec, const char *folder, char **out, Err *err);

#endif
