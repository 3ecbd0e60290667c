/* rote compress: archives, verified before they are there. */
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/number.h"
#include "cli/archive/archive.h"
#include "eval/archive/two_part.h"
#include "eval/quantized.h"
#include "train/train.h"

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

/* A run trained in few bits stays in them where nothing else is asked for. */
static Status format_of(const Args *args, Quantize held, Quantize *out, Err *err) {
    int64_t bits = 8;
    *out = held != QUANTIZE_NONE ? held : QUANTIZE_INT8;
    if (!args_has(args, "bits")) return OK;
    TRY(args_int(args, "bits", 2, 32, &bits, err));
    if (format_of_bits(bits, out)) return OK;
    return err_set(err, ERR_INPUT, "compress: --bits %lld: allowed are " FORMAT_BITS, (long long)bits);
}

/* What the archive is to give back is at hand, and GPTQ loses less of it. */
static Status method_of(const Args *args, Quantize kind, QuantizeMethod *out, Err *err) {
    const char *word = args_value(args, "method");
    *out = METHOD_GPTQ;
    if (!word && !quantize_has_codes(kind)) *out = METHOD_RTN;
    if (!word || !strcmp(word, quantize_method_name[METHOD_GPTQ])) return OK;
    *out = METHOD_RTN;
    if (!strcmp(word, quantize_method_name[METHOD_RTN])) return OK;
    return err_set(err, ERR_INPUT, "compress: --method '%s' is neither rtn nor gptq", word);
}

/* ---- verify on write ---- */

int verify_threads(int threads) { return threads == 1 ? 2 : 1; }

/* A new process reads the archive under its temporary name, with another number of threads, and compares what comes
 * out with the checksum of what went in. */
static Status verify(const char *path, int threads, Err *err) {
    char count[16];
    snprintf(count, sizeof count, "%d", verify_threads(threads));
    const char *words[] = {"rote", "decompress", path, "--check", "--quiet", "--threads", count, NULL};
    pid_t pid;
    int status;
    int why = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, (char *const *)words, environ);
    if (why) return err_set(err, ERR_IO, "the archive could not be verified: %s", strerror(why));
    while (waitpid(pid, &status, 0) < 0)
        if (stop_requested) kill(pid, SIGTERM);
    if (stop_requested) return err_set(err, ERR_STOPPED, "stopped while it was verified; it was not written");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return OK;
    if (WIFSIGNALED(status))
        return err_set(err, ERR_IO,
                       "the process that verified the archive was killed by signal %d; it was not written",
                       WTERMSIG(status));
    return err_set(
        err, ERR_FORMAT,
        "the archive does not give back what went in; it was not written. This is a fault of rote's");
}

Status archive_write(const Args *args, const char *path, const Bytes *archive, int threads, Err *err) {
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    Status status = OK;
    if (fwrite(archive->data, 1, archive->size, file.stream) != archive->size || fflush(file.stream) != 0)
        status = err_set(err, ERR_IO, "%s: cannot write: %s", path, strerror(errno));
    if (status == OK && !args_has(args, "no-verify")) status = verify(file.temporary, threads, err);
    if (status == OK) return atomic_commit(&file, "archive", err);
    atomic_abort(&file);
    return status;
}

/* ---- two-part ---- */

typedef struct TwoPart {
    Quantize kind;
    QuantizeMethod method;
    TwoPartOptions options;
    TwoPartSizes sizes;
    Bytes archive;
} TwoPart;

static double bits(size_t bytes) { return 8.0 * (double)bytes; }

/* H - stream bits: what the weights demonstrably know (docs/math.md). */
static double certified(const FactSet *facts, const TwoPart *t) {
    double known = t->options.as_set ? facts->data_bits_set : facts->data_bits;
    return known - bits(t->sizes.stream + t->sizes.side);
}

