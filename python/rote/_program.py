"""The program `rote`: where it is, and how it is called. Everything is computed there."""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import warnings
from pathlib import Path
from typing import IO, Any, List, Mapping, Optional, Sequence, Union

PathLike = Union[str, "os.PathLike[str]"]
Value = Union[str, int, float, bool, Sequence[Union[str, int, float, bool]]]


class RoteError(Exception):
    """What the program answered, or what is wrong with a file: one line, which names it and says what to do.

    status: the exit code of the program (2: bad input; 85: stopped, and can be resumed); None: no program was called.
    """

    def __init__(self, line: str, status: Optional[int] = None) -> None:
        super().__init__(line)
        self.line = line
        self.status = status


def _versions(path: str) -> Optional[str]:
    """What a `rote` answers to --version --json; None where it is another program."""
    try:
        asked = subprocess.run([path, "--version", "--json"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        known = asked.returncode == 0 and "numeric_spec" in json.loads(asked.stdout)
    except (OSError, ValueError, TypeError, subprocess.TimeoutExpired):
        known = False
    return asked.stdout.decode() if known else None


@functools.lru_cache(maxsize=None)
def program() -> str:
    """The path of the program: $ROTE, else the one installed beside this Python, else the one on PATH.

    Another program of that name is refused; one that a shell finds first is warned of.
    """
    beside = Path(sysconfig.get_path("scripts"), "rote")
    on_path = shutil.which("rote")
    found = os.environ.get("ROTE") or (str(beside) if beside.exists() else on_path)
    if not found:
        raise RoteError("rote is not on PATH: install it, or set the variable ROTE to its path")
    versions = _versions(found)
    if not versions:
        raise RoteError(f"{found}: is another program, or a rote that is older than this reader; set the variable ROTE "
                        "to the path of the right one")
    if on_path and found == str(beside) and not os.path.samefile(on_path, found) and _versions(on_path) != versions:
        warnings.warn(f"{on_path} is another program, or another version, and what a shell finds first as rote; "
                      f"this reader calls {found}, and so does python3 -m rote", stacklevel=2)
    return found


def text_of(value: Union[str, int, float, bool]) -> str:
    """A value as the command line has it: true, 0.1."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings(config: Mapping[str, Any], before: str = "") -> List[str]:
    """{"facts": {"n": 10}, "train.seed": [0, 1]} as words: facts.n=10 train.seed=0,1 (in a sweep, an axis)."""
    words: List[str] = []
    for key, value in config.items():
        name = before + key
        if isinstance(value, Mapping):
            words += settings(value, name + ".")
        elif isinstance(value, (list, tuple, range)):
            words.append(f"{name}={','.join(text_of(v) for v in value)}")
        else:
            words.append(f"{name}={text_of(value)}")
    return words


def config_words(config: Union[PathLike, Mapping[str, Any]]) -> List[str]:
    """The words of a command line for a config file, or for a config in a dictionary."""
    return settings(config) if isinstance(config, Mapping) else [os.fspath(config)]


def options(**given: Optional[Value]) -> List[str]:
    """top_k=40, greedy=True, stop=["a", "b"] as --top-k=40 --greedy --stop=a --stop=b; None and False are left out."""
    words: List[str] = []
    for key, value in given.items():
        name = "--" + key.replace("_", "-")
        if value is True:
            words.append(name)
        elif isinstance(value, (list, tuple)):
            words += [f"{name}={text_of(v)}" for v in value]
        elif value is not None and value is not False:
            words.append(f"{name}={text_of(value)}")  # type: ignore[arg-type]
    return words


def _lines(stream: IO[str], kept: List[str], show: bool) -> None:
    for line in stream:
        kept.append(line.rstrip("\n"))
        del kept[:-50]
        if show and not line.startswith("rote: "):
            sys.stderr.write(line)
            sys.stderr.flush()


def _output(child: "subprocess.Popen[str]") -> str:
    """Its standard output. Interrupts are passed on: at the first one a training writes a checkpoint."""
    assert child.stdout is not None
    interrupted = False
    pieces = [""]
    while True:
        try:
            piece = child.stdout.read(65536)
            pieces.append(piece)
            if not piece:
                child.wait()
                break
        except KeyboardInterrupt:
            interrupted = True
            child.send_signal(signal.SIGINT)
    if interrupted:
        raise KeyboardInterrupt
    return "".join(pieces)


def call(*words: PathLike, progress: bool = False) -> str:
    """Calls `rote WORDS` and returns what it prints.

    progress: its lines on standard error are shown while it works. An interrupt (Ctrl-C, a notebook's stop button)
    reaches the program once: a training then writes a checkpoint, and KeyboardInterrupt is raised.
    """
    child = subprocess.Popen([program(), *(os.fspath(word) for word in words)], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                             errors="backslashreplace", start_new_session=True)
    assert child.stderr is not None
    said: List[str] = []
    listener = threading.Thread(target=_lines, args=(child.stderr, said, progress), daemon=True)
    listener.start()
    with child:
        out = _output(child)
        listener.join()
    if child.returncode:
        lines = [line[len("rote: "):] for line in said if line.startswith("rote: ")]
        raise RoteError(lines[-1] if lines else f"rote ended with {child.returncode}: {' '.join(said[-1:])}",
                        child.returncode)
    return out


def ask(*words: PathLike, progress: bool = False) -> Any:
    """Calls `rote WORDS --json` and returns the object."""
    return json.loads(call(*words, "--json", progress=progress))
