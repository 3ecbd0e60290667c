run_folder.o: store/run_folder.c store/run_folder.h base/config/config.h \
  base/config/neurons.h base/err.h base/ranges.h base/config/span.h \
  base/config/tools.h base/config/word_list.h base/progress.h \
  model/kernels/ops.h base/real.h store/checkpoints.h data/selection.h \
  data/facts.h model/checkpoint.h model/formats/safetensors.h \
  base/file_map.h model/gpt.h base/memory.h model/params.h model/team.h \
  store/rule_state.h store/run_files.h base/file.h base/lock.h \
  base/write_stream.h store/result.h store/figures.h base/number.h \
  store/figure_rows.h base/json.h base/places.h model/formats/npy.h \
  store/done.h store/early.h store/run_manifest.h

store/run_folder.h:

base/config/config.h:

base/config/neurons.h:

base/err.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

base/progress.h:

model/kernels/ops.h:

base/real.h:

store/checkpoints.h:

data/selection.h:

data/facts.h:

model/checkpoint.h:

model/formats/safetensors.h:

base/file_map.h:

model/gpt.h:

base/memory.h:

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

base/json.h:

base/places.h:

model/formats/npy.h:

store/done.h:

store/early.h:

store/run_manifest.h:
