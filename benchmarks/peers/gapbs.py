"""GAPBS `pr`: C++ with OpenMP, float32, Gauss-Seidel; two threads race, so answers vary a little.

The binary prints five scores at most. A build that writes all of them where PR_SCORES says (see
docs/benchmarks_howto.md: outside the timed part) has every answer checked. Of a binary as shipped, the five
are checked against a float32 twin, whose vector is then compared with the solution.
"""

from __future__ import annotations

import os
import re
import tempfile
from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows
from benchmarks.peers.binfiles import ORDERS, peak_bytes_of_children, prepare, run
from benchmarks.peers.binfiles import join as join
from benchmarks.peers.twins import Twin

TITLE = "GAPBS pr, float32"
REQUIREMENTS = ()
PACKAGES = ("numba",)
VARIANTS = ORDERS
FOLLOWS_MAX = 700_000_000
RACES = True
NO_WARM_UP = True  # the first of two trials in the process is
BUILD_UNTIMED = True  # it reads a graph that is ready


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    path, order = prepare(follows, variant, ".sg")
    twin = Twin(follows, order, path.parent, in_place=True)
    return {"path": path, "order": order, "n_threads": n_threads, "twin": twin}


def solve(model: Any, setting: float) -> tuple[Any, int]:
    """Two trials, the second of which counts."""
    with tempfile.TemporaryDirectory() as folder:
        vector = os.path.join(folder, "scores")
        effort = ["-t", str(setting), "-i", str(SWEEPS_MAX), "-n", "2", "-a", "-l"]
        command = [os.environ["GAPBS_PR"], "-f", str(model["path"]), *effort]
        printed = run(command, model["n_threads"], PR_SCORES=vector)
        seconds = float(re.findall(r"Trial Time: +([\d.]+)", printed)[-1])
        sweeps = int(re.findall(r"^ +(\d+) +[\d.e+-]+$", printed, re.MULTILINE)[-1]) + 1
        if os.path.exists(vector):
            scores, checked = np.fromfile(vector, np.float32), "every score"
        else:
            scores, checked = _check_top(model, setting, printed), "top five and a twin"
    return {"scores": scores, "seconds": seconds, "checked": checked}, sweeps


def _check_top(model: Any, setting: float, printed: str) -> np.ndarray:
    scores = model["twin"].solve(setting, SWEEPS_MAX)
    for account, score in re.findall(r"^(\d+):([\d.e+-]+)$", printed, re.MULTILINE):
        if abs(scores[int(account)] / float(score) - 1) > 1e-4:
            raise ArithmeticError(f"score {score} of {account} is not the twin's {scores[int(account)]}")
    return scores


def report(model: Any, answer: Any) -> dict[str, Any]:
    """Report the seconds that the binary measured itself, not those of starting it and reading its file."""
    found = {"solve_seconds": answer["seconds"], "join_seconds": None, "checked": answer["checked"]}
    return found | {"solve_bytes": peak_bytes_of_children(), "build_bytes": None}
