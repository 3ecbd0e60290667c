folder.o: train/sweep/folder.c base/file.h base/err.h base/lock.h \
  base/write_stream.h base/json.h base/text.h store/early.h \
  store/run_files.h base/config/config.h base/config/neurons.h \
  base/ranges.h base/config/span.h base/config/tools.h \
  base/config/word_list.h store/result.h model/params.h base/real.h \
  store/figures.h base/number.h data/facts.h store/figure_rows.h \
  store/rule_state.h store/sweep_yaml.h base/config/sweep_spec.h \
  train/sweep/sweep.h train/train.h base/progress.h base/ranks.h \
  store/run.h data/selection.h model/gpt.h base/file_map.h base/memory.h \
  model/kernels/ops.h model/team.h store/run_folder.h \
  store/checkpoints.h model/checkpoint.h model/formats/safetensors.h \
  train/plan.h model/parallel.h model/batch.h model/neurons/edits.h \
  model/neurons/hooks.h

base/file.h:

base/err.h:

base/lock.h:

base/write_stream.h:

base/json.h:

base/text.h:

store/early.h:

store/run_files.h:

base/config/config.h:

base/config/neurons.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

store/result.h:

model/params.h:

base/real.h:

store/figures.h:

base/number.h:

data/facts.h:

store/figure_rows.h:

store/rule_state.h:

store/sweep_yaml.h:

base/config/sweep_spec.h:

train/sweep/sweep.h:

train/train.h:

base/progress.h:

base/ranks.h:

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

train/plan.h:

model/parallel.h:

model/batch.h:

model/neurons/edits.h:

model/neurons/hooks.h:
