fit_show.o: cli/search/fit_show.c base/file.h base/err.h base/lock.h \
  base/write_stream.h cli/common/json.h eval/stats/stats.h \
  cli/common/open.h base/progress.h cli/common/args.h \
  base/config/config.h base/config/neurons.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  base/threads.h data/facts.h store/run.h data/selection.h model/gpt.h \
  base/file_map.h base/memory.h model/kernels/ops.h base/real.h \
  model/params.h model/team.h store/rule_state.h cli/common/show.h \
  data/vocab.h data/records.h base/text.h cli/search/fit.h \
  cli/search/grown.h cli/common/progress.h train/sweep/sweep.h \
  base/config/sweep_spec.h train/train.h base/ranks.h store/result.h \
  store/figures.h base/number.h store/figure_rows.h store/run_folder.h \
  store/checkpoints.h model/checkpoint.h model/formats/safetensors.h \
  store/run_files.h train/plan.h model/parallel.h model/batch.h \
  model/neurons/edits.h model/neurons/hooks.h data/import/import.h \
  eval/capacity/smallest.h eval/archive/two_part.h \
  eval/archive/archive.h base/bytes.h eval/archive/side_info.h \
  eval/archive/coded_facts.h model/quantize.h eval/quantized.h \
  eval/evaluate.h eval/fact_batch.h data/mix.h data/order.h \
  base/random.h eval/stats/membership.h eval/stats/ranking.h

base/file.h:

base/err.h:

base/lock.h:

base/write_stream.h:

cli/common/json.h:

eval/stats/stats.h:

cli/common/open.h:

base/progress.h:

cli/common/args.h:

base/config/config.h:

base/config/neurons.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

base/threads.h:

data/facts.h:

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

cli/common/show.h:

data/vocab.h:

data/records.h:

base/text.h:

cli/search/fit.h:

cli/search/grown.h:

cli/common/progress.h:

train/sweep/sweep.h:

base/config/sweep_spec.h:

train/train.h:

base/ranks.h:

store/result.h:

store/figures.h:

base/number.h:

store/figure_rows.h:

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

eval/archive/two_part.h:

eval/archive/archive.h:

base/bytes.h:

eval/archive/side_info.h:

eval/archive/coded_facts.h:

model/quantize.h:

eval/quantized.h:

eval/evaluate.h:

eval/fact_batch.h:

data/mix.h:

data/order.h:

base/random.h:

eval/stats/membership.h:

eval/stats/ranking.h:
