checkpoints.o: store/checkpoints.c store/checkpoints.h base/progress.h \
  data/selection.h base/config/config.h base/config/neurons.h base/err.h \
  base/ranges.h base/config/span.h base/config/tools.h \
  base/config/word_list.h data/facts.h model/checkpoint.h \
  model/formats/safetensors.h base/file_map.h model/gpt.h base/memory.h \
  model/kernels/ops.h base/real.h model/params.h model/team.h \
  store/rule_state.h store/run_files.h base/file.h base/lock.h \
  base/write_stream.h store/result.h store/figures.h base/number.h \
  store/figure_rows.h

store/checkpoints.h:

base/progress.h:

data/selection.h:

base/config/config.h:

base/config/neurons.h:

base/err.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

data/facts.h:

model/checkpoint.h:

model/formats/safetensors.h:

base/file_map.h:

model/gpt.h:

base/memory.h:

model/kernels/ops.h:

base/real.h:

model/params.h:

model/team.h:

store/rule_state.h:

store/run_files.h:

base/file.h:

base/lock.h:

base/write_stream.h:

store/result.h:

store/figures.h:

base/number.h:

store/figure_rows.h:
