#include "base/ranges.h"

#include <stdint.h>

/* A whole number at text[*at]; -1: no number, or one too large for any list. */
static int64_t number_at(const char *text, size_t length, size_t *at) {
    size_t from = *at;
    int64_t n = 0;
    for (; *at < length && text[*at] >= '0' && text[*at] <= '9'; (*at)++)
        if (n <= INT32_MAX) n = 10 * n + (text[*at] - '0');
    return *at > from ? n : -1;
}

Status ranges_parse(bool *chosen, int n, const char *text, size_t length, Err *err) {
    for (size_t at = 0;; at++) {
        int64_t from = number_at(text, length, &at), to = from;
        bool range = at < length && text[at] == '-';
        if (range) at++, to = number_at(text, length, &at);
        if (from < 0 || to < 0 || (at < length && text[at] != ','))
            return err_set(err, ERR_INPUT,
                           "'%.*s' is not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15",
                           (int)(length < 100 ? length : 100), text);
        if (to < from)
            return err_set(err, ERR_INPUT, "%lld-%lld runs backward", (long long)from, (long long)to);
        if (to >= n)
            return err_set(err, ERR_INPUT, "%lld is out of range; allowed: 0 to %d",
                           (long long)(from >= n ? from : to), n - 1);
        for (int64_t i = from; i <= to; i++) chosen[i] = true;
        if (at == length) return OK;
    }
}
