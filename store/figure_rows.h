/* The figures of a run, in the order of result.json: FIGURE(NAME, key, label, non-zero fields of FigureRow). To add a
 * figure: a row here, and its value in eval/result_figures.c. figures.h includes this file to number the rows,
 * figures.c to make the table (it defines the words in capitals), so there is no include guard. */
FIGURE(PARAMS, "params", "Parameters", COUNT, AT(0, 1, 1), .head = "parameters", .needed = true,
       .compared = true, .diverged = true, .help = "how many parameters the model has")
FIGURE(FACTS, "facts", "Facts", COUNT, AT(0, 2, 14), .head = "facts", .compared = true, .diverged = true,
       .help = "how many facts the model was trained on")
FIGURE(DATA_BITS, "data_bits", "Data bits", BITS(0), AT(0, 3, 7), .head = "data bits", .needed = true,
       .diverged = true, .help = "H, the entropy of the ordered draw; null where the source is unknown")
FIGURE(DATA_BITS_SET, "data_bits_set", "Data bits, the facts in any order", BITS(0), .diverged = true,
       .help = "H - log2 N!: the same facts as a set")
FIGURE(CEILING_BITS, "ceiling_bits", "Ceiling of memorized bits", BITS(0), AT(0, 4, 0), .diverged = true,
       .help = "M* = H - N log2 N: the most that coding facts one at a time can save")
FIGURE(ANSWER_BITS, "answer_bits", "Answers alone, bits", BITS(1), .when = WITH_ANSWERS, .diverged = true,
       .help = "facts with prompts: of data_bits, those of the answers; where H is unknown: a baseline")
FIGURE(ZLIB_BYTES, "zlib_bytes", "Baseline: zlib, bytes", COUNT, .unit = "bytes",
       .when = WITH_UNKNOWN_ENTROPY, .diverged = true, .help = "size of the facts, compressed by zlib")
FIGURE(ORDER0_BITS, "order0_bits", "Baseline: entropy of the bytes, bits", BITS(1), .when = WITH_TEXT,
       .diverged = true, .help = "empirical entropy of the text's bytes")
FIGURE(ORDER1_BITS, "order1_bits", "Baseline: entropy given one byte before, bits", BITS(1),
       .when = WITH_TEXT, .diverged = true, .help = "the same, given the byte before")
FIGURE(ORDER2_BITS, "order2_bits", "Baseline: entropy given two bytes before, bits", BITS(1),
       .when = WITH_TEXT, .diverged = true, .help = "the same, given the two bytes before")
FIGURE(CODE_BITS, "code_bits", "Code bits", BITS(0), AT(2, 5, 8), .head = "code bits", .needed = true,
       .compared = true, .bounded = true,
       .help = "sum over facts of -log2 p(fact), every token coded, the first from BOS")
FIGURE(MEMORIZED_BITS, "memorized_bits", "Memorized bits", BITS(0), AT(3, 6, 6), .head = "memorized bits",
       .bounded = true, .help = "data_bits - code_bits, with its sign")
FIGURE(MEMORIZED_BITS_CLIPPED, "memorized_bits_clipped", "Memorized bits, clipped per fact", BITS(0),
       AT(4, 0, 0), .help = "sum over facts of max(0, data_bits / N - code bits): biased upward")
FIGURE(MEM_HFSHIFT, "mem_hfshift", "Memorized bits, convention of Morris et al.", BITS(0),
       .help = "a fact of S tokens costs S times the mean of tokens 2 to S (Morris et al. 2025)")
FIGURE(BITS_PER_PARAM, "bits_per_param", "Bits per parameter", RATIO(3), AT(0, 7, 2), .head = "bits/param",
       .unit = "bits/parameter", .bounded = true, .help = "memorized_bits / params")
FIGURE(WEIGHT_BITS, "weight_bits", "Bits that hold the weights", COUNT, AT(0, 16, 0), .unit = "bits",
       .when = WITH_QUANTIZED, .diverged = true,
       .help = "size of the weights in the format of train.quantize: codes, scales, vectors")
FIGURE(BITS_PER_WEIGHT_BIT, "bits_per_weight_bit", "Memorized bits per bit of weight", RATIO(3), AT(0, 0, 5),
       .head = "bits per bit of weight", .when = WITH_QUANTIZED, .help = "memorized_bits / weight_bits")
