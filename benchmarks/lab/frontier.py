"""The frontier, as docs/honesty.md tells it: gain against accuracy."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchmarks.lab import simulated
from benchmarks.tables import table
from influencegraph.lab.frontier import CAPACITIES, WORTHS, Frontier, Point, Setting

PICTURE = "honesty.svg"
DEFAULT, STRICT = Setting(0.4, 150.0), Setting(0.0, math.inf)
FORMER = Setting(0.5, 150.0, mutual_giving=0.0)
"""Version 1 of the settings."""


def write_frontier(frontier: Frontier) -> Iterator[str]:
    sizes = ", ".join(f"{size:,}" for size in simulated.POOL_SIZES)
    budgets = ", ".join(f"{budget:,}" for budget in simulated.BUDGETS)
    yield (
        f"Gain: real accounts of a simulated network of {simulated.N_ACCOUNTS:,}, drawn by lot, half of "
        "whose pairs come to follow each other; their summed values after it over those before. Pools of "
        f"{sizes} accounts (from {budgets} follows), {simulated.N_SEEDS} seeds each, for each the mean; what "
        "counts is the size at which a method does worst. Accuracy: the mean of the four rows. A method is "
        "on the frontier if nothing tried has as little gain and as much accuracy."
    )
    yield f"![Gain against accuracy]({PICTURE})"
    header = ["method", *(f"pool of {size:,}" for size in simulated.POOL_SIZES), "seeds, at worst"]
    header += [f"ring of {simulated.RING_SIZE:,}", "any ring", "accuracy", ""]
    told = {str(DEFAULT), str(STRICT), str(FORMER)}
    named = [each for each in frontier.points if math.isnan(each.mutual_worth) or each.method in told]
    yield table(header, map(_tell_point, named))
    yield (
        "A ring's gain is what fakes who all follow each other and nobody else, and whom nobody else "
        "follows, make of the attention they launch; any ring's is proved (`influencegraph.ring_cap`). Reach "
        "at every worth and capacity, followers counting by what they give as by default, as gain at the "
        "worst size and accuracy, those on the frontier in bold:"
    )
    header = ["worth", *(f"capacity {_capacity(each)}" for each in CAPACITIES)]
    yield table(header, (_tell_worth(frontier, worth) for worth in WORTHS))


def _tell_point(point: Point) -> list[str]:
    gains = [f"x{gain:.2f}" for gain in point.by_budget.values()]
    former = point.method == str(FORMER)
    rings = simulated.find_rings(point, (FORMER if former else DEFAULT).mutual_giving)
    notes = {str(DEFAULT): "default", str(STRICT): "strict", str(FORMER): "version 1"}.get(point.method, "")
    notes += (", " if notes else "") + "on the frontier" if point.is_best else ""
    return [
        f"`{point.method}`", *gains, f"[{point.gain_low:.2f}, {point.gain_high:.2f}]",
        *(["", ""] if rings is None else [f"x{gain:.2f}" for gain in rings]), f"{point.accuracy:.3f}", notes,
    ]  # fmt: skip


def _tell_worth(frontier: Frontier, worth: float) -> list[str]:
    line = [f"{worth:g}"]
    for capacity in CAPACITIES:
        point = find_point(frontier, str(Setting(worth, capacity if worth else math.inf)))
        cell = f"x{point.gain:.2f}, {point.accuracy:.3f}"
        line.append(f"**{cell}**" if point.is_best else cell)
    return line


def find_point(frontier: Frontier, method: str) -> Point:
    return next(point for point in frontier.points if point.method == method)


def _capacity(value: float) -> str:
    return "none" if math.isinf(value) else f"{value:g}"
