"""The Python reader (python/rote) against the program: ROTE is its path. Needs neither NumPy nor pandas.

python3 tests/test_reader.py
"""
import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))
import rote  # noqa: E402
from rote import _program  # noqa: E402

SMALL = {"facts": {"n": 20, "seq_len": 4, "vocab_size": 16}, "model": {"n_layer": 1, "n_head": 1, "n_embd": 8},
         "train.max_steps": 20, "train.eval_interval": 10}


class Reader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.top = Path(cls.folder.name)
        cls.sweep = rote.sweep({**SMALL, "train.seed": range(10)}, cls.top / "sweep", progress=False)
        cls.run_0 = cls.sweep.runs[0]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def copy(self, name):
        shutil.copytree(self.run_0.path, self.top / name)
        return rote.Run(self.top / name)

    def fails(self, words, what, *given, status=None, **named):
        with self.assertRaises(rote.RoteError) as caught:
            what(*given, **named)
        for word in words:
            self.assertIn(word, caught.exception.line)
        self.assertEqual(caught.exception.status, status)

    def test_ten_runs(self):
        table = self.sweep.table
        self.assertEqual(len(table), 10)
        self.assertEqual(sorted(table.column("train.seed")), list(range(10)))
        for run, row in zip(self.sweep.runs, sorted(table, key=lambda row: row["run"])):
            self.assertEqual(run.path.name, row["run"])
            self.assertEqual(run.result, json.loads((run.path / "result.json").read_text()))
            self.assertEqual(run.result["code_bits"], row["code_bits"])
            last = [line for line in run.metrics if "eval/code_bits" in line][-1]
            self.assertEqual((last["step"], last["eval/code_bits"]), (20, row["code_bits"]))
        self.assertEqual(self.sweep.capacity()["runs"]["done"], 10)

    def test_of_one_run(self):
        run = self.run_0
        facts = run.per_fact
        self.assertEqual((len(facts), facts[3]["fact"], facts[3]["tag"]), (20, 3, None))
        self.assertAlmostEqual(sum(facts.column("code_bits")), run.result["code_bits"], places=4)
        weights = run.weights
        self.assertEqual(weights["wte"].shape, (16, 8))
        self.assertEqual(len(run.sample("3 4", n=3)), 3)
        self.assertEqual(run.sample("3 4", greedy=True), run.sample("3 4", temperature=0))
        steered = run.steer("blocks.0.mlp.hook_post[0]=zero", prompt="3 4", greedy=True)
        self.assertEqual(set(steered["samples"][0]), {"with", "without"})
        self.assertEqual(run.evaluate()["recall"], run.result["recall"])
        self.assertIn("n_embd: 8", run.config)

    def test_activations(self):
        run, hook = self.run_0, "blocks.0.mlp.hook_post"
        text = str(run.per_fact[7]["text"]).split()
        by_prompt = run.activations(hook, [" ".join(text[:3])])
        by_fact = run.activations(hook, facts=[7])
        self.assertEqual(by_prompt[hook].shape, (4, 32))
        self.assertEqual(by_prompt[hook].tolist(), by_fact[hook].tolist())
        self.assertEqual(by_fact["fact"].tolist(), [7] * 4)
        self.fails(["no fact has the prompt", "per_fact"], run.activations, hook, ["99 99"])
        self.fails(["no fact"], run.activations, hook, [])
        self.fails(["hook_pots"], run.activations, "blocks.0.mlp.hook_pots", status=2)

    def test_damage_is_named(self):
        run = self.copy("damaged")
        result = run.path / "result.json"
        result.write_text(result.read_text()[:-30])
        self.fails([str(result), "altered"], lambda: run.result)
        (run.path / "DONE").write_text("rote-done-1\n")
        self.fails([str(result), "damaged"], lambda: run.result)
        weights = next(self.copy("flipped").path.glob("checkpoint-*"))
        data = bytearray(weights.read_bytes())
        data[-5] ^= 1
        weights.write_bytes(data)
        self.fails([str(weights)], lambda: rote.Run(weights.parent).weights, status=1)
        self.fails([str(weights)], lambda: rote.Run(weights.parent).per_fact, status=1)

    def test_a_run_that_goes_on(self):
        run = self.copy("going")
        for name in ("DONE", "result.json"):
            (run.path / name).unlink()
        text = (run.path / "metrics.jsonl").read_text()
        (run.path / "metrics.jsonl").write_text(text[:-40])
        self.assertFalse(run.finished)
        self.assertEqual(len(run.metrics), text.count("\n") - 1)
        self.assertEqual(run.metrics[0]["step"], 1)
        self.fails([str(run.path), "not finished"], lambda: run.result)
        (run.path / "metrics.jsonl").write_text("{}\n" + text)
        self.fails([f"{run.path / 'metrics.jsonl'}:1"], lambda: run.metrics)

    def test_a_table_of_ten_thousand_runs(self):
        lines = (self.sweep.path / "table.csv").read_text().splitlines()
        big = self.top / "big"
        big.mkdir()
        row = lines[1].rsplit(",", 1)[0] + ',"killed, and\nsaid ""no"""'
        (big / "table.csv").write_text("\n".join([lines[0]] + [row] * 10000) + "\n")
        begin = time.process_time()
        table = rote.Sweep(big).table
        self.assertLess(time.process_time() - begin, 2)
        self.assertEqual((len(table), table[9999]["reason"]), (10000, 'killed, and\nsaid "no"'))
        (big / "table.csv").write_text(lines[0] + "\n1,2\n")
        self.fails(["table.csv:2", "2 columns"], lambda: rote.Sweep(big).table)

    def test_errors_are_the_programs(self):
        self.fails(["n_embdd", "nearest"], rote.train, {"model.n_embdd": 8}, self.top / "no", status=2)
        self.assertFalse((self.top / "no").exists())
        self.fails(["no such run"], rote.Run, self.top / "no")
        self.fails(["no such sweep"], rote.Sweep, self.top / "no")
        with self.assertRaises(KeyError):
            self.sweep.table.column("no such column")

    def test_interrupt_and_resume(self):
        config = {**SMALL, "train.max_steps": 3000000}
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell started the suite with &
        self.addCleanup(signal.signal, signal.SIGINT, before)
        timer = threading.Timer(0.6, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(KeyboardInterrupt):
            rote.train(config, self.top / "stopped")
        run = rote.Run(self.top / "stopped")
        self.assertFalse(run.finished)
        self.assertTrue(list(run.path.glob("checkpoint-*")) and run.metrics)
        self.fails(["--resume"], rote.train, config, run.path, progress=False, status=2)

    def test_another_program_is_refused(self):
        other = self.top / "other"
        other.write_text("#!/bin/sh\necho rote\n")
        other.chmod(0o755)
        before = os.environ["ROTE"]
        try:
            os.environ["ROTE"] = str(other)
            _program.program.cache_clear()
            self.fails([str(other), "another program"], rote.call, "help")
        finally:
            os.environ["ROTE"] = before
            _program.program.cache_clear()

    def test_another_program_first_on_path(self):
        right, beside, first = os.environ["ROTE"], self.top / "scripts", self.top / "first"
        (beside / "rote").parent.mkdir()
        (beside / "rote").symlink_to(right)
        first.mkdir()
        (first / "rote").symlink_to(right)
        here = {**os.environ, "PATH": f"{first}:{os.environ['PATH']}", "PYTHONPATH": str(Path(rote.__file__).parents[1])}
        del here["ROTE"]
        text = (f"import sysconfig; sysconfig.get_path = lambda name: {str(beside)!r}\n"
                "import runpy, sys; sys.argv = ['rote', '--version']; runpy.run_module('rote', run_name='__main__')")
        call = [sys.executable, "-c", text]
        same = subprocess.run(call, env=here, capture_output=True, text=True)
        (first / "rote").unlink()
        (first / "rote").write_text("#!/bin/sh\necho 5\n")
        (first / "rote").chmod(0o755)
        other = subprocess.run(call, env=here, capture_output=True, text=True)
        self.assertEqual((same.returncode, same.stderr, same.stdout), (0, "", other.stdout))
        self.assertTrue(other.stdout.startswith("rote "))
        self.assertIn(f"{first / 'rote'} is another program", other.stderr)

    def test_words(self):
        self.assertEqual(_program.settings({"a": {"b": 1, "c": True}, "d.e": [0.1, "x"]}), ["a.b=1", "a.c=true", "d.e=0.1,x"])
        self.assertEqual(_program.options(top_k=3, greedy=True, stop=["a", "b"], n=None, quiet=False),
                         ["--top-k=3", "--greedy", "--stop=a", "--stop=b"])


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bad > 0)
