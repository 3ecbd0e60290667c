#include "cli/tools/audit.h"

#include <math.h>
#include <stdio.h>

#include "cli/common/json.h"
#include "cli/common/show.h"

static void print_difference(const char *name, double x, const char *means) {
    if (!isnan(x)) printf("%-14s %8s %9.4f  %s\n", name, "", x, means);
}

static void print_audit(const Audit *audit) {
    printf("\n%-14s %8s %9s %9s %9s\n", "rows", "answers", "right", "before", "missing");
    for (int r = 0; r < AUDIT_ROWS; r++) {
        const AuditFigures *f = &audit->row[r];
        if (!f->answers) continue;
        printf("%-14s %8s %9s %9s %9s\n", audit_row_name[r], show_int(f->answers), show_share(f->right),
               show_share(f->before), show_share(f->missing));
    }
    print_difference("leak", audit->leak,
                     "of deleted rows from the weights: before, less what is guessed of added rows");
    print_difference("brought", audit->brought,
                     "by the store: right with all rows, less before with the tool off");
    print_difference("artefacts", audit->artefacts,
                     "before of deleted rows with the tool on, less with the tool off");
    if (!audit->row[AUDIT_ADDED].answers)
        printf(
            "no rows were added: the run has no held-out facts, and its facts have no more of their draw\n");
}

static json_t *audit_json(const Audit *audit) {
    json_t *rows = json_array();
    for (int r = 0; r < AUDIT_ROWS; r++) {
        const AuditFigures *f = &audit->row[r];
        json_array_append_new(rows, json_pack("{ss si so so so}", "rows", audit_row_name[r], "answers",
                                              f->answers, "right", json_number(f->right), "before",
                                              json_number(f->before), "missing", json_number(f->missing)));
    }
    return json_pack("{so so so so}", "rows", rows, "leak", json_number(audit->leak), "brought",
                     json_number(audit->brought), "artefacts", json_number(audit->artefacts));
}

Status audit_show(const Run *run, const AuditOptions *options, json_t **json, Err *err) {
    AddedFacts added;
    Audit audit;
    Status status = added_facts_create(&added, &run->facts, options->n, err);
    if (status == OK)
        status = store_audit(&audit, &run->gpt, &run->config, &run->facts, &added, options, err);
    if (status == OK && json) *json = audit_json(&audit);
    if (status == OK && !json) print_audit(&audit);
    added_facts_free(&added);
    return status;
}
