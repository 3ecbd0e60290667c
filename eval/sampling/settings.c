#include "eval/sampling/settings.h"

Status settings_chain(const SampleConfig *config, Chain *out, Err *err) {
    double T = config->temperature;
    bool warm = T < 1 || T > 1, cut = config->top_k > 0 || config->top_p < 1;
    *out = (Chain){.n = 0};
    if (config->chain[0] && (warm || cut))
        return err_set(err, ERR_INPUT,
                       "sample.chain and sample.%s exclude each other; write it into the chain",
                       warm                ? "temperature"
                       : config->top_k > 0 ? "top_k"
                                           : "top_p");
    if (config->chain[0]) {
        Status status = chain_parse(out, config->chain, err);
        if (status == ERR_INPUT) err_prefix(err, "sample.");
        return status;
    }
    if (config->top_k > 0) TRY(chain_add(out, STAGE_top_k, config->top_k, err));
    if (config->top_p < 1) TRY(chain_add(out, STAGE_top_p, config->top_p, err));
    return warm ? chain_add(out, STAGE_temperature, T, err) : OK;
}

Status settings_options(const SampleConfig *config, SampleOptions *out, Err *err) {
    *out = sample_defaults();
    out->seed = config->seed;
    out->max_tokens = config->max_tokens;
    return settings_chain(config, &out->chain, err);
}
