screen.o: cli/sweep/screen.c cli/sweep/screen.h train/sweep/sweep.h \
  base/config/sweep_spec.h base/config/config.h base/config/neurons.h \
  base/err.h base/ranges.h base/config/span.h base/config/tools.h \
  base/config/word_list.h train/train.h base/progress.h base/ranks.h \
  data/facts.h store/result.h model/params.h base/real.h store/figures.h \
  base/number.h store/figure_rows.h store/rule_state.h store/run.h \
  data/selection.h model/gpt.h base/file_map.h base/memory.h \
  model/kernels/ops.h model/team.h store/run_folder.h \
  store/checkpoints.h model/checkpoint.h model/formats/safetensors.h \
  store/run_files.h base/file.h base/lock.h base/write_stream.h \
  train/plan.h model/parallel.h model/batch.h model/neurons/edits.h \
  model/neurons/hooks.h base/clock.h base/text_stream.h \
  cli/common/progress.h cli/common/show.h data/vocab.h data/records.h \
  base/text.h

cli/sweep/screen.h:

train/sweep/sweep.h:

base/config/sweep_spec.h:

base/config/config.h:

base/config/neurons.h:

base/err.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

train/train.h:

base/progress.h:

base/ranks.h:

data/facts.h:

store/result.h:

model/params.h:

base/real.h:

store/figures.h:

base/number.h:

store/figure_rows.h:

store/rule_state.h:

store/run.h:

data/selection.h:

model/gpt.h:

base/file_map.h:

base/memory.h:

model/kernels/ops.h:

model/team.h:

store/run_folder.h:

store/checkpoints.h:

model/checkpoint.h:

model/formats/safetensors.h:

store/run_files.h:

base/file.h:

base/lock.h:

base/write_stream.h:

train/plan.h:

model/parallel.h:

model/batch.h:

model/neurons/edits.h:

model/neurons/hooks.h:

base/clock.h:

base/text_stream.h:

cli/common/progress.h:

cli/common/show.h:

data/vocab.h:

data/records.h:

base/text.h:
