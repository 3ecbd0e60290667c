/* Which keys a kind of facts reads, and defaults of its own. Internal to base/config/. */
#ifndef ROTE_BASE_CONFIG_KINDS_H
#define ROTE_BASE_CONFIG_KINDS_H

#include "base/config/keys.h"

/* Whether the kind of facts of that config reads the key; true for keys of other sections. */
bool key_of_kind(const Config *config, const Key *key);
/* Sets keys that the kind does not read to their defaults, so that they are in no hash.
 *   keep   KEY_COUNT: keys to leave as they are; NULL: none */
void config_kind_drop(Config *config, const bool *keep);
/* ERR_INPUT: facts are read, and a key is set that works only for drawn facts (junk, paraphrases, ..). */
Status config_pool_check(const FactsConfig *facts, Err *err);
/* Sets facts.vocab_size to the kind's own default where the general default allows no facts of this kind. Changes no
 * config whose facts could be drawn. */
void config_kind_fill(FactsConfig *facts);

#endif
