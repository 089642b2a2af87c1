"""Calibrations as text: what is proposed, what it costs, what it stops, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from influencegraph.io.display import printable

if TYPE_CHECKING:
    from influencegraph.lab.calibrate import Calibration


def describe_calibration(found: Calibration) -> str:
    """Return the proposal in six lines."""
    best, neutral = found.proposal, found.pagerank
    judged = (
        f"Spearman with {', '.join(map(printable, found.truths))}"
        if found.truths
        else "Spearman with PageRank"
    )
    sizes = f"{min(found.pool_sizes):,} to {max(found.pool_sizes):,}"
    budgets = f"{min(found.budgets):,} to {max(found.budgets):,}"
    rows = [
        ("proposed", f"mutual_worth={best.mutual_worth:g}, mutual_capacity={best.mutual_capacity:g}"),
        (
            "costs",
            f"{best.cost:.3f} of accuracy: {best.accuracy:.3f}, PageRank {neutral.accuracy:.3f} ({judged}, "
            f"over {found.n_honest:,} accounts)",
        ),
        (
            "a pool",
            f"of {sizes} accounts trading {budgets} follows gains x{best.pool_gain:.2f} at most; "
            f"PageRank x{neutral.pool_gain:.2f}",
        ),
        (
            "a ring",
            f"of fakes gains x{best.ring_gain:.2f} at most on what it launches; PageRank "
            f"x{neutral.ring_gain:.2f}",
        ),
        ("rule", _tell_rule(found)),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rows)


def _tell_rule(found: Calibration) -> str:
    tried, allowed = len(found.grid), sum(each.is_allowed for each in found.grid)
    asked = f"the pool within x{found.gain_max:g} and the ring within x{found.ring_max:g}"
    if not found.is_met:
        return f"none of {tried:,} settings keeps {asked}: this is the one with the least gain of the pool"
    return f"the most accurate of the {allowed:,} settings, of {tried:,}, that keep {asked}"
