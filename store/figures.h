/* The figures of a run: one table (store/figure_rows.h) says how each is called, written, read and shown. It serves
 * result.json in both directions, the evaluations in metrics.jsonl and a sweep's table.csv (docs/formats.md). */
#ifndef ROTE_STORE_FIGURES_H
#define ROTE_STORE_FIGURES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/number.h"
#include "data/facts.h"

typedef enum RunFigure {
#define FIGURE(NAME, ...) FIG_##NAME,
#include "store/figure_rows.h"
#undef FIGURE
    FIGURE_COUNT
} RunFigure;

typedef enum FigureKind { FIGURE_REAL, FIGURE_INTEGER } FigureKind;

/* What a figure is about. One that is about none of these is present in every result. */
typedef enum FigureWhen {
    WITH_ANSWERS = 1 << 0,         /* the bits of the answers alone are known, or the entropy is not */
    WITH_UNKNOWN_ENTROPY = 1 << 1, /* imported facts and texts */
    WITH_TEXT = 1 << 2,            /* facts of kind text */
    WITH_QUANTIZED = 1 << 3,       /* train.quantize */
    WITH_BIOGRAPHIES = 1 << 4,     /* kinds bios and biod whose sizes are known */
    WITH_HELDOUT = 1 << 5,         /* held-out facts */
    WITH_TRAINING = 1 << 6,        /* a training run, not an evaluation by itself */
    WITH_ZIPF = 1 << 7             /* a training run with facts.zipf */
} FigureWhen;

/* Lists that hold some of the figures, each in an order of its own. */
typedef enum FigureList {
    FIGURES_LOGGED, /* an evaluation in metrics.jsonl */
    FIGURES_CSV,    /* table.csv of a sweep */
    FIGURES_COLUMN, /* the table of runs in a sweep's report */
    FIGURE_LISTS
} FigureList;

typedef struct FigureRow {
    const char *key;   /* in every file */
    const char *label; /* for a reader, as the name of a row */
    const char *head;  /* the same above a column; only of those in FIGURES_COLUMN */
    const char *unit;  /* "bits", "bits/parameter", "nats/token", "bytes"; NULL: a count or a share */
    FigureKind kind;
    int decimals;            /* for a reader */
    unsigned when;           /* of FigureWhen: it is present where one of them holds; 0: always */
    int place[FIGURE_LISTS]; /* order in each list, the lowest first; 0: not in it */
    bool needed;             /* a result without the key was not written by rote */
    bool compared;           /* a run without it cannot be compared with others; a count is then at least 1 */
    bool bounded;            /* beyond 1e15 no run finds it */
    bool diverged;           /* it means something of a diverged run, too */
    const char *help;        /* one line */
} FigureRow;
extern const FigureRow figure_rows[FIGURE_COUNT];

typedef struct RunFigures {
    double value[FIGURE_COUNT]; /* NAN: unknown, or not present; integers are exact up to 2^53 */
    bool present[FIGURE_COUNT]; /* it is about this run; where its value is unknown, files say null */
} RunFigures;

/* Code bits of the tokens of one field of the facts. */
typedef struct FieldBits {
    char name[FIELD_NAME_MAX];
    double code_bits;    /* of all facts */
    double heldout_bits; /* of a held-out fact, mean; NAN where there are none */
} FieldBits;

/* Nothing is present, every value NAN. */
void figures_init(RunFigures *out);
/* Makes present what is about a run of which `holds` (of FigureWhen) is true, as far as its value was set; the
 * values of all others become NAN. */
void figures_keep(RunFigures *figures, unsigned holds);

/* The figure of that key; FIGURE_COUNT: there is none. */
RunFigure figure_find(const char *key);
/* The table for a reader, in Markdown: key, unit, when it is present, what it is. `rote help figures`; docs/formats.md
 * has the same text. */
void figures_help(FILE *out);
/* The figures of a list in its order; returns how many. */
int figures_listed(FigureList list, RunFigure out[FIGURE_COUNT]);

/* The value as files have it: integers whole, reals so that they read back to the same double (base/number.h),
 * "null" for an unknown one. Returns out. */
const char *figure_number(char out[NUMBER_TEXT_MAX], RunFigure figure, double value);
/* The value for a reader: "12,345", "1.031", "-" for an unknown one. Returns out. */
const char *figure_text(char out[NUMBER_TEXT_MAX], RunFigure figure, double value);

#endif
