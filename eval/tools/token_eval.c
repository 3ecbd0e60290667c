#include "eval/tools/token_eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/prompts.h"
#include "eval/tools/other_answer.h"
#include "eval/tools/token_text.h"
#include "model/batch.h"
#include "model/decode.h"

typedef struct Bench {
    const Gpt *g;
    const FactSet *facts;
    const Calls *calls;
    ToolSet *set;
    const ToolEvalOptions *options;
    Decoder *decoder;
    TokenText text;
    int32_t *tokens; /* of the pool, with the answers that are right */
    CallText before; /* the text before an answer */

    /* the answer that is decoded */
    const Call *call;
    const int32_t *own;               /* tokens of its sequence */
    int made;                         /* calls that were begun */
    bool first;                       /* the first thing that was said began a call of the tool that is due */
    int tool;                         /* of the first call */
    bool same_arguments, same_result; /* of that one */
} Bench;

/* ---- what calls return ---- */

static bool same_arguments(const Bench *b, int tool, const int32_t *said, const Piece *piece) {
    const Call *due = b->call;
    const int32_t *fact = b->facts->tokens + (b->own - b->tokens); /* says where its arguments are */
    if (!piece || due->tool != tool) return false;
    for (int a = 0; a < b->set->args[tool].n; a++) {
        Piece want = call_piece(due, &b->set->args[tool], a, fact, b->set->spelling);
        if (piece[a].n != want.n ||
            memcmp(said + piece[a].first, b->own + want.first, (size_t)want.n * sizeof *said) != 0)
            return false;
    }
    return true;
}

/* A TokenResult. */
static int result_of(void *user, int tool, const int32_t *said, const Piece *piece, int32_t *result,
                     int room) {
    Bench *b = user;
    const Call *due = b->call;
    int n = TOOL_NONE;
    if (b->options->inject == INJECT_WRONG && due->tool == tool) {
        n = due->n_result < room ? due->n_result : room;
        memcpy(result, b->own + due->row, (size_t)n * sizeof *result);
    } else if (b->options->inject != INJECT_NONE) n = tool_set_ask(b->set, tool, said, piece, result, room);
    if (b->made > 1) return n;
    b->same_arguments = same_arguments(b, tool, said, piece);
    b->same_result = n == due->n_result && memcmp(result, b->own + due->row, (size_t)n * sizeof *result) == 0;
    return n;
}

/* ---- decoding ---- */

/* The likeliest symbol behind the text, of the first n. */
static int32_t next_symbol(Bench *b, int n) {
    const real *logits = NULL;
    for (int at = decoder_position(b->decoder); at < b->text.n;) {
        int rows = b->text.n - at < DECODER_ROWS ? b->text.n - at : DECODER_ROWS;
        logits = decoder_read(b->decoder, b->text.input + at, rows);
        at += rows;
    }
    int32_t best = 0;
    for (int v = 1; v < n; v++)
        if (logits[v] > logits[best]) best = v;
    return best;
}

static void begin_answer(Bench *b, int i, int64_t k) {
    int64_t from = b->calls->start[i];
    TokenText *text = &b->text;
    b->call = &b->calls->call[k];
    b->own = b->tokens + b->facts->start[i];
    b->made = 0;
    b->first = b->same_arguments = b->same_result = false;
    token_text_begin(text);
    text->n += call_text(&b->before, i, &b->calls->call[from], b->options->off ? 0 : (int)(k - from),
                         b->call->row, text->input + 1, NULL);
    decoder_rewind(b->decoder, 0);
}

/* What is said to the answer of the fact's tokens row .. end - 1. */
typedef struct Said {
    bool right, ended;
    int tokens;
} Said;

static Said decode(Bench *b, int end) {
    Said said = {.tokens = end - b->call->row};
    int V = b->options->off ? b->facts->vocab.size : b->g->config.vocab_size, eos = b->facts->vocab.eos;
    for (int at = b->call->row; b->text.n < b->text.room;) {
        int before = b->text.n;
        bool was_open = b->text.open, nothing_said = at == b->call->row && !b->made;
        int32_t symbol = next_symbol(b, V);
        TokenSaid what = token_text_say(&b->text, symbol);
        if (!was_open && b->text.open) {
            if (b->made++ == 0) b->tool = b->text.tool;
            b->first |= nothing_said && b->text.tool == b->call->tool;
        }
        if (what != SAID_FACT) {
            said.tokens += b->text.n - before;
            continue;
        }
        if (symbol != b->own[at]) {
            said.ended = at == b->call->row && eos >= 0 && symbol == eos;
            return said;
        }
        if (++at < end) continue;
        said.right = true;
        return said;
    }
    return said;
}

/* ---- what is counted ---- */

static ToolCause cause_of(const Bench *b) {
    if (b->call->tool < 0) return b->made ? CAUSE_FALSE : CAUSE_DECODING;
    if (!b->made) return CAUSE_MISSED;
    if (b->tool != b->call->tool) return CAUSE_FALSE;
    if (!b->same_arguments) return CAUSE_ARGUMENT;
    return b->same_result ? CAUSE_DECODING : CAUSE_EXECUTION;
}

static void ask_answer(Bench *b, int i, int64_t k, ToolFigures *out) {
    int rows = fact_length(b->facts, i);
    begin_answer(b, i, k);
    const Call *c = b->call;
    int end = c->row + c->n_result;
    end += end < rows && b->own[end] == b->facts->vocab.eos;
    Said said = decode(b, end);
    out->answers++;
    out->by_weights += c->tool < 0;
    out->right_by_weights += c->tool < 0 && said.right;
    out->answer_tokens += said.tokens;
    out->due += c->tool >= 0;
    out->missed += c->tool >= 0 && !b->first;
    out->made += b->made;
    out->spurious += b->made - b->first;
    out->ended += c->tool >= 0 && said.ended;
    out->cause[said.right ? CAUSE_RIGHT : cause_of(b)]++;
}

static Status create(Bench *b, int first, int n, ToolFigures *out, Err *err) {
    const FactSet *facts = b->facts;
    size_t size = (size_t)facts->start[facts->n_pool] * sizeof *b->tokens;
    TRY(facts_readable(b->g, facts, err));
    TRY(decoder_create_rows(&b->decoder, b->g, DECODER_ROWS, err));
    TRY(token_text_create(&b->text, b->set, b->g->config.block_size + 1, result_of, b, err));
    b->tokens = malloc(size);
    if (!b->tokens) return err_set(err, ERR_NOMEM, "no memory to evaluate the tools on %d facts", n);
    memcpy(b->tokens, b->options->tokens ? b->options->tokens : facts->tokens, size);
    b->before = (CallText){facts, &b->text.marks, b->set->args, b->set->spelling, b->tokens};
    if (b->options->inject != INJECT_WRONG) return OK;
    const OtherAnswers others = {.facts = facts,
                                 .calls = b->calls,
                                 .symbol_class = b->set->spelling->symbol_class,
                                 .stream = random_stream(b->options->seed, RANDOM_TOOLS, 1),
                                 .tokens = b->tokens};
    out->not_wrong = other_answers(&others, first, n);
    return OK;
}

/* Whether all answers of a sequence can be decoded: with its calls it may be longer than what the model reads. */
static bool fits(const Bench *b, int i) {
    int64_t first = b->calls->start[i];
    int calls = (int)(b->calls->start[i + 1] - first);
    return call_text(&b->before, i, b->calls->call + first, calls, fact_length(b->facts, i), NULL, NULL) <=
           b->g->config.block_size;
}

static Status evaluate(Bench *b, int first, int n, ToolFigures *out, Err *err) {
    int64_t unspelled = b->set->unspelled;
    for (int i = first; i < first + n; i++)
        if (!fits(b, i))
            return err_set(
                err, ERR_INPUT,
                "with its calls fact %d is longer than the %d tokens that the model reads; train it "
                "with a larger model.block_size",
                i, b->g->config.block_size);
    tool_set_begin(b->set);
    for (int i = first; i < first + n; i++)
        for (int64_t k = b->calls->start[i]; k < b->calls->start[i + 1]; k++) {
            if (b->options->counted && !b->options->counted[k]) continue;
            ask_answer(b, i, k, out);
            if (b->set->status != OK) return err_set(err, b->set->status, "%s", b->set->err.msg);
        }
    if (out->answers) out->answer_tokens /= out->answers;
    out->unspelled = b->set->unspelled - unspelled;
    return OK;
}

Status token_evaluate(ToolFigures *out, const Gpt *g, const FactSet *facts, int first, int n,
                      const Calls *calls, ToolSet *set, const ToolEvalOptions *options, Err *err) {
    Bench b = {.g = g, .facts = facts, .calls = calls, .set = set, .options = options};
    *out = (ToolFigures){.code_nats = NAN};
    Status status = create(&b, first, n, out, err);
    if (status == OK) status = evaluate(&b, first, n, out, err);
    decoder_free(b.decoder);
    token_text_free(&b.text);
    free(b.tokens);
    return status;
}
