#include "eval/archive/coded_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_stream.h"
#include "data/folder/folder.h"

Status side_damaged(Err *err) { return err_set(err, ERR_FORMAT, "the side information is damaged"); }

/* ---- which facts, in which order ---- */

static ContentLayout layout_of(const FactSet *facts) {
    if (facts->n_fields || !facts->vocab.text) return CONTENT_NUMBERS;
    if (!strcmp(facts->kind, "text") && facts->n_pool == facts->n) return CONTENT_BYTES;
    return CONTENT_TABLE;
}

bool facts_have_context(const FactSet *facts) {
    for (int64_t t = 0; t < facts->start[facts->n]; t++)
        if (!facts_coded(facts, t)) return true;
    return false;
}

static FactEnds ends_of(const FactSet *facts, bool context) {
    bool fixed = true, eos = facts->vocab.eos >= 0 && !context;
    for (int i = 0; i < facts->n; i++) {
        fixed = fixed && fact_length(facts, i) == fact_length(facts, 0);
        for (int64_t t = facts->start[i]; eos && t < facts->start[i + 1]; t++)
            eos = (facts->tokens[t] == facts->vocab.eos) == (t + 1 == facts->start[i + 1]);
    }
    return fixed ? ENDS_FIXED : eos ? ENDS_EOS : ENDS_CODED;
}

static int tab_symbol(const Vocab *vocab) {
    for (int i = 0; vocab->text && vocab->bytes && i < vocab->size; i++)
        if (vocab->length[i] == 1 && vocab->text[i][0] == '\t') return i;
    return -1;
}

/* Tokens up to the first TAB, TAB included; 0: no TAB. */
static int up_to_tab(const FactSet *facts, int i, int tab) {
    for (int t = 0; t < fact_length(facts, i); t++)
        if (facts->tokens[facts->start[i] + t] == tab) return t + 1;
    return 0;
}

static int prompt_mode(const CodedFacts *c) {
    const FactSet *facts = &c->facts;
    int tab = tab_symbol(&facts->vocab), first = facts->prompt_len[0];
    bool fixed = true, by_tab = true;
    if (c->layout != CONTENT_TABLE) return PROMPT_NONE;
    for (int i = 0; i < facts->n; i++) {
        fixed = fixed && facts->prompt_len[i] == first;
        by_tab = by_tab && facts->prompt_len[i] == up_to_tab(facts, i, tab);
    }
    return fixed ? PROMPT_FIXED + first : by_tab ? PROMPT_TAB : PROMPT_CODED;
}

static int compare_tokens(const void *left, const void *right, void *context) {
    const FactSet *facts = context;
    int a = *(const int32_t *)left, b = *(const int32_t *)right, n = fact_length(facts, a),
        m = fact_length(facts, b);
    const int32_t *x = facts->tokens + facts->start[a], *y = facts->tokens + facts->start[b];
    for (int t = 0; t < n && t < m; t++)
        if (x[t] != y[t]) return x[t] < y[t] ? -1 : 1;
    return (n > m) - (n < m);
}

static Status copy_facts(FactSet *out, const FactSet *facts, const int32_t *order, Err *err) {
    out->n = facts->n;
    out->n_fields = facts->n_fields;
    TRY(facts_allocate(out, facts_tokens(facts), err));
    out->start[0] = 0;
    for (int i = 0; i < facts->n; i++) {
        int from = order[i];
        int64_t at = out->start[i], first = facts->start[from];
        size_t length = (size_t)fact_length(facts, from);
        memcpy(out->tokens + at, facts->tokens + first, length * sizeof *out->tokens);
        if (facts->field) memcpy(out->field + at, facts->field + first, length);
        out->start[i + 1] = at + (int64_t)length;
        out->prompt_len[i] = facts->prompt_len[from];
        out->tag[i] = facts->tag[from];
    }
    return OK;
}

Status coded_facts_of(CodedFacts *out, const FactSet *facts, bool as_set, Err *err) {
    *out = (CodedFacts){.layout = layout_of(facts), .as_set = as_set, .borrowed = true};
    Status status = OK;
    bool context = facts_have_context(facts);
    int32_t *order = malloc(((size_t)facts->n + 1) * sizeof *order);
    if (!order) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to order %d facts", facts->n));
    for (int i = 0; i < facts->n; i++) order[i] = i;
    if (as_set) qsort_r(order, (size_t)facts->n, sizeof *order, compare_tokens, (void *)facts);
    TRY_GOTO(copy_facts(&out->facts, facts, order, err));
    FactSet *copy = &out->facts;
    copy->vocab = facts->vocab;
    copy->n_tags = out->layout == CONTENT_TABLE ? facts->n_tags : 0;
    copy->tag_names = facts->tag_names;
    copy->max_len = 0;
    for (int i = 0; i < copy->n; i++)
        if (fact_length(copy, i) > copy->max_len) copy->max_len = fact_length(copy, i);
    out->ends = ends_of(copy, context);
    out->prompts = prompt_mode(out);
    if (as_set && (copy->n_tags || context || out->ends == ENDS_CODED || out->prompts == PROMPT_CODED))
        status = err_set(
            err, ERR_INPUT,
            "facts with %s cannot be coded as a set: only the order of the facts assigns these to them",
            copy->n_tags ? "tags"
            : context    ? "context"
                         : "lengths of their own");
done:
    free(order);
    if (status != OK) coded_facts_free(out);
    return status;
}

void coded_facts_free(CodedFacts *c) {
    FactSet *facts = &c->facts;
    if (c->borrowed) {
        facts->vocab = (Vocab){0};
        facts->tag_names = NULL;
        facts->n_tags = 0;
    }
    facts_free(facts);
}

/* ---- content ---- */

Status coded_facts_content(Bytes *out, const CodedFacts *c, Err *err) {
    const FactSet *facts = &c->facts;
    TextStream *text;
    char *bytes;
    size_t size;
    Status status = OK;
    TRY(text_begin(&text, err));
    FILE *stream = text_file(text);
    if (c->layout == CONTENT_BYTES)
        for (int i = 0; i < facts->n; i++)
            for (int64_t t = facts->start[i]; t < facts->start[i + 1] - 1; t++)
                fwrite(facts->vocab.text[facts->tokens[t]], 1, (size_t)facts->vocab.length[facts->tokens[t]],
                       stream);
    else status = facts_write_records(stream, "archive", facts, c->layout == CONTENT_TABLE, err);
    if (status != OK) {
        text_abort(text);
        return status;
    }
    TRY(text_end(text, &bytes, &size, err));
    bytes_add(out, bytes, size);
    free(bytes);
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the text of %d facts", facts->n) : OK;
}

/* ---- decoded ---- */

Status coded_facts_reserve(CodedFacts *c, int64_t tokens, Err *err) {
    FactSet *facts = &c->facts;
    if (tokens <= c->room) return OK;
    int64_t room = c->room < 256 ? 256 : c->room;
    while (room < tokens) room *= 2;
    int32_t *grown = realloc(facts->tokens, (size_t)room * sizeof *grown);
    if (grown) facts->tokens = grown;
    uint8_t *field = grown && facts->n_fields ? realloc(facts->field, (size_t)room) : NULL;
    if (field) facts->field = field;
    if (!grown || !field != !facts->n_fields)
        return err_set(err, ERR_NOMEM, "no memory for %lld tokens", (long long)tokens);
    c->room = room;
    return OK;
}

/* Whether the text can be within `max` bytes. The estimate is a lower bound, so a text that is then written takes at
 * most a few times `max`. */
static bool text_fits(const CodedFacts *c, uint64_t max) {
    const FactSet *facts = &c->facts;
    uint64_t bytes = 0;
    for (int i = 0; i < facts->n && bytes <= max; i++) {
        int64_t first = facts->start[i], last = facts->start[i + 1] - 1;
        for (int64_t t = first; t <= last && bytes <= max; t++) {
            int32_t token = facts->tokens[t];
            if (c->layout == CONTENT_NUMBERS) bytes += token > 99 ? 4 : 2;
            else if (t < last) bytes += (uint64_t)facts->vocab.length[token];
        }
        if (c->layout != CONTENT_TABLE) continue;
        if (facts->tag[i] >= 0) bytes += strlen(facts->tag_names[facts->tag[i]]);
        if (!facts->vocab.bytes || !facts->prompt_len[i])
            bytes++; /* the newline; the other symbols are followed by a TAB */
    }
    return bytes <= max;
}

Status coded_facts_finish(CodedFacts *c, uint64_t content_bytes, Err *err) {
    FactSet *facts = &c->facts;
    int tab = tab_symbol(&facts->vocab);
    for (int i = 0; i < facts->n; i++) {
        if (c->prompts >= PROMPT_FIXED) facts->prompt_len[i] = c->prompts - PROMPT_FIXED;
        if (c->prompts == PROMPT_TAB) facts->prompt_len[i] = up_to_tab(facts, i, tab);
        if (facts->prompt_len[i] >= fact_length(facts, i)) return side_damaged(err);
    }
    return text_fits(c, content_bytes) ? OK : side_damaged(err);
}
