"""What does a sweep cost when every follow has a weight of its own?"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks import rows, timing
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, one, ratio, seconds, table
from influencegraph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.layouts.partitioned import PartitionedLayout
from influencegraph.layouts.pull import PullLayout
from influencegraph.layouts.vectors import Vectors

CASE, TITLE = "weighted", "A weight for every follow"
_REPEATS = 9
_AGREE = 1e-4


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for stored in plan.graphs():
        log = timing.Log(CASE, stored.name)
        graph = FollowerGraph.from_arrays(*stored.columns(), labels=np.arange(stored.n_accounts))
        n = int((graph.out_degrees > 0).sum())
        stages, weights = (0, n, n), np.random.default_rng(0).random(graph.n_follows, np.float32)
        with Crew(plan.threads) as crew:
            plain = PartitionedLayout(graph, None, stages, crew)
            weighted = PartitionedLayout(graph, weights, stages, crew)
            _check(weighted, PullLayout(graph, weights, stages), n, crew)
            for block in range(1, plan.blocks + 1):
                measures = {
                    "plain_seconds": _time(plain, n, crew) / graph.n_follows,
                    "weighted_seconds": _time(weighted, n, crew) / graph.n_follows,
                    "plain_bytes": plain.n_bytes / graph.n_follows,
                    "weighted_bytes": weighted.n_bytes / graph.n_follows,
                }
                log.add("step", str(block), measures, threads=plan.threads)
        yield stored.name, [graph_line(CASE, stored), *log.rows]


def _vectors(n: int) -> Vectors:
    ones = np.ones(n, np.float32)
    return Vectors(np.linspace(0.1, 1, n, dtype=np.float32), ones, ones, np.float32(0.85))


def _check(one: PartitionedLayout, other: PullLayout, n: int, crew: Crew) -> None:
    """Both layouts' float32 steps agree."""
    found = [np.empty(n, np.float32) for _ in range(2)]
    for layout, out in zip((one, other), found, strict=True):
        layout.step(0, _vectors(n), out, layout.open_room(), crew)
    if np.abs(found[0] - found[1]).max() > _AGREE * found[1].max():
        raise timing.WrongAnswerError("steps of two layouts differ")


def _time(layout: PartitionedLayout, n: int, crew: Crew) -> float:
    """Return the median seconds of one step."""
    vectors, room, out = _vectors(n), layout.open_room(), np.empty(n, np.float32)
    taken = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        layout.step(0, vectors, out, room, crew)
        taken.append(time.perf_counter() - start)
    return float(np.median(taken[2:]))


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "One float32 step in partitions, ns per follow: all weights alike, and a float32 number for each "
        "follow (weights, engagement). The weighted step was checked against the pull layout's."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        plain, weighted = (
            rows.blocks(here, f"{kind}_seconds", contender="step") for kind in ("plain", "weighted")
        )
        bytes_of = [rows.blocks(here, f"{kind}_bytes", contender="step") for kind in ("plain", "weighted")]
        lines.append(
            [
                describe(here), seconds([value * 1e9 for value in plain]),
                seconds([value * 1e9 for value in weighted]), ratio(weighted, plain),
                *(one(values, ".1f") for values in bytes_of),
            ]
        )  # fmt: skip
    yield table(
        ["graph", "plain ns", "weighted ns", "weighted / plain", "bytes, plain", "bytes, weighted"], lines
    )
