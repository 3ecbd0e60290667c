/* Classes of facts as commands name them: --by tag|answer|place:K|rules, or --class NAME=HOW. */
#ifndef ROTE_CLI_COMMON_FACT_CLASSES_H
#define ROTE_CLI_COMMON_FACT_CLASSES_H

#include "cli/common/args.h"
#include "eval/neurons/atlas_classes.h"
#include "store/run.h"

/* The row of an option list. */
#define CLASS_OPTION                                                                                         \
    OPTION_LIST("class", "NAME=HOW",                                                                         \
                "a class by tag:T, token:SYMBOL, regex:E or share:P (a random share of the facts); may be "  \
                "repeated",                                                                                  \
                '\n')

/* Of the options --class and --by. command: for messages. Errors of atlas_classes_by and atlas_classes_of. */
Status fact_classes(AtlasClasses *out, const Args *args, const char *command, const Run *run,
                    const FactSet *facts, bool heldout, Err *err);

#endif
