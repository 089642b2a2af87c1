"""What people look at of the lab: tables of measures, and how far a run is."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from influencegraph.io.display import align_table, printable

if TYPE_CHECKING:
    from influencegraph.lab.records import Estimate, LabRecords, Summary
    from influencegraph.lab.run import LabProgress

_SHOWN = 40


def describe_records(records: LabRecords) -> str:
    """Return what was run, and the amplifications, mean over seeds."""
    counts = {name: len(records.distinct(name)) for name in ("attack", "method", "budget", "seed")}
    said = ", ".join(_count(number, name) for name, number in counts.items())
    title = f"Lab: {_count(len(records), 'record')}, of {said}"
    return f"{title}\n{describe_summary(records.summarise())}" if len(records) else title


def describe_summary(summary: Summary) -> str:
    """Return a table: a line for each attack and budget, a column for each method."""
    methods = list(dict.fromkeys(line[2] for line in summary.lines))
    cells: dict[tuple[str, int], dict[str, Estimate]] = {}
    for attack, budget, method, estimate in summary.lines:
        cells.setdefault((attack, budget), {})[method] = estimate
    rows = [
        [printable(attack), f"{budget:,}", *(say_estimate(found.get(method)) for method in methods)]
        for (attack, budget), found in cells.items()
    ]
    hidden = len(rows) - _SHOWN
    table = align_table(["attack", "budget", *map(printable, methods)], rows[:_SHOWN])
    rest = [f"... and {hidden:,} more lines"] if hidden > 0 else []
    return "\n".join([f"{summary.measure}: mean over seeds, and how far its interval goes", table, *rest])


def say_estimate(estimate: Estimate | None) -> str:
    """Return ``1.19 ±0.02``, or a dash where there is no number."""
    if estimate is None or math.isnan(estimate.mean):
        return "-"
    mean = f"{estimate.mean:.2f}" if abs(estimate.mean) < 1000 else f"{estimate.mean:,.0f}"
    half = (estimate.high - estimate.low) / 2
    return mean if math.isnan(half) else f"{mean} ±{half:.2f}"


def draw_lab_progress(stream: Any = None) -> Callable[[LabProgress], object] | None:
    """Return a callable that draws one line on `stream`, or None where that is no terminal."""
    stream = sys.stderr if stream is None else stream
    if stream is None or not stream.isatty():
        return None

    def draw(progress: LabProgress) -> None:
        bar = "#" * (30 * progress.done // progress.total)
        what = printable(f"{progress.attack}, budget {progress.budget:,}, seed {progress.seed}", 60)
        end = "\n" if progress.done == progress.total else ""
        stream.write(f"\r[{bar:<30}] {progress.done} of {progress.total}: {what:<60}{end}")
        stream.flush()

    return draw


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
