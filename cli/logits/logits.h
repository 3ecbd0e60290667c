/* The parts of `rote logits`. */
#ifndef ROTE_CLI_LOGITS_LOGITS_H
#define ROTE_CLI_LOGITS_LOGITS_H

#include "cli/common/args.h"

/* null.c: `rote logits --null V=N s=S [k=K,..] [draws=N]`, without a run. ERR_INPUT. */
Status logits_null(const Args *args, Err *err);

#endif
