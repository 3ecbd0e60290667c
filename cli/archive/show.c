/* rote archive show: shows the content of an archive, and the bits of each part. */
#include <stdio.h>

#include "base/threads.h"
#include "cli/archive/archive.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/show.h"

static void show_part(const char *name, size_t bytes, size_t all, const char *note) {
    printf("%-11s %12s bits %6.2f %%  %s\n", name, show_int((int64_t)(8 * bytes)),
           100.0 * (double)bytes / (double)all, note);
}

void show_two_part_sizes(const TwoPartSizes *s, Quantize stored, int64_t params) {
    size_t all = s->header + s->structure + s->weights + s->side + s->stream;
    char note[96];
    snprintf(note, sizeof note, "%s parameters as %s: %.3f bits each", show_int(params),
             stored == QUANTIZE_NONE ? "fp32" : quantize_name[stored],
             8.0 * (double)s->weights / (double)params);
    show_part("header", s->header + s->structure, all, "checksums, sizes, the model's structure");
    show_part("weights", s->weights, all, note);
    show_part("side", s->side, all, "number and lengths of the facts, text of the symbols");
    show_part("stream", s->stream, all, "the facts, coded by the model");
}

void show_tokenizer(int tokens, int texts) {
    if (!tokens) return;
    printf(
        "tokenizer   packed and counted in side: the texts of %s of its %s tokens, all that decoding needs; "
        "not packed: its merges, which encode\n",
        show_int(texts), show_int(tokens));
}

/* null: the facts have other symbols. */
json_t *tokenizer_sizes_json(int tokens, int texts) {
    if (!tokens) return json_null();
    return json_pack("{si si sb}", "tokens", tokens, "packed_texts", texts, "packed_merges", 0);
}

static Status two_part_json(const TwoPartInfo *i, Err *err) {
    char hash[33];
    hash_digits(i->header.hash, hash);
    return json_out(
        json_pack("{ss si sI ss si si sb so sI ss si si si sI sI sI sI sI}", "mode", "two-part", "version",
                  i->header.version, "content_bytes", (json_int_t)i->header.content_bytes, "content_hash",
                  hash, "n", i->n, "max_len", i->max_len, "set", i->as_set, "tokenizer",
                  tokenizer_sizes_json(i->tokens, i->token_texts), "params", (json_int_t)i->params, "weights",
                  quantize_name[i->weight_format], "n_layer", i->model.n_layer, "n_embd", i->model.n_embd,
                  "vocab_size", i->model.vocab_size, "header_bytes", (json_int_t)i->sizes.header,
                  "structure_bytes", (json_int_t)i->sizes.structure, "weights_bytes",
                  (json_int_t)i->sizes.weights, "side_bytes", (json_int_t)i->sizes.side, "stream_bytes",
                  (json_int_t)i->sizes.stream),
        err);
}

static Status show_two_part_archive(const char *path, const Buffer *archive, bool json, Err *err) {
    TwoPartInfo info;
    TRY(two_part_look(&info, path, bytes_of(archive), archive->size, 0, err));
    if (json) return two_part_json(&info, err);
    printf("%s: %s bytes for %s bytes of content\n", show_name(path), show_int((int64_t)archive->size),
           show_int((int64_t)info.header.content_bytes));
    printf("facts       %s of up to %d tokens, %s\n", show_int(info.n), info.max_len,
           info.as_set ? "as a set" : "in their order");
    printf("model       %d layers, width %d, %d symbols\n", info.model.n_layer, info.model.n_embd,
           info.model.vocab_size);
    show_two_part_sizes(&info.sizes, info.weight_format, info.params);
    show_tokenizer(info.tokens, info.token_texts);
    return OK;
}

const char *online_parts_text(const OnlinePlan *p, char *out, size_t size) {
    const char *const ngrams[NGRAM_SETS] = {"few n-grams", "n-grams", "n-grams with large tables"};
    const ModelConfig *m = &p->model.model;
    int n = snprintf(out, size, "%s%s", p->parts.ngrams ? ngrams[p->parts.set] : "no n-grams",
                     p->parts.match ? ", matches" : ", no matches");
    if (p->parts.model)
        snprintf(out + n, size - (size_t)n, ", a transformer of %d layers and width %d", m->n_layer,
                 m->n_embd);
    else snprintf(out + n, size - (size_t)n, ", no transformer");
    return out;
}

void show_online_sizes(const OnlineSizes *s) {
    size_t all = s->header + s->plan + s->stream;
    show_part("header", s->header + s->plan, all, "checksums, sizes, the predictor's plan");
    show_part("stream", s->stream, all, "the content");
}

static Status show_online_archive(const char *path, const Buffer *archive, bool json, Err *err) {
    OnlineInfo i;
    char text[160], hash[33];
    TRY(online_look(&i, path, bytes_of(archive), archive->size, 0, threads_default(), err));
    hash_digits(i.header.hash, hash);
    online_parts_text(&i.plan, text, sizeof text);
    if (json)
        return json_out(json_pack("{ss si sI ss ss sI sI so}", "mode", "online", "version", ARCHIVE_VERSION,
                                  "content_bytes", (json_int_t)i.header.content_bytes, "content_hash", hash,
                                  "predicts", text, "header_bytes",
                                  (json_int_t)(i.sizes.header + i.sizes.plan), "stream_bytes",
                                  (json_int_t)i.sizes.stream, "memory_bytes", json_number(i.memory_bytes)),
                        err);
    printf("%s: %s bytes for %s bytes of content\n", show_name(path), show_int((int64_t)archive->size),
           show_int((int64_t)i.header.content_bytes));
    printf("predicts    %s\nmemory      %s\n", text, show_bytes(i.memory_bytes));
    show_online_sizes(&i.sizes);
    return OK;
}

static Status cmd_archive_show(const Args *args, Err *err) {
    Buffer archive;
    ArchiveHeader header;
    const char *path = args->words[0];
    bool json = args_has(args, "json");
    TRY(archive_read(path, false, ARCHIVE_MAX_BYTES, &archive, err));
    Status status = archive_look(path, bytes_of(&archive), archive.size, &header, err);
    if (status == OK && header.mode == ARCHIVE_ONLINE)
        status = show_online_archive(path, &archive, json, err);
    else if (status == OK) status = show_two_part_archive(path, &archive, json, err);
    buffer_free(&archive);
    return status;
}

static const Option show_options[] = {JSON_OPTION, END_OPTION};

const Command archive_show_command = {
    .name = "archive show",
    .words = "X.rote",
    .min_words = 1,
    .max_words = 1,
    .reads = "file",
    .n_reads = 1,
    .summary = "shows the content of an archive, and the bits of each part",
    .options = show_options,
    .run = cmd_archive_show,
};
