/* The parts of every page of rote: one file without network access, readable on a phone, light and dark. */
#ifndef ROTE_EVAL_REPORT_PAGE_H
#define ROTE_EVAL_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

/* Style sheet and headline. The page's policy forbids all requests.
 *   PAGE_SORTS  tables of class "sort" sort by a click on a column's head, by a script in the page; without scripts
 *               they are plain tables
 *   PAGE_LIVE   the page loads itself anew every PAGE_SECONDS while it is seen, and keeps its scroll position */
enum { PAGE_PLAIN = 0, PAGE_SORTS = 1, PAGE_LIVE = 2, PAGE_SECONDS = 5 };
void page_begin(FILE *out, const char *title, unsigned flags);
/* Definitions of the figures, and the sources. capacity: also the terms of a sweep's page. */
void page_end(FILE *out, bool capacity);

/* Digits in groups of three, fixed decimals; an en dash for an unknown value. Returns out. */
const char *page_number(char out[48], double v, int decimals);
void page_cell(FILE *out, double v, int decimals); /* <td> */
void page_text_cell(FILE *out, const char *text);  /* <td> with left-aligned text */
void page_card(FILE *out, const char *label, const char *value);

#endif
