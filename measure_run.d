measure_run.o: cli/search/measure_run.c base/clock.h base/threads.h \
  base/err.h cli/common/show.h data/vocab.h data/facts.h \
  base/config/config.h base/config/neurons.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  data/records.h base/file.h base/lock.h base/write_stream.h base/text.h \
  cli/search/measure.h cli/search/grown.h cli/common/progress.h \
  base/progress.h train/sweep/sweep.h base/config/sweep_spec.h \
  train/train.h base/ranks.h store/result.h model/params.h base/real.h \
  store/figures.h base/number.h store/figure_rows.h store/rule_state.h \
  store/run.h data/selection.h model/gpt.h base/file_map.h base/memory.h \
  model/kernels/ops.h model/team.h store/run_folder.h \
  store/checkpoints.h model/checkpoint.h model/formats/safetensors.h \
  store/run_files.h train/plan.h model/parallel.h model/batch.h \
  model/neurons/edits.h model/neurons/hooks.h eval/capacity/rounds.h \
  eval/capacity/series.h eval/capacity/plateau.h eval/stats/outlier.h \
  eval/stats/stats.h eval/stats/fit.h eval/stats/lira.h \
  store/sweep_files.h base/config/packed.h

base/clock.h:

base/threads.h:

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

cli/search/measure.h:

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

base/memory.h:

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

eval/capacity/rounds.h:

eval/capacity/series.h:

eval/capacity/plateau.h:

eval/stats/outlier.h:

eval/stats/stats.h:

eval/stats/fit.h:

eval/stats/lira.h:

store/sweep_files.h:

base/config/packed.h:
