/* What every fact set has, whoever filled it: memory, a hash of its content, a line to show. */
#include "data/facts.h"
#include "data/vocab.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are hashed as they lie, little-endian");

Status facts_allocate(FactSet *facts, int64_t tokens, Err *err) {
    CHECK(facts->n >= 0 && facts->n_fields <= FIELDS_MAX);
    facts->n_pool = facts->n + facts->n_heldout + facts->n_variants + facts->n_junk;
    size_t count = (size_t)facts->n_pool, variants = (size_t)facts->n_variants,
           members = (size_t)(facts->n + facts->n_heldout);
    facts->tokens = malloc((size_t)tokens * sizeof *facts->tokens);
    facts->start = malloc((count + 1) * sizeof *facts->start);
    facts->prompt_len = calloc(count, sizeof *facts->prompt_len);
    facts->tag = malloc(count * sizeof *facts->tag);
    if (facts->n_fields) facts->field = malloc((size_t)tokens);
    if (facts->n_variants) facts->variant_of = calloc(variants, sizeof *facts->variant_of);
    if (facts->n_heldout) facts->source = malloc(members * sizeof *facts->source);
    if (!facts->tokens || !facts->start || !facts->prompt_len || !facts->tag ||
        !facts->field != !facts->n_fields || !facts->variant_of != !facts->n_variants ||
        !facts->source != !facts->n_heldout)
        return err_set(err, ERR_NOMEM, "no memory for %d facts of %lld tokens", facts->n_pool,
                       (long long)tokens);
    for (int i = 0; i < facts->n_pool; i++) facts->tag[i] = -1;
    if (facts->field) memset(facts->field, 1, (size_t)tokens);
    for (int i = 0; facts->source && i < (int)members; i++) facts->source[i] = i;
    return OK;
}

void facts_free(FactSet *facts) {
    free(facts->tokens);
    free(facts->start);
    free(facts->prompt_len);
    free(facts->tag);
    free(facts->field);
    free(facts->source);
    free(facts->variant_of);
    for (int i = 0; i < facts->n_tags; i++) free(facts->tag_names[i]);
    free(facts->tag_names);
    vocab_free(&facts->vocab);
    *facts = (FactSet){0};
}

int facts_symbols_used(const FactSet *facts) {
    bool *used = calloc((size_t)facts->vocab.size, sizeof *used);
    int n = used ? 0 : -1;
    for (int64_t t = 0; used && t < facts->start[facts->n]; t++) {
        n += !used[facts->tokens[t]];
        used[facts->tokens[t]] = true;
    }
    free(used);
    return n;
}

int facts_tag_named(const FactSet *facts, const char *name) {
    for (int k = 0; k < facts->n_tags; k++)
        if (text_spelled((Text){facts->tag_names[k], strlen(facts->tag_names[k])}, name)) return k;
    for (int k = 0; k < facts->n_tags; k++)
        if (strcmp(facts->tag_names[k], name) == 0) return k;
    return -1;
}

static void hash_number(XXH3_state_t *state, int32_t x) { XXH3_128bits_update(state, &x, sizeof x); }

static void hash_string(XXH3_state_t *state, const char *text, int length) {
    hash_number(state, length);
    XXH3_128bits_update(state, text, (size_t)length);
}

/* What sets have that hold more than facts whose every token is coded. */
static void hash_pool(XXH3_state_t *state, const FactSet *facts) {
    hash_number(state, facts->n_heldout);
    hash_number(state, facts->n_variants);
    hash_number(state, facts->n_junk);
    XXH3_128bits_update(state, facts->variant_of, (size_t)facts->n_variants * sizeof *facts->variant_of);
    hash_number(state, facts->n_fields);
    for (int i = 0; i < facts->n_fields; i++)
        hash_string(state, facts->field_name[i], (int)strlen(facts->field_name[i]));
    if (facts->field) XXH3_128bits_update(state, facts->field, (size_t)facts->start[facts->n_pool]);
}

