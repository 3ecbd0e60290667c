/* Intervals and the states of runs, as `rote capacity` with and without --certify shows them. */
#include "cli/capacity/text.h"

#include <stdio.h>

#include "cli/common/json.h"
#include "cli/common/show.h"

json_t *json_interval(const Interval *i) {
    if (i->value != i->value) return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "value", json_number(i->value));
    json_object_set_new(o, "low", json_number(i->low));
    json_object_set_new(o, "high", json_number(i->high));
    return o;
}

const char *interval_text(char *out, size_t size, const Interval *i, int digits) {
    if (i->value != i->value) snprintf(out, size, "-");
    else if (i->low != i->low) snprintf(out, size, "%.*f", digits, i->value);
    else snprintf(out, size, "%.*f (%.*f to %.*f)", digits, i->value, digits, i->low, digits, i->high);
    return out;
}

void print_states(const Capacity *c) {
    int done = c->n_in_state[SWEPT_DONE];
    printf("%s: %d run%s done", show_name(c->files.dir), done, plural(done));
    for (int i = SWEPT_DONE + 1; i < SWEPT_STATES; i++)
        if (c->n_in_state[i]) printf(", %d %s", c->n_in_state[i], swept_state_name[i]);
    if (c->n_waiting) printf(", %d waiting", c->n_waiting);
    printf("\n");
    for (int i = 0; i < c->files.n; i++) {
        const SweptRun *r = &c->files.runs[i];
        if (r->state != SWEPT_DONE)
            printf("  not counted: %s: %s%s%s\n", r->name, swept_state_name[r->state],
                   r->reason[0] ? ": " : "", r->reason);
    }
}
