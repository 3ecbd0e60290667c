/* The parts of `rote logits`. */
#ifndef ROTE_CLI_LOGITS_LOGITS_H
#define ROTE_CLI_LOGITS_LOGITS_H

#include <jansson.h>

#include "cli/common/args.h"
#include "eval/logits/checks.h"
#include "eval/logits/study.h"
#include "store/run.h"

/* null.c: `rote logits --null V=N s=S [k=K,..] [draws=N]`, without a run. ERR_INPUT. */
Status logits_null(const Args *args, Err *err);
/* study.c: `rote logits RUN`. ERR_INPUT: options, classes or runs that do not fit. ERR_IO, ERR_FORMAT, ERR_NOMEM. */
Status logits_study(const Args *args, Err *err);

/* What one study of a run says, and how it was made. */
typedef struct LogitsView {
    const Run *run;
    const LogitInputs *inputs;
    const LogitStudy *study;
    const LogitChecks *checks; /* NULL: not made */
    bool whole;                /* --at all */
    int layer, n_layer, seeds, trained, V;
    int64_t step;
} LogitsView;

/* show.c. ERR_NOMEM. */
Status logits_show(const LogitsView *view, Err *err);
/* A line for each class, below the head where `head`. ERR_NOMEM. */
Status logits_show_line(const LogitsView *view, bool head, Err *err);
/* logits_json.c. ERR_NOMEM. */
Status logits_json(json_t **out, const LogitsView *view, Err *err);
/* The figures of the classes alone. ERR_NOMEM. */
Status logits_classes_json(json_t **out, const LogitsView *view, Err *err);

/* prompts.c: the inputs of a file with a line "class<TAB>prompt" for each. The row that comes after the prompt, or all.
 * ERR_INPUT: not such a file, it cannot be read twice, or a prompt that the run cannot read. ERR_IO, ERR_NOMEM. */
Status prompts_open(LogitInputs *out, const char *path, const Vocab *vocab, int block_size, bool whole,
                    Err *err);

#endif
