/* What facts ask for, and the calls of tools that answer it: where a model that is trained with labels is to call, with
 * which arguments, and what comes back. Everything is read off the fields of the facts' kind; no tool is asked.
 *
 *   sums     the operation of two numbers: called at the equals sign; arguments: number, operator, number
 *   bios     each value: called before its first token; arguments: the name, and the words before the value
 *   biod     each value: arguments: the name; the value before it
 *   triples  the object: arguments: subject, relation
 *   others   the answer: arguments: the prompt, without the tab between it and the answer
 *
 * A number alone (facts.plain) is asked for without a reason to call. Of all kinds but sums a tool may take the first
 * argument alone. Attributes are numbered from 1: the values of bios in the order birth_date birth_city university
 * major employer work_city, those of biod in order, and 1 elsewhere. A tool serves those of tools.N.attributes. */
#ifndef ROTE_DATA_CALLS_H
#define ROTE_DATA_CALLS_H

#include "base/config/tools.h"
#include "data/spelling.h"

/* A piece of a sequence: `n` tokens from `first` on. */
typedef struct Piece {
    int32_t first, n;
} Piece;

enum { CALL_PLACES_MAX = 2 * TOOL_ARGS_MAX };

/* Row t of a sequence has read BOS and its tokens 0 .. t - 1, and predicts token t. A place is a row: that of the
 * newest token that it has read. */
typedef struct Call {
    int32_t row;      /* at which the tool is called */
    int32_t n_result; /* the answer is the tokens from `row` on, this many */
    int32_t attribute;
    uint16_t place[CALL_PLACES_MAX]; /* of the tool's pointers, in their order */
    /* Number in the config's list, from 0; -1: none serves this attribute, the rest says what is asked. */
    int8_t tool;
} Call;

/* Of every sequence of a pool, in the order of their rows. */
typedef struct Calls {
    Call *call;
    int64_t *start; /* n_pool + 1: sequence i has call[start[i]] .. call[start[i + 1] - 1] */
} Calls;

/* The calls of n tools, whose configs are resolved. Free with calls_free, after an error too. ERR_INPUT, which names
 * the tool and the fact: a fact does not have the arguments that the tool takes, or an argument of its type cannot be
 * pointed at, or is a prompt that training draws anew (facts.seed_prefix); two tools are called at one place; more
 * calls than tools.N.max_calls; a call behind token 65,535; a tool that is never called. ERR_NOMEM. */
Status calls_create(Calls *out, const FactSet *facts, const Spelling *spelling, const ToolConfig *tools,
                    int n, Err *err);
void calls_free(Calls *calls);
/* The most calls of one sequence of these facts, drawn or planned. */
int calls_max(const FactSet *facts);

/* The tokens that an argument means at a row of a sequence, given the places of its pointers (tool_arg_pointers). A
 * prompt ends before the tab that separates it from the answer. n is 0 where there is no such argument: a place behind
 * the row, BOS, a symbol of no class, a span that ends before it begins. */
Piece call_argument(ToolArg type, const int32_t *tokens, const Spelling *spelling, int32_t row,
                    const int32_t *place);
/* Argument a of a call that a tool with these args answers; tokens of its sequence, which has n > 0 of them. */
Piece call_piece(const Call *call, const ToolArgs *args, int a, const int32_t *tokens,
                 const Spelling *spelling);

#endif
