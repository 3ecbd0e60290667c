export.o: cli/models/export.c base/text.h cli/common/args.h \
  base/config/config.h base/config/neurons.h base/err.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  base/threads.h data/facts.h cli/common/open.h base/progress.h \
  store/run.h data/selection.h model/gpt.h base/file_map.h base/memory.h \
  model/kernels/ops.h base/real.h model/params.h model/team.h \
  store/rule_state.h cli/common/output.h cli/common/show.h data/vocab.h \
  data/records.h base/file.h base/lock.h base/write_stream.h \
  eval/tensorboard/export.h model/formats/gguf_write.h \
  model/formats/gguf.h model/formats/ggml_types.h model/formats/hf.h \
  store/foreign/gguf_export.h store/foreign/origin.h base/escape.h \
  data/tokenizer/tokenizer.h store/run_files.h store/result.h \
  store/figures.h base/number.h store/figure_rows.h train/train.h \
  base/ranks.h store/run_folder.h store/checkpoints.h model/checkpoint.h \
  model/formats/safetensors.h train/plan.h model/parallel.h \
  model/batch.h model/neurons/edits.h model/neurons/hooks.h

base/text.h:

cli/common/args.h:

base/config/config.h:

base/config/neurons.h:

base/err.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

base/threads.h:

data/facts.h:

cli/common/open.h:

base/progress.h:

store/run.h:

data/selection.h:

model/gpt.h:

base/file_map.h:

base/memory.h:

model/kernels/ops.h:

base/real.h:

model/params.h:

model/team.h:

store/rule_state.h:

cli/common/output.h:

cli/common/show.h:

data/vocab.h:

data/records.h:

base/file.h:

base/lock.h:

base/write_stream.h:

eval/tensorboard/export.h:

model/formats/gguf_write.h:

model/formats/gguf.h:

model/formats/ggml_types.h:

model/formats/hf.h:

store/foreign/gguf_export.h:

store/foreign/origin.h:

base/escape.h:

data/tokenizer/tokenizer.h:

store/run_files.h:

store/result.h:

store/figures.h:

base/number.h:

store/figure_rows.h:

train/train.h:

base/ranks.h:

store/run_folder.h:

store/checkpoints.h:

model/checkpoint.h:

model/formats/safetensors.h:

train/plan.h:

model/parallel.h:

model/batch.h:

model/neurons/edits.h:

model/neurons/hooks.h:
