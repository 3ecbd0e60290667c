/* The checkpoints of a run folder, and the state of the run that each of them holds. The newest two are kept, so that
 * one whole file remains whatever happens to the other. */
#ifndef ROTE_STORE_CHECKPOINTS_H
#define ROTE_STORE_CHECKPOINTS_H

#include "base/progress.h"
#include "model/checkpoint.h"
#include "store/rule_state.h"
#include "store/run_files.h"

enum { SNAPSHOT_SLOTS_MAX = 6, CHECKPOINTS_KEPT = 2 };

/* What a run remembers beside parameters and optimizer. The place in the data is a function of the step. */
typedef struct RunState {
    int64_t step;       /* finished ones */
    int64_t tokens;     /* targets trained on */
    double code_bits;   /* of the last evaluation, which stop_gain compares with; NAN before the first */
    char verdict[16];   /* empty while the run goes on */
    int n_neurons;      /* neuron rules; 0: none, or the reader does not ask for them */
    RuleState *neurons; /* of each */
    int width;          /* neurons of a layer that the rules are about */
} RunState;

/* The state and the arrays that a checkpoint holds, where they lie in memory. */
typedef struct Snapshot {
    const ParamTable *table;
    real *params;
    CheckpointSlot slot[SNAPSHOT_SLOTS_MAX];
    int n_slots; /* 0: a reader that wants the parameters only */
    RunState *state;
} Snapshot;

/* The folder, and what each of its checkpoints must say. */
typedef struct CheckpointOwner {
    const char *dir, *config_hash, *data_hash;
    RunEnd end; /* of a finished run only its newest checkpoint is its model, an older one is not */
} CheckpointOwner;

/* How much of metrics.jsonl belonged to the run when a checkpoint was written: bytes, and their CRC-32. */
typedef struct CheckpointMark {
    int64_t metrics_bytes;
    uint32_t metrics_crc;
} CheckpointMark;

/* Fills the snapshot and the mark from the newest whole checkpoint. Where that is not the newest file, a note says what
 * is wrong with the newest (notes may be NULL).
 *   *found  false: there is no checkpoint; the snapshot is untouched
 * ERR_FORMAT: there are checkpoints, but none is whole; of a finished run: the newest is not whole, or not the one of
 * its result. ERR_IO, ERR_NOMEM: a file that cannot be read is not a damaged one, and no older one takes its place.
 * ERR_INPUT (too long a path). After an error the snapshot's arrays may be half filled. */
Status checkpoints_newest(const CheckpointOwner *owner, Snapshot *snapshot, CheckpointMark *mark,
                          const ProgressSink *notes, bool *found, Err *err);

/* Writes one (fault points "checkpoint.*"), then removes all but the two newest. ERR_IO, ERR_NOMEM, ERR_NUMERIC: what
 * checkpoint_write says; the older ones then stay. */
Status checkpoints_add(const CheckpointOwner *owner, const Snapshot *snapshot, const CheckpointMark *mark,
                       Err *err);

/* Removes all older ones but the newest `keep`, of which the one of `step` is the first; a process may have died before
 * it did. ERR_IO. */
Status checkpoints_tidy(const CheckpointOwner *owner, int64_t step, int keep, Err *err);

#endif
