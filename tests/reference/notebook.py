"""Executes a notebook in a folder, in whose kernel `rote` is found, and compares what its cells print with what is stored.

notebook.py NOTEBOOK FOLDER [--update]      --update: stores the outputs in NOTEBOOK
"""
import sys

import nbformat
from nbclient import NotebookClient


def printed(cell):
    """The text of a cell's outputs; pictures and tables as HTML are not compared."""
    return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.get("outputs", []))


path, folder = sys.argv[1:3]
stored = nbformat.read(path, as_version=4)
fresh = nbformat.read(path, as_version=4)
NotebookClient(fresh, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
if "--update" in sys.argv:
    for cell in fresh.cells:
        cell.metadata.pop("execution", None)
    fresh.metadata = stored.metadata
    nbformat.write(fresh, path)
    sys.exit()
for before, after in zip(stored.cells, fresh.cells):
    if "<IPython.core" not in printed(after):
        assert printed(before) == printed(after), f"{after.source}\n--- stored\n{printed(before)}\n--- now\n{printed(after)}"
