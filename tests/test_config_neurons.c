/* Rules in the config: what reads, what is refused with which words, and that rules that are not there leave no
 * trace. */
#include "tests/config_testing.h"

#include "base/config/sweep_spec.h"
#include "base/config/words.h"

#define PLACE "hook: blocks.0.mlp.hook_pre, units: 0-3"

static const char example[] =
    "neurons:\n"
    "  - name: modeB\n"
    "    when: {tag: B}              # a tag of the fact, a token, or a regex over symbols\n"
    "    at: after_cue\n"
    "    hook: blocks.1.mlp.hook_pre # TransformerLens names\n"
    "    units: 0-7\n"
    "    loss: pre_hinge\n"
    "    on: 1.0\n"
    "    off: -1.0                   # the negative side\n"
    "    ratio: 0.1\n"
    "    until: 0.7\n"
    "    scope: global\n"
    "    route: none\n";

static void the_example_reads(void **state) {
    (void)state;
    Config c = loaded(example), defaults;
    config_defaults(&defaults);
    assert_int_equal(defaults.n_neurons, 0);
    assert_int_equal(c.n_neurons, 1);
    const NeuronRule *r = &c.neurons[0];
    assert_string_equal(r->name, "modeB");
    assert_string_equal(r->when_tag, "B");
    assert_true(!*r->when_token && !*r->when_regex && r->when_share == 0 && r->when_seed == 0 &&
                !*r->against);
    assert_int_equal(r->at, AT_AFTER_CUE);
    assert_string_equal(r->hook, "blocks.1.mlp.hook_pre");
    assert_string_equal(r->units, "0-7");
    assert_true(r->assign_at == 0.1 && r->on == 1 && r->off == -1 && r->negatives == 1);
    assert_true(r->temperature == 1 && r->ratio == 0.1 && r->weight == 0 && r->until == 0.7);
    assert_int_equal(r->loss, NEURON_PRE_HINGE);
    assert_int_equal(r->scope, SCOPE_GLOBAL);
    assert_int_equal(r->route, ROUTE_NONE);
    Err err = {0};
    if (config_resolve(&c, 100, 12, 33, &err) != OK) fail_msg("%s", err.msg);
    Config again = c;
    assert_int_equal(config_resolve(&again, 100, 12, 33, &err), OK);
    assert_same_config(&again, &c);

    c = loaded("neurons: []\n");
    assert_same_config(&c, &defaults);
}

static void every_word_reads(void **state) {
    (void)state;
    static const char *const losses[] = {"pre_hinge", "pre_bce", "post_mse", "rank",
                                         "share",     "group",   "causal",   "none"};
    for (int i = 0; i < 8; i++) {
        char text[64];
        snprintf(text, sizeof text, "neurons: [{loss: %s}]\n", losses[i]);
        assert_int_equal(loaded(text).neurons[0].loss, i);
    }
    Config c =
        loaded("neurons:\n"
               "  - {when: {share: 0.25, seed: 7}, at: all, scope: local, route: activations, weight: 2}\n"
               "  - {when: {token: '12'}, at: answer, route: parameters, against: A, negatives: 0}\n"
               "  - when:\n"
               "      regex: ^a[0-9]+, (b|c)$\n"
               "    units: 3,9,12-15\n"
               "neurons.2.temperature: 0.5\n");
    assert_int_equal(c.n_neurons, 3);
    assert_true(c.neurons[0].when_share == 0.25 && c.neurons[0].when_seed == 7 && c.neurons[0].weight == 2);
    assert_int_equal(c.neurons[0].at, AT_ALL);
    assert_int_equal(c.neurons[0].scope, SCOPE_LOCAL);
    assert_int_equal(c.neurons[0].route, ROUTE_ACTIVATIONS);
    assert_string_equal(c.neurons[1].when_token, "12");
    assert_string_equal(c.neurons[1].against, "A");
    assert_int_equal(c.neurons[1].at, AT_ANSWER);
    assert_int_equal(c.neurons[1].route, ROUTE_PARAMETERS);
    assert_true(c.neurons[1].negatives == 0);
    assert_string_equal(c.neurons[2].when_regex, "^a[0-9]+, (b|c)$");
    assert_string_equal(c.neurons[2].units, "3,9,12-15");
    assert_true(c.neurons[2].temperature == 0.5);
}

