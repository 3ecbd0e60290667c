/* rote export: weights, and the course of a run or a sweep, in formats of other programs. */
#include <stdio.h>

#include "base/text.h"
#include "cli/common/args.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "eval/tensorboard/export.h"
#include "model/formats/gguf_write.h"
#include "model/formats/hf.h"
#include "store/foreign/gguf_export.h"
#include "store/foreign/origin.h"
#include "store/run_files.h"
#include "train/train.h"

static Status export_folder(const char *run, const Gpt *g, const char *dir, int eos, bool force, Err *err) {
    OriginFiles files;
    TRY(export_hf_check(&g->config, err));
    TRY(origin_files(run, g, eos, &files, err));
    Status status = export_hf(g, files.file, dir, eos, force, err);
    origin_files_free(&files);
    return status;
}

/* llama.cpp needs the tokens' texts, so the facts must be found. */
static Status export_gguf(const Args *args, const char *path, Err *err) {
    Run run;
    uint32_t type;
    TRY(gguf_type_of(args_has(args, "type") ? args_value(args, "type") : "f32", &type, err));
    TRY(open_run_text(&run, args->words[0], args_value(args, "facts"), err));
    Status status = gguf_export(args->words[0], &run.gpt, &run.facts.vocab, type, output_target(path), err);
    run_close(&run);
    return status;
}

static Status export_other(const Args *args, ExportFormat format, const char *path, bool force, Err *err) {
    Run run;
    int eos;
    TRY(run_open_model(&run, &eos, args->words[0], &note_sink, err));
    Status status = format == EXPORT_HF
                        ? export_folder(args->words[0], &run.gpt, path, eos, force, err)
                        : export_model(&run.gpt, format, output_target(path), eos, force, err);
    run_close(&run);
    return status;
}

/* Of a run that has no checkpoint or no facts, the histograms alone are missing; what is there must be readable. */
static Status export_tensorboard(const Args *args, const char *path, bool force, Err *err) {
    const char *dir = args->words[0];
    int runs = 0;
    bool one_run;
    Run run;
    Err why;
    TRY(run_ended_with(dir, "config.yaml", &one_run, err));
    if (!one_run) {
        TRY(tensorboard_sweep(path, dir, force, &runs, err));
        fprintf(stderr, "%s runs, with their hparams\n", show_int(runs));
        return OK;
    }
    Status status = open_run(&run, dir, args_value(args, "facts"), &why);
    if (status != OK && status != ERR_INPUT) return err_set(err, status, "%s", why.msg);
    if (status != OK) {
        TRY(tensorboard_run(path, dir, NULL, force, err));
        fprintf(stderr, "without histograms: ");
        text_show_message(stderr, why.msg);
        fputc('\n', stderr);
        return OK;
    }
    status = tensorboard_run(path, dir, &run, force, err);
    run_close(&run);
    return status;
}

static Status check_options(const Args *args, ExportFormat format, Err *err) {
    if (args_has(args, "type") && format != EXPORT_GGUF)
        return err_set(err, ERR_INPUT, "export: --type belongs to --to gguf");
    if (args_has(args, "facts") && format != EXPORT_GGUF && format != EXPORT_TENSORBOARD)
        return err_set(err, ERR_INPUT, "export: --facts belongs to --to gguf and --to tensorboard");
    return OK;
}

static Status cmd_export(const Args *args, Err *err) {
    ExportFormat format;
    const char *to = args_value(args, "to"), *path = args_value(args, "out");
    if (!to)
        return err_set(err, ERR_INPUT,
                       "export: --to is missing, allowed: hf, npz, safetensors, gguf, tensorboard");
    TRY(export_format_of(to, &format, err));
    TRY(check_options(args, format, err));
    if (path && args->n_words > 1)
        return err_set(err, ERR_INPUT, "export: PATH and --out mean the same; give one of them");
    if (!path && args->n_words > 1) path = args->words[1];
    if (!path)
        return err_set(err, ERR_INPUT, "export: PATH is missing; usage: rote export RUN --to %s PATH", to);
    TRY(output_named(path, err));
    bool force = args_has(args, "force");
    bool folder = format == EXPORT_HF || format == EXPORT_TENSORBOARD;
    if (!folder) TRY(output_check(path, NULL, NULL, force, err));
    if (format == EXPORT_TENSORBOARD) TRY(export_tensorboard(args, path, force, err));
    else if (format == EXPORT_GGUF) TRY(export_gguf(args, path, err));
    else TRY(export_other(args, format, path, force, err));
    printf("%s\n", show_name(path));
    return OK;
}

static const Option export_options[] = {
    OPTION("to", "hf|npz|safetensors|gguf|tensorboard",
           "the format; tensorboard: metrics, histograms of activations, hparams of a sweep"),
    OPTION("type", "f32|f16|q8_0", "gguf: the type of matrices (default: f32)"),
    OPTION("out", "PATH", "the same as PATH: a file; hf: a new or empty folder; tensorboard: a folder"),
    READ_OPTION("facts", "DIR", "fact set",
                "gguf, tensorboard: where the run's facts are, if they have moved"),
    FORCE_OPTION("replace existing files"),
    END_OPTION,
};

const Command export_command = {
    .name = "export",
    .words = "RUN|SWEEP --to FORMAT PATH",
    .min_words = 1,
    .max_words = 2,
    .reads = "run or sweep",
    .n_reads = 1,
    .summary = "writes the weights, or the metrics of a run or a sweep, in formats of other programs",
    .options = export_options,
    .run = cmd_export,
};
