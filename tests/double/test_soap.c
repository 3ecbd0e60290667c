/* tests/test_soap.c in double. */
#include "tests/test_soap.c" /* NOLINT(bugprone-suspicious-include) */
