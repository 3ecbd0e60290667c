/* rote doctor: the machine, how many threads commands take on it, and whether its arithmetic passes the self-test. */
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include <yaml.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/real.h"
#include "base/threads.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/show.h"
#include "cli/common/version.h"
#include "model/blas.h"

static json_t *libraries(void) {
    char xxhash[24];
    unsigned v = XXH_versionNumber();
    snprintf(xxhash, sizeof xxhash, "%u.%u.%u", v / 10000, v / 100 % 100, v % 100);
    return json_pack("{ss ss ss ss ss}", "libyaml", yaml_get_version_string(), "jansson",
                     jansson_version_str(), "zlib", zlibVersion(), "xxhash", xxhash, "openblas",
                     blas_description() ? "found" : "cannot be loaded (optional)");
}

static Status cmd_doctor(const Args *args, Err *err) {
    char cpu[128];
    const Ops *ops;
    cpu_name(cpu, sizeof cpu);
    TRY(ops_select(&ops, err));
    json_t *isas = json_array();
    for (const Ops *const *o = ops_available(); *o; o++) json_array_append_new(isas, json_string((*o)->isa));
    Err test = {.status = OK};
    Status status = ops_self_test(ops, &test);
    Err threads = {.status = OK};
    bool counted = threads_check(&threads) == OK;
    const char *why = counted ? threads_why() : threads.msg;

    json_t *report = json_pack("{ss so ss si ss ss ss ss so sf sf}", "cpu", cpu, "kernels", isas,
                               "kernel_chosen", ops->isa, "threads", threads_default(), "threads_why", why,
                               "self_test", status == OK ? "passed" : test.msg, "numeric_spec", NUMERIC_SPEC,
                               "compiler", __VERSION__, "libraries", libraries(), "memory_bytes",
                               (double)memory_available(), "disk_bytes", (double)disk_available("."));
    if (args_has(args, "json") || !report) {
        Status written = json_out(report, err);
        TRY(written);
    } else {
        printf("rote        %s, arithmetic %s\ncpu         %s\nkernels    ", ROTE_VERSION, NUMERIC_SPEC, cpu);
        for (size_t i = 0; i < json_array_size(isas); i++) {
            const char *isa = json_string_value(json_array_get(isas, i));
            printf(" %s%s", isa, strcmp(isa, ops->isa) ? "" : " (chosen)");
        }
        printf("\nthreads     %d by default: %s\nself-test   %s\ncompiler    %s\n", threads_default(), why,
               status == OK ? "passed" : test.msg, __VERSION__);
        const char *name;
        json_t *value;
        json_object_foreach(json_object_get(report, "libraries"), name, value)
            printf("%-11s %s\n", name, json_string_value(value));
        printf("memory      %s available\ndisk        %s free here\n", show_bytes((double)memory_available()),
               show_bytes((double)disk_available(".")));
        json_decref(report);
    }
    if (!counted) return err_set(err, threads.status, "%s", threads.msg);
    return status == OK ? OK : err_set(err, status, "self-test: %s", test.msg);
}

static const Option doctor_options[] = {JSON_OPTION, END_OPTION};

const Command doctor_command = {
    .name = "doctor",
    .words = "",
    .summary = "shows CPU, kernels, threads, numeric self-test, libraries, memory, disk",
    .options = doctor_options,
    .run = cmd_doctor,
};
