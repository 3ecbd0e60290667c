progress.o: cli/common/progress.c cli/common/progress.h base/progress.h \
  base/clock.h base/text.h cli/common/show.h data/vocab.h data/facts.h \
  base/config/config.h base/config/neurons.h base/err.h base/ranges.h \
  base/config/span.h base/config/tools.h base/config/word_list.h \
  data/records.h base/file.h base/lock.h base/write_stream.h

cli/common/progress.h:

base/progress.h:

base/clock.h:

base/text.h:

cli/common/show.h:

data/vocab.h:

data/facts.h:

base/config/config.h:

base/config/neurons.h:

base/err.h:

base/ranges.h:

base/config/span.h:

base/config/tools.h:

base/config/word_list.h:

data/records.h:

base/file.h:

base/lock.h:

base/write_stream.h:
