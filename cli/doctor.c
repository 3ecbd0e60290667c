/* rote doctor: the machine, how many threads commands take on it, and whether its arithmetic passes the self-test;
 * and a text about all this for an issue. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <xxhash.h>
#include <yaml.h>
#include <zlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/real.h"
#include "base/text_stream.h"
#include "base/threads.h"
#include "cli/bug_report.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/common/version.h"
#include "model/blas.h"
#include "store/run_manifest.h"

static json_t *libraries(void) {
    char xxhash[24];
    unsigned v = XXH_versionNumber();
    snprintf(xxhash, sizeof xxhash, "%u.%u.%u", v / 10000, v / 100 % 100, v % 100);
    return json_pack("{ss ss ss ss ss}", "libyaml", yaml_get_version_string(), "jansson",
                     jansson_version_str(), "zlib", zlibVersion(), "xxhash", xxhash, "openblas",
                     blas_description() ? "found" : "cannot be loaded (optional)");
}

/* What is known of the machine, and whether it computes and counts its threads. */
typedef struct Machine {
    const Ops *ops;
    Err test, threads; /* status OK: passed, counted */
    json_t *report;
} Machine;

static Status examine(Machine *out, Err *err) {
    char cpu[128];
    cpu_name(cpu, sizeof cpu);
    out->test.status = out->threads.status = OK;
    TRY(ops_select(&out->ops, err));
    json_t *isas = json_array();
    for (const Ops *const *o = ops_available(); *o; o++) json_array_append_new(isas, json_string((*o)->isa));
    (void)!ops_self_test(out->ops, &out->test); /* both are in the report and in the exit code */
    (void)!threads_check(&out->threads);
    const char *why = out->threads.status == OK ? threads_why() : out->threads.msg;
    out->report = json_pack("{ss so ss si ss ss ss ss so sf sf}", "cpu", cpu, "kernels", isas,
                            "kernel_chosen", out->ops->isa, "threads", threads_default(), "threads_why", why,
                            "self_test", out->test.status == OK ? "passed" : out->test.msg, "numeric_spec",
                            NUMERIC_SPEC, "compiler", __VERSION__, "libraries", libraries(), "memory_bytes",
                            (double)memory_available(), "disk_bytes", (double)disk_available("."));
    return OK;
}

static const char *text_of(const Machine *m, const char *key) {
    return json_string_value(json_object_get(m->report, key));
}

static void show(const Machine *m, FILE *out) {
    fprintf(out, "rote        %s, arithmetic %s\ncpu         %s\nkernels    ", ROTE_VERSION, NUMERIC_SPEC,
            text_of(m, "cpu"));
    const json_t *isas = json_object_get(m->report, "kernels");
    for (size_t i = 0; i < json_array_size(isas); i++) {
        const char *isa = json_string_value(json_array_get(isas, i));
        fprintf(out, " %s%s", isa, strcmp(isa, m->ops->isa) ? "" : " (chosen)");
    }
    fprintf(out, "\nthreads     %d by default: %s\nself-test   %s\ncompiler    %s\n", threads_default(),
            text_of(m, "threads_why"), text_of(m, "self_test"), __VERSION__);
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(m->report, "libraries"), name, value)
        fprintf(out, "%-11s %s\n", name, json_string_value(value));
    fprintf(out, "memory      %s available\ndisk        %s free here\n",
            show_bytes((double)memory_available()), show_bytes((double)disk_available(".")));
}

/* What changes how the program runs; values of others are the user's own affair. */
static void show_environment(FILE *out) {
    static const char *const names[] = {"OMP_NUM_THREADS",
                                        "OMP_THREAD_LIMIT",
                                        "OMP_STACKSIZE",
                                        "OMP_WAIT_POLICY",
                                        "ROTE_ISA",
                                        "LANG",
                                        "TERM"};
    struct utsname system;
    if (uname(&system) == 0)
        fprintf(out, "system      %s %s %s\n", system.sysname, system.release, system.machine);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && !strchr(value, '/')) fprintf(out, "environment %s=%s\n", names[i], value);
    }
}

static Status write_bug_report(const Machine *m, const char *run, const char *path, bool force, Err *err) {
    TextStream *text;
    char *all;
    size_t size;
    TRY(output_check(path, BUG_REPORT_MARK, "a bug report of rote's", force, err));
    TRY(text_begin(&text, err));
    FILE *out = text_file(text);
    fputs(BUG_REPORT_MARK "\n\nWhat did you do? Which message or figure was wrong? What did you expect?\n\n\n"
                          "--- program and machine\n",
          out);
    fprintf(out, "commit      %s\n", program_commit());
    show(m, out);
    show_environment(out);
    Status status = OK;
    if (run) fputs("\n--- runs\n", out);
    if (run) status = bug_report_runs(out, run, err);
    if (status != OK) {
        text_abort(text);
        return status;
    }
    TRY(text_end(text, &all, &size, err));
    status = file_write_atomic(output_target(path), all, size, err);
    free(all);
    TRY(status);
    fputs(
        "read it, say what happened, and paste it into an issue; it has no facts, no names of files and no paths\n",
        stderr);
    printf("%s\n", show_name(path));
    return OK;
}

static Status cmd_doctor(const Args *args, Err *err) {
    Machine m;
    const char *path = args_value(args, "bug-report");
    if (args->n_words && !path)
        return err_set(err, ERR_INPUT, "doctor: a run belongs to --bug-report; `rote eval` looks at a run");
    if (path && args_has(args, "json"))
        return err_set(err, ERR_INPUT, "doctor: --bug-report writes a text; leave out --json");
    TRY(examine(&m, err));
    if (args_has(args, "json") || !m.report) TRY(json_out(m.report, err));
    else {
        Status status = OK;
        if (path)
            status = write_bug_report(&m, args->n_words ? args->words[0] : NULL, path,
                                      args_has(args, "force"), err);
        else show(&m, stdout);
        json_decref(m.report);
        if (path) return status; /* what the machine lacks is in the report */
    }
    if (m.threads.status != OK) return err_set(err, m.threads.status, "%s", m.threads.msg);
    return m.test.status == OK ? OK : err_set(err, m.test.status, "self-test: %s", m.test.msg);
}

static const Option doctor_options[] = {
    OPTION("bug-report", "FILE",
           "write a text for an issue: versions, CPU, config and errors of RUN; no facts, no paths"),
    FORCE_ANY_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command doctor_command = {
    .name = "doctor",
    .words = "[RUN|SWEEP]",
    .max_words = 1,
    .reads = "run or sweep",
    .n_reads = 1,
    .summary = "shows CPU, kernels, threads, numeric self-test, libraries, memory, disk; writes bug reports",
    .options = doctor_options,
    .run = cmd_doctor,
};
