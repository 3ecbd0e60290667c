/* Which keys a kind of facts reads, and defaults of its own; internal to base/. */
#ifndef ROTE_BASE_CONFIG_KINDS_H
#define ROTE_BASE_CONFIG_KINDS_H

#include "base/config/keys.h"

/* Whether the kind of facts of that config reads the key; true for keys of other sections. */
bool key_of_kind(const Config *config, const Key *key);
/* Keys that the kind does not read go back to their defaults, so that they are in no hash; but those in keep (by
 * index; NULL: none). */
void config_kind_drop(Config *config, const bool *keep);
/* Keys of a pool that only a draw fills (junk, paraphrases, ..) are refused where facts are read. */
Status config_pool_check(const FactsConfig *facts, Err *err);
/* facts.vocab_size where the general default makes no facts of this kind. Changes no config that could be drawn. */
void config_kind_fill(FactsConfig *facts);

#endif
