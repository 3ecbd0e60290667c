fit_search.o: cli/search/fit_search.c base/clock.h base/memory.h \
  base/err.h cli/common/show.h data/vocab.h data/facts.h \
  base/config/config.h base/config/neurons.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  data/records.h base/file.h base/lock.h base/write_stream.h base/text.h \
  cli/common/signals.h cli/search/fit.h cli/common/args.h base/threads.h \
  cli/search/grown.h cli/common/progress.h base/progress.h \
  train/sweep/sweep.h base/config/sweep_spec.h train/train.h \
  base/ranks.h store/result.h model/params.h base/real.h store/figures.h \
  base/number.h store/figure_rows.h store/rule_state.h store/run.h \
  data/selection.h model/gpt.h base/file_map.h model/kernels/ops.h \
  model/team.h store/run_folder.h store/checkpoints.h model/checkpoint.h \
  model/formats/safetensors.h store/run_files.h train/plan.h \
  model/parallel.h model/batch.h model/neurons/edits.h \
  model/neurons/hooks.h data/import/import.h eval/capacity/smallest.h

base/clock.h:

base/memory.h:

base/err.h:

cli/common/show.h:

data/vocab.h:

data/facts.h:

base/config/config.h:

base/config/neurons.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

data/records.h:

base/file.h:

base/lock.h:

base/write_stream.h:

base/text.h:

cli/common/signals.h:

cli/search/fit.h:

cli/common/args.h:

base/threads.h:

cli/search/grown.h:

cli/common/progress.h:

base/progress.h:

train/sweep/sweep.h:

base/config/sweep_spec.h:

train/train.h:

base/ranks.h:

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

model/kernels/ops.h:

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

data/import/import.h:

eval/capacity/smallest.h:
