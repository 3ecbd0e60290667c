/* tests/test_reference.c in double. */
#include "tests/test_reference.c" /* NOLINT(bugprone-suspicious-include) */
