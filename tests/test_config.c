/* The config: its table of keys, what reads and what is refused, with exactly the message that is promised. */
#include "tests/config_testing.h"

/* ---- the table ---- */

/* The contract with users' configs: whoever changes a default changes what their runs mean. */
static const char default_text[] =
    "name: \"run\"\n"
    "facts:\n"
    "  kind: random\n"
    "  path: \"\"\n"
    "  vocab: \"\"\n  tokenizer: \"\"\n"
    "  n: 256\n"
    "  load: 0\n"
    "  seq_len: 16\n"
    "  vocab_size: 256\n"
    "  seed: 0\n"
    "  symbols: 0\n"
    "  subjects: 0\n"
    "  objects: 16x16x16x16\n"
    "  name_sizes: 400x400x1000\n"
    "  value_sizes: 12x28x200x200x300x100x263\n"
    "  templates: 1\n"
    "  order: fixed\n"
    "  attributes: 4\n"
    "  chunks: 1\n"
    "  diversity: 16\n"
    "  chunk_len: 2\n"
    "  chunk_symbols: 16\n"
    "  rule: affine\n"
    "  inputs: 2\n"
    "  exceptions: 0\n"
    "  parents: 8\n  children: 32\n"
    "  vertices: 32\n  edges: 4\n  density: 0.5\n"
    "  digits: 1-4\n  operations: add\n  named: 0\n  plain: 0\n  given: false\n"
    "  heldout: 0\n"
    "  split_seed: 0\n"
    "  zipf: 0\n"
    "  junk_ratio: 0\n"
    "  junk_n: 0\n"
    "  domain_token: false\n"
    "  paraphrases: 1\n"
    "  seed_prefix: 0\n  prefix_symbols: 64\n  fixed_prefix: false\n"
    "model:\n"
    "  n_layer: 2\n"
    "  n_head: 2\n"
    "  n_kv_head: 0\n  head_dim: 0\n"
    "  n_embd: 64\n"
    "  n_inner: 0\n"
    "  block_size: 0\n"
    "  vocab_size: 0\n"
    "  norm: layernorm\n"
    "  norm_eps: 1e-05\n"
    "  pos: learned\n"
    "  rope_theta: 10000\n"
    "  rope_scaling: none\n  rope_factor: 1\n  rope_low_freq: 1\n  rope_high_freq: 4\n  rope_original: 8192\n"
    "  bos: 0\n"
    "  act: gelu\n"
    "  gated: false\n"
    "  bias: true\n  qkv_bias: false\n  qk_norm: false\n"
    "  tie_weights: true\n"
    "  attn: causal\n"
    "  mlp: plain\n"
    "  init_std: 0.02\n"
    "  match_params: 0\n"
    "train:\n"
    "  max_steps: 1000\n"
    "  exposures: 0\n"
    "  batch_size: 0\n"
    "  micro_batch_size: 0\n"
    "  grad_leaves: 4\n"
    "  optimizer: adamw\n"
    "  parametrization: standard\n"
    "  mup_base_width: 16\n"
    "  learning_rate: 0.001\n"
    "  min_lr: 0\n"
    "  schedule: cosine\n"
    "  warmup_steps: 0\n"
    "  decay_steps: 0\n"
    "  weight_decay: 0\n"
    "  beta1: 0.9\n  beta2: 0.999\n"
    "  adam_eps: 1e-08\n"
    "  momentum: 0.95\n"
    "  precondition_interval: 10\n"
    "  precondition_max_dim: 512\n"
    "  shampoo_beta: 0.95\n"
    "  grad_clip: 1\n"
    "  eval_interval: 0\n"
    "  checkpoint_interval: 0\n"
    "  checkpoint_minutes: 5\n  keep_checkpoints: 2\n"
    "  stop_recall: 0\n"
    "  stop_gain: 0\n  stop_memorized: 0\n"
    "  select: none\n  select_keep: 0\n  select_bits: 0\n  select_start: 0.1\n  select_end: 0.3\n"
    "  select_rounds: 4\n"
    "  seed: 0\n"
    "  init_from: \"\"\n"
    "  init_hash: \"\"\n"
    "  threads: 0\n"
    "  gemm: exact\n"
    "  quantize: none\n"
    "  freeze: none\n"
    "sample:\n  chain: \"\"\n  temperature: 1\n  top_k: 0\n"
    "  top_p: 1\n  n: 1\n  max_tokens: 0\n  seed: 1\n";

static void defaults(void **state) {
    (void)state;
    Config config;
    config_defaults(&config);
    char *text = config_text(&config, false);
    assert_string_equal(text, default_text);
    free(text);
}

/* A row that points at another field, or at one of another size, would show nowhere else. */
static void rows_are_sound(void **state) {
    (void)state;
    static const size_t sizes[] = {[KEY_INT] = 4,   [KEY_INT64] = 8, [KEY_UINT64] = 8,  [KEY_DOUBLE] = 8,
                                   [KEY_BOOL] = 1,  [KEY_ENUM] = 4,  [KEY_SIZES] = 68,  [KEY_RANGE] = 8,
                                   [KEY_FLAGS] = 4, [KEY_NAME] = 64, [KEY_PATH] = 1024, [KEY_WORDS] = 512};
    size_t covered = 0, of_rule = 0, of_tool = 0;
    for (int i = 0; i < KEY_COUNT; i++) {
        assert_string_equal(config_key_name(i), keys[i].name);
        if (keys[i].type != KEY_TEXT) assert_int_equal(keys[i].size, sizes[keys[i].type]);
        assert_true(strlen(keys[i].help) > 0 && strlen(keys[i].help) < 130);
        assert_ptr_equal(key_find(keys[i].name), &keys[i]);
        for (int j = 0; j < i; j++)
            assert_true(keys[j].offset + keys[j].size <= keys[i].offset ||
                        keys[i].offset + keys[i].size <= keys[j].offset);
        int list = i < KEY_PLAIN ? LIST_NONE : i < KEY_FIRST_TOOL ? LIST_NEURONS : LIST_TOOLS;
        const KeyList *l = &key_lists[list];
        assert_int_equal(keys[i].list, list);
        assert_int_equal(keys[i].item, list ? (i - l->first) / l->rows : 0);
        *(list == LIST_NEURONS ? &of_rule : list == LIST_TOOLS ? &of_tool : &covered) += keys[i].size;
    }
    /* A field without a row: what is not covered is padding, less than 8 bytes before an 8-byte field. */
    assert_true(offsetof(Config, neurons) - covered < 60 + sizeof(ToolStage)); /* which is derived */
    /* `loss` and `units` stand before 8-byte fields: 4 bytes each */
    assert_int_equal(NEURON_RULES_MAX * (sizeof(NeuronRule) - 8), of_rule);
    /* `file_hash` has 33 at the end: 7; `gate` stands before an 8-byte field: 4 */
    assert_int_equal(TOOLS_MAX * (sizeof(ToolConfig) - 11), of_tool);
    assert_null(config_key_name(-1));
    assert_null(config_key_name(KEY_COUNT));
}

/* ---- reading ---- */

static void reads_values(void **state) {
    (void)state;
    Config c = loaded("name: wide-1\n"
                      "facts: {kind: random, n: 1e3, seq_len: 2.5e1, seed: 18446744073709551615}\n"
                      "model:\n"
                      "  n-layer: 3          # dashes and underscores are the same\n"
                      "  n_embd: +96\n"
                      "  n_head: 1200e-2\n"
                      "  norm: 'rmsnorm'\n"
                      "  gated: true\n"
                      "  bias: false\n"
                      "  attn: mean\n"
                      "  init_std: .5\n"
                      "train: &anchor\n"
                      "  max_steps: 1e12\n"
                      "  learning_rate: 3e-4\n"
                      "  weight_decay: -0.0\n"
                      "  stop_recall: 1\n"
                      "  eval_interval: 10.0\n");
    assert_string_equal(c.name, "wide-1");
    assert_int_equal(c.facts.n, 1000);
    assert_int_equal(c.facts.seq_len, 25);
    assert_true(c.facts.seed == UINT64_MAX);
    assert_int_equal(c.model.n_layer, 3);
    assert_int_equal(c.model.n_embd, 96);
    assert_int_equal(c.model.n_head, 12);
    assert_int_equal(c.model.norm, NORM_RMSNORM);
    assert_true(c.model.gated && !c.model.bias && c.model.tie_weights);
    assert_int_equal(c.model.attn, ATTN_MEAN);
    assert_true(c.model.init_std == 0.5);
    assert_true(c.train.max_steps == 1000000000000);
    assert_true(c.train.learning_rate == 3e-4);
    assert_true(c.train.weight_decay == 0 && !signbit(c.train.weight_decay));
    assert_true(c.train.stop_recall == 1);
    assert_int_equal(c.train.eval_interval, 10);
    assert_int_equal(c.train.batch_size, 0);
}

static void accepts_what_editors_write(void **state) {
    (void)state;
    static const char bytes[] = "\xEF\xBB\xBF# first line\r\nmodel:\r\n  n_embd: 8\r\n\r\ntrain.seed: 3\r\n";
    write_config(bytes, sizeof bytes - 1);
    Config c;
    Err err = {0};
    if (config_load(&c, "cfg.yaml", 0, NULL, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(c.model.n_embd, 8);
    assert_true(c.train.seed == 3);
}

static void command_line_wins(void **state) {
    (void)state;
    static const char text[] = "model: {n_embd: 8, n_head: 4}\n";
    static const char *const overrides[] = {"model.n_embd=16", "facts.path=a=b", "train.seed=1",
                                            "train.seed=2", "name=x"};
    write_config(text, sizeof text - 1);
    Config c;
    Err err = {0};
    if (config_load(&c, "cfg.yaml", 5, overrides, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(c.model.n_embd, 16);
    assert_int_equal(c.model.n_head, 4);
    assert_string_equal(c.facts.path, "a=b");
    assert_true(c.train.seed == 2);
    assert_string_equal(c.name, "x");
}

/* ---- bad input ---- */

static const Bad bad_files[] = {
    {"", "cfg.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'"},
    {"# nothing\n\n", "cfg.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'"},
    {"{}\n", "cfg.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'"},
    {"just words\n", "cfg.yaml:1: a config consists of keys such as 'model: {n_embd: 64}', found one value"},
    {"- model\n- train\n",
     "cfg.yaml:1: a config consists of keys such as 'model: {n_embd: 64}', found a list"},
    {"train:\n  learning_rat: 1\n",
     "cfg.yaml:2: unknown key 'train.learning_rat'; nearest: train.learning_rate"},
    {"train:\n  lr: 1\n", "cfg.yaml:2: unknown key 'train.lr'; nearest: train.learning_rate"},
    {"model:\n  d-model: 8\n", "cfg.yaml:2: unknown key 'model.d-model'; nearest: model.n_embd"},
    {"model:\n  learning_rate: 1\n",
     "cfg.yaml:2: unknown key 'model.learning_rate'; nearest: train.learning_rate"},
    {"model:\n  eps: 1e-5\n", "cfg.yaml:2: unknown key 'model.eps'; nearest: model.norm_eps"},
    {"train:\n  eps: 1e-5\n", "cfg.yaml:2: unknown key 'train.eps'; nearest: train.adam_eps"},
    {"n_embd: 8\n", "cfg.yaml:1: unknown key 'n_embd'; nearest: model.n_embd"},
    {"train:\n  qqqqqq: 1\n", "cfg.yaml:2: unknown key 'train.qqqqqq'; `rote help keys` lists them"},
    {"\n\ntrian:\n  seed: 1\n", "cfg.yaml:3: unknown section 'trian'; nearest: train"},
    {"optimizers:\n  seed: 1\n",
     "cfg.yaml:1: unknown section 'optimizers'; the sections are facts, model, train, sample, neurons, tools"},
    {"model: {n_embd: 8}\nsweep:\n  model.n_embd: [8, 16]\n",
     "cfg.yaml:2: section 'sweep' describes many runs; use `rote sweep run`"},
    {"tools: sql\n",
     "cfg.yaml:1: section 'tools': takes a list of tools, each after a dash, found one value"},
    {"tools: [{}]\n", "cfg.yaml:1: tools.0: a tool consists of keys such as 'tool: calculator', found none"},
    {"tools: [{tool: sql}]\n",
     "cfg.yaml:1: key 'tools.0.tool': 'sql' is not one of calculator | store | program"},
    {"train:\n  seed: 1\n  beta1: 0\n  seed: 1\n",
     "cfg.yaml:4: key 'train.seed' is set twice, first on line 2; keep one"},
    {"model:\n  n-embd: 1\n  n_embd: 1\n",
     "cfg.yaml:3: key 'model.n_embd' is set twice, first on line 2; keep one"},
    {"train.seed: 1\ntrain:\n  seed: 2\n",
     "cfg.yaml:3: key 'train.seed' is set twice, first on line 1; keep one"},
    {"train:\n  seed: 1\nmodel: {}\ntrain:\n  beta1: 0\n",
     "cfg.yaml:4: section 'train' appears twice, first on line 1; put its keys together"},
    {"model:\ntrain:\n  seed: 1\n",
     "cfg.yaml:1: section 'model' is empty; indent its keys below it, or leave it out"},
    {"model: 12\n", "cfg.yaml:1: section 'model': takes keys indented below it, found one value"},
    {"model:\n  - n_embd\n", "cfg.yaml:2: section 'model': takes keys indented below it, found a list"},
    {"model:\n  n_embd: [8, 16]\n", "cfg.yaml:2: key 'model.n_embd': takes one value, found a list"},
    {"model:\n  n_embd: {a: 1}\n", "cfg.yaml:2: key 'model.n_embd': takes one value, found a mapping"},
    {"model:\n  n_embd:\n  n_head: 1\n", "cfg.yaml:2: key 'model.n_embd': no value after the colon"},
    {"model:\n  n_embd: ''\n", "cfg.yaml:2: key 'model.n_embd': no value; allowed: 1 to 65536"},
    {"model:\n  [a]: 1\n", "cfg.yaml:2: a key must be a word, found a list"},
    {"model:\n  '': 1\n", "cfg.yaml:2: a key without a name"},
    {"model:\n  n_embd: 12.5\n", "cfg.yaml:2: key 'model.n_embd': '12.5' is not a whole number"},
    {"model:\n  n_embd: 1e-1\n", "cfg.yaml:2: key 'model.n_embd': '1e-1' is not a whole number"},
    {"model:\n  n_embd: 1.00000000000000000000000001e3\n",
     "cfg.yaml:2: key 'model.n_embd': '1.00000000000000000000000001e3' is not a whole number"},
    {"model:\n  n_embd: 0x40\n", "cfg.yaml:2: key 'model.n_embd': '0x40' is not a whole number"},
    {"model:\n  n_embd: 1_000\n", "cfg.yaml:2: key 'model.n_embd': '1_000' is not a whole number"},
    {"model:\n  n_embd: ' 8'\n", "cfg.yaml:2: key 'model.n_embd': ' 8' is not a whole number"},
    {"model:\n  n_embd: wide\n", "cfg.yaml:2: key 'model.n_embd': 'wide' is not a whole number"},
    {"model:\n  n_embd: nan\n", "cfg.yaml:2: key 'model.n_embd': 'nan' is not a whole number"},
    {"model:\n  n_embd: 0\n", "cfg.yaml:2: key 'model.n_embd': 0 is out of range; allowed: 1 to 65536"},
    {"model:\n  n_embd: -8\n", "cfg.yaml:2: key 'model.n_embd': -8 is out of range; allowed: 1 to 65536"},
    {"model:\n  n_embd: 65537\n",
     "cfg.yaml:2: key 'model.n_embd': 65537 is out of range; allowed: 1 to 65536"},
    /* 2^32 + 8 and 2^64 + 8: what a cast would let through */
    {"model:\n  n_embd: 4294967304\n",
     "cfg.yaml:2: key 'model.n_embd': 4294967304 is out of range; allowed: 1 to 65536"},
    {"model:\n  n_embd: 18446744073709551624\n",
     "cfg.yaml:2: key 'model.n_embd': 18446744073709551624 is out of range; allowed: 1 to 65536"},
    {"model:\n  n_embd: 1e400\n",
     "cfg.yaml:2: key 'model.n_embd': 1e400 is out of range; allowed: 1 to 65536"},
    {"model:\n  vocab_size: 1\n", "cfg.yaml:2: key 'model.vocab_size': 1 is out of range; allowed: 2 to "
                                  "16777216, or 0 (that of the facts)"},
    {"train:\n  seed: -1\n",
     "cfg.yaml:2: key 'train.seed': -1 is out of range; allowed: 0 to 18446744073709551615"},
    {"train:\n  seed: 18446744073709551616\n", "cfg.yaml:2: key 'train.seed': 18446744073709551616 is out of "
                                               "range; allowed: 0 to 18446744073709551615"},
    {"train:\n  threads: 5000\n",
     "cfg.yaml:2: key 'train.threads': 5000 is out of range; allowed: 1 to 4096, or 0 (what `rote doctor` shows)"},
    {"train:\n  learning_rate: nan\n", "cfg.yaml:2: key 'train.learning_rate': 'nan' is not a finite number"},
    {"train:\n  learning_rate: -.INF\n",
     "cfg.yaml:2: key 'train.learning_rate': '-.INF' is not a finite number"},
    {"train:\n  learning_rate: 1e999\n",
     "cfg.yaml:2: key 'train.learning_rate': '1e999' is not a finite number"},
    {"train:\n  learning_rate: 1e-999\n",
     "cfg.yaml:2: key 'train.learning_rate': '1e-999' is too small for a double; write 0 if you mean 0"},
    {"train:\n  learning_rate: 1e-3x\n", "cfg.yaml:2: key 'train.learning_rate': '1e-3x' is not a number"},
    {"train:\n  learning_rate: 0x1p-3\n", "cfg.yaml:2: key 'train.learning_rate': '0x1p-3' is not a number"},
    {"train:\n  learning_rate: 1,5\n", "cfg.yaml:2: key 'train.learning_rate': '1,5' is not a number"},
    {"train:\n  learning_rate: .\n", "cfg.yaml:2: key 'train.learning_rate': '.' is not a number"},
    {"train:\n  learning_rate: 1e\n", "cfg.yaml:2: key 'train.learning_rate': '1e' is not a number"},
    {"train:\n  learning_rate: -1\n",
     "cfg.yaml:2: key 'train.learning_rate': -1 is out of range; allowed: above 0, at most 1000"},
    {"train:\n  learning_rate: 0\n",
     "cfg.yaml:2: key 'train.learning_rate': 0 is out of range; allowed: above 0, at most 1000"},
    {"train:\n  learning_rate: 1000.0001\n",
     "cfg.yaml:2: key 'train.learning_rate': 1000.0001 is out of range; allowed: above 0, at most 1000"},
    {"train:\n  adam_eps: 1e-50\n", /* 0 in float: an update of 0/0 */
     "cfg.yaml:2: key 'train.adam_eps': 1e-50 is out of range; allowed: at least 1e-30"},
    {"model:\n  norm_eps: 0\n", "cfg.yaml:2: key 'model.norm_eps': 0 is out of range; allowed: 1e-30 to 1"},
    {"train:\n  beta2: 0.99999999\n", /* 1 in float: nothing would be remembered */
     "cfg.yaml:2: key 'train.beta2': 0.99999999 is out of range; allowed: 0 to 0.9999999"},
    {"train:\n  beta1: 1\n", "cfg.yaml:2: key 'train.beta1': 1 is out of range; allowed: 0 to 0.9999999"},
    {"train:\n  weight_decay: -0.1\n",
     "cfg.yaml:2: key 'train.weight_decay': -0.1 is out of range; allowed: at least 0"},
    {"train:\n  grad_clip: -1\n",
     "cfg.yaml:2: key 'train.grad_clip': -1 is out of range; allowed: above 0, or 0 (off)"},
    {"train:\n  stop_recall: 1.5\n",
     "cfg.yaml:2: key 'train.stop_recall': 1.5 is out of range; allowed: above 0, at most 1, or 0 (off)"},
    {"model:\n  bias: yes\n", "cfg.yaml:2: key 'model.bias': 'yes' is not true or false; write true"},
    {"model:\n  bias: Off\n", "cfg.yaml:2: key 'model.bias': 'Off' is not true or false; write false"},
    {"model:\n  bias: True\n", "cfg.yaml:2: key 'model.bias': 'True' is not true or false; write true"},
    {"model:\n  bias: 0\n", "cfg.yaml:2: key 'model.bias': '0' is not true or false; write false"},
    {"model:\n  bias: maybe\n", "cfg.yaml:2: key 'model.bias': 'maybe' is not true or false"},
    {"model:\n  norm: layernrom\n",
     "cfg.yaml:2: key 'model.norm': 'layernrom' is not one of layernorm | rmsnorm; nearest: layernorm"},
    {"model:\n  attn: full\n", "cfg.yaml:2: key 'model.attn': 'full' is not one of causal | none | mean"},
    {"facts: {kind: bioS}\n",
     "cfg.yaml:1: key 'facts.kind': 'bioS' is not one of random | file | triples | "
     "bios | biod | rules | text | siblings | triangles | circles | lines | sums; nearest: bios"},
    {"facts:\n  n: 9\n  kind: file\n",
     "cfg.yaml:3: key 'facts.kind': is file, but facts.path is empty; `rote facts make` and `rote facts "
     "import` write such a folder"},
    {"name: a/b\n",
     "cfg.yaml:1: key 'name': 'a/b' cannot be the name of a folder; allowed: letters, digits, '.', '_', "
     "'-', at most 63, the first neither '.' nor '-'"},
    {"name: ..\n",
     "cfg.yaml:1: key 'name': '..' cannot be the name of a folder; allowed: letters, digits, '.', '_', "
     "'-', at most 63, the first neither '.' nor '-'"},
    {"name: a123456789b123456789c123456789d123456789e123456789f123456789gggg\n",
     "cfg.yaml:1: key 'name': 'a123456789b123456789c123456789d123456789e123456789f123456789...' has 64 "
     "bytes; allowed: at "
     "most 63"},
    {"neurons:\n  - when: {tag: \"a\\tb\"}\n",
     "cfg.yaml:2: key 'neurons.0.when.tag': 'a?b' contains control characters or is not UTF-8"},
    {"facts:\n  path: \"a\\0b\"\n", "cfg.yaml:2: key 'facts.path': the value contains a NUL byte"},
    {"model:\n\tn_embd: 8\n", "cfg.yaml:2: YAML: while scanning for the next token: found character that "
                              "cannot start any token; indent with spaces, not tabs"},
    {"model: {n_embd: 8\ntrain: {}\n",
     "cfg.yaml:2: YAML: while parsing a flow mapping: did not find expected ',' or '}'"},
    {"model:\n  n_embd: 8\n n_head: 2\n",
     "cfg.yaml:3: YAML: while parsing a block mapping: did not find expected key"},
    {"model:\n  n_embd: \"8\n",
     "cfg.yaml:3: YAML: while scanning a quoted scalar: found unexpected end of stream"},
    {"model: *m\n", "cfg.yaml:1: YAML: found undefined alias"},
    {"model:\n  n_embd: 8\n---\nmodel:\n  n_head: 1\n",
     "cfg.yaml:4: a second document after '---'; a file contains one config"},
    {"model:\n  act: g\xE9lu\n", "cfg.yaml:2: YAML: invalid trailing UTF-8 octet; a config is UTF-8 text"},
    {"model:\n  act: g\x01lu\n",
     "cfg.yaml:2: YAML: control characters are not allowed; a config is UTF-8 text"},
    {"model: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
     "cfg.yaml:1: nested deeper than 32 levels; a config needs two"},
};

static void assert_refused(int n, const char *const *overrides, const char *what, const char *expected) {
    Config config, untouched;
    memset(&config, 0x5A, sizeof config);
    memcpy(&untouched, &config, sizeof config);
    Err err = {0};
    Status status = config_load(&config, n ? NULL : "cfg.yaml", n, overrides, &err);
    if (status != ERR_INPUT || err.status != ERR_INPUT || strcmp(err.msg, expected) != 0)
        fail_msg("%s\n  gave     (%d) %s\n  expected (%d) %s", what, status, err.msg, ERR_INPUT, expected);
    assert_memory_equal(&config, &untouched, sizeof config);
}

static void bad_files_are_refused(void **state) {
    (void)state;
    int n = (int)(sizeof bad_files / sizeof *bad_files);
    for (int i = 0; i < n; i++) {
        write_config(bad_files[i].text, strlen(bad_files[i].text));
        assert_refused(0, NULL, bad_files[i].text, bad_files[i].message);
    }
    print_message("%d files\n", n);
}

static void bad_bytes_are_refused(void **state) {
    (void)state;
    static const char nul[] = "model:\n  n_embd: 1\0002\n";
    write_config(nul, sizeof nul - 1);
    assert_refused(0, NULL, "NUL", "cfg.yaml:2: contains a NUL byte; a config is UTF-8 text");

    static const char utf16[] = "\xFF\xFEm\0o\0d\0e\0l\0";
    write_config(utf16, sizeof utf16 - 1);
    assert_refused(0, NULL, "UTF-16", "cfg.yaml:1: contains a NUL byte; a config is UTF-8 text");

    char *big = malloc(70000);
    assert_non_null(big);
    memset(big, '#', 70000);
    write_config(big, 70000);
    free(big);
    assert_refused(0, NULL, "70 kB", "cfg.yaml: larger than 65536 bytes, the maximum for such a file");

    unlink("cfg.yaml");
    assert_refused(0, NULL, "missing", "cfg.yaml: cannot read: No such file or directory");
}

static const Bad bad_overrides[] = {
    {"", "command line: '' is not of the form key=value"},
    {"model.n_embd", "command line: 'model.n_embd' is not of the form key=value"},
    {"=3", "command line: '=3' is not of the form key=value"},
    {"model.n_embd=", "command line: key 'model.n_embd': no value; allowed: 1 to 65536"},
    {"model.n_embd= 8", "command line: key 'model.n_embd': ' 8' is not a whole number"},
    {"train.lerning-rate=1", "command line: unknown key 'train.lerning-rate'; nearest: train.learning_rate"},
    {"n_embd=8", "command line: unknown key 'n_embd'; nearest: model.n_embd"},
    {"model=8", "command line: unknown key 'model'; `rote help keys` lists them"},
    {"tools.1.layer=0",
     "command line: key 'tools.1.layer': the tool tools.0 is missing; number tools from 0 without gaps"},
    {"tools.0.leyer=0", "command line: unknown key 'tools.0.leyer'; nearest: tools.0.layer"},
    {"tools.4.layer=0", "command line: unknown key 'tools.4.layer'; tools are numbered from 0 to 3, such as "
                        "tools.0.layer"},
    {"train.beta2=2", "command line: key 'train.beta2': 2 is out of range; allowed: 0 to 0.9999999"},
    {"neurons.0.when.tag=\xE9",
     "command line: key 'neurons.0.when.tag': '\xE9' contains control characters or is not UTF-8"},
    {"neurons.0.when.tag=a\nb",
     "command line: key 'neurons.0.when.tag': 'a?b' contains control characters or is not UTF-8"},
    {"facts.kind=file",
     "command line: key 'facts.kind': is file, but facts.path is empty; `rote facts make` and `rote facts "
     "import` write such a folder"},
    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=1",
     "command line: unknown key 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'; `rote "
     "help keys` "
     "lists them"},
};

static void bad_overrides_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_overrides / sizeof *bad_overrides; i++)
        assert_refused(1, &bad_overrides[i].text, bad_overrides[i].text, bad_overrides[i].message);
}

/* Whatever stands in the file: a config or one line of message, never a crash or a half-filled config. */
static void mutated_files(void **state) {
    (void)state;
    enum { SEED = 20261122, ROUNDS = 4000 };
    print_message("seed %d\n", SEED);
    Config config;
    config_defaults(&config);
    char *text = config_text(&config, false);
    size_t size = strlen(text);
    static const char alphabet[] = ":{}[]-#&*!|>'\"%@`, \n\t0e.x\xEF\xBB\xBF\x80\x7F";
    int accepted = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        Stream s = random_stream(SEED, RANDOM_TEST, round);
        char *mutant = strdup(text);
        assert_non_null(mutant);
        uint64_t changes = 1 + random_below(s, 0, 4), at = 1;
        for (uint64_t i = 0; i < changes; i++, at += 2)
            mutant[random_below(s, at, size)] = alphabet[random_below(s, at + 1, sizeof alphabet - 1)];
        if (random_below(s, at, 4) == 0) mutant[random_below(s, at + 1, size)] = '\0'; /* cut */
        Err err = {0};
        Status status = config_load_text(&config, mutant, "mutant", &err);
        if (status == OK) {
            accepted++;
        } else {
            assert_int_equal(status, ERR_INPUT);
            assert_int_equal(strncmp(err.msg, "mutant:", 7), 0);
            assert_null(strchr(err.msg, '\n'));
        }
        free(mutant);
    }
    /* Both sides of the line were seen. */
    print_message("%d of %d accepted\n", accepted, ROUNDS);
    assert_in_range(accepted, 50, ROUNDS - 500);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(rows_are_sound),
        cmocka_unit_test(reads_values),
        cmocka_unit_test(accepts_what_editors_write),
        cmocka_unit_test(command_line_wins),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(bad_bytes_are_refused),
        cmocka_unit_test(bad_overrides_are_refused),
        cmocka_unit_test(mutated_files),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
