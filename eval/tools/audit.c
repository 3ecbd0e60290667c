#include "eval/tools/audit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/tools/other_answer.h"

const char *const audit_row_name[AUDIT_ROWS] = {"full",   "deleted", "deleted, off", "kept",
                                                "edited", "added",   "added, off"};

/* What is asked of one store. */
typedef struct Auditor {
    const Gpt *g;
    const Config *config;
    const FactSet *facts;
    const AuditOptions *options;
    Spelling spelling;
    Calls calls;
    int n;                     /* facts that are asked */
    uint8_t *deleted, *edited; /* of each call: the RowChange in either store */
    uint8_t *changed, *kept;   /* of each call: whether it counts */
    uint8_t *followed;         /* likewise, of those that are edited */
    int32_t *tokens;           /* of the pool, with the edited answers */
} Auditor;

/* ---- what is changed ---- */

static bool is_row(const Auditor *a, int64_t call) {
    int tool = a->calls.call[call].tool;
    return tool >= 0 && tool_holds_facts(&a->config->tools[tool]);
}

/* Of a fact with several rows one that depends on the fact's number; -1: it has none. */
static int64_t row_of(const Auditor *a, int i) {
    int64_t first = a->calls.start[i], end = a->calls.start[i + 1];
    int rows = 0;
    for (int64_t c = first; c < end; c++) rows += is_row(a, c);
    if (!rows) return -1;
    for (int64_t c = first, k = i / 2 % rows;; c++)
        if (is_row(a, c) && k-- == 0) return c;
}

static void choose_rows(Auditor *a) {
    const OtherAnswers others = {.facts = a->facts,
                                 .calls = &a->calls,
                                 .symbol_class = a->spelling.symbol_class,
                                 .stream = random_stream(a->options->seed, RANDOM_TOOLS, 2),
                                 .tokens = a->tokens,
                                 .whole = true};
    for (int i = 0; i < a->n; i++) {
        int64_t c = row_of(a, i);
        for (int64_t k = a->calls.start[i]; k < a->calls.start[i + 1]; k++)
            a->kept[k] = i % 2 && is_row(a, k);
        if (i % 2 || c < 0) continue;
        a->changed[c] = 1;
        a->deleted[c] = ROW_DELETED;
        a->followed[c] = other_answer(&others, i, c);
        if (a->followed[c]) a->edited[c] = ROW_EDITED;
    }
}

static Status create(Auditor *a, Err *err) {
    TRY(spelling_create(&a->spelling, &a->facts->vocab, err));
    TRY(calls_create(&a->calls, a->facts, &a->spelling, a->config->tools, a->config->n_tools, err));
    size_t calls = (size_t)a->calls.start[a->facts->n_pool],
           tokens = (size_t)a->facts->start[a->facts->n_pool];
    a->n = a->options->n < a->facts->n ? a->options->n : a->facts->n;
    a->deleted = calloc(calls, 1);
    a->edited = calloc(calls, 1);
    a->changed = calloc(calls, 1);
    a->kept = calloc(calls, 1);
    a->followed = calloc(calls, 1);
    a->tokens = malloc(tokens * sizeof *a->tokens);
    if (!a->deleted || !a->edited || !a->changed || !a->kept || !a->followed || !a->tokens)
        return err_set(err, ERR_NOMEM, "no memory for the audit of a store of %zu rows", calls);
    memcpy(a->tokens, a->facts->tokens, tokens * sizeof *a->tokens);
    choose_rows(a);
    return OK;
}

static void destroy(Auditor *a) {
    spelling_free(&a->spelling);
    calls_free(&a->calls);
    free(a->deleted);
    free(a->edited);
    free(a->changed);
    free(a->kept);
    free(a->followed);
    free(a->tokens);
}

/* ---- what is said ---- */

typedef enum Asked { ASK_RIGHT, ASK_BEFORE } Asked; /* which figure the true answers are */

/* Asks for the calls that count, of a->n facts from `first` on. */
static Status ask(const Auditor *a, ToolSet *set, int first, const uint8_t *counted, const int32_t *truth,
                  bool off, Asked asked, AuditFigures *out, Err *err) {
    const ToolEvalOptions options = {
        .off = off, .threads = a->options->threads, .tokens = truth, .counted = counted};
    ToolFigures f;
    TRY(tool_evaluate(&f, a->g, a->facts, first, a->n, &a->calls, set, &options, err));
    out->answers = f.answers;
    if (!f.answers) return OK;
    *(asked == ASK_RIGHT ? &out->right : &out->before) = (double)f.cause[CAUSE_RIGHT] / f.answers;
    if (a->facts->vocab.eos >= 0) out->missing = (double)f.ended / f.answers;
    return OK;
}

static Status open_store(const Auditor *a, ToolSet *set, const uint8_t *change, Err *err) {
    const StoreSource source = {
        .facts = a->facts, .calls = &a->calls, .rows = ROWS_ALL, .change = change, .edited = a->tokens};
    return tool_set_open(set, a->config, &a->spelling, &(StoreContent){.source = &source, .n_sources = 1},
                         a->options->programs, err);
}

