/* Triples: subject, relation, object. A relation is a function: each pair of subject and relation occurs once, and its
 * object is drawn from the relation's list. */
#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/entropy.h"
#include "data/kinds/distinct.h"
#include "data/kinds/kinds.h"
#include "data/kinds/lists.h"
#include "data/kinds/plan.h"

enum { SUBJECT = 1, RELATION, OBJECT, FIELD_COUNT }; /* fields */
enum { SUB_PAIR = 0, SUB_OBJECT = 2 };               /* streams; a draw without replacement takes two */

typedef struct Layout {
    int subjects;
    List subject, relation, object[SIZES_MAX];
    int vocab_size, len;
    double pairs;
} Layout;

static Layout layout_of(const FactsConfig *config) {
    int n = kind_total(config);
    const Sizes *objects = &config->objects;
    int32_t next = 0;
    Layout l = {.subjects = config->subjects ? config->subjects : (n - 1) / objects->n + 1};
    l.pairs = (double)l.subjects * objects->n;
    l.subject = list_make(l.subjects, config->symbols, &next);
    l.relation = list_make(objects->n, config->symbols, &next);
    int object_len = 1;
    for (int r = 0; r < objects->n; r++) {
        l.object[r] = list_make(objects->size[r], config->symbols, &next);
        if (l.object[r].len > object_len) object_len = l.object[r].len;
    }
    for (int r = 0; r < objects->n; r++) l.object[r].len = object_len; /* triples are of one length */
    l.vocab_size = config->symbols ? config->symbols : next;
    l.len = l.subject.len + l.relation.len + object_len;
    return l;
}

/* The relation of a pair is uniform, so n objects have n / R times the sum of log2 of the lists' sizes. */
static Status triples_plan(const FactsConfig *config, FactSet *out, Err *err) {
    int n = config->n, R = config->objects.n;
    Layout l = layout_of(config);
    if (n > l.pairs)
        return err_set(err, ERR_INPUT,
                       "facts.n: %d triples, but %d subjects with %d relations make only %.0f pairs; set "
                       "facts.subjects to 0 (the fewest that are needed) or at least %d",
                       n, l.subjects, R, l.pairs, (n - 1) / R + 1);
    TRY(kind_sizes(out, n, l.len, l.vocab_size, err));
    kind_fields(out, (const char *const[]){"subject", "relation", "object", NULL});
    double object_bits = 0;
    for (int r = 0; r < R; r++) object_bits += exact_log2(config->objects.size[r]);
    double prompts = distinct_bits(n, l.pairs), answers = n * object_bits / R;
    kind_bits(out, prompts + answers, answers);
    snprintf(out->derivation, sizeof out->derivation,
             "sum over i < %d of log2(%d*%d - i) = %.17g bits for the pairs of subject and relation, in the "
             "order drawn, + %d * mean over relations of log2(objects) = %.17g bits for the objects",
             n, l.subjects, R, prompts, n, answers);
    return OK;
}

static Status triples_draw(FactSet *facts, Err *err) {
    const FactsConfig *config = &facts->config;
    int n = facts->n, R = config->objects.n;
    Layout l = layout_of(config);
    TRY(facts_allocate(facts, (int64_t)n * l.len, err));
    uint64_t *pair = malloc((size_t)n * sizeof *pair);
    if (!pair) return err_set(err, ERR_NOMEM, "no memory to draw %d triples", n);
    Status status = draw_distinct(pair, n, (uint64_t)l.pairs, facts->seed, SUB_PAIR, err);
    Stream objects = random_stream(facts->seed, RANDOM_FACTS, SUB_OBJECT);
    Writer w = {.facts = facts};
    for (int i = 0; i < n && status == OK; i++) {
        int r = (int)(pair[i] % (uint64_t)R);
        write_begin(&w);
        write_entry(&w, &l.subject, (int)(pair[i] / (uint64_t)R), SUBJECT);
        write_entry(&w, &l.relation, r, RELATION);
        write_prompt_ends(&w);
        write_entry(&w, &l.object[r], (int)random_below(objects, (uint64_t)i, (uint64_t)l.object[r].size),
                    OBJECT);
    }
    write_end(&w);
    free(pair);
    return status;
}

const Kind triples_kind = {.plan = triples_plan, .draw = triples_draw};