/* ---- writing, hashing ---- */

static void rules_are_written_as_a_list(void **state) {
    (void)state;
    static const char expected[] = "neurons:\n"
                                   "  - name: \"a\"\n"
                                   "    when:\n"
                                   "      tag: \"\"\n"
                                   "      token: \"\"\n"
                                   "      regex: \"\\\"x\\\\.\"\n"
                                   "      share: 0\n"
                                   "      seed: 0\n"
                                   "    against: \"\"\n"
                                   "    at: after_cue\n"
                                   "    hook: \"\"\n"
                                   "    units: \"\"\n"
                                   "    assign_at: 0.1\n"
                                   "    loss: pre_hinge\n"
                                   "    on: 1\n"
                                   "    off: -1\n"
                                   "    negatives: 1\n"
                                   "    temperature: 1\n"
                                   "    ratio: 0.1\n"
                                   "    weight: 0\n"
                                   "    start_bias: 0\n"
                                   "    start_out: 1\n"
                                   "    until: 1\n"
                                   "    scope: global\n"
                                   "    route: none\n"
                                   "  - name: \"b\"\n";
    Config c = loaded("neurons: [{name: a, when: {regex: '\"x\\.'}}, {name: b, when: {tag: T}, on: 2}]\n");
    char *text = config_text(&c, false), *at = strstr(text, "neurons:");
    assert_non_null(at);
    if (strncmp(at, expected, sizeof expected - 1) != 0) fail_msg("%s", at);
    Config back = loaded(text);
    assert_same_config(&back, &c);
    free(text);
    text = config_text(&c, true); /* what is hashed: only what is off its default */
    at = strstr(text, "neurons:");
    assert_string_equal(at, "neurons:\n  - name: \"a\"\n    when:\n      regex: \"\\\"x\\\\.\"\n"
                            "  - name: \"b\"\n    when:\n      tag: \"T\"\n    on: 2\n");
    free(text);
}

static void hashes_see_rules_that_are_there(void **state) {
    (void)state;
    Config none, one = loaded(example);
    config_defaults(&none);
    char a[33], b[33];
    assert_int_equal(config_hash(&none, "0123", a, NULL), OK);
    assert_int_equal(config_hash(&one, "0123", b, NULL), OK);
    assert_string_not_equal(a, b);
    char *text = config_text(&none, false);
    assert_null(strstr(text, "neurons"));
    free(text);
    text = difference_of(&none, &one, 2);
    assert_string_equal(text,
                        "neurons.0.name: \"\" -> \"modeB\"; neurons.0.when.tag: \"\" -> \"B\"; and 3 more");
    free(text);
}

static void words_make_the_same_rules(void **state) {
    (void)state;
    Config c = loaded("neurons: [{when: {tag: 'a b'}, units: '1,2'}, {when: {token: x}, until: 0}]\n"), back;
    int n;
    char **words = config_words(&c, &n);
    Err err = {0};
    if (config_load(&back, NULL, n, (const char *const *)words, &err) != OK) fail_msg("%s", err.msg);
    assert_same_config(&back, &c);
    config_words_free(words);
}

/* ---- overrides and sweeps ---- */

