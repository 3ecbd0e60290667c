/* What the commands about archives share. */
#ifndef ROTE_CLI_ARCHIVE_H
#define ROTE_CLI_ARCHIVE_H

#include "cli/cli.h"
#include "eval/two_part.h"

/* Random facts are coded in fewer than H bits less so many once in 2^64 times: before that, something leaks. */
#define LEAK_BITS 64.0

/* The parts of an archive, a line each. */
void show_two_part(const TwoPartSizes *sizes, Quantize held, int64_t params);

#endif
