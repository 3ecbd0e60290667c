/* How first weights and learning rates depend on the width (train.parametrization). */
#ifndef ROTE_MODEL_PARAMETRIZATION_H
#define ROTE_MODEL_PARAMETRIZATION_H

#include "base/config/config.h"
#include "model/params.h"

/* Sets init_std, init_value and rate_scale of the rows of params_plan; before gpt_init. standard, or a width of
 * mup_base_width: everything stays as it is. config resolved. */
void parametrization_apply(ParamTable *table, const Config *config);

#endif
