#include "data/obtain.h"

#include "base/memory.h"
#include "base/number.h"
#include "data/folder/folder.h"
#include "data/hold_out.h"
#include "data/import/text_facts.h"
#include "data/pool.h"

static Status plan_generated(const FactsConfig *config, FactSet *out, Err *err) {
    const Kind *kind = kind_row(config->kind);
    CHECK(kind);
    *out = (FactSet){.vocab = {.eos = -1}, .seed = config->seed, .config = *config};
    snprintf(out->kind, sizeof out->kind, "%s", config_choice("facts.kind", (int)config->kind));
    Status status = pool_plan(kind, out, err);
    if (status != OK) facts_free(out);
    return status;
}

static Status read_facts(const FactsConfig *config, FactSet *out, Err *err) {
    bool text = config->kind == FACTS_TEXT;
    TRY(text ? text_facts_read(config->path, config->seq_len, out, err) : facts_load(config->path, out, err));
    if (!config->heldout) return OK;
    Status status = facts_hold_out(out, config, err);
    if (status != OK) facts_free(out);
    return status;
}

Status facts_plan(const FactsConfig *config, FactSet *out, Err *err) {
    return facts_are_read(config->kind) ? read_facts(config, out, err) : plan_generated(config, out, err);
}

/* Arrays of the set, and what tells its sequences apart while they are drawn. */
static Status check_memory(const FactSet *facts, Err *err) {
    double needs = 4.0 * (double)facts_pool_tokens(facts) + facts->n_pool * (8.0 + 4 + 4 + 16);
    if (facts->n_pool > facts->n || facts->n_fields) needs *= 2; /* the draw, and the pool made of it */
    double has = (double)memory_available();
    char needs_text[NUMBER_TEXT_MAX], has_text[NUMBER_TEXT_MAX];
    if (needs <= has) return OK;
    return err_set(err, ERR_INPUT,
                   "facts.n: %d facts of %d tokens need %s of memory, %s are available; lower facts.n or "
                   "facts.seq_len",
                   facts->n, facts->max_len, bytes_text(needs_text, needs), bytes_text(has_text, has));
}

Status facts_draw(FactSet *facts, Err *err) {
    if (facts->tokens) return OK;
    TRY(check_memory(facts, err));
    TRY(pool_draw(kind_row(facts->config.kind), facts, err));
    return facts_hash(facts, err);
}

static Status draw_or_free(FactSet *out, Err *err) {
    Status status = facts_draw(out, err);
    if (status != OK) facts_free(out);
    return status;
}

Status facts_generate(const FactsConfig *config, FactSet *out, Err *err) {
    TRY(plan_generated(config, out, err));
    return draw_or_free(out, err);
}

Status facts_obtain(const FactsConfig *config, FactSet *out, Err *err) {
    TRY(facts_plan(config, out, err));
    return draw_or_free(out, err);
}
