"""Settings for a user's own network: what they cost there, and what they stop.

Tried are all of a grid of `mutual_worth` and `mutual_capacity`. A setting costs the accuracy that PageRank
(worth 1, no capacity) has and it has not: Spearman's correlation with the engagement that accounts receive,
or, where there is none to look at, with PageRank's own order. It stops

    a pool    real accounts of this network, drawn by lot, half of whose pairs come to follow each other:
              carried out, and their summed reach after it over that before
    a ring    fakes that follow each other and nobody else, in a ring of any size: they make of what they
              launch at most `ring_cap` times as much

**The rule**: of the settings under which the pool's gain is at most `gain_max`, at whichever budget it is
largest, and the ring's at most `ring_max`, the most accurate one; of equally accurate ones that with the
least gain of the pool. Where no setting is so strict, the one with the least gain, and it says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks import ATTACKS, AttackOutcome
from influencegraph.attacks.recruits import find_eligible
from influencegraph.bounds import ring_cap
from influencegraph.columnar import Columnar
from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.lab.agreement import classify, spearman
from influencegraph.lab.contestants import Method
from influencegraph.lab.frontier import CAPACITIES, WORTHS, Point, Setting, make_grid, trace_frontier
from influencegraph.lab.honest_cost import read_truths
from influencegraph.layers import leave_out
from influencegraph.methods import check_graph
from influencegraph.settings import (
    check_count,
    check_damping,
    check_mutual_capacity,
    check_mutual_worth,
    check_number,
    make_generator,
)

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

POOL_MAX, POOL_SHARE, POOL_MIN, POOL_LEAST, POOL_DENSITY = 400, 30, 10, 4, 0.5
POOL_HALVINGS = 4  # the largest pool need not gain most: a capacity bears on large ones only
ACCOUNTS_MIN = 20


@dataclass(frozen=True)
class Tried:
    """One setting of the grid.

    Attributes
    ----------
    mutual_worth, mutual_capacity : float
    accuracy : float
        Mean over the truths of Spearman's correlation; with PageRank's order where there is no truth.
    cost : float
        PageRank's accuracy less this one.
    pool_gain, ring_gain : float
    is_allowed : bool
        Whether the pool's gain is at most `gain_max`, and a ring's at most `ring_max`.
    """

    mutual_worth: float
    mutual_capacity: float
    accuracy: float
    cost: float
    pool_gain: float
    ring_gain: float
    is_allowed: bool


@dataclass(frozen=True, repr=False)
class Calibration(Columnar):
    """Settings proposed for a network; printed, it says what they cost and what they stop.

    Attributes
    ----------
    proposal : Tried
    pagerank : Tried
        Worth 1 and no capacity, which discounts nothing.
    grid : tuple of Tried
        All settings tried, by worth and then by capacity.
    truths : tuple of str
        What accuracy was judged by; empty where that was PageRank's order.
    is_met : bool
        Whether any setting of the grid is allowed.
    gain_max, ring_max : float
    budgets : tuple of int
        Follows that each pool may make.
    pool_sizes : tuple of int
        How many accounts that makes.
    n_pools : int
        Pools drawn at each budget.
    n_honest : int
        Accounts that accuracy was judged on, and pools were drawn from.
    """

    proposal: Tried
    pagerank: Tried
    grid: tuple[Tried, ...]
    truths: tuple[str, ...]
    is_met: bool
    gain_max: float
    ring_max: float
    budgets: tuple[int, ...]
    pool_sizes: tuple[int, ...]
    n_pools: int
    n_honest: int

    @property
    def options(self) -> dict[str, float]:
        """What to hand to `score`: ``score(graph, **calibration.options)``."""
        return {
            "mutual_worth": self.proposal.mutual_worth,
            "mutual_capacity": self.proposal.mutual_capacity,
        }

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the grid by column, as in `Tried`."""
        return {
            field.name: np.array([getattr(row, field.name) for row in self.grid]) for field in fields(Tried)
        }

    def __str__(self) -> str:
        from influencegraph.io.calibration_text import describe_calibration

        return describe_calibration(self)

    __repr__ = __str__


