#include "train/online/bit_predictor.h"

#include <stdlib.h>
#include <string.h>

#include "train/online/apm.h"
#include "train/online/match_model.h"
#include "train/online/mixer.h"

enum {
    MATCH_SHORT = 5,
    MATCH_LONG = 12,
    MODEL_INPUTS = 2,
    KNOWN = NGRAMS_ORDERS_MAX + 1,
    BYTE = 256,
    APM_ORDER2_BITS = 16,
    SURE = 16 /* classes of the model's logit */
};
static const float BIAS = 0.3f;

struct BitPredictor {
    PredictorParts parts;
    Logistic logistic;
    Ngrams *ngrams;
    MatchModel *match_short, *match_long;
    Mixer mixer;
    Apm order0, order1, order2;
    double tree[2 * BYTE]; /* binary tree over the bits of a byte: the model's probability of each node */
};

static MixerPlan mixer_plan(const PredictorParts *p) {
    return (MixerPlan){
        .inputs = 1 + (p->ngrams ? ngrams_inputs(p->set) : 0) + (p->match ? 2 * MATCH_INPUTS : 0) +
                  (p->model ? MODEL_INPUTS : 0),
        .choosers = 6 + p->model,
        .choices = {BYTE, BYTE * 8, MATCH_LENGTHS * KNOWN, BYTE * 3, BYTE * KNOWN, BYTE * 8, SURE * KNOWN},
        .last_choices = BYTE};
}

double bit_predictor_bytes(const PredictorParts *p, uint64_t content_bytes) {
    MixerPlan plan = mixer_plan(p);
    return (double)sizeof(BitPredictor) + mixer_bytes(&plan) + apm_bytes(BYTE) + apm_bytes(BYTE * BYTE) +
           apm_bytes(1 << APM_ORDER2_BITS) + (p->ngrams ? ngrams_bytes(p->set, content_bytes) : 0) +
           (p->match ? 2 * match_model_bytes(content_bytes) : 0);
}

Status bit_predictor_create(BitPredictor **out, const PredictorParts *p, uint64_t content_bytes, Err *err) {
    *out = NULL;
    BitPredictor *b = calloc(1, sizeof *b);
    if (!b) return err_set(err, ERR_NOMEM, "no memory to predict bits");
    const Logistic *l = &b->logistic;
    MixerPlan plan = mixer_plan(p);
    b->parts = *p;
    logistic_begin(&b->logistic);
    Status status = OK;
    TRY_GOTO(mixer_create(&b->mixer, &plan, l, err));
    TRY_GOTO(apm_create(&b->order0, BYTE, l, err));
    TRY_GOTO(apm_create(&b->order1, BYTE * BYTE, l, err));
    TRY_GOTO(apm_create(&b->order2, 1 << APM_ORDER2_BITS, l, err));
    if (p->ngrams) TRY_GOTO(ngrams_create(&b->ngrams, p->set, content_bytes, l, err));
    if (p->match) TRY_GOTO(match_model_create(&b->match_short, MATCH_SHORT, content_bytes, l, err));
    if (p->match) TRY_GOTO(match_model_create(&b->match_long, MATCH_LONG, content_bytes, l, err));
done:
    if (status != OK) bit_predictor_free(b);
    else *out = b;
    return status;
}

void bit_predictor_free(BitPredictor *b) {
    if (!b) return;
    ngrams_free(b->ngrams);
    match_model_free(b->match_short);
    match_model_free(b->match_long);
    mixer_free(&b->mixer);
    apm_free(&b->order0);
    apm_free(&b->order1);
    apm_free(&b->order2);
    free(b);
}

static uint32_t to_16_bits(double p) {
    double scaled = p * 65536;
    return scaled < 65535 ? (uint32_t)scaled : 65535;
}

/* P(next bit = 1) from a distribution of the byte: the share of bytes that continue with 1 among those that
 * begin with the bits known so far. Writes MODEL_INPUTS. */
static void read_model(BitPredictor *b, const Past *past, const double *model, float *x) {
    if (past->bits == 0) {
        memcpy(b->tree + BYTE, model, BYTE * sizeof *model);
        for (int i = BYTE - 1; i > 0; i--) b->tree[i] = b->tree[2 * i] + b->tree[2 * i + 1];
    }
    double p = b->tree[2 * past->partial + 1] / b->tree[past->partial];
    x[0] = stretch(&b->logistic, to_16_bits(p));
    x[1] = (float)(p - 0.5) * 4;
}

uint32_t bit_predictor_predict(BitPredictor *b, const Past *past, const double *model) {
    float *x = b->mixer.input;
    int known = 0, length = 0, expected = 0;
    *x++ = BIAS;
    if (b->ngrams) {
        ngrams_predict(b->ngrams, past, x);
        x += ngrams_inputs(b->parts.set);
        known = ngrams_known(b->ngrams);
    }
    if (b->match_short) {
        match_model_predict(b->match_short, past, x);
        match_model_predict(b->match_long, past, x + MATCH_INPUTS);
        x += 2 * MATCH_INPUTS;
        bool longer = match_model_length(b->match_long) > match_model_length(b->match_short);
        const MatchModel *better = longer ? b->match_long : b->match_short;
        length = match_model_length(better);
        expected = match_model_byte(better);
    }
    int sure = 0;
    if (b->parts.model) {
        read_model(b, past, model, x);
        sure = (int)(x[0] + SURE * 0.5F);
        sure = sure < 0 ? 0 : sure < SURE ? sure : SURE - 1;
    }

    int last = (int)past_byte(past, 1), before = (int)past_byte(past, 2), partial = past->partial;
    int matched = length == 0 ? 0 : length < MATCH_LENGTHS / 2 ? 1 : 2;
    const int chosen[] = {partial,
                          last * 8 + past->bits,
                          length * KNOWN + known,
                          matched * BYTE + before,
                          known * BYTE + last,
                          expected * 8 + past->bits,
                          sure * KNOWN + known};
    float p = mixer_predict(&b->mixer, chosen, partial), logit = stretch(&b->logistic, to_16_bits((double)p));
    uint32_t order2 = (uint32_t)(partial | last << 8 | before << 16) * 0x9e3779b1u >> (32 - APM_ORDER2_BITS);
    p = 0.4f * p + 0.1f * apm_refine(&b->order0, logit, partial) +
        0.25f * apm_refine(&b->order1, logit, last * BYTE + partial) +
        0.25f * apm_refine(&b->order2, logit, (int)order2);
    const uint32_t one = 1 << PREDICTOR_BITS;
    uint32_t scaled = (uint32_t)(p * (float)one);
    return scaled < PREDICTOR_MIN         ? PREDICTOR_MIN
           : scaled > one - PREDICTOR_MIN ? one - PREDICTOR_MIN
                                          : scaled;
}

void bit_predictor_learn(BitPredictor *b, int bit) {
    mixer_learn(&b->mixer, bit);
    if (b->ngrams) ngrams_learn(b->ngrams, bit);
    if (b->match_short) match_model_learn(b->match_short, bit);
    if (b->match_long) match_model_learn(b->match_long, bit);
    apm_learn(&b->order0, bit);
    apm_learn(&b->order1, bit);
    apm_learn(&b->order2, bit);
}
