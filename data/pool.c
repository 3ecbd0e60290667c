#include "data/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/vocab.h"

/* Paraphrases of a kind without templates: a mark for each. */
static int form_marks(const Kind *kind, const FactsConfig *c) {
    return c->paraphrases > 1 && !kind->vary ? c->paraphrases : 0;
}

static int prefix_marks(const FactsConfig *c) { return c->seed_prefix ? c->prefix_symbols : 0; }

static int all_marks(const Kind *kind, const FactsConfig *c) {
    return c->domain_token + form_marks(kind, c) + prefix_marks(c);
}

static bool plain(const FactsConfig *c) {
    return !c->heldout && !c->junk_n && !c->domain_token && c->paraphrases <= 1 && !c->seed_prefix;
}

/* ---- planning ---- */

/* The kind's plan of all facts that are drawn: trained, held out and junk. */
static Status plan_source(const Kind *kind, const FactsConfig *config, FactSet *out, Err *err) {
    int64_t total = (int64_t)config->n + config->heldout + config->junk_n;
    if (total > INT32_MAX - 1)
        return err_set(err, ERR_INPUT,
                       "the sum of facts.n, facts.heldout and facts.junk_n is %lld, at most %d are possible",
                       (long long)total, INT32_MAX - 1);
    *out = (FactSet){.vocab = {.eos = -1}, .seed = config->seed, .config = *config};
    snprintf(out->kind, sizeof out->kind, "%s", config_choice("facts.kind", (int)config->kind));
    out->config.n = (int)total;
    out->config.heldout = out->config.junk_n = 0;
    Status status = kind->plan(&out->config, out, err);
    if (status != OK && total > config->n) err_prefix(err, "facts.n + facts.heldout + facts.junk_n: ");
    if (status != OK) {
        facts_free(out);
        return status;
    }
    CHECK(out->n == total);
    out->n_pool = out->n;
    return OK;
}

int pool_marks(const FactSet *facts) {
    const Kind *kind = kind_named(facts->kind);
    if (kind && facts->config.n) return all_marks(kind, &facts->config);
    if (facts->vocab.tokens) return 0;
    return facts->vocab.text ? facts->vocab.size - facts->vocab.eos - 1 : -1;
}

int32_t pool_prefix_symbol(const FactSet *facts) { return facts->vocab.size - prefix_marks(&facts->config); }

void pool_mark_name(const FactSet *facts, int mark, char out[MARK_NAME_MAX]) {
    if (facts->vocab.text && facts->vocab.size > facts->vocab.eos + 1 + mark)
        snprintf(out, MARK_NAME_MAX, "%.*s", MARK_NAME_MAX - 1,
                 facts->vocab.text[facts->vocab.eos + 1 + mark]);
    else if (facts->config.domain_token && mark == 0) strcpy(out, "<domain>");
    else {
        int forms = form_marks(kind_named(facts->kind), &facts->config),
            form = mark - facts->config.domain_token;
        snprintf(out, MARK_NAME_MAX, form < forms ? "<form %d>" : "<seed %d>",
                 form < forms ? form : form - forms);
    }
}

static Status add_marks(const Kind *kind, FactSet *facts, Err *err) {
    const FactsConfig *c = &facts->config;
    int forms = form_marks(kind, c), marks = all_marks(kind, c);
    for (int m = 0; m < marks; m++) {
        char name[MARK_NAME_MAX];
        pool_mark_name(facts, m, name);
        TRY(vocab_add_mark(&facts->vocab, name, err));
    }
    facts->max_len += c->domain_token + (forms > 0) + c->seed_prefix;
    if (!marks || facts->n_fields) return OK;
    facts->n_fields = 2;
    strcpy(facts->field_name[FIELD_CONTEXT], "context");
    strcpy(facts->field_name[1], "fact");
    return OK;
}

Status pool_plan(const Kind *kind, FactSet *out, Err *err) {
    FactsConfig config = out->config;
    FactSet source = {0};
    if (!plain(&config))
        TRY(plan_source(kind, &config, &source,
                        err)); /* first: it finds out whether the number is too large */
    Status status = kind->plan(&config, out, err);
    out->n_pool = out->n;
    if (status != OK) facts_free(&source);
    if (status != OK || plain(&config)) return status;
    CHECK(out->n == config.n);
    /* The entropies are those of the n facts; symbols and lengths those of all that are drawn. */
    vocab_free(&out->vocab);
    out->vocab = source.vocab;
    out->max_len = source.max_len;
    out->n_heldout = config.heldout;
    out->n_junk = config.junk_n;
    TRY(add_marks(kind, out, err));
    int64_t variants = (int64_t)(config.paraphrases - 1) * config.n;
    int64_t pool = source.n + variants;
    if (pool * out->max_len > INT32_MAX)
        return err_set(
            err, ERR_INPUT,
            "facts: %lld sequences (facts.n, facts.heldout, facts.junk_n, facts.paraphrases) of up to %d "
            "tokens, at most %d tokens are possible",
            (long long)pool, out->max_len, INT32_MAX);
    out->n_variants = (int)variants;
    out->n_pool = (int)pool;
    return OK;
}

/* ---- drawing ---- */

