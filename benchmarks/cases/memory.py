"""How much memory does it take? Read from the races of the first section."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks import rows
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, mebibytes, table

CASE, TITLE = "memory", "Memory"
_WANTED = ("loaded_bytes", "build_bytes", "solve_bytes")


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    """Take over what the first section measured."""
    for graph in plan.graphs():
        raced = rows.select(rows.read(plan.raw), case="solve", graph=graph.name, target="1e-06")
        ours_first = rows.distinct(raced, "contender").index
        kept = [
            row._replace(
                case=CASE, measures={name: row.measures[name] for name in _WANTED if name in row.measures}
            )
            for row in sorted(raced, key=lambda row: ours_first(row.contender))
            if row.block.isdigit()
        ]
        if kept:
            yield graph.name, [graph_line(CASE, graph), *kept]


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "Most memory held, above what the process held with the two columns loaded (*loaded*, "
        "interpreter and libraries included). Of the binaries: all that they held. Per follow, in bytes, "
        "in the last column."
    )
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        follows = rows.select(here, block="graph")[0].measures["follows"][0]
        lines = []
        for contender in rows.distinct(here, "contender"):
            loaded, built, solved = (rows.blocks(here, name, contender=contender) for name in _WANTED)
            base = statistics.median(loaded) if loaded else 0.0
            above = [[max(value - base, 0.0) for value in values] for values in (built, solved)]
            most = max([*above[0], *above[1], 0.0])
            lines.append(
                [contender, mebibytes(loaded), *(mebibytes(each) for each in above), f"{most / follows:.1f}"]
            )
        yield f"### {describe(here)}"
        yield table(["contender", "loaded MiB", "building MiB", "solving MiB", "bytes per follow"], lines)
