"""Columns of account ids in, account ids with scores out: what a user waits for."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import rows, timing
from benchmarks.plan import Plan
from benchmarks.tables import graph_line, race_table

CASE, TITLE = "end_to_end", "From labelled arrays to labelled scores"
TARGETS = (1e-6, 1e-9)
_PEERS = ("ours", "scipy", "networkit", "graphblas", "graph_mate")


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    graph = plan.middle("_labels")
    race = timing.Race(plan, CASE, graph, TARGETS, plan.threads, labelled=True)
    yield graph.name, [graph_line(CASE, graph), *race.run(plan.asked(_PEERS))]


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "Account ids are scattered over 63 bits. The peers know numbers from 0 only: their *build* "
        "includes numbering the accounts with pandas' hash table. What counts is the sum. Between ids "
        "from 0, the sums are in the first section."
    )
    for graph in rows.distinct(measured, "graph"):
        for target in TARGETS:
            yield from race_table(rows.select(measured, graph=graph), f"{target:g}")
