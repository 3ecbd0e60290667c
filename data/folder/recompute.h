/* No figure of a manifest is believed: each one is computed again and compared. Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_RECOMPUTE_H
#define ROTE_DATA_FOLDER_RECOMPUTE_H

#include "data/folder/manifest.h"

/* The figures of a drawn set, once its facts are read: entropies, derivation, answer_bits.
 *   Named what it was drawn with: they are those of the plan, whose sizes must be the set's. Where no seal guards the
 *   facts (up to version 3), the draw is repeated, too, and must give the same facts.
 *   Else the entropy is unknown: the manifest must have none.
 * facts->config is read, facts->data_hash set. ERR_FORMAT: what differs is named, with both values. ERR_NOMEM. */
Status recompute_drawn(FactSet *facts, const Manifest *manifest, const FolderPaths *paths, Err *err);

/* All of the manifest against the set, whose figures are computed: hash, entropies, baselines, counts. ERR_FORMAT: as
 * above. */
Status recompute_compare(const FactSet *facts, const Manifest *manifest, const FolderPaths *paths, Err *err);

#endif
