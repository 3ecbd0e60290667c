/* rote logits: how the logits of a run are distributed, by class of input. */
#include "cli/logits/logits.h"

static Status cmd_logits(const Args *args, Err *err) {
    if (args_has(args, "null")) return logits_null(args, err);
    return err_set(err, ERR_INPUT, "logits: needs --null");
}

static const Option logits_options[] = {
    FLAG("null",
         "without a run: what V=N independent normal logits of deviation s=S give at k=K,..; draws=N"),
    OPTION_LIST("chain", "STAGES", "with --null: a sampling chain whose tokens are counted; may be repeated",
                '\n'),
    OPTION("seed", "SEED", "seed of what is drawn (default: 1)"),
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command logits_command = {
    .name = "logits",
    .words = "RUN | --null V=N s=S [k=K,..]",
    .min_words = 0,
    .max_words = 8,
    .summary = "shows how logits are distributed by class of input, and what normal ones would give",
    .options = logits_options,
    .run = cmd_logits,
};
