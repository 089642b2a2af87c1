"""Several teleport distributions at once against one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import rows, timing
from benchmarks.peers import Contender
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, ratio, seconds, table

CASE, TITLE = "batch", "Several right-hand sides"
BATCH, TOLERANCE = 8, 1e-6


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    """Time `peers/ours.py: solve_batch`, the one place that knows the batch call."""
    graph, ours = plan.middle(), Contender("ours", "certified")
    log = timing.Log(CASE, graph.name)
    for block in range(1, plan.blocks + 1):
        with timing.Process(ours, plan.python("ours"), plan.threads, plan) as process:
            process.ask("warm_up")
            process.ask("load", folder=str(graph.folder.resolve()), accounts=graph.n_accounts)
            answer = process.ask("call", name="solve_batch", tolerance=TOLERANCE, batch=BATCH)
        log.add(ours.title, str(block), answer, TOLERANCE, plan.threads, TOLERANCE)
    yield graph.name, [graph_line(CASE, graph), *log.rows]


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield f"{BATCH} teleport distributions, PageRank at tolerance {TOLERANCE:g}: one by one and at once."
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        apart, together = (rows.blocks(here, f"{how}_seconds") for how in ("apart", "together"))
        lines.append(
            [
                describe(here),
                seconds(apart),
                seconds(together) if together else "no batch call yet",
                ratio(apart, together),
            ]
        )
    yield table(["graph", "one by one s", "together s", "x"], lines)
