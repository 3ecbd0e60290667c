pattern.o: base/pattern.c base/pattern.h base/err.h base/utf8.h

base/pattern.h:

base/err.h:

base/utf8.h:
