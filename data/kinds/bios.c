/* bioS(N) (Allen-Zhu and Li 2024, "Physics of Language Models: Part 3.3", section 2): N people with distinct names
 * and uniform attributes, written as six sentences. The default sizes are the paper's; words and sentences are
 * rote's. The employer determines the city of work, so the city has no information. */
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/entropy.h"
#include "data/kinds/bios_words.h"
#include "data/kinds/distinct.h"
#include "data/kinds/kinds.h"
#include "data/kinds/names.h"
#include "data/kinds/plan.h"
#include "data/vocab.h"

enum {
    NAME = 1,
    PRONOUN,
    BIRTH_DATE,
    BIRTH_CITY,
    UNIVERSITY,
    MAJOR,
    EMPLOYER,
    WORK_CITY,
    TEMPLATE
}; /* fields */
static const char *const field_names[] = {"name",  "pronoun",  "birth_date", "birth_city", "university",
                                          "major", "employer", "work_city",  "template",   NULL};

enum { SUB_NAME = 0, SUB_VALUE = 2, SUB_ORDER, SUB_TEMPLATE }; /* streams */
enum { ATTRIBUTES = 8, ORDERS = 720 };                         /* values of a person; 6! */

/* Every word has a place in one list: first the digits, where values are numbers, then names, values, templates and
 * labels. The vocabulary sorts them. */
typedef struct Layout {
    Names names;
    List value[ATTRIBUTES]; /* pronoun, month, day, year, city, university, major, employer */
    double values;          /* S0: the product of their sizes */
    int templates;          /* of each sentence; 0: no sentences, values alone */
    bool shuffled;
    int32_t n_digits, first_template, n_words; /* places */
    int len;
} Layout;

static const BioList list_of_value[ATTRIBUTES] = {BIO_PRONOUN, BIO_MONTH,      BIO_DAY,   BIO_YEAR,
                                                  BIO_CITY,    BIO_UNIVERSITY, BIO_MAJOR, BIO_EMPLOYER};
enum { CITY = 4, JOB = 7 }; /* places in the list above */

static Status check_sizes(const FactsConfig *config, Err *err) {
    const Sizes *values = &config->value_sizes, *names = &config->name_sizes;
    if (values->n != ATTRIBUTES - 1)
        return err_set(
            err, ERR_INPUT,
            "facts.value_sizes: %d sizes, but a biography needs %d: months x days x years x cities x "
            "universities x majors x employers",
            values->n, ATTRIBUTES - 1);
    for (int i = 0; i < values->n + names->n; i++) {
        int size = i < values->n ? values->size[i] : names->size[i - values->n];
        if (config->symbols == 0 && size > BIO_LIST_SIZE_MAX)
            return err_set(
                err, ERR_INPUT,
                "%s: a list of %d words, at most %d are possible; lower it, or write values as numbers "
                "(facts.symbols)",
                i < values->n ? "facts.value_sizes" : "facts.name_sizes", size, BIO_LIST_SIZE_MAX);
    }
    return OK;
}

static Status layout_of(const FactsConfig *config, Layout *out, Err *err) {
    Layout l = {.templates = config->templates,
                .shuffled = config->order == ORDER_SHUFFLED,
                .n_digits = config->symbols,
                .values = 2};
    TRY(check_sizes(config, err));
    int32_t next = l.n_digits;
    TRY(names_make(&l.names, config, &next, err));
    l.len = l.names.len + 1; /* and EOS */
    for (int v = 0; v < ATTRIBUTES; v++) {
        int size = v ? config->value_sizes.size[v - 1] : 2;
        l.value[v] = list_make(size, config->symbols, &next);
        if (v) l.values *= size;
        if (v) l.len += l.value[v].len;
    }
    l.len += l.value[CITY].len; /* of work */
    l.first_template = next;
    next += BIO_SENTENCE_COUNT * l.templates * BIO_TEMPLATE_WORDS;
    if (l.templates) {
        l.len += (BIO_SENTENCE_COUNT - 1) * l.value[0].len + BIO_SENTENCE_COUNT * BIO_TEMPLATE_WORDS;
    } else {
        l.len += l.value[0].len;
        if (l.shuffled) l.len += BIO_SENTENCE_COUNT, next += BIO_SENTENCE_COUNT;
    }
    l.n_words = next;
    *out = l;
    return OK;
}

/* ---- the vocabulary ---- */

typedef struct Word {
    char text[BIO_WORD_MAX];
} Word;

static void fill_list(Word *word, const List *list, BioList kind) {
    for (int i = 0; list->base == 0 && i < list->size; i++) bio_word(word[list->first + i].text, kind, i);
}

static void fill_words(Word *word, const Layout *l) {
    for (int i = 0; i < l->n_digits; i++) snprintf(word[i].text, sizeof word->text, "%d", i);
    for (int p = 0; p < l->names.n_parts; p++) fill_list(word, &l->names.part[p], (BioList)(BIO_FIRST + p));
    for (int v = 0; v < ATTRIBUTES; v++) fill_list(word, &l->value[v], list_of_value[v]);
    Word *at = word + l->first_template;
    for (int s = 0; s < BIO_SENTENCE_COUNT; s++)
        for (int t = 0; t < l->templates; t++)
            for (int i = 0; i < BIO_TEMPLATE_WORDS; i++) strcpy((at++)->text, bio_template[s][t][i]);
    for (int s = 0; at < word + l->n_words; s++) strcpy((at++)->text, bio_label[s]);
}

static int compare_words(const void *a, const void *b) { return strcmp(a, b); }

/* Only words that can occur are symbols: an unused row of the embedding would still count as parameters. */
static Status make_vocab(Vocab *out, const Layout *l, Err *err) {
    Status status = OK;
    Word *word = calloc((size_t)l->n_words, sizeof *word);
    Text *symbol = malloc((size_t)l->n_words * sizeof *symbol);
    if (!word || !symbol) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d words", l->n_words));
    fill_words(word, l);
    qsort(word, (size_t)l->n_words, sizeof *word, compare_words);
    int n = 0;
    for (int i = 0; i < l->n_words; i++)
        if (i == 0 || strcmp(word[i - 1].text, word[i].text) != 0)
            symbol[n++] = (Text){word[i].text, strlen(word[i].text)};
    status = vocab_of_symbols(out, symbol, n, false, err);
done:
    free(word);
    free(symbol);
    return status;
}

/* The symbol of every place; free it. */
static Status symbols_of(int32_t **out, const Vocab *vocab, const Layout *l, Err *err) {
    Word *word = calloc((size_t)l->n_words, sizeof *word);
    int32_t *symbol = malloc((size_t)l->n_words * sizeof *symbol);
    if (!word || !symbol) {
        free(word);
        free(symbol);
        return err_set(err, ERR_NOMEM, "no memory for %d words", l->n_words);
    }
    fill_words(word, l);
    for (int i = 0; i < l->n_words; i++)
        symbol[i] = vocab_find(vocab, (Text){word[i].text, strlen(word[i].text)});
    free(word);
    *out = symbol;
    return OK;
}

/* ---- the plan ---- */

static double rendering_bits(const Layout *l) {
    double bits = l->templates ? BIO_SENTENCE_COUNT * exact_log2(l->templates) : 0;
    return bits + (l->shuffled ? exact_log2(ORDERS) : 0);
}

static Status bios_plan(const FactsConfig *config, FactSet *out, Err *err) {
    int n = config->n;
    Layout l;
    TRY(layout_of(config, &l, err));
    TRY(names_enough(&l.names, n, err));
    if (config->paraphrases > 1 && config->templates <= 1 && !l.shuffled)
        return err_set(
            err, ERR_INPUT,
            "facts.paraphrases is %d, but with facts.templates=%d and facts.order=fixed a biography has only "
            "one rendering; raise facts.templates, or set facts.order=shuffled",
            config->paraphrases, config->templates);
    TRY(make_vocab(&out->vocab, &l, err));
    TRY(kind_sizes(out, n, l.len, out->vocab.size, err));
    kind_fields(out, field_names);
    double names = distinct_bits(n, l.names.count), values = n * exact_log2(l.values);
    bool one_rendering = config->paraphrases <= 1; /* else the words are context and not part of H */
    double rendering = one_rendering ? n * rendering_bits(&l) : 0;
    kind_bits(out, names + values + rendering, values + rendering);
    snprintf(out->derivation, sizeof out->derivation,
             "sum over i < %d of log2(%.0f - i) = %.17g bits for the names, in the order drawn, + %d * "
             "log2(%.0f) = %.17g bits for the values, + %d * (6 log2(%d) + log2(%d)) = %.17g bits for "
             "templates and order of sentences",
             n, l.names.count, names, n, l.values, values, n, one_rendering && l.templates ? l.templates : 1,
             one_rendering && l.shuffled ? ORDERS : 1, rendering);
    return OK;
}

/* ---- the draw ---- */

/* The values of a biography, as symbols, by field. */
enum { VALUE_MAX = 96 }; /* three values of up to 30 binary digits */
typedef struct Values {
    int32_t token[TEMPLATE][VALUE_MAX];
    int len[TEMPLATE];
} Values;

static void add_value(Values *values, int field, const List *list, int entry, const int32_t *symbol) {
    int *len = &values->len[field];
    CHECK(*len + list->len <= VALUE_MAX);
    if (list->base == 0) values->token[field][*len] = symbol[list->first + entry];
    for (int i = list->len; list->base && i-- > 0; entry /= list->base)
        values->token[field][*len + i] = symbol[entry % list->base];
    *len += list->len;
}

/* The city of an employer is a fixed function of it, not drawn. */
static int work_city(const Layout *l, int employer) {
    return (int)((7 * (int64_t)employer + 3) % l->value[CITY].size);
}

static void draw_person(Values *values, const Layout *l, uint64_t seed, uint64_t name, int i,
                        const int32_t *symbol) {
    static const int field_of[ATTRIBUTES] = {PRONOUN,    BIRTH_DATE, BIRTH_DATE, BIRTH_DATE,
                                             BIRTH_CITY, UNIVERSITY, MAJOR,      EMPLOYER};
    Stream s = random_stream(seed, RANDOM_FACTS, SUB_VALUE);
    int part[NAME_PARTS_MAX], value = 0;
    memset(values->len, 0, sizeof values->len);
    names_parts(&l->names, name, part);
    for (int p = 0; p < l->names.n_parts; p++) add_value(values, NAME, &l->names.part[p], part[p], symbol);
    for (int v = 0; v < ATTRIBUTES; v++) {
        value = (int)random_below(s, (uint64_t)i * ATTRIBUTES + (uint64_t)v, (uint64_t)l->value[v].size);
        add_value(values, field_of[v], &l->value[v], value, symbol);
    }
    add_value(values, WORK_CITY, &l->value[CITY], work_city(l, value),
              symbol); /* the last value is the employer */
}

/* Reads them back from a written biography: the first run of tokens of each field. */
static void read_person(Values *values, const FactSet *drawn, int i, int pronoun_len) {
    memset(values->len, 0, sizeof values->len);
    for (int64_t t = drawn->start[i]; t < drawn->start[i + 1]; t++) {
        uint8_t field = drawn->field[t];
        if (field == FIELD_CONTEXT || field == TEMPLATE ||
            (field == PRONOUN && values->len[field] == pronoun_len))
            continue;
        values->token[field][values->len[field]++] = drawn->tokens[t];
    }
}

/* Permutation number `code` of the sentences, in the factorial base. */
static void order_sentences(BioSentence out[BIO_SENTENCE_COUNT], int code) {
    for (int i = 0; i < BIO_SENTENCE_COUNT; i++) out[i] = (BioSentence)i;
    for (int i = BIO_SENTENCE_COUNT; i > 1; code /= i, i--) {
        BioSentence last = out[i - 1];
        out[i - 1] = out[code % i];
        out[code % i] = last;
    }
}

/* A sequence that is being written. */
typedef struct TextWriter {
    const Vocab *vocab;
    int32_t *tokens;
    uint8_t *field;
    int n;
} TextWriter;

