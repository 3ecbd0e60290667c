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

Status range_next(Range *out, int n, const char *text, size_t length, size_t *at, Err *err) {
    int64_t first = number_at(text, length, at), last = first;
    if (*at < length && text[*at] == '-') {
        (*at)++;
        last = number_at(text, length, at);
    }
    if (first < 0 || last < 0 || (*at < length && text[*at] != ','))
        return err_set(err, ERR_INPUT, "not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15");
    if (last < first)
        return err_set(err, ERR_INPUT, "%lld-%lld runs backward", (long long)first, (long long)last);
    if (last >= n)
        return err_set(err, ERR_INPUT, "%lld is out of range; allowed: 0 to %d",
                       (long long)(first >= n ? first : last), n - 1);
    *out = (Range){(int)first, (int)last};
    return OK;
}

Status ranges_parse(bool *chosen, int n, const char *text, size_t length, Err *err) {
    for (size_t at = 0;; at++) {
        Range range;
        Status status = range_next(&range, n, text, length, &at, err);
        if (status != OK) {
            err_prefix(err, "'%.*s': ", (int)(length < 100 ? length : 100), text);
            return status;
        }
        for (int i = range.first; i <= range.last; i++) chosen[i] = true;
        if (at == length) return OK;
    }
}
