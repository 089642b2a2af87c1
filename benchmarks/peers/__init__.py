"""Who is measured: one file per peer, listed by hand.

Each file is read twice: by this project's interpreter, for the constants, and by the peer's own, for the
functions; so it imports its library inside them, and NumPy at most outside.

    TITLE           what the table calls it
    REQUIREMENTS    what pip installs for it; () means that it runs in this project's own environment
    VARIANTS        names of its best documented settings, and of its defaults where they differ
    FOLLOWS_MAX     graphs with more follows are not tried, and the table says so
    WARM_UP_ACCOUNTS  how large a network loads the code that is timed (optional)
    RACES           whether answers vary from run to run (optional)
    grid(variant)   settings from the loosest; the loosest that reaches the error is timed
    build(follows, variant, n_threads) -> model
    solve(model, setting) -> (answer, iterations or None)
    join(model, answer) -> values by id, or (labels, values) after build_labelled
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import NamedTuple

import numpy as np

PEERS = (
    "ours",
    "scipy",
    "scikit_network",
    "networkit",
    "igraph",
    "rustworkx",
    "networkx",
    "graphblas",
    "graph_mate",
    "gapbs",
    "pcpm",
)
READERS = ("polars", "pyarrow")
BINARIES = ("gapbs", "pcpm")

TOLERANCES = tuple(float(f"{digit}e-{power}") for power in range(4, 17) for digit in (3, 1))
ITERATIONS = tuple(range(1, 257))
SWEEPS_MAX = 1000


class Follows(NamedTuple):
    """What a peer builds from: two columns of ids (uint32) or labels (int64), and how many accounts."""

    follower: np.ndarray
    followed: np.ndarray
    n_accounts: int
    folder: str


class Contender(NamedTuple):
    """One line of a table."""

    peer: str
    variant: str

    @property
    def module(self) -> ModuleType:
        return import_module(f"benchmarks.peers.{self.peer}")

    @property
    def title(self) -> str:
        return f"{self.module.TITLE}{', ' if self.variant else ''}{self.variant}"


def contenders(names: tuple[str, ...]) -> list[Contender]:
    """Return every variant of the peers named, in the order of PEERS."""
    found = [Contender(name, "") for name in PEERS if name in names]
    return [
        Contender(peer, variant)
        for peer, _ in found
        for variant in import_module(f"benchmarks.peers.{peer}").VARIANTS
    ]
