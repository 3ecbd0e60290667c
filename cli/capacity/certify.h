/* `rote capacity --certify`: an archive for every model of a sweep, in several formats, and what they prove. */
#ifndef ROTE_CLI_CAPACITY_CERTIFY_H
#define ROTE_CLI_CAPACITY_CERTIFY_H

#include "cli/common/args.h"
#include "eval/capacity/series.h"

/* Checks the options, before anything is read. ERR_INPUT. */
Status certify_check(const Args *args, Err *err);
/* Writes, reads back and reports. ERR_INPUT: no run can be certified. ERR_FORMAT: an archive is shorter than its
 * facts can be coded in. ERR_STOPPED, ERR_IO, ERR_NOMEM. */
Status capacity_certify(const Args *args, const Capacity *capacity, Err *err);

#endif
