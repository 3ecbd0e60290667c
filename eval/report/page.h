/* The parts that every page of rote's is made of: one file without network, readable on a phone, light and dark. */
#ifndef ROTE_EVAL_REPORT_PAGE_H
#define ROTE_EVAL_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

/* Style sheet and headline. The page's policy forbids it every request. sortable: tables of class "sort" sort by a
 * click on a column's head, by a script of the page's own; without it they stand as they are. */
void page_begin(FILE *out, const char *title, bool sortable);
/* What the figures mean, and the sources. capacity: words of a sweep's page, too. */
void page_end(FILE *out, bool capacity);

/* Digits in groups of three, decimals fixed; an en dash for what nobody knows. Returns out. */
const char *page_number(char out[48], double v, int decimals);
void page_cell(FILE *out, double v, int decimals); /* <td> */
void page_text_cell(FILE *out, const char *text);  /* <td> with its text to the left */
void page_card(FILE *out, const char *label, const char *value);

#endif
