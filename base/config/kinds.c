#include "base/config/kinds.h"

#include <stdio.h>
#include <string.h>

bool key_of_kind(const Config *config, const Key *key) {
    return !key->kinds || key->kinds >> config->facts.kind & 1;
}

void config_kind_drop(Config *config, const bool *keep) {
    for (int k = 0; k < KEY_COUNT; k++) {
        const Key *key = &keys[k];
        if (!key_of_kind(config, key) && !(keep && keep[k]))
            CHECK(key_set(config, key, key->initial, strlen(key->initial), NULL) == OK);
    }
}

/* The names of a set of kinds, bit FactsKind each: "bios, biod". */
typedef struct KindNames {
    char text[128];
} KindNames;

static KindNames names_of(unsigned kinds) {
    KindNames names = {""};
    size_t used = 0;
    for (int kind = 0; kind < FACTS_KIND_COUNT && used < sizeof names.text; kind++)
        if (kinds >> kind & 1)
            used += (size_t)snprintf(names.text + used, sizeof names.text - used, "%s%s", used ? ", " : "",
                                     config_choice("facts.kind", kind));
    return names;
}

Status config_pool_check(const FactsConfig *facts, Err *err) {
    if (!facts_are_read(facts->kind)) return OK;
    bool junk_ratio = facts->junk_ratio > 0 && facts->kind == FACTS_TEXT; /* a folder may contain junk */
    const char *key = facts->junk_n            ? "facts.junk_n"
                      : junk_ratio             ? "facts.junk_ratio"
                      : facts->domain_token    ? "facts.domain_token"
                      : facts->paraphrases > 1 ? "facts.paraphrases"
                      : facts->seed_prefix     ? "facts.seed_prefix"
                                               : NULL;
    if (key)
        return err_set(
            err, ERR_INPUT,
            "%s works only for facts that are drawn (kinds %s); facts that are read (kinds %s) allow "
            "facts.heldout, facts.split_seed and facts.zipf; leave the key out",
            key, names_of(FACTS_KINDS_DRAWN).text, names_of(FACTS_KINDS_READ).text);
    if (facts->split_seed && !facts->heldout)
        return err_set(
            err, ERR_INPUT,
            "facts.split_seed is %llu, but facts.heldout is 0, so no facts are held out; set facts.heldout, "
            "or leave facts.split_seed out",
            (unsigned long long)facts->split_seed);
    return OK;
}

Status config_kind_check(const Config *config, Err *err) {
    for (int k = 0; k < KEY_COUNT; k++) {
        const Key *key = &keys[k];
        if (key_of_kind(config, key) || key_at_default(config, key)) continue;
        char value[KEY_VALUE_MAX];
        key_print(config, key, value);
        return err_set(
            err, ERR_INPUT,
            "%s is %s, but facts.kind is %s, which does not use this key; leave it out, or set facts.kind "
            "(%s)",
            key->name, value, config_choice("facts.kind", (int)config->facts.kind),
            names_of(key->kinds).text);
    }
    return config_pool_check(&config->facts, err);
}

/* Over 256 symbols two affine rules of two inputs can agree on half of the 65,536 rows, so fewer rows do not say
 * which rule is meant. Over 31, a prime, two affine rules agree on at most 31 of 961 rows and two quadratic ones on
 * at most 62; over 16 symbols two lookup tables on at most 240 of 256. */
void config_kind_fill(FactsConfig *facts) {
    enum { DEFAULT = 256, ROWS_MAX = 32768 };
    if (!facts_are_read(facts->kind)) facts->n_given = false;
    if (facts->kind != FACTS_RULES || facts->vocab_size != DEFAULT || facts->inputs < 2 || facts->load > 0 ||
        facts->n > ROWS_MAX)
        return;
    facts->vocab_size = facts->rule == RULE_LOOKUP ? 16 : 31;
}