static void put(TextWriter *w, int32_t token, int field) {
    w->tokens[w->n] = token;
    w->field[w->n++] = (uint8_t)field;
}

static void put_word(TextWriter *w, const char *word, int field) {
    put(w, vocab_find(w->vocab, (Text){(char *)word, strlen(word)}), field);
}

static void put_values(TextWriter *w, const Values *values, int field) {
    for (int i = 0; i < values->len[field]; i++) put(w, values->token[field][i], field);
}

/* Rendering m of person i; 0 is the fact itself. Where facts have several renderings, order and words between the
 * values are drawn for each: they are not part of the fact. Returns the number of tokens. */
static int render(TextWriter w, const Layout *l, const Values *values, const FactsConfig *config, int i,
                  int m) {
    static const int field_of[BIO_SENTENCE_COUNT] = {BIRTH_DATE, BIRTH_CITY, UNIVERSITY,
                                                     MAJOR,      EMPLOYER,   WORK_CITY};
    Stream order = random_stream(config->seed, RANDOM_FACTS, SUB_ORDER);
    Stream pick = random_stream(config->seed, RANDOM_FACTS, SUB_TEMPLATE);
    uint64_t base = (uint64_t)m << 40, person = (uint64_t)i;
    int words = config->paraphrases > 1 ? FIELD_CONTEXT : TEMPLATE;
    BioSentence sentence[BIO_SENTENCE_COUNT];
    order_sentences(sentence, l->shuffled ? (int)random_below(order, base + person, ORDERS) : ORDERS - 1);
    put_values(&w, values, NAME);
    for (int j = 0; j < BIO_SENTENCE_COUNT; j++) {
        int s = (int)sentence[j];
        uint64_t index = base + person * BIO_TEMPLATE_MAX + (uint64_t)s;
        if ((j == 0) != (l->templates > 0))
            put_values(&w, values, PRONOUN); /* sentences: each but the first */
        if (l->templates) {
            int t = (int)random_below(pick, index, (uint64_t)l->templates);
            for (int k = 0; k < BIO_TEMPLATE_WORDS; k++) put_word(&w, bio_template[s][t][k], words);
        } else if (l->shuffled) {
            put_word(&w, bio_label[s], words);
        }
        put_values(&w, values, field_of[s]);
    }
    put(&w, w.vocab->eos, words);
    return w.n;
}

static int bios_vary(const FactSet *drawn, int i, int m, int32_t *tokens, uint8_t *field,
                     int32_t *prompt_len) {
    Layout l;
    Values values;
    CHECK(layout_of(&drawn->config, &l, NULL) == OK);
    read_person(&values, drawn, i, l.value[0].len);
    *prompt_len = values.len[NAME];
    return render((TextWriter){&drawn->vocab, tokens, field, 0}, &l, &values, &drawn->config, i, m);
}

static Status bios_draw(FactSet *facts, Err *err) {
    int n = facts->n;
    Layout l;
    TRY(layout_of(&facts->config, &l, err));
    TRY(facts_allocate(facts, (int64_t)n * l.len, err));
    Status status = OK;
    int32_t *symbol = NULL;
    uint64_t *name = malloc((size_t)n * sizeof *name);
    if (!name) return err_set(err, ERR_NOMEM, "no memory to draw %d people", n);
    TRY_GOTO(symbols_of(&symbol, &facts->vocab, &l, err));
    TRY_GOTO(draw_distinct(name, n, (uint64_t)l.names.count, facts->seed, SUB_NAME, err));
    for (int i = 0; i < n; i++) {
        Values values;
        int64_t at = facts->start[i] = (int64_t)i * l.len;
        draw_person(&values, &l, facts->seed, name[i], i, symbol);
        facts->prompt_len[i] = values.len[NAME];
        CHECK(render((TextWriter){&facts->vocab, facts->tokens + at, facts->field + at, 0}, &l, &values,
                     &facts->config, i, 0) == l.len);
    }
    facts->start[n] = (int64_t)n * l.len;
done:
    free(symbol);
    free(name);
    return status;
}

const Kind bios_kind = {.plan = bios_plan, .draw = bios_draw, .vary = bios_vary};
