/* Small archives of every kind, the same bytes on every CPU, compiler and instruction set, and what those of
 * tests/golden/ give back, for ever (tests/check_golden.sh). No file but those named is read or written, so that a
 * build for another CPU needs no library.
 *   golden_archives                a line for each archive: its name, bytes, hash and the hash of what it gives back
 *   golden_archives write FOLDER   the same, and leaves them in FOLDER, as NAME.rote, where none stand yet
 *   golden_archives read FILE...   a line for each: the file, the hash of what it gives back */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/obtain.h"
#include "eval/archive/two_part.h"
#include "tests/model_case.h"
#include "train/online/online.h"

/* No libxxhash and no zlib for that CPU: two-part archives with names, which are deflated, are left out. */
#ifdef ROTE_BARE
#define XXH_STATIC_LINKING_ONLY
#define XXH_IMPLEMENTATION
#include <xxhash.h>
#include <zlib.h>

uLong crc32_z(uLong crc, const Bytef *data, z_size_t size) {
    crc = ~crc & 0xffffffff;
    for (size_t i = 0; data && i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc & 0xffffffff;
}
uLong compressBound(uLong size) { return size; }
int compress2(Bytef *out, uLongf *size, const Bytef *in, uLong in_size, int level) {
    (void)out, (void)size, (void)in, (void)in_size, (void)level;
    return Z_MEM_ERROR;
}
int uncompress2(Bytef *out, uLongf *size, const Bytef *in, uLong *in_size) {
    (void)out, (void)size, (void)in, (void)in_size;
    return Z_MEM_ERROR;
}
enum { HAVE_NAMES = 0 };
#else
enum { HAVE_NAMES = 1 };
#endif

enum { MEMORY = 64 << 20, FILE_MOST = 1 << 20 };

static void must(Status status, const Err *err) {
    if (status == OK) return;
    fprintf(stderr, "golden_archives: %s\n", err->msg);
    exit(1);
}

static const Ops *the_ops(void) {
    const Ops *ops;
    Err err;
    must(ops_select(&ops, &err), &err);
    return ops;
}

/* ---- facts ---- */

static FactSet drawn(FactsConfig config) {
    FactSet facts;
    Err err;
    must(facts_generate(&config, &facts, &err), &err);
    return facts;
}

static FactSet random_facts(int n, int seq_len, int vocab_size) {
    return drawn((FactsConfig){.kind = FACTS_RANDOM,
                               .n = n,
                               .seq_len = seq_len,
                               .vocab_size = vocab_size,
                               .seed = 7,
                               .paraphrases = 1});
}

/* With a mark of their domain, which is context, and names given as numbers. */
static FactSet biographies(void) {
    Config config;
    config_defaults(&config);
    FactsConfig *c = &config.facts;
    c->kind = FACTS_BIOD;
    c->n = 9;
    c->attributes = 2;
    c->chunks = 2;
    c->diversity = 4;
    c->chunk_len = 2;
    c->chunk_symbols = 8;
    c->symbols = 10;
    c->domain_token = true;
    c->junk_n = 3;
    c->junk_ratio = 1;
    return drawn(*c);
}

/* Facts of symbols with names: `lines` are the facts, prompt and answer separated by a TAB where there are prompts,
 * each byte a symbol; or, in words, the text of each symbol stands in `words`, and lines spell them a to z. */
static FactSet spelled(const char *kind, const char *const *lines, const char *const *words, bool tags) {
    FactSet facts = {.kind = ""};
    Err err;
    int64_t tokens = 0;
    char seen[128] = {0};
    int number[128];
    snprintf(facts.kind, sizeof facts.kind, "%s", kind);
    for (; lines[facts.n]; facts.n++) {
        tokens += (int64_t)strlen(lines[facts.n]) + 1;
        for (const char *c = lines[facts.n]; *c; c++) seen[(int)*c] = 1;
    }
    must(facts_allocate(&facts, tokens, &err), &err);
    Vocab *vocab = &facts.vocab;
    vocab->bytes = !words;
    vocab->text = calloc(128, sizeof *vocab->text);
    vocab->length = calloc(128, sizeof *vocab->length);
    facts.tag_names = calloc(2, sizeof *facts.tag_names);
    if (!vocab->text || !vocab->length || !facts.tag_names) exit(1);
    for (int c = 0; c < 128; c++) {
        if (!seen[c] || (words && c == '\t')) continue;
        char one[2] = {(char)c, 0};
        vocab->text[vocab->size] = strdup(words ? words[c - 'a'] : one);
        vocab->length[vocab->size] = (int)strlen(vocab->text[vocab->size]);
        number[c] = vocab->size++;
    }
    vocab->eos = vocab->size++;
    vocab->text[vocab->eos] = strdup("");
    int64_t at = facts.start[0] = 0;
    for (int i = 0; i < facts.n; i++) {
        const char *tab = strchr(lines[i], '\t');
        for (const char *c = lines[i]; *c; c++)
            if (!words || *c != '\t') facts.tokens[at++] = number[(int)*c];
        facts.tokens[at++] = vocab->eos;
        facts.start[i + 1] = at;
        if (tab) facts.prompt_len[i] = (int32_t)(tab - lines[i]) + !words;
        if (at - facts.start[i] > facts.max_len) facts.max_len = (int)(at - facts.start[i]);
        if (tags) facts.tag[i] = i % 3 - 1;
    }
    if (tags) {
        facts.n_tags = 2;
        facts.tag_names[0] = strdup("west");
        facts.tag_names[1] = strdup("far\teast");
    }
    return facts;
}

/* ---- archives ---- */

typedef struct Case {
    const char *name;
    FactSet (*facts)(void);
    bool names, as_set;
    Quantize weight_format;
    ModelConfig model;
} Case;

static FactSet ordered(void) { return random_facts(12, 5, 9); }
static FactSet many(void) { return random_facts(60, 4, 7); }
static FactSet table(void) {
    static const char *const LINES[] = {"France\tParis", "Japan\tTokyo", "Tonga\tNukualofa", "Mali\tBamako",
                                        NULL};
    return spelled("import", LINES, NULL, true);
}
static FactSet sentences(void) {
    static const char *const LINES[] = {"ab\tcd", "ae\tcdd", "b\tab", NULL}, *const WORDS[] = {"the", "sea",
                                                                                               "is", "blue\n",
                                                                                               "sky"};
    return spelled("import", LINES, WORDS, false);
}
static FactSet names(void) {
    static const char *const LINES[] = {"ada", "emmy", "sofia", "maryam", NULL};
    return spelled("import", LINES, NULL, false);
}
static FactSet text(void) {
    static const char *const LINES[] = {"In the b", "eginning", " was the", " word.\n", NULL};
    return spelled("text", LINES, NULL, false);
}

#define SIZES(H, KV, D, I)                                                                                   \
    .n_layer = 1, .n_head = (H), .n_kv_head = (KV), .n_embd = (D), .n_inner = (I), .norm_eps = 1e-5
#define LLAMA .norm = NORM_RMSNORM, .pos = POS_ROPE, .rope_theta = 10000, .act = ACT_SILU, .gated = true

static const Case CASES[] = {
    {"ordered-fp32",
     ordered,
     false,
     false,
     QUANTIZE_NONE,
     {SIZES(1, 1, 5, 7), .bias = true, .tie_weights = true}},
    {"ordered-int6", ordered, false, false, QUANTIZE_INT6, {SIZES(2, 1, 12, 13), LLAMA}},
    {"set-int8", many, false, true, QUANTIZE_INT8, {SIZES(2, 1, 12, 9), LLAMA}},
    {"set-int2", many, false, true, QUANTIZE_INT2, {SIZES(1, 1, 16, 1), .attn = ATTN_NONE, .bias = true}},
    {"context-int4",
     biographies,
     false,
     false,
     QUANTIZE_INT4,
     {SIZES(2, 2, 10, 9), .act = ACT_RELU, .bias = true}},
    {"table-int4",
     table,
     true,
     false,
     QUANTIZE_INT4,
     {SIZES(2, 2, 8, 16), .bias = true, .tie_weights = true}},
    {"words-fp16", sentences, true, false, QUANTIZE_FP16, {SIZES(1, 1, 6, 5), .attn = ATTN_MEAN}},
    {"names-set-ternary",
     names,
     true,
     true,
     QUANTIZE_TERNARY,
     {SIZES(1, 1, 9, 1), .pos = POS_NONE, .mlp = MLP_NONE}},
    {"text-bf16", text, true, false, QUANTIZE_BF16, {SIZES(1, 1, 7, 7), LLAMA, .tie_weights = true}},
    {"ordered-int3", ordered, false, false, QUANTIZE_INT3, {SIZES(3, 3, 9, 8), .bias = true}},
};

static void made(const Case *c, int i, Bytes *out) {
    FactSet facts = c->facts();
    ModelConfig model = c->model;
    Draw d = draw_from(8800 + (uint64_t)i);
    Gpt g;
    Err err;
    model.vocab_size = facts.vocab.size;
    model.block_size = facts.max_len;
    if (model.rope_theta == 0) model.rope_theta = 10000;
    must(gpt_create(&g, &model, the_ops(), GEMM_EXACT, &err), &err);
    draw_params(&g, &d, 0.5);
    quantize_params(g.params, g.params, &g.table, c->weight_format, ALL_PARTS, 1);
    TwoPartOptions options = {c->weight_format, c->as_set, 2};
    must(two_part_write(out, &g, &facts, &options, NULL, &err), &err);
    gpt_free(&g);
    facts_free(&facts);
}

/* ---- online archives: no zlib in them ---- */

typedef struct OnlineCase {
    const char *name;
    PredictorParts parts;
    int layers, width, replays, block_size, chunk; /* of the transformer, where there is one */
    size_t size;
} OnlineCase;

/* Of each part and set, and all together. So small that an emulator trains them in seconds. */
static const OnlineCase ONLINE[] = {
    {"online-empty", {true, true, true, NGRAMS_MANY}, 1, 32, 1, 8, 4, 0},
    {"online-few", {true, false, false, NGRAMS_FEW}, 0, 0, 0, 0, 0, 600},
    {"online-large-match", {true, true, false, NGRAMS_LARGE}, 0, 0, 0, 0, 0, 600},
    {"online-model", {false, false, true, NGRAMS_FEW}, 2, 64, 2, 12, 8, 90},
    {"online-all", {true, true, true, NGRAMS_MANY}, 1, 32, 1, 16, 4, 150},
};

/* Lines of words and numbers. */
static void online_content(uint8_t *out, size_t size) {
    static const char *const WORDS[] = {"the ", "sea ", "is ", "blue,", "sky\n", "1954,", "a model holds "};
    Draw d = draw_from(8700);
    for (size_t n = 0; n < size;)
        for (const char *c = WORDS[draw_int(&d, 0, 6)]; *c && n < size; c++) out[n++] = (uint8_t)*c;
}

static void made_online(const OnlineCase *c, Bytes *out) {
    uint8_t content[1024];
    OnlinePlan plan;
    OnlineRun run = {.ops = the_ops(), .threads = 1};
    Err err;
    online_plan(&plan, ONLINE_DEFAULT);
    plan.parts = c->parts;
    if (c->parts.model) {
        online_model_plan(&plan.model, c->layers, c->width, c->replays);
        plan.model.model.block_size = c->block_size;
        plan.model.chunk = c->chunk;
    }
    online_content(content, c->size);
    must(online_write(out, content, c->size, &plan, MEMORY, &run, NULL, &err), &err);
}

/* ---- both kinds ---- */

static void content_of(const char *name, const uint8_t *data, size_t size, char hash[33]) {
    Bytes content = {0};
    ArchiveHeader header;
    OnlineRun run = {.ops = the_ops(), .threads = 1};
    Err err;
    must(archive_look(name, data, size, &header, &err), &err);
    must(header.mode == ARCHIVE_ONLINE ? online_read(&content, name, data, size, MEMORY, &run, &err)
                                       : two_part_read(&content, name, data, size, MEMORY, the_ops(), &err),
         &err);
    content_hash(content.data, content.size, hash);
    bytes_free(&content);
}

static void write_new(const char *folder, const char *name, const Bytes *archive) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.rote", folder, name);
    FILE *f = fopen(path, "wbx");
    if (!f) return; /* one that stands is never replaced */
    if (fwrite(archive->data, 1, archive->size, f) != archive->size || fclose(f) != 0) exit(1);
}

static void done(const char *folder, const char *name, Bytes *archive) {
    char archive_hash[33], hash[33];
    content_hash(archive->data, archive->size, archive_hash);
    content_of(name, archive->data, archive->size, hash);
    printf("%s %zu %s %s\n", name, archive->size, archive_hash, hash);
    if (folder) write_new(folder, name, archive);
    bytes_free(archive);
}

static void make_all(const char *folder) {
    for (int i = 0; i < (int)(sizeof CASES / sizeof *CASES); i++) {
        Bytes archive = {0};
        if (CASES[i].names && !HAVE_NAMES) continue;
        made(&CASES[i], i, &archive);
        done(folder, CASES[i].name, &archive);
    }
    for (int i = 0; i < (int)(sizeof ONLINE / sizeof *ONLINE); i++) {
        Bytes archive = {0};
        made_online(&ONLINE[i], &archive);
        done(folder, ONLINE[i].name, &archive);
    }
}

static void read_one(const char *path) {
    static uint8_t data[FILE_MOST];
    char hash[33];
    FILE *f = fopen(path, "rb");
    size_t size = f ? fread(data, 1, sizeof data, f) : 0;
    if (!f || fclose(f) != 0) exit(1);
    content_of(path, data, size, hash);
    printf("%s %s\n", path, hash);
}

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "read"))
        for (int i = 2; i < argc; i++) read_one(argv[i]);
    else make_all(argc > 2 && !strcmp(argv[1], "write") ? argv[2] : NULL);
    return 0;
}
