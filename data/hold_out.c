#include "data/hold_out.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "data/import/deflated.h"
#include "data/import/encode.h"
#include "data/import/text_facts.h"
#include "data/pool.h"
#include "data/seen.h"

static bool is_text(const FactSet *facts) { return strcmp(facts->kind, "text") == 0; }

static size_t bytes_of(const FactSet *facts, int i) {
    return (size_t)(facts->start[i + 1] - facts->start[i]) * sizeof *facts->tokens;
}

static bool same_tokens(const void *items, int32_t a, int32_t b) {
    const FactSet *facts = items;
    return bytes_of(facts, a) == bytes_of(facts, b) &&
           memcmp(facts->tokens + facts->start[a], facts->tokens + facts->start[b], bytes_of(facts, a)) == 0;
}

/* Facts whose tokens occur more than once. */
static Status find_repeated(bool *repeated, const FactSet *facts, Err *err) {
    Seen seen;
    TRY(seen_init(&seen, facts->n, same_tokens, facts, err));
    for (int32_t i = 0; i < facts->n; i++) {
        uint64_t hash = XXH3_64bits(facts->tokens + facts->start[i], bytes_of(facts, i));
        int32_t first = seen_enter(&seen, hash, i);
        if (first >= 0) repeated[first] = repeated[i] = true;
    }
    seen_free(&seen);
    return OK;
}

static Status check(const FactSet *facts, const FactsConfig *config, Err *err) {
    bool imported = strcmp(facts->kind, "import") == 0;
    if ((!imported && !is_text(facts)) || facts->n_fields)
        return err_set(
            err, ERR_INPUT,
            "facts.heldout is %d, but the facts in %s were drawn (kind %s); set the key in the `rote "
            "facts make` that draws them (facts.kind=%s)",
            config->heldout, config->path, facts->kind, facts->kind);
    if (facts->n_pool > facts->n)
        return err_set(
            err, ERR_INPUT,
            "facts.heldout is %d, but in %s %d of %d facts are held out already; leave the key out, or "
            "use the fact set from which it was made",
            config->heldout, config->path, facts->n_heldout, facts->n_pool);
    if (config->heldout < facts->n) return OK;
    return err_set(err, ERR_INPUT,
                   "facts.heldout is %d, but %s has %d fact%s%s, and at least one must be trained; lower it",
                   config->heldout, config->path, facts->n, facts->n == 1 ? "" : "s",
                   is_text(facts) ? " (chunks of facts.seq_len bytes)" : "");
}

static Status choose(int32_t *member, const FactSet *facts, const FactsConfig *config, Err *err) {
    int total = facts->n, once = 0;
    bool *repeated = calloc((size_t)total, sizeof *repeated);
    Status status = OK;
    if (!repeated) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to split %d facts", total));
    TRY_GOTO(find_repeated(repeated, facts, err));
    for (int i = 0; i < total; i++) once += !repeated[i];
    if (once < config->heldout)
        TRY_GOTO(
            err_set(err, ERR_INPUT,
                    "facts.heldout is %d, but of the %d facts of %s only %d occur once, and the copy of a "
                    "repeated fact would be trained; lower it",
                    config->heldout, total, config->path, once));
    status = pool_split(member, total - config->heldout, config->heldout, config->split_seed, repeated, err);
done:
    free(repeated);
    return status;
}

/* Tags are numbered in the order in which they first occur, which changes with the order of the facts. */
static Status number_tags(FactSet *facts, Err *err) {
    int n = facts->n_tags, next = 0;
    if (!n) return OK;
    int32_t *number = malloc((size_t)n * sizeof *number);
    char **names = malloc((size_t)n * sizeof *names);
    Status status = OK;
    if (!number || !names) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d tags", n));
    for (int k = 0; k < n; k++) number[k] = -1;
    for (int i = 0; i < facts->n_pool; i++) {
        int32_t *tag = &facts->tag[i];
        if (*tag < 0) continue;
        if (number[*tag] < 0) {
            names[next] = facts->tag_names[*tag];
            number[*tag] = next++;
        }
        *tag = number[*tag];
    }
    CHECK(next == n); /* every tag has a fact */
    memcpy(facts->tag_names, names, (size_t)n * sizeof *names);
done:
    free(number);
    free(names);
    return status;
}

/* The set in its new order: new arrays, all else moved from `all`. */
static Status rearrange(FactSet *facts, FactSet *all, const int32_t *member, int heldout, Err *err) {
    *facts = *all;
    facts->n -= heldout;
    facts->n_heldout = heldout;
    /* What `all` keeps is freed with it. */
    all->tag_names = NULL;
    all->n_tags = 0;
    all->vocab = (Vocab){.eos = -1};
    TRY(facts_allocate(facts, all->start[all->n], err));
    int64_t end = 0;
    for (int i = 0; i < all->n; i++) {
        int from = member[i];
        facts->start[i] = end;
        memcpy(facts->tokens + end, all->tokens + all->start[from], bytes_of(all, from));
        end += all->start[from + 1] - all->start[from];
        facts->prompt_len[i] = all->prompt_len[from];
        facts->tag[i] = all->tag[from];
        facts->source[i] = from;
    }
    facts->start[all->n] = end;
    return number_tags(facts, err);
}

/* zlib's size of the trained facts, as lines "prompt TAB answer", as at import; for text, of its chunks without
 * separators. */
static Status deflate_facts(FactSet *facts, Err *err) {
    Deflated d;
    size_t longest = 1;
    for (int i = 0; i < facts->n; i++)
        if (facts_text_bytes(facts, i) > longest) longest = facts_text_bytes(facts, i);
    char *bytes = malloc(longest);
    if (!bytes) return err_set(err, ERR_NOMEM, "no memory for a fact of %zu bytes", longest);
    Status status = deflated_begin(&d, err);
    for (int i = 0; i < facts->n && status == OK; i++) {
        Text prompt, answer;
        facts_fields(facts, i, bytes, &prompt, &answer);
        if (prompt.data) {
            deflated_add(&d, prompt);
            deflated_add_char(&d, '\t');
        }
        deflated_add(&d, answer);
        if (!is_text(facts)) deflated_add_char(&d, '\n');
    }
    if (status == OK) facts->zlib_bytes = deflated_end(&d);
    free(bytes);
    return status;
}

Status facts_hold_out(FactSet *facts, const FactsConfig *config, Err *err) {
    TRY(check(facts, config, err));
    FactSet all = *facts;
    int32_t *member = malloc((size_t)all.n * sizeof *member);
    if (!member) return err_set(err, ERR_NOMEM, "no memory to split %d facts", all.n);
    Status status = choose(member, &all, config, err);
    if (status != OK) {
        free(member);
        return status;
    }
    status = rearrange(facts, &all, member, config->heldout, err);
    free(member);
    facts_free(&all);
    TRY(status);
    TRY(facts_count_imported(facts, err));
    if (is_text(facts)) TRY(text_facts_count(facts, err));
    TRY(deflate_facts(facts, err));
    return facts_hash(facts, err);
}
