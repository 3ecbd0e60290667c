/* The rows of the key table, but for those of neuron rules: KEY(field of Config, KeyType, what differs from 0 in Key).
 * Its field's path is its name. Included where the rows are counted (keys.h) and where they become the table
 * (key_table.c, which has the words in capitals), so it has no include guard. */
KEY(name, KEY_NAME, .initial = "run", .free = true,
    .help = "the run's name: its folder is runs/<name>-<hash>")

KEY(facts.kind, KEY_ENUM, .initial = "random", .choices = facts_kinds, .also = "type",
    .help = "where facts come from: drawn as this kind; or `file`, a folder written by `rote facts`, or "
            "`text`, any file as it is")
KEY(facts.path, KEY_PATH, .initial = "", .free = true, .also = "dir folder file",
    .help = "kinds file, text: the fact set's folder, the file; a path without a facts.kind is of kind file")
KEY(facts.n, KEY_INT, .initial = "256", FROM_TO(1, BIG_INT), .also = "count n_facts num_facts",
    .help = "how many facts are drawn, all different: sequences, triples, people, rows")
KEY(facts.load, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e6), ABOVE, .zero = "off", .free = true,
    .sets = "facts.n", .also = "bits_per_param",
    .help = "as many facts as give the model so many data bits per parameter, or just more")
KEY(facts.seq_len, KEY_INT, .initial = "16", FROM_TO(1, 1048576), .also = "length sequence_length",
    KINDS(OF_RANDOM | OF_READ), .help = "kind random: tokens per fact; kind text: bytes per chunk")
KEY(facts.vocab_size, KEY_INT, .initial = "256", FROM_TO(2, 16777216), KINDS(OF_RANDOM | OF_READ | OF_RULES),
    .help =
        "kind random: tokens are below it; rules: x and y are, 31 (lookup 16) where n is too small for 256")
KEY(facts.seed, KEY_UINT64, .initial = "0", .help = "which facts are drawn")
KEY(facts.symbols, KEY_INT, .initial = "0", FROM_TO(2, 65536), .zero = "a symbol each", .late = true,
    .also = "base digits", KINDS(OF_TRIPLES | OF_BIOS | OF_BIOD),
    .help = "kinds triples, bios, biod: names and values are written as numbers in so many symbols that all "
            "share")
KEY(facts.subjects, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "as few as hold facts.n",
    .late = true, KINDS(OF_TRIPLES), .help = "kind triples: how many subjects there are")
KEY(facts.objects, KEY_SIZES, .initial = "16x16x16x16", FROM_TO(1, BIG_INT), .late = true,
    .also = "relations", KINDS(OF_TRIPLES),
    .help = "kind triples: a size for each relation: how many objects it has to choose from")
KEY(facts.name_sizes, KEY_SIZES, .initial = "400x400x1000", FROM_TO(1, BIG_INT), .late = true,
    .also = "names", KINDS(OF_BIOS | OF_BIOD),
    .help = "kinds bios, biod: how many first, middle and last names there are")
KEY(facts.value_sizes, KEY_SIZES, .initial = "12x28x200x200x300x100x263", FROM_TO(1, BIG_INT), .late = true,
    KINDS(OF_BIOS),
    .help = "kind bios: how many months, days, years, cities, universities, majors and employers there are")
KEY(facts.templates, KEY_INT, .initial = "1", FROM_TO(0, 8), .late = true, KINDS(OF_BIOS),
    .help = "kind bios: wordings of each sentence, drawn for each person; 0: values without sentences")
KEY(facts.order, KEY_ENUM, .initial = "fixed", .choices = orders, .late = true, KINDS(OF_BIOS),
    .help = "kind bios: order of the sentences, the same for all or drawn for each person")
