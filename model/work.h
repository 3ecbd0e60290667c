/* The memory of a pass, from inside (from outside: model/pass.h): what blocks compute and leave behind, for chunks of
 * sequences (model/batch.h). */
#ifndef ROTE_MODEL_WORK_H
#define ROTE_MODEL_WORK_H

#include "model/layers/sublayer.h"
#include "model/pass.h"

struct GptWork {
    Room room;
    int team_size;
    Weights own;            /* unpacked, where nobody shares packed ones */
    const Weights *weights; /* shared, or own */
    BlockActs
        *block; /* n_layer + 1; of the last only x, the stream after all blocks. Forward only: all share */
    NormRows norm_f; /* (n,d) what the head reads */
    real *logits;    /* (logits_rows,V), logits_ld reals a row */
    int logits_rows;
    ptrdiff_t logits_ld;
    int32_t *pos;          /* (n) position of each token in its sequence */
    double *nats;          /* (n) -ln p(target) */
    BlockGrads grads;      /* of the rows at hand */
    real **gemm, **scores; /* scratch, one per member of the team */
    Hooks hooks;
    Arena arena;
};

/* The next chunk: from s0 on as many sequences before seq1 as there is room for; this member's share of them. */
Chunk work_chunk(const GptWork *work, const Batch *batch, int s0, int seq1, const Team *team);
Exec work_exec(const Gpt *g, const GptWork *work, const Team *team);
/* Block `layer` of the chunk, ready to run. grad: NULL without a backward pass. */
Block work_block(const Gpt *g, const GptWork *work, const Chunk *k, const Exec *e, int layer, real *grad);

#endif
