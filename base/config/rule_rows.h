/* The rows of the key table for one rule of the list `neurons`: RULE_KEY(name behind "neurons.N.", field of NeuronRule,
 * KeyType, what differs from 0 in Key). Included once a rule, and where the rows are counted (keys.h): no include
 * guard. */
RULE_KEY("name", name, KEY_NAME, .initial = "",
         .help = "what the rule is called in results; empty: rule and its number")
RULE_KEY("when.tag", when_tag, KEY_TEXT, .initial = "", .also = "tag",
         .help = "its class: facts of this tag; one of tag, token, regex, share")
RULE_KEY("when.token", when_token, KEY_TEXT, .initial = "", .also = "token symbol",
         .help = "its class: facts that hold this symbol; a number where symbols have no text")
RULE_KEY("when.regex", when_regex, KEY_TEXT, .initial = "", .also = "regex match pattern",
         .help = "its class: facts whose text matches (a regular expression as in PCRE2, over characters)")
RULE_KEY("when.share", when_share, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), .low_open = true, .zero = "off",
         .also = "share", .help = "its class: an arbitrary one, this share of the facts, drawn by prompt")
RULE_KEY("when.seed", when_seed, KEY_UINT64, .initial = "0", .also = "seed",
         .help = "which facts when.share draws")
RULE_KEY("against", against, KEY_TEXT, .initial = "",
         .help = "tag of the facts that are the negative side; empty: all other facts")
RULE_KEY("at", at, KEY_ENUM, .initial = "after_cue", .choices = rule_ats, .also = "where",
         .help = "tokens asked for: all, those of the answer, or those from where the class can be told")
RULE_KEY("hook", hook, KEY_TEXT, .initial = "", .also = "layer",
         .help = "which layer's neurons: blocks.L.mlp.hook_pre or blocks.L.mlp.hook_post")
RULE_KEY("units", units, KEY_TEXT, .initial = "", .also = "neurons targets",
         .help = "0-7 or 3,9,12-15; or chosen: auto:silent:8, auto:random:8, auto:selective:8")
RULE_KEY("assign_at", assign_at, KEY_DOUBLE, .initial = "0.1", FROM_TO(0, 1),
         .help = "auto units: share of the steps after which they are chosen")
RULE_KEY("loss", loss, KEY_ENUM, .initial = "pre_hinge", .choices = rule_losses,
         .help = "what the rule asks of its neurons; causal: interchange interventions; none: routes or "
                 "looks only")
RULE_KEY("on", on, KEY_DOUBLE, .initial = "1", FROM_TO(-1e6, 1e6), .also = "margin",
         .help = "target for the class: pre losses push above it, post losses to it")
RULE_KEY("off", off, KEY_DOUBLE, .initial = "-1", FROM_TO(-1e6, 1e6),
         .help = "target for the negative side: pre losses push below it, post losses to it")
RULE_KEY("negatives", negatives, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1e6), .also = "rho",
         .help = "weight of the negative side; 0 switches it off")
RULE_KEY("temperature", temperature, KEY_DOUBLE, .initial = "1", FROM_TO(1e-6, 1e6),
         .help = "softness of pre_bce, rank and group")
RULE_KEY("ratio", ratio, KEY_DOUBLE, .initial = "0.1", FROM_TO(0, 1e6), .also = "strength",
         .help = "the loss's gradient is scaled to this share of the model's own at the hook")
RULE_KEY("weight", weight, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e12), .low_open = true, .zero = "by ratio",
         .also = "lambda", .help = "a fixed weight of the loss, in place of ratio")
RULE_KEY("start_bias", start_bias, KEY_DOUBLE, .initial = "0", FROM_TO(-1e6, 1e6),
         .zero = "as every other one",
         .help = "bias of the units before the first step; -10 starts them dead")
RULE_KEY("start_out", start_out, KEY_DOUBLE, .initial = "1", FROM_TO(-1e6, 1e6),
         .help = "factor of the weights out of the units before the first step; 0 starts them ablated")
RULE_KEY("until", until, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1),
         .help = "share of the steps after which the rule is dropped")
RULE_KEY("scope", scope, KEY_ENUM, .initial = "global", .choices = rule_scopes,
         .help = "global: the loss's gradient goes on upstream; local: it moves the neurons' own input "
                 "weights and bias")
RULE_KEY("route", route, KEY_ENUM, .initial = "none", .choices = rule_routes,
         .help = "which gradients of the model pass: gradient routing of activations, masking of parameters")
