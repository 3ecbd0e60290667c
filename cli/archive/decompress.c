/* rote decompress, rote archive show: what an archive holds, and what it says of itself. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <omp.h>

#include "base/file.h"
#include "cli/archive/archive.h"

static const uint8_t *bytes_of(const Buffer *b) { return (const uint8_t *)b->data; }

/* An empty file comes out of an archive without a byte to point at. */
static void put_bytes(const Bytes *content, FILE *to) {
    if (content->size) fwrite(content->data, 1, content->size, to); /* a failure shows in the stream */
}

static Status write_content(const char *path, const Bytes *content, Err *err) {
    AtomicFile file;
    if (!strcmp(path, "-")) {
        put_bytes(content, stdout);
        return OK; /* main() looks at stdout */
    }
    TRY(atomic_open(&file, path, err));
    put_bytes(content, file.stream);
    return atomic_commit(&file, "content", err);
}

static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

Status cmd_decompress(const Args *args, Err *err) {
    const char *in = args->words[0], *out = args_value(args, "out");
    bool check = args_has(args, "check");
    int64_t threads = 0, memory = 0;
    const Ops *ops;
    Buffer archive = {0};
    Bytes content = {0};
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(args_int(args, "memory", 1, INT64_MAX >> 20, &memory, err));
    if (!out == !check)
        return err_set(err, ERR_INPUT, "decompress: either -o FILE, or --check, which writes nothing");
    if (out && strcmp(out, "-") != 0) TRY(output_check(out, NULL, NULL, args_has(args, "force"), err));
    if (out && same_file(in, out))
        return err_set(err, ERR_INPUT, "%s: the archive itself; name another place", out);
    if (threads) omp_set_num_threads((int)threads);
    TRY(ops_select(&ops, err));
    TRY(input_check(in, err));
    TRY(file_read(in, ARCHIVE_MOST, &archive, err));
    Status status = OK;
    double most = (double)memory * (1 << 20);
    ArchiveHeader header;
    TRY_GOTO(archive_look(in, bytes_of(&archive), archive.size, &header, err));
    if (header.mode == ARCHIVE_ONLINE)
        TRY_GOTO(decompress_online(&content, in, &archive, most, (int)threads, args_has(args, "quiet"), err));
    else TRY_GOTO(two_part_read(&content, in, bytes_of(&archive), archive.size, most, ops, err));
    if (out) status = write_content(out, &content, err);
    if (status == OK && !args_has(args, "quiet"))
        fprintf(stderr, "%s: %s bytes, checksum right\n", out ? out : in, show_int((int64_t)content.size));
done:
    bytes_free(&content);
    buffer_free(&archive);
    return status;
}

/* ---- archive show ---- */

void show_part(const char *name, size_t bytes, size_t all, const char *note) {
    printf("%-11s %12s bits %6.2f %%  %s\n", name, show_int((int64_t)(8 * bytes)),
           100.0 * (double)bytes / (double)all, note);
}

void show_two_part(const TwoPartSizes *s, Quantize held, int64_t params) {
    size_t all = s->header + s->structure + s->weights + s->side + s->stream;
    char note[96];
    snprintf(note, sizeof note, "%s parameters as %s: %.3f bits each", show_int(params),
             held == QUANTIZE_NONE ? "fp32" : quantize_name[held], 8.0 * (double)s->weights / (double)params);
    show_part("header", s->header + s->structure, all, "checksums, sizes, the model's structure");
    show_part("weights", s->weights, all, note);
    show_part("side", s->side, all, "how many facts, where they end, what the symbols spell");
    show_part("stream", s->stream, all, "the facts, coded by the model");
}

static Status show_json(const TwoPartInfo *i, Err *err) {
    char hash[33];
    hash_digits(i->header.hash, hash);
    return json_out(json_pack("{ss si sI ss si si sb sI ss si si si sI sI sI sI sI}", "mode", "two-part",
                              "version", ARCHIVE_VERSION, "content_bytes",
                              (json_int_t)i->header.content_bytes, "content_hash", hash, "n", i->n, "max_len",
                              i->max_len, "set", i->as_set, "params", (json_int_t)i->params, "weights",
                              quantize_name[i->held], "n_layer", i->model.n_layer, "n_embd", i->model.n_embd,
                              "vocab_size", i->model.vocab_size, "header_bytes", (json_int_t)i->sizes.header,
                              "structure_bytes", (json_int_t)i->sizes.structure, "weights_bytes",
                              (json_int_t)i->sizes.weights, "side_bytes", (json_int_t)i->sizes.side,
                              "stream_bytes", (json_int_t)i->sizes.stream),
                    err);
}

static Status show_two_part_archive(const char *path, const Buffer *archive, bool json, Err *err) {
    TwoPartInfo info;
    TRY(two_part_look(&info, path, bytes_of(archive), archive->size, 0, err));
    if (json) return show_json(&info, err);
    printf("%s: %s bytes for %s bytes of content\n", path, show_int((int64_t)archive->size),
           show_int((int64_t)info.header.content_bytes));
    printf("facts       %s of up to %d tokens, %s\n", show_int(info.n), info.max_len,
           info.as_set ? "as a set" : "in their order");
    printf("model       %d layers, width %d, %d symbols\n", info.model.n_layer, info.model.n_embd,
           info.model.vocab_size);
    show_two_part(&info.sizes, info.held, info.params);
    return OK;
}

Status cmd_archive_show(const Args *args, Err *err) {
    Buffer archive;
    ArchiveHeader header;
    const char *path = args->words[0];
    bool json = args_has(args, "json");
    TRY(input_check(path, err));
    TRY(file_read(path, ARCHIVE_MOST, &archive, err));
    Status status = archive_look(path, bytes_of(&archive), archive.size, &header, err);
    if (status == OK && header.mode == ARCHIVE_ONLINE) status = show_online(path, &archive, json, err);
    else if (status == OK) status = show_two_part_archive(path, &archive, json, err);
    buffer_free(&archive);
    return status;
}
