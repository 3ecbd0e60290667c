#include "cli/creativity/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/threads.h"
#include "cli/common/open.h"
#include "cli/sample/draw.h"
#include "eval/creativity/draw.h"
#include "eval/creativity/edit.h"

void texts_free(Texts *texts) {
    free((void *)(uintptr_t)texts->start);
    free((void *)(uintptr_t)texts->token);
    *texts = (Texts){0, NULL, NULL};
}

Status source_options(Source *out, const Args *args, Err *err) {
    int64_t count;
    WeightEdit edit;
    TRY(sample_options(args, NULL, &out->options, &count, err));
    TRY(args_threads(args, &out->threads, err));
    if (out->threads == 0) out->threads = threads_default();
    if (!args_has(args, "edit")) return OK;
    Status status = weight_edit_parse(&edit, args_value(args, "edit"), err);
    if (status == ERR_INPUT) err_prefix(err, "creativity: ");
    return status;
}

static Status open_task(Source *s, Err *err) {
    const FactSet *facts = &s->run.facts;
    s->has_task = facts->config.n && task_is(facts->config.kind);
    TRY(creativity_trained(&s->trained, facts, err));
    s->max_len = s->run.gpt.config.block_size;
    if (!s->has_task) return OK;
    TRY(task_open(&s->task, &facts->config, facts->seed, err));
    s->max_len = s->task.len;
    return OK;
}

Status source_edit(Source *s, const Args *args, Err *err) {
    WeightEdit edit;
    if (!args_has(args, "edit")) return OK;
    TRY(weight_edit_parse(&edit, args_value(args, "edit"), err));
    TRY(gpt_write_params(&s->run.gpt, err));
    weight_edit(&s->run.gpt, &edit, s->options.seed);
    return OK;
}

Status source_open(Source *s, const Args *args, const char *dir, Err *err) {
    int64_t count;
    TRY(open_run(&s->run, dir, args_value(args, "facts"), err));
    TRY(sample_options(args, &s->run.config.sample, &s->options, &count, err));
    s->n = args_has(args, "n") ? (int)count : 1000;
    s->options.eos = s->run.facts.vocab.eos;
    TRY(source_edit(s, args, err));
    return open_task(s, err);
}

void source_close(Source *s) {
    run_close(&s->run);
    task_close(&s->task);
    texts_free(&s->trained);
}

uint64_t source_seed(const Source *s) { return s->options.seed + s->run.config.train.seed; }

Status source_chain(const Source *s, const char *added, Chain *out, char words[CHAIN_TEXT_MAX], Err *err) {
    char base[CHAIN_TEXT_MAX];
    chain_text(&s->options.chain, base);
    int used = snprintf(words, CHAIN_TEXT_MAX, "%s%s%s", base, *base && *added ? ";" : "", added);
    if (used >= CHAIN_TEXT_MAX)
        return err_set(err, ERR_INPUT, "creativity: the chain has more than %d bytes", CHAIN_TEXT_MAX - 1);
    Status status = chain_parse(out, words, err);
    if (status == ERR_INPUT) err_prefix(err, "creativity: ");
    return status;
}

Status source_draw(const Source *s, const Chain *chain, uint64_t seed, Texts *out, Err *err) {
    SampleOptions options = s->options;
    options.chain = *chain;
    options.seed = seed;
    return creativity_draw(out, &s->run.gpt, &s->run.facts, &options, s->n, s->max_len, s->threads, err);
}
