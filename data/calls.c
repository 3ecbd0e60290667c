#include "data/calls.h"

#include <stdlib.h>
#include <string.h>

#include "data/pool.h"

/* What a fact gives reason to ask for, before a tool's types of arguments are known. */
typedef struct Reason {
    int attribute;
    int32_t row, n_result;
    int n_arguments; /* that the fact offers */
    Piece argument[TOOL_ARGS_MAX];
} Reason;

enum { REASONS_MAX = 1 << 16 }; /* attributes of biod */

/* ---- arguments ---- */

/* The last symbol of a prompt that the user's table does not contain: the tab before the answer. */
static int without_tab(const Vocab *vocab, const int32_t *tokens, int n) {
    return n > 0 && vocab_has_tab(vocab) && *vocab->text[tokens[n - 1]] == '\t' ? n - 1 : n;
}

Piece call_argument(ToolArg type, const int32_t *tokens, const Spelling *spelling, int32_t row,
                    const int32_t *place) {
    Piece none = {0, 0};
    int32_t last;
    const uint8_t *class = spelling->symbol_class;
    if (type == ARG_PROMPT) return (Piece){0, without_tab(spelling->vocab, tokens, row)};
    if (place[0] < 1 || place[0] > row) return none;
    last = place[0] - 1;
    if (type == ARG_TOKEN) return (Piece){last, 1};
    if (type == ARG_SPAN) {
        if (place[1] < place[0] || place[1] > row) return none;
        return (Piece){last, place[1] - place[0] + 1};
    }
    int32_t first = last;
    if (class[tokens[last]] == 0) return none;
    if (last + 1 < row && class[tokens[last + 1]] == class[tokens[last]]) return none; /* inside a run */
    while (first > 0 && class[tokens[first - 1]] == class[tokens[last]]) first--;
    return (Piece){first, last - first + 1};
}

Piece call_piece(const Call *call, const ToolArgs *args, int a, const int32_t *tokens,
                 const Spelling *spelling) {
    const uint16_t *place = call->place;
    for (int before = 0; before < a; before++) place += tool_arg_pointers(args->arg[before]);
    int32_t pair[2] = {place[0], tool_arg_pointers(args->arg[a]) > 1 ? place[1] : 0};
    return call_argument(args->arg[a], tokens, spelling, call->row, pair);
}

/* The places that mean this piece; false: none do. */
static bool point_at(ToolArg type, const int32_t *tokens, const Spelling *spelling, int32_t row, Piece piece,
                     int32_t *place) {
    if (type == ARG_SPAN) place[0] = piece.first + 1, place[1] = piece.first + piece.n;
    else if (type != ARG_PROMPT) place[0] = piece.first + piece.n;
    else return true; /* it holds the argument, whatever else it contains */
    Piece back = call_argument(type, tokens, spelling, row, place);
    return back.n == piece.n && back.first == piece.first;
}

/* ---- the reasons of a fact, by its kind ---- */

/* A sequence of the pool. */
typedef struct Sequence {
    const FactSet *facts;
    const int32_t *tokens;
    const uint8_t *field; /* NULL: none */
    int32_t n, prompt, marks;
} Sequence;

static Sequence sequence_of(const FactSet *facts, int i) {
    int64_t at = facts->start[i];
    Sequence s = {.facts = facts,
                  .tokens = facts->tokens + at,
                  .field = facts->field ? facts->field + at : NULL,
                  .n = fact_length(facts, i),
                  .prompt = facts->prompt_len[i]};
    int32_t first_mark = facts->vocab.size - (pool_marks(facts) > 0 ? pool_marks(facts) : 0);
    while (s.marks < s.prompt && s.tokens[s.marks] >= first_mark) s.marks++;
    return s;
}

/* The first tokens in a row from `from` on that are of that field; n 0: there are none. */
static Piece field_piece(const Sequence *s, int field, int32_t from, int32_t to) {
    Piece piece = {from, 0};
    while (piece.first < to && s->field[piece.first] != field) piece.first++;
    while (piece.first + piece.n < to && s->field[piece.first + piece.n] == field) piece.n++;
    return piece;
}

/* The digits in a row that begin at or behind `from`; n 0: there are none. Digits are class 1. */
static Piece digits_from(const Sequence *s, const Spelling *spelling, int32_t from) {
    Piece piece = {from, 0};
    while (piece.first < s->prompt && spelling->symbol_class[s->tokens[piece.first]] != 1) piece.first++;
    while (piece.first + piece.n < s->prompt && spelling->symbol_class[s->tokens[piece.first + piece.n]] == 1)
        piece.n++;
    return piece;
}

/* The number that is given behind a name. */
static Piece number_named(const Sequence *s, const Spelling *spelling, int32_t name) {
    int32_t at = s->marks;
    while (s->tokens[at] != name) at++;
    return digits_from(s, spelling, at);
}

/* By symbols, since the fields of given questions say nothing: with names the question is what follows the last digit,
 * "x + z =" or "x ="; without, a sign follows the first number, + or =. */
static int reasons_of_sums(const Sequence *s, const Spelling *spelling, Reason *out) {
    bool named = spelling->symbol_class[s->tokens[s->marks]] != 1;
    Piece number = digits_from(s, spelling, s->marks);
    int32_t sign = number.first + number.n;
    for (; named && number.n; number = digits_from(s, spelling, sign)) sign = number.first + number.n;
    sign += named;
    *out = (Reason){.attribute = 1, .row = s->prompt, .n_result = s->n - s->prompt - 1};
    if (sign + 1 >= s->prompt) return 1; /* a number alone */
    out->n_arguments = 3;
    out->argument[0] =
        named ? number_named(s, spelling, s->tokens[sign - 1]) : digits_from(s, spelling, s->marks);
    out->argument[1] = (Piece){sign, 1};
    out->argument[2] =
        named ? number_named(s, spelling, s->tokens[sign + 1]) : digits_from(s, spelling, sign);
    return 1;
}

/* The words before a value: the tokens in a row of one field that end there. */
static Piece words_before(const Sequence *s, int32_t value) {
    Piece words = {value, 0};
    while (words.first > 0 && s->field[words.first - 1] == s->field[value - 1]) words.first--;
    words.n = value - words.first;
    return words;
}

/* The values of a person: tokens in a row of a field from `first` to `last`; `len` above 0: each that many tokens, and
 * numbered in their order. */
static int reasons_of_people(const Sequence *s, int first, int last, int len, Reason *out, int room) {
    int n = 0;
    for (int32_t at = s->prompt; at < s->n && n < room;) {
        int field = s->field[at];
        Piece value = field_piece(s, field, at, s->n);
        bool is_value = field >= first && field <= last;
        if (is_value && len) value.n = len;
        at = value.first + value.n;
        if (!is_value || at > s->n) continue;
        out[n] = (Reason){.attribute = len ? n + 1 : field - first + 1,
                          .row = value.first,
                          .n_result = value.n,
                          .n_arguments = 2,
                          .argument = {{s->marks, s->prompt - s->marks}, words_before(s, value.first)}};
        n++;
    }
    return n;
}

static int reasons_of_answer(const Sequence *s, bool relation, Reason *out) {
    int32_t end = s->n - (s->tokens[s->n - 1] == s->facts->vocab.eos);
    if (s->prompt <= s->marks || end <= s->prompt) return 0;
    *out = (Reason){.attribute = 1,
                    .row = s->prompt,
                    .n_result = end - s->prompt,
                    .n_arguments = 1,
                    .argument = {{s->marks, without_tab(&s->facts->vocab, s->tokens, s->prompt) - s->marks}}};
    if (!relation) return 1;
    out->argument[0] = field_piece(s, 1, 0, s->prompt);
    out->argument[1] = field_piece(s, 2, 0, s->prompt);
    out->n_arguments = 2;
    return 1;
}

/* How many there are; at most `room` are written. */
static int reasons_of(const Sequence *s, const Spelling *spelling, Reason *out, int room) {
    enum { BIRTH_DATE = 3, WORK_CITY = 8, FIRST_CHUNK = 2 }; /* fields of bios and biod */
    const char *kind = s->facts->kind;
    if (!strcmp(kind, "sums")) return reasons_of_sums(s, spelling, out);
    const FactsConfig *c = &s->facts->config;
    if (!strcmp(kind, "bios")) return reasons_of_people(s, BIRTH_DATE, WORK_CITY, 0, out, room);
    if (!strcmp(kind, "biod") && c->n)
        return reasons_of_people(s, FIRST_CHUNK, FIRST_CHUNK, c->chunks * c->chunk_len, out, room);
    return reasons_of_answer(s, !strcmp(kind, "triples"), out);
}

/* ---- calls ---- */

typedef struct Maker {
    const FactSet *facts;
    const Spelling *spelling;
    const ToolConfig *tools;
    ToolArgs args[TOOLS_MAX];
    int n_tools, n_made[TOOLS_MAX]; /* calls of each */
    Calls *out;
    int64_t room;
} Maker;

static const char *const arg_words[ARG_COUNT] = {"run", "token", "span", "prompt"};

static Status make_call(Maker *m, int i, const Sequence *s, int tool, const Reason *reason, Call *out,
                        Err *err) {
    const ToolArgs *args = &m->args[tool];
    int pointer = 0;
    bool enough =
        args->n <= reason->n_arguments && (args->n == reason->n_arguments || reason->n_arguments < 3);
    if (!enough)
        return err_set(err, ERR_INPUT,
                       "tools.%d.args is %s: %d arguments, but facts of kind %s have %s%d to call it with",
                       tool, m->tools[tool].args, args->n, m->facts->kind,
                       reason->n_arguments == 2 ? "1 or " : "", reason->n_arguments);
    if (reason->row > UINT16_MAX)
        return err_set(err, ERR_INPUT,
                       "sequence %d has an answer at token %d; a tool is called at token %d at the latest", i,
                       reason->row, UINT16_MAX);
    *out = (Call){.tool = (int8_t)tool,
                  .attribute = reason->attribute,
                  .row = reason->row,
                  .n_result = reason->n_result};
    for (int a = 0; a < args->n; a++) {
        int32_t place[2] = {0, 0};
        if (!point_at(args->arg[a], s->tokens, m->spelling, reason->row, reason->argument[a], place))
            return err_set(
                err, ERR_INPUT,
                "tools.%d.args is %s: argument %d of sequence %d has %d tokens that no pointer of type "
                "%s means; %s",
                tool, m->tools[tool].args, a + 1, i, reason->argument[a].n, arg_words[args->arg[a]],
                "use span");
        for (int p = 0; p < tool_arg_pointers(args->arg[a]); p++) out->place[pointer++] = (uint16_t)place[p];
    }
    return OK;
}

static Status keep_call(Maker *m, int i, const Call *call, int64_t first, int64_t *n, Err *err) {
    int made = 0;
    if (*n == m->room) {
        int64_t room = m->room ? 2 * m->room : 1024;
        Call *more = realloc(m->out->call, (size_t)room * sizeof *more);
        if (!more) return err_set(err, ERR_NOMEM, "no memory for %lld calls of tools", (long long)room);
        m->out->call = more, m->room = room;
    }
    for (int64_t k = first; k < *n; k++) {
        const Call *other = &m->out->call[k];
        made += other->tool == call->tool;
        if (other->row == call->row)
            return err_set(
                err, ERR_INPUT,
                "tools %d and %d are both called for attribute %d; divide the attributes among them "
                "(tools.N.attributes)",
                other->tool, call->tool, call->attribute);
    }
    if (call->tool >= 0 && made >= m->tools[call->tool].max_calls)
        return err_set(err, ERR_INPUT,
                       "tools.%d.max_calls is %d, but sequence %d has more values to ask it for; raise it",
                       call->tool, m->tools[call->tool].max_calls, i);
    if (call->tool >= 0) m->n_made[call->tool]++;
    m->out->call[(*n)++] = *call;
    return OK;
}

