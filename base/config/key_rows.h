/* The rows of the key table, except those of neuron rules: KEY(field of Config, KeyType, non-zero fields of Key).
 * The path of the field is the key's name. keys.h includes this file to count the rows, key_table.c to make the
 * table (it defines the macros), so there is no include guard. */
KEY(name, KEY_NAME, .initial = "run", .free = true,
    .help = "name of the run; its folder is runs/<name>-<hash>")

KEY(facts.kind, KEY_ENUM, .initial = "random", .choices = facts_kinds, .also = "type",
    .help = "kind of the facts; file: a folder written by `rote facts`; text: any file; all other kinds are "
            "drawn")
KEY(facts.path, KEY_PATH, .initial = "", .free = true, .also = "dir folder file",
    .help =
        "kind file: the folder of the fact set; kind text: the file. A path without facts.kind means kind "
        "file")
KEY(facts.vocab, KEY_TEXT, .initial = "", .late = true, .also = "tokens", KINDS(OF_READ),
    .help =
        "kinds file, text: the facts in the tokens of facts.tokenizer (tokenizer), or of one trained on them (bpe:N: "
        "N tokens)")
KEY(facts.tokenizer, KEY_PATH, .initial = "", .free = true, .also = "tokenizer_file", KINDS(OF_READ),
    .help = "facts.vocab tokenizer: its tokenizer.json or GGUF file")
KEY(facts.n, KEY_INT, .initial = "256", FROM_TO(1, BIG_INT), .also = "count n_facts num_facts",
    .help =
        "number of facts, all different: sequences, triples, people or rows; of facts that are read: how many "
        "of them, default all")
KEY(facts.load, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e6), ABOVE, .zero = "off", .free = true,
    .sets = "facts.n", .also = "bits_per_param",
    .help = "data bits per parameter of the model; sets facts.n to the smallest number of facts that reaches "
            "this")
KEY(facts.seq_len, KEY_INT, .initial = "16", FROM_TO(1, 1048576), .also = "length sequence_length",
    KINDS(OF_RANDOM | OF_READ), .help = "kind random: tokens per fact; kind text: bytes per chunk")
KEY(facts.vocab_size, KEY_INT, .initial = "256", FROM_TO(2, 16777216), KINDS(OF_RANDOM | OF_READ | OF_RULES),
    .help =
        "kind random: number of symbols; kind rules: x and y are below it (31, or 16 for lookup, where n is "
        "small)")
KEY(facts.seed, KEY_UINT64, .initial = "0",
    .help = "seed of the draw; of facts that are read: of the choice of facts.n")
KEY(facts.symbols, KEY_INT, .initial = "0", FROM_TO(2, 65536), .zero = "one symbol for each", .late = true,
    .also = "base", KINDS(OF_TRIPLES | OF_BIOS | OF_BIOD),
    .help = "kinds triples, bios, biod: names and values are written as numbers in this base; all share the "
            "digits")
KEY(facts.subjects, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "the fewest that facts.n needs",
    .late = true, KINDS(OF_TRIPLES), .help = "kind triples: number of subjects")
KEY(facts.objects, KEY_SIZES, .initial = "16x16x16x16", FROM_TO(1, BIG_INT), .late = true,
    .also = "relations", KINDS(OF_TRIPLES), .help = "kind triples: number of objects of each relation")
KEY(facts.name_sizes, KEY_SIZES, .initial = "400x400x1000", FROM_TO(1, BIG_INT), .late = true,
    .also = "names", KINDS(OF_BIOS | OF_BIOD),
    .help = "kinds bios, biod: numbers of first, middle and last names")
KEY(facts.value_sizes, KEY_SIZES, .initial = "12x28x200x200x300x100x263", FROM_TO(1, BIG_INT), .late = true,
    KINDS(OF_BIOS),
    .help = "kind bios: numbers of months, days, years, cities, universities, majors and employers")
KEY(facts.templates, KEY_INT, .initial = "1", FROM_TO(0, 8), .late = true, KINDS(OF_BIOS),
    .help = "kind bios: templates of each sentence, one drawn for each person; 0: values without sentences")
KEY(facts.order, KEY_ENUM, .initial = "fixed", .choices = orders, .late = true, KINDS(OF_BIOS),
    .help = "kind bios: order of the sentences: the same for all people, or drawn for each person")
