fit.o: cli/search/fit.c cli/search/fit.h cli/common/args.h \
  base/config/config.h base/config/neurons.h base/err.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  base/threads.h data/facts.h cli/search/grown.h cli/common/progress.h \
  base/progress.h train/sweep/sweep.h base/config/sweep_spec.h \
  train/train.h base/ranks.h store/result.h model/params.h base/real.h \
  store/figures.h base/number.h store/figure_rows.h store/rule_state.h \
  store/run.h data/selection.h model/gpt.h base/file_map.h base/memory.h \
  model/kernels/ops.h model/team.h store/run_folder.h \
  store/checkpoints.h model/checkpoint.h model/formats/safetensors.h \
  store/run_files.h base/file.h base/lock.h base/write_stream.h \
  train/plan.h model/parallel.h model/batch.h model/neurons/edits.h \
  model/neurons/hooks.h data/import/import.h eval/capacity/smallest.h \
  base/nearest.h cli/common/estimate.h cli/common/output.h \
  cli/common/show.h data/vocab.h data/records.h base/text.h \
  cli/common/signals.h cli/facts/import_options.h cli/search/recipe.h \
  eval/capacity/words.h eval/capacity/series.h eval/capacity/plateau.h \
  eval/stats/outlier.h eval/stats/stats.h eval/stats/fit.h \
  eval/stats/lira.h store/sweep_files.h base/config/packed.h \
  data/folder/folder.h

cli/search/fit.h:

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

base/file.h:

base/lock.h:

base/write_stream.h:

train/plan.h:

model/parallel.h:

model/batch.h:

model/neurons/edits.h:

model/neurons/hooks.h:

data/import/import.h:

eval/capacity/smallest.h:

base/nearest.h:

cli/common/estimate.h:

cli/common/output.h:

cli/common/show.h:

data/vocab.h:

data/records.h:

base/text.h:

cli/common/signals.h:

cli/facts/import_options.h:

cli/search/recipe.h:

eval/capacity/words.h:

eval/capacity/series.h:

eval/capacity/plateau.h:

eval/stats/outlier.h:

eval/stats/stats.h:

eval/stats/fit.h:

eval/stats/lira.h:

store/sweep_files.h:

base/config/packed.h:

data/folder/folder.h:
