/* rote compress: a run as a two-part archive (model and facts); --online: any file (cli/archive/online.c). */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/number.h"
#include "cli/archive/archive.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "eval/archive/two_part.h"
#include "eval/capacity/certify.h"
#include "eval/quantized.h"
#include "train/train.h"

extern char **environ;

/* Without --bits: the format that the run was trained in (train.quantize), else 8 bits. */
static Status format_of(const Args *args, Quantize stored_as, Quantize *out, Err *err) {
    int64_t bits = 8;
    *out = stored_as != QUANTIZE_NONE ? stored_as : QUANTIZE_INT8;
    if (!args_has(args, "bits")) return OK;
    TRY(args_int(args, "bits", 2, 32, &bits, err));
    if (format_of_bits(bits, out)) return OK;
    return err_set(err, ERR_INPUT, "compress: --bits %lld, allowed:  " FORMAT_BITS, (long long)bits);
}

/* Without --method: GPTQ where the format has codes, since the facts are known here and it loses fewer bits of
 * them. */
static Status method_of(const Args *args, Quantize kind, QuantizeMethod *out, Err *err) {
    const char *word = args_value(args, "method");
    *out = METHOD_GPTQ;
    if (!word && !quantize_has_codes(kind)) *out = METHOD_RTN;
    if (!word || !strcmp(word, quantize_method_name[METHOD_GPTQ])) return OK;
    *out = METHOD_RTN;
    if (!strcmp(word, quantize_method_name[METHOD_RTN])) return OK;
    return err_set(err, ERR_INPUT, "compress: --method '%s', allowed: rtn, gptq", word);
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

/* H of the archived facts, with or without their order. */
static double entropy_bits(const FactSet *facts, const TwoPart *t) {
    return t->options.as_set ? facts->data_bits_set : facts->data_bits;
}

/* H - stream bits: the bits that the weights provably hold (docs/math.md). */
static double certified_bits(const FactSet *facts, const TwoPart *t) {
    return entropy_bits(facts, t) - bits(t->sizes.stream + t->sizes.side);
}

static Status print_two_part(const Args *args, const Run *run, const TwoPart *t, const char *path, Err *err) {
    const FactSet *facts = &run->facts;
    double sure = facts->entropy_known ? certified_bits(facts, t) : (double)NAN;
    double params = (double)run->gpt.table.total;
    int tokens = facts->vocab.tokens ? facts->vocab.size : 0;
    int texts = tokens ? facts_symbols_used(facts) - 1 : 0; /* all but EOS */
    if (texts < 0) return err_set(err, ERR_NOMEM, "no memory to count symbols");
    if (args_has(args, "json"))
        return json_out(
            json_pack("{ss sI sI sI sI sI sI so si sI ss so so}", "archive", path, "archive_bytes",
                      (json_int_t)t->archive.size, "header_bytes", (json_int_t)t->sizes.header,
                      "structure_bytes", (json_int_t)t->sizes.structure, "weights_bytes",
                      (json_int_t)t->sizes.weights, "side_bytes", (json_int_t)t->sizes.side, "stream_bytes",
                      (json_int_t)t->sizes.stream, "tokenizer", tokenizer_sizes_json(tokens, texts), "n",
                      facts->n, "params", (json_int_t)run->gpt.table.total, "weights", quantize_name[t->kind],
                      "data_bits", json_number(facts->entropy_known ? facts->data_bits : (double)NAN),
                      "certified_bits", json_number(sure)),
            err);
    printf("%s: %s bytes\n", show_name(path), show_int((int64_t)t->archive.size));
    show_two_part_sizes(&t->sizes, t->kind, run->gpt.table.total);
    show_tokenizer(tokens, texts);
    if (!facts->entropy_known) {
        printf("zlib needs %s bytes for the same facts as text\n", show_int(facts->zlib_bytes));
        return OK;
    }
    printf("H           %s bits%s; the archive certifies %s bits in the weights: %.3f per parameter\n",
           show_int((int64_t)entropy_bits(facts, t)), t->options.as_set ? " as a set" : "",
           show_int((int64_t)sure), sure / params);
    double over = bits(t->archive.size) - entropy_bits(facts, t);
    if (archive_leaks(over, 0))
        fprintf(
            stderr,
            "leak alarm: the archive, weights included, is %.0f bits shorter than any code of random facts: "
            "their source is not the assumed one\n",
            -over);
    return OK;
}

/* A run is a folder. */
static Status run_check(const char *path, Err *err) {
    struct stat there;
    if (strcmp(path, "-") != 0 && (stat(path, &there) != 0 || S_ISDIR(there.st_mode))) return OK;
    return err_set(
        err, ERR_INPUT,
        "%s: is a file, and files need --online: rote compress --online %s%s -o X.rote; a run's folder gives "
        "an archive of its model and facts",
        path, *path == '-' && path[1] ? "-- " : "", path);
}

static Status compress_run(const Args *args, const char *path, int threads, Err *err) {
    Run run;
    Gpt small = {.params = NULL};
    TwoPart t = {.archive = {0}};
    TRY(open_run(&run, args->words[0], args_value(args, "facts"), err));
    Status status = OK;
    Quantize stored_as = run.config.train.quantize;
    TRY_GOTO(format_of(args, stored_as, &t.kind, err));
    TRY_GOTO(method_of(args, t.kind, &t.method, err));
    if (t.kind == stored_as)
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

static Status cmd_compress(const Args *args, Err *err) {
    int threads;
    const char *path = args_value(args, "out");
    if (!path) return err_set(err, ERR_INPUT, "compress: -o is missing; usage: rote compress RUN -o X.rote");
    bool online = args_has(args, "online");
    const char *const of_one[] = {"preset", "without", "bits", "method", "set", "facts"};
    for (int i = 0; i < 6; i++)
        if (args_has(args, of_one[i]) && online != (i < 2))
            return err_set(err, ERR_INPUT, "compress: --%s is only for archives %s", of_one[i],
                           i < 2 ? "made with --online" : "of runs, without --online");
    TRY(args_threads(args, &threads, err));
    if (!online) TRY(run_check(args->words[0], err));
    TRY(output_check(path, ARCHIVE_MARK, "an archive of rote's", args_has(args, "force"), err));
    static const char itself[] = "is the file to compress; choose another file, or replace it with --force";
    if (!args_has(args, "force")) TRY(output_not_input(path, args->words[0], itself, err));
    if (online) return compress_online(args, path, threads, err);
    return compress_run(args, path, threads, err);
}

static const Option compress_options[] = {
    OPTION("out", "X.rote", "the archive, also -o; replaces only archives"),
    OPTION("bits", "32|16|8|6|4|3|2", "bits of a weight (default: 8; with train.quantize: the run's format)"),
    OPTION("method", "rtn|gptq",
           "rounding of weights of 8 bits and fewer: to nearest, or by GPTQ on the facts (default: gptq)"),
    FLAG("set", "code the facts as a set: their order is dropped and costs no bits"),
    FLAG("online", "archive any file; the models learn while they code, no weights are stored"),
    OPTION("preset", "fast|default|best",
           "--online: fast: n-grams and matches; default: with a transformer; best: with a larger one"),
    OPTION("without", "PART,...", "--online: leave out parts: ngrams, match, model"),
    PLACE_OPTION,
    FLAG("no-verify", "do not verify the archive by decoding it in another process"),
    FORCE_ANY_OPTION,
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command compress_command = {
    .name = "compress",
    .words = "RUN|--online FILE|- -o X.rote",
    .min_words = 1,
    .max_words = 1,
    .reads = "file or folder",
    .n_reads = 1,
    .summary = "writes and verifies an archive of a run's model and facts, or with --online of any file",
    .options = compress_options,
    .run = cmd_compress,
};
