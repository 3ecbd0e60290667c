/* The figures of a run. One table (store/figure_rows.h) defines how each is named, written, read and shown. It serves
 * the writing and the reading of result.json, the evaluations in metrics.jsonl and the table.csv of a sweep
 * (docs/formats.md). */
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

/* Conditions under which a figure is present. A figure without a condition is present in every result. */
typedef enum FigureWhen {
    WITH_ANSWERS = 1 << 0,         /* the bits of the answers alone are known, or the entropy is unknown */
    WITH_UNKNOWN_ENTROPY = 1 << 1, /* imported facts and texts */
    WITH_TEXT = 1 << 2,            /* facts of kind text */
    WITH_QUANTIZED = 1 << 3,       /* train.quantize */
    WITH_BIOGRAPHIES = 1 << 4,     /* kinds bios and biod whose sizes are known */
    WITH_HELDOUT = 1 << 5,         /* held-out facts */
    WITH_TRAINING = 1 << 6,        /* a training run, not an evaluation by itself */
    WITH_UNEVEN = 1 << 7,          /* a training run with facts.zipf or train.select */
    WITH_SELECTION = 1 << 8        /* a run with train.select, and its own facts */
} FigureWhen;

/* Lists of some of the figures, each with its own order. */
typedef enum FigureList {
    FIGURES_LOGGED, /* an evaluation in metrics.jsonl */
    FIGURES_CSV,    /* table.csv of a sweep */
    FIGURES_COLUMN, /* the table of runs in a sweep's report */
    FIGURE_LISTS
} FigureList;

typedef struct FigureRow {
    const char *key;   /* in every file */
    const char *label; /* name for a reader, in a row */
    const char *head;  /* name for a reader, above a column; only for figures in FIGURES_COLUMN */
    const char *unit;  /* "bits", "bits/parameter", "nats/token", "bytes"; NULL: a count or a share */
    FigureKind kind;
    int decimals;            /* shown to a reader */
    unsigned when;           /* set of FigureWhen: present where at least one is true; 0: always present */
    int place[FIGURE_LISTS]; /* position in each list, the lowest first; 0: not in the list */
    bool needed;             /* every result of rote has the key */
    bool compared;           /* needed to compare the run with others; a count must then be at least 1 */
    bool bounded;            /* a value above 1e15 is an error */
    bool diverged;           /* also defined for a diverged run */
    const char *help;        /* one line */
} FigureRow;
extern const FigureRow figure_rows[FIGURE_COUNT];

typedef struct RunFigures {
    double value[FIGURE_COUNT]; /* NAN: unknown, or not present; integers are exact up to 2^53 */
    bool present[FIGURE_COUNT]; /* belongs to this run; if its value is unknown, files contain null */
} RunFigures;

/* Code bits of the tokens of one field of the facts. */
typedef struct FieldBits {
    char name[FIELD_NAME_MAX];
    double code_bits;    /* of all facts */
    double heldout_bits; /* mean of the held-out facts; NAN: there are none */
} FieldBits;

/* Sets every figure to not present, every value to NAN. */
void figures_init(RunFigures *out);
/* Marks as present the figures whose condition is in `holds` (a set of FigureWhen) and whose value was set; all other
 * values become NAN. */
void figures_keep(RunFigures *figures, unsigned holds);

/* The figure with that key; FIGURE_COUNT: there is none. */
RunFigure figure_find(const char *key);
/* Prints the table for a reader, in Markdown: key, unit, condition, content. For `rote help figures`; docs/formats.md
 * has the same text. */
void figures_help(FILE *out);
/* The figures of a list, in its order; returns how many. */
int figures_listed(FigureList list, RunFigure out[FIGURE_COUNT]);

/* The value as it is written to files: integers without decimals, reals so that they read back as the same double
 * (base/number.h), an unknown value as "null". Returns out. */
const char *figure_number(char out[NUMBER_TEXT_MAX], RunFigure figure, double value);
/* The value for a reader: "12,345", "1.031"; an unknown value is "-". Returns out. */
const char *figure_text(char out[NUMBER_TEXT_MAX], RunFigure figure, double value);

#endif
