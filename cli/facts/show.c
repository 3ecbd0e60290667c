/* A fact set as text or JSON: kind and axes, counts, entropies, and the first records of every group. */
#include "cli/facts/show.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "data/pool.h"
#include "data/text.h"

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
        char *prompt = show_tokens(&f->vocab, tokens, prompt_len - (prompt_len > 0 && f->vocab.bytes));
        char *answer = show_tokens(&f->vocab, tokens + prompt_len, n - prompt_len);
        whole = prompt && answer;
        if (whole) snprintf(out, RECORD_MAX, "%s%s%s", prompt, prompt_len ? "\t" : "", answer);
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
    json_t *string = shown ? json_string(shown) : NULL;
    free(shown);
    return string;
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

/* NULL: no memory. */
static json_t *facts_json(const FactSet *f) {
    json_t *o = json_pack("{ss si si si si}", "kind", f->kind, "n", f->n, "max_len", f->max_len, "vocab_size",
                          f->vocab.size, "duplicates", f->duplicates);
    if (!o) return NULL;
    json_object_set_new(o, "tokens", json_integer(f->start[f->n]));
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
    bool whole = json_pool(o, f);
    json_t *tags = json_array();
    for (int i = 0; i < f->n_tags; i++)
        whole = json_array_append_new(tags, json_shown(f->tag_names[i])) == 0 && whole;
    json_object_set_new(o, "tags", tags);
    json_object_set_new(o, "data_hash", json_string(f->data_hash));
    for (int p = 0; p < GROUPS; p++)
        if (p == GROUP_FACTS || group_of(f, p).n)
            whole = json_object_set_new(o, group_key[p], json_texts(f, group_of(f, p))) == 0 && whole;
    if (!whole) json_decref(o);
    return whole ? o : NULL;
}

/* ---- for people ---- */

/* "bios: n=20 seed=0 templates=8 ..": the keys of the draw; of the axes, only those that differ from their default. */
static Status print_kind(const FactSet *f, Err *err) {
    static const char *const axes[] = {"facts.heldout=0", "facts.split_seed=0", "facts.junk_n=0",
                                       "facts.domain_token=false", "facts.paraphrases=1"};
    int n = 0;
    char **words = f->config.n ? config_facts_words(&f->config, &n) : NULL;
    if (f->config.n && !words) return err_set(err, ERR_NOMEM, "no memory for the keys of a fact set");
    printf("kind        %s", f->kind);
    for (int i = 1; i < n; i++) { /* the first is the kind */
        size_t axis = 0;
        while (axis < sizeof axes / sizeof *axes && strcmp(axes[axis], words[i]) != 0) axis++;
        if (axis == sizeof axes / sizeof *axes)
            printf("%s %s", i == 1 ? ":" : "", words[i] + strlen("facts."));
    }
    putchar('\n');
    config_words_free(words);
    return OK;
}

static void print_entropy(const FactSet *f) {
    if (f->entropy_known) {
        printf("entropy     %.6f bits: ", f->data_bits);
        text_show(stdout, f->derivation);
        putchar('\n');
        if (f->answer_bits > 0) printf("answers     %.6f bits of it, given the prompts\n", f->answer_bits);
        printf("as a set    %.6f bits\nceiling     %.6f bits (entropy - n log2 n)%s\n", f->data_bits_set,
               f->ceiling_bits,
               f->ceiling_bits > 0 ? ""
                                   : ": below 0, because naming the facts costs more bits than they contain");
        return;
    }
    printf("entropy     unknown; baselines: answers %.6f bits, zlib %s bytes\n", f->answer_bits,
           show_int(f->zlib_bytes));
    if (strcmp(f->kind, "text") == 0)
        printf("empirical   order 0: %.1f bits, order 1: %.1f, order 2: %.1f\n", f->order_bits[0],
               f->order_bits[1], f->order_bits[2]);
    else printf("duplicates  %s dropped\n", show_int(f->duplicates));
}

static void print_tags(const FactSet *f) {
    if (!f->n_tags) return;
    printf("tags        %d:", f->n_tags);
    for (int k = 0; k < f->n_tags && k < TAGS_SHOWN; k++) {
        int count = 0;
        for (int i = 0; i < f->n; i++) count += f->tag[i] == k;
        fputs(k ? ", " : " ", stdout);
        text_show(stdout, f->tag_names[k]);
        printf(" %s", show_int(count));
    }
    printf("%s\n", f->n_tags > TAGS_SHOWN ? ", .." : "");
}

/* Tokens per fact, and the share of the coded tokens. */
static void print_fields(const FactSet *f) {
    if (!f->n_fields) return;
    int64_t count[FIELDS_MAX], coded = 0;
    count_fields(f, count);
    for (int i = 1; i < f->n_fields; i++) coded += count[i];
    printf("fields      %-14s tokens a fact, share of coded tokens\n", "");
    for (int i = 1; i < f->n_fields; i++)
        if (count[i])
            printf("            %-14s %6.4g %6.1f %%\n", f->field_name[i], (double)count[i] / f->n,
                   100.0 * (double)count[i] / (double)coded);
    if (count[FIELD_CONTEXT])
        printf("            %-14s %6.4g  context, not coded\n", f->field_name[FIELD_CONTEXT],
               (double)count[FIELD_CONTEXT] / f->n);
}

static void print_pool(const FactSet *f) {
    int marks = pool_marks(f);
    if (f->n_pool > f->n) {
        printf("pool        %s sequences: %s facts", show_int(f->n_pool), show_int(f->n));
        if (f->n_heldout) printf(", %s held out", show_int(f->n_heldout));
        if (f->n_variants) printf(", %s paraphrases", show_int(f->n_variants));
        if (f->n_junk) printf(", %s junk", show_int(f->n_junk));
        putchar('\n');
    }
    if (marks > 0) printf("marks      ");
    for (int m = 0; m < marks; m++) {
        char name[MARK_NAME_MAX];
        pool_mark_name(f, m, name);
        if (m == TAGS_SHOWN) printf(" ..");
        if (m < TAGS_SHOWN) printf(" %s", name);
    }
    if (marks > 0) putchar('\n');
    if (f->config.zipf > 0)
        printf("exposure    Zipf's law: fact number r in proportion to r^-%.15g (facts.zipf)\n",
               f->config.zipf);
    if (f->config.junk_ratio > 0)
        printf("junk        %.15g per useful sequence (facts.junk_ratio)\n", f->config.junk_ratio);
}

/* A record's number is its place in the pool. */
static Status print_records(const FactSet *f, Err *err) {
    static const char *const heading[GROUPS] = {"facts", "held out, never trained",
                                                "paraphrases, trained in place of their facts",
                                                "junk, trained, not counted"};
    for (int p = 0; p < GROUPS; p++) {
        PoolGroup group = group_of(f, p);
        if (f->n_pool > f->n && group.n) printf("%s\n", heading[p]);
        for (int i = group.first; i < group.first + group.n && i < group.first + FIRST_RECORDS; i++) {
            char text[RECORD_MAX], number[32];
            if (!record_text(text, f, i)) return err_set(err, ERR_NOMEM, "no memory to show a fact");
            if (p == GROUP_VARIANTS)
                snprintf(number, sizeof number, "%d of %d", i, f->variant_of[i - group.first]);
            else snprintf(number, sizeof number, "%d", i);
            printf("%-11s %s\n", number, text);
        }
    }
    return OK;
}

Status facts_out(const FactSet *facts, bool json, Err *err) {
    if (json) return json_out(facts_json(facts), err);
    TRY(print_kind(facts, err));
    printf("facts       %s, %s tokens, the longest %d\nvocabulary  %s symbols\n", show_int(facts->n),
           show_int(facts->start[facts->n]), facts->max_len, show_int(facts->vocab.size));
    print_pool(facts);
    print_entropy(facts);
    print_fields(facts);
    print_tags(facts);
    printf("hash        %s\n", facts->data_hash);
    return print_records(facts, err);
}
