/* Classes of facts that an atlas (eval/neurons/atlas.h) compares: by the content of the facts, or by neuron rules. */
#ifndef ROTE_EVAL_NEURONS_ATLAS_CLASSES_H
#define ROTE_EVAL_NEURONS_ATLAS_CLASSES_H

#include "base/config/neurons.h"
#include "data/facts.h"

enum { ATLAS_CLASSES_MAX = 64, ATLAS_CLASS_MIN = 2 };

/* Classes may overlap, and a fact may belong to none. */
typedef struct AtlasClasses {
    const FactSet *facts;
    int first, n_facts; /* the sequences of the pool that are used: the facts, or the held-out facts */
    char by[32];        /* "tag" */
    int n;
    char *name[ATLAS_CLASSES_MAX]; /* without line ends and tabs (base/text.h) */
    int size[ATLAS_CLASSES_MAX];   /* facts; at least ATLAS_CLASS_MIN are in the class, and as many outside */
    uint64_t *member;              /* n_facts: bit c is set if a fact is of class c */
    int left_out;                  /* number of groups that are too small */
} AtlasClasses;

/* by: "tag"; "answer": the symbol that the answer begins with; "place:K": the symbol at place K of a fact, from 0.
 * ERR_INPUT: no such division, no group large enough, more than ATLAS_CLASSES_MAX; err->msg names what there is.
 * Free with atlas_classes_free. */
Status atlas_classes_by(AtlasClasses *out, const FactSet *facts, bool heldout, const char *by, Err *err);
/* A class for each rule: the facts of its class (data/labels.h), under its name. ERR_INPUT: a class too small. */
Status atlas_classes_of(AtlasClasses *out, const FactSet *facts, bool heldout, const NeuronRule *rules, int n,
                        Err *err);
void atlas_classes_free(AtlasClasses *c);

#endif
