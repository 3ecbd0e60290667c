#include "eval/quantized.h"

#include <string.h>

#include "base/threads.h"
#include "model/gptq.h"

const char *const quantize_method_name[] = {[METHOD_RTN] = "rtn", [METHOD_GPTQ] = "gptq", NULL};

Status quantized_model(Gpt *out, const Gpt *g, Quantize kind, QuantizeMethod method,
                       const FactSet *calibration, int threads, Err *err) {
    if (method == METHOD_GPTQ && !quantize_has_codes(kind))
        return err_set(err, ERR_INPUT, "%s has no codes for GPTQ to choose; take int8, int4 or ternary",
                       quantize_name[kind]);
    FactBatch facts = {.start = NULL};
    Status status = OK;
    if (threads <= 0) threads = threads_default();
    TRY(gpt_create(out, &g->config, g->ops, GEMM_EXACT, err));
    memcpy(out->params, g->params, (size_t)g->table.total * sizeof(real));
    if (method == METHOD_RTN) {
        quantize_params(out->params, g->params, &g->table, kind, ALL_PARTS, threads);
    } else {
        TRY_GOTO(fact_batch_create(&facts, calibration, err));
        facts.batch.n_seq = calibration->n; /* of the pool, only the facts to calibrate on */
        TRY_GOTO(gptq_quantize(out, kind, &facts.batch, calibration->max_len, threads, err));
    }
done:
    fact_batch_free(&facts);
    if (status != OK) gpt_free(out);
    return status;
}

static Status evaluate(Evaluation *out, const Gpt *g, const FactSet *facts, int threads, Err *err) {
    Evaluator evaluator;
    TRY(evaluator_create(&evaluator, g, facts, threads, err));
    evaluator_run(&evaluator, out);
    evaluator_free(&evaluator);
    return OK;
}

Status quantized_evaluate(Quantized *out, const Gpt *g, Quantize weight_format, Quantize kind,
                          QuantizeMethod method, const FactSet *calibration, const FactSet *facts,
                          int threads, Err *err) {
    Gpt small;
    Quantized q = {.kind = kind,
                   .method = method,
                   .weight_bits = quantize_weight_bits(&g->table, kind),
                   .before_weight_bits = quantize_weight_bits(&g->table, weight_format)};
    TRY(evaluate(&q.before, g, facts, threads, err));
    TRY(quantized_model(&small, g, kind, method, calibration, threads, err));
    Status status = evaluate(&q.quantized, &small, facts, threads, err);
    gpt_free(&small);
    if (status != OK) return status;
    q.bits_per_weight_bit = q.quantized.memorized_bits / (double)q.weight_bits;
    q.before_bits_per_weight_bit = q.before.memorized_bits / (double)q.before_weight_bits;
    *out = q;
    return OK;
}
