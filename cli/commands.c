/* The commands, in the order in which `rote help` lists them. Each is defined at the end of its own file, with its
 * options; a line here makes parsing, help, the manual page and completion know it. */
#include "cli/commands.h"

#include <stddef.h>

/* clang-format off */
#define COMMANDS(command) \
    command(demo) \
    command(facts_make) \
    command(facts_import) \
    command(facts_show) \
    command(train) \
    command(sweep_run) \
    command(sweep_status) \
    command(sweep_retry) \
    command(eval) \
    command(verify) \
    command(sample) \
    command(neurons_atlas) \
    command(neurons_dump) \
    command(neurons_steer) \
    command(neurons_eval) \
    command(export) \
    command(compress) \
    command(decompress) \
    command(archive_show) \
    command(report) \
    command(capacity) \
    command(bench) \
    command(coordinates) \
    command(doctor) \
    command(help) \
    command(completion)
/* clang-format on */

#define DECLARE(name) extern const Command name##_command;
#define POINTER(name) &name##_command,

COMMANDS(DECLARE)

const Command *const commands[] = {COMMANDS(POINTER) NULL};
