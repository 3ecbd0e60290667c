/* The work memory of a pass: the activations and gradients of one chunk of sequences (model/batch.h). Internal to
 * model/pass.c and model/work.c; model/pass.h has the public functions. */
#ifndef ROTE_MODEL_WORK_H
#define ROTE_MODEL_WORK_H

#include "model/layers/sublayer.h"
#include "model/layers/tool.h"
#include "model/pass.h"

struct GptWork {
    Room room;
    int team_size;
    Weights own;            /* not packed; used if the caller has no packed weights to share */
    const Weights *weights; /* the shared ones, or own */
    /* n_layer + 1; the last has only x, the stream after all blocks. Forward only: all use the same memory */
    BlockActs *block;
    real *start;     /* (n,d) the stream behind the embedding */
    ToolActs tool;   /* of the stage of tools, if the model has one */
    NormRows norm_f; /* (n,d) the input of the head */
    real *logits;    /* (logits_rows,V), logits_ld reals from one row to the next */
    int logits_rows;
    ptrdiff_t logits_ld;
    int32_t *pos;          /* (n) position of each token in its sequence */
    double *nats;          /* (n) -ln p(target) */
    BlockGrads grads;      /* of one block at a time */
    real **gemm, **scores; /* scratch, one per member of the team */
    Hooks hooks;
    Arena arena;
};

/* The next chunk: as many of the sequences s0 <= s < seq1 as fit, with this member's share of them. */
Chunk work_chunk(const GptWork *work, const Batch *batch, int s0, int seq1, const Team *team);
Exec work_exec(const Gpt *g, const GptWork *work, const Team *team);
/* Block `layer`, ready to run on the chunk. grad: NULL without a backward pass. */
Block work_block(const Gpt *g, const GptWork *work, const Chunk *k, const Exec *e, int layer, real *grad);
/* The same for the stage of tools, which the model has. */
ToolRun work_tool(const Gpt *g, const GptWork *work, const Chunk *k, const Exec *e, real *grad);

#endif
