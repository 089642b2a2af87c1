"""Raw rows into docs/benchmarks.md: each section says where, when and with what it was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from benchmarks import rows
from benchmarks.graphs import Stored
from benchmarks.plan import today

_HEAD = """# Benchmarks

Written by `python -m benchmarks` from [raw rows](benchmarks.csv); nobody types a number.
[How to run it](benchmarks_howto.md), with whom, and how to get the C++ peers.

- **Error** is the L1 distance of the result, scaled to sum 1, from a float64 solution with residual 1e-13.
  Every timed answer is compared with it. One that misses the error asked for ends its line, which says so.
- **Equal error:** each contender runs at the loosest setting of a fixed grid that reaches the error.
  "certified": our own certificate reaches it, which costs sweeps; "true error" compares like with like.
  Where threads race (GAPBS, graph-mate) answers vary: five of them must come within 0.9 of the error first.
- **Blocks are interleaved:** each block runs everybody once, in fresh processes. Times are the median over
  the blocks, with their range. Read ratios before times: they compare within a block.
- **Memory touched beforehand:** before each timed part as much as it may need is touched and freed by the
  same process, because virtual machines hand free memory back to their host, and whoever came first would
  wait for it. Sections that do not say so were measured without, and have that in their times.
- **Losses are in the tables too.** A ratio *x* below 1 is a contender that is faster than we are.
"""
OURS = "**influencegraph**, certified"


def write(raw: Path, page: Path, cases: Sequence[ModuleType]) -> None:
    """Write the page from all raw rows, cases without rows left out."""
    everything = rows.read(raw)
    lines = [_HEAD]
    for case in cases:
        measured = rows.select(everything, case=case.CASE)
        if not measured:
            continue
        lines += [f"## {case.TITLE}", "", *_about(measured), ""]
        shown = [row for row in measured if row.block != rows.ABOUT]
        lines += [*_spaced(case.render(shown))]
    page.write_text("\n".join(lines).rstrip() + "\n")


def _spaced(parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        yield from (part, "")


def _about(measured: list[rows.Row]) -> Iterator[str]:
    about: dict[str, list[str]] = {}
    for row in rows.select(measured, block=rows.ABOUT):
        about.setdefault(f"{row.date}, {row.note}; {row.measures['blocks'][0]:.0f} blocks", []).append(
            row.graph
        )
    for text, graphs in about.items():
        where = f" ({', '.join(graphs)})" if len(about) > 1 else ""
        yield f"*{text}{where}.*"


def graph_line(case: str, graph: Stored) -> rows.Row:
    """Return the row that says how large a graph is."""
    size = {"accounts": (graph.n_accounts,), "follows": (graph.n_follows,), "mutual": (graph.mutual,)}
    return rows.Row(case, graph.name, "", "", "", "", "graph", size, "", today())


def describe(measured: Iterable[rows.Row]) -> str:
    """Return the heading of a graph's table."""
    for row in rows.select(measured, block="graph"):
        size = {name: value[0] for name, value in row.measures.items()}
        return (
            f"{row.graph}: {size['accounts']:,.0f} accounts, {size['follows']:,.0f} follows, "
            f"{100 * size['mutual']:.1f} % mutual"
        )
    return ""


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    drawn = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in drawn)


def seconds(values: Sequence[float]) -> str:
    """Return the median, and the range in brackets."""
    if not values:
        return "-"
    middle = statistics.median(values)
    if len(values) == 1:
        return _figures(middle)
    return f"{_figures(middle)} [{_figures(min(values))}-{_figures(max(values))}]"


def _figures(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio(values: Sequence[float], base: Sequence[float]) -> str:
    """Return the median of the blocks' ratios."""
    pairs = [value / other for value, other in zip(values, base, strict=False) if other > 0]
    return f"{statistics.median(pairs):.2f}" if pairs else "-"


def mebibytes(values: Sequence[float]) -> str:
    return f"{statistics.median(values) / 2**20:,.0f}" if values else "-"


def one(values: Sequence[float], form: str) -> str:
    return format(statistics.median(values), form) if values else "-"


def race_table(measured: list[rows.Row], target: str, base: str = OURS) -> Iterator[str]:
    """Draw one graph's race to one error."""
    yield f"### {describe(measured)}; error {target}"
    header = [
        "contender",
        "setting",
        "sweeps",
        "error",
        "build s",
        "solve s",
        "join s",
        "x",
        "build+solve+join s",
        "peak MiB",
    ]
    lines, notes = [], []
    fastest = rows.blocks(measured, "solve_seconds", contender=base, target=target)
    for contender in rows.distinct(measured, "contender"):
        mine = rows.select(measured, contender=contender)
        ended = [row for row in rows.select(mine, block=rows.ABORTED) if row.target in ("", target)]
        if ended:
            lines.append([contender, ended[0].note, *[""] * (len(header) - 2)])
            continue
        if not (timed := [row for row in mine if row.block.isdigit() and row.target == target]):
            continue
        lines.append(_race_line(contender, timed, fastest))
        notes += [f"{contender}: {row.note}" for row in timed[:1] if row.note]
    yield table(header, lines)
    if notes:
        yield "How the answers of the binaries were checked: " + "; ".join(notes) + "."


def _race_line(contender: str, timed: list[rows.Row], fastest: list[float]) -> list[str]:
    measure = {name: rows.blocks(timed, f"{name}_seconds") for name in ("build", "solve", "join")}
    together = [sum(parts) for parts in zip(*(each for each in measure.values() if each), strict=False)]
    peaks = [
        max(pair)
        for pair in zip(
            rows.blocks(timed, "build_bytes") or rows.blocks(timed, "solve_bytes"),
            rows.blocks(timed, "solve_bytes"),
            strict=False,
        )
    ]
    return [
        contender,
        timed[0].setting or "none to set",
        one(rows.blocks(timed, "iterations"), ".0f"),
        one([max(row.measures["error"]) for row in timed], ".1e"),
        seconds(measure["build"]),
        seconds(measure["solve"]),
        one(measure["join"], ".2g"),
        ratio(measure["solve"], fastest),
        seconds(together) if measure["build"] else "-",
        mebibytes(peaks),
    ]
