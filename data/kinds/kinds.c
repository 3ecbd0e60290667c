#include "data/kinds/kinds.h"

#include <string.h>

#define ROW(name, word) [FACTS_##name] = &word##_kind,
static const Kind *const kinds[FACTS_KIND_COUNT] = {FACTS_KINDS(ROW, FACTS_KIND_NOT)};

const Kind *kind_row(FactsKind kind) {
    CHECK((int)kind >= 0 && (int)kind < FACTS_KIND_COUNT);
    return kinds[kind];
}

const Kind *kind_named(const char *name) {
    for (int i = 0; i < FACTS_KIND_COUNT; i++)
        if (kinds[i] && strcmp(config_choice("facts.kind", i), name) == 0) return kinds[i];
    return NULL;
}
