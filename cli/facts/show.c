/* A fact set as text or JSON: kind and axes, counts, entropies, and the first records of every group. */
#include "cli/facts/show.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"
#include "base/json.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "data/pool.h"

enum { FIRST_RECORDS = 5, RECORD_MAX = 256, TAGS_SHOWN = 5 };

/* The pool in groups, each of consecutive sequences. */
enum { GROUP_FACTS, GROUP_HELDOUT, GROUP_VARIANTS, GROUP_JUNK, GROUPS };
static const char *const group_key[GROUPS] = {"first_records", "first_heldout", "first_variants",
                                              "first_junk"};

typedef struct PoolGroup {
    int first, n;
} PoolGroup;

static PoolGroup group_of(const FactSet *f, int group) {
    const int counts[GROUPS] = {f->n, f->n_heldout, f->n_variants, f->n_junk};
    PoolGroup p = {0, counts[group]};
    for (int i = 0; i < group; i++) p.first += counts[i];
    return p;
}

/* The number of tokens of each field, over all facts. */
static void count_fields(const FactSet *f, int64_t count[FIELDS_MAX]) {
    memset(count, 0, FIELDS_MAX * sizeof *count);
    for (int64_t t = 0; f->field && t < f->start[f->n]; t++) count[f->field[t]]++;
}

/* A text that fills its buffer was cut, perhaps inside a UTF-8 character: ends it before that character, with
 * dots. */
static void mark_cut(char text[RECORD_MAX]) {
    if (strlen(text) < RECORD_MAX - 1) return;
    size_t end = RECORD_MAX - 4;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80) end--;
    strcpy(text + end, "...");
}

/* Token numbers; where the vocabulary has text, that text, escaped, with a tab before the answer. false: no memory. */
static bool plain_text(char out[RECORD_MAX], const FactSet *f, int i) {
    bool whole = true;
    facts_text(f, i, out, RECORD_MAX);
    if (f->vocab.text) {
        const int32_t *tokens = f->tokens + f->start[i];
        int n = (int)(f->start[i + 1] - f->start[i]), prompt_len = f->prompt_len[i];
        char *prompt =
            show_tokens(&f->vocab, tokens, prompt_len - (prompt_len > 0 && vocab_has_tab(&f->vocab)));
        char *answer = show_tokens(&f->vocab, tokens + prompt_len, n - prompt_len);
        bool space = f->vocab.tokens && prompt_len && answer && *answer == ' '; /* for it the tab stands */
        whole = prompt && answer;
        if (whole) snprintf(out, RECORD_MAX, "%s%s%s", prompt, prompt_len ? "\t" : "", answer + space);
        free(prompt);
        free(answer);
    }
    mark_cut(out);
    return whole;
}

/* With fields: "subject 9 6  relation 1  object 0", and marks by name. Without, or with text: as plain_text. */
static bool record_text(char out[RECORD_MAX], const FactSet *f, int i) {
    if (f->vocab.text || !f->field) return plain_text(out, f, i);
    size_t used = 0;
    int marks = pool_marks(f), last = -1;
    for (int64_t t = f->start[i]; t < f->start[i + 1] && used < RECORD_MAX - 1; t++) {
        int field = f->field[t], mark = f->tokens[t] - (f->vocab.size - marks);
        bool named = field != FIELD_CONTEXT && f->n_fields > 2 && field != last;
        char name[MARK_NAME_MAX];
        if (field == FIELD_CONTEXT && marks > 0 && mark >= 0) pool_mark_name(f, mark, name);
        else snprintf(name, sizeof name, "%d", f->tokens[t]);
        used += (size_t)snprintf(out + used, RECORD_MAX - used, "%s%s%s%s",
                                 !used   ? ""
                                 : named ? "  "
                                         : " ",
                                 named ? f->field_name[field] : "", named ? " " : "", name);
        last = field;
    }
    mark_cut(out);
    return true;
}

/* ---- JSON ---- */

/* A text that a user's file named, escaped as everywhere: any bytes become UTF-8. NULL: no memory. */
static json_t *json_shown(const char *text) {
    size_t size = strlen(text), room = 4 * size + 1;
    char *shown = malloc(room);
    if (shown) text_escape(shown, room, (Text){(char *)(uintptr_t)text, size});
    return json_string_take(shown);
}