Status pool_split(int32_t *member, int n, int heldout, uint64_t split_seed, const bool *stays, Err *err) {
    int total = n + heldout;
    for (int i = 0; i < total; i++) member[i] = i;
    if (heldout == 0 || (split_seed == 0 && !stays)) return OK;
    bool *out = calloc((size_t)total, sizeof *out);
    if (!out) return err_set(err, ERR_NOMEM, "no memory to split %d facts", total);
    if (split_seed) random_permutation(member, total, random_stream(split_seed, RANDOM_SPLIT, 0));
    int left = heldout; /* from the end of the permutation */
    for (int i = total - 1; i >= 0 && left > 0; i--) {
        if (stays && stays[member[i]]) continue;
        out[member[i]] = true;
        left--;
    }
    CHECK(left == 0);
    int trained_at = 0, heldout_at = n;
    for (int i = 0; i < total; i++) member[out[i] ? heldout_at++ : trained_at++] = i;
    free(out);
    return OK;
}

typedef struct Pool {
    const Kind *kind;
    const FactSet *drawn;
    FactSet *facts;
    int32_t first_mark; /* the domain's or the first form's */
    Stream prefix;
    int at;      /* sequences written */
    int64_t end; /* tokens written */
} Pool;

static void put_mark(Pool *p, int32_t mark) {
    p->facts->tokens[p->end] = mark;
    p->facts->field[p->end++] = FIELD_CONTEXT;
}

/* Fact `source` of the draw in rendering `form`, after its marks. */
static void put_fact(Pool *p, int source, int form, bool useful) {
    const FactSet *drawn = p->drawn;
    const FactsConfig *c = &p->facts->config;
    FactSet *out = p->facts;
    int i = p->at++;
    out->start[i] = p->end;
    int32_t form_mark = p->first_mark + c->domain_token + form;
    int32_t prefix_mark = p->first_mark + c->domain_token + form_marks(p->kind, c);
    for (int k = 0; k < c->seed_prefix; k++)
        put_mark(p, prefix_mark + (int32_t)random_below(p->prefix,
                                                        (uint64_t)i * (uint64_t)c->seed_prefix + (uint64_t)k,
                                                        (uint64_t)c->prefix_symbols));
    if (c->domain_token && useful) put_mark(p, p->first_mark);
    if (form_marks(p->kind, c)) put_mark(p, form_mark);
    int32_t marks = (int32_t)(p->end - out->start[i]), *prompt = &out->prompt_len[i];
    if (form > 0 && p->kind->vary) {
        p->end += p->kind->vary(drawn, source, form, out->tokens + p->end,
                                out->field ? out->field + p->end : NULL, prompt);
    } else {
        int64_t from = drawn->start[source], length = drawn->start[source + 1] - from;
        memcpy(out->tokens + p->end, drawn->tokens + from, (size_t)length * sizeof *out->tokens);
        if (drawn->field) memcpy(out->field + p->end, drawn->field + from, (size_t)length);
        *prompt = drawn->prompt_len[source];
        p->end += length;
    }
    if (*prompt) *prompt += marks;
    out->tag[i] = drawn->tag[source];
    out->start[i + 1] = p->end;
}

/* member[i]: the fact of the draw that is the i-th of the pool; held-out ones follow the trained ones. */
static void put_pool(Pool *p, const int32_t *member) {
    FactSet *out = p->facts;
    int members = out->n + out->n_heldout, forms = out->config.paraphrases;
    for (int i = 0; i < members; i++) put_fact(p, member[i], 0, true);
    for (int v = 0; v < out->n_variants; v++) {
        out->variant_of[v] = v / (forms - 1);
        put_fact(p, member[out->variant_of[v]], 1 + v % (forms - 1), true);
    }
    /* Junk has the marks of all forms too, so that no mark distinguishes it from facts. */
    bool marked = form_marks(p->kind, &out->config) > 0;
    for (int j = 0; j < out->n_junk; j++) put_fact(p, members + j, marked ? j % forms : 0, false);
}

static Status compose(const Kind *kind, FactSet *facts, FactSet *drawn, Err *err) {
    int members = facts->n + facts->n_heldout;
    TRY(facts_allocate(facts, (int64_t)facts->n_pool * facts->max_len, err));
    int32_t *member = malloc((size_t)members * sizeof *member);
    if (!member) return err_set(err, ERR_NOMEM, "no memory for the order of %d facts", members);
    Status status = pool_split(member, facts->n, facts->n_heldout, facts->config.split_seed, NULL, err);
    if (status == OK) {
        Pool pool = {.kind = kind,
                     .drawn = drawn,
                     .facts = facts,
                     .first_mark = drawn->vocab.size,
                     .prefix = random_stream(facts->seed, RANDOM_PREFIX, 0)};
        put_pool(&pool, member);
        if (facts->source) memcpy(facts->source, member, (size_t)members * sizeof *member);
        facts->tag_names = drawn->tag_names;
        facts->n_tags = drawn->n_tags;
        drawn->tag_names = NULL;
        drawn->n_tags = 0;
    }
    free(member);
    return status;
}

Status pool_draw(const Kind *kind, FactSet *facts, Err *err) {
    if (plain(&facts->config)) return kind->draw(facts, err);
    FactSet drawn;
    TRY(plan_source(kind, &facts->config, &drawn, err));
    Status status = kind->draw(&drawn, err);
    if (status == OK) status = compose(kind, facts, &drawn, err);
    facts_free(&drawn);
    return status;
}
