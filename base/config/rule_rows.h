/* The rows of the key table for one rule of the list `neurons`: RULE_KEY(name after "neurons.N.", field of
 * NeuronRule, KeyType, non-zero fields of Key). Included once for each rule, and by keys.h to count the rows, so
 * there is no include guard. */
RULE_KEY("name", name, KEY_NAME, .initial = "",
         .help = "name of the rule in results; empty: rule0, rule1, ..")
RULE_KEY("when.tag", when_tag, KEY_TEXT, .initial = "", .also = "tag",
         .help = "the class: facts with this tag. Set one of tag, token, regex, share")
RULE_KEY("when.token", when_token, KEY_TEXT, .initial = "", .also = "token symbol",
         .help = "the class: facts that contain this symbol; its number where symbols have no text")
RULE_KEY("when.regex", when_regex, KEY_TEXT, .initial = "", .also = "regex match pattern",
         .help = "the class: facts whose text matches this regular expression (PCRE2, over characters)")
RULE_KEY("when.share", when_share, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), .low_open = true, .zero = "off",
         .also = "share", .help = "the class: a random share of the facts, drawn by prompt")
RULE_KEY("when.seed", when_seed, KEY_UINT64, .initial = "0", .also = "seed",
         .help = "seed of the draw of when.share")
RULE_KEY("against", against, KEY_TEXT, .initial = "",
         .help = "tag of the facts on the other side; empty: all facts that are not of the class")
RULE_KEY(
    "at", at, KEY_ENUM, .initial = "after_cue", .choices = rule_ats, .also = "where",
    .help =
        "tokens that it applies to: all; answer; or after_cue: those from where the tokens so far determine "
        "the class")
RULE_KEY("hook", hook, KEY_TEXT, .initial = "", .also = "layer",
         .help = "layer of the neurons: blocks.L.mlp.hook_pre or blocks.L.mlp.hook_post")
RULE_KEY("units", units, KEY_TEXT, .initial = "", .also = "neurons targets",
         .help =
             "neurons of the layer: 0-7 or 3,9,12-15; or chosen in training: auto:silent:8, auto:random:8, "
             "auto:selective:8")
RULE_KEY("assign_at", assign_at, KEY_DOUBLE, .initial = "0.1", FROM_TO(0, 1),
         .help = "auto units: they are chosen after this share of the steps")
RULE_KEY(
    "loss", loss, KEY_ENUM, .initial = "pre_hinge", .choices = rule_losses,
    .help =
        "auxiliary loss on the neurons; causal: interchange interventions; none: the rule only routes, or "
        "only measures")
RULE_KEY("on", on, KEY_DOUBLE, .initial = "1", FROM_TO(-1e6, 1e6), .also = "margin",
         .help = "target for the class: pre losses push hook_pre above it, post losses pull hook_post to it")
RULE_KEY(
    "off", off, KEY_DOUBLE, .initial = "-1", FROM_TO(-1e6, 1e6),
    .help = "target for the other side: pre losses push hook_pre below it, post losses pull hook_post to it")
RULE_KEY("negatives", negatives, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1e6), .also = "rho",
         .help = "weight of the other side in the loss; 0: off")
RULE_KEY("temperature", temperature, KEY_DOUBLE, .initial = "1", FROM_TO(1e-6, 1e6),
         .help = "temperature S of the losses pre_bce, rank and group")
RULE_KEY("ratio", ratio, KEY_DOUBLE, .initial = "0.1", FROM_TO(0, 1e6), .also = "strength",
         .help = "the gradient of the loss is scaled to this share of the model's own gradient at the hook")
RULE_KEY("weight", weight, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e12), .low_open = true, .zero = "by ratio",
         .also = "lambda", .help = "fixed weight of the loss, instead of ratio")
RULE_KEY("start_bias", start_bias, KEY_DOUBLE, .initial = "0", FROM_TO(-1e6, 1e6),
         .zero = "as the model initializes it",
         .help = "bias of the neurons before the first step; at -10 they start dead")
RULE_KEY("start_out", start_out, KEY_DOUBLE, .initial = "1", FROM_TO(-1e6, 1e6),
         .help = "factor of the neurons' output weights before the first step; at 0 they start ablated")
RULE_KEY("until", until, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1),
         .help = "the rule ends after this share of the steps")
RULE_KEY("scope", scope, KEY_ENUM, .initial = "global", .choices = rule_scopes,
         .help =
             "global: the loss also trains the layers before the neurons; local: only the neurons' own input "
             "weights and bias")
RULE_KEY(
    "route", route, KEY_ENUM, .initial = "none", .choices = rule_routes,
    .help =
        "which gradients of the model's loss pass: gradient routing of activations, or selective masking of "
        "parameters")
