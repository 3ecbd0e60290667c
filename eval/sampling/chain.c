#include "eval/sampling/chain.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/nearest.h"
#include "base/number.h"

/* ---- the table ---- */

typedef struct StageRow {
    const char *name, *help;
    StageFunction *apply;
} StageRow;

static const StageRow stage_rows[STAGE_COUNT] = {
#define STAGE(name, function, help) {#name, help, function},
#define PARAMETER(...)
#include "eval/sampling/stage_rows.h"
#undef STAGE
#undef PARAMETER
};

typedef struct StageParameter {
    StageKind kind;
    const char *name, *also; /* also: other names, separated by blanks */
    double initial, min, max;
    bool whole;
    const char *help;
} StageParameter;

/* In the order of the table; ends with name NULL. */
static const StageParameter stage_parameters[] = {
#define STAGE(...)
#define PARAMETER(stage, name, also, initial, low, high, whole, help)                                        \
    {STAGE_##stage, #name, also, initial, low, high, whole, help},
#include "eval/sampling/stage_rows.h"
#undef STAGE
#undef PARAMETER
    {.name = NULL},
};

/* llama.cpp's chain, and its default values. */
static const char llama_cpp[] =
    "penalties;dry;top_n_sigma;top_k=40;typical_p;top_p=0.95;min_p=0.05;xtc;temperature=0.8";

enum { WORD_MAX = 64, NAMES_MAX = 64 };

/* Place of a parameter among those of its stage. */
static int place_of(const StageParameter *parameter) {
    int place = 0;
    while (parameter - place > stage_parameters && parameter[-place - 1].kind == parameter->kind) place++;
    return place;
}

static bool is_one_of(const char *word, const char *words) {
    size_t length = strlen(word);
    for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && !strncmp(at, word, length)) return true;
    return false;
}

static const StageParameter *find_parameter(const char *name) {
    for (const StageParameter *p = stage_parameters; p->name; p++)
        if (!strcmp(p->name, name) || is_one_of(name, p->also)) return p;
    return NULL;
}

static int find_stage(const char *name) {
    for (int i = 0; i < STAGE_COUNT; i++)
        if (!strcmp(stage_rows[i].name, name)) return i;
    return -1;
}

static Status unknown(const char *name, Err *err) {
    const char *names[NAMES_MAX];
    int n = 0;
    for (int i = 0; i < STAGE_COUNT; i++) names[n++] = stage_rows[i].name;
    for (const StageParameter *p = stage_parameters; p->name && n < NAMES_MAX - 1; p++) names[n++] = p->name;
    names[n] = NULL;
    const char *nearest = nearest_name(name, names);
    return err_set(err, ERR_INPUT, "chain: unknown stage '%s'%s%s", name, nearest ? "; nearest: " : "",
                   nearest ? nearest : "");
}

const char *stage_name(StageKind kind) { return stage_rows[kind].name; }

void chain_help(FILE *out) {
    char initial[NUMBER_TEXT_MAX], low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    fputs("| stage | parameter | initial | allowed | |\n|---|---|---|---|---|\n", out);
    for (int i = 0; i < STAGE_COUNT; i++) {
        fprintf(out, "| %s | | | | %s |\n", stage_rows[i].name, stage_rows[i].help);
        if (i == STAGE_dry)
            fputs("| | `dry_breakers` | none | TOKEN,.. | tokens that end a repetition |\n", out);
        for (const StageParameter *p = stage_parameters; p->name; p++)
            if ((int)p->kind == i)
                fprintf(out, "| | `%s` | %s | %s to %s | %s |\n", p->name, number_text(initial, p->initial),
                        number_text(low, p->min), number_text(high, p->max), p->help);
    }
}

/* ---- reading ---- */

static void initialize(Stage *stage, StageKind kind) {
    int n = 0;
    *stage = (Stage){.kind = kind};
    for (const StageParameter *p = stage_parameters; p->name; p++)
        if (p->kind == kind) stage->value[n++] = p->initial;
}

static Status append(Chain *chain, StageKind kind, Stage **out, Err *err) {
    if (chain->n == CHAIN_STAGES_MAX)
        return err_set(err, ERR_INPUT, "chain: more than %d stages", CHAIN_STAGES_MAX);
    *out = &chain->stage[chain->n++];
    initialize(*out, kind);
    return OK;
}

Status chain_add(Chain *chain, StageKind kind, double value, Err *err) {
    Stage *stage = NULL;
    TRY(append(chain, kind, &stage, err));
    stage->value[0] = value;
    return OK;
}

/* Where a parameter of that kind belongs: the last stage of the kind, or a new one. set[i]: bits of the parameters
 * of stage i that the text has set. */
static Status stage_for(Chain *chain, StageKind kind, int place, uint32_t *set, Stage **out, Err *err) {
    int last = chain->n - 1;
    while (last >= 0 && chain->stage[last].kind != kind) last--;
    if (last >= 0 && !(set[last] >> place & 1)) {
        *out = &chain->stage[last];
    } else {
        TRY(append(chain, kind, out, err));
        last = chain->n - 1;
    }
    set[last] |= 1u << place;
    return OK;
}

static Status parse_number(const StageParameter *p, const char *text, double *out, Err *err) {
    char *end, low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    errno = 0;
    *out = strtod(text, &end);
    if (end == text || *end || (errno && *out == 0))
        return err_set(err, ERR_INPUT, "chain: %s is '%s', which is not a number", p->name, text);
    if (*out >= p->min && *out <= p->max && (!p->whole || *out == floor(*out))) return OK;
    return err_set(err, ERR_INPUT, "chain: %s is %s, allowed: %s%s to %s", p->name, text,
                   p->whole ? "a whole number from " : "", number_text(low, p->min),
                   number_text(high, p->max));
}

/* "17:-inf,4:2" with biases, "17,4" without. */
static Status parse_tokens(Stage *stage, const char *name, const char *text, bool biases, Err *err) {
    for (const char *at = text; *at;) {
        char *end;
        errno = 0;
        long token = strtol(at, &end, 10);
        double bias = 0;
        bool whole = end != at && token >= 0 && token <= INT32_MAX && !errno;
        if (whole && biases) {
            whole = *end == ':';
            at = end + 1;
            if (whole) bias = strtod(at, &end); /* -inf is written so: a number that overflows is none */
            whole = whole && end != at && !isnan(bias) && bias < INFINITY && !errno;
        }
        if (!whole || (*end && *end != ','))
            return err_set(err, ERR_INPUT, "chain: %s is '%s', which is not a list such as %s", name, text,
                           biases ? "17:-2.5,4:-inf" : "17,4");
        if (stage->n_tokens == STAGE_TOKENS_MAX)
            return err_set(err, ERR_INPUT, "chain: %s has more than %d tokens", name, STAGE_TOKENS_MAX);
        stage->token[stage->n_tokens] = (int32_t)token;
        stage->bias[stage->n_tokens++] = bias;
        at = *end ? end + 1 : end;
    }
    return OK;
}

enum { PLACE_TOKENS = STAGE_PARAMETERS_MAX, PLACE_STAGE };

/* One part: a name, value NULL where it has none. */
static Status parse_part(Chain *chain, uint32_t *set, const char *name, const char *value, Err *err) {
    bool biases = !strcmp(name, "logit_bias");
    int kind = find_stage(name);
    Stage *stage;
    if (biases || !strcmp(name, "dry_breakers")) {
        TRY(stage_for(chain, biases ? STAGE_logit_bias : STAGE_dry, PLACE_TOKENS, set, &stage, err));
        return parse_tokens(stage, name, value ? value : "", biases, err);
    }
    const StageParameter *parameter = find_parameter(name);
    if (!value && kind < 0 && parameter) kind = (int)parameter->kind;
    if (!value && kind >= 0) return stage_for(chain, (StageKind)kind, PLACE_STAGE, set, &stage, err);
    /* "xtc=0.5", "dry=0.8": a stage's name means its main parameter. */
    for (const StageParameter *p = stage_parameters; !parameter && kind >= 0 && p->name; p++)
        if ((int)p->kind == kind) parameter = p;
    if (!parameter) return unknown(name, err);
    double number;
    TRY(parse_number(parameter, value, &number, err));
    TRY(stage_for(chain, parameter->kind, place_of(parameter), set, &stage, err));
    stage->value[place_of(parameter)] = number;
    return OK;
}

Status chain_parse(Chain *out, const char *text, Err *err) {
    uint32_t set[CHAIN_STAGES_MAX] = {0};
    *out = (Chain){.n = 0};
    if (!strcmp(text, "llama.cpp")) text = llama_cpp;
    for (const char *at = text; *at;) {
        char part[CHAIN_TEXT_MAX];
        size_t length = strcspn(at, ";"), kept = 0;
        if (length >= sizeof part)
            return err_set(err, ERR_INPUT, "chain: a part of more than %d bytes", CHAIN_TEXT_MAX - 1);
        for (size_t i = 0; i < length; i++) {
            char letter = at[i] == '-' && !memchr(part, '=', kept) ? '_' : at[i]; /* top-k is top_k */
            if (letter != ' ' && letter != '\t') part[kept++] = letter;
        }
        part[kept] = '\0';
        at += length + (at[length] == ';');
        if (kept == 0) continue;
        char *equals = strchr(part, '=');
        if (equals) *equals = '\0';
        TRY(parse_part(out, set, part, equals ? equals + 1 : NULL, err));
    }
    return OK;
}

Status chain_check_tokens(const Chain *chain, int vocab_size, Err *err) {
    for (int i = 0; i < chain->n; i++)
        for (int k = 0; k < chain->stage[i].n_tokens; k++)
            if (chain->stage[i].token[k] >= vocab_size)
                return err_set(err, ERR_INPUT, "chain: token %d of %s is not one of the %d of the vocabulary",
                               chain->stage[i].token[k], stage_rows[chain->stage[i].kind].name, vocab_size);
    return OK;
}

