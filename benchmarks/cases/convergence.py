"""How many sweeps and seconds to a certified error, by worth of a returned follow?

Every answer is checked before its time counts: its true error, against a solution certified to 1e-12, is
within its certificate.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

import influencegraph
from benchmarks import graphs, iterations, rows, timing
from benchmarks.plan import Plan
from benchmarks.tables import one, seconds, table
from influencegraph import FollowerGraph

CASE, TITLE = "convergence", "Sweeps and seconds to a certified error"
WORTHS = {1.0: math.inf, 0.4: 150.0, 0.0: 150.0}
"""mutual_worth: mutual_capacity; the first is PageRank."""
TOLERANCES = (1e-6, 1e-9)
_SWEEPS_MAX = 200


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    cases = [(worth, tolerance) for worth in WORTHS for tolerance in TOLERANCES]
    for name, graph in graphs.load_small(plan.realdata):
        log = timing.Log(CASE, name)
        size = {"accounts": graph.n_accounts, "follows": graph.n_follows}
        log.add("", "graph", size | {"mutual": float(graph.mutual_counts.sum()) / max(graph.n_follows, 1)})
        checked = {case: _check(graph, *case) for case in cases}
        for worth in WORTHS:
            for tolerance, counts in zip(TOLERANCES, _count_others(graph, worth), strict=True):
                checked[worth, tolerance] |= counts
        for block in range(1, plan.blocks + 1):
            for worth, tolerance in cases:
                start = time.perf_counter()
                _score(graph, worth, tolerance)
                passed = {"solve_seconds": time.perf_counter() - start}
                log.add(f"worth {worth:g}", str(block), checked[worth, tolerance] | passed, tolerance)
        yield name, log.rows


def _score(graph: FollowerGraph, worth: float, tolerance: float) -> influencegraph.Scores:
    return influencegraph.score(graph, mutual_worth=worth, mutual_capacity=WORTHS[worth], tolerance=tolerance)


def _check(graph: FollowerGraph, worth: float, tolerance: float) -> dict[str, float]:
    scores, exact = _score(graph, worth, tolerance), _score(graph, worth, 1e-12)
    true_error = float(np.abs(scores.reach - exact.reach).sum()) * 0.15 / graph.n_accounts
    found = scores.certificate
    if true_error > found.error + exact.certificate.error:
        raise timing.WrongAnswerError(f"true error {true_error} above the certified {found.error}")
    return {"iterations": found.sweeps, "certified": found.error, "error": true_error}


def _count_others(graph: FollowerGraph, worth: float) -> list[dict[str, float]]:
    """Return the sweeps of plain steps and of Chebyshev's to each of `TOLERANCES`, as true errors."""
    exact = _score(graph, worth, 1e-12).reach[graph.position_of]
    step = iterations.make_step(graph, worth, WORTHS[worth])
    plain = iterations.count_sweeps(iterations.plain(step, len(exact)), exact, TOLERANCES, _SWEEPS_MAX)
    chebyshev = iterations.count_best_chebyshev(step, exact, TOLERANCES, _SWEEPS_MAX)
    return [{"plain": a, "chebyshev": b} for a, b in zip(plain, chebyshev, strict=True)]


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "Worth 1 is PageRank (no capacity); 0.4 and 0 have the default capacity and giving. Seconds are the "
        "whole call of `score` on a built graph. The true error is the distance from a solution "
        "certified to 1e-12; it was checked against the certificate before anything was timed. *Plain* and "
        "*Chebyshev* are sweeps in float64 until the true error is as small, with nothing certified; "
        "Chebyshev was given the best of 56 intervals for the eigenvalues."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        size = rows.select(here, block="graph")[0].measures
        for worth in rows.distinct(here, "contender"):
            for tolerance in rows.distinct(rows.select(here, contender=worth), "target"):
                mine = rows.select(here, contender=worth, target=tolerance)
                lines.append(
                    [
                        graph, f"{size['accounts'][0]:,.0f}", f"{size['follows'][0]:,.0f}",
                        worth.removeprefix("worth "), tolerance, one(rows.blocks(mine, "iterations"), ".0f"),
                        one(rows.blocks(mine, "plain"), ".0f"), one(rows.blocks(mine, "chebyshev"), ".0f"),
                        one(rows.blocks(mine, "certified"), ".1e"), one(rows.blocks(mine, "error"), ".1e"),
                        seconds(rows.blocks(mine, "solve_seconds")),
                    ]
                )  # fmt: skip
    header = [
        "graph",
        "accounts",
        "follows",
        "worth",
        "tolerance",
        "sweeps",
        "plain",
        "Chebyshev",
        "certified",
        "true error",
        "seconds",
    ]
    yield table(header, lines)
