#include "train/online/bit_history.h"

#include <string.h>

#include "base/err.h"

/* The most that one count may reach beside the other. */
static const uint8_t most_beside[] = {48, 32, 20, 14, 10, 8, 7};
enum { MOST = 48, MOST_BESIDE = sizeof most_beside - 1, LAST = 7 /* none, 0, 1, 00, 01, 10, 11 */ };

static int most(int other) { return most_beside[other < MOST_BESIDE ? other : MOST_BESIDE]; }

static int forget(int n) { return n <= 2 ? n : (n + 2) / 2; }

static int last_after(int last, int bit) {
    if (last == 0) return 1 + bit;
    int before = last < 3 ? last - 1 : (last - 3) & 1;
    return 3 + 2 * before + bit;
}

void bit_history_begin(BitHistory *h) {
    uint16_t number[MOST + 1][MOST + 1][LAST];
    uint8_t last[HISTORY_MAX] = {0};
    memset(number, 0xff, sizeof number);
    number[0][0][0] = 0;
    h->zeros[0] = h->ones[0] = 0;
    h->count = 1;
    for (int i = 0; i < h->count; i++)
        for (int bit = 0; bit < 2; bit++) {
            int same = bit ? h->ones[i] : h->zeros[i], other = forget(bit ? h->zeros[i] : h->ones[i]);
            if (same < most(other)) same++;
            else same = most(other);
            if (other > most(same)) other = most(same);
            int zeros = bit ? other : same, ones = bit ? same : other, after = last_after(last[i], bit);
            uint16_t *n = &number[zeros][ones][after];
            if (*n == UINT16_MAX) {
                CHECK(h->count < HISTORY_MAX);
                *n = (uint16_t)h->count;
                h->zeros[h->count] = (uint8_t)zeros;
                h->ones[h->count] = (uint8_t)ones;
                last[h->count++] = (uint8_t)after;
            }
            h->next[i][bit] = *n;
        }
}
