"""Questions about the surroundings of a few accounts, answered without scoring everybody.

`local_scores` follows attention from seeds to whom it reaches, `who_reaches` follows it from an account
back to whose it is. Both read only what they need (`influencegraph.push`) and certify what they find.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.columnar import Columnar
from influencegraph.csr import frozen
from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.intervals import Interval
from influencegraph.kernels.bounds import UNIT, WIDEN_SUM
from influencegraph.launch import Seeds, resolve_seeds
from influencegraph.methods import check_graph, read_settings
from influencegraph.push import Backward, Forward, push_largest, push_total
from influencegraph.settings import Settings, check_number

Floats = NDArray[np.float64]


class LocalScore(NamedTuple):
    """One account's reach and the interval that holds it, in accounts."""

    account: Any
    reach: float
    lower: float
    upper: float


class Arrival(NamedTuple):
    """What of one account's attention arrives, and the interval that holds it, in accounts."""

    account: Any
    attention: float
    lower: float
    upper: float


class _Visited(Columnar):
    """What both records have."""

    labels: NDArray[Any]

    @property
    def n_visited(self) -> int:
        """How many accounts are listed: those that were visited and have something."""
        return len(self.labels)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False, repr=False)
class LocalScores(_Visited):
    """Reach around some seeds. Made by `influencegraph.local_scores`.

    Arrays have shape (n_visited,), hold the accounts that were visited, in the order of the graph's labels,
    and are read-only.

    Attributes
    ----------
    labels : ndarray of int64 or str objects
        Accounts that were visited.
    reach, lower, upper : ndarray of float64
        In accounts, as in ``score(graph, teleport=seeds)``: all attention starts at the seeds and is worth
        n_accounts. The interval holds the exact solution.
    elsewhere : float
        No account that was not visited has more reach than that.
    error, tolerance : float
        Certified total error of all shares of attention, accounts not visited included, as in
        `Certificate`; and what was asked for.
    n_follows_visited, n_follows_read : int
        Different follows that were read, and what it took: each counted as often as it was read.
    settings : Settings
    """

    labels: NDArray[Any]
    reach: Floats
    lower: Floats
    upper: Floats
    elsewhere: float
    error: float
    tolerance: float
    n_follows_visited: int
    n_follows_read: int
    settings: Settings

    def top(self, n: int = 10) -> list[LocalScore]:
        """Return the `n` visited accounts of most reach, best first."""
        order = _best(self.reach, n)
        return [LocalScore(*row) for row in _rows(order, self.labels, self.reach, self.lower, self.upper)]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns account, reach, lower, upper; a data frame takes them as they are."""
        return {"account": self.labels, "reach": self.reach, "lower": self.lower, "upper": self.upper}

    def __repr__(self) -> str:
        from influencegraph.io.display import describe_bounds

        title = f"Reach around the seeds by {self.settings}"
        rest = (
            f"visited {self.n_visited:,} accounts and {self.n_follows_visited:,} follows; nobody else has "
            f"more than {self.elsewhere:.2g}; all shares of attention together are within {self.error:.2g}"
        )
        return describe_bounds(title, "reach", self.top(), rest)


@dataclass(frozen=True, eq=False, repr=False)
class Arrivals(_Visited):
    """Whose attention arrives at an account. Made by `influencegraph.who_reaches`.

    Arrays have shape (n_visited,), hold accounts whose attention was found to arrive, in the order of the
    graph's labels, and are read-only.

    Attributes
    ----------
    account : int or str
        Where the attention arrives.
    labels : ndarray of int64 or str objects
        Where it comes from.
    attention, lower, upper : ndarray of float64
        What starts at each of them times the visits that it pays to the account, in accounts; the interval
        holds the exact solution. They sum to the reach.
    elsewhere : float
        No account that is not listed contributes more than that.
    reach_lower, reach_upper : float
        The account's reach: at least what was found, at most that and all that may come from elsewhere.
    tolerance : float
        How exactly the visits of each account's walk were asked for.
    n_follows_visited, n_follows_read : int
        Different follows that were read, and what it took: each counted as often as it was read.
    settings : Settings
    """

    account: Any
    labels: NDArray[Any]
    attention: Floats
    lower: Floats
    upper: Floats
    elsewhere: float
    reach_lower: float
    reach_upper: float
    tolerance: float
    n_follows_visited: int
    n_follows_read: int
    settings: Settings

    def top(self, n: int = 10) -> list[Arrival]:
        """Return the `n` accounts whose attention arrives most; the account itself may be among them."""
        order = _best(self.attention, n)
        return [Arrival(*row) for row in _rows(order, self.labels, self.attention, self.lower, self.upper)]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns account, attention, lower, upper; a data frame takes them as they are."""
        return {"account": self.labels, "attention": self.attention, "lower": self.lower, "upper": self.upper}

    def __repr__(self) -> str:
        from influencegraph.io.display import describe_bounds, printable

        title = f"Whose attention arrives at {printable(self.account)}, by {self.settings}"
        rest = (
            f"visited {self.n_visited:,} accounts and {self.n_follows_visited:,} follows; nobody else "
            f"contributes more than {self.elsewhere:.2g}; together between {self.reach_lower:.4f} and "
            f"{self.reach_upper:.4f}"
        )
        return describe_bounds(title, "attention", self.top(), rest)


