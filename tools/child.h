/* internal to tools/: a program of the user's that is spoken to by lines. It may do anything: no function here waits
 * longer than it says, takes more than it says into memory, or leaves a process or a descriptor behind. */
#ifndef ROTE_TOOLS_CHILD_H
#define ROTE_TOOLS_CHILD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/err.h"
#include "tools/tool.h"

/* child_stop takes this long at most, twice CHILD_GRACE_S and what a kill takes. */
#define CHILD_GRACE_S 0.2

typedef struct Child {
    pid_t pid;  /* also its process group; 0: none runs */
    int input;  /* its stdin */
    int output; /* its stdout */
    int log;    /* its stderr, a file that `watch` keeps small: a pipe that is full would block it for good */
    int exit_status; /* as waitpid gives it, after child_stop */
    bool killed;     /* child_stop had to signal it */
    Bytes read;      /* what came and is not taken yet, from `taken` on */
    size_t taken;
    bool ended; /* its stdout is closed, or writing to it failed */
    bool lost;  /* half a line was sent, or the rest of too long a one is to come: it cannot be asked again */
    atomic_bool stop; /* tells the thread */
    pthread_t watch;
} Child;

/* Starts a program, without a shell, in a process group of its own, with every descriptor but 0 to 2 closed. It is
 * out's until child_stop; out must stay where it is. ERR_INPUT: it cannot be started. ERR_IO, ERR_NOMEM: no pipe,
 * thread or memory. */
Status child_start(Child *out, const char *const *command, Err *err);

typedef enum ChildEnd {
    CHILD_OK,
    CHILD_TIMEOUT,  /* the deadline has passed */
    CHILD_ENDED,    /* its stdout or stdin is closed */
    CHILD_TOO_LONG, /* a line longer than `most` */
    CHILD_NO_MEMORY
} ChildEnd;

/* Both until clock_s() is the deadline.
 * Sends bytes, and takes meanwhile what comes, up to `most` bytes: a program that answers while it is asked does not
 * block. */
ChildEnd child_send(Child *p, const void *bytes, size_t size, size_t most, double deadline_s);
/* The next line without its end (\n or \r\n), in memory that the next call on p changes. At CHILD_ENDED *line is what
 * came without a line end. */
ChildEnd child_line(Child *p, size_t most, double deadline_s, ToolText *line);

/* Whether it has said something that no child_line has taken, or has ended; waits until the deadline for it. */
bool child_speaks(Child *p, double deadline_s);

/* Ends it: closes its input and output, waits CHILD_GRACE_S, SIGTERM, waits again, SIGKILL to the process group; takes
 * its exit status, and kills what is left of the group. Does nothing where none runs. The log stays readable. */
void child_stop(Child *p);
/* child_stop, and frees what is left. */
void child_free(Child *p);

/* How it ended, after child_stop, and the last line of its stderr: "exit status 1; its stderr ends: no such file". */
void child_describe(const Child *p, char *out, size_t size);

#endif
