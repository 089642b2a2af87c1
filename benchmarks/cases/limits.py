"""How far is a sweep from what the machine can do?

A pull reads one index and gathers one value per follow, whatever the order; a partition-centric layout (PCPM)
streams messages instead and gathers in the cache. To add a layout: one line in LAYOUTS.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import influencegraph
from benchmarks import roofline, rows, timing
from benchmarks.graphs import Stored
from benchmarks.plan import Plan
from benchmarks.ready import SOLVE_BYTES, ready_memory
from benchmarks.tables import describe, graph_line, one, seconds, table
from influencegraph import FollowerGraph
from influencegraph.kernels.jit import Crew
from influencegraph.layouts.vectors import Vectors

CASE, TITLE = "limits", "How far from the machine's limits"
_PARTITION_BITS = 15
_SAMPLE = 1 << 24


class Layout(NamedTuple):
    """What one sweep needs per follow: bytes that stream, values gathered, and from where."""

    streamed_bytes: float
    gathers: float
    gathered: np.ndarray
    places: np.ndarray


def _pull(real: type) -> Callable[[FollowerGraph], Layout]:
    def layout(graph: FollowerGraph) -> Layout:
        indices = graph.followers.indices
        # Bounds of rows (8); of vectors: contributions and new values written, launch and old values read.
        per_account = 8 + 4 * np.dtype(real).itemsize
        streamed = indices.itemsize + per_account * graph.n_accounts / graph.n_follows
        return Layout(streamed, 1, np.ones(graph.n_accounts, real), indices[:_SAMPLE])

    return layout


def _partitioned(graph: FollowerGraph) -> Layout:
    """The layout as it lies in memory: 16 bits a follow, 32 a message and the float32 it reads, vectors.

    Of a message that is copied first the amount is read, the copy written and read, the follower not read.
    """
    prepared = _prepare(graph)
    n_messages, n_copies = prepared.layout.n_messages, prepared.layout.count_copies(prepared.n_spreading)
    per_follow = n_messages / graph.n_follows
    streamed = prepared.layout.n_bytes + 20 * prepared.n_spreading + 4 * (n_messages + n_copies)
    streamed /= graph.n_follows
    places = roofline.random_places(1 << _PARTITION_BITS, _SAMPLE).astype(np.uint16)
    return Layout(streamed, 1 + per_follow, np.ones(1 << _PARTITION_BITS, np.float32), places)


LAYOUTS: dict[str, Callable[[FollowerGraph], Layout]] = {
    "pull, float64": _pull(np.float64),
    "pull, float32": _pull(np.float32),
    "partitioned, float32": _partitioned,
}


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    stored = plan.middle()
    log = timing.Log(CASE, stored.name)
    graph = _build(stored)
    layouts = {name: make(graph) for name, make in LAYOUTS.items()}
    everywhere = roofline.random_places(graph.n_accounts, _SAMPLE)
    for block in range(1, plan.blocks + 1):
        bandwidth = roofline.copy_bandwidth(plan.threads)
        for name, layout in layouts.items():
            gather = roofline.gather_seconds(layout.gathered, layout.places, plan.threads)
            anywhere = roofline.gather_seconds(np.ones(graph.n_accounts), everywhere, plan.threads)
            measures = {
                "bandwidth": bandwidth, "gather_seconds": gather, "anywhere_seconds": anywhere,
                "streamed_bytes": layout.streamed_bytes, "gathers": layout.gathers,
                "limit_seconds": max(layout.streamed_bytes / bandwidth, layout.gathers * gather),
            }  # fmt: skip
            log.add(name, str(block), measures, threads=plan.threads)
        measures = _sweep(graph, plan.threads) | _step(graph, plan.threads)
        log.add("measured", str(block), measures, threads=plan.threads)
    yield stored.name, [graph_line(CASE, stored), *log.rows]


def _build(stored: Stored) -> FollowerGraph:
    return FollowerGraph.from_arrays(*stored.columns(), labels=np.arange(stored.n_accounts))


def _prepare(graph: FollowerGraph) -> Any:
    influencegraph.score(graph, method="pagerank", tolerance=1e-2, layout="partitioned")
    return graph.prepared["layout partitioned"][1]


def _step(graph: FollowerGraph, n_threads: int) -> dict[str, float]:
    """Return what one float32 step takes per follow, nothing but the layout's own work."""
    prepared = _prepare(graph)
    ones = np.ones(prepared.n_spreading, np.float32)
    vectors = Vectors(prepared.inverse, ones, ones, np.float32(0.85))
    room, out, taken = prepared.layout.open_room(), np.empty_like(ones), []
    with Crew(n_threads) as crew:
        for _ in range(9):
            start = time.perf_counter()
            for stage in reversed(range(prepared.n_busy_stages + 1)):
                prepared.layout.step(stage, vectors, out, room, crew)
            taken.append(time.perf_counter() - start)
    return {"step_seconds": statistics.median(taken[2:]) / graph.n_follows}


def _sweep(graph: FollowerGraph, n_threads: int) -> dict[str, float]:
    """Return what a sweep of the whole call takes per follow, certificate and all."""
    influencegraph.score(graph, method="pagerank", tolerance=1e-3, n_threads=n_threads)
    ready_memory(SOLVE_BYTES * graph.n_follows)
    start = time.perf_counter()
    scores = influencegraph.score(graph, method="pagerank", tolerance=1e-6, n_threads=n_threads)
    passed, sweeps = time.perf_counter() - start, scores.certificate.sweeps
    return {
        "solve_seconds": passed,
        "iterations": sweeps,
        "follow_seconds": passed / sweeps / graph.n_follows,
    }


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "Copy bandwidth and gather rates are numba loops on as many threads as the solver has, measured "
        "in the same run. A pull gathers along our own hub-first order, the partitioned layout "
        "inside 2^15 sums. The limit is the larger of streaming and gathering; *distance* is our "
        "measured time per follow and sweep (the whole call, certificate included, over its sweeps) "
        "against it."
    )
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        ours = rows.blocks(here, "follow_seconds", contender="measured")
        steps = rows.blocks(here, "step_seconds", contender="measured")
        whole, sweeps = (
            rows.blocks(here, name, contender="measured") for name in ("solve_seconds", "iterations")
        )
        bandwidth = [value / 1e9 for value in rows.blocks(here, "bandwidth", contender="pull, float64")]
        anywhere = [value * 1e9 for value in rows.blocks(here, "anywhere_seconds", contender="pull, float64")]
        yield f"### {describe(here)}"
        yield (
            f"Copying: {seconds(bandwidth)} GB/s, read and written. One gather of float64 from anywhere "
            f"in the accounts: {seconds(anywhere)} ns. Our solve at tolerance 1e-6: {seconds(whole)} s, "
            f"{one(sweeps, '.0f')} sweeps, {seconds([value * 1e9 for value in ours])} ns per follow and "
            f"sweep, certificate and all; one step of the partitioned layout alone: "
            f"{seconds([value * 1e9 for value in steps])} ns per follow."
        )
        lines = []
        for layout in LAYOUTS:
            found = {
                name: rows.blocks(here, name, contender=layout)
                for name in ("streamed_bytes", "gathers", "gather_seconds", "limit_seconds")
            }
            limit = found["limit_seconds"]
            distance = [mine / least for mine, least in zip(ours, limit, strict=False)]
            lines.append(
                [
                    layout, one(found["streamed_bytes"], ".2f"), one(found["gathers"], ".2f"),
                    seconds([value * 1e9 for value in found["gather_seconds"]]),
                    seconds([value * 1e9 for value in limit]), one(distance, ".2f"),
                ]
            )  # fmt: skip
        yield table(["layout", "bytes per follow", "gathers", "ns per gather", "limit ns", "distance"], lines)
