/* The keys that a kind of facts uses, and the defaults of a kind. Internal to base/config/. */
#ifndef ROTE_BASE_CONFIG_KINDS_H
#define ROTE_BASE_CONFIG_KINDS_H

#include "base/config/keys.h"

/* Whether the kind of facts of that config uses the key; true for keys of other sections. */
bool key_of_kind(const Config *config, const Key *key);
/* Sets keys that the kind does not use to their defaults, so that they are not hashed.
 *   keep   KEY_COUNT: keys to leave unchanged; NULL: none */
void config_kind_drop(Config *config, const bool *keep);
/* ERR_INPUT: the facts are read, and a key is set that works only for drawn facts (junk, paraphrases, ..). */
Status config_pool_check(const FactsConfig *facts, Err *err);
/* Sets facts.vocab_size to the kind's default where no facts of this kind can have the general default. Changes no
 * config whose facts can be drawn. */
void config_kind_fill(FactsConfig *facts);

#endif
