/* How initial weights and learning rates depend on the width (train.parametrization). */
#ifndef ROTE_MODEL_PARAMETRIZATION_H
#define ROTE_MODEL_PARAMETRIZATION_H

#include "base/config/config.h"
#include "model/params.h"

/* Sets init_std, init_value and rate_scale in the rows of params_plan; call it before gpt_init. Changes nothing under
 * the standard parametrization, or at the width mup_base_width. config is resolved. */
void parametrization_apply(ParamTable *table, const Config *config);

#endif
