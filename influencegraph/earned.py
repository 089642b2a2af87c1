"""Earned reach: how many accounts' walks ever reach an account, however often they come back.

    n h_v = T_v / G_vv = T_v (1 - f_v)

T_v is the reach, G_vv the visits that a walk from v pays to v, and f_v how likely it is ever to come back.
It ignores v's own follows altogether: with uniform teleport, 1 <= n h_v <= T_v and n h_v <= n, and neither
following nor following back ever raises it. Source: docs/mathematics.md.

f is bounded by one backward push from each account (`influencegraph.kernels.push.measure_returns`), which
costs as much as the account has followers near by; a forward push bounds it too, but has to go through the
whole network for the same width.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.columnar import Columnar
from influencegraph.csr import frozen
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.intervals import Interval
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.push import measure_returns
from influencegraph.labels import Labels
from influencegraph.push import FOLLOWS_MAX, make_steps, make_work
from influencegraph.scored import find_scored
from influencegraph.scores import Scores
from influencegraph.settings import check_count, check_number

Floats = NDArray[np.float64]

_BLOCK = 16
"""Accounts that a thread takes at once."""


class Earned(NamedTuple):
    """One account's line: its earned reach and the interval that holds it, in accounts."""

    account: Any
    earned: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False, repr=False)
