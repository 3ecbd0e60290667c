/* How many bits a model's weights hold for certain: H less the bits of an archive that was written and read back
 * (docs/math.md, "Archives and certified bits"). No assumption about training goes in, and over fresh draws of the
 * facts the mean is a lower bound of the mutual information between facts and weights. */
#ifndef ROTE_EVAL_CAPACITY_CERTIFY_H
#define ROTE_EVAL_CAPACITY_CERTIFY_H

#include "eval/archive/two_part.h"
#include "eval/quantized.h"
#include "eval/stats/stats.h"

/* Random facts are coded in fewer than H bits less so many once in 2^64 times: before that, something leaks. */
#define LEAK_BITS 64.0

typedef struct CertifyOptions {
    Quantize kind; /* what the archive holds the weights in */
    QuantizeMethod method;
    bool as_set; /* the facts without their order */
    int threads; /* 0: one per core; changes no bit */
} CertifyOptions;

typedef struct Certificate {
    double data_bits;      /* H of the draw; as a set H - log2 N! */
    double code_bits;      /* R: stream and side information, given the weights */
    double certified_bits; /* H - R, signed */
    double archive_bits;   /* all of the archive, weights and header, too */
    double weight_bits;    /* that the format takes (model/quantize.h) */
    double stored_bits;  /* that the archive's weights take, entropy-coded: they cannot hold more than that */
    double ceiling_bits; /* min of weight_bits and M* = H - N log2 N; as a set, and H - log2 N! */
    bool leaks;          /* the whole archive is shorter than H - LEAK_BITS */
} Certificate;

/* Writes the archive of g and its facts, reads it back and compares.
 *   held  what g's weights are held in; where that is the format of the options they stay as they are
 * ERR_INPUT: nobody knows the facts' entropy, they cannot be a set, or GPTQ with a format without codes.
 * ERR_FORMAT: what comes back is not what went in. ERR_NOMEM, ERR_NUMERIC. */
Status certify(Certificate *out, const Gpt *g, Quantize held, const FactSet *facts,
               const CertifyOptions *options, Err *err);

/* Whether an archive of so many bits, weights and all, has learned random facts from elsewhere. */
bool archive_leaks(double archive_bits, double data_bits);

/* ---- over runs of one model, of as many facts ---- */

typedef struct CertifiedRun {
    const char *data_hash; /* runs on the same facts are one draw */
    double memorized_bits; /* by cross-entropy, with the weights as trained */
    Certificate certificate;
} CertifiedRun;

/* Means over draws, with 95 % intervals where there are two. */
typedef struct CertifiedMean {
    int n_runs, n_draws;
    double data_bits, ceiling_bits, weight_bits, stored_bits;
    Interval memorized, certified;
    Interval share;      /* certified / memorized */
    double least_margin; /* archive_bits - data_bits, the least of all: an alarm below -LEAK_BITS */
} CertifiedMean;
/* ERR_NOMEM. */
Status certified_mean(CertifiedMean *out, const CertifiedRun *runs, int n, Err *err);

#endif
