"""Runs and sweeps: their folders, and the commands that answer questions about them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from ._files import Row, Table, read_json, read_metrics, read_table, read_tensors, read_text
from ._program import PathLike, RoteError, Value, ask, call, config_words, options


class Run:
    """A run folder, finished or not. Nothing is kept in memory: each question reads the folder again."""

    def __init__(self, path: PathLike) -> None:
        self.path = Path(path)
        if not (self.path / "config.yaml").exists():
            raise RoteError(f"{self.path}: there is no such run (no config.yaml)")

    def __repr__(self) -> str:
        return f"Run({os.fspath(self.path)!r})"

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return (self.path / "DONE").exists()

    @property
    def config(self) -> str:
        """The resolved config, as YAML."""
        return read_text(self.path / "config.yaml")

    @property
    def metrics(self) -> Table:
        """metrics.jsonl, also of a run that goes on: `step`, and `train/loss_nats`, `eval/recall`, `rule_0/hit` .."""
        return read_metrics(self.path / "metrics.jsonl")

    @property
    def result(self) -> Row:
        """result.json of a finished run (`rote help figures` explains it)."""
        if not self.finished:
            raise RoteError(f"{self.path}: is not finished; Run.metrics has what there is, and "
                            "rote.train(.., resume=True) goes on")
        return read_json(self.path / "result.json")

    @property
    def weights(self) -> Dict[str, Any]:
        """The weights of the newest checkpoint by name, as the model uses them (`rote export --to safetensors`)."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "weights.safetensors")
            call("export", self.path, "--to", "safetensors", path)
            return read_tensors(path)

    @property
    def per_fact(self) -> Table:
        """A row for every fact: its code length in bits, whether it is recalled, its text (`rote eval --per-fact`)."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "facts.tsv")
            call("eval", self.path, "--per-fact", path)
            return read_table(path, "\t", ("tag", "text"))

    def evaluate(self, **given: Optional[Value]) -> Row:
        """`rote eval`: evaluate(quantize="int8"), evaluate(facts=DIR)."""
        return dict(ask("eval", self.path, *options(**given)))

    def activations(self, hook: Union[str, Sequence[str]], prompts: Optional[Sequence[str]] = None, *,
                    facts: Optional[Sequence[int]] = None, **given: Optional[Value]) -> Dict[str, Any]:
        """Activations at hooks ("blocks.0.mlp.hook_post"), a row a token of the chosen facts; `fact`, `position`,
        `tokens` and `targets` say of which (`rote neurons dump`).

        prompts: only the facts with these prompts. facts: only those with these numbers. tag=, heldout=True: likewise.
        """
        hooks = hook if isinstance(hook, str) else ",".join(hook)
        chosen = list(facts or [])
        if prompts is not None:
            chosen += self._facts_of(prompts)
        if (facts is not None or prompts is not None) and not chosen:
            raise RoteError(f"{self.path}: activations of no fact: the list is empty")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "activations.safetensors")
            some = ",".join(map(str, sorted(set(chosen)))) or None
            call("neurons", "dump", self.path, *options(hook=hooks, facts=some, **given), "--out", path)
            return read_tensors(path)

    def _facts_of(self, prompts: Sequence[str]) -> List[int]:
        texts = [(int(row["fact"]), str(row["text"])) for row in self.per_fact]
        found: List[int] = []
        for prompt in prompts:
            some = [fact for fact, text in texts if text == prompt or text.startswith((prompt + "\\t", prompt + " "))]
            if not some:
                raise RoteError(f"{self.path}: no fact has the prompt {prompt!r}; Run.per_fact has their texts")
            found += some
        return found

    def sample(self, prompt: Optional[str] = None, n: int = 1, **given: Optional[Value]) -> List[str]:
        """Generated texts: sample("France\\t", n=3, top_k=40, seed=7), sample(.., greedy=True) (`rote sample`)."""
        return [str(s["text"]) for s in ask("sample", self.path, *options(prompt=prompt, n=n, **given))["samples"]]

    def steer(self, do: Union[str, Sequence[str]], **given: Optional[Value]) -> Row:
        """What changes with edited activations: steer("blocks.0.mlp.hook_post[3]=set:2", prompt="France\\t",
        greedy=True), steer(.., eval=True) (`rote neurons steer`)."""
        return dict(ask("neurons", "steer", self.path, *options(do=[do] if isinstance(do, str) else list(do), **given)))

    def report(self) -> Path:
        """Writes the page report.html, and returns its path."""
        call("report", self.path)
        return self.path / "report.html"


class Sweep:
    """A sweep's folder, or a folder of runs."""

    def __init__(self, path: PathLike) -> None:
        self.path = Path(path)
        if not self.path.is_dir():
            raise RoteError(f"{self.path}: there is no such sweep")

    def __repr__(self) -> str:
        return f"Sweep({os.fspath(self.path)!r})"

    @property
    def runs(self) -> List[Run]:
        """All runs that have begun, by name."""
        folder = self.path / "runs" if (self.path / "runs").is_dir() else self.path
        return [Run(path) for path in sorted(folder.iterdir()) if (path / "config.yaml").exists()]

    @property
    def table(self) -> Table:
        """table.csv: a row for every run, with its state, the keys that vary, its figures, and why it failed."""
        path = self.path / "table.csv"
        if not path.exists():
            raise RoteError(f"{path}: is missing; `rote sweep status` and `rote sweep run` write it")
        return read_table(path, ",", ("run", "reason", "config_hash"))

    def capacity(self, **given: Optional[Value]) -> Row:
        """Bits per parameter with intervals and a verdict: capacity(), capacity(certify=True) (`rote capacity`)."""
        return dict(ask("capacity", self.path, *options(**given)))

    def report(self) -> Path:
        """Writes the page report.html and the folder plots/, and returns the page's path."""
        call("report", self.path)
        return self.path / "report.html"


def train(config: Union[PathLike, Mapping[str, Any]], out: PathLike, *, resume: bool = False,
          progress: bool = True, **given: Optional[Value]) -> Run:
    """Trains a run in the folder `out`: train({"facts.n": 100, "model": {"n_embd": 16}}, "runs/a"), or
    train("a.yaml", "runs/a").

    Ctrl-C writes a checkpoint and raises KeyboardInterrupt; resume=True goes on. threads=, allow_program=: as of `rote
    train`.
    """
    words = options(resume=resume, quiet=not progress, **given)
    call("train", *config_words(config), "--out", out, *words, progress=progress)
    return Run(out)


def sweep(config: Union[PathLike, Mapping[str, Any]], out: PathLike, *, progress: bool = True,
          **given: Optional[Value]) -> Sweep:
    """Trains all runs of a sweep, or those that are left: sweep({"model.n_embd": [8, 16], "facts.n": 100}, "runs/s").

    A run that failed is a row of Sweep.table, and raises RoteError. jobs=: as of `rote sweep run`.
    """
    words = options(quiet=not progress, **given)
    call("sweep", "run", *config_words(config), "--out", out, *words, progress=progress)
    return Sweep(out)


def import_facts(source: PathLike, out: PathLike, **given: Optional[Value]) -> Row:
    """A fact set from a table: import_facts("capitals.csv", "facts/capitals", prompt="country", answer="capital")."""
    return dict(ask("facts", "import", source, "--out", out, *options(**given)))