def local_scores(
    graph: FollowerGraph,
    seeds: Any,
    *,
    damping: float = 0.85,
    mutual_worth: float = 0.4,
    mutual_capacity: float = 150,
    engagement_half: float = 3,
    half_life: Any = None,
    as_of: Any = None,
    mutual_giving: float = 1.5,
    tolerance: float = 0.01,
) -> LocalScores:
    """Score the surroundings of some seeds: reach when all attention starts there, by forward push.

    Accounts are visited where the most attention waits for the fewest follows, until the total error is
    certified. So a loose tolerance visits little and a tight one everybody, where ``score(graph,
    teleport=seeds)`` is faster. Memory for all accounts is asked for, but touched only where they are
    visited; the first call for a graph also makes the list of whom everybody follows, and keeps it.

    Parameters
    ----------
    graph : FollowerGraph
        Who follows whom.
    seeds : list of labels, dict of label: weight, or ndarray of shape (n_accounts,)
        Where attention starts, as `teleport` of `score`.
    damping, mutual_worth, mutual_capacity, engagement_half, half_life, as_of, mutual_giving
        As in `score`.
    tolerance : float > 0
        Certified total error (L1) of all shares of attention, as in `score`.

    Returns
    -------
    LocalScores
        Equal to ``score(graph, teleport=seeds)`` within the intervals of both.

    Raises
    ------
    InvalidArgument
        If a setting is outside its range, or `seeds` are none.
    UnknownAccount
        If `seeds` names an account that does not exist.
    DidNotConverge
        If rounding is more than the tolerance.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "cat", "dan"])
    >>> near = influencegraph.local_scores(graph, ["ann"])
    >>> [(line.account, round(line.reach, 3)) for line in near.top(2)]
    [('ann', 4.0), ('bob', 3.4)]
    """
    settings = _settle(
        graph, "given", damping=damping, mutual_worth=mutual_worth, mutual_capacity=mutual_capacity,
        engagement_half=engagement_half, half_life=half_life, as_of=as_of, mutual_giving=mutual_giving,
    )  # fmt: skip
    tolerance = _check_tolerance(
        tolerance, "It is the total error of all shares of attention; 0.01 is usual."
    )
    start = resolve_seeds(graph, seeds, "seeds")
    attention = Attention.of(graph, settings)
    walks = Forward(
        attention, graph.node_of[start.positions].astype(np.int64), start.amounts, start.roundings
    )
    error = push_total(walks, tolerance)
    nodes = walks.nodes[np.argsort(graph.position_of[walks.nodes], kind="stable")]
    visits, found = walks.at(nodes), walks.steps_to(nodes)
    return LocalScores(
        frozen(graph.labels[graph.position_of[nodes]]),
        frozen(found.clip(visits.lower, visits.upper)),
        frozen(visits.lower),
        frozen(visits.upper),
        walks.elsewhere(),
        error,
        tolerance,
        walks.n_follows_visited,
        walks.n_follows,
        settings,
    )


