/* A range of whole numbers, both ends included, written "1-4", or "3" for "3-3". */
#ifndef ROTE_BASE_CONFIG_SPAN_H
#define ROTE_BASE_CONFIG_SPAN_H

typedef struct Span {
    int low, high;
} Span;

#endif