FIGURE(R, "r", "R: bits of knowledge per parameter", RATIO(3), AT(0, 0, 3), .head = "R",
       .unit = "bits/parameter", .when = WITH_BIOGRAPHIES,
       .help = "the capacity ratio of Allen-Zhu and Li 2024")
FIGURE(R_MAX, "r_max", "R_max: the maximum of R", RATIO(3), AT(0, 0, 4), .head = "R_max",
       .unit = "bits/parameter", .when = WITH_BIOGRAPHIES,
       .help = "the knowledge in the data, in the unit of r")
FIGURE(RECALL, "recall", "Recall", RATIO(3), AT(5, 8, 9), .head = "recall", .needed = true, .bounded = true,
       .help = "share of facts whose answer is the greedy continuation of their prompt")
FIGURE(LOSS_NATS, "loss_nats", "Loss, nats per token", NATS, AT(1, 9, 10), .head = "loss, bits/token",
       .needed = true, .help = "mean per coded token, last evaluation")
FIGURE(HELDOUT, "heldout", "Held-out facts", COUNT, .when = WITH_HELDOUT, .diverged = true,
       .help = "how many facts are held out")
FIGURE(HELDOUT_CODE_BITS, "heldout_code_bits", "Code bits of the held-out facts", BITS(0),
       .when = WITH_HELDOUT, .help = "code length of all held-out facts together")
FIGURE(HELDOUT_LOSS_NATS, "heldout_loss_nats", "Loss of the held-out facts, nats per token", NATS,
       AT(6, 13, 11), .head = "held-out loss, bits/token", .when = WITH_HELDOUT,
       .help = "mean per coded token of the held-out facts")
FIGURE(MIA_AUC, "mia_auc", "Membership AUC", RATIO(3), AT(7, 14, 12), .head = "membership AUC",
       .when = WITH_HELDOUT, .help = "membership by code length: area under the ROC curve")
FIGURE(MIA_F1, "mia_f1", "Membership F1", RATIO(3), AT(8, 15, 13), .head = "membership F1",
       .when = WITH_HELDOUT, .help = "membership by code length: F1 at the best threshold")
FIGURE(
    MIA_F1_LAW, "mia_f1_law", "Membership F1, the law of Morris et al.", RATIO(3), .when = WITH_HELDOUT,
    .help =
        "F1 by the fit of Morris et al. 2025, at the same data bits per parameter; null where H is unknown")
FIGURE(KEPT, "kept", "Facts that are kept", COUNT, AT(0, 17, 0), .when = WITH_SELECTION, .diverged = true,
       .help = "how many facts train.select has not dropped (K of N)")
FIGURE(KEPT_RECALL, "kept_recall", "Recall of the facts that are kept", RATIO(3), AT(9, 18, 0),
       .when = WITH_SELECTION,
       .help = "share of them whose answer is the greedy continuation of their prompt")
FIGURE(KEPT_CODE_BITS, "kept_code_bits", "Code bits of the facts that are kept", BITS(0), AT(10, 19, 0),
       .when = WITH_SELECTION, .help = "sum over them of -log2 p(fact)")
FIGURE(KEPT_MEMORIZED_BITS, "kept_memorized_bits", "Memorized bits of the facts that are kept", BITS(0),
       AT(11, 20, 0), .when = WITH_SELECTION,
       .help = "data_bits K/N - kept_code_bits - log2 C(N, K): to say which ones they are is not free")
FIGURE(EXPOSURES, "exposures", "Times each fact was trained", RATIO(1), AT(0, 10, 15), .head = "exposures",
       .when = WITH_TRAINING, .needed = true, .diverged = true, .help = "times each fact was trained, mean")
FIGURE(EXPOSURES_MIN, "exposures_least", "Times the rarest fact was trained", COUNT, .when = WITH_UNEVEN,
       .diverged = true, .help = "times the rarest fact was trained")
FIGURE(EXPOSURES_MAX, "exposures_most", "Times the most frequent fact was trained", COUNT,
       .when = WITH_UNEVEN, .diverged = true, .help = "times the most frequent fact was trained")
FIGURE(STEPS, "steps", "Steps", COUNT, AT(0, 11, 0), .when = WITH_TRAINING, .needed = true, .diverged = true,
       .help = "updates made")
FIGURE(TOKENS, "tokens", "Tokens trained on", COUNT, AT(0, 12, 0), .when = WITH_TRAINING, .needed = true,
       .diverged = true, .help = "targets trained on")