Status facts_hash(FactSet *facts, Err *err) {
    XXH3_state_t *state = XXH3_createState();
    if (!state) return err_set(err, ERR_NOMEM, "no memory to hash the facts");
    size_t n = (size_t)facts->n_pool;
    XXH3_128bits_reset(state);
    hash_number(state, facts->n);
    XXH3_128bits_update(state, facts->start, (n + 1) * sizeof *facts->start);
    XXH3_128bits_update(state, facts->tokens, (size_t)facts->start[n] * sizeof *facts->tokens);
    XXH3_128bits_update(state, facts->prompt_len, n * sizeof *facts->prompt_len);
    XXH3_128bits_update(state, facts->tag, n * sizeof *facts->tag);
    hash_number(state, facts->n_tags);
    for (int i = 0; i < facts->n_tags; i++)
        hash_string(state, facts->tag_names[i], (int)strlen(facts->tag_names[i]));
    hash_number(state, facts->vocab.size);
    hash_number(state, facts->vocab.eos);
    hash_number(state, facts->vocab.bytes);
    for (int i = 0; facts->vocab.text && i < facts->vocab.size; i++)
        hash_string(state, facts->vocab.text[i], facts->vocab.length[i]);
    if (facts->vocab.tokens) hash_string(state, facts->vocab.tokenizer_hash, 32);
    if (facts->n_pool > facts->n || facts->n_fields) hash_pool(state, facts);

    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    hash_digits(digest.digest, facts->data_hash);
    return OK;
}

/* The text of a symbol. A tokenizer's answer begins with a space, which the tab before it replaces. */
static Text symbol_text(const Vocab *vocab, int32_t token, bool answer_begins) {
    Text text = {vocab->text[token], (size_t)vocab->length[token]};
    bool space = vocab->tokens && answer_begins && text.size && *text.data == ' ';
    return space ? (Text){text.data + 1, text.size - 1} : text;
}

/* The character before token number in_fact of a sequence in text, '\0': nothing. */
static char lead_of(const Vocab *vocab, int64_t in_fact, int prompt_len) {
    bool answer_begins = prompt_len > 0 && in_fact == prompt_len;
    if (vocab->tokens) return answer_begins ? '\t' : '\0';
    if (vocab->bytes || in_fact == 0) return '\0';
    return answer_begins ? '\t' : ' ';
}

static bool is_separator(const Vocab *vocab, int64_t in_fact, int prompt_len) {
    return vocab_has_tab(vocab) && in_fact == prompt_len - 1;
}

void facts_text(const FactSet *facts, int i, char *out, int size) {
    CHECK(i >= 0 && i < facts->n_pool);
    if (size <= 0) return;
    size_t room = (size_t)size, used = 0;
    out[0] = '\0';
    for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++) {
        int64_t in_fact = t - facts->start[i];
        int32_t token = facts->tokens[t];
        char piece[1024];
        size_t length = 0;
        if (!facts->vocab.text) {
            length = (size_t)snprintf(piece, sizeof piece, in_fact ? " %d" : "%d", token);
        } else if (token != facts->vocab.eos) {
            char lead = lead_of(&facts->vocab, in_fact, facts->prompt_len[i]);
            if (lead) piece[length++] = lead;
            if (is_separator(&facts->vocab, in_fact, facts->prompt_len[i]))
                piece[length++] = '\t'; /* unescaped */
            else
                length += text_escape(piece + length, sizeof piece - length,
                                      symbol_text(&facts->vocab, token, lead == '\t'));
        }
        if (length > room - 1 - used) length = room - 1 - used;
        memcpy(out + used, piece, length);
        used += length;
        out[used] = '\0';
        if (used == room - 1) return;
    }
}

int64_t facts_plain_text(const FactSet *facts, int i, char *out) {
    CHECK(i >= 0 && i < facts->n_pool);
    int64_t used = 0;
    for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++) {
        int64_t in_fact = t - facts->start[i];
        int32_t token = facts->tokens[t];
        char number[16];
        const char *piece = number;
        int64_t length = 0;
        if (!facts->vocab.text) {
            length = snprintf(number, sizeof number, in_fact ? " %d" : "%d", token);
        } else if (token != facts->vocab.eos) {
            char lead = lead_of(&facts->vocab, in_fact, facts->prompt_len[i]);
            if (lead && out) out[used] = lead;
            used += lead != '\0';
            bool separator = is_separator(&facts->vocab, in_fact, facts->prompt_len[i]);
            Text symbol = symbol_text(&facts->vocab, token, lead == '\t');
            piece = separator ? "\t" : symbol.data;
            length = separator ? 1 : (int64_t)symbol.size;
        }
        if (out) memcpy(out + used, piece, (size_t)length);
        used += length;
    }
    return used;
}
