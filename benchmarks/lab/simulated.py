"""Simulated networks for the page: pools that trade follows, and posts that travel."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.attacks import ATTACKS, AttackOutcome
from influencegraph.lab.agreement import classify, spearman
from influencegraph.lab.contestants import Contestant, make_contestants
from influencegraph.lab.frontier import Point

N_ACCOUNTS, N_SEEDS = 12_000, 10
POOL_SIZES = (50, 100, 141, 283, 400)
BUDGETS = (1_250, 5_000, 10_000, 40_000, 80_000)
"""Follows that make pools of these sizes at density 0.5; the last three are the lab's."""
RING_SIZE = 200
EACH, SHARED, N_CASCADES = 0.02, 0.5, 500
WAYS = {f"{EACH:g} each": (EACH, False), f"{SHARED:g} shared": (SHARED, True)}
OURS = ("reach", "reach_strict", "reach_version_1")


def list_contestants() -> dict[str, Contestant]:
    """Return the methods of the page."""
    more = {
        "one_way_followers": Contestant({"method": "one_way_followers"}),
        "reach_version_1": Contestant({"mutual_worth": 0.5, "mutual_giving": 0.0}),
    }
    return {**make_contestants(), **more}


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


def find_rings(point: Point, giving: float) -> list[float] | None:
    """Return what `RING_SIZE` fakes gain who give nothing outside, and any ring at most; None without cap."""
    worth, capacity = point.mutual_worth, point.mutual_capacity
    if point.method == "pagerank":
        worth, capacity = 1.0, math.inf
    if math.isnan(worth):
        return None
    settings = {"mutual_worth": worth, "mutual_capacity": capacity}
    return [
        influencegraph.ring_cap({**settings, "mutual_giving": 0.0}, RING_SIZE),
        influencegraph.ring_cap({**settings, "mutual_giving": giving}),
    ]


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
