/* What `rote --version` prints. */
#include "cli/common/version.h"

#include <stdio.h>

#include "base/real.h"
#include "cli/common/json.h"
#include "model/kernels/ops.h"
#include "store/run_manifest.h"

Status version_print(bool json, Err *err) {
    if (!json) {
        printf("rote %s (arithmetic %s)\n", ROTE_VERSION, NUMERIC_SPEC);
        return OK;
    }
    json_t *isas = json_array();
    for (const Ops *const *o = ops_available(); *o; o++) json_array_append_new(isas, json_string((*o)->isa));
    return json_out(json_pack("{ss ss ss ss ss so}", "version", ROTE_VERSION, "numeric_spec", NUMERIC_SPEC,
                              "dtype", REAL_NAME, "commit", program_commit(), "compiler", program_compiler(),
                              "kernels", isas),
                    err);
}