KEY(facts.attributes, KEY_INT, .initial = "4", FROM_TO(1, 65536), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: attributes of each person (K)")
KEY(facts.chunks, KEY_INT, .initial = "1", FROM_TO(1, 65536), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: chunks of each value (C)")
KEY(facts.diversity, KEY_INT, .initial = "16", FROM_TO(1, 16384), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: different chunks of each attribute (D)")
KEY(facts.chunk_len, KEY_INT, .initial = "2", FROM_TO(1, 52), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: tokens of each chunk (L)")
KEY(facts.chunk_symbols, KEY_INT, .initial = "16", FROM_TO(2, 65536), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: symbols of the chunks (T)")
KEY(facts.rule, KEY_ENUM, .initial = "affine", .choices = rules, .late = true, KINDS(OF_RULES),
    .help =
        "kind rules: y is an affine function, a polynomial of degree 2, or a table's entry at x1 + x2 + .., "
        "mod vocab_size")
KEY(facts.inputs, KEY_INT, .initial = "2", FROM_TO(1, 16), .late = true, KINDS(OF_RULES),
    .help = "kind rules: inputs x1, x2, .., each below facts.vocab_size")
KEY(facts.exceptions, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), .late = true, KINDS(OF_RULES),
    .help = "kind rules: share of the rows whose y does not follow the rule")
KEY(facts.parents, KEY_INT, .initial = "8", FROM_TO(1, 65536), .late = true, KINDS(OF_SIBLINGS),
    .help = "kind siblings: number of parents")
KEY(facts.children, KEY_INT, .initial = "32", FROM_TO(2, 65536), .late = true, KINDS(OF_SIBLINGS),
    .help = "kind siblings: children of each parent; a sample is two of them and the parent")
KEY(facts.vertices, KEY_INT, .initial = "32", FROM_TO(2, 1024), .late = true,
    KINDS(OF_TRIANGLES | OF_CIRCLES | OF_LINES),
    .help = "kinds triangles, circles, lines: number of vertices")
KEY(facts.edges, KEY_INT, .initial = "4", FROM_TO(1, 12), .late = true, KINDS(OF_CIRCLES | OF_LINES),
    .help = "kinds circles, lines: edges of a sample, in any order")
KEY(facts.density, KEY_DOUBLE, .initial = "0.5", FROM_TO(0, 1), .late = true, KINDS(OF_TRIANGLES),
    .help = "kind triangles: probability that two vertices of the hidden graph are joined")
KEY(facts.digits, KEY_RANGE, .initial = "1-4", FROM_TO(1, 18), .late = true, .also = "n_digits lengths",
    KINDS(OF_SUMS),
    .help = "kind sums: shortest and longest number, in digits; each length is equally frequent")
KEY(facts.operations, KEY_FLAGS, .initial = "add", .choices = operations, .late = true,
    .also = "ops operators", KINDS(OF_SUMS),
    .help = "kind sums: operations on two numbers; the answer of compare is <, = or >")
KEY(facts.named, KEY_INT, .initial = "0", FROM_TO(2, 8), .zero = "two numbers without names", .late = true,
    KINDS(OF_SUMS),
    .help = "kind sums: numbers that are given with names, before the question names two of them")
KEY(facts.plain, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), .late = true, KINDS(OF_SUMS),
    .help =
        "kind sums: share of the facts whose question is one number (or name) and whose answer is that number")
KEY(facts.given, KEY_BOOL, .initial = "false", .late = true, KINDS(OF_SUMS),
    .help = "kind sums: questions are context, neither coded nor trained; only results are trained")
KEY(facts.heldout, KEY_INT, .initial = "0", FROM_TO(0, BIG_INT), .late = true, .also = "n_heldout held_out",
    .help =
        "held-out facts, which are never trained: drawn in addition to facts.n, or taken from the facts that "
        "are read")
KEY(facts.split_seed, KEY_UINT64, .initial = "0", .late = true,
    .help = "selects which of the n + heldout facts are held out; 0: the last ones")
KEY(facts.zipf, KEY_DOUBLE, .initial = "0", FROM_TO(0, 100), .late = true, .also = "zipf_exponent skew",
    .help =
        "exponent of Zipf's law: fact number r is trained in proportion to r^-zipf; 0: every fact once an "
        "epoch")
KEY(facts.junk_ratio, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e6), .late = true,
    .help = "junk sequences per useful sequence in training; no result counts them")
KEY(facts.junk_n, KEY_INT, .initial = "0", FROM_TO(0, BIG_INT), .late = true, .also = "n_junk",
    .help = "number of different junk sequences, drawn as the facts are")
KEY(facts.domain_token, KEY_BOOL, .initial = "false", .late = true,
    .help = "facts begin with a domain symbol, which is context and not coded; junk does not")
KEY(facts.paraphrases, KEY_INT, .initial = "1", FROM_TO(1, 65536), .late = true,
    .also = "n_paraphrases renderings",
    .help =
        "renderings of every fact; each exposure draws one. Kinds without templates: marks in front of the "
        "fact")
KEY(facts.seed_prefix, KEY_INT, .initial = "0", FROM_TO(0, 64), .late = true,
    .help =
        "random symbols before every sequence, drawn anew at each exposure and never a target of the loss "
        "(seed-conditioning)")
KEY(facts.prefix_symbols, KEY_INT, .initial = "64", FROM_TO(2, 65536), .late = true,
    .help = "number of symbols that facts.seed_prefix draws from")
KEY(facts.fixed_prefix, KEY_BOOL, .initial = "false", .late = true,
    .help =
        "the symbols of facts.seed_prefix are drawn once for each sequence, which keeps them, not anew at each "
        "exposure")

KEY(model.n_layer, KEY_INT, .initial = "2", FROM_TO(1, 512), .also = "n_layers num_layers layers depth",
    .help = "number of blocks")
KEY(model.n_head, KEY_INT, .initial = "2", FROM_TO(1, 65536), .also = "n_heads num_heads heads",
    .help = "attention heads per block; without head_dim, n_head must divide n_embd")
KEY(model.n_kv_head, KEY_INT, .initial = "0", FROM_TO(1, 65536), .zero = "as many as n_head",
    .also = "n_kv_heads num_kv_heads num_key_value_heads",
    .help = "key and value heads (grouped-query attention); must divide n_head")
KEY(model.head_dim, KEY_INT, .initial = "0", FROM_TO(1, 65536), .zero = "n_embd / n_head", .late = true,
    .also = "head_size d_head key_length", .help = "channels of a head's query, key and value")
KEY(model.n_embd, KEY_INT, .initial = "64", FROM_TO(1, 65536),
    .also = "d_model hidden_size width n_embed dim", .help = "width of the residual stream")
KEY(model.n_inner, KEY_INT, .initial = "0", FROM_TO(1, 1048576), .zero = "4 n_embd",
    .also = "d_ff d_mlp intermediate_size hidden_dim", .help = "neurons in the MLP of a block")
KEY(model.block_size, KEY_INT, .initial = "0", FROM_TO(1, 1048576), .zero = "the length of the longest fact",
    .also = "n_ctx n_positions context_length max_seq_len",
    .help = "maximum context length, in tokens; learned positions take block_size * n_embd parameters")
KEY(model.vocab_size, KEY_INT, .initial = "0", FROM_TO(2, 16777216), .zero = "that of the facts",
    .also = "n_vocab", .help = "rows of the token embedding")
KEY(model.norm, KEY_ENUM, .initial = "layernorm", .choices = norms,
    .help = "normalization before attention, MLP and head")
KEY(model.norm_eps, KEY_DOUBLE, .initial = "1e-5", FROM_TO(EPS_MIN, 1),
    .also = "layer_norm_eps rms_norm_eps eps", .help = "added to the variance before the square root")
KEY(model.pos, KEY_ENUM, .initial = "learned", .choices = positions, .also = "position positions pos_emb",
    .help = "positions: a learned embedding, rotary (rotated queries and keys), or none")
KEY(model.rope_theta, KEY_DOUBLE, .initial = "10000", FROM(1), .also = "rope_base theta",
    .help = "pos rope: base of the wavelengths")
KEY(model.rope_scaling, KEY_ENUM, .initial = "none", .choices = rope_scalings, .late = true,
    .also = "rope_type",
    .help = "pos rope: longer wavelengths for longer texts: all alike, or as in Llama 3.1")
KEY(model.rope_factor, KEY_DOUBLE, .initial = "1", FROM(1), .late = true, .also = "scaling_factor",
    .help = "rope_scaling: by what frequencies are divided; llama3: those of long waves")
KEY(model.rope_low_freq, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1e6), ABOVE, .late = true,
    .also = "low_freq_factor",
    .help = "rope_scaling llama3: waves longer than rope_original / this are scaled")
KEY(model.rope_high_freq, KEY_DOUBLE, .initial = "4", FROM_TO(0, 1e6), ABOVE, .late = true,
    .also = "high_freq_factor",
    .help = "rope_scaling llama3: waves shorter than rope_original / this are not scaled")
KEY(model.rope_original, KEY_INT, .initial = "8192", FROM_TO(1, BIG_INT), .late = true,
    .also = "original_max_position_embeddings",
    .help = "rope_scaling llama3: positions that the model was made for before")
KEY(model.bos, KEY_INT, .initial = "0", FROM_TO(0, 16777215), .late = true, .also = "bos_token_id",
    .help = "row of the token embedding that the first position reads, before any token")
KEY(model.act, KEY_ENUM, .initial = "gelu", .choices = acts,
    .also = "activation activation_function hidden_act",
    .help = "activation of the MLP; gelu is the tanh form")
KEY(model.gated, KEY_BOOL, .initial = "false", .also = "glu swiglu geglu",
    .help = "MLP with a gate: out(act(gate(x)) * up(x)), three matrices instead of two")
KEY(model.bias, KEY_BOOL, .initial = "true", .help = "biases in norms and linear layers")
KEY(model.qkv_bias, KEY_BOOL, .initial = "false", .late = true,
    .help = "biases of queries, keys and values, also with bias: false (as in Qwen2)")
KEY(model.qk_norm, KEY_BOOL, .initial = "false", .late = true, .also = "use_qk_norm qk_layernorm",
    .help = "RMSNorm with a gain over each head's query and key, before the rotation (as in Qwen3)")
KEY(model.tie_weights, KEY_BOOL, .initial = "true", .also = "tied tie_word_embeddings weight_tying",
    .help = "the head uses the weights of the token embedding")
KEY(model.attn, KEY_ENUM, .initial = "causal", .choices = attns, .also = "attention",
    .help = "attention; mean: the mean over all positions so far, without parameters; none: no attention")
KEY(model.mlp, KEY_ENUM, .initial = "plain", .choices = mlps, .also = "ffn feed_forward",
    .help = "MLP; none: no MLP")
KEY(model.init_std, KEY_DOUBLE, .initial = "0.02", FROM(0), .also = "initializer_range init_scale",
    .help = "standard deviation of the initial weights")
KEY(model.match_params, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP), .zero = "off", .free = true,
    .also = "params n_params target_params",
    .help = "sets n_inner (mlp none: n_embd) so that the model has this many parameters, within 1 %")

