"""What was demanded of the simulated network beforehand, and whether it came out."""

from __future__ import annotations

import math
from typing import NamedTuple

import influencegraph
from influencegraph.lab.records import Estimate, LabRecords

SLACK = 1e-5
"""A ring that nobody follows attains its cap; solved to a tolerance, it may lie this much beside it."""


class Demand(NamedTuple):
    """A measure that is to lie in [low, high]; `says` what the measure is, where it is no amplification."""

    claim: str
    method: str
    attack: str
    budget: int
    low: float
    high: float
    measure: str = "amplification"
    says: str = "amplification of summed reach"

    def find(self, records: LabRecords) -> Estimate:
        """Return what was measured."""
        found = records.select(attack=self.attack, method=self.method, budget=self.budget)
        return found.estimate(self.measure)

    def judge(self, estimate: Estimate) -> str:
        """Return whether the mean lies where it is to lie, and its whole interval."""
        low, high = self.low * (1 - SLACK), self.high * (1 + SLACK)
        if not low <= estimate.mean <= high:
            return "**not met**"
        if math.isnan(estimate.low) or (low <= estimate.low and estimate.high <= high):
            return "met"
        return "met by the mean, not by its whole interval"


def ring_cap(method: str, size: int) -> float:
    """Return the proved cap of a ring, whose members give nothing outside, under one of our methods."""
    worth = {"reach": 0.4, "reach_strict": 0.0}[method]
    return influencegraph.ring_cap({"mutual_worth": worth, "mutual_giving": 0.0}, size)


_POOL = "pool of 400 real accounts, density 0.5"
_RING = "ring of 200 fakes that launch"
_CHURN = "churn, returns remembered"
_SEEDS = "300 trusted seeds"
_LAUNCHING = "amplification_launching"

DEMANDS = (
    Demand(_POOL, "reach", "follow_pool", 80_000, 0.0, 1.25),
    Demand(_POOL, "reach_strict", "follow_pool", 80_000, 0.0, 1.01),
    Demand(_POOL, "pagerank", "follow_pool", 80_000, 3.4, 5.0),
    Demand(_RING, "reach", "mutual_ring", 40_000, 0.0, ring_cap("reach", 200)),
    Demand(_RING, "reach_strict", "mutual_ring", 40_000, 0.0, ring_cap("reach_strict", 200)),
    Demand(_CHURN, "reach", "follow_churn_remembered", 80_000, 0.0, 1.6),
    Demand(_CHURN, "reach_strict", "follow_churn_remembered", 80_000, 0.0, 1.05),
    Demand(
        f"sybil region, {_SEEDS}", "reach_trusted", "sybil_region", 80_000, 0.0, 1.05, "value_per_gainer",
        "reach of a fake, in accounts",
    ),
    Demand(
        f"sybil region, {_SEEDS}", "reach_trusted", "sybil_region", 80_000, 0.0, 1.05, "share_amplification",
        "share of all reach over share of all accounts",
    ),
    Demand(
        f"bought followers, {_SEEDS}", "reach_trusted", "bought_followers", 80_000, 0.0, 1.05, _LAUNCHING,
        "amplification of the buyer's reach, fakes launching",
    ),
)  # fmt: skip
