"""What do eight right-hand sides cost against one after the other?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import influencegraph
from benchmarks import rows, timing
from benchmarks.plan import Plan
from benchmarks.ready import BUILD_BYTES, ready_memory
from benchmarks.tables import describe, graph_line, one, ratio, seconds, table
from influencegraph import FollowerGraph, Scores

CASE, TITLE = "batch", "Several right-hand sides"
BATCH, TARGETS = 8, (1e-6, 1e-9)


def _cases(n_accounts: int) -> dict[str, list[dict[str, Any]]]:
    """Return what is asked at once: eight teleports of PageRank, eight topics of 300 seeds, eight worths."""
    rng = np.random.default_rng(0)
    return {
        "PageRank": [{"method": "pagerank", "teleport": rng.random(n_accounts)} for _ in range(BATCH)],
        "topics": [{"teleport": rng.choice(n_accounts, 300, replace=False).tolist()} for _ in range(BATCH)],
        "mutual_worth": [{"mutual_worth": step / (BATCH - 1)} for step in range(BATCH)],
    }


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for stored in plan.graphs():
        log = timing.Log(CASE, stored.name)
        graph = FollowerGraph.from_arrays(*stored.columns(), labels=np.arange(stored.n_accounts))
        for kind, cases in _cases(stored.n_accounts).items():
            influencegraph.score_batch(graph, cases, tolerance=0.5)  # makes both layouts
            influencegraph.score(graph, tolerance=0.5)
            for block in range(1, plan.blocks + 1):
                for target in TARGETS:
                    measures = _time(graph, cases, target, plan.threads, block % 2 == 1)
                    log.add(kind, str(block), measures, target, plan.threads, target)
        yield stored.name, [graph_line(CASE, stored), *log.rows]


def _time(
    graph: FollowerGraph, cases: list[dict[str, Any]], tolerance: float, n_threads: int, apart_first: bool
) -> dict[str, Any]:
    effort: dict[str, Any] = {"tolerance": tolerance, "n_threads": n_threads}
    ways: dict[str, Callable[[], list[Scores]]] = {
        "apart": lambda: [influencegraph.score(graph, **case, **effort) for case in cases],
        "together": lambda: influencegraph.score_batch(graph, cases, **effort),
    }
    found, measures = {}, {}
    for way in [*ways][:: 1 if apart_first else -1]:
        ready_memory(BUILD_BYTES * graph.n_follows)
        start = time.perf_counter()
        found[way] = ways[way]()
        measures[f"{way}_seconds"] = time.perf_counter() - start
    for one_by_one, at_once in zip(found["apart"], found["together"], strict=True):
        if not np.all((one_by_one.lower <= at_once.upper) & (at_once.lower <= one_by_one.upper)):
            raise timing.WrongAnswerError("intervals of one account do not meet")
    return measures


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        f"{BATCH} cases, each by `score` and all by `score_batch`, to one certified error; *cost* is the "
        "time of all together over the mean time of one. Every account's two intervals were checked to meet."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        for kind in rows.distinct(here, "contender"):
            for target in TARGETS:
                found = rows.select(here, contender=kind, target=f"{target:g}")
                if not found:
                    continue
                apart, together = (rows.blocks(found, f"{how}_seconds") for how in ("apart", "together"))
                cost = [BATCH * many / each for many, each in zip(together, apart, strict=True)]
                lines.append(
                    [
                        describe(here), kind, f"{target:g}", seconds(apart), seconds(together),
                        ratio(apart, together), one(cost, ".1f"),
                    ]
                )  # fmt: skip
    yield table(["graph", "cases", "tolerance", "apart s", "together s", "apart / together", "cost"], lines)