KEY(facts.attributes, KEY_INT, .initial = "4", FROM_TO(1, 65536), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: values of each person (K)")
KEY(facts.chunks, KEY_INT, .initial = "1", FROM_TO(1, 65536), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: chunks of each value (C)")
KEY(facts.diversity, KEY_INT, .initial = "16", FROM_TO(1, 16384), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: chunks that an attribute's values are made of (D)")
KEY(facts.chunk_len, KEY_INT, .initial = "2", FROM_TO(1, 52), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: tokens of each chunk (L)")
KEY(facts.chunk_symbols, KEY_INT, .initial = "16", FROM_TO(2, 65536), .late = true, KINDS(OF_BIOD),
    .help = "kind biod: symbols that chunks are written in (T)")
KEY(facts.rule, KEY_ENUM, .initial = "affine", .choices = rules, .late = true, KINDS(OF_RULES),
    .help =
        "kind rules: y is a sum a x + c, a polynomial of degree 2, or a table's entry at x1 + x2 + .., mod "
        "vocab_size")
KEY(facts.inputs, KEY_INT, .initial = "2", FROM_TO(1, 16), .late = true, KINDS(OF_RULES),
    .help = "kind rules: numbers in x, each below facts.vocab_size")
KEY(facts.exceptions, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), .late = true, KINDS(OF_RULES),
    .help = "kind rules: share of the rows whose y breaks the rule")
KEY(facts.heldout, KEY_INT, .initial = "0", FROM_TO(0, BIG_INT), .late = true, .also = "n_heldout held_out",
    .help = "facts that are never trained: drawn beside the n, or kept back of those that are read; what the "
            "model says of unseen facts")
KEY(facts.split_seed, KEY_UINT64, .initial = "0", .late = true,
    .help = "which of the n + heldout facts are held out; 0: the last ones")
KEY(facts.zipf, KEY_DOUBLE, .initial = "0", FROM_TO(0, 100), .late = true, .also = "zipf_exponent skew",
    .help = "uneven exposure: fact number r is drawn in proportion to r^-zipf; 0: every fact once an epoch")
KEY(facts.junk_ratio, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e6), .late = true,
    .help = "junk sequences trained for every useful one; they are never counted")
KEY(facts.junk_n, KEY_INT, .initial = "0", FROM_TO(0, BIG_INT), .late = true, .also = "n_junk",
    .help = "different junk sequences, drawn as the facts are")
KEY(facts.domain_token, KEY_BOOL, .initial = "false", .late = true,
    .help = "facts begin with a symbol of their own, which is given and not coded; junk does not")
KEY(facts.paraphrases, KEY_INT, .initial = "1", FROM_TO(1, 65536), .late = true,
    .also = "n_paraphrases renderings",
    .help =
        "renderings of every fact, trained in turn; without language: symbols that the fact stands behind")

KEY(model.n_layer, KEY_INT, .initial = "2", FROM_TO(1, 512), .also = "n_layers num_layers layers depth",
    .help = "blocks")
KEY(model.n_head, KEY_INT, .initial = "2", FROM_TO(1, 65536), .also = "n_heads num_heads heads",
    .help = "attention heads per block; must divide n_embd")
KEY(model.n_kv_head, KEY_INT, .initial = "0", FROM_TO(1, 65536), .zero = "as many as n_head",
    .also = "n_kv_heads num_kv_heads num_key_value_heads",
    .help = "key and value heads (grouped queries); must divide n_head")
KEY(model.n_embd, KEY_INT, .initial = "64", FROM_TO(1, 65536),
    .also = "d_model hidden_size width n_embed dim", .help = "width of the residual stream")
KEY(model.n_inner, KEY_INT, .initial = "0", FROM_TO(1, 1048576), .zero = "4 n_embd",
    .also = "d_ff d_mlp intermediate_size hidden_dim", .help = "neurons in the MLP of a block")
KEY(model.block_size, KEY_INT, .initial = "0", FROM_TO(1, 1048576), .zero = "as long as the longest fact",
    .also = "n_ctx n_positions context_length max_seq_len",
    .help = "most tokens the model can see; learned positions take block_size n_embd parameters")
KEY(model.vocab_size, KEY_INT, .initial = "0", FROM_TO(2, 16777216), .zero = "as the facts have",
    .also = "n_vocab", .help = "rows of the token embedding")
KEY(model.norm, KEY_ENUM, .initial = "layernorm", .choices = norms,
    .help = "normalization before attention, MLP and head")
KEY(model.norm_eps, KEY_DOUBLE, .initial = "1e-5", FROM_TO(EPS_LEAST, 1),
    .also = "layer_norm_eps rms_norm_eps eps", .help = "added to the variance before its root is taken")
KEY(model.pos, KEY_ENUM, .initial = "learned", .choices = positions, .also = "position positions pos_emb",
    .help = "how the model knows positions: an embedding, rotated queries and keys, or not at all")
KEY(model.rope_theta, KEY_DOUBLE, .initial = "10000", FROM(1), .also = "rope_base theta",
    .help = "pos rope: base of the rotation's wavelengths")
KEY(model.act, KEY_ENUM, .initial = "gelu", .choices = acts,
    .also = "activation activation_function hidden_act",
    .help = "activation of the MLP; gelu is the tanh form")
KEY(model.gated, KEY_BOOL, .initial = "false", .also = "glu swiglu geglu",
    .help = "MLP with a gate: out(act(gate(x)) * up(x)), three matrices instead of two")
KEY(model.bias, KEY_BOOL, .initial = "true", .help = "biases in norms and linear layers")
KEY(model.tie_weights, KEY_BOOL, .initial = "true", .also = "tied tie_word_embeddings weight_tying",
    .help = "the head is the token embedding")
KEY(model.attn, KEY_ENUM, .initial = "causal", .choices = attns, .also = "attention",
    .help = "attention; mean: plain mean of what came before, without parameters; none: left out")
KEY(model.mlp, KEY_ENUM, .initial = "plain", .choices = mlps, .also = "ffn feed_forward",
    .help = "MLP; none: left out")
KEY(model.init_std, KEY_DOUBLE, .initial = "0.02", FROM(0), .also = "initializer_range init_scale",
    .help = "standard deviation of the first weights")
KEY(model.match_params, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP), .zero = "off", .free = true,
    .also = "params n_params target_params",
    .help = "chooses n_inner (mlp none: n_embd) so that the model has this many parameters, within 1 %")

KEY(train.max_steps, KEY_INT64, .initial = "1000", FROM_TO(1, BIG_STEP),
    .also = "steps max_iters n_steps iterations", .help = "steps of the optimizer")
KEY(train.exposures, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1e12), ABOVE, .zero = "off", .free = true,
    .sets = "train.max_steps", .also = "epochs n_epochs num_epochs num_train_epochs",
    .help = "as many steps as show every fact so many times, on average")
