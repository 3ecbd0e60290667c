"""python3 -m rote: the program that this reader calls, also where a shell finds another one first."""

import os
import sys

from ._program import RoteError, program

try:
    os.execv(program(), ["rote", *sys.argv[1:]])
except (RoteError, OSError) as error:
    sys.exit(f"rote: {error}")
