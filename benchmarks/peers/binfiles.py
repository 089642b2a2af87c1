"""Graph files of the C++ peers, kept beside the stored graph: in the order of the ids, and hub-first.

graph.sg    GAPBS: directed flag, follows, accounts, then rows of followed, then rows of followers
graph.csr   PCPM: accounts, follows, rows of followed, all 32-bit
order.npy   hub-first only: the id of each renumbered account
"""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from benchmarks.peers import Follows
from benchmarks.reference import sort_rows

ORDERS = {"ids as given": "", "hub-first ids": ""}
"""The order that the file has, which decides how well the caches work."""


def prepare(follows: Follows, variant: str, suffix: str) -> tuple[Path, np.ndarray | None]:
    """Return the path of the graph's file, written where it is missing, and the order of its accounts."""
    hub_first = variant.startswith("hub-first")
    folder = Path(follows.folder) / ("hub_first" if hub_first else "as_given")
    path, order_path = folder / f"graph{suffix}", folder / "order.npy"
    folder.mkdir(exist_ok=True)
    if not path.exists():
        follower, followed, n = follows.follower, follows.followed, follows.n_accounts
        if hub_first:
            order = np.argsort(-np.bincount(follower, minlength=n), kind="stable")
            renumbered = np.empty(n, np.uint32)
            renumbered[order] = np.arange(n, dtype=np.uint32)
            follower, followed = renumbered[follower], renumbered[followed]
            np.save(order_path, order)
        partial = folder / f"partial{suffix}"
        with partial.open("wb") as file:
            (_write_sg if suffix == ".sg" else _write_csr)(file, follower, followed, n)
        os.replace(partial, path)
    return path, np.load(order_path) if hub_first else None


def _write_sg(file: BinaryIO, follower: np.ndarray, followed: np.ndarray, n: int) -> None:
    np.array([1], np.uint8).tofile(file)
    np.array([len(follower), n], np.int64).tofile(file)
    starts, entries = _ascending(follower, followed, n)
    starts.tofile(file)
    entries.tofile(file)
    starts, entries = _ascending(followed, follower, n)
    starts.tofile(file)
    entries.tofile(file)


def _write_csr(file: BinaryIO, follower: np.ndarray, followed: np.ndarray, n: int) -> None:
    starts, entries = _ascending(follower, followed, n)
    np.array([n, len(follower)], np.uint32).tofile(file)
    starts[:-1].astype(np.uint32).tofile(file)
    entries.tofile(file)


def _ascending(rows: np.ndarray, entries: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two counting sorts: by entry, then stably by row."""
    starts, by_entry = sort_rows(entries, rows, n)
    return sort_rows(by_entry, np.repeat(np.arange(n, dtype=np.uint32), np.diff(starts)), n)


def run(command: list[str], n_threads: int, folder: str | None = None, **extra: str) -> str:
    """Run a binary and return what it prints."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(n_threads), **extra}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChildProcessError(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr[-200:]}")
    return done.stdout


def peak_bytes_of_children() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def join(model: Any, answer: Any) -> Any:
    """Return the scores in the order of the ids."""
    if model["order"] is None:
        return answer["scores"]
    values = np.empty_like(answer["scores"])
    values[model["order"]] = answer["scores"]
    return values
