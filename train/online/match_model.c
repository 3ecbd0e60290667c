#include "train/online/match_model.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "train/online/chance.h"

enum {
    MIN_PLACE_BITS = 10,
    MAX_PLACE_BITS = 22,
    MAX_LENGTH = 400, /* longer matches count as this */
    LENGTH_SURE = 16, /* a match of this length resets misses */
    MAX_MISSES = 3,
    CHANCE_LIMIT = 1023
};

struct MatchModel {
    const Logistic *logistic;
    int shortest, place_bits;
    uint32_t *place; /* by hash of the last bytes: the position after their last occurrence; 0: none */
    size_t at;       /* position of the predicted byte; 0: no match */
    uint32_t length; /* bytes that agree before it; 0 after a wrong bit */
    uint32_t misses; /* recent wrong predictions */
    int expected, length_class;
    Chance chance[MATCH_LENGTHS][MAX_MISSES + 1][2];
    Chance *now; /* the one that predicts this bit; NULL: no match */
};

static int place_bits(uint64_t content_bytes) {
    int bits = MIN_PLACE_BITS;
    while (bits < MAX_PLACE_BITS && (uint64_t)1 << bits < content_bytes) bits++;
    return bits;
}

double match_model_bytes(uint64_t content_bytes) {
    return (double)(sizeof(MatchModel) + (sizeof(uint32_t) << place_bits(content_bytes)));
}

Status match_model_create(MatchModel **out, int shortest, uint64_t content_bytes, const Logistic *logistic,
                          Err *err) {
    *out = NULL;
    MatchModel *m = calloc(1, sizeof *m);
    int bits = place_bits(content_bytes);
    if (m) m->place = memory_alloc(sizeof *m->place << bits);
    if (!m || !m->place) {
        match_model_free(m);
        return err_set(err, ERR_NOMEM, "no memory for matches");
    }
    m->logistic = logistic;
    m->shortest = shortest;
    m->place_bits = bits;
    for (int i = 0; i < MATCH_LENGTHS; i++)
        for (int j = 0; j <= MAX_MISSES; j++) {
            m->chance[i][j][0].p = (uint32_t)1 << 29;
            m->chance[i][j][1].p = (uint32_t)7 << 29;
        }
    *out = m;
    return OK;
}

void match_model_free(MatchModel *m) {
    if (!m) return;
    memory_free(m->place);
    free(m);
}

int match_model_length(const MatchModel *m) { return m->length_class; }
int match_model_byte(const MatchModel *m) { return m->length_class ? m->expected : 0; }

static int class_of(uint32_t length) {
    static const uint16_t min_length[MATCH_LENGTHS] = {0,  1,  5,  6,  7,  8,  12,  16,
                                                       20, 24, 28, 32, 48, 64, 128, 256};
    int i = MATCH_LENGTHS - 1;
    while (length < min_length[i]) i--;
    return i;
}

static bool agrees(const Past *past, size_t at, uint32_t length) {
    return length < at && past->data[at - 1 - length] == past->data[past->at - 1 - length];
}

static void miss(MatchModel *m) {
    m->length = 0;
    m->misses += m->misses < MAX_MISSES;
}

static void find_match(MatchModel *m, const Past *past) {
    if (past->at < (size_t)m->shortest) return;
    if (m->at && m->length && past->data[m->at] != past->data[past->at - 1]) miss(m); /* in the last bit */
    if (m->at && m->length) {
        m->at++;
        m->length += m->length < MAX_LENGTH;
    } else m->at = 0;
    uint64_t hash = 0;
    for (int k = 1; k <= m->shortest; k++)
        hash = (hash + past_byte(past, (size_t)k) + 1) * 0x9e3779b97f4a7c15;
    uint32_t *place = &m->place[hash >> (64 - m->place_bits)];
    if (!m->at && *place) {
        m->at = *place;
        m->length = 0;
        while (m->length < MAX_LENGTH && agrees(past, m->at, m->length)) m->length++;
        if (m->length < (uint32_t)m->shortest) m->at = 0;
    }
    *place = (uint32_t)past->at;
    if (m->at && m->length >= LENGTH_SURE) m->misses = 0;
    m->expected = m->at ? past->data[m->at] : 0;
}

void match_model_predict(MatchModel *m, const Past *past, float *input) {
    if (past->bits == 0) find_match(m, past);
    m->length_class = 0;
    m->now = NULL;
    input[0] = input[1] = 0;
    if (!m->at || !m->length) return;
    if ((m->expected | 256) >> (8 - past->bits) != past->partial) {
        miss(m);
        return;
    }
    int bit = m->expected >> (7 - past->bits) & 1;
    m->length_class = class_of(m->length);
    m->now = &m->chance[m->length_class][m->misses][bit];
    float sure = (float)(m->length < 32 ? m->length : 32) * (1.0f / 16);
    input[0] = stretch(m->logistic, chance_p16(m->now));
    input[1] = bit ? sure : -sure;
}

void match_model_learn(MatchModel *m, int bit) {
    if (m->now) chance_learn(m->now, bit, CHANCE_LIMIT);
}
