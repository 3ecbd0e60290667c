/* Numbers and tokens as people read them. Except for show_tokens, the text is in one of eight static buffers:
 * it is valid until the eighth call after. Not for more than one thread. */
#ifndef ROTE_CLI_COMMON_SHOW_H
#define ROTE_CLI_COMMON_SHOW_H

#include <stdint.h>

#include "data/vocab.h"

const char *show_int(int64_t n);           /* "12,345" */
const char *show_bytes(double bytes);      /* "3.2 MiB" */
const char *show_short(double n);          /* "1.2k" */
const char *show_clock(double seconds);    /* "1:02:03"; seconds finite and below 2^31 */
const char *show_duration(double seconds); /* "about 3 minutes" */
const char *show_share(double share);      /* "0.2500"; NAN, a share of nothing: "-" */

/* A path or name for a person or a page: as it is, or escaped (base/escape.h) where a terminal or JSON cannot have its
 * bytes. In one of four static buffers, or `name` itself; a very long one is cut. */
const char *show_name(const char *name);

/* "s" unless n is 1; a constant. */
const char *plural(int64_t n);

/* Tokens as text, escaped (base/text.h), without EOS; malloc'd. NULL: no memory. */
char *show_tokens(const Vocab *vocab, const int32_t *tokens, int n);

#endif
