/* Numbers and tokens as people read them. */
#include "cli/common/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/number.h"
#include "base/text.h"

enum { SHOW_SIZE = 40, SHOW_SLOTS = 8 };

static char *slot(void) {
    static char text[SHOW_SLOTS][SHOW_SIZE];
    static int next;
    return text[next++ % SHOW_SLOTS];
}

const char *show_int(int64_t n) { return count_text(slot(), n); }

const char *show_bytes(double bytes) { return bytes_text(slot(), bytes); }

const char *show_short(double n) {
    char *out = slot();
    const char *unit[] = {"", "k", "M", "G", "T"};
    int u = 0;
    while (n >= 1000 && u < 4) {
        n /= 1000;
        u++;
    }
    snprintf(out, SHOW_SIZE, u && n < 100 ? "%.1f%s" : "%.0f%s", n, unit[u]);
    return out;
}

const char *show_clock(double seconds) {
    char *out = slot();
    int s = (int)(seconds + 0.5);
    snprintf(out, SHOW_SIZE, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    return out;
}

const char *show_duration(double seconds) {
    char *out = slot();
    static const struct {
        double below, unit;
        const char *name;
    } scale[] = {{90, 1, "seconds"}, {5400, 60, "minutes"}, {172800, 3600, "hours"}, {1e300, 86400, "days"}};
    int i = 0;
    while (seconds >= scale[i].below && i < 3) i++;
    if (seconds < 1) snprintf(out, SHOW_SIZE, "under a second");
    else if (seconds < 1.5) snprintf(out, SHOW_SIZE, "about a second");
    else snprintf(out, SHOW_SIZE, "about %.0f %s", seconds / scale[i].unit, scale[i].name);
    return out;
}

const char *show_share(double share) {
    char *out = slot();
    snprintf(out, SHOW_SIZE, isnan(share) ? "-" : "%.4f", share);
    return out;
}

const char *show_name(const char *name) {
    static char shown[4][ESCAPED_MAX * 1280];
    static int next;
    bool plain = true;
    const char *at = name;
    for (size_t left = strlen(name); left;) {
        char one[ESCAPED_MAX];
        const char *from = at;
        size_t n = escape_next(one, &at, &left);
        plain = plain && (*from == '\\' || (n == (size_t)(at - from) && !memcmp(one, from, n)));
    }
    if (plain) return name;
    char *out = shown[next++ % 4];
    (void)escape(out, sizeof shown[0], name); /* cut where it is longer than any path */
    return out;
}

const char *plural(int64_t n) { return n == 1 ? "" : "s"; }

/* The text of a symbol, or its number: a model may have more symbols than the facts (model.vocab_size, marks of calls).
 * Returns its bytes; out NULL: only counts. */
static size_t symbol_text(const Vocab *vocab, int32_t token, char *out) {
    char number[16];
    bool spelled = vocab->text && token < vocab->size;
    size_t length = spelled
                        ? (size_t)vocab->length[token]
                        : (size_t)snprintf(number, sizeof number, vocab->text ? "<%d>" : "%d", (int)token);
    if (out) memcpy(out, spelled ? vocab->text[token] : number, length);
    return length;
}

char *show_tokens(const Vocab *vocab, const int32_t *tokens, int n) {
    size_t room = 1, used = 0;
    for (int i = 0; i < n; i++) room += symbol_text(vocab, tokens[i], NULL) + 1;
    char *raw = malloc(room), *escaped = malloc(4 * room);
    if (!raw || !escaped) {
        free(raw);
        free(escaped);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        if (tokens[i] == vocab->eos) continue;
        if (used && !vocab->bytes) raw[used++] = ' ';
        used += symbol_text(vocab, tokens[i], raw + used);
    }
    text_escape(escaped, 4 * room, (Text){raw, used});
    free(raw);
    return escaped;
}
