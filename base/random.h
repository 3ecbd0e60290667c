/* Random numbers without a state: number i of a stream is a pure function of (seed, purpose, sub, i), so a
 * checkpoint needs no state of it and any thread can draw any part. Philox 4x32-10 (Salmon et al. 2011, "Parallel
 * random numbers: as easy as 1, 2, 3"), from Random123. The bits are the same on every machine. docs/math.md defines
 * key and counter by seed, purpose, sub and index. */
#ifndef ROTE_BASE_RANDOM_H
#define ROTE_BASE_RANDOM_H

#include <stdint.h>

/* The purpose of a stream; streams of one seed and different purposes are independent. Append only, below 256:
 * results depend on the number. */
typedef enum Purpose {
    RANDOM_FACTS = 1,      /* drawing a fact set */
    RANDOM_INIT = 2,       /* initial weights; sub = tensor index */
    RANDOM_ORDER = 3,      /* data order; sub = epoch */
    RANDOM_SAMPLE = 4,     /* generation; sub = sample index */
    RANDOM_TEST = 5,       /* tests */
    RANDOM_SPLIT = 6,      /* choice of held-out facts */
    RANDOM_MIX = 7,        /* training: sub 0 facts by Zipf's law, 1 renderings */
    RANDOM_NOISE = 8,      /* noise on trained weights; sub = tensor index */
    RANDOM_JUNK_ORDER = 9, /* order of junk; sub = epoch */
    RANDOM_PROMPT = 10,    /* search for prompts; sub = fact */
    RANDOM_CLASS = 11,     /* random classes of facts; index = hash of the prompt */
    RANDOM_UNITS = 12,     /* neurons of a rule, units: auto:random; sub = rule */
    RANDOM_CONTROL = 13, /* controls of a rule; sub 0, 1 sides, 2 halves, 3 + i unit set i, 2^20 + i donors */
    RANDOM_DONORS = 14,  /* causal training: donors; sub = rule, index = position in training */
    RANDOM_SHUFFLE = 15, /* permuted classes of facts, for chance; sub = shuffle */
    RANDOM_STAGE = 16,   /* stages of a sampling chain; sub = sample index */
    RANDOM_PREFIX = 17,  /* seed prefixes; sub 0: of the set, 1: of training; index = sequence, symbol */
    RANDOM_NULL = 18,    /* normal logits that samplers cut; sub = draw */
    RANDOM_INPUTS = 19,  /* inputs made of facts; sub 0 the wrong symbol, 1 random symbols */
    RANDOM_TOOLS =
        20, /* results of tools; sub 0: that get lost in training, 1: wrong ones in an evaluation, 2: edited ones */
    RANDOM_SELECT = 21, /* train.select random; sub = round, index = fact */
    RANDOM_END          /* one past the last */
} Purpose;

/* An endless sequence of random words, accessed by index. sub distinguishes streams of one purpose (see Purpose). */
typedef struct Stream {
    uint32_t key[2]; /* the seed */
    uint32_t purpose;
    uint32_t sub;
} Stream;

Stream random_stream(uint64_t seed, Purpose purpose, uint32_t sub);

/* Four words: block `index` of the stream, attempt 0. */
void random_block(uint32_t out[4], Stream s, uint64_t index);

/* 64 uniform bits: the first two words of block index. */
uint64_t random_bits(Stream s, uint64_t index);

/* Uniform in [0, 1), 53 bits. */
double random_unit(Stream s, uint64_t index);

/* Exactly uniform in 0 .. n-1, n >= 1: a rejected draw is repeated at the same index, attempt 1, 2, ... */
uint64_t random_below(Stream s, uint64_t index, uint64_t n);

/* Standard normal, by Box-Muller in exact double arithmetic (base/exact.h). */
double random_normal(Stream s, uint64_t index);

/* out[0..n-1] becomes a uniformly random permutation of 0..n-1 (Fisher-Yates). */
void random_permutation(int32_t *out, int32_t n, Stream s);

#endif
