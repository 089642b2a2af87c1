"""How many sweeps and seconds to a certified error, by worth of a returned follow.

Every answer is checked before its time counts: its true error, against a solution certified to 1e-12, is
within its certificate.
"""

import math
import time
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

import influencegraph
from influencegraph import FollowerGraph

WORTHS = {1.0: math.inf, 0.5: 150.0, 0.0: 150.0}
"""mutual_worth: mutual_capacity; the first is PageRank."""
TOLERANCES = (1e-6, 1e-9)


class Row(NamedTuple):
    graph: str
    accounts: int
    follows: int
    worth: float
    capacity: float
    tolerance: float
    sweeps: int
    certified: float
    true_error: float
    seconds: tuple[float, ...]


def measure(graphs: Iterable[tuple[str, FollowerGraph]], rounds: int) -> list[Row]:
    rows = []
    for name, graph in graphs:
        cases = [(worth, tolerance) for worth in WORTHS for tolerance in TOLERANCES]
        checked = {case: _check(graph, *case) for case in cases}
        seconds: dict[tuple[float, float], list[float]] = {case: [] for case in cases}
        for _ in range(rounds):
            for case in cases:
                start = time.perf_counter()
                _score(graph, *case)
                seconds[case].append(time.perf_counter() - start)
        for worth, tolerance in cases:
            sweeps, certified, true_error = checked[worth, tolerance]
            rows.append(
                Row(
                    name, graph.n_accounts, graph.n_follows, worth, WORTHS[worth], tolerance,
                    sweeps, certified, true_error, tuple(seconds[worth, tolerance]),
                )
            )  # fmt: skip
    return rows


def _score(graph: FollowerGraph, worth: float, tolerance: float) -> influencegraph.Scores:
    return influencegraph.score(graph, mutual_worth=worth, mutual_capacity=WORTHS[worth], tolerance=tolerance)


def _check(graph: FollowerGraph, worth: float, tolerance: float) -> tuple[int, float, float]:
    scores, exact = _score(graph, worth, tolerance), _score(graph, worth, 1e-12)
    true_error = float(np.abs(scores.reach - exact.reach).sum()) * 0.15 / graph.n_accounts
    found = scores.certificate
    if true_error > found.error + exact.certificate.error:
        raise AssertionError(f"true error {true_error} above the certified {found.error}")
    return found.sweeps, found.error, true_error