KEY(train.max_steps, KEY_INT64, .initial = "1000", FROM_TO(1, BIG_STEP),
    .also = "steps max_iters n_steps iterations", .help = "optimizer steps")
KEY(train.exposures, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e12), ABOVE, .zero = "off", .free = true,
    .sets = "train.max_steps", .also = "epochs n_epochs num_epochs num_train_epochs",
    .help = "how often each fact is trained, on average; sets train.max_steps")
KEY(train.batch_size, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "all facts",
    .help = "sequences per step; it may exceed facts.n, as epochs follow one another without a break")
KEY(train.micro_batch_size, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "chosen for the cache",
    .free = true, .also = "micro_batch",
    .help = "sequences that a team of threads computes at once; affects only memory and speed")
KEY(train.grad_leaves, KEY_INT, .initial = "4", FROM_TO(1, 4096),
    .help = "the gradient of a batch is a pairwise sum of this many parts; affects the result's bits and how "
            "many threads help")
KEY(train.optimizer, KEY_ENUM, .initial = "adamw", .choices = optimizers, .also = "optim opt",
    .help = "muon: for matrices of the blocks, with AdamW for the rest; soap: AdamW in the eigenbasis of "
            "Shampoo's preconditioner")
KEY(train.parametrization, KEY_ENUM, .initial = "standard", .choices = parametrizations, .late = true,
    .help =
        "mup: initial weights and learning rates scale with the width, so that one learning_rate serves all "
        "n_embd")
