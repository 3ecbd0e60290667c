/* rote sample: text that a run generates. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/sample/draw.h"
#include "data/vocab.h"
#include "train/train.h"

static Status sample_append(json_t *samples, const Vocab *vocab, const int32_t *tokens, int n, Err *err) {
    return json_array_append_new(samples, sample_json(vocab, tokens, n))
               ? err_set(err, ERR_NOMEM, "out of memory for the samples")
               : OK;
}

static Status sample_print(const Vocab *vocab, const int32_t *tokens, int n, Err *err) {
    char *text = show_tokens(vocab, tokens, n);
    if (!text) return err_set(err, ERR_NOMEM, "out of memory for the text of %d tokens", n);
    puts(text);
    free(text);
    return OK;
}

static Status generate(const Args *args, const Run *run, const SampleOptions *options, int64_t count,
                       Err *err) {
    const Vocab *vocab = &run->facts.vocab;
    int block = run->gpt.config.block_size, n_prompt = 0, n_out;
    Status status = OK;
    Sampler *sampler = NULL;
    bool json = args_has(args, "json");
    json_t *samples = json ? json_array() : NULL;
    int32_t *tokens = calloc((size_t)block * 2, sizeof *tokens);
    if (!tokens || (json && !samples)) {
        status = err_set(err, ERR_NOMEM, "out of memory for %d tokens", block);
        goto done;
    }
    TRY_GOTO(sample_prompt(args, vocab, block - 1, tokens, &n_prompt, err));
    TRY_GOTO(sampler_create(&sampler, &run->gpt, err));
    for (int64_t i = 0; i < count; i++) {
        TRY_GOTO(sampler_generate(sampler, options, (uint32_t)i, tokens, n_prompt, tokens + n_prompt, &n_out,
                                  err));
        TRY_GOTO(samples ? sample_append(samples, vocab, tokens + n_prompt, n_out, err)
                         : sample_print(vocab, tokens, n_prompt + n_out, err));
    }
    if (samples) {
        json_t *prompt = json_string_take(show_tokens(vocab, tokens, n_prompt));
        status = json_out(json_pack("{so sO}", "prompt", prompt, "samples", samples), err);
    }
done:
    if (samples) json_decref(samples);
    sampler_free(sampler);
    free(tokens);
    return status;
}

static Status cmd_sample(const Args *args, Err *err) {
    SampleOptions options;
    int64_t count;
    TRY(sample_options(args, &options, &count, err));
    Run run;
    TRY(open_run(&run, args->words[0], args_value(args, "facts"), err));
    options.eos = run.facts.vocab.eos;
    Status status = generate(args, &run, &options, count, err);
    run_close(&run);
    return status;
}

static const Option sample_command_options[] = {SAMPLE_OPTIONS, PLACE_OPTION, JSON_OPTION, END_OPTION};

const Command sample_command = {
    .name = "sample",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .summary = "generates text from a run",
    .options = sample_command_options,
    .run = cmd_sample,
};
