/* result.json: what a run found, as text that is a pure function of the config and the facts. No clock, no
 * thread count, no path stands in it, so a resumed or replayed run writes the same bytes (docs/formats.md).
 */
#ifndef ROTE_TRAIN_RESULT_H
#define ROTE_TRAIN_RESULT_H

#include "train/train.h"

/* neurons: what became of each rule of config->neurons. malloc'd; NULL without memory. */
char *result_text(const Config *config, const FactSet *facts, const RunResult *result,
                  const RuleState *neurons);

/* Back from text. ERR_FORMAT names the field that is missing. */
Status result_parse(const char *text, const char *where, RunResult *out, Err *err);

#endif