/* Reasons are in the order of their rows. */
static Status make_calls(Maker *m, int i, Reason *reason, int room, int64_t *n, Err *err) {
    Sequence s = sequence_of(m->facts, i);
    int n_reasons = reasons_of(&s, m->spelling, reason, room);
    int64_t first = *n;
    for (int r = 0; r < n_reasons; r++) {
        bool served = false;
        Call call = {.tool = -1,
                     .attribute = reason[r].attribute,
                     .row = reason[r].row,
                     .n_result = reason[r].n_result};
        for (int tool = 0; tool < m->n_tools && reason[r].n_arguments; tool++) {
            Span serves = m->tools[tool].attributes;
            if (reason[r].attribute < serves.low || reason[r].attribute > serves.high) continue;
            TRY(make_call(m, i, &s, tool, &reason[r], &call, err));
            TRY(keep_call(m, i, &call, first, n, err));
            served = true;
        }
        if (!served) TRY(keep_call(m, i, &call, first, n, err));
    }
    return OK;
}

/* What a prompt is asked with in training is to be what it is asked with later. */
static Status check_prompt(const FactSet *facts, const ToolConfig *tool, const ToolArgs *args, int number,
                           Err *err) {
    if (!facts->config.seed_prefix || facts->config.fixed_prefix) return OK;
    for (int a = 0; a < args->n; a++)
        if (args->arg[a] == ARG_PROMPT)
            return err_set(
                err, ERR_INPUT,
                "tools.%d.args is %s, and a prompt begins with the symbols of facts.seed_prefix, which "
                "training draws anew each time; set facts.fixed_prefix, or take an argument of "
                "another type",
                number, tool->args);
    return OK;
}

int calls_max(const FactSet *facts) {
    if (!strcmp(facts->kind, "bios")) return 6;
    return !strcmp(facts->kind, "biod") && facts->config.n ? facts->config.attributes : 1;
}

Status calls_create(Calls *out, const FactSet *facts, const Spelling *spelling, const ToolConfig *tools,
                    int n, Err *err) {
    Maker m = {.facts = facts, .spelling = spelling, .tools = tools, .n_tools = n, .out = out};
    int room = facts->max_len < REASONS_MAX ? facts->max_len : REASONS_MAX;
    int64_t made = 0;
    Status status = OK;
    *out = (Calls){.start = calloc((size_t)facts->n_pool + 1, sizeof *out->start)};
    Reason *reason = malloc((size_t)room * sizeof *reason);
    if (!out->start || !reason) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the calls of tools"));
    for (int t = 0; t < n; t++) {
        TRY_GOTO(tool_args_parse(tools[t].args, &m.args[t], err));
        TRY_GOTO(check_prompt(facts, &tools[t], &m.args[t], t, err));
    }
    for (int i = 0; i < facts->n_pool; i++) {
        TRY_GOTO(make_calls(&m, i, reason, room, &made, err));
        out->start[i + 1] = made;
    }
    for (int t = 0; t < n; t++)
        if (!m.n_made[t])
            TRY_GOTO(
                err_set(err, ERR_INPUT,
                        "tools.%d: no fact of kind %s has a reason to call it; leave the tool out, or see "
                        "tools.%d.attributes",
                        t, facts->kind, t));
done:
    free(reason);
    return status;
}

void calls_free(Calls *calls) {
    free(calls->call);
    free(calls->start);
    *calls = (Calls){NULL, NULL};
}
