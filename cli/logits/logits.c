/* rote logits: how the logits of a run are distributed, by class of input. */
#include "cli/logits/logits.h"

#include "cli/common/fact_classes.h"

static Status cmd_logits(const Args *args, Err *err) {
    if (args_has(args, "null")) return logits_null(args, err);
    if (args->n_words == 0)
        return err_set(err, ERR_INPUT,
                       "logits: no run is named; --null V=N s=S asks what normal logits give, without one");
    return logits_study(args, err);
}

static const Option logits_options[] = {
    READ_OPTION("classes", "FILE", "file", "inputs of your own: a line \"class<TAB>prompt\" for each"),
    OPTION("by", "tag|answer|place:K|rules",
           "classes of trained facts, as neurons atlas divides them (default: by what the model knows)"),
    CLASS_OPTION,
    OPTION("at", "answer|all", "rows of an input that count: the one that predicts the answer, or all"),
    OPTION("layer", "L", "logit lens: the stream after L blocks through the last norm and the head"),
    FLAG("checkpoints",
         "the figures of every stored checkpoint of the runs, by the classes of the first run"),
    OPTION("most", "N", "inputs of each class at most, evenly chosen (default: all)"),
    PLACE_OPTION,
    OPTION("csv", "FILE", "a table with a line for each row; replaces only such tables"),
    FORCE_ANY_OPTION,
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
    .words = "RUN [RUN..] | --null V=N s=S [k=K,..]",
    .min_words = 0,
    .max_words = 16,
    .reads = "run",
    .n_reads = ARGS_WORDS_MAX,
    .summary = "shows how logits are distributed by class of input, and what normal ones would give",
    .options = logits_options,
    .run = cmd_logits,
};
