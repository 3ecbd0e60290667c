#include "cli/tools/ledger.h"

#include <math.h>
#include <stdio.h>

#include "cli/common/json.h"
#include "cli/common/show.h"
#include "eval/capacity/certify.h"

static void print_bits(const char *name, double bits, const char *note) {
    if (isnan(bits)) printf("%-26s %14s%s\n", name, "unknown", note);
    else printf("%-26s %14.1f%s\n", name, bits, note);
}

static const char *alarm_of(double margin) {
    if (isnan(margin)) return "";
    return margin < -LEAK_BITS ? "  leak: bits are elsewhere" : "  no leak";
}

static void print_ledger(const Ledger *l, int n) {
    double with = ledger_margin(l, true), without = ledger_margin(l, false);
    printf("\nbits of %s trained fact%s\n", show_int(n), plural(n));
    print_bits("data", l->data_bits, "");
    print_bits("memorized, tools off", l->data_bits - l->code_bits, "  what the weights know");
    print_bits("memorized, with tools", l->data_bits - l->code_bits_with_tools, "");
    print_bits("weights", l->weight_bits, "");
    print_bits("stores", l->store_bits, "  packed");
    print_bits("margin", with, alarm_of(with));
    print_bits("margin without stores", without, alarm_of(without));
}

static json_t *ledger_json(const Ledger *l) {
    double with = ledger_margin(l, true), without = ledger_margin(l, false);
    json_t *o = json_object();
    json_object_set_new(o, "data_bits", json_number(l->data_bits));
    json_object_set_new(o, "code_bits", json_number(l->code_bits));
    json_object_set_new(o, "code_bits_with_tools", json_number(l->code_bits_with_tools));
    json_object_set_new(o, "memorized_bits", json_number(l->data_bits - l->code_bits));
    json_object_set_new(o, "memorized_bits_with_tools", json_number(l->data_bits - l->code_bits_with_tools));
    json_object_set_new(o, "weight_bits", json_number(l->weight_bits));
    json_object_set_new(o, "store_bits", json_number(l->store_bits));
    json_object_set_new(o, "margin_bits", json_number(with));
    json_object_set_new(o, "margin_bits_without_stores", json_number(without));
    json_object_set_new(o, "leaks", isnan(with) ? json_null() : json_boolean(with < -LEAK_BITS));
    json_object_set_new(o, "leaks_without_stores",
                        isnan(without) ? json_null() : json_boolean(without < -LEAK_BITS));
    return o;
}

Status ledger_show(const Run *run, const ToolPrograms *programs, int threads, json_t **json, Err *err) {
    Ledger ledger;
    TRY(ledger_make(&ledger, &run->gpt, &run->config, &run->facts, programs, threads, err));
    if (json) *json = ledger_json(&ledger);
    else print_ledger(&ledger, run->facts.n);
    return OK;
}
