/* bioS(N) (Allen-Zhu and Li 2024, "Physics of Language Models: Part 3.3", section 2): N people with distinct names and
 * uniform attributes, told in six sentences. The sizes are the paper's unless the config says otherwise; words and
 * sentences are our own. The city of work follows from the employer, so it holds no information. */
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/bios_words.h"
#include "data/distinct.h"
#include "data/entropy.h"
#include "data/kinds.h"
#include "data/names.h"
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

/* Words have places in a list of them all: first the digits, where values are numbers, then names, values, templates
 * and labels. Sequences are written as places, which become symbols of the vocabulary at the end. */
typedef struct Layout {
    Names names;
    List value[ATTRIBUTES]; /* pronoun, month, day, year, city, university, major, employer */
    double values;          /* S0: the product of their sizes */
    int templates;          /* of each sentence; 0: no sentences, values alone */
    bool shuffled;
    int32_t n_digits, first_template, first_label, n_words, end; /* places; end: of EOS, behind all words */
    int len;
} Layout;

static const BioList list_of_value[ATTRIBUTES] = {BIO_PRONOUN, BIO_MONTH,      BIO_DAY,   BIO_YEAR,
                                                  BIO_CITY,    BIO_UNIVERSITY, BIO_MAJOR, BIO_EMPLOYER};
enum { CITY = 4, JOB = 7 }; /* places in the list above */

static Status check_sizes(const FactsConfig *config, Err *err) {
    const Sizes *values = &config->value_sizes, *names = &config->name_sizes;
    if (values->n != ATTRIBUTES - 1)
        return err_set(err, ERR_INPUT,
                       "facts.value_sizes: %d sizes, a biography has %d: months x days x years x cities x "
                       "universities x "
                       "majors x employers",
                       values->n, ATTRIBUTES - 1);
    for (int i = 0; i < values->n + names->n; i++) {
        int size = i < values->n ? values->size[i] : names->size[i - values->n];
        if (config->symbols == 0 && size > BIO_LIST_SIZE_MAX)
            return err_set(
                err, ERR_INPUT,
                "%s: a list of %d words, at most %d are possible; lower it, or write numbers (facts.symbols)",
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
    l.len += l.value[CITY].len; /* where they work */
    l.first_template = next;
    next += BIO_SENTENCE_COUNT * l.templates * BIO_TEMPLATE_WORDS;
    l.first_label = next;
    if (l.templates) {
        l.len += (BIO_SENTENCE_COUNT - 1) * l.value[0].len + BIO_SENTENCE_COUNT * BIO_TEMPLATE_WORDS;
    } else {
        l.len += l.value[0].len;
        if (l.shuffled) l.len += BIO_SENTENCE_COUNT, next += BIO_SENTENCE_COUNT;
    }
    l.n_words = l.end = next;
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

/* From places to symbols. */
static Status encode_places(FactSet *facts, const Layout *l, Err *err) {
    Status status = OK;
    Word *word = calloc((size_t)l->n_words, sizeof *word);
    int32_t *symbol = malloc(((size_t)l->n_words + 1) * sizeof *symbol);
    if (!word || !symbol) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d words", l->n_words));
    fill_words(word, l);
    for (int i = 0; i < l->n_words; i++)
        symbol[i] = vocab_find(&facts->vocab, (Text){word[i].text, strlen(word[i].text)});
    symbol[l->end] = facts->vocab.eos;
    for (int64_t t = 0; t < facts->start[facts->n_pool]; t++) facts->tokens[t] = symbol[facts->tokens[t]];
done:
    free(word);
    free(symbol);
    return status;
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
    TRY(make_vocab(&out->vocab, &l, err));
    TRY(kind_sizes(out, n, l.len, out->vocab.size, err));
    kind_fields(out, field_names);
    double names = distinct_bits(n, l.names.count), values = n * exact_log2(l.values),
           rendering = n * rendering_bits(&l);
    kind_bits(out, names + values + rendering, values + rendering);
    snprintf(out->derivation, sizeof out->derivation,
             "sum over i < %d of log2(%.0f - i) = %.17g bits for the names, in the order drawn, + %d * "
             "log2(%.0f) = %.17g "
             "bits for the values, + %d * (6 log2(%d) + log2(%d)) = %.17g bits for templates and order of "
             "sentences",
             n, l.names.count, names, n, l.values, values, n, l.templates ? l.templates : 1,
             l.shuffled ? ORDERS : 1, rendering);
    return OK;
}

/* ---- the draw ---- */

typedef struct Person {
    uint64_t name;
    int value[ATTRIBUTES];
} Person;

static Person draw_person(const Layout *l, uint64_t seed, uint64_t name, int i) {
    Stream s = random_stream(seed, RANDOM_FACTS, SUB_VALUE);
    Person person = {.name = name};
    for (int v = 0; v < ATTRIBUTES; v++)
        person.value[v] =
            (int)random_below(s, (uint64_t)i * ATTRIBUTES + (uint64_t)v, (uint64_t)l->value[v].size);
    return person;
}

/* A company works where it works: known to everyone, drawn by nobody. */
static int work_city(const Layout *l, const Person *person) {
    return (int)((7 * (int64_t)person->value[JOB] + 3) % l->value[CITY].size);
}

static void write_value(Writer *w, const Layout *l, const Person *person, BioSentence sentence) {
    static const struct {
        int from, to;
        uint8_t field;
    } told[BIO_SENTENCE_COUNT] = {
        [BIO_BIRTH_DATE] = {1, 3, BIRTH_DATE}, [BIO_BIRTH_CITY] = {CITY, CITY, BIRTH_CITY},
        [BIO_STUDIES] = {5, 5, UNIVERSITY},    [BIO_SUBJECT] = {6, 6, MAJOR},
        [BIO_JOB] = {JOB, JOB, EMPLOYER},      [BIO_WORKPLACE] = {CITY, CITY, WORK_CITY}};
    for (int v = told[sentence].from; v <= told[sentence].to; v++) {
        int thing = sentence == BIO_WORKPLACE ? work_city(l, person) : person->value[v];
        write_thing(w, &l->value[v], thing, told[sentence].field);
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

/* Rendering 0 of a person is the fact itself. */
static void write_person(Writer *w, const Layout *l, const Person *person, int i, int rendering) {
    uint64_t seed = w->facts->seed, base = (uint64_t)rendering << 40, here = (uint64_t)i;
    Stream order = random_stream(seed, RANDOM_FACTS, SUB_ORDER),
           pick = random_stream(seed, RANDOM_FACTS, SUB_TEMPLATE);
    BioSentence sentence[BIO_SENTENCE_COUNT];
    order_sentences(sentence, l->shuffled ? (int)random_below(order, base + here, ORDERS)
                                          : ORDERS - 1); /* the last one is theirs */
    write_begin(w);
    names_write(w, &l->names, person->name, NAME);
    write_prompt_ends(w);
    if (!l->templates) write_thing(w, &l->value[0], person->value[0], PRONOUN);
    for (int j = 0; j < BIO_SENTENCE_COUNT; j++) {
        int s = (int)sentence[j];
        if (l->templates) {
            int t =
                (int)random_below(pick, base + here * BIO_TEMPLATE_MAX + (uint64_t)s, (uint64_t)l->templates);
            if (j) write_thing(w, &l->value[0], person->value[0], PRONOUN);
            for (int k = 0; k < BIO_TEMPLATE_WORDS; k++)
                write_token(w, l->first_template + (s * l->templates + t) * BIO_TEMPLATE_WORDS + k, TEMPLATE);
        } else if (l->shuffled) {
            write_token(w, l->first_label + s, TEMPLATE);
        }
        write_value(w, l, person, sentence[j]);
    }
    write_token(w, l->end, TEMPLATE);
}

static Status bios_draw(FactSet *facts, Err *err) {
    int n = facts->n;
    Layout l;
    TRY(layout_of(&facts->config, &l, err));
    TRY(facts_allocate(facts, (int64_t)n * l.len, err));
    uint64_t *name = malloc((size_t)n * sizeof *name);
    if (!name) return err_set(err, ERR_NOMEM, "no memory to draw %d people", n);
    Status status = draw_distinct(name, n, (uint64_t)l.names.count, facts->seed, SUB_NAME, err);
    Writer w = {.facts = facts};
    for (int i = 0; i < n && status == OK; i++) {
        Person person = draw_person(&l, facts->seed, name[i], i);
        write_person(&w, &l, &person, i, 0);
    }
    write_end(&w);
    free(name);
    return status == OK ? encode_places(facts, &l, err) : status;
}

const Kind bios_kind = {"bios", bios_plan, bios_draw, NULL};
