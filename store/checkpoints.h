/* The checkpoints of a run folder, and the state of the run that each of them contains. The newest two or more are
 * kept, so that a complete one remains if another is damaged. */
#ifndef ROTE_STORE_CHECKPOINTS_H
#define ROTE_STORE_CHECKPOINTS_H

#include "base/progress.h"
#include "data/selection.h"
#include "model/checkpoint.h"
#include "store/rule_state.h"
#include "store/run_files.h"

enum { SNAPSHOT_SLOTS_MAX = 6, CHECKPOINTS_KEPT = 2 };

/* The state of a run besides parameters and optimizer. The position in the data is a function of the step. */
typedef struct RunState {
    int64_t step;       /* steps done */
    int64_t tokens;     /* targets trained on */
    double code_bits;   /* of the last evaluation, which stop_gain compares with; NAN before the first */
    char verdict[16];   /* empty until the run ends */
    int64_t max_steps;  /* of the config: no step is beyond it; 0: not known */
    int n_neurons;      /* neuron rules; 0: none, or the reader does not ask for them */
    RuleState *neurons; /* of each */
    int width;          /* neurons of a layer that the rules are about */
    /* train.select: which facts are trained; a reader gets those of the checkpoint, in place of what is there, which
     * has as many facts or none. NULL: the run selects nothing, or the reader does not ask */
    Selection *selection;
} RunState;

/* The contents of a checkpoint: pointers to the state and the arrays in memory. */
typedef struct Snapshot {
    const ParamTable *table;
    real *params;
    Gpt *model; /* instead of params: receives them (checkpoint_place); n_slots is 0 then. NULL: none */
    CheckpointSlot slot[SNAPSHOT_SLOTS_MAX];
    int n_slots; /* 0: a reader needs only the parameters */
    RunState *state;
} Snapshot;

/* The folder, and the values that each of its checkpoints must contain. */
typedef struct CheckpointOwner {
    const char *dir, *config_hash, *data_hash;
    RunEnd end; /* the model of a finished run is its newest checkpoint, never an older one */
    int keep;   /* how many of the newest stay; 0: CHECKPOINTS_KEPT */
} CheckpointOwner;
static inline int checkpoints_kept(const CheckpointOwner *owner) {
    return owner->keep ? owner->keep : CHECKPOINTS_KEPT;
}

/* The length of metrics.jsonl when a checkpoint was written, and the CRC-32 of these bytes. */
typedef struct CheckpointMark {
    int64_t metrics_bytes;
    uint32_t metrics_crc;
} CheckpointMark;

/* Fills the snapshot and the mark from the newest complete checkpoint. If a newer one is damaged, a note says how
 * (notes may be NULL).
 *   *found  false: there is no checkpoint; the snapshot is unchanged
 * ERR_FORMAT: all checkpoints are damaged; or, if the run is finished, the newest is damaged or does not belong to the
 * result. ERR_IO, ERR_NOMEM: a file could not be read; that does not mean that it is damaged, so no older one is used.
 * ERR_INPUT: the path is too long. After an error the arrays of the snapshot may be partly filled. */
Status checkpoints_newest(const CheckpointOwner *owner, Snapshot *snapshot, CheckpointMark *mark,
                          const ProgressSink *notes, bool *found, Err *err);

/* The step of the newest checkpoint before step `limit`; -1: there is none. ERR_IO, ERR_NOMEM. */
Status checkpoints_before(const CheckpointOwner *owner, int64_t limit, int64_t *step, Err *err);
/* As checkpoints_newest, from the checkpoint of that step alone; a note is never made. ERR_FORMAT: it is damaged. */
Status checkpoints_at(const CheckpointOwner *owner, int64_t step, Snapshot *snapshot, CheckpointMark *mark,
                      Err *err);

/* Writes a checkpoint (fault points "checkpoint.*"), then removes all but the newest ones. ERR_IO, ERR_NOMEM,
 * ERR_NUMERIC: as checkpoint_write; the older checkpoints then remain. */
Status checkpoints_add(const CheckpointOwner *owner, const Snapshot *snapshot, const CheckpointMark *mark,
                       Err *err);

/* Removes all older ones but the newest `keep`, of which the one of `step` is the first; a process may have died before
 * it did. ERR_IO. */
Status checkpoints_tidy(const CheckpointOwner *owner, int64_t step, int keep, Err *err);

#endif
