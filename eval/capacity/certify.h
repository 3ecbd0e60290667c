/* How many bits a model's weights provably hold: H minus the bits of an archive that was written and read back
 * (docs/math.md, "Archives and certified bits"). This makes no assumption about training. Over independent draws of
 * the facts, the mean is a lower bound of the mutual information between facts and weights. */
#ifndef ROTE_EVAL_CAPACITY_CERTIFY_H
#define ROTE_EVAL_CAPACITY_CERTIFY_H

#include "eval/archive/two_part.h"
#include "eval/quantized.h"
#include "eval/stats/stats.h"

/* The alarm level. An honest program codes random facts in fewer than H - LEAK_BITS bits with a probability of at most
 * 2^-64. A shorter archive shows a leak: information about the facts outside of the archive. */
#define LEAK_BITS 64.0

typedef struct CertifyOptions {
    Quantize kind; /* the format of the weights in the archive */
    QuantizeMethod method;
    bool as_set; /* facts coded as a set, without their order */
    int threads; /* 0: one per core; changes no bit */
} CertifyOptions;

typedef struct Certificate {
    double data_bits;      /* entropy H of the draw; as a set H - log2 N! */
    double code_bits;      /* R: bits of stream and side information, given the weights */
    double certified_bits; /* H - R; may be negative */
    double archive_bits;   /* bits of the whole archive, including weights and header */
    double weight_bits;    /* of the weights in that format (model/quantize.h) */
    double stored_bits; /* of the weights in the archive, entropy-coded: an upper bound of what they hold */
    /* min of weight_bits and M* = H - N log2 N; as a set, min of weight_bits and H - log2 N! */
    double ceiling_bits;
    bool leaks; /* the whole archive is shorter than H - LEAK_BITS */
} Certificate;

/* Writes the archive of g and its facts, reads it back and compares.
 *   weight_format  the format of g's weights; if it is the format of the archive, the weights are not rounded again
 * ERR_INPUT: the facts' entropy is unknown, they cannot be coded as a set, or GPTQ with a format without codes.
 * ERR_FORMAT: decoding gives other facts. ERR_NOMEM, ERR_NUMERIC. */
Status certify(Certificate *out, const Gpt *g, Quantize weight_format, const FactSet *facts,
               const CertifyOptions *options, Err *err);

/* Whether a whole archive is so short that information about random facts must have leaked into the program. */
bool archive_leaks(double archive_bits, double data_bits);

/* ---- over runs of one model and number of facts ---- */

typedef struct CertifiedRun {
    const char *data_hash; /* runs on the same facts count as one draw */
    double memorized_bits; /* memorized bits by cross-entropy, with the weights as trained */
    Certificate certificate;
} CertifiedRun;

/* Means over draws, with 95 % intervals where there are two. */
typedef struct CertifiedMean {
    int n_runs, n_draws;
    double data_bits, ceiling_bits, weight_bits, stored_bits;
    Interval memorized, certified;
    Interval share;    /* certified / memorized; NAN where a draw has none memorized */
    double min_margin; /* the minimum of archive_bits - data_bits: leak alarm below -LEAK_BITS */
} CertifiedMean;
/* ERR_NOMEM. */
Status certified_mean(CertifiedMean *out, const CertifiedRun *runs, int n, Err *err);

#endif