KEY(train.mup_base_width, KEY_INT, .initial = "16", FROM_TO(1, 65536), .late = true,
    .also = "base_width base_shape",
    .help =
        "mup: the n_embd for which learning_rate was tuned; use the smallest one, as narrower models learn "
        "badly")
KEY(train.learning_rate, KEY_DOUBLE, .initial = "1e-3", FROM_TO(0, 1000), ABOVE, .also = "lr max_lr",
    .help = "learning rate after the warm-up")
KEY(train.min_lr, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1000), .also = "min_learning_rate lr_min",
    .help = "learning rate at the end of a decaying schedule")
KEY(train.schedule, KEY_ENUM, .initial = "cosine", .choices = schedules,
    .also = "lr_schedule scheduler lr_scheduler_type",
    .help = "schedule of the learning rate; wsd: constant after the warm-up, then a linear decay")
KEY(train.warmup_steps, KEY_INT64, .initial = "0", FROM_TO(0, BIG_STEP), .also = "warmup warmup_iters",
    .help = "steps in which the learning rate rises from 0")
KEY(train.decay_steps, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP),
    .zero = "until max_steps; wsd: a fifth of it", .also = "lr_decay_iters lr_decay_steps",
    .help = "cosine, linear: step at which min_lr is reached; wsd: length of the decay at the end")
