#include "data/hold_out.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/random.h"
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

/* "facts.n is 5", and "facts.heldout is 2" where it is set. */
static const char *keys_set(char out[80], const FactsConfig *config, int n) {
    int used = config->n_given ? snprintf(out, 80, "facts.n is %d%s", n, config->heldout ? " and " : "") : 0;
    if (config->heldout || !used)
        snprintf(out + used, 80 - (size_t)used, "facts.heldout is %d", config->heldout);
    return out;
}

/* n: to be trained. */
static Status check(const FactSet *facts, const FactsConfig *config, int n, Err *err) {
    bool imported = strcmp(facts->kind, "import") == 0;
    char keys[80];
    keys_set(keys, config, n);
    if ((!imported && !is_text(facts)) || facts->n_fields)
        return err_set(err, ERR_INPUT,
                       "%s, but the facts in %s were drawn (kind %s); set the key in the `rote facts make` "
                       "that draws them (facts.kind=%s)",
                       keys, config->path, facts->kind, facts->kind);
    if (facts->n_pool > facts->n)
        return err_set(
            err, ERR_INPUT,
            "%s, but in %s %d of %d facts are held out already; leave the key out, or use the fact "
            "set from which it was made",
            keys, config->path, facts->n_heldout, facts->n_pool);
    const char *what = is_text(facts) ? " (chunks of facts.seq_len bytes)" : "";
    if (config->n_given && n > facts->n - config->heldout)
        return err_set(err, ERR_INPUT,
                       "%s, but %s has only %d fact%s%s; lower %s, or leave facts.n out: it then trains all",
                       keys, config->path, facts->n, facts->n == 1 ? "" : "s", what,
                       config->heldout ? "one of them" : "it");
    if (config->heldout < facts->n) return OK;
    return err_set(err, ERR_INPUT,
                   "facts.heldout is %d, but %s has %d fact%s%s, and at least one must be trained; lower it",
                   config->heldout, config->path, facts->n, facts->n == 1 ? "" : "s", what);
}

/* The held-out facts, behind all others; each part in the order of the file. */
static Status split(int32_t *member, const FactSet *facts, const FactsConfig *config, Err *err) {
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

/* Keeps n of the facts before the held-out ones, in their order, and moves the held-out ones up behind them. */
static Status keep_some(int32_t *member, int total, int n, const FactsConfig *config, Err *err) {
    int trained = total - config->heldout, kept = 0;
    int32_t *order = malloc((size_t)total * sizeof *order);
    bool *take = calloc((size_t)total, sizeof *take);
    Status status = OK;
    if (!order || !take) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to choose among %d facts", total));
    for (int i = 0; i < total; i++) order[i] = i;
    random_permutation(order, total, random_stream(config->seed, RANDOM_FACTS, 0));
    for (int i = 0; i < trained; i++) take[member[i]] = true; /* may be taken */
    int left = n;
    for (int i = 0; i < total; i++)
        if (take[order[i]] && left-- <= 0) take[order[i]] = false;
    for (int i = 0; i < trained; i++)
        if (take[member[i]]) member[kept++] = member[i];
    CHECK(kept == n);
    memmove(member + n, member + trained, (size_t)config->heldout * sizeof *member);
done:
    free(order);
    free(take);
    return status;
}

/* Tags are numbered in the order in which they first occur, which changes with the facts that are chosen and their
 * order. Those that no fact has any more are dropped. */
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
    for (int k = 0; k < n; k++)
        if (number[k] < 0) free(facts->tag_names[k]);
    memcpy(facts->tag_names, names, (size_t)next * sizeof *names);
    facts->n_tags = next;
done:
    free(number);
    free(names);
    return status;
}

/* The set of n trained and `heldout` other facts, in the order of member: new arrays, all else moved from `all`. */
static Status rearrange(FactSet *facts, FactSet *all, const int32_t *member, int n, int heldout, Err *err) {
    int64_t tokens = 0, end = 0;
    *facts = *all;
    facts->n = n;
    facts->n_heldout = heldout;
    /* What `all` keeps is freed with it. */
    all->tag_names = NULL;
    all->n_tags = 0;
    all->vocab = (Vocab){.eos = -1};
    for (int i = 0; i < n + heldout; i++) tokens += all->start[member[i] + 1] - all->start[member[i]];
    TRY(facts_allocate(facts, tokens, err));
    for (int i = 0; i < n + heldout; i++) {
        int from = member[i];
        facts->start[i] = end;
        memcpy(facts->tokens + end, all->tokens + all->start[from], bytes_of(all, from));
        end += all->start[from + 1] - all->start[from];
        facts->prompt_len[i] = all->prompt_len[from];
        facts->tag[i] = all->tag[from];
        if (facts->source) facts->source[i] = from;
    }
    facts->start[n + heldout] = end;
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

Status facts_choose(FactSet *facts, const FactsConfig *config, Err *err) {
    int n = config->n_given ? config->n : facts->n - config->heldout;
    bool as_stored =
        config->n_given && n == facts->n; /* of a set of any kind, with held-out facts in it or not */
    if (!config->heldout && (!config->n_given || as_stored)) return OK;
    TRY(check(facts, config, n, err));
    FactSet all = *facts;
    int32_t *member = malloc((size_t)all.n * sizeof *member);
    if (!member) return err_set(err, ERR_NOMEM, "no memory to choose among %d facts", all.n);
    Status status = split(member, &all, config, err);
    if (status == OK && n < all.n - config->heldout) status = keep_some(member, all.n, n, config, err);
    if (status != OK) {
        free(member);
        return status;
    }
    status = rearrange(facts, &all, member, n, config->heldout, err);
    free(member);
    facts_free(&all);
    TRY(status);
    TRY(facts_count_imported(facts, err));
    if (is_text(facts)) TRY(text_facts_count(facts, err));
    TRY(deflate_facts(facts, err));
    return facts_hash(facts, err);
}
