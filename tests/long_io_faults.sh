#!/usr/bin/env bash
# The long form of tests/check_io_faults.sh: each system call of every command on its folder fails with each of four errors.
set -u
cd "$(dirname "$0")/.." || exit 1
EVERY=1 exec tests/check_io_faults.sh "$@"