def calibrate(
    graph: FollowerGraph, truth: Any = None, *, gain_max: float = 1.25, ring_max: float = 2.0,
    worths: Iterable[float] = WORTHS, capacities: Iterable[float] = CAPACITIES,
    budgets: Iterable[int] | None = None, n_pools: int = 2, honest: Any = None, damping: float = 0.85,
    rng: Any = 0,
) -> Calibration:  # fmt: skip
    """Propose `mutual_worth` and `mutual_capacity` for a network, and say what they cost and stop.

    The rule: the most accurate setting of the grid under which a pool of real accounts that trade follows
    multiplies its summed reach by at most `gain_max`, and a ring of fakes what it launches by at most
    `ring_max`; of equally accurate ones that with the least gain. It takes one score for each setting, and
    one more for each pool.

    Parameters
    ----------
    graph : FollowerGraph
        Layers are what accuracy is judged by, and take no part in scores here: how much they spare, see
        `honest_cost`. At least 20 accounts.
    truth : str, ndarray of shape (n_accounts,), or mapping of str to ndarray, optional
        As in `honest_cost`; several count alike. By default every layer; without any, PageRank's order is
        what is kept to.
    gain_max, ring_max : float >= 0
        inf leaves one out of the rule.
    worths, capacities : iterables of float
        The grid.
    budgets : iterable of int, optional
        Follows of each pool; by default those of a pool of a thirtieth of the accounts, from 10 to 400, and
        of a half, a quarter and an eighth of it, but at least 4.
    n_pools : int >= 1
        Drawn for each budget, by lot.
    honest : array-like of labels, optional
        Accounts to judge by and to draw pools from, where some are known to be fakes; everybody by default.
    damping : float in [0, 1)
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Whatever `numpy.random.default_rng` takes.

    Raises
    ------
    InvalidArgument
        If an argument is out of range, or the truth tells no two honest accounts apart.
    UnknownAccount
        If `honest` names an account that does not exist.

    Examples
    --------
    >>> import influencegraph
    >>> network = influencegraph.simulate_network(600, farm_size=0, ring_size=0)
    >>> found = influencegraph.calibrate(network.graph, capacities=[150], n_pools=1)
    >>> found.options
    {'mutual_worth': 0.5, 'mutual_capacity': 150.0}
    """
    check_graph(graph)
    gain_max = check_number("gain_max", gain_max, 0.0, math.inf, "be >= 0", "1.25 allows a quarter more.")
    ring_max = check_number(
        "ring_max", ring_max, 0.0, math.inf, "be >= 0", "2 allows twice what is launched."
    )
    n_pools = check_count("n_pools", n_pools)
    damping = check_damping(damping)
    grid = make_grid(map(check_mutual_worth, worths), map(check_mutual_capacity, capacities), damping)
    if not grid:
        raise InvalidArgument.because(
            "worths and capacities make no setting", "there is one to propose",
            "Leave them out for the default grid.", name="worths",
        )  # fmt: skip
    members = _find_honest(graph, honest)
    bare = leave_out(graph, {layer.name for layer in graph.layers})
    neutral = Setting(1.0, math.inf, damping)
    judge, truths = _make_judge(graph, bare, truth, members, neutral)
    outcomes = _draw_pools(bare, budgets, n_pools, members, make_generator(rng))
    points = trace_frontier({**grid, "": neutral}, outcomes, judge).points
    tried = [_try(point, points[-1], damping, gain_max, ring_max) for point in points]
    allowed = [each for each in tried[:-1] if each.is_allowed]
    sizes = dict.fromkeys(len(outcome.gainers) for outcome in outcomes)
    return Calibration(
        min(allowed, key=lambda each: (-round(each.accuracy, 12), each.pool_gain)) if allowed
        else min(tried[:-1], key=lambda each: each.pool_gain),
        tried[-1], tuple(tried[:-1]), truths, bool(allowed), gain_max, ring_max,
        tuple(dict.fromkeys(outcome.budget for outcome in outcomes)), tuple(sizes), n_pools,
        len(members),
    )  # fmt: skip


def _try(point: Point, neutral: Point, damping: float, gain_max: float, ring_max: float) -> Tried:
    ring_gain = ring_cap(
        {"damping": damping, "mutual_worth": point.mutual_worth, "mutual_capacity": point.mutual_capacity}
    )
    return Tried(
        point.mutual_worth, point.mutual_capacity, point.accuracy, neutral.accuracy - point.accuracy,
        point.gain, ring_gain, point.gain <= gain_max and ring_gain <= ring_max,
    )  # fmt: skip


def _find_honest(graph: FollowerGraph, honest: Any) -> Ids:
    members = find_eligible(graph, honest)
    if len(members) < ACCOUNTS_MIN:
        raise InvalidArgument.because(
            f"there are {len(members):,} honest accounts",
            f"calibrating takes at least {ACCOUNTS_MIN}",
            "Use the settings of a larger network like this one, or the defaults.",
            name="graph" if honest is None else "honest",
        )
    return members


@dataclass(frozen=True)
class _Judge:
    """How the accuracy of a method is found: on a graph, against one order or several."""

    graph: FollowerGraph
    members: Ids
    orders: list[NDArray[np.int64]]

    def __call__(self, method: Method) -> float:
        values = classify(method(self.graph)[self.members])
        return float(np.mean([spearman(values, order) for order in self.orders]))


def _make_judge(
    graph: FollowerGraph, bare: FollowerGraph, truth: Any, members: Ids, neutral: Setting
) -> tuple[_Judge, tuple[str, ...]]:
    if truth is None and not graph.layers:
        named = {"PageRank's order": neutral(bare)}
        truths: tuple[str, ...] = ()
    else:
        named = {name: received for name, _, received in read_truths(graph, truth)}
        truths = tuple(named)
    orders = [classify(received[members]) for received in named.values()]
    for name, order in zip(named, orders, strict=True):
        if not order.any():
            raise InvalidArgument.because(
                f"{name} says the same of all {len(members):,} honest accounts",
                "a truth tells accounts apart",
                "Use another, or leave truth out to keep to PageRank's order.",
                name="truth",
            )
    return _Judge(bare, members, orders), truths


def _draw_pools(
    graph: FollowerGraph, budgets: Iterable[int] | None, n_pools: int, members: Ids, rng: np.random.Generator
) -> list[AttackOutcome]:
    if budgets is None:
        largest = min(POOL_MAX, max(POOL_MIN, len(members) // POOL_SHARE))
        sizes = sorted({max(POOL_LEAST, largest >> halving) for halving in range(POOL_HALVINGS)})
        budgets = [2 * math.ceil(POOL_DENSITY * size * (size - 1) / 2) for size in sizes]
    return list(_carry_out(graph, budgets, n_pools, graph.labels[members], rng))


def _carry_out(
    graph: FollowerGraph, budgets: Iterable[int], n_pools: int, among: Any, rng: np.random.Generator
) -> Iterator[AttackOutcome]:
    for budget in budgets:
        for _ in range(n_pools):
            yield ATTACKS["follow_pool"](graph, budget=budget, rng=rng, among=among, density=POOL_DENSITY)
