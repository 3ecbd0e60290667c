/* rote decompress: the content of an archive, compared with its checksum. */
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/archive/archive.h"
#include "cli/common/args.h"
#include "cli/common/output.h"
#include "cli/common/show.h"

/* Empty content has data == NULL, which fwrite must not get. */
static void put_bytes(const Bytes *content, FILE *to) {
    if (content->size) fwrite(content->data, 1, content->size, to); /* an error stays set in the stream */
}

static Status write_content(const char *path, const Bytes *content, bool force, Err *err) {
    AtomicFile file;
    if (!strcmp(path, "-")) {
        put_bytes(content, stdout);
        return OK; /* main checks stdout for errors */
    }
    TRY(output_check(path, NULL, NULL, force, err)); /* again: decoding took its time */
    TRY(atomic_open(&file, output_target(path), err));
    put_bytes(content, file.stream);
    return atomic_commit(&file, "content", err);
}

static Status cmd_decompress(const Args *args, Err *err) {
    const char *in = args->words[0], *out = args_value(args, "out");
    bool check = args_has(args, "check");
    int64_t memory = 0;
    int threads;
    const Ops *ops;
    Buffer archive = {0};
    Bytes content = {0};
    TRY(args_threads(args, &threads, err));
    TRY(args_int(args, "memory", 1, INT64_MAX >> 20, &memory, err));
    if (!out == !check)
        return err_set(err, ERR_INPUT, "decompress: give either -o FILE, or --check, which writes nothing");
    bool file = out && strcmp(out, "-") != 0;
    if (file) TRY(output_check(out, NULL, NULL, args_has(args, "force"), err));
    if (file) TRY(output_not_input(out, in, "is the archive itself; choose another file", err));
    if (threads) omp_set_num_threads(threads);
    TRY(ops_select(&ops, err));
    TRY(archive_read(in, true, ARCHIVE_MAX_BYTES, &archive, err));
    if (file_is_stdin(in)) in = STDIN_NAME;
    Status status = OK;
    double max_memory = (double)memory * (1 << 20);
    ArchiveHeader header;
    TRY_GOTO(archive_look(in, bytes_of(&archive), archive.size, &header, err));
    if (header.mode == ARCHIVE_ONLINE)
        TRY_GOTO(
            decompress_online(&content, in, &archive, max_memory, threads, args_has(args, "quiet"), err));
    else TRY_GOTO(two_part_read(&content, in, bytes_of(&archive), archive.size, max_memory, ops, err));
    if (out) status = write_content(out, &content, args_has(args, "force"), err);
    if (status == OK && !args_has(args, "quiet"))
        fprintf(stderr, "%s: %s bytes, checksum right\n", show_name(out ? out : in),
                show_int((int64_t)content.size));
done:
    bytes_free(&content);
    buffer_free(&archive);
    return status;
}

static const Option decompress_options[] = {
    STDOUT_OPTION("out", "FILE", "the output file, also -o; - is stdout"),
    FLAG("check", "only decode and compare checksums; nothing is written"),
    OPTION("memory", "MIB", "maximum memory (default: all that is available)"),
    FORCE_OPTION("replace an existing file"),
    THREADS_OPTION,
    QUIET_OPTION,
    END_OPTION,
};

const Command decompress_command = {
    .name = "decompress",
    .words = "X.rote|- -o FILE|-",
    .min_words = 1,
    .max_words = 1,
    .reads = "file",
    .n_reads = 1,
    .summary = "restores the content of an archive, bit for bit",
    .options = decompress_options,
    .run = cmd_decompress,
};
