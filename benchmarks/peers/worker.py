"""One contender in a process of its own: ``python -m benchmarks.peers.worker PEER VARIANT THREADS``.

It reads one JSON object a line from standard input and answers with one line each on standard output:

    {"do": "about"}                                           versions
    {"do": "warm_up", "labelled": false}                      a small graph through all phases, untimed
    {"do": "load", "folder": ..., "accounts": n}              seconds
    {"do": "build", "labelled": false}                        seconds, peak_bytes
    {"do": "solve", "setting": s, "out": path}                seconds, join_seconds, iterations, peak_bytes
    {"do": "call", "name": ..., ...}                          what the peer's function of that name returns

An answer with "failed" says what went wrong; the worker lives on. Whatever the libraries print goes to
standard error. Nothing of influencegraph is imported, except by our own contender.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import time
from typing import Any

import numpy as np

from benchmarks.peers import Follows
from benchmarks.ready import BUILD_BYTES, SOLVE_BYTES, ready_memory

_WARM_UP = 1 << 14
_SCATTER = 1_000_003_000_019


def held_bytes(which: str = "VmHWM") -> int:
    """Return the most memory held since the last reset ("VmRSS": held now), where Linux tells."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(which))
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def forget_peak() -> None:
    """Begin the search for the most memory held anew."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


class Worker:
    """The state between two lines: the follows read, and the model built from them."""

    def __init__(self, peer: str, variant: str, n_threads: int) -> None:
        self.peer = importlib.import_module(f"benchmarks.peers.{peer}")
        self.variant, self.n_threads = variant, n_threads
        self.follows: Follows | None = None
        self.model: Any = None

    def about(self) -> dict[str, Any]:
        from importlib.metadata import PackageNotFoundError, version

        names = getattr(self.peer, "PACKAGES", None) or [
            name.partition("==")[0] for name in self.peer.REQUIREMENTS
        ]
        found = {}
        for name in names:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                found[name] = "not installed"
        return {"versions": found, "python": sys.version.split()[0]}

    def warm_up(self, labelled: bool = False) -> dict[str, Any]:
        n = getattr(self.peer, "WARM_UP_ACCOUNTS", _WARM_UP)
        ends = np.random.default_rng(7).integers(0, n, (2, 16 * n), dtype=np.uint32)
        follower, followed = np.unique(ends[:, ends[0] != ends[1]], axis=1)
        if labelled:  # scattered, as those that are timed
            follower, followed = (each.astype(np.int64) * _SCATTER for each in (follower, followed))
        follows = Follows(np.ascontiguousarray(follower), np.ascontiguousarray(followed), n, "")
        if not getattr(self.peer, "NO_WARM_UP", False):
            builder = self.peer.build_labelled if labelled else self.peer.build
            model = builder(follows, self.variant, self.n_threads)
            self.peer.join(model, self.peer.solve(model, self.peer.grid(self.variant)[0])[0])
        return {}

    def load(self, folder: str, accounts: int) -> dict[str, Any]:
        start = time.perf_counter()
        columns = [np.load(f"{folder}/{end}.npy") for end in ("follower", "followed")]
        seconds = time.perf_counter() - start
        self.follows = Follows(columns[0], columns[1], accounts, folder)
        return {"load_seconds": seconds, "loaded_bytes": held_bytes("VmRSS")}

    def build(self, labelled: bool = False) -> dict[str, Any]:
        self.model = None
        self._ready(BUILD_BYTES)
        builder = self.peer.build_labelled if labelled else self.peer.build
        start = time.perf_counter()
        self.model = builder(self.follows, self.variant, self.n_threads)
        return {"build_seconds": time.perf_counter() - start, "build_bytes": held_bytes()}

    def solve(self, setting: float | None, out: str) -> dict[str, Any]:
        self._ready(SOLVE_BYTES)
        start = time.perf_counter()
        answer, iterations = self.peer.solve(self.model, setting)
        middle = time.perf_counter()
        joined = self.peer.join(self.model, answer)
        reply = {"solve_seconds": middle - start, "join_seconds": time.perf_counter() - middle}
        reply |= {"iterations": iterations, "solve_bytes": held_bytes()}
        extra = getattr(self.peer, "report", None)
        if extra is not None:
            reply |= extra(self.model, answer)
        labels, values = joined if isinstance(joined, tuple) else (None, joined)
        np.save(out, np.asarray(values))
        if labels is not None:
            np.save(out.replace(".npy", ".labels.npy"), np.asarray(labels))
        return reply

    def call(self, name: str, **given: Any) -> dict[str, Any]:
        self._ready(BUILD_BYTES)
        found: dict[str, Any] = getattr(self.peer, name)(self.follows, self.n_threads, **given)
        return found

    def _ready(self, bytes_per_follow: int) -> None:
        gc.collect()
        ready_memory(0 if self.follows is None else bytes_per_follow * len(self.follows.follower))
        forget_peak()


def main() -> None:
    peer, variant, n_threads = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    worker = Worker(peer, variant, int(n_threads))
    for line in sys.stdin:
        order = json.loads(line)
        try:
            reply = getattr(worker, order.pop("do"))(**order)
        except Exception as error:  # noqa: BLE001,RUF100 - whatever a library raises is its answer
            reply = {"failed": f"{type(error).__name__}: {str(error)[:200]}"}
        answers.write(json.dumps(reply) + "\n")


if __name__ == "__main__":
    main()
