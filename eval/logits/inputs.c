#include "eval/logits/inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "eval/prompts.h"

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for the inputs"); }

void logit_inputs_free(LogitInputs *inputs) {
    for (int i = 0; i < inputs->n_classes; i++) free(inputs->name[i]);
    if (inputs->free) inputs->free(inputs->source);
    *inputs = (LogitInputs){.n_classes = 0};
}

Status logit_inputs_class(LogitInputs *inputs, const char *name, Err *err) {
    if (inputs->n_classes == LOGIT_CLASSES_MAX)
        return err_set(err, ERR_INPUT, "more than %d classes of inputs", LOGIT_CLASSES_MAX);
    char *copy = strdup(name);
    if (!copy) return no_memory(err);
    inputs->name[inputs->n_classes++] = copy;
    return OK;
}

static bool is_trained(const FactSet *f, int i) { return i < f->n || i >= f->n + f->n_heldout; }

void facts_trained_symbols(uint8_t *trained, int vocab_size, const FactSet *facts) {
    memset(trained, 0, (size_t)vocab_size);
    for (int i = 0; i < facts->n_pool; i++)
        for (int64_t t = facts->start[i]; is_trained(facts, i) && t < facts->start[i + 1]; t++)
            trained[facts->tokens[t]] = 1;
}

/* ---- one source for all inputs that are made of facts ---- */

/* How an input is made of a fact. */
typedef enum Make { AS_IT_IS, WRONG_TYPE, RANDOM_TOKENS } Make;

/* A part of the inputs: those of the facts first .. first + n - 1 that it takes, made in one way. */
typedef struct InputPart {
    Make make;
    int first, n;
} InputPart;

enum { PARTS_MAX = 4 };

typedef struct FactInputs {
    const FactSet *facts;
    FactInputsPlan plan;
    int32_t *prompt;  /* n */
    uint64_t *member; /* n + n_heldout: classes of the fact as it is */
    int64_t size[LOGIT_CLASSES_MAX], seen[LOGIT_CLASSES_MAX]; /* facts in all, and so far */
    int n_parts, made[PARTS_MAX];                             /* the class of a part whose inputs are made */
    InputPart part[PARTS_MAX];
    int at_part, at;
    int n_symbols;
    int32_t *symbol;  /* n_symbols: those that occur in training */
    uint8_t *trained; /* vocab_size */
    int32_t *buffer;  /* max_len */
    uint8_t *occurs;  /* (max_len, vocab_size) bits: the symbol occurs at that place in training; or NULL */
} FactInputs;

static void fact_inputs_free(void *source) {
    FactInputs *f = source;
    free(f->prompt);
    free(f->member);
    free(f->symbol);
    free(f->trained);
    free(f->buffer);
    free(f->occurs);
    free(f);
}

static Status fact_inputs_rewind(void *source, Err *err) {
    (void)err;
    FactInputs *f = source;
    f->at_part = f->at = 0;
    memset(f->seen, 0, sizeof f->seen);
    return OK;
}

static size_t occurrence_bit(const FactInputs *f, int place, int32_t symbol) {
    return (size_t)place * (size_t)f->plan.vocab_size + (size_t)symbol;
}

static bool occurs_at(const FactInputs *f, int place, int32_t symbol) {
    size_t bit = occurrence_bit(f, place, symbol);
    return f->occurs[bit / 8] >> bit % 8 & 1;
}

static void mark_occurrences(FactInputs *f) {
    const FactSet *facts = f->facts;
    for (int i = 0; i < facts->n_pool; i++)
        for (int64_t t = facts->start[i]; is_trained(facts, i) && t < facts->start[i + 1]; t++) {
            size_t bit = occurrence_bit(f, (int)(t - facts->start[i]), facts->tokens[t]);
            f->occurs[bit / 8] |= (uint8_t)(1u << bit % 8);
        }
}

/* Evenly: of `all`, `n_taken` are taken. True: number j is. */
static bool is_taken(int64_t j, int64_t all, int64_t n_taken) {
    return n_taken == 0 || n_taken >= all || j * n_taken / all != (j + 1) * n_taken / all;
}

static int prompt_of(const FactInputs *f, int i) {
    const FactSet *facts = f->facts;
    if (i < facts->n) return f->prompt[i];
    int own = facts->prompt_len ? facts->prompt_len[i] : 0, length = fact_length(facts, i);
    if (own == 0) own = f->prompt[(i - facts->n) % facts->n];
    return own < length ? own : length - 1;
}

/* A symbol at random that training has, but never at this place; -1: every symbol occurs there. */
static int32_t misplaced(const FactInputs *f, int place, int i) {
    uint64_t from =
        random_below(random_stream(f->plan.seed, RANDOM_INPUTS, 0), (uint64_t)i, (uint64_t)f->n_symbols);
    for (int k = 0; k < f->n_symbols; k++) {
        int32_t symbol = f->symbol[(from + (uint64_t)k) % (uint64_t)f->n_symbols];
        if (!occurs_at(f, place, symbol)) return symbol;
    }
    return -1;
}

/* False: there is no such input for this fact. */
static bool make_input(FactInputs *f, LogitInput *out, Make make, int i) {
    const FactSet *facts = f->facts;
    const int32_t *token = facts->tokens + facts->start[i];
    int prompt = prompt_of(f, i), length = fact_length(facts, i);
    *out = (LogitInput){.number = i, .n = prompt, .from = prompt, .token = token, .target = -1};
    if (make == AS_IT_IS) {
        if (f->plan.whole) out->n = length - 1, out->from = 0;
        out->target = token[out->n];
        return true;
    }
    if (prompt == 0) return false;
    if (f->plan.whole) out->from = 0;
    out->token = f->buffer;
    memcpy(f->buffer, token, (size_t)prompt * sizeof *token);
    if (make == WRONG_TYPE) {
        f->buffer[prompt - 1] = misplaced(f, prompt - 1, i);
        return f->buffer[prompt - 1] >= 0;
    }
    for (int t = 0; t < prompt; t++)
        f->buffer[t] = f->symbol[random_below(random_stream(f->plan.seed, RANDOM_INPUTS, 1),
                                              (uint64_t)i * (uint64_t)facts->max_len + (uint64_t)t,
                                              (uint64_t)f->n_symbols)];
    return true;
}

static Status fact_inputs_next(void *source, LogitInput *out, bool *more, Err *err) {
    (void)err;
    FactInputs *f = source;
    for (; f->at_part < f->n_parts; f->at_part++, f->at = 0) {
        const InputPart *part = &f->part[f->at_part];
        while (f->at < part->n) {
            int i = part->first + f->at++;
            uint64_t classes = part->make == AS_IT_IS ? f->member[i] : UINT64_C(1) << f->made[f->at_part];
            uint64_t taken = 0;
            for (int c = 0; c < LOGIT_CLASSES_MAX; c++)
                if (classes >> c & 1 && is_taken(f->seen[c]++, f->size[c], f->plan.max_per_class))
                    taken |= UINT64_C(1) << c;
            if (!taken || !make_input(f, out, part->make, i)) continue;
            out->classes = taken;
            *more = true;
            return OK;
        }
    }
    *more = false;
    return OK;
}

static Status fact_inputs_create(LogitInputs *out, FactInputs **source, const FactSet *facts, const char *by,
                                 const FactInputsPlan *plan, Err *err) {
    size_t V = (size_t)plan->vocab_size, scored = (size_t)facts->n + (size_t)facts->n_heldout;
    FactInputs *f = calloc(1, sizeof *f);
    *out = (LogitInputs){.n_classes = 0};
    if (!f) return no_memory(err);
    *out = (LogitInputs){.source = f,
                         .next = fact_inputs_next,
                         .rewind = fact_inputs_rewind,
                         .free = fact_inputs_free,
                         .max_rows = facts->max_len,
                         .positions = facts->max_len};
    snprintf(out->by, sizeof out->by, "%s", by);
    f->facts = facts;
    f->plan = *plan;
    f->prompt = calloc((size_t)facts->n + 1, sizeof *f->prompt);
    f->member = calloc(scored + 1, sizeof *f->member);
    f->symbol = calloc(V, sizeof *f->symbol);
    f->trained = calloc(V, 1);
    f->buffer = calloc((size_t)facts->max_len + 1, sizeof *f->buffer);
    *source = f;
    if (!f->prompt || !f->member || !f->symbol || !f->trained || !f->buffer) return no_memory(err);
    TRY(recall_prompts(f->prompt, facts, err));
    facts_trained_symbols(f->trained, plan->vocab_size, facts);
    for (int v = 0; v < plan->vocab_size; v++)
        if (f->trained[v]) f->symbol[f->n_symbols++] = v;
    return OK;
}