KEY(train.weight_decay, KEY_DOUBLE, .initial = "0", FROM(0), .also = "wd decay",
    .help = "decoupled weight decay, on matrices only; memorization needs none, GPT-2 used 0.1")
KEY(train.beta1, KEY_DOUBLE, .initial = "0.9", FROM_TO(0, BETA_MAX), .also = "adam_beta1",
    .help = "adamw: decay of the running mean of gradients")
KEY(train.beta2, KEY_DOUBLE, .initial = "0.999", FROM_TO(0, BETA_MAX), .also = "adam_beta2",
    .help = "adamw: decay of the running mean of squared gradients")
KEY(train.adam_eps, KEY_DOUBLE, .initial = "1e-8", FROM(EPS_MIN), .also = "eps epsilon adam_epsilon",
    .help = "adamw: added to the root of the mean square")
KEY(train.momentum, KEY_DOUBLE, .initial = "0.95", FROM_TO(0, BETA_MAX), .help = "sgd, muon: momentum")
KEY(train.precondition_interval, KEY_INT, .initial = "10", FROM_TO(1, BIG_INT), .late = true,
    .also = "precondition_frequency", .help = "soap: updates between two refreshes of the eigenbases")
KEY(train.precondition_max_dim, KEY_INT, .initial = "512", FROM_TO(1, 65536), .late = true,
    .also = "max_precond_dim",
    .help =
        "soap: a side of a matrix longer than this gets no eigenbasis; the work grows with the cube of the "
        "side")
KEY(train.shampoo_beta, KEY_DOUBLE, .initial = "0.95", FROM_TO(0, BETA_MAX), .late = true,
    .help = "soap: decay of the running means of the gradient's covariances")
KEY(train.grad_clip, KEY_DOUBLE, .initial = "1", FROM(0), ABOVE, .zero = "off",
    .also = "clip max_grad_norm clip_grad",
    .help = "maximum global norm of the gradient; a larger gradient is scaled down to it")
KEY(train.eval_interval, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP), .zero = "only at the end",
    .also = "eval_every eval_steps", .help = "steps between evaluations")
KEY(train.checkpoint_interval, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP),
    .zero = "by the clock, at the end and when stopped", .free = true,
    .also = "save_every save_steps save_interval", .help = "steps between checkpoints")
KEY(train.checkpoint_minutes, KEY_DOUBLE, .initial = "5", FROM_TO(0, 1e6), .zero = "off", .free = true,
    .help = "minutes between checkpoints, by the clock; what a crash may cost; changes no bit")
KEY(train.keep_checkpoints, KEY_INT, .initial = "2", FROM_TO(2, 1000000), .free = true,
    .help = "how many of the newest checkpoints stay; of a finished run too where checkpoint_interval is set")
KEY(train.stop_recall, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off",
    .help = "stop at the first evaluation with at least this recall")
