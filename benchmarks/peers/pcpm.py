"""PCPM's `pr`: C++ with OpenMP, float32, partition-centric; a fixed number of sweeps.

It writes its thousand largest scores, sorted; they are checked against a float32 twin, whose vector after as
many sweeps is compared with the solution.
"""

from __future__ import annotations

import os
import re
import tempfile
from typing import Any

import numpy as np

from benchmarks.peers import ITERATIONS, Follows
from benchmarks.peers.binfiles import ORDERS, peak_bytes_of_children, prepare, run
from benchmarks.peers.binfiles import join as join
from benchmarks.peers.twins import Twin

TITLE = "PCPM pr, float32"
REQUIREMENTS = ()
PACKAGES = ("numba",)
VARIANTS = ORDERS
FOLLOWS_MAX = 700_000_000
NO_WARM_UP = True
BUILD_UNTIMED = True


def grid(variant: str) -> tuple[int, ...]:
    return ITERATIONS


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    path, order = prepare(follows, variant, ".csr")
    return {
        "path": path,
        "order": order,
        "n_threads": n_threads,
        "twin": Twin(follows, order, path.parent, in_place=False),
    }


def solve(model: Any, setting: int) -> tuple[Any, int]:
    with tempfile.TemporaryDirectory() as folder:
        command = [os.environ["PCPM_PR"], str(model["path"]), str(model["n_threads"]), str(setting)]
        printed = run(command, model["n_threads"], folder)
        seconds = float(re.findall(r", ([\d.]+)\s*$", printed, re.MULTILINE)[-1])
        top = np.loadtxt(os.path.join(folder, "dumpPR.txt"))
    scores = model["twin"].solve(0.0, setting + 1)  # one sweep comes before its clock starts
    twins = np.sort(scores)
    twins = (twins if top[0] <= top[-1] else twins[::-1])[: len(top)] * len(scores)
    off = np.abs(top - twins) / np.maximum(twins, 1)
    if off.max() > 1e-3:
        raise ArithmeticError(f"its scores are off the twin's by {off.max():.1e}")
    return {"scores": scores, "seconds": seconds}, setting


def report(model: Any, answer: Any) -> dict[str, Any]:
    found = {"solve_seconds": answer["seconds"], "join_seconds": None, "checked": "top thousand and a twin"}
    return found | {"solve_bytes": peak_bytes_of_children(), "build_bytes": None}
