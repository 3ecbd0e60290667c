"""The files of run folders (docs/formats.md), read without NumPy and pandas; with NumPy, tensors are arrays of it."""

from __future__ import annotations

import csv
import importlib
import io
import json
from pathlib import Path
from typing import Any, Dict, List, Sequence, Union

from ._program import RoteError

Row = Dict[str, Any]
_CODES = {"F32": ("f", 4), "F64": ("d", 8), "I32": ("i", 4), "I64": ("q", 8)}


class Table(List[Row]):
    """Rows of a table; what a row does not have is None."""

    def column(self, name: str) -> List[Any]:
        """The values of a column, one a row."""
        if self and not any(name in row for row in self):
            raise KeyError(f"{name}; the columns are {', '.join(self.columns)}")
        return [row.get(name) for row in self]

    @property
    def columns(self) -> List[str]:
        """The names of all columns, in the order in which they occur."""
        return list(dict.fromkeys(name for row in self for name in row))

    def frame(self) -> Any:
        """The table as a pandas.DataFrame."""
        return importlib.import_module("pandas").DataFrame(list(self), columns=self.columns)


def _number(text: str) -> Union[str, int, float, None]:
    if not text or text[0] not in "0123456789-":
        return text or None
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return text


def read_text(path: Path) -> str:
    """A file of the run; one that DONE names must have the size that the run ended with."""
    try:
        data = path.read_bytes()
        done = (path.parent / "DONE").read_text() if (path.parent / "DONE").exists() else ""
    except OSError as error:
        raise RoteError(f"{path}: {error.strerror}") from None
    for line in done.splitlines():
        words = line.split()
        if len(words) == 3 and words[0] == path.name and int(words[1]) != len(data):
            raise RoteError(f"{path}: altered: it has {len(data)} bytes, and the run ended with {words[1]}; train it "
                            "again in another folder")
    return data.decode("utf-8", "backslashreplace")


def read_json(path: Path) -> Row:
    """An object in a file."""
    try:
        out = json.loads(read_text(path))
    except ValueError as error:
        raise RoteError(f"{path}: damaged: {error}") from None
    if not isinstance(out, dict):
        raise RoteError(f"{path}: damaged: not an object")
    return out


def read_metrics(path: Path) -> Table:
    """metrics.jsonl as rows: `step`, and `train/KEY`, `eval/KEY` or `rule_N/KEY`. A last line without its end is being
    written, and is left out."""
    rows = Table()
    text = read_text(path)
    for number, line in enumerate(text[: text.rfind("\n") + 1].splitlines(), 1):
        try:
            given = json.loads(line)
            group = "eval" if "eval" in given else f"rule_{given['rule']}" if "rule" in given else "train"
            row = {"step": given["step"]}
            row.update({f"{group}/{k}": v for k, v in given.get("eval", given).items() if k not in ("step", "rule")})
        except (ValueError, TypeError, AttributeError, KeyError):
            raise RoteError(f"{path}:{number}: damaged: not a line of metrics") from None
        rows.append(row)
    return rows


def read_table(path: Path, delimiter: str, text: Sequence[str] = ()) -> Table:
    """A CSV or TSV file with a first line of names. Numbers become numbers, but in the columns of `text`."""
    if delimiter == "\t":  # no quotes: rote escapes what a cell cannot hold
        rows = (line.split("\t") for line in read_text(path).split("\n") if line)
    else:
        rows = (row for row in csv.reader(io.StringIO(read_text(path), newline=""), delimiter=delimiter) if row)
    names = next(rows, None)
    if not names:
        raise RoteError(f"{path}: damaged: it has no line of names")
    out = Table()
    readers = [(lambda cell: cell or None) if name in text else _number for name in names]
    for number, cells in enumerate(rows, 2):
        if len(cells) != len(names):
            raise RoteError(f"{path}:{number}: damaged: {len(cells)} columns, not {len(names)}")
        out.append({name: read(cell) for name, read, cell in zip(names, readers, cells)})
    return out


def read_tensors(path: Path) -> Dict[str, Any]:
    """The tensors of a safetensors file by name: NumPy arrays, or memoryviews of that shape where there is no NumPy."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    tensors: Dict[str, Any] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        code, _ = _CODES[entry["dtype"]]
        first, last = entry["data_offsets"]
        tensors[name] = _array(data[end + first:end + last], code, entry["shape"])
    return tensors


def _array(data: bytes, code: str, shape: List[int]) -> Any:
    try:
        numpy = importlib.import_module("numpy")
    except ImportError:
        return memoryview(data).cast("B").cast(code, shape)  # type: ignore[call-overload]
    return numpy.frombuffer(data, numpy.dtype(code).newbyteorder("<")).reshape(shape)