KEY(train.batch_size, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "all facts",
    .help = "sequences per step; may exceed facts.n: epochs follow one another")
KEY(train.micro_batch_size, KEY_INT, .initial = "0", FROM_TO(1, BIG_INT), .zero = "chosen from the cache",
    .free = true, .also = "micro_batch",
    .help = "sequences in flight at once per team of threads: memory and speed only")
KEY(train.grad_leaves, KEY_INT, .initial = "4", FROM_TO(1, 4096),
    .help = "the batch's gradient is a pairwise sum of so many parts: part of the result's bits, and how "
            "many threads help")
KEY(train.optimizer, KEY_ENUM, .initial = "adamw", .choices = optimizers, .also = "optim opt",
    .help = "muon: matrices of the blocks by Muon, all else by AdamW; soap: every matrix by AdamW in the "
            "basis of Shampoo's preconditioner")
KEY(train.parametrization, KEY_ENUM, .initial = "standard", .choices = parametrizations, .late = true,
    .help = "mup: first weights and learning rates by width, so that one train.learning_rate serves all "
            "n_embd")
KEY(train.mup_base_width, KEY_INT, .initial = "16", FROM_TO(1, 65536), .late = true,
    .also = "base_width base_shape",
    .help = "parametrization mup: the n_embd for which train.learning_rate was found; the narrowest, for "
            "narrower ones learn badly")
KEY(train.learning_rate, KEY_DOUBLE, .initial = "1e-3", FROM_TO(0, 1000), ABOVE, .also = "lr max_lr",
    .help = "step size after the warm-up")
KEY(train.min_lr, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1000), .also = "min_learning_rate lr_min",
    .help = "step size at which a decaying schedule ends")
KEY(train.schedule, KEY_ENUM, .initial = "cosine", .choices = schedules,
    .also = "lr_schedule scheduler lr_scheduler_type",
    .help = "of the step size; wsd: constant after the warm-up, then a linear decay")
KEY(train.warmup_steps, KEY_INT64, .initial = "0", FROM_TO(0, BIG_STEP), .also = "warmup warmup_iters",
    .help = "steps over which the step size rises from 0")
