"""How long does PageRank take, from ids to values, at equal true error?"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import rows, timing
from benchmarks.plan import Plan
from benchmarks.tables import graph_line, race_table

CASE, TITLE = "solve", "Solving, at equal true error"
TARGETS = (1e-6, 1e-9)


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for graph in plan.graphs():
        race = timing.Race(plan, CASE, graph, TARGETS, plan.threads)
        yield graph.name, [graph_line(CASE, graph), *race.run(plan.asked())]


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "From two columns of ids in memory. *Build* makes what the contender solves on, *join* brings "
        "its answer back into an array by account; *x* is its solve against ours (certified), the median "
        "of the blocks' ratios. *Peak* is the most memory that the process held while building or "
        "solving, the interpreter and the two columns included. The C++ binaries read a graph that is "
        "ready: no build is timed for them, and no start."
    )
    for graph in rows.distinct(measured, "graph"):
        for target in TARGETS:
            yield from race_table(rows.select(measured, graph=graph), f"{target:g}")
