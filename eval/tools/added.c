#include "eval/tools/added.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "data/kinds/plan.h"
#include "data/obtain.h"
#include "data/seen.h"

/* More facts of the draw, as held-out ones are: lists of values and names stay those of the run. */
static FactsConfig more_facts(const FactsConfig *run, int n) {
    FactsConfig config = *run;
    int R = config.objects.n;
    if (config.kind == FACTS_TRIPLES && !config.subjects) config.subjects = (kind_total(run) - 1) / R + 1;
    config.heldout = run->heldout + run->junk_n + n;
    config.junk_n = 0;
    config.junk_ratio = 0;
    config.split_seed = 0;
    return config;
}

typedef struct Prompt {
    const int32_t *tokens;
    int n;
} Prompt;

static Prompt prompt_of(const FactSet *facts, int i) {
    return (Prompt){facts->tokens + facts->start[i], facts->prompt_len[i]};
}

static bool same_prompt(const void *items, int32_t a, int32_t b) {
    const Prompt *p = items;
    return p[a].n == p[b].n && memcmp(p[a].tokens, p[b].tokens, (size_t)p[a].n * sizeof *p[a].tokens) == 0;
}

/* A draw of more than half of all facts is another draw than a smaller one, and repeats facts of it. */
static Status find_known(AddedFacts *out, const FactSet *facts, Err *err) {
    int n = facts->n_pool, all = n + out->n;
    Seen seen;
    Prompt *prompt = malloc((size_t)all * sizeof *prompt);
    out->known = calloc((size_t)out->facts->n_pool, 1);
    if (!prompt || !out->known) {
        free(prompt);
        return err_set(err, ERR_NOMEM, "no memory to draw %d more facts", out->n);
    }
    Status status = seen_init(&seen, all, same_prompt, prompt, err);
    for (int i = 0; i < all && status == OK; i++) {
        prompt[i] = i < n ? prompt_of(facts, i) : prompt_of(out->facts, out->first + i - n);
        uint64_t hash = XXH3_64bits(prompt[i].tokens, (size_t)prompt[i].n * sizeof *prompt[i].tokens);
        bool known = seen_enter(&seen, hash, i) >= 0;
        if (i >= n) out->known[out->first + i - n] = known;
    }
    if (status == OK) seen_free(&seen);
    free(prompt);
    return status;
}

Status added_facts_create(AddedFacts *out, const FactSet *facts, int n, Err *err) {
    FactsConfig config = more_facts(&facts->config, n);
    bool draws = config.kind == FACTS_TRIPLES || config.kind == FACTS_BIOS || config.kind == FACTS_BIOD;
    *out = (AddedFacts){.facts = facts, .first = facts->n, .n = facts->n_heldout};
    if (out->n || !draws || !facts->config.n) return OK;
    Status status = facts_plan(&config, &out->drawn, err);
    if (status == ERR_INPUT) return OK; /* there are no more */
    if (status != OK) return status;
    TRY(facts_draw(&out->drawn, err));
    out->facts = &out->drawn;
    out->n = n;
    out->first = out->drawn.n + out->drawn.n_heldout - n;
    return find_known(out, facts, err);
}

void added_facts_free(AddedFacts *added) {
    facts_free(&added->drawn);
    free(added->known);
    *added = (AddedFacts){.n = 0};
}