KEY(train.decay_steps, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP),
    .zero = "until max_steps; wsd: a fifth of it", .also = "lr_decay_iters lr_decay_steps",
    .help = "cosine, linear: step at which min_lr is reached; wsd: length of the decay at the end")
KEY(train.weight_decay, KEY_DOUBLE, .initial = "0", FROM(0), .also = "wd decay",
    .help = "decoupled, on matrices only; memorizing wants none, GPT-2 was trained with 0.1")
KEY(train.beta1, KEY_DOUBLE, .initial = "0.9", FROM_TO(0, BETA_MOST), .also = "adam_beta1",
    .help = "adamw: memory of the gradient's mean")
KEY(train.beta2, KEY_DOUBLE, .initial = "0.999", FROM_TO(0, BETA_MOST), .also = "adam_beta2",
    .help = "adamw: memory of the gradient's square")
KEY(train.adam_eps, KEY_DOUBLE, .initial = "1e-8", FROM(EPS_LEAST), .also = "eps epsilon adam_epsilon",
    .help = "adamw: added to the root of the square")
KEY(train.momentum, KEY_DOUBLE, .initial = "0.95", FROM_TO(0, BETA_MOST),
    .help = "sgd, muon: memory of the gradient")
KEY(train.precondition_interval, KEY_INT, .initial = "10", FROM_TO(1, BIG_INT), .late = true,
    .also = "precondition_frequency", .help = "soap: updates between two refreshes of the bases")
KEY(train.precondition_max_dim, KEY_INT, .initial = "512", FROM_TO(1, 65536), .late = true,
    .also = "max_precond_dim",
    .help = "soap: a longer side of a matrix gets no basis of its own; the work grows with the cube")
KEY(train.shampoo_beta, KEY_DOUBLE, .initial = "0.95", FROM_TO(0, BETA_MOST), .late = true,
    .help = "soap: memory of the gradient's covariances, whose eigenvectors are the bases")
KEY(train.grad_clip, KEY_DOUBLE, .initial = "1", FROM(0), ABOVE, .zero = "off",
    .also = "clip max_grad_norm clip_grad", .help = "a gradient of a larger global norm is scaled down to it")
KEY(train.eval_interval, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP), .zero = "only at the end",
    .also = "eval_every eval_steps", .help = "steps between evaluations")
KEY(train.checkpoint_interval, KEY_INT64, .initial = "0", FROM_TO(1, BIG_STEP),
    .zero = "only at the end and when stopped", .free = true, .also = "save_every save_steps save_interval",
    .help = "steps between checkpoints")
KEY(train.stop_recall, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off",
    .help = "stop at the first evaluation whose recall reaches it")
KEY(train.stop_gain, KEY_DOUBLE, .initial = "0", FROM_TO(0, 1), ABOVE, .zero = "off",
    .help = "stop at the first evaluation that gains less than this share of the data bits")
KEY(train.seed, KEY_UINT64, .initial = "0", .help = "first weights and order of the facts")
KEY(train.init_from, KEY_PATH, .initial = "", .free = true, .sets = "train.init_hash",
    .also = "pretrained warm_start finetune_from",
    .help = "a run whose newest weights this one starts from, of one model shape; vocabularies are not "
            "compared; empty: drawn")
KEY(train.init_hash, KEY_TEXT, .initial = "", .late = true,
    .help = "param_hash of the weights in train.init_from: filled in; what is written must be so")
KEY(train.threads, KEY_INT, .initial = "0", FROM_TO(1, 4096), .zero = "what `rote doctor` says", .free = true,
    .also = "n_threads num_threads jobs", .help = "threads of this run: speed only")
KEY(train.gemm, KEY_ENUM, .initial = "exact", .choices = gemms, .also = "blas backend",
    .help = "matrix products; openblas gives other bits elsewhere, and its runs are marked so")
KEY(train.quantize, KEY_ENUM, .initial = "none", .choices = formats, .late = true,
    .also = "qat quantization weight_bits bits dtype precision",
    .help = "weights that the model reads are held in so few bits; gradients pass to the full ones that are "
            "kept")
KEY(train.freeze, KEY_FLAGS, .initial = "none", .choices = parts, .late = true, .also = "frozen",
    .help = "parts that stay as they start")
