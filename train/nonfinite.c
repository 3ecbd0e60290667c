/* Where a run diverges: the tensor and the index of a number that is not finite. */
#include <inttypes.h>

#include "train/trainer.h"

/* A gradient with a norm this large has elements whose squares leave the range of float; below it, no optimizer buffer
 * can. */
static const double NORM_MAX = 1e18;
static const char ADVICE[] = "lower train.learning_rate, or set train.grad_clip and train.warmup_steps";

Status name_nonfinite(const Trainer *t, const real *x, const char *what, Err *err) {
    for (int i = 0; i < t->gpt.table.count; i++) {
        const Tensor *tensor = &t->gpt.table.tensor[i];
        int64_t at = t->gpt.ops->first_nonfinite(x + tensor->offset, (int64_t)tensor->rows * tensor->cols);
        if (at < 0) continue;
        real value = x[tensor->offset + at];
        return err_set(err, ERR_NUMERIC, "step %" PRId64 ": %s %s[%" PRId64 ",%" PRId64 "] is %s; %s",
                       t->state.step + 1, what, tensor->name, at / tensor->cols, at % tensor->cols,
                       value != value ? "NaN"
                       : value > 0    ? "Inf"
                                      : "-Inf",
                       ADVICE);
    }
    return OK;
}

/* The largest element of a vector laid out like the parameters: "tensor[row,column]". */
static void name_largest(const Trainer *t, const real *x, char *out, size_t size) {
    double largest = -1;
    for (int i = 0; i < t->gpt.table.count; i++) {
        const Tensor *tensor = &t->gpt.table.tensor[i];
        for (int64_t at = 0; at < (int64_t)tensor->rows * tensor->cols; at++) {
            double size_here = __builtin_fabs((double)x[tensor->offset + at]);
            if (size_here <= largest) continue;
            largest = size_here;
            snprintf(out, size, "%s[%" PRId64 ",%" PRId64 "]", tensor->name, at / tensor->cols,
                     at % tensor->cols);
        }
    }
}

bool gradient_is_fine(double norm, double loss_nats) {
    return __builtin_isfinite(norm) && norm < NORM_MAX && __builtin_isfinite(loss_nats);
}

Status check_gradient(const Trainer *t, const real *grad, double norm, double loss_nats, Err *err) {
    if (gradient_is_fine(norm, loss_nats)) return OK;
    TRY(name_nonfinite(t, grad, "gradient of", err));
    if (!__builtin_isfinite(loss_nats))
        return err_set(err, ERR_NUMERIC,
                       "step %" PRId64 ": the loss is no finite number, though every gradient is; %s",
                       t->state.step + 1, ADVICE);
    char largest[128];
    name_largest(t, grad, largest, sizeof largest);
    return err_set(err, ERR_NUMERIC,
                   "step %" PRId64 ": the gradient's norm is %.3g, its squares overflow; largest is %s; %s",
                   t->state.step + 1, norm, largest, ADVICE);
}

Status check_evaluation(const Trainer *t, Err *err) {
    const Evaluation *e = &t->evaluation;
    if (__builtin_isfinite(e->code_bits + e->heldout_code_bits)) return OK;
    return err_set(err, ERR_NUMERIC, "after step %" PRId64 ": the facts' code length is no finite number; %s",
                   t->state.step, ADVICE);
}
