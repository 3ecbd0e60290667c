#include "train/online/mixer.h"

enum { LANES = 16 };

static const float START = 0.05f, RATE = 0.02f, RATE_END = 0.003f, RATE_FALL = 1.0f / 65536,
                   LAST_RATE = 0.0005f;

static void lay_out(Mixer *m) {
    uintptr_t base = (uintptr_t)m->arena.base;
    m->arena.size = 0;
#define PLACE(pointer, count)                                                                                \
    (pointer) = (void *)(base + arena_add(&m->arena, (size_t)(count) * sizeof *(pointer)))
    m->padded = (m->plan.inputs + LANES - 1) / LANES * LANES;
    PLACE(m->input, m->padded);
    for (int s = 0; s < m->plan.choosers; s++) PLACE(m->weight[s], m->padded * m->plan.choices[s]);
    PLACE(m->last_weight, m->plan.choosers * m->plan.last_choices);
#undef PLACE
}

double mixer_bytes(const MixerPlan *plan) {
    Mixer m = {.plan = *plan};
    lay_out(&m);
    return (double)m.arena.size;
}

static void fill(float *w, float value, int n) {
    for (int i = 0; i < n; i++) w[i] = value;
}

Status mixer_create(Mixer *m, const MixerPlan *plan, const Logistic *logistic, Err *err) {
    *m = (Mixer){.plan = *plan, .logistic = logistic, .rate = RATE};
    lay_out(m);
    TRY(arena_allocate(&m->arena, "mixer", err));
    lay_out(m);
    for (int s = 0; s < plan->choosers; s++) fill(m->weight[s], START, m->padded * plan->choices[s]);
    fill(m->last_weight, 1 / (float)plan->choosers, plan->choosers * plan->last_choices);
    return OK;
}

void mixer_free(Mixer *m) { arena_free(&m->arena); }

/* Sixteen partial sums, added 8-4-2-1. */
static float dot(const float *x, const float *w, int n) {
    float sum[LANES] = {0};
    for (int i = 0; i < n; i += LANES)
        for (int j = 0; j < LANES; j++) sum[j] += x[i + j] * w[i + j];
    for (int half = LANES / 2; half; half /= 2)
        for (int j = 0; j < half; j++) sum[j] += sum[j + half];
    return sum[0];
}

static void add(float *w, const float *x, float by, int n) {
    for (int i = 0; i < n; i++) w[i] += by * x[i];
}

float mixer_predict(Mixer *m, const int *chosen, int last_chosen) {
    float sum = 0;
    m->last_row = m->last_weight + last_chosen * m->plan.choosers;
    for (int s = 0; s < m->plan.choosers; s++) {
        m->row[s] = m->weight[s] + (ptrdiff_t)chosen[s] * m->padded;
        float x = dot(m->input, m->row[s], m->padded);
        m->x[s] = x > SQUASH_LIMIT ? SQUASH_LIMIT : x < -SQUASH_LIMIT ? -SQUASH_LIMIT : x;
        m->p[s] = squash(m->logistic, m->x[s]);
        sum += m->last_row[s] * m->x[s];
    }
    return m->last_p = squash(m->logistic, sum);
}

void mixer_learn(Mixer *m, int bit) {
    float y = (float)bit, last_by = (y - m->last_p) * LAST_RATE;
    for (int s = 0; s < m->plan.choosers; s++) {
        m->last_row[s] += last_by * m->x[s];
        add(m->row[s], m->input, (y - m->p[s]) * m->rate, m->padded);
    }
    m->rate += (RATE_END - m->rate) * RATE_FALL;
}
