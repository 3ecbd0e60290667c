"""Measures what a small transformer memorizes: a thin reader around the program `rote`.

    run = rote.train({"facts.n": 100, "model.n_embd": 16, "train.max_steps": 500}, "runs/first")
    run.result["bits_per_param"], run.metrics.frame(), run.weights["wte"]

Runs and sweeps are folders. This package calls the program and reads folders; it computes nothing.
"""

from ._files import Table
from ._program import RoteError, ask, call, program
from ._runs import Run, Sweep, import_facts, sweep, train

__all__ = ["RoteError", "Run", "Sweep", "Table", "ask", "call", "import_facts", "program", "sweep", "train"]
