/* Runs, and the fact sets that are read with them. */
#include "cli/common/open.h"

#include <stdio.h>

#include "cli/common/args.h"
#include "data/folder/folder.h"
#include "data/tokenizer/fact_tokens.h"
#include "data/vocab.h"

static void print_note(void *user, const Progress *p) {
    (void)user;
    if (p->note) fprintf(stderr, "%s\n", p->note);
}

const ProgressSink note_sink = {.update = print_note};

Status open_run(Run *out, const char *dir, const char *facts, Err *err) {
    return run_open_with(out, dir, facts, &note_sink, err);
}

Status open_run_text(Run *out, const char *dir, const char *facts, Err *err) {
    return run_open_text(out, dir, facts, &note_sink, err);
}

/* Every token of the facts must mean the same symbol as in the vocabulary of the model, or every figure would be
 * wrong. */
static Status facts_fit(const Run *run, const FactSet *facts, const char *dir, Err *err) {
    const ModelConfig *m = &run->gpt.config;
    if (facts->max_len > m->block_size)
        return err_set(err, ERR_INPUT, "%s: a fact has %d tokens, the model's block_size is %d", dir,
                       facts->max_len, m->block_size);
    TRY(vocab_same(&facts->vocab, &run->facts.vocab, dir, err));
    if (facts->vocab.size > m->vocab_size)
        return err_set(err, ERR_INPUT, "%s: the vocabulary has %d symbols, the model's %d", dir,
                       facts->vocab.size, m->vocab_size);
    return OK;
}

/* An imported model has tokens and no facts of its own. */
static bool is_imported(const Run *run) { return run->facts.vocab.tokenizer && !run->facts.n; }

/* Reads the facts of --facts; for a model that reads a tokenizer's tokens they become those. */
static Status load_other(RunAndFacts *out, const char *dir, Err *err) {
    const Vocab *vocab = &out->run.facts.vocab;
    FactSet text;
    TRY(facts_load(dir, &out->other, err));
    if (!vocab->tokenizer) return OK;
    text = out->other;
    Status status = is_imported(&out->run) ? fact_tokens(&text, vocab, &out->other, err)
                                           : own_tokens(&text, vocab, &out->other, err);
    if (status == ERR_INPUT) err_prefix(err, "%s: ", dir);
    facts_free(&text);
    return status;
}

static void free_other(RunAndFacts *out) {
    if (out->run.facts.vocab.tokenizer) out->other.vocab = (Vocab){.eos = -1}; /* it is the run's */
    facts_free(&out->other);
}

static Status open_both(RunAndFacts *out, const Args *args, bool needs_facts, Err *err) {
    const char *dir = args_value(args, "facts"), *name = args->words[0];
    Status found = open_run_text(&out->run, name, NULL, err);
    if (found == ERR_INPUT && dir) found = open_run_text(&out->run, name, dir, err);
    TRY(found);
    out->facts = &out->run.facts;
    if (!dir && needs_facts && is_imported(&out->run)) {
        run_close(&out->run);
        return err_set(
            err, ERR_INPUT,
            "%s: was imported, so it has no facts; make some (`rote facts import`) and name them: --facts "
            "DIR",
            name);
    }
    if (!dir) return OK;
    Status status = load_other(out, dir, err);
    if (status != OK) {
        run_close(&out->run);
        return status;
    }
    out->facts = &out->other;
    status = facts_fit(&out->run, &out->other, dir, err);
    if (status != OK) close_run_and_facts(out);
    return status;
}

Status open_run_and_facts(RunAndFacts *out, const Args *args, Err *err) {
    return open_both(out, args, true, err);
}

Status open_run_and_text(RunAndFacts *out, const Args *args, Err *err) {
    return open_both(out, args, false, err);
}

void close_run_and_facts(RunAndFacts *run) {
    if (run->facts == &run->other) free_other(run);
    run_close(&run->run);
}
