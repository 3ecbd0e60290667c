run.o: train/sweep/run.c base/clock.h base/file.h base/err.h base/lock.h \
  base/write_stream.h base/memory.h train/sweep/pool.h \
  train/sweep/worker.h model/kernels/lanes.h model/kernels/ops.h \
  base/config/config.h base/config/neurons.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  base/real.h train/sweep/sweep.h base/config/sweep_spec.h train/train.h \
  base/progress.h base/ranks.h data/facts.h store/result.h \
  model/params.h store/figures.h base/number.h store/figure_rows.h \
  store/rule_state.h store/run.h data/selection.h model/gpt.h \
  base/file_map.h model/team.h store/run_folder.h store/checkpoints.h \
  model/checkpoint.h model/formats/safetensors.h store/run_files.h \
  train/plan.h model/parallel.h model/batch.h model/neurons/edits.h \
  model/neurons/hooks.h

base/clock.h:

base/file.h:

base/err.h:

base/lock.h:

base/write_stream.h:

base/memory.h:

train/sweep/pool.h:

train/sweep/worker.h:

model/kernels/lanes.h:

model/kernels/ops.h:

base/config/config.h:

base/config/neurons.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

base/real.h:

train/sweep/sweep.h:

base/config/sweep_spec.h:

train/train.h:

base/progress.h:

base/ranks.h:

data/facts.h:

store/result.h:

model/params.h:

store/figures.h:

base/number.h:

store/figure_rows.h:

store/rule_state.h:

store/run.h:

data/selection.h:

model/gpt.h:

base/file_map.h:

model/team.h:

store/run_folder.h:

store/checkpoints.h:

model/checkpoint.h:

model/formats/safetensors.h:

store/run_files.h:

train/plan.h:

model/parallel.h:

model/batch.h:

model/neurons/edits.h:

model/neurons/hooks.h:
