/* rote import: another program's model as a run. */
#include <stdio.h>

#include "base/text.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "store/foreign/import.h"

static Status print_json(const Imported *m, const char *dir, Err *err) {
    const ModelConfig *c = &m->config.model;
    return json_out(json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
                              "run", show_name(dir), "format", m->origin.format, "file", m->origin.file,
                              "bytes", (json_int_t)m->origin.bytes, "hash", m->origin.hash, "params",
                              (json_int_t)m->params, "n_layer", c->n_layer, "n_embd", c->n_embd, "n_head",
                              c->n_head, "n_kv_head", c->n_kv_head, "n_inner", c->n_inner, "block_size",
                              c->block_size, "vocab_size", c->vocab_size, "bos", m->bos, "eos", m->eos),
                    err);
}

static void print_text(const Imported *m, const char *dir) {
    const ModelConfig *c = &m->config.model;
    printf("%s\n", show_name(dir));
    printf("from        ");
    text_show_message(stdout, m->origin.file); /* escaped already */
    printf(" (%s, %s, XXH3 %.8s)\n", m->origin.format, show_bytes((double)m->origin.bytes), m->origin.hash);
    printf("model       %s parameters: %d blocks of width %d, %d heads (%d of keys and values), ",
           show_int(m->params), c->n_layer, c->n_embd, c->n_head, c->n_kv_head);
    printf("%d neurons each, %s head\n", c->n_inner, c->tie_weights ? "tied" : "own");
    printf("context     %s tokens\n", show_int(c->block_size));
    printf("tokens      %s; texts begin with %d (%s)", show_int(c->vocab_size), m->bos, m->bos_text);
    if (m->eos >= 0) printf(" and end with %d (%s)", m->eos, m->eos_text);
    printf("\ntry         rote sample %s --prompt \"The capital of France is\" --max-tokens 40 --greedy\n",
           show_name(dir));
}

static Status cmd_import(const Args *args, Err *err) {
    int64_t context = 0, bos = -1;
    static Imported imported;
    const char *dir = args_value(args, "out");
    if (!dir) return err_set(err, ERR_INPUT, "import: --out is missing: the folder of the new run");
    TRY(args_int(args, "context", 1, 1 << 20, &context, err));
    TRY(args_int(args, "bos", 0, (1 << 24) - 1, &bos, err));
    const ImportModel options = {
        .path = args->words[0], .dir = dir, .context = (int)context, .bos = (int)bos};
    TRY(import_model(&options, &imported, err));
    if (args_has(args, "json")) return print_json(&imported, dir, err);
    print_text(&imported, dir);
    return OK;
}

static const Option import_options[] = {
    OPTION("out", "RUN", "the folder of the new run"),
    OPTION("context", "N",
           "tokens that the model reads at most (default: 2048); never more than it was made for"),
    OPTION("bos", "TOKEN", "the token before every text (default: as the file says)"),
    JSON_OPTION,
    END_OPTION,
};

const Command import_command = {
    .name = "import",
    .words = "FILE.gguf|FOLDER",
    .min_words = 1,
    .max_words = 1,
    .reads = "file or folder",
    .n_reads = 1,
    .summary = "makes a run of a pretrained model",
    .options = import_options,
    .run = cmd_import,
};
