/* rote export: the weights in formats of other programs. */
#include <stdio.h>

#include "cli/common/args.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "model/formats/hf.h"
#include "store/foreign/gguf_export.h"
#include "store/foreign/origin.h"
#include "train/train.h"

static Status export_folder(const char *run, const Gpt *g, const char *dir, int eos, bool force, Err *err) {
    OriginFiles files;
    TRY(export_hf_check(&g->config, err));
    TRY(origin_files(run, g, eos, &files, err));
    Status status = export_hf(g, files.file, dir, eos, force, err);
    origin_files_free(&files);
    return status;
}

static Status cmd_export(const Args *args, Err *err) {
    ExportFormat format;
    const char *to = args_value(args, "to"), *path = args_value(args, "out");
    if (!to) return err_set(err, ERR_INPUT, "export: --to is missing, allowed: hf, npz, safetensors, gguf");
    TRY(export_format_of(to, &format, err));
    if (path && args->n_words > 1)
        return err_set(err, ERR_INPUT, "export: PATH and --out mean the same; give one of them");
    if (!path && args->n_words > 1) path = args->words[1];
    if (!path)
        return err_set(err, ERR_INPUT, "export: PATH is missing; usage: rote export RUN --to %s PATH", to);
    bool force = args_has(args, "force");
    if (format != EXPORT_HF) TRY(output_check(path, NULL, NULL, force, err));
    Run run;
    int eos;
    TRY(run_open_model(&run, &eos, args->words[0], &note_sink, err));
    const char *target = format == EXPORT_HF ? path : output_target(path);
    Status status = format == EXPORT_HF     ? export_folder(args->words[0], &run.gpt, target, eos, force, err)
                    : format == EXPORT_GGUF ? gguf_export(args->words[0], &run.gpt, eos, target, err)
                                            : export_model(&run.gpt, format, target, eos, force, err);
    run_close(&run);
    if (status == OK) printf("%s\n", show_name(path));
    return status;
}

static const Option export_options[] = {
    OPTION("to", "hf|npz|safetensors|gguf", "the format"),
    OPTION("out", "PATH", "the same as PATH: a file; hf: a new or empty folder"),
    FORCE_OPTION("replace existing files"),
    END_OPTION,
};

const Command export_command = {
    .name = "export",
    .words = "RUN --to FORMAT PATH",
    .min_words = 1,
    .max_words = 2,
    .summary = "writes the weights in formats of other programs",
    .options = export_options,
    .run = cmd_export,
};