static Status print_two_part(const Args *args, const Run *run, const TwoPart *t, const char *path, Err *err) {
    const FactSet *facts = &run->facts;
    double sure = facts->entropy_known ? certified(facts, t) : (double)NAN;
    double params = (double)run->gpt.table.total;
    if (args_has(args, "json"))
        return json_out(json_pack("{ss sI sI sI sI sI sI si sI ss so so}", "archive", path, "archive_bytes",
                                  (json_int_t)t->archive.size, "header_bytes", (json_int_t)t->sizes.header,
                                  "structure_bytes", (json_int_t)t->sizes.structure, "weights_bytes",
                                  (json_int_t)t->sizes.weights, "side_bytes", (json_int_t)t->sizes.side,
                                  "stream_bytes", (json_int_t)t->sizes.stream, "n", facts->n, "params",
                                  (json_int_t)run->gpt.table.total, "weights", quantize_name[t->kind],
                                  "data_bits",
                                  json_number(facts->entropy_known ? facts->data_bits : (double)NAN),
                                  "certified_bits", json_number(sure)),
                        err);
    printf("%s: %s bytes\n", path, show_int((int64_t)t->archive.size));
    show_two_part(&t->sizes, t->kind, run->gpt.table.total);
    if (!facts->entropy_known) {
        printf("the same facts as text take zlib %s bytes\n", show_int(facts->zlib_bytes));
        return OK;
    }
    printf(
        "H           %s bits%s; beyond the stream, the weights hold %s bits for sure: %.3f per parameter\n",
        show_int((int64_t)(t->options.as_set ? facts->data_bits_set : facts->data_bits)),
        t->options.as_set ? " as a set" : "", show_int((int64_t)sure), sure / params);
    double over = bits(t->archive.size) - (t->options.as_set ? facts->data_bits_set : facts->data_bits);
    if (archive_leaks(over, 0))
        fprintf(stderr,
                "leak alarm: the whole archive is %.0f bits shorter than random facts can be coded in: their "
                "source is not what it is taken for\n",
                -over);
    return OK;
}

static Status compress_run(const Args *args, const char *path, int threads, Err *err) {
    Run run;
    Gpt small = {.params = NULL};
    TwoPart t = {.archive = {0}};
    TRY(open_run(&run, args->words[0], err));
    Status status = OK;
    Quantize held = run.config.train.quantize;
    TRY_GOTO(format_of(args, held, &t.kind, err));
    TRY_GOTO(method_of(args, t.kind, &t.method, err));
    if (t.kind == held)
        TRY_GOTO(quantized_model(&small, &run.gpt, QUANTIZE_NONE, METHOD_RTN, NULL, threads, err));
    else TRY_GOTO(quantized_model(&small, &run.gpt, t.kind, t.method, &run.facts, threads, err));
    t.options = (TwoPartOptions){t.kind, args_has(args, "set"), threads};
    TRY_GOTO(two_part_write(&t.archive, &small, &run.facts, &t.options, &t.sizes, err));
    TRY_GOTO(archive_write(args, path, &t.archive, threads, err));
    status = print_two_part(args, &run, &t, path, err);
done:
    bytes_free(&t.archive);
    gpt_free(&small);
    run_close(&run);
    return status;
}

Status cmd_compress(const Args *args, Err *err) {
    int64_t threads = 0;
    const char *path = args_value(args, "out");
    if (!path) return err_set(err, ERR_INPUT, "compress: -o is missing; usage: rote compress RUN -o X.rote");
    bool online = args_has(args, "online");
    const char *const of_one[] = {"preset", "without", "bits", "method", "set"};
    for (int i = 0; i < 5; i++)
        if (args_has(args, of_one[i]) && online != (i < 2))
            return err_set(err, ERR_INPUT, "compress: --%s is only for archives %s", of_one[i],
                           i < 2 ? "made with --online" : "of runs, without --online");
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(output_check(path, ARCHIVE_MARK, "an archive of rote's", args_has(args, "force"), err));
    if (online) return compress_online(args, path, (int)threads, err);
    return compress_run(args, path, (int)threads, err);
}
