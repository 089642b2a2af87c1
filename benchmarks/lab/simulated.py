"""Simulated networks for the page: pools that trade follows, and posts that travel."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.attacks import ATTACKS, AttackOutcome
from influencegraph.lab.agreement import classify, spearman
from influencegraph.lab.calibrate import find_ring_gain
from influencegraph.lab.contestants import make_contestants
from influencegraph.lab.frontier import Point, Setting

N_ACCOUNTS, N_SEEDS = 12_000, 10
BUDGETS = (10_000, 40_000, 80_000)
POOL_SIZES = (141, 283, 400)
"""Accounts of the pools that these budgets make, at density 0.5."""
RING_SIZE = 200
EACH, SHARED, N_CASCADES = 0.02, 0.5, 500
WAYS = {f"{EACH:g} each": (EACH, False), f"{SHARED:g} shared": (SHARED, True)}
OURS = ("reach", "reach_strict")
_TWEEPCRED_POINTS = 5.21
"""Points for each factor of e: methods/tweepcred.py."""


def list_contestants() -> dict[str, Callable[[FollowerGraph], np.ndarray]]:
    """Return the methods of the page; tweepcred as the number whose logarithm it is."""
    contestants: dict[str, Callable[[FollowerGraph], np.ndarray]] = dict(make_contestants())
    points = contestants["tweepcred"]
    contestants["tweepcred"] = lambda graph: np.exp(points(graph) / _TWEEPCRED_POINTS)
    contestants["one_way_followers"] = lambda graph: (
        influencegraph.score(graph, method="one_way_followers").values
    )
    return contestants


@lru_cache(maxsize=1)
def draw_network(seed: int) -> FollowerGraph:
    """Return a network in which nobody cheats."""
    return influencegraph.simulate_network(N_ACCOUNTS, farm_size=0, ring_size=0, rng=seed).graph


def draw_pools() -> list[AttackOutcome]:
    """Return a pool of each budget in each network."""
    outcomes = [
        ATTACKS["follow_pool"](graph, budget=budget, rng=seed)
        for seed in range(N_SEEDS)
        for graph in [draw_network(seed)]
        for budget in BUDGETS
    ]
    assert {len(outcome.gainers) for outcome in outcomes} == set(POOL_SIZES)
    return outcomes


def find_ring(point: Point) -> float | None:
    """Return the gain of a ring that nobody else follows, None where nobody launches attention."""
    if not math.isnan(point.mutual_worth):
        return find_ring_gain(point, RING_SIZE, 0.85)
    return find_ring_gain(Setting(1.0, math.inf), RING_SIZE, 0.85) if point.method == "pagerank" else None


def measure_cascades() -> dict[str, dict[str, np.ndarray]]:
    """Return Spearman with the reach of cascades: method, way, (n_seeds,)."""
    contestants = list_contestants()
    found: dict[str, dict[str, np.ndarray]] = {
        name: {way: np.empty(N_SEEDS) for way in WAYS} for name in contestants
    }
    for seed in range(N_SEEDS):
        graph = draw_network(seed)
        truths = {
            way: classify(
                influencegraph.independent_cascade_reach(graph, chance, N_CASCADES, seed, shared=shared)
            )
            for way, (chance, shared) in WAYS.items()
        }
        for name, method in contestants.items():
            values = classify(method(graph))
            for way, truth in truths.items():
                found[name][way][seed] = spearman(values, truth)
    return found