class EarnedReach(Columnar):
    """Earned reach of some or all accounts. Made by `influencegraph.earned_reach`.

    Arrays have shape (accounts asked for,), in the order asked for, and are read-only.

    Attributes
    ----------
    accounts : Labels
        Labels and their look-up.
    values, lower, upper : ndarray of float64
        In accounts; the interval holds the exact value.
    returns_lower, returns_upper : ndarray of float64
        How likely a walk from the account is to come back, in [0, damping^2].
    n_follows_read : int
        What it took, a follow counted each time that it is read.
    """

    accounts: Labels
    values: Floats
    lower: Floats
    upper: Floats
    returns_lower: Floats
    returns_upper: Floats
    n_follows_read: int

    @property
    def labels(self) -> NDArray[Any]:
        """Account labels: int64 or str objects."""
        return self.accounts.values

    def __len__(self) -> int:
        return len(self.accounts)

    def __getitem__(self, account: object) -> Earned:
        """Return one account's line.

        Raises
        ------
        UnknownAccount
            If the account was not asked for.
        """
        i = self.accounts.position(account)
        numbers = (float(each[i]) for each in (self.values, self.lower, self.upper))
        return Earned(self.labels[i : i + 1].tolist()[0], *numbers)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns account, earned, lower, upper; a data frame takes them as they are."""
        return {"account": self.labels, "earned": self.values, "lower": self.lower, "upper": self.upper}

    def __repr__(self) -> str:
        from influencegraph.io.display import describe_bounds

        shown = [self[account] for account in self.labels[:10].tolist()]
        rest = (
            f"... and {len(self) - 10:,} more" if len(self) > 10 else f"read {self.n_follows_read:,} follows"
        )
        return describe_bounds(f"Earned reach of {len(self):,} accounts", "earned", shown, rest)


def earned_reach(
    scores: Scores,
    accounts: Any = None,
    *,
    tolerance: float = 1e-3,
    graph: FollowerGraph | None = None,
    n_threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> EarnedReach:
    """Tell how many accounts' walks ever reach an account: its reach without those that it gets back.

    One push for each account, whose cost grows with its followers and theirs: for all accounts of a large
    network that is far more than scoring.

    Parameters
    ----------
    scores : Scores
        Of a propagation method.
    accounts : label or iterable of labels, optional
        By default all, in the order of ``scores.labels``; redacted accounts are unknown.
    tolerance : float > 0
        How wide an interval may be, as a share of the reach; the interval of the reach comes on top. A push
        ends after 2^26 follows; what is then left makes the interval wider.
    graph : FollowerGraph, optional
        That of the scores; needed where they were loaded and ``scores.graph`` is None.
    n_threads : int, optional
        By default all processors allowed. The bytes do not depend on it.
    progress : callable, optional
        Is handed the number of accounts done, and that of all.

    Returns
    -------
    EarnedReach

    Raises
    ------
    UnknownAccount
        If an account does not exist.
    InvalidArgument
        If the method is no propagation, there is no graph, it is not that of the scores, or a setting is
        outside its range.

    Examples
    --------
    A pair who follow each other reach one another again and again:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob"], ["bob", "ann"])
    >>> scores = influencegraph.score(graph)
    >>> earned = influencegraph.earned_reach(scores, tolerance=1e-9)
    >>> round(scores["ann"].reach, 4), round(earned["ann"].earned, 4)
    (1.5152, 1.34)
    """
    found = find_scored(scores, graph, "earned reach")
    whole, attention = found.whole, found.attention
    tolerance = check_number(
        "tolerance", tolerance, 2.0**-1074, 1e308, "be above 0", "1e-3, a thousandth of the reach, is usual."
    )
    n_threads = available_threads() if n_threads is None else check_count("n_threads", n_threads)
    labels, positions = _choose(scores, accounts, np.flatnonzero(~found.hidden))
    returns, n_follows = bound_returns(attention, positions, tolerance, n_threads, progress)
    earned = bound_earned(whole, positions, returns)
    middle = whole.reach[positions] * (1.0 - returns.middle)
    return EarnedReach(
        labels,
        frozen(middle.clip(earned.lower, earned.upper)),
        frozen(earned.lower),
        frozen(earned.upper),
        frozen(returns.lower),
        frozen(returns.upper),
        n_follows,
    )


def bound_returns(
    attention: Attention,
    positions: NDArray[np.int64],
    tolerance: float,
    n_threads: int = 1,
    progress: Callable[[int, int], object] | None = None,
) -> tuple[Interval, int]:
    """Return how likely walks from `positions` come back, and how many follows were read."""
    n, steps = len(positions), make_steps(attention, forward=True)
    nodes = attention.graph.node_of[positions].astype(np.int64)
    ends, follows = np.zeros((n, 2)), np.zeros(n, np.int64)
    n_threads = max(1, min(n_threads, -(-n // _BLOCK)))
    spare = deque(make_work(attention.graph.n_accounts) for _ in range(n_threads))
    done: list[int] = []

    def measure(first: int) -> None:
        part, work = slice(first, first + _BLOCK), spare.pop()
        measure_returns(steps, nodes[part], tolerance, FOLLOWS_MAX, work, ends[part], follows[part])
        spare.append(work)
        if progress is not None:
            done.append(len(nodes[part]))
            progress(sum(done), n)

    with Crew(n_threads) as crew:
        crew.run(measure, range(0, n, _BLOCK))
    return Interval(ends[:, 0].copy(), ends[:, 1].copy()), int(follows.sum())


def bound_earned(scores: Scores, positions: NDArray[np.int64], returns: Interval) -> Interval:
    """Return the earned reach of `positions`: at least what starts there, at most the reach."""
    reach = Interval(scores.lower[positions], scores.upper[positions])
    launch = np.nextafter(scores.launch[positions] * (1.0 - 2.0**-50), -np.inf)
    return (reach * (1.0 - returns)).within(np.maximum(launch, 0.0), reach.upper)


def _choose(scores: Scores, accounts: Any, positions: NDArray[np.int64]) -> tuple[Labels, NDArray[np.int64]]:
    """Return the accounts asked for, and their positions among all, given those of all that are shown."""
    if accounts is None:
        return scores.accounts, positions
    if isinstance(accounts, str | bytes) or not isinstance(accounts, Iterable):
        accounts = [accounts]
    chosen = accounts.tolist() if isinstance(accounts, np.ndarray) else list(accounts)
    shown = scores.accounts.positions(chosen)
    if len(np.unique(shown)) < len(shown):
        twice = next(account for i, account in enumerate(chosen) if account in chosen[:i])
        raise InvalidArgument.because(
            f"accounts names {shorten(twice)} twice", "each account is named once", "Drop the repetition.",
            name="accounts",
        )  # fmt: skip
    return Labels(scores.labels[shown]), positions[shown]