static Status ask_full(const Auditor *a, AuditFigures *row, Err *err) {
    ToolSet set = {.config = NULL};
    Status status = open_store(a, &set, NULL, err);
    if (status == OK) status = ask(a, &set, 0, a->changed, NULL, false, ASK_RIGHT, &row[AUDIT_FULL], err);
    tool_set_close(&set);
    return status;
}

static Status ask_deleted(const Auditor *a, AuditFigures *row, Err *err) {
    ToolSet set = {.config = NULL};
    Status status = OK;
    TRY_GOTO(open_store(a, &set, a->deleted, err));
    TRY_GOTO(ask(a, &set, 0, a->changed, NULL, false, ASK_BEFORE, &row[AUDIT_DELETED], err));
    TRY_GOTO(ask(a, &set, 0, a->changed, NULL, true, ASK_BEFORE, &row[AUDIT_DELETED_OFF], err));
    TRY_GOTO(ask(a, &set, 0, a->kept, NULL, false, ASK_RIGHT, &row[AUDIT_KEPT], err));
done:
    tool_set_close(&set);
    return status;
}

static Status ask_edited(const Auditor *a, AuditFigures *row, Err *err) {
    ToolSet set = {.config = NULL};
    Status status = OK;
    TRY_GOTO(open_store(a, &set, a->edited, err));
    TRY_GOTO(ask(a, &set, 0, a->followed, NULL, false, ASK_BEFORE, &row[AUDIT_EDITED], err));
    TRY_GOTO(ask(a, &set, 0, a->followed, a->tokens, false, ASK_RIGHT, &row[AUDIT_EDITED], err));
done:
    tool_set_close(&set);
    return status;
}

/* Of the calls of the added facts: whether they count, and which are rows. What the run knows is left out: it has a row
 * of its own. */
static Status mark_added(const Auditor *other, const AddedFacts *added, uint8_t **counted, uint8_t **change,
                         Err *err) {
    size_t calls = (size_t)other->calls.start[added->facts->n_pool];
    *counted = calloc(calls + 1, 1);
    *change = malloc(calls + 1);
    if (!*counted || !*change) return err_set(err, ERR_NOMEM, "no memory for the audit of added rows");
    memset(*change, ROW_LEFT_OUT, calls);
    for (int i = added->first; i < added->first + added->n; i++)
        for (int64_t c = other->calls.start[i]; c < other->calls.start[i + 1]; c++) {
            if (!is_row(other, c) || (added->known && added->known[i])) continue;
            (*counted)[c] = 1;
            (*change)[c] = ROW_KEPT;
        }
    return OK;
}

/* The rows of the added facts join those of the run. */
static Status ask_added(const Auditor *a, const AddedFacts *added, AuditFigures *row, Err *err) {
    Auditor other = {.g = a->g, .config = a->config, .facts = added->facts, .options = a->options};
    ToolSet set = {.config = NULL};
    uint8_t *counted = NULL, *change = NULL;
    int n_tools = a->config->n_tools;
    Status status = OK;
    TRY_GOTO(spelling_create(&other.spelling, &added->facts->vocab, err));
    TRY_GOTO(calls_create(&other.calls, added->facts, &other.spelling, a->config->tools, n_tools, err));
    TRY_GOTO(mark_added(&other, added, &counted, &change, err));
    const StoreSource source[2] = {
        {.facts = a->facts, .calls = &a->calls, .rows = ROWS_ALL},
        {.facts = added->facts, .calls = &other.calls, .rows = ROWS_ALL, .change = change}};
    const StoreContent content = {.source = source, .n_sources = added->facts == a->facts ? 1 : 2};
    TRY_GOTO(tool_set_open(&set, a->config, &other.spelling, &content, a->options->programs, err));
    other.n = added->n < a->options->n ? added->n : a->options->n;
    TRY_GOTO(ask(&other, &set, added->first, counted, NULL, false, ASK_RIGHT, &row[AUDIT_ADDED], err));
    TRY_GOTO(ask(&other, &set, added->first, counted, NULL, true, ASK_RIGHT, &row[AUDIT_ADDED_OFF], err));
done:
    free(counted);
    free(change);
    tool_set_close(&set);
    destroy(&other);
    return status;
}

Status store_audit(Audit *out, const Gpt *g, const Config *config, const FactSet *facts,
                   const AddedFacts *added, const AuditOptions *options, Err *err) {
    Auditor a = {.g = g, .config = config, .facts = facts, .options = options};
    Status status = OK;
    for (int r = 0; r < AUDIT_ROWS; r++)
        out->row[r] = (AuditFigures){.right = NAN, .before = NAN, .missing = NAN};
    TRY_GOTO(create(&a, err));
    TRY_GOTO(ask_full(&a, out->row, err));
    TRY_GOTO(ask_deleted(&a, out->row, err));
    TRY_GOTO(ask_edited(&a, out->row, err));
    if (added->n) TRY_GOTO(ask_added(&a, added, out->row, err));
    double off = out->row[AUDIT_DELETED_OFF].before;
    out->leak = off - out->row[AUDIT_ADDED_OFF].right;
    out->brought = out->row[AUDIT_FULL].right - off;
    out->artefacts = out->row[AUDIT_DELETED].before - off;
done:
    destroy(&a);
    return status;
}
