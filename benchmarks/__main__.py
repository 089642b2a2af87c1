"""``python -m benchmarks``: measure, keep the raw rows, and write docs/benchmarks.md from them.

Without options: influencegraph and SciPy on the seeded graphs. What peers need: docs/benchmarks_howto.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import graphs, rows, tables
from benchmarks.cases import CASES, HUGE
from benchmarks.peers import BINARIES, PEERS, READERS
from benchmarks.plan import Plan

_INSTALLED = tuple(name for name in (*PEERS, *READERS) if name not in ("ours", *BINARIES))


def parse(arguments: list[str] | None = None) -> tuple[Plan, list[str]]:
    """Return the plan and the names of the cases."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--size", choices=list(graphs.SIZES), default="default", help="which seeded graphs")
    add(
        "--graphs",
        nargs="+",
        default=(),
        metavar="NAME",
        help="these instead: rmat16, uniform17_mutual30, ...",
    )
    add("--realdata", type=Path, metavar="FOLDER", help="folder of real graphs")
    add(
        "--peers",
        nargs="*",
        choices=_INSTALLED,
        metavar="NAME",
        help=f"all, or some of {', '.join(_INSTALLED)}",
    )
    for name in BINARIES:
        add(f"--{name}", type=Path, metavar="PATH", help=f"binary of {name}")
    add("--blocks", type=int, default=5, help="interleaved blocks (default: 5)")
    add("--cache", type=Path, default=Plan.cache, metavar="DIR", help="graphs and environments")
    add("--docs", type=Path, default=Plan.docs, metavar="DIR", help="where the page and its raw rows are")
    add(
        "--only", nargs="+", choices=[case.CASE for case in CASES], metavar="CASE", help="measure these again"
    )
    add("--render", action="store_true", help="write the page again, measure nothing")
    chosen = parser.parse_args(arguments)
    peers = () if chosen.peers is None else tuple(chosen.peers) or _INSTALLED
    binaries = {name: path.resolve() for name in BINARIES if (path := getattr(chosen, name)) is not None}
    plan = Plan(
        chosen.size,
        tuple(chosen.graphs),
        chosen.blocks,
        chosen.realdata,
        peers,
        binaries,
        chosen.cache.resolve(),
        chosen.docs.resolve(),
    )
    cases = HUGE if chosen.size == "huge" else CASES
    return plan, [] if chosen.render else chosen.only or [case.CASE for case in cases]


def main() -> None:
    plan, names = parse()
    plan.docs.mkdir(parents=True, exist_ok=True)
    for case in CASES:
        if case.CASE in names:
            print(case.TITLE, flush=True)
            for graph, measured in case.measure(plan):
                rows.replace(plan.raw, case.CASE, graph, [plan.about(case.CASE, graph), *measured])
                tables.write(plan.raw, plan.docs / "benchmarks.md", CASES)
    tables.write(plan.raw, plan.docs / "benchmarks.md", CASES)


if __name__ == "__main__":
    main()
