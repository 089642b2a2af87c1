"""What does the second thread bring?"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import rows, timing
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, ratio, seconds, table

CASE, TITLE = "threads", "One thread and two"
TARGET = 1e-6
_PEERS = ("ours", "graph_mate", "gapbs")


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    graph = plan.middle()
    found = [graph_line(CASE, graph)]
    for n_threads in (1, 2):
        found += timing.Race(plan, CASE, graph, (TARGET,), n_threads).run(plan.asked(_PEERS))
    yield graph.name, found


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield "*x*: the time on one thread over the time on two, the median of the blocks' ratios."
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        yield f"### {describe(here)}; error {TARGET:g}"
        lines = []
        for contender in rows.distinct(here, "contender"):
            alone, together = (
                rows.blocks(here, "solve_seconds", contender=contender, threads=n) for n in ("1", "2")
            )
            if alone or together:
                lines.append([contender, seconds(alone), seconds(together), ratio(alone, together)])
            else:
                lines.append(
                    [contender, rows.select(here, contender=contender, block=rows.ABORTED)[0].note, "", ""]
                )
        yield table(["contender", "solve s, 1 thread", "solve s, 2 threads", "x"], lines)