/* NULL: no memory. Where jansson has none, json_out says so. */
static json_t *json_texts(const FactSet *f, PoolGroup group) {
    json_t *records = json_array();
    bool whole = true;
    for (int i = 0; i < group.n && i < FIRST_RECORDS && whole; i++) {
        char text[RECORD_MAX];
        whole = plain_text(text, f, group.first + i);
        json_array_append_new(records, json_string(text));
    }
    if (!whole) json_decref(records);
    return whole ? records : NULL;
}

/* Only drawn sets have these: pool, fields, marks, the keys of the draw. false: no memory. */
static bool json_pool(json_t *o, const FactSet *f) {
    int marks = pool_marks(f), n_words = 0;
    if (f->n_pool > f->n)
        json_object_set_new(
            o, "pool",
            json_pack("{si si si}", "heldout", f->n_heldout, "variants", f->n_variants, "junk", f->n_junk));
    if (f->n_fields) {
        int64_t count[FIELDS_MAX];
        json_t *fields = json_object();
        count_fields(f, count);
        for (int i = 0; i < f->n_fields; i++)
            json_object_set_new(fields, f->field_name[i], json_integer(count[i]));
        json_object_set_new(o, "tokens_by_field", fields);
    }
    if (marks > 0) {
        json_t *names = json_array();
        for (int m = 0; m < marks; m++) {
            char name[MARK_NAME_MAX];
            pool_mark_name(f, m, name);
            json_array_append_new(names, json_string(name));
        }
        json_object_set_new(o, "marks", names);
    }
    char **words = f->config.n ? config_facts_words(&f->config, &n_words) : NULL;
    json_t *list = json_array();
    for (int i = 0; i < n_words; i++) json_array_append_new(list, json_string(words[i]));
    if (words) json_object_set(o, "drawn_with", list);
    json_decref(list);
    config_words_free(words);
    return words || !f->config.n;
}

/* Bytes of text for each token, ends of facts not counted. */
static double bytes_per_token(const FactSet *f) {
    int64_t bytes = 0, tokens = 0;
    for (int64_t t = 0; t < f->start[f->n]; t++) {
        if (f->tokens[t] == f->vocab.eos) continue;
        bytes += f->vocab.length[f->tokens[t]];
        tokens++;
    }
    return tokens ? (double)bytes / (double)tokens : 0;
}

/* NULL: no memory. */
static json_t *facts_json(const FactSet *f) {
    json_t *o = json_pack("{ss si si si si}", "kind", f->kind, "n", f->n, "max_len", f->max_len, "vocab_size",
                          f->vocab.size, "duplicates", f->duplicates);
    if (!o) return NULL;
    json_object_set_new(o, "tokens", json_integer(f->start[f->n]));
    if (f->vocab.tokens)
        json_object_set_new(o, "tokenizer",
                            json_pack("{ss si sf}", "hash", f->vocab.tokenizer_hash, "tokens_used",
                                      facts_symbols_used(f), "bytes_per_token", bytes_per_token(f)));
    json_object_set_new(o, "entropy_bits", json_number(f->entropy_known ? f->data_bits : NAN));
    json_object_set_new(o, "data_bits_set", json_number(f->entropy_known ? f->data_bits_set : NAN));
    json_object_set_new(o, "ceiling_bits", json_number(f->entropy_known ? f->ceiling_bits : NAN));
    if (!f->entropy_known || f->answer_bits > 0)
        json_object_set_new(o, "answer_bits", json_number(f->answer_bits));
    if (f->entropy_known) {
        json_object_set_new(o, "derivation", json_string(f->derivation));
        json_object_set_new(o, "seed", json_seed(f->seed));
    } else {
        json_object_set_new(o, "zlib_bytes", json_integer(f->zlib_bytes));
        for (int i = 0; strcmp(f->kind, "text") == 0 && i < TEXT_ORDERS; i++) {
            char key[32];
            snprintf(key, sizeof key, "order%d_bits", i);
            json_object_set_new(o, key, json_number(f->order_bits[i]));
        }
    }
    bool whole = json_pool(o, f) && (!f->vocab.tokens || facts_symbols_used(f) >= 0);
    json_t *tags = json_array();
    for (int i = 0; i < f->n_tags; i++)
        whole = json_array_append_new(tags, json_shown(f->tag_names[i])) == 0 && whole;
    json_object_set_new(o, "tags", tags);
    json_object_set_new(o, "data_hash", json_string(f->data_hash));
    for (int p = 0; p < GROUPS; p++)
        if (p == GROUP_FACTS || group_of(f, p).n)
            whole = json_object_set_new(o, group_key[p], json_texts(f, group_of(f, p))) == 0 && whole;
    if (whole) return o;
    json_lost();
    json_decref(o);
    return NULL;
}

