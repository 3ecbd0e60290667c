#include "model/team.h"

#include <sched.h>
#include <stddef.h>

#include "base/err.h"

void team_wait(const Team *team) {
    if (team->size == 1) return;
    Barrier *b = team->barrier;
    CHECK(b && b->size == team->size);
    unsigned phase = atomic_load_explicit(&b->phase, memory_order_acquire);
    if (atomic_fetch_add_explicit(&b->arrived, 1, memory_order_acq_rel) == b->size - 1) {
        atomic_store_explicit(&b->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&b->phase, phase + 1, memory_order_release);
        return;
    }
    int spins = 1000; /* then let other threads run: there may be more threads than cores */
    while (atomic_load_explicit(&b->phase, memory_order_acquire) == phase) {
        if (spins > 0) spins--;
        else sched_yield();
    }
}

void team_share(const Team *team, int n, int unit, int *from, int *to) {
    int units = (n + unit - 1) / unit;
    int a = (int)((long long)units * team->rank / team->size) * unit;
    int b = (int)((long long)units * (team->rank + 1) / team->size) * unit;
    *from = a < n ? a : n;
    *to = b < n ? b : n;
}
