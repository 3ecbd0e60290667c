/* Writes an archive under a temporary name, verifies it, and renames it. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/archive/archive.h"
#include "cli/common/args.h"
#include "cli/common/output.h"
#include "cli/common/signals.h"

extern char **environ;

static const struct {
    int64_t bits;
    Quantize kind;
} FORMATS[] = {{32, QUANTIZE_NONE}, {16, QUANTIZE_FP16}, {8, QUANTIZE_INT8}, {6, QUANTIZE_INT6},
               {4, QUANTIZE_INT4},  {3, QUANTIZE_INT3},  {2, QUANTIZE_INT2}};
enum { N_FORMATS = sizeof FORMATS / sizeof *FORMATS };

bool format_of_bits(int64_t bits, Quantize *out) {
    for (int i = 0; i < N_FORMATS; i++)
        if (FORMATS[i].bits == bits) {
            *out = FORMATS[i].kind;
            return true;
        }
    return false;
}

int verify_threads(int threads) { return threads == 1 ? 2 : 1; }

/* A new process decodes the archive with another number of threads, and compares the content with its checksum. */
static Status verify(const char *path, int threads, Err *err) {
    char count[16];
    snprintf(count, sizeof count, "%d", verify_threads(threads));
    const char *words[] = {"rote", "decompress", "--check", "--quiet", "--threads", count, "--", path, NULL};
    pid_t pid;
    int status;
    int why = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, (char *const *)words, environ);
    if (why) return err_set(err, ERR_IO, "the archive could not be verified: %s", strerror(why));
    while (waitpid(pid, &status, 0) < 0)
        if (stop_requested) kill(pid, SIGTERM);
    if (stop_requested)
        return err_set(err, ERR_STOPPED, "stopped during verification; the archive was not written");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return OK;
    if (WIFSIGNALED(status))
        return err_set(
            err, ERR_IO,
            "the process that verified the archive was killed by signal %d; the archive was not written",
            WTERMSIG(status));
    return err_set(err, ERR_FORMAT, /* the process has said why: damage, memory, a failing disk */
                   "the archive did not pass its verification, for the reason above; it was not written");
}

Status archive_write(const Args *args, const char *path, const Bytes *archive, int threads, Err *err) {
    AtomicFile file;
    /* Again: making the archive took its time. */
    TRY(output_check(path, ARCHIVE_MARK, "an archive of rote's", args_has(args, "force"), err));
    TRY(atomic_open(&file, output_target(path), err));
    Status status = OK;
    if (fwrite(archive->data, 1, archive->size, file.stream) != archive->size || fflush(file.stream) != 0)
        status = err_set(err, ERR_IO, "%s: cannot write: %s", path, strerror(errno));
    if (status == OK && !args_has(args, "no-verify")) status = verify(file.temporary, threads, err);
    if (status == OK) return atomic_commit(&file, "archive", err);
    atomic_abort(&file);
    return status;
}