/* ---- for people ---- */

/* "bios: n=20 seed=0 templates=8 ..": the keys of the draw; of the axes, only those that differ from their default. */
static Status print_kind(FILE *out, const FactSet *f, Err *err) {
    static const char *const axes[] = {
        "facts.heldout=0",     "facts.split_seed=0",  "facts.junk_n=0",          "facts.domain_token=false",
        "facts.paraphrases=1", "facts.seed_prefix=0", "facts.prefix_symbols=64", "facts.fixed_prefix=false"};
    int n = 0;
    char **words = f->config.n ? config_facts_words(&f->config, &n) : NULL;
    if (f->config.n && !words) return err_set(err, ERR_NOMEM, "no memory for the keys of a fact set");
    fprintf(out, "kind        %s", f->kind);
    for (int i = 1; i < n; i++) { /* the first is the kind */
        size_t axis = 0;
        while (axis < sizeof axes / sizeof *axes && strcmp(axes[axis], words[i]) != 0) axis++;
        if (axis == sizeof axes / sizeof *axes)
            fprintf(out, "%s %s", i == 1 ? ":" : "", words[i] + strlen("facts."));
    }
    fputc('\n', out);
    config_words_free(words);
    return OK;
}

static void print_entropy(FILE *out, const FactSet *f) {
    if (f->entropy_known) {
        fprintf(out, "entropy     %.6f bits: ", f->data_bits);
        text_show(out, f->derivation);
        fputc('\n', out);
        if (f->answer_bits > 0)
            fprintf(out, "answers     %.6f bits of it, given the prompts\n", f->answer_bits);
        fprintf(out, "as a set    %.6f bits\nceiling     %.6f bits (entropy - n log2 n)%s\n",
                f->data_bits_set, f->ceiling_bits,
                f->ceiling_bits > 0
                    ? ""
                    : ": below 0, because naming the facts costs more bits than they contain");
        return;
    }
    fprintf(out, "entropy     unknown; baselines: answers %.6f bits, zlib %s bytes\n", f->answer_bits,
            show_int(f->zlib_bytes));
    if (strcmp(f->kind, "text") == 0)
        fprintf(out, "empirical   order 0: %.1f bits, order 1: %.1f, order 2: %.1f\n", f->order_bits[0],
                f->order_bits[1], f->order_bits[2]);
    else fprintf(out, "duplicates  %s dropped\n", show_int(f->duplicates));
}

static void print_tags(FILE *out, const FactSet *f) {
    if (!f->n_tags) return;
    fprintf(out, "tags        %d:", f->n_tags);
    for (int k = 0; k < f->n_tags && k < TAGS_SHOWN; k++) {
        int count = 0;
        for (int i = 0; i < f->n; i++) count += f->tag[i] == k;
        fputs(k ? ", " : " ", out);
        text_show(out, f->tag_names[k]);
        fprintf(out, " %s", show_int(count));
    }
    fprintf(out, "%s\n", f->n_tags > TAGS_SHOWN ? ", .." : "");
}

/* Tokens per fact, and the share of the coded tokens. */
static void print_fields(FILE *out, const FactSet *f) {
    if (!f->n_fields) return;
    int64_t count[FIELDS_MAX], coded = 0;
    count_fields(f, count);
    for (int i = 1; i < f->n_fields; i++) coded += count[i];
    fprintf(out, "fields      %-14s tokens a fact, share of coded tokens\n", "");
    for (int i = 1; i < f->n_fields; i++)
        if (count[i])
            fprintf(out, "            %-14s %6.4g %6.1f %%\n", f->field_name[i], (double)count[i] / f->n,
                    100.0 * (double)count[i] / (double)coded);
    if (count[FIELD_CONTEXT])
        fprintf(out, "            %-14s %6.4g  context, not coded\n", f->field_name[FIELD_CONTEXT],
                (double)count[FIELD_CONTEXT] / f->n);
}

