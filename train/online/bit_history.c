#include "train/online/bit_history.h"

#include <string.h>

#include "base/err.h"

/* How large one count may be beside the other. */
static const uint8_t max_beside[] = {48, 32, 20, 14, 10, 8, 7};
enum { MAX_COUNT = 48, LAST_BESIDE = sizeof max_beside - 1, LAST = 7 /* none, 0, 1, 00, 01, 10, 11 */ };

static int max_count_beside(int other) { return max_beside[other < LAST_BESIDE ? other : LAST_BESIDE]; }

static int forget(int n) { return n <= 2 ? n : (n + 2) / 2; }

static int last_after(int last, int bit) {
    if (last == 0) return 1 + bit;
    int before = last < 3 ? last - 1 : (last - 3) & 1;
    return 3 + 2 * before + bit;
}

void bit_history_begin(BitHistory *h) {
    uint16_t number[MAX_COUNT + 1][MAX_COUNT + 1][LAST];
    uint8_t last[HISTORY_MAX] = {0};
    memset(number, 0xff, sizeof number);
    number[0][0][0] = 0;
    h->zeros[0] = h->ones[0] = 0;
    h->count = 1;
    for (int i = 0; i < h->count; i++)
        for (int bit = 0; bit < 2; bit++) {
            int same = bit ? h->ones[i] : h->zeros[i], other = forget(bit ? h->zeros[i] : h->ones[i]);
            if (same < max_count_beside(other)) same++;
            else same = max_count_beside(other);
            if (other > max_count_beside(same)) other = max_count_beside(same);
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
