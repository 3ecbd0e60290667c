/* The program's version. That of its arithmetic is NUMERIC_SPEC (base/real.h). */
#ifndef ROTE_CLI_COMMON_VERSION_H
#define ROTE_CLI_COMMON_VERSION_H

#define ROTE_VERSION "0.1.0"

#endif
