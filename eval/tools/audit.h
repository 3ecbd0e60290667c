/* The audit of a store: where do the answers come from, the store or the weights? After "FULL, DEL-ON, DEL-OFF"
 * (arXiv 2607.00605), with rows that are edited, and rows that are added after training.
 *
 * Of every second trained fact one row is changed: deleted in one store, edited in another. All other rows stay. Stores
 * that are files, and other tools, stay as they are. */
#ifndef ROTE_EVAL_TOOLS_AUDIT_H
#define ROTE_EVAL_TOOLS_AUDIT_H

#include "eval/tools/added.h"
#include "eval/tools/tool_eval.h"

/* What is asked, and of which store. */
typedef enum AuditRow {
    AUDIT_FULL,        /* the rows that are changed below, as they were */
    AUDIT_DELETED,     /* rows that are deleted */
    AUDIT_DELETED_OFF, /* the same with no call answered: what the weights know */
    AUDIT_KEPT,        /* the other facts' rows in the store with the deleted ones */
    AUDIT_EDITED,      /* rows that have another fact's value */
    AUDIT_ADDED,       /* rows of facts that were never trained */
    AUDIT_ADDED_OFF,   /* the same with no call answered: what can be guessed */
    AUDIT_ROWS
} AuditRow;
extern const char *const audit_row_name[AUDIT_ROWS]; /* "full", "deleted", .. */

/* Shares of the answers; NAN: there is no such answer, or there are no answers. */
typedef struct AuditFigures {
    int answers;
    double right;   /* the store's answer; with no call answered that of the fact */
    double before;  /* the fact's own answer, whose row is deleted or edited */
    double missing; /* EOS in place of the answer; NAN also where facts have no EOS */
} AuditFigures;

typedef struct Audit {
    AuditFigures row[AUDIT_ROWS];
    double leak;    /* of the weights: before, deleted, off, less right, added, off. NAN without added rows */
    double brought; /* by the store: right, full, less before, deleted, off */
    /* before, deleted, less before, deleted, off: answers that come back although their row is gone */
    double artefacts;
} Audit;

typedef struct AuditOptions {
    int n;         /* the most facts that are asked of the trained ones, and of the added ones */
    uint64_t seed; /* of the edits */
    int threads;
    const ToolPrograms *programs; /* NULL: no program is answered */
} AuditOptions;

/* ERR_INPUT: as tool_set_open and tool_evaluate. ERR_NOMEM. Without a store of the facts' own answers nothing is asked.
 *   facts  the run's
 *   added  their rows are added; none where n is 0 */
Status store_audit(Audit *out, const Gpt *g, const Config *config, const FactSet *facts,
                   const AddedFacts *added, const AuditOptions *options, Err *err);

#endif
