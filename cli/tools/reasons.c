#include "cli/tools/reasons.h"

#include <stdio.h>

#include "cli/common/show.h"

void reasons_print(const ToolCounts *counts) {
    const char *between = "";
    for (int i = 0; i < TOOL_REASONS; i++) {
        if (!counts->reason[i]) continue;
        printf("%s%s %s", between, show_int((int64_t)counts->reason[i]), tool_reason_name[i]);
        between = ", ";
    }
}

json_t *reasons_json(const ToolCounts *counts) {
    json_t *reasons = json_object();
    for (int i = 0; i < TOOL_REASONS; i++)
        json_object_set_new(reasons, tool_reason_name[i], json_integer((json_int_t)counts->reason[i]));
    return reasons;
}
