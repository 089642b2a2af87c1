"""Cells and tables of the page on robustness."""

from __future__ import annotations

import math
from collections.abc import Iterable

from benchmarks.tables import table
from influencegraph.lab.records import Estimate, LabRecords


def say(estimate: Estimate, digits: int = 2) -> str:
    """Return ``1.19 [1.18, 1.20]``."""
    if math.isnan(estimate.mean):
        return ""
    places = digits if abs(estimate.mean) < 10 else 1 if abs(estimate.mean) < 100 else 0
    words = f"{estimate.mean:,.{places}f}"
    return (
        words
        if math.isnan(estimate.low)
        else f"{words} [{estimate.low:,.{places}f}, {estimate.high:,.{places}f}]"
    )


def shorten(value: float) -> str:
    """Return two significant digits."""
    if math.isnan(value):
        return ""
    if abs(value) < 0.005:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"


def tabulate(top: LabRecords, attacks: Iterable[str], methods: Iterable[str], measure: str) -> str:
    found, methods = summarise(top, measure), list(methods)
    rows = [[f"`{attack}`", *(say(found[attack, each]) for each in methods)] for attack in attacks]
    return table(["attack", *map(quote, methods)], rows)


def tabulate_means(
    top: LabRecords, attacks: Iterable[str], methods: Iterable[str], measure: str, scale: float = 1.0
) -> str:
    found, methods = summarise(top, measure), list(methods)
    rows = []
    for attack in attacks:
        means = [scale * found[attack, each].mean for each in methods]
        rows.append([f"`{attack}`", *("" if math.isnan(each) else f"{each:z.1f}" for each in means)])
    return table(["attack", *map(quote, methods)], rows)


def summarise(top: LabRecords, measure: str) -> dict[tuple[str, str], Estimate]:
    """Return estimates by attack and method, of records of one budget."""
    return {(attack, method): estimate for attack, _, method, estimate in top.summarise(measure).lines}


def quote(method: str) -> str:
    return f"`{method}`"


def tell_budget(top: LabRecords) -> str:
    return f"With {top.records[0].budget:,} follows. "


def find(records: LabRecords, attack: str, method: str, measure: str, budget: int) -> Estimate:
    return records.select(attack=attack, method=method, budget=budget).estimate(measure)


def find_top(records: LabRecords, attack: str, method: str, measure: str) -> Estimate:
    return find(records, attack, method, measure, max(records.distinct("budget")))