/* ---- writing ---- */

static void put(char out[CHAIN_TEXT_MAX], size_t *used, const char *text) {
    size_t length = strlen(text);
    if (*used + length >= CHAIN_TEXT_MAX) return;
    memcpy(out + *used, text, length + 1);
    *used += length;
}

static void put_tokens(char out[CHAIN_TEXT_MAX], size_t *used, const Stage *stage) {
    char word[WORD_MAX], number[NUMBER_TEXT_MAX];
    bool biases = stage->kind == STAGE_logit_bias;
    put(out, used, biases ? "logit_bias=" : "dry_breakers=");
    for (int k = 0; k < stage->n_tokens; k++) {
        double bias = stage->bias[k];
        const char *text = bias == -INFINITY ? "-inf" : number_text(number, bias);
        snprintf(word, sizeof word, "%s%d%s%s", k ? "," : "", stage->token[k], biases ? ":" : "",
                 biases ? text : "");
        put(out, used, word);
    }
}

const char *chain_text(const Chain *chain, char out[CHAIN_TEXT_MAX]) {
    size_t used = 0;
    *out = '\0';
    for (int i = 0; i < chain->n; i++) {
        const Stage *stage = &chain->stage[i];
        bool named = false;
        for (const StageParameter *p = stage_parameters; p->name; p++) {
            if (p->kind != stage->kind || stage->value[place_of(p)] == p->initial) continue;
            char word[2 * WORD_MAX], number[NUMBER_TEXT_MAX];
            snprintf(word, sizeof word, "%s%s=%s", used ? ";" : "", p->name,
                     number_text(number, stage->value[place_of(p)]));
            put(out, &used, word);
            named = true;
        }
        if (used && (stage->n_tokens || !named)) put(out, &used, ";");
        if (stage->n_tokens) put_tokens(out, &used, stage);
        else if (!named) put(out, &used, stage_rows[stage->kind].name);
    }
    return out;
}

/* ---- running ---- */

void chain_begin(const Chain *chain, ChainState *state) {
    for (int i = 0; i < chain->n; i++)
        state->mu[i] = chain->stage[i].kind == STAGE_mirostat ? mirostat_begin(&chain->stage[i]) : 0;
}

/* Whether a stage of that kind is on. */
static bool has_stage(const Chain *chain, StageKind kind) {
    for (int i = 0; i < chain->n; i++)
        if (chain->stage[i].kind == kind && chain->stage[i].value[0] > 0) return true;
    return false;
}

bool chain_draws(const Chain *chain) { return has_stage(chain, STAGE_xtc); }
bool chain_needs_noise(const Chain *chain) { return has_stage(chain, STAGE_kstar); }
bool chain_looks_ahead(const Chain *chain) { return has_stage(chain, STAGE_contrastive); }

Status chain_apply(const Chain *chain, const ChainState *state, Candidates *c, const ChainInput *input,
                   ChainObserver *observe, void *context, Err *err) {
    if (observe) observe(context, -1, c);
    for (int i = 0; i < chain->n; i++) {
        const Stage *stage = &chain->stage[i];
        StageContext seen = {.history = input->history,
                             .n_history = input->n_history,
                             .u = input->uniform ? input->uniform[i] : 0,
                             .mu = state->mu[i],
                             .noise = input->noise,
                             .ahead = input->ahead};
        stage_rows[stage->kind].apply(c, stage, &seen);
        if (c->n == 0)
            return err_set(err, ERR_INPUT, "chain: %s leaves no token", stage_rows[stage->kind].name);
        if (observe) observe(context, i, c);
    }
    bool failed = input->noise && input->noise->status != OK;
    return failed ? err_set(err, input->noise->status, "no memory for the null of kstar") : OK;
}

int32_t chain_draw(Candidates *c, double u) {
    candidates_rank(c, 1);
    double top = c->at[0].logit, total = 0, sum = 0;
    for (int v = 0; v < c->vocab_size; v++) c->p[v] = 0;
    for (int i = 0; i < c->n; i++) c->p[c->at[i].id] = exact_exp(c->at[i].logit - top);
    for (int v = 0; v < c->vocab_size; v++) total += c->p[v];
    int32_t drawn = -1;
    for (int v = 0; v < c->vocab_size; v++) {
        sum += c->p[v];
        if (drawn < 0 && c->p[v] > 0 && u * total < sum) drawn = v;
        c->p[v] /= total;
    }
    return drawn < 0 ? c->at[0].id : drawn; /* rounding can leave u * total at the very end */
}

void chain_follow(const Chain *chain, ChainState *state, const Candidates *c, int32_t token) {
    for (int k = 0; k < chain->n; k++)
        if (chain->stage[k].kind == STAGE_mirostat)
            state->mu[k] = mirostat_follow(&chain->stage[k], state->mu[k], c->p[token]);
}
