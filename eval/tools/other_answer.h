/* Wrong answers that look like right ones. */
#ifndef ROTE_EVAL_TOOLS_OTHER_ANSWER_H
#define ROTE_EVAL_TOOLS_OTHER_ANSWER_H

#include "base/random.h"
#include "data/calls.h"

typedef struct OtherAnswers {
    const FactSet *facts;
    const Calls *calls;
    const uint8_t *symbol_class; /* of the facts' spelling */
    Stream stream;
    int32_t *tokens; /* as facts->tokens: receives the answers */
    bool whole;      /* another fact's answer as it is, whatever its symbols are */
} OtherAnswers;

/* Writes another answer than the true one in the place of call `call`, which is of sequence i: symbols of the same
 * classes, and those of no class as another fact has them whose answer is as long. A function of (stream, call).
 * false: there is none; the true one is in the place. */
bool other_answer(const OtherAnswers *o, int i, int64_t call);
/* Of all calls of tools of sequences first .. first + n - 1. Returns how many have none. */
int other_answers(const OtherAnswers *o, int first, int n);

#endif
