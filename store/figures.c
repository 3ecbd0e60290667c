#include "store/figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The words in capitals that the rows use. */
#define COUNT                   .kind = FIGURE_INTEGER
#define BITS(digits)            .kind = FIGURE_REAL, .unit = "bits", .decimals = (digits)
#define RATIO(digits)           .kind = FIGURE_REAL, .decimals = (digits)
#define NATS                    .kind = FIGURE_REAL, .unit = "nats/token", .decimals = 4
#define AT(logged, csv, column) .place = {(logged), (csv), (column)}

#define FIGURE(NAME, word, words, ...) [FIG_##NAME] = {.key = (word), .label = (words), __VA_ARGS__},
const FigureRow figure_rows[FIGURE_COUNT] = {
#include "store/figure_rows.h"
};

void figures_init(RunFigures *out) {
    for (int f = 0; f < FIGURE_COUNT; f++) {
        out->value[f] = __builtin_nan("");
        out->present[f] = false;
    }
}

void figures_keep(RunFigures *figures, unsigned holds) {
    for (int f = 0; f < FIGURE_COUNT; f++) {
        figures->present[f] = !figure_rows[f].when || figure_rows[f].when & holds;
        if (!figures->present[f]) figures->value[f] = __builtin_nan("");
    }
}

RunFigure figure_find(const char *key) {
    int f = 0;
    while (f < FIGURE_COUNT && strcmp(figure_rows[f].key, key)) f++;
    return (RunFigure)f;
}

int figures_listed(FigureList list, RunFigure out[FIGURE_COUNT]) {
    int n = 0;
    for (int f = 0; f < FIGURE_COUNT; f++) {
        int place = figure_rows[f].place[list], at = n;
        if (!place) continue;
        for (; at > 0 && figure_rows[out[at - 1]].place[list] > place; at--) out[at] = out[at - 1];
        out[at] = (RunFigure)f;
        n++;
    }
    return n;
}

const char *figure_number(char out[NUMBER_TEXT_MAX], RunFigure figure, double value) {
    bool huge = !(__builtin_fabs(value) <= 0x1p53); /* true of NAN */
    if (figure_rows[figure].kind == FIGURE_REAL || huge) return number_text(out, value);
    snprintf(out, NUMBER_TEXT_MAX, "%" PRId64, (int64_t)value);
    return out;
}

const char *figure_text(char out[NUMBER_TEXT_MAX], RunFigure figure, double value) {
    bool huge = __builtin_fabs(value) >= 1e15; /* false of NAN */
    if (!__builtin_isfinite(value)) snprintf(out, NUMBER_TEXT_MAX, "-");
    else if (huge) snprintf(out, NUMBER_TEXT_MAX, "%.6g", value);
    else if (figure_rows[figure].kind == FIGURE_INTEGER) count_text(out, (int64_t)value);
    else snprintf(out, NUMBER_TEXT_MAX, "%.*f", figure_rows[figure].decimals, value);
    return out;
}

void figures_help(FILE *out) {
    static const struct {
        unsigned when;
        const char *words;
    } conditions[] = {
        {0, "always"},
        {WITH_ANSWERS, "prompts, or H unknown"},
        {WITH_UNKNOWN_ENTROPY, "H unknown"},
        {WITH_TEXT, "kind text"},
        {WITH_QUANTIZED, "train.quantize"},
        {WITH_BIOGRAPHIES, "bios, biod"},
        {WITH_HELDOUT, "held-out facts"},
        {WITH_TRAINING, "a training run"},
        {WITH_UNEVEN, "facts.zipf, train.select"},
        {WITH_SELECTION, "train.select"},
    };
    fputs("| figure | unit | present | content |\n|---|---|---|---|\n", out);
    for (int f = 0; f < FIGURE_COUNT; f++) {
        const FigureRow *row = &figure_rows[f];
        fprintf(out, "| `%s` | %s | ", row->key, row->unit ? row->unit : "");
        for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
            if (row->when == conditions[i].when) fputs(conditions[i].words, out);
        fprintf(out, " | %s |\n", row->help);
    }
}
