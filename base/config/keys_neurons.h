/* The key table's rows of the rules in `neurons:`, the same ones for each rule; part of base/config/keys.c. */
#ifndef ROTE_BASE_KEYS_NEURONS_H
#define ROTE_BASE_KEYS_NEURONS_H

#include "base/config/keys.h"

static const char *const rule_ats[] = {
    [AT_AFTER_CUE] = "after_cue", [AT_ALL] = "all", [AT_ANSWER] = "answer", NULL};
static const char *const rule_losses[] = {
    [NEURON_PRE_HINGE] = "pre_hinge", [NEURON_PRE_BCE] = "pre_bce", [NEURON_POST_MSE] = "post_mse",
    [NEURON_RANK] = "rank",           [NEURON_SHARE] = "share",     [NEURON_GROUP] = "group",
    [NEURON_CAUSAL] = "causal",       [NEURON_NONE] = "none",       NULL};
static const char *const rule_scopes[] = {[SCOPE_GLOBAL] = "global", [SCOPE_LOCAL] = "local", NULL};
static const char *const rule_routes[] = {
    [ROUTE_NONE] = "none", [ROUTE_ACTIVATIONS] = "activations", [ROUTE_PARAMETERS] = "parameters", NULL};

/* `word` behind "neurons.N."; none of them was there when the first runs were kept. */
#define RULE_AT(N, word, field, kind)                                                                        \
    .name = "neurons." #N "." word, .type = (kind), .offset = offsetof(Config, neurons[N].field),            \
    .size = sizeof(((Config *)0)->neurons[N].field), .rule = (N) + 1, .late = true
#define RULE_RANGE(a, b) .low = (a), .high = (b)

#define RULE_ROWS(N)                                                                                         \
    {RULE_AT(N, "name", name, KEY_NAME), .initial = "",                                                      \
     .help = "what the rule is called in results; empty: rule and its number"},                              \
        {RULE_AT(N, "when.tag", when_tag, KEY_TEXT), .initial = "", .also = "tag",                           \
         .help = "its class: facts of this tag; one of tag, token, regex, share"},                           \
        {RULE_AT(N, "when.token", when_token, KEY_TEXT), .initial = "", .also = "token symbol",              \
         .help = "its class: facts that hold this symbol; a number where symbols have no text"},             \
        {RULE_AT(N, "when.regex", when_regex, KEY_TEXT), .initial = "", .also = "regex match pattern",       \
         .help = "its class: facts whose text matches (POSIX extended regular expression)"},                 \
        {RULE_AT(N, "when.share", when_share, KEY_DOUBLE),                                                   \
         .initial = "0",                                                                                     \
         RULE_RANGE(0, 1),                                                                                   \
         .low_open = true,                                                                                   \
         .zero = "off",                                                                                      \
         .also = "share",                                                                                    \
         .help = "its class: an arbitrary one, this share of the facts, drawn by prompt"},                   \
        {RULE_AT(N, "when.seed", when_seed, KEY_UINT64), .initial = "0", .also = "seed",                     \
         .help = "which facts when.share draws"},                                                            \
        {RULE_AT(N, "against", against, KEY_TEXT), .initial = "",                                            \
         .help = "tag of the facts that are the negative side; empty: all other facts"},                     \
        {RULE_AT(N, "at", at, KEY_ENUM), .initial = "after_cue", .choices = rule_ats, .also = "where",       \
         .help = "tokens asked for: all, those of the answer, or those from where the class can be told"},   \
        {RULE_AT(N, "hook", hook, KEY_TEXT), .initial = "", .also = "layer",                                 \
         .help = "which layer's neurons: blocks.L.mlp.hook_pre or blocks.L.mlp.hook_post"},                  \
        {RULE_AT(N, "units", units, KEY_TEXT), .initial = "", .also = "neurons targets",                     \
         .help = "0-7 or 3,9,12-15; or chosen: auto:silent:8, auto:random:8, auto:selective:8"},             \
        {RULE_AT(N, "assign_at", assign_at, KEY_DOUBLE), .initial = "0.1", RULE_RANGE(0, 1),                 \
         .help = "auto units: share of the steps after which they are chosen"},                              \
        {RULE_AT(N, "loss", loss, KEY_ENUM), .initial = "pre_hinge", .choices = rule_losses,                 \
         .help = "what the rule asks of its neurons; causal: interchange interventions; none: routes or "    \
                 "looks only"},                                                                              \
        {RULE_AT(N, "on", on, KEY_DOUBLE), .initial = "1", RULE_RANGE(-1e6, 1e6), .also = "margin",          \
         .help = "target for the class: pre losses push above it, post losses to it"},                       \
        {RULE_AT(N, "off", off, KEY_DOUBLE), .initial = "-1", RULE_RANGE(-1e6, 1e6),                         \
         .help = "target for the negative side: pre losses push below it, post losses to it"},               \
        {RULE_AT(N, "negatives", negatives, KEY_DOUBLE), .initial = "1", RULE_RANGE(0, 1e6), .also = "rho",  \
         .help = "weight of the negative side; 0 switches it off"},                                          \
        {RULE_AT(N, "temperature", temperature, KEY_DOUBLE), .initial = "1", RULE_RANGE(1e-6, 1e6),          \
         .help = "softness of pre_bce, rank and group"},                                                     \
        {RULE_AT(N, "ratio", ratio, KEY_DOUBLE), .initial = "0.1", RULE_RANGE(0, 1e6), .also = "strength",   \
         .help = "the loss's gradient is scaled to this share of the model's own at the hook"},              \
        {RULE_AT(N, "weight", weight, KEY_DOUBLE),                                                           \
         .initial = "0",                                                                                     \
         RULE_RANGE(0, 1e12),                                                                                \
         .low_open = true,                                                                                   \
         .zero = "by ratio",                                                                                 \
         .also = "lambda",                                                                                   \
         .help = "a fixed weight of the loss, in place of ratio"},                                           \
        {RULE_AT(N, "start_bias", start_bias, KEY_DOUBLE), .initial = "0", RULE_RANGE(-1e6, 1e6),            \
         .zero = "as every other one",                                                                       \
         .help = "bias of the units before the first step; -10 starts them dead"},                           \
        {RULE_AT(N, "start_out", start_out, KEY_DOUBLE), .initial = "1", RULE_RANGE(-1e6, 1e6),              \
         .help = "factor of the weights out of the units before the first step; 0 starts them ablated"},     \
        {RULE_AT(N, "until", until, KEY_DOUBLE), .initial = "1", RULE_RANGE(0, 1),                           \
         .help = "share of the steps after which the rule is dropped"},                                      \
        {RULE_AT(N, "scope", scope, KEY_ENUM), .initial = "global", .choices = rule_scopes,                  \
         .help = "global: the loss's gradient goes on upstream; local: it moves the neurons' own input "     \
                 "weights and bias"},                                                                        \
    {                                                                                                        \
        RULE_AT(N, "route", route, KEY_ENUM),                                                                \
            .initial = "none", .choices = rule_routes,                                                       \
            .help = "which gradients of the model pass: gradient routing of activations, masking of "        \
                    "parameters"                                                                             \
    }

#endif