def who_reaches(
    graph: FollowerGraph,
    account: Any,
    *,
    damping: float = 0.85,
    mutual_worth: float = 0.4,
    mutual_capacity: float = 150,
    teleport: Any = None,
    engagement_half: float = 3,
    half_life: Any = None,
    as_of: Any = None,
    mutual_giving: float = 1.5,
    tolerance: float = 1e-4,
) -> Arrivals:
    """Tell whose attention arrives at an account, directly or through others, by backward push.

    The attention that starts at u is worth so much to the account as walks from u visit it. Followers are
    walked back, those first who matter most, until no walk's visits are off by more than `tolerance`. Memory
    for all accounts is asked for, but touched only where they are visited.

    Parameters
    ----------
    graph : FollowerGraph
        Who follows whom.
    account : int or str
        Where the attention arrives.
    damping, mutual_worth, mutual_capacity, teleport, engagement_half, half_life, as_of, mutual_giving
        As in `score`.
    tolerance : float > 0
        Certified error of the visits that one account's walk pays.

    Returns
    -------
    Arrivals
        One line for each account that was found to contribute, the account's own launch included.

    Raises
    ------
    InvalidArgument
        If a setting is outside its range.
    UnknownAccount
        If `account` or `teleport` names an account that does not exist.
    DidNotConverge
        If rounding is more than the tolerance.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "cat", "dan"])
    >>> arrivals = influencegraph.who_reaches(graph, "cat")
    >>> [(line.account, round(line.attention, 4)) for line in arrivals.top()]
    [('cat', 1.0), ('bob', 0.85), ('ann', 0.7225)]
    >>> round(influencegraph.score(graph)["cat"].reach, 4)
    2.5725
    """
    settings = _settle(
        graph, "uniform" if teleport is None else "given", damping=damping, mutual_worth=mutual_worth,
        mutual_capacity=mutual_capacity, engagement_half=engagement_half, half_life=half_life, as_of=as_of,
        mutual_giving=mutual_giving,
    )  # fmt: skip
    tolerance = _check_tolerance(tolerance, "It is the error of one account's visits; 1e-4 is the default.")
    start = None if teleport is None else resolve_seeds(graph, teleport)
    node = int(graph.node_of[graph.accounts.position(account)])
    walks = Backward(Attention.of(graph, settings), node)
    push_largest(walks, tolerance)
    nodes = walks.nodes[np.argsort(graph.position_of[walks.nodes], kind="stable")]
    launch = _launch_at(start, graph.position_of[nodes])
    nodes, launch = nodes[launch > 0], launch[launch > 0]
    part = Interval.around(launch, 0.0 if start is None else start.roundings)
    visits, found = walks.at(nodes), walks.steps_to(nodes)
    lines = visits * part
    reach = lines.sum()
    rest = max(graph.n_accounts - float(launch.sum()), 0.0) * WIDEN_SUM + graph.n_accounts * 16 * UNIT
    others = 1.0 if start is None else float(start.amounts.max()) * WIDEN_SUM
    label = graph.labels[graph.position_of[node]]
    return Arrivals(
        int(label) if isinstance(label, np.integer) else label,
        frozen(graph.labels[graph.position_of[nodes]]),
        frozen((found * launch).clip(lines.lower, lines.upper)),
        frozen(lines.within(0.0).lower),
        frozen(lines.upper),
        walks.elsewhere() * others,
        max(float(reach.lower), 0.0),
        float((reach + walks.elsewhere() * rest * WIDEN_SUM).upper),
        tolerance,
        walks.n_follows_visited,
        walks.n_follows,
        settings,
    )


def _settle(graph: FollowerGraph, teleport: Literal["uniform", "given"], **given: Any) -> Settings:
    check_graph(graph)
    return read_settings(graph, teleport, **given)


def _check_tolerance(value: Any, remedy: str) -> float:
    return check_number("tolerance", value, math.nextafter(0.0, 1.0), 1e308, "be above 0", remedy)


def _launch_at(start: Seeds | None, positions: NDArray[Any]) -> Floats:
    """Return the attention that starts at `positions`."""
    if start is None:
        return np.ones(len(positions))
    places = np.searchsorted(start.positions, positions).clip(max=len(start.positions) - 1)
    return np.where(start.positions[places] == positions, start.amounts[places], 0.0)


def _best(values: Floats, n: Any) -> NDArray[np.intp]:
    if isinstance(n, bool) or not hasattr(n, "__index__") or int(n) < 0:
        raise InvalidArgument.out_of_range("n", n, "be an integer >= 0", "top(10) gives ten.")
    return np.argsort(-values, kind="stable")[: int(n)]


def _rows(order: NDArray[np.intp], *columns: NDArray[Any]) -> Any:
    return zip(*(column[order].tolist() for column in columns), strict=True)