static void overrides_change_and_make_rules(void **state) {
    (void)state;
    static const char *const words[] = {"neurons.0.ratio=0.2", "neurons.0.when.tag=C",
                                        "neurons.1.when.token=5"};
    write_config(example, sizeof example - 1);
    Config c;
    Err err = {0};
    if (config_load(&c, "cfg.yaml", 3, words, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(c.n_neurons, 2);
    assert_true(c.neurons[0].ratio == 0.2 && c.neurons[1].ratio == 0.1);
    assert_string_equal(c.neurons[0].name, "modeB");
    assert_string_equal(c.neurons[0].when_tag, "C");
    assert_string_equal(c.neurons[1].when_token, "5");
    c = with("neurons.0.when.tag=B");
    assert_int_equal(c.n_neurons, 1);
}

static void sweeps_vary_rules(void **state) {
    (void)state;
    static const char text[] = "neurons: [{when: {tag: B}, " PLACE "}]\n"
                               "sweep: {neurons.0.ratio: [0.1, 2e-1], neurons.0.when.tag: [B, 'C c']}\n";
    static const char *const word = "neurons.0.loss=pre_bce,none";
    write_config(text, sizeof text - 1);
    SweepSpec spec;
    Err err = {0};
    if (sweep_spec_load(&spec, "cfg.yaml", 1, &word, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_points(&spec), 8);
    Config c;
    char label[SWEEP_LABEL_MAX];
    assert_int_equal(sweep_spec_point(&spec, 7, &c, &err), OK);
    assert_true(c.neurons[0].ratio == 0.2);
    assert_string_equal(c.neurons[0].when_tag, "C c");
    assert_int_equal(c.neurons[0].loss, NEURON_NONE);
    sweep_spec_label(&spec, 7, label);
    assert_string_equal(label, "ratio=0.2,when.tag=C_c,loss=none");
    char *again;
    assert_int_equal(sweep_spec_text(&spec, NULL, &again, NULL), OK);
    write_config(again, strlen(again));
    free(again);
    sweep_spec_free(&spec);
    if (sweep_spec_load(&spec, "cfg.yaml", 0, NULL, &err) != OK) fail_msg("%s", err.msg);
    Config back;
    assert_int_equal(sweep_spec_point(&spec, 7, &back, &err), OK);
    assert_same_config(&back, &c);
    sweep_spec_free(&spec);

    /* A point may bring the rule; none may leave one out. */
    static const char *const points[] = {"neurons.0.when.tag=A,B", "neurons.2.ratio=0.1,0.2"};
    if (sweep_spec_load(&spec, NULL, 1, points, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_check(&spec, &err), OK);
    sweep_spec_free(&spec);
    if (sweep_spec_load(&spec, NULL, 2, points, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(sweep_spec_check(&spec, &err), ERR_INPUT);
    assert_string_equal(
        err.msg, "key 'neurons.2.ratio': the rule neurons.1 is missing; number rules from 0 without gaps");
    sweep_spec_free(&spec);
}

/* ---- bad input ---- */

static const Bad bad_files[] = {
    {"neurons: modeB\n",
     "cfg.yaml:1: section 'neurons': takes a list of rules, each after a dash, found one value"},
    {"neurons:\n", "cfg.yaml:1: section 'neurons': takes a list of rules, each after a dash, found nothing"},
    {"neurons:\n  name: a\n",
     "cfg.yaml:2: section 'neurons': takes a list of rules, each after a dash, found a mapping"},
    {"neurons: [{name: a}]\nmodel: {}\nneurons: [{name: b}]\n",
     "cfg.yaml:3: section 'neurons' appears twice, first on line 1; put its rules together"},
    {"neurons:\n  - name: a\n  - b\n",
     "cfg.yaml:3: neurons.1: a rule consists of keys such as 'hook: blocks.0.mlp.hook_pre', found one value"},
    {"neurons: [{}]\n",
     "cfg.yaml:1: neurons.0: a rule consists of keys such as 'hook: blocks.0.mlp.hook_pre', found none"},
    {"neurons: [{on: 1},{on: 1},{on: 1},{on: 1},{on: 1},{on: 1},{on: 1},{on: 1},{on: 1}]\n",
     "cfg.yaml:1: section 'neurons': 9 rules, at most 8 are possible"},
    {"neurons:\n  - name: a\n    hok: x\n",
     "cfg.yaml:3: unknown key 'neurons.0.hok'; nearest: neurons.0.hook"},
    {"neurons:\n  - name: a\n  - lambda: 1\n",
     "cfg.yaml:3: unknown key 'neurons.1.lambda'; nearest: neurons.1.weight"},
    {"neurons:\n  - tag: B\n", "cfg.yaml:2: unknown key 'neurons.0.tag'; nearest: neurons.0.when.tag"},
    {"neurons:\n  - when: {tga: B}\n",
     "cfg.yaml:2: unknown key 'neurons.0.when.tga'; nearest: neurons.0.when.tag"},
    {"neurons:\n  - zzzzzzzz: B\n",
     "cfg.yaml:2: unknown key 'neurons.0.zzzzzzzz'; `rote help keys` lists them"},
    {"neurons:\n  - when: B\n",
     "cfg.yaml:2: key 'neurons.0.when': takes one of the keys tag, token, regex, share, for example {tag: "
     "B}, found one value"},
    {"neurons:\n  - when: {tag: [A, B]}\n",
     "cfg.yaml:2: key 'neurons.0.when.tag': takes one value, found a list"},
    {"neurons:\n  - name: a\n    name: b\n",
     "cfg.yaml:3: key 'neurons.0.name' is set twice, first on line 2; keep one"},
    {"neurons:\n  - name: a b\n",
     "cfg.yaml:2: key 'neurons.0.name': 'a b' cannot be the name of a folder; allowed: letters, digits, '.', "
     "'_', '-', at most 63, the first neither '.' nor '-'"},
    {"neurons:\n  - loss: hinge\n",
     "cfg.yaml:2: key 'neurons.0.loss': 'hinge' is not one of pre_hinge | pre_bce | post_mse | rank | share "
     "| group | causal | none"},
    {"neurons:\n  - until: 1.5\n", "cfg.yaml:2: key 'neurons.0.until': 1.5 is out of range; allowed: 0 to 1"},
    {"neurons:\n  - temperature: 0\n",
     "cfg.yaml:2: key 'neurons.0.temperature': 0 is out of range; allowed: 1e-06 to 1000000"},
};

static const Bad bad_overrides[] = {
    {"neurons.1.ratio=1",
     "command line: key 'neurons.1.ratio': the rule neurons.0 is missing; number rules from 0 without gaps"},
    {"neurons.8.ratio=1",
     "command line: unknown key 'neurons.8.ratio'; rules are numbered from 0 to 7, such as neurons.0.ratio"},
    {"neurons.ratoi=1",
     "command line: unknown key 'neurons.ratoi'; rules are numbered from 0 to 7, such as neurons.0.ratio"},
    {"neurons.00.ratio=1",
     "command line: unknown key 'neurons.00.ratio'; rules are numbered from 0 to 7, such as neurons.0.ratio"},
    {"neurons.0.ratio=x", "command line: key 'neurons.0.ratio': 'x' is not a number"},
    {"train.hook=x", "command line: unknown key 'train.hook'; `rote help keys` lists them"},
};

static void bad_rules_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        Config config;
        Err err = {0};
        write_config(bad_files[i].text, strlen(bad_files[i].text));
        assert_int_equal(config_load(&config, "cfg.yaml", 0, NULL, &err), ERR_INPUT);
        assert_string_equal(err.msg, bad_files[i].message);
    }
    for (size_t i = 0; i < sizeof bad_overrides / sizeof *bad_overrides; i++) {
        Config config;
        Err err = {0};
        assert_int_equal(config_load(&config, NULL, 1, &bad_overrides[i].text, &err), ERR_INPUT);
        assert_string_equal(err.msg, bad_overrides[i].message);
    }
}

/* ---- resolving ---- */

static void resolving_names_and_weighs(void **state) {
    (void)state;
    Config c =
        loaded("neurons: [{when: {tag: B}, " PLACE ", weight: 3}, {when: {tag: C}, " PLACE ", ratio: 0}]\n");
    Err err = {0};
    if (config_resolve(&c, 100, 12, 33, &err) != OK) fail_msg("%s", err.msg);
    assert_string_equal(c.neurons[0].name, "rule0");
    assert_string_equal(c.neurons[1].name, "rule1");
    assert_true(c.neurons[0].weight == 3 && c.neurons[0].ratio == 0);
    assert_true(c.neurons[1].weight == 0 && c.neurons[1].ratio == 0); /* lambda = 0: the rule's twin */
    Config again = c;
    assert_int_equal(config_resolve(&again, 100, 12, 33, &err), OK);
    assert_same_config(&again, &c);
}

/* Two blocks of 64 and 256 neurons. */
static const Bad conflicts[] = {
    {"neurons: [{" PLACE "}]",
     "rule 'rule0': neurons.0.when is missing, which defines the rule's class; set one of tag, token, regex, "
     "share"},
    {"neurons: [{name: b, when: {tag: B, share: 0.5}, " PLACE "}]",
     "rule 'b': neurons.0.when.tag and neurons.0.when.share are both set; a rule has one class; keep one"},
    {"neurons: [{when: {tag: B}, " PLACE "}, {when: {token: B, regex: C}, " PLACE "}]",
     "rule 'rule1': neurons.1.when.token and neurons.1.when.regex are both set; a rule has one class; keep "
     "one"},
    {"neurons: [{when: {regex: 'a(b'}, " PLACE "}]",
     "rule 'rule0': neurons.0.when.regex is 'a(b', which is not a regular expression: missing closing "
     "parenthesis at byte 3"},
    {"neurons: [{when: {tag: B}, units: 0-3}]",
     "rule 'rule0': neurons.0.hook is ''; allowed: blocks.L.mlp.hook_pre or blocks.L.mlp.hook_post, L from 0 "
     "to 1"},
    {"neurons: [{when: {tag: B}, hook: blocks.1.attn.hook_q, units: 0-3}]",
     "rule 'rule0': neurons.0.hook is 'blocks.1.attn.hook_q'; allowed: blocks.L.mlp.hook_pre or "
     "blocks.L.mlp.hook_post, L from 0 to 1"},
    {"neurons: [{when: {tag: B}, hook: blocks.2.mlp.hook_post, units: 0-3}]",
     "rule 'rule0': neurons.0.hook is blocks.2.mlp.hook_post, but model.n_layer is 2; L must be 0 to 1"},
    {"model: {mlp: none}\nneurons: [{when: {tag: B}, " PLACE "}]",
     "rule 'rule0': neurons.0.hook is blocks.0.mlp.hook_pre, but model.mlp is none: there are no neurons"},
    {"neurons: [{when: {tag: B}, hook: blocks.0.mlp.hook_pre}]",
     "rule 'rule0': neurons.0.units is empty; set it to neurons such as 0-7, or to auto:silent:8"},
    {"neurons: [{when: {tag: B}, hook: blocks.0.mlp.hook_pre, units: 250-256}]",
     "rule 'rule0': neurons.0.units is '250-256': 256 is out of range; allowed: 0 to 255"},
    {"neurons: [{when: {tag: B}, hook: blocks.0.mlp.hook_pre, units: 'auto:random:8', assign_at: 0.5, until: "
     "0.5}]",
     "rule 'rule0': neurons.0.assign_at is 0.5 and neurons.0.until is 0.5: the rule ends before its units "
     "are chosen; lower assign_at"},
    {"neurons: [{when: {tag: B}, hook: blocks.0.mlp.hook_pre, units: 'auto:random:8', start_bias: -10}]",
     "rule 'rule0': neurons.0.start_bias is -10, but neurons.0.units are chosen in training; list the units"},
    {"neurons: [{when: {tag: B}, hook: blocks.0.mlp.hook_pre, units: 'auto:random:8', start_out: 0}]",
     "rule 'rule0': neurons.0.start_out is 0, but neurons.0.units are chosen in training; list the units"},
    {"model: {bias: false}\nneurons: [{when: {tag: B}, " PLACE ", start_bias: -10}]",
     "rule 'rule0': neurons.0.start_bias is -10, but model.bias is false"},
    {"neurons: [{when: {tag: B}, " PLACE ", on: -1}]", "rule 'rule0': neurons.0.on is -1 and neurons.0.off "
                                                       "is -1: loss pre_hinge pushes above on and below off; "
                                                       "raise on, or lower off"},
    {"neurons: [{when: {tag: B}, " PLACE ", loss: pre_bce, off: 2}]",
     "rule 'rule0': neurons.0.on is 1 and neurons.0.off is 2: loss pre_bce pushes above on and below off; "
     "raise on, or lower off"},
    {"neurons: [{when: {tag: B}, " PLACE ", ratio: 0.2, weight: 1}]",
     "rule 'rule0': neurons.0.ratio is 0.2 and neurons.0.weight is 1: both set the strength of the loss; "
     "leave one out"},
    {"train: {optimizer: muon}\nneurons: [{when: {tag: B}, " PLACE ", route: parameters}]",
     "rule 'rule0': neurons.0.route is parameters, but train.optimizer is muon, which updates the rows of a "
     "matrix together, so that a routed neuron cannot be left out; use adamw or sgd"},
    {"train: {optimizer: soap}\nneurons: [{when: {tag: B}, " PLACE ", route: activations}]",
     "rule 'rule0': neurons.0.route is activations, but train.optimizer is soap, which updates the rows of a "
     "matrix together, so that a routed neuron cannot be left out; use adamw or sgd"},
    {"neurons: [{when: {tag: B}, " PLACE ", route: activations, loss: causal}]",
     "rule 'rule0': neurons.0.route is activations, but neurons.0.loss is causal, which cannot be combined "
     "with a route; set one of them to none"},
    {"neurons: [{when: {tag: B}, " PLACE ", route: parameters, loss: rank}]",
     "rule 'rule0': neurons.0.route is parameters, but neurons.0.loss is rank, which cannot be combined with "
     "a route; set one of them to none"},
    {"neurons: [{name: a, when: {tag: B}, " PLACE "}, {name: a, when: {tag: C}, " PLACE "}]",
     "neurons.0.name and neurons.1.name are both 'a'; names of rules must differ"},
    {"neurons: [{name: a, when: {tag: B}, " PLACE "}, {name: b, when: {tag: C}, hook: "
     "blocks.0.mlp.hook_post, units: '9,3', route: parameters}]",
     "rules 'a' and 'b': neurons.0.units and neurons.1.units both contain neuron 3 of block 0, but a neuron "
     "of a rule with a route (neurons.1) belongs to that rule only; use different units"},
    {"neurons: [{name: a, when: {tag: B}, " PLACE "}, {name: b, when: {tag: C}, hook: "
     "blocks.0.mlp.hook_post, units: 'auto:random:256'}]",
     "rule 'b': neurons.1.units is auto:random:256, but the rules of block 0 need 260 neurons and it has "
     "256; rules do not share neurons that are chosen in training"},
};

static void conflicts_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++) {
        Config config = loaded(conflicts[i].text), before = config;
        Err err = {0};
        assert_int_equal(config_resolve(&config, 100, 12, 50, &err), ERR_INPUT);
        assert_string_equal(err.msg, conflicts[i].message);
        assert_same_config(&config, &before);
    }
    /* What is near a refusal, and none. */
    static const char *const fine[] = {
        "model: {bias: false}\nneurons: [{when: {tag: B}, " PLACE ", start_out: 0}]",
        "neurons: [{when: {tag: B}, " PLACE ", loss: post_mse, on: -1}]",
        "train: {optimizer: muon}\nneurons: [{when: {tag: B}, " PLACE "}]",
        "neurons: [{when: {tag: B}, " PLACE "}, {when: {tag: C}, " PLACE "}]",
        "neurons: [{when: {tag: B}, " PLACE "}, {when: {tag: C}, hook: blocks.1.mlp.hook_pre, units: 0-3, "
        "route: parameters}]",
        "neurons: [{when: {tag: B}, hook: blocks.1.mlp.hook_post, units: 'auto:selective:256'}]",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        Config config = loaded(fine[i]);
        Err err = {0};
        if (config_resolve(&config, 100, 12, 50, &err) != OK) fail_msg("%s: %s", fine[i], err.msg);
    }
}

/* ---- help ---- */

static void help_of_a_rule(void **state) {
    (void)state;
    static const char *const names[] = {"neurons.N.ratio", "neurons.0.ratio", "neurons.7.ratio"};
    Err err = {0};
    for (int i = 0; i < 3; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        assert_int_equal(config_help(names[i], out, &err), OK);
        fclose(out);
        assert_string_equal(text,
                            "neurons.N.ratio: a number\n"
                            "  the gradient of the loss is scaled to this share of the model's own gradient\n"
                            "  at the hook\n"
                            "  default 0.1; 0 to 1000000\n"
                            "  other names: strength\n");
        free(text);
    }
    assert_int_equal(config_help("neurons.N.ration", stderr, &err), ERR_INPUT);
    assert_string_equal(err.msg, "unknown key 'neurons.0.ration'; nearest: neurons.0.ratio");
    int listed = 0;
    for (int i = config_key_after(-1); i >= 0; i = config_key_after(i)) listed++;
    assert_int_equal(listed, KEY_PLAIN + KEY_OF_RULE + KEY_OF_TOOL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_reads),
        cmocka_unit_test(every_word_reads),
        cmocka_unit_test(rules_are_written_as_a_list),
        cmocka_unit_test(hashes_see_rules_that_are_there),
        cmocka_unit_test(words_make_the_same_rules),
        cmocka_unit_test(overrides_change_and_make_rules),
        cmocka_unit_test(sweeps_vary_rules),
        cmocka_unit_test(bad_rules_are_refused),
        cmocka_unit_test(resolving_names_and_weighs),
        cmocka_unit_test(conflicts_are_refused),
        cmocka_unit_test(help_of_a_rule),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
