"""The frontier: what gaming gains under a method, against how well it tells honest accounts apart.

    gain       summed values of the gainers after an attack over those before: worst budget, mean of its runs
    accuracy   whatever the caller judges by, larger is better; Spearman with engagement received, say

A method is on the frontier if no other one has as little gain and as much accuracy, and less or more of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks import AttackOutcome
from influencegraph.columnar import Columnar
from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.lab.contestants import Contestant, Method
from influencegraph.lab.honest_cost import check_methods
from influencegraph.lab.standing import Standing, stand, stand_after
from influencegraph.methods import DEFAULTS

Floats = NDArray[np.float64]

WORTHS = (0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 1.0)
GIVING = float(DEFAULTS["mutual_giving"] or 0.0)
CAPACITIES = (25.0, 50.0, 100.0, 150.0, 300.0, math.inf)


@dataclass(frozen=True)
class Setting:
    """Reach at one `mutual_worth` and one `mutual_capacity`; called with a graph, its values."""

    mutual_worth: float
    mutual_capacity: float
    damping: float = 0.85
    mutual_giving: float = GIVING

    def __call__(self, graph: FollowerGraph) -> Floats:
        """Return the reach of all accounts, shape (n_accounts,)."""
        return Contestant(asdict(self))(graph)

    def __str__(self) -> str:
        giving = "" if self.mutual_giving == GIVING else f", giving {self.mutual_giving:g}"
        return f"reach({self.mutual_worth:g}, {self.mutual_capacity:g}{giving})"


@dataclass(frozen=True)
class Point:
    """One method's place.

    Attributes
    ----------
    method : str
    mutual_worth, mutual_capacity : float
        Of a `Setting`; NaN for other methods.
    gain, gain_low, gain_high : float
        At the budget where it is largest: mean, least and largest of its runs.
    by_budget : mapping of int to float
        Mean gain at each budget, in follows.
    accuracy : float
    is_best : bool
        Whether it is on the frontier.
    """

    method: str
    mutual_worth: float
    mutual_capacity: float
    gain: float
    gain_low: float
    gain_high: float
    by_budget: Mapping[int, float]
    accuracy: float
    is_best: bool


@dataclass(frozen=True)
class Frontier(Columnar):
    """All methods' places, in the order in which they were given.

    Attributes
    ----------
    points : tuple of Point
    """

    points: tuple[Point, ...]

    @property
    def best(self) -> tuple[Point, ...]:
        """Those on the frontier, by gain."""
        return tuple(sorted((point for point in self.points if point.is_best), key=lambda point: point.gain))

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all points by column, as in `Point`; ``gain_40000`` is the gain at 40,000 follows."""
        columns: dict[str, NDArray[Any]] = {}
        for field in fields(Point):
            values = [getattr(point, field.name) for point in self.points]
            if field.name != "by_budget":
                columns[field.name] = np.array(values, object if field.name == "method" else None)
                continue
            for budget in self.points[0].by_budget if self.points else ():
                columns[f"gain_{budget}"] = np.array([gains[budget] for gains in values])
        return columns


def make_grid(
    worths: Iterable[float] = WORTHS, capacities: Iterable[float] = CAPACITIES, damping: float = 0.85
) -> dict[str, Setting]:
    """Return reach at every worth and capacity, by name; at worth 0 once, where capacity means nothing.

    Examples
    --------
    >>> list(make_grid([0, 0.5], [150, math.inf]))
    ['reach(0, inf)', 'reach(0.5, 150)', 'reach(0.5, inf)']
    """
    capacities = list(capacities)
    settings = [
        Setting(float(worth), float(capacity), damping)
        for worth in worths
        for capacity in (capacities if worth else [math.inf])
    ]
    return {str(setting): setting for setting in settings}


def trace_frontier(
    methods: Mapping[str, Method], outcomes: Sequence[AttackOutcome],
    judge: Callable[[Method], float],
) -> Frontier:  # fmt: skip
    """Measure gain and accuracy of each method; O(methods x outcomes x what a score costs).

    Parameters
    ----------
    methods : mapping of str to callable
        ``graph -> values``, in the order of ``graph.labels``; a `Setting` is one.
    outcomes : sequence of AttackOutcome
        Runs of one attack, whose gainers are real accounts.
    judge : callable
        ``method -> accuracy``.

    Raises
    ------
    InvalidArgument
        If a method returns something else than a finite number for each account, or there is no gain to
        speak of: no outcomes, or gainers that are new or had nothing.
    """
    budgets = np.array([outcome.budget for outcome in outcomes])
    points = []
    for name, method in check_methods(methods).items():
        gains = measure_gains(name, method, outcomes)
        by_budget = {int(budget): float(gains[budgets == budget].mean()) for budget in np.unique(budgets)}
        worst = max(by_budget, key=lambda budget: by_budget[budget])
        runs = gains[budgets == worst]
        worth, capacity = (getattr(method, each, math.nan) for each in ("mutual_worth", "mutual_capacity"))
        spread = float(runs.min()), float(runs.max())
        accuracy = float(judge(method))
        points.append(Point(name, worth, capacity, by_budget[worst], *spread, by_budget, accuracy, False))
    places = [(point.gain, point.accuracy) for point in points]
    return Frontier(tuple(replace(each, is_best=_is_best(each, places)) for each in points))


def measure_gains(name: str, method: Method, outcomes: Sequence[AttackOutcome]) -> Floats:
    """Return what the gainers have after each attack over what they had before, shape (n_outcomes,).

    As the lab measures it: accounts of reach for methods of its kind, without what fakes launch.
    """
    if not outcomes:
        remedy = "ATTACKS has some to carry out."
        raise InvalidArgument.out_of_range("outcomes", outcomes, "hold attacks", remedy)
    before: dict[int, Standing] = {}
    gains = []
    for outcome in outcomes:
        known = id(outcome.before)
        if known not in before:
            before[known] = stand(name, method, outcome.before)
        places = locate_gainers(outcome)
        had = float(before[known].amounts[places].sum())
        has = float(stand_after(name, method, outcome.graph, before[known]).honest[places].sum())
        if not had > 0.0:
            raise InvalidArgument.because(
                f"the gainers of {outcome!r} have {had:g} by method {name!r} before it",
                "a gain is a multiple of what they had",
                "Recruit more accounts, or such as are followed.",
                name="outcomes",
            )
        gains.append(has / had)
    return np.array(gains)


def locate_gainers(outcome: AttackOutcome) -> NDArray[np.int64]:
    """Return the positions of the gainers, who must have been there before."""
    places: NDArray[np.int64] = outcome.before.accounts.locate(outcome.gainers)
    if np.any(places < 0):
        raise InvalidArgument.because(
            f"{int((places < 0).sum()):,} gainers of {outcome!r} are new",
            "a gain is a multiple of what they had",
            "Use an attack by real accounts, such as follow_pool.",
            name="outcomes",
        )
    return places


def _is_best(point: Point, places: list[tuple[float, float]]) -> bool:
    gain, accuracy = point.gain, point.accuracy
    return not any(
        other <= gain and better >= accuracy and (other < gain or better > accuracy)
        for other, better in places
    )
