test_pattern.o: tests/test_pattern.c base/pattern.h base/err.h

base/pattern.h:

base/err.h:
