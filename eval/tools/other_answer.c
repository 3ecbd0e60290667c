#include "eval/tools/other_answer.h"

enum { TRIES = 64 }; /* donors that are drawn */

/* The donor's call of the same attribute whose answer is as long; NULL: it has none. */
static const Call *call_like(const OtherAnswers *o, const Call *call, int donor) {
    int64_t c = o->calls->start[donor], end = o->calls->start[donor + 1];
    while (c < end && o->calls->call[c].attribute != call->attribute) c++;
    return c < end && o->calls->call[c].n_result == call->n_result ? &o->calls->call[c] : NULL;
}

/* Whether it is another answer than the true one. */
static bool answer_of(const OtherAnswers *o, int i, const Call *call, int donor, uint64_t index) {
    const FactSet *facts = o->facts;
    const int32_t *truth = facts->tokens + facts->start[i] + call->row;
    int32_t *answer = o->tokens + facts->start[i] + call->row;
    const Call *like = call_like(o, call, donor);
    bool same = true;
    for (int k = 0; k < call->n_result; k++) {
        int32_t other = truth[k];
        if (o->symbol_class[truth[k]] && !o->whole) {
            uint64_t from = (2 * index + 1) * 64 + (uint64_t)k;
            do other = (int32_t)random_below(o->stream, from++, (uint64_t)facts->vocab.size);
            while (o->symbol_class[other] != o->symbol_class[truth[k]]);
        } else if (like) {
            other = facts->tokens[facts->start[donor] + like->row + k];
        }
        same = same && other == truth[k];
        answer[k] = other;
    }
    return !same;
}

/* Of a fact that is drawn; where drawing finds none, of the first that has another answer. */
bool other_answer(const OtherAnswers *o, int i, int64_t call) {
    const Call *c = &o->calls->call[call];
    int n = o->facts->n_pool;
    uint64_t index = (uint64_t)call << 20;
    for (int try = 0; try < TRIES; try++, index++)
        if (answer_of(o, i, c, (int)random_below(o->stream, 2 * index, (uint64_t)n), index)) return true;
    for (int donor = 0; donor < n; donor++)
        if (answer_of(o, i, c, donor, index)) return true;
    return false;
}

int other_answers(const OtherAnswers *o, int first, int n) {
    int kept = 0;
    for (int i = first; i < first + n; i++)
        for (int64_t c = o->calls->start[i]; c < o->calls->start[i + 1]; c++)
            kept += o->calls->call[c].tool >= 0 && !other_answer(o, i, c);
    return kept;
}
