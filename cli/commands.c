/* The commands, in the order in which `rote help` lists them, those of one question together (help/help.c has the
 * questions). A command is defined at the end of its own file, with its options: a new one is that file and a
 * line here; parsing, help, manual page and completion follow. */
#include "cli/commands.h"

#include <stddef.h>

/* clang-format off */
#define COMMANDS(command) \
    command(demo)          /* demo.c */ \
    command(doctor)        /* doctor.c */ \
    command(help)          /* help/help.c */ \
    command(completion)    /* help/completion.c */ \
    command(facts_make)    /* facts/facts.c */ \
    command(facts_import)  /* facts/facts.c */ \
    command(facts_show)    /* facts/facts.c */ \
    command(train)         /* train/train.c */ \
    command(verify)        /* train/verify.c */ \
    command(sweep_run)     /* sweep/sweep.c */ \
    command(sweep_work)    /* sweep/sweep.c */ \
    command(sweep_submit)  /* sweep/submit.c */ \
    command(sweep_status)  /* sweep/sweep.c */ \
    command(sweep_retry)   /* sweep/sweep.c */ \
    command(coordinates)   /* train/coordinates.c */ \
    command(fit)           /* search/fit.c */ \
    command(measure)       /* search/measure.c */ \
    command(capacity)      /* capacity/capacity.c */ \
    command(eval)          /* eval/eval.c */ \
    command(sample)        /* sample/sample.c */ \
    command(creativity)    /* creativity/creativity.c */ \
    command(logits)        /* logits/logits.c */ \
    command(neurons_atlas) /* neurons/atlas.c */ \
    command(neurons_dump)  /* neurons/dump.c */ \
    command(neurons_steer) /* neurons/steer.c */ \
    command(neurons_eval)  /* neurons/eval.c */ \
    command(tools_eval)    /* tools/eval.c */ \
    command(tools_ask)     /* tools/ask.c */ \
    command(tools_try)     /* tools/try.c */ \
    command(compress)      /* archive/compress.c */ \
    command(decompress)    /* archive/decompress.c */ \
    command(archive_show)  /* archive/show.c */ \
    command(report)        /* report.c */ \
    command(import)        /* models/import.c */ \
    command(export)        /* models/export.c */ \
    command(bench)         /* bench/bench.c */
/* clang-format on */

#define DECLARE(name) extern const Command name##_command;
#define ADDRESS(name) &name##_command,

COMMANDS(DECLARE)

const Command *const commands[] = {COMMANDS(ADDRESS) NULL};
