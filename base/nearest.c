#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 80 };

static int min(int a, int b) { return a < b ? a : b; }

/* The number of insertions, deletions, changes and swaps of neighbours (optimal string alignment: Damerau 1964). */
static int edit_distance(const char *a, const char *b) {
    int n = (int)strnlen(a, WORD_MAX), m = (int)strnlen(b, WORD_MAX);
    int rows[3][WORD_MAX + 1];
    for (int j = 0; j <= m; j++) rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            now[j] = min(min(above[j], now[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = min(now[j], two_above[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

const char *nearest_name(const char *word, const char *const *names) {
    int length = (int)strnlen(word, WORD_MAX), best = length / 3 < 1 ? 2 : length / 3 + 1;
    const char *found = NULL;
    for (; *names; names++) {
        int longer = (int)strnlen(*names, WORD_MAX) - length;
        if (longer >= best || -longer >= best) continue; /* as many insertions are needed */
        int distance = edit_distance(word, *names);
        if (distance < best && distance < length) {
            best = distance;
            found = *names;
        }
    }
    return found;
}