KEY(train.stop_gain, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off",
    .help = "stop at the first evaluation that gains less than this share of the data bits")
KEY(train.stop_memorized, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off", .late = true,
    .help = "stop at the first evaluation with more memorized bits than this share of the data bits")
KEY(train.select, KEY_ENUM, .initial = "none", .choices = selects, .late = true, .also = "selection prune",
    .help =
        "drops facts in training, so that those that are left fit; loss: those that cost most bits, random: any")
KEY(train.select_keep, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off", .late = true,
    .also = "keep_share", .help = "train.select: share of the facts that are kept")
KEY(train.select_bits, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e6), ABOVE, .zero = "off", .late = true,
    .also = "keep_bits",
    .help = "train.select: bits per parameter that the facts kept may fill (K facts: K (H/N - log2 K) bits)")
KEY(train.select_start, KEY_DOUBLE, .initial = "0.1", FROM_TO(0, 1), ABOVE, .late = true,
    .help = "train.select: share of max_steps after which facts are dropped for the first time")
KEY(train.select_end, KEY_DOUBLE, .initial = "0.3", FROM_TO(0, 1), ABOVE, .late = true,
    .help = "train.select: share of max_steps after which facts are dropped for the last time")
KEY(train.select_rounds, KEY_INT, .initial = "4", FROM_TO(1, SELECT_ROUNDS_MAX), .late = true,
    .help = "train.select: how many times facts are dropped; each time the same share of those that are left")
KEY(train.seed, KEY_UINT64, .initial = "0",
    .help = "seed of the initial weights and of the order of the facts")
KEY(train.init_from, KEY_PATH, .initial = "", .free = true, .sets = "train.init_hash",
    .also = "pretrained warm_start finetune_from",
    .help =
        "start from this run's newest weights, of the same shape (tools may be new); vocabularies are not "
        "compared; empty: draw weights")
KEY(train.init_hash, KEY_TEXT, .initial = "", .late = true,
    .help =
        "param_hash of the weights in train.init_from; filled in. If it is given, the weights must have it")
KEY(train.threads, KEY_INT, .initial = "0", FROM_TO(1, 4096), .zero = "what `rote doctor` shows",
    .free = true, .also = "n_threads num_threads jobs", .help = "threads of this run; affects only speed")
KEY(train.gemm, KEY_ENUM, .initial = "exact", .choices = gemms, .also = "blas backend",
    .help =
        "matrix products; the bits of openblas differ between machines, and its runs are marked as not exact")
KEY(train.quantize, KEY_ENUM, .initial = "none", .choices = formats, .late = true,
    .also = "qat quantization weight_bits bits dtype precision",
    .help = "format of the weights in forward and backward passes; the optimizer updates full ones "
            "(straight-through)")
KEY(train.freeze, KEY_FLAGS, .initial = "none", .choices = parts, .late = true, .also = "frozen",
    .help = "parts that keep their initial values")

KEY(sample.chain, KEY_TEXT, .initial = "", .free = true, .also = "samplers sampler_seq",
    .help =
        "`rote sample`: stages of sampling, such as top_k=40;min_p=.05;temperature=.8 (`rote help chain`)")
KEY(sample.temperature, KEY_DOUBLE, .initial = "1", FROM_TO(0, 1e6), .free = true, .also = "temp",
    .help = "`rote sample`, without a chain: sampling temperature; 0: greedy")
KEY(sample.top_k, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "off", .free = true,
    .help = "`rote sample`, without a chain: only the K most probable tokens")
KEY(sample.top_p, KEY_DOUBLE, .initial = "1", FROM_TO(1e-12, 1), .free = true, .also = "nucleus",
    .help = "`rote sample`, without a chain: only the most probable tokens with a sum of P")
KEY(sample.n, KEY_INT, .initial = "1", FROM_TO(1, 1000000), .free = true, .also = "n_samples num_samples",
    .help = "`rote sample`: samples of each prompt")
KEY(sample.max_tokens, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "as many as block_size allows",
    .free = true, .also = "max_new_tokens n_predict", .help = "`rote sample`: maximum number of new tokens")
KEY(sample.seed, KEY_UINT64, .initial = "1", .free = true, .help = "`rote sample`: seed of the draws")
