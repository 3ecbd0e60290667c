#include "data/kinds/kinds.h"

#include <string.h>

static const Kind *const kinds[] = {[FACTS_RANDOM] = &random_kind,
                                    [FACTS_FILE] = NULL,
                                    [FACTS_TRIPLES] = &triples_kind,
                                    [FACTS_BIOS] = &bios_kind,
                                    [FACTS_BIOD] = &biod_kind,
                                    [FACTS_RULES] = &rules_kind,
                                    [FACTS_TEXT] = NULL};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

const Kind *kind_row(FactsKind kind) {
    CHECK((int)kind >= 0 && (int)kind < KIND_COUNT);
    return kinds[kind];
}

const Kind *kind_named(const char *name) {
    for (int i = 0; i < KIND_COUNT; i++)
        if (kinds[i] && strcmp(kinds[i]->name, name) == 0) return kinds[i];
    return NULL;
}