static void print_pool(FILE *out, const FactSet *f) {
    int marks = pool_marks(f);
    if (f->n_pool > f->n) {
        fprintf(out, "pool        %s sequences: %s facts", show_int(f->n_pool), show_int(f->n));
        if (f->n_heldout) fprintf(out, ", %s held out", show_int(f->n_heldout));
        if (f->n_variants) fprintf(out, ", %s paraphrases", show_int(f->n_variants));
        if (f->n_junk) fprintf(out, ", %s junk", show_int(f->n_junk));
        fputc('\n', out);
    }
    if (marks > 0) fprintf(out, "marks      ");
    for (int m = 0; m < marks; m++) {
        char name[MARK_NAME_MAX];
        pool_mark_name(f, m, name);
        if (m == TAGS_SHOWN) fprintf(out, " ..");
        if (m < TAGS_SHOWN) fprintf(out, " %s", name);
    }
    if (marks > 0) fputc('\n', out);
    if (f->config.zipf > 0)
        fprintf(out, "exposure    Zipf's law: fact number r in proportion to r^-%.15g (facts.zipf)\n",
                f->config.zipf);
    if (f->config.junk_ratio > 0)
        fprintf(out, "junk        %.15g per useful sequence (facts.junk_ratio)\n", f->config.junk_ratio);
}

/* A record's number is its place in the pool. */
static Status print_records(FILE *out, const FactSet *f, Err *err) {
    static const char *const heading[GROUPS] = {"facts", "held out, never trained",
                                                "paraphrases, trained in place of their facts",
                                                "junk, trained, not counted"};
    for (int p = 0; p < GROUPS; p++) {
        PoolGroup group = group_of(f, p);
        if (f->n_pool > f->n && group.n) fprintf(out, "%s\n", heading[p]);
        for (int i = group.first; i < group.first + group.n && i < group.first + FIRST_RECORDS; i++) {
            char text[RECORD_MAX], number[32];
            if (!record_text(text, f, i)) return err_set(err, ERR_NOMEM, "no memory to show a fact");
            if (p == GROUP_VARIANTS)
                snprintf(number, sizeof number, "%d of %d", i, f->variant_of[i - group.first]);
            else snprintf(number, sizeof number, "%d", i);
            fprintf(out, "%-11s %s\n", number, text);
        }
    }
    return OK;
}

static Status print_json(FILE *out, const FactSet *f, Err *err) {
    char *text;
    TRY(json_result_text(facts_json(f), &text, err));
    fprintf(out, "%s\n", text);
    free(text);
    return OK;
}

static Status print_all(FILE *out, const FactSet *f, Err *err) {
    TRY(print_kind(out, f, err));
    fprintf(out, "facts       %s, %s tokens, the longest %d\nvocabulary  %s symbols\n", show_int(f->n),
            show_int(f->start[f->n]), f->max_len, show_int(f->vocab.size));
    int used = f->vocab.tokens ? facts_symbols_used(f) : 0;
    if (used < 0) return err_set(err, ERR_NOMEM, "no memory to count symbols");
    if (f->vocab.tokens)
        fprintf(out, "tokenizer   %s; %s of its tokens occur, and %.3f bytes a token\n",
                f->vocab.tokenizer_hash, show_int(used), bytes_per_token(f));
    print_pool(out, f);
    print_entropy(out, f);
    print_fields(out, f);
    print_tags(out, f);
    fprintf(out, "hash        %s\n", f->data_hash);
    return print_records(out, f, err);
}

Status facts_shown(const FactSet *facts, bool json, char **out, Err *err) {
    TextStream *text;
    *out = NULL;
    TRY(text_begin(&text, err));
    Status status = json ? print_json(text_file(text), facts, err) : print_all(text_file(text), facts, err);
    if (status == OK) return text_end(text, out, NULL, err);
    text_abort(text);
    return status;
}
