/* Neuron rules: in training, an auxiliary loss makes chosen neurons fire for a class of facts. These are the rules
 * as the config's list `neurons` has them; data/labels.h turns a class into labels of tokens, model/neurons/rules.h
 * computes the losses. */
#ifndef ROTE_BASE_CONFIG_NEURONS_H
#define ROTE_BASE_CONFIG_NEURONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ranges.h"

enum { NEURON_RULES_MAX = 8, NEURON_TEXT_MAX = 128 };

/* The tokens of a fact that a rule applies to (defined in data/labels.h). */
typedef enum NeuronAt {
    AT_AFTER_CUE, /* from the first prefix on that no trained fact of another side begins with */
    AT_ALL,
    AT_ANSWER,
    AT_COUNT
} NeuronAt;

/* Their formulas: docs/math.md, "Neuron rules". */
typedef enum NeuronLoss {
    NEURON_PRE_HINGE,
    NEURON_PRE_BCE,
    NEURON_POST_MSE,
    NEURON_RANK,
    NEURON_SHARE,
    NEURON_GROUP,
    NEURON_CAUSAL, /* interchange interventions */
    NEURON_NONE,   /* no loss: the rule only routes, or is only measured */
    NEURON_LOSS_COUNT
} NeuronLoss;

/* global: the gradient of the loss also reaches the layers before the neurons; local: only the neurons' own input
 * weights and bias. */
typedef enum NeuronScope { SCOPE_GLOBAL, SCOPE_LOCAL, SCOPE_COUNT } NeuronScope;

/* activations: gradient routing (Cloud et al. 2024, arXiv 2410.04332); parameters: selective gradient masking
 * (arXiv 2512.05648). */
typedef enum NeuronRoute { ROUTE_NONE, ROUTE_ACTIVATIONS, ROUTE_PARAMETERS, ROUTE_COUNT } NeuronRoute;

/* One rule. Exactly one of when_tag, when_token, when_regex, when_share defines its class. */
typedef struct NeuronRule {
    char name[64];                  /* empty: "rule<index>" */
    char when_tag[NEURON_TEXT_MAX]; /* facts with that tag */
    /* facts that contain that symbol: its text, or its number where symbols have no text */
    char when_token[NEURON_TEXT_MAX];
    char when_regex[NEURON_TEXT_MAX]; /* regular expression (PCRE2): facts whose text it matches */
    double when_share;                /* a random class: this share of the facts, drawn by prompt; 0: off */
    uint64_t when_seed;               /* of that draw */
    /* tag of the facts on the other side; empty: all facts that are not of the class */
    char against[NEURON_TEXT_MAX];
    NeuronAt at;
    char hook[48]; /* "blocks.1.mlp.hook_pre" */
    /* "0-7", "3,9,12-15", "auto:silent:8", "auto:random:8", "auto:selective:8" */
    char units[NEURON_TEXT_MAX];
    double assign_at; /* share of the steps after which auto units are chosen */
    NeuronLoss loss;
    /* Targets: pre_hinge pushes z above on and below off; post_mse pulls a to on and to off; pre_bce separates the
     * sides at the mean of both. */
    double on, off;
    double negatives;   /* weight of the other side, rho; 0: off */
    double temperature; /* S of pre_bce, rank, group */
    /* The rule's gradient is scaled to this share of the model's own gradient at the hook; 0: see weight. */
    double ratio;
    double weight;     /* a fixed lambda; 0: see ratio */
    double start_bias; /* of given units, before the first step; 0: as the model initializes it */
    double start_out;  /* factor of the output weights of given units, before the first step */
    double until;      /* share of the steps after which the rule ends */
    NeuronScope scope;
    NeuronRoute route;
} NeuronRule;

/* The neurons of a rule: given ones, or n that are chosen once in training. */
typedef enum UnitsKind { UNITS_GIVEN, UNITS_SILENT, UNITS_RANDOM, UNITS_SELECTIVE } UnitsKind;

typedef struct UnitsSpec {
    UnitsKind kind;
    int n; /* neurons */
    int n_ranges;
    Range range[NEURON_TEXT_MAX / 2]; /* UNITS_GIVEN: ascending, disjoint and not adjacent */
} UnitsSpec;

/* Reads NeuronRule.units for a layer of `width` neurons. ERR_INPUT: err->msg begins with the text; out is unchanged. */
Status units_parse(const char *text, int width, UnitsSpec *out, Err *err);
/* The given neurons in ascending order.
 *   out   spec->n */
void units_list(const UnitsSpec *spec, int32_t *out);
/* The lowest neuron given in both, or -1. */
int units_common(const UnitsSpec *a, const UnitsSpec *b);

/* Reads "blocks.L.mlp.hook_pre" or "blocks.L.mlp.hook_post"; false: another text. */
bool neuron_hook(const char *text, int *layer, bool *post);

#endif
