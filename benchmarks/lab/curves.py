"""The pictures of the page on robustness."""

from __future__ import annotations

import math

from benchmarks.lab.drawing import Dot, draw_curves, draw_dots
from benchmarks.lab.estimates import find, find_top
from benchmarks.lab.groups import BY_REAL, DRAWN, METHODS
from influencegraph.lab.records import LabRecords


def draw_amplification(records: LabRecords) -> str:
    """Return the picture of amplifications."""
    top = records.select(budget=max(records.distinct("budget")))
    rows = {}
    for attack in (*BY_REAL[:-1], "sabotage"):  # one hijacked account differs from another by far more
        found = {method: find_top(top, attack, method, "amplification") for method in METHODS}
        rows[attack] = {method: Dot(each[:3]) for method, each in found.items() if not math.isnan(each.mean)}
    across = "amplification (sabotage: of its victims)"
    return draw_dots("What attacks by real accounts multiply their value by", across, rows, 0.2, 100.0)


def draw_costs(records: LabRecords) -> str:
    """Return the picture of gains by budget."""
    panels = {
        attack: {
            method: [
                (budget, find(records, attack, method, "gain", budget).mean)
                for budget in records.distinct("budget")
            ]
            for method in DRAWN
        }
        for attack in ("follow_pool", "follow_churn", "follow_churn_remembered", "forged_engagement",
                       "mutual_ring", "directed_ring", "sybil_region", "messias", "hijacked_account")
    }  # fmt: skip
    up = "summed gain, in values of an average account; what is below 1 is drawn at 1"
    return draw_curves("What attacks gain as their budget grows", "follows", up, panels, 1.0, 100_000.0)