/* ---- by what the model knows ---- */

static void left_out(LogitInputs *out, const char *name, const char *why) {
    size_t used = strlen(out->note);
    snprintf(out->note + used, sizeof out->note - used, "%s%s: %s", used ? "; " : "", name, why);
}

/* A class whose inputs are made of trained facts, where enough of them can be made. */
static Status add_made(LogitInputs *out, FactInputs *f, Make make, const char *name, const char *why,
                       Err *err) {
    LogitInput input;
    int n = 0;
    for (int i = 0; i < f->facts->n; i++) n += make_input(f, &input, make, i);
    if (n < LOGIT_CLASS_MIN) {
        left_out(out, name, why);
        return OK;
    }
    f->made[f->n_parts] = out->n_classes;
    f->part[f->n_parts++] = (InputPart){make, 0, f->facts->n};
    f->size[out->n_classes] = f->facts->n;
    return logit_inputs_class(out, name, err);
}

/* The facts first .. first + n - 1 of which `which` (or all, where it is NULL) is `wanted`. */
static Status add_facts(LogitInputs *out, FactInputs *f, const char *name, int first, int n,
                        const bool *which, bool wanted, Err *err) {
    int64_t size = 0;
    for (int i = 0; i < n; i++) size += !which || which[i] == wanted;
    if (size < LOGIT_CLASS_MIN) {
        char why[64];
        snprintf(why, sizeof why, "%d of %d facts", (int)size, n);
        left_out(out, name, n ? why : "none (facts.heldout)");
        return OK;
    }
    for (int i = 0; i < n; i++)
        if (!which || which[i] == wanted) f->member[first + i] = UINT64_C(1) << out->n_classes;
    f->size[out->n_classes] = size;
    return logit_inputs_class(out, name, err);
}

Status logit_inputs_known(LogitInputs *out, const FactSet *facts, const bool *recalled,
                          const FactInputsPlan *plan, Err *err) {
    FactInputs *f;
    size_t bits = (size_t)facts->max_len * (size_t)plan->vocab_size;
    Status status = OK;
    TRY_GOTO(fact_inputs_create(out, &f, facts, "knowledge", plan, err));
    f->occurs = calloc(bits / 8 + 1, 1);
    if (!f->occurs) TRY_GOTO(no_memory(err));
    mark_occurrences(f);
    f->part[f->n_parts++] = (InputPart){AS_IT_IS, 0, facts->n + facts->n_heldout};
    TRY_GOTO(add_facts(out, f, "memorized", 0, facts->n, recalled, true, err));
    TRY_GOTO(add_facts(out, f, "forgotten", 0, facts->n, recalled, false, err));
    TRY_GOTO(add_facts(out, f, "unseen", facts->n, facts->n_heldout, NULL, true, err));
    TRY_GOTO(add_made(out, f, WRONG_TYPE, "wrong_type", "every symbol occurs at every place", err));
    TRY_GOTO(add_made(out, f, RANDOM_TOKENS, "random", "facts without a prompt", err));
    if (!out->n_classes)
        status = err_set(err, ERR_INPUT, "no class has %d inputs (%s)", LOGIT_CLASS_MIN, out->note);
done:
    if (status != OK) logit_inputs_free(out);
    return status;
}

/* ---- by what the facts say ---- */

Status logit_inputs_divided(LogitInputs *out, const FactSet *facts, const uint64_t *member, int n_classes,
                            char *const *name, const char *by, const FactInputsPlan *plan, Err *err) {
    FactInputs *f;
    Status status = OK;
    TRY_GOTO(fact_inputs_create(out, &f, facts, by, plan, err));
    f->part[f->n_parts++] = (InputPart){AS_IT_IS, 0, facts->n};
    for (int c = 0; c < n_classes; c++) TRY_GOTO(logit_inputs_class(out, name[c], err));
    for (int i = 0; i < facts->n; i++) {
        f->member[i] = member[i];
        for (int c = 0; c < n_classes; c++) f->size[c] += (int64_t)(member[i] >> c & 1);
    }
done:
    if (status != OK) logit_inputs_free(out);
    return status;
}
