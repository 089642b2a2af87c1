"""Audiences: from the followers that an account has to the attention that reaches it.

    followers    how many follow v
    undivided    sum over followers of w_uv / W_u: what v holds of their attention, before any discount
    counted      sum over followers of theta_uv w_uv / W_u: what of it counts
    engaged      how many of them act on v, where the graph has layers of engagement
    reach        T_v = launch_v + a sum over followers of theta_uv (w_uv / W_u) T_u: what arrives

The first three take every follower for one attention, `reach` for as much as it has received itself, so the
lines need not shrink. An account is compared with its *cohort*, those whose follower counts have as many
binary digits: 1, 2 to 3, 4 to 7, 8 to 15, ... followers. Redacted accounts give as any others, and are in no
row and in no cohort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.cohorts import (
    Cohort,
    Grouping,
    describe_cohort,
    group_accounts,
    number_cohorts,
    start_cohorts,
)
from influencegraph.columnar import Columnar
from influencegraph.csr import frozen
from influencegraph.ghosts import count_remembered
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT, WIDEN_SUM
from influencegraph.scored import find_scored, step_attention
from influencegraph.scores import Scores
from influencegraph.settings import Settings

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

MEASURES = ("undivided", "counted", "reach")
"""What accounts of a cohort are compared by."""


class Standing(NamedTuple):
    """How many of the others in the cohort certainly have less, and how many certainly have more."""

    below: int
    above: int


@dataclass(frozen=True)
class Audience:
    """One account's audience; ``str()`` is a table with a sentence for each line.

    Attributes
    ----------
    account : int or str
        The label.
    followers, mutual : int
        Who follow it, and who of them are followed back.
    remembered : int
        Who of them were followed back once, which is remembered (`FollowerGraph.ghosts`).
    undivided : float
        What it holds of its followers' attention, before any discount; 1 is all that one account has.
    counted : float
        What of `undivided` counts; at most as much.
    engaged : int or None
        How many followers act on it, of a graph with layers.
    launch, reach, lower, upper : float
        Attention that starts here, all that arrives, and the certified interval of that; in accounts.
    worth : float in [0, 1]
        What a follow that this account returns counts.
    settings : Settings
        How `reach` was computed.
    cohort : Cohort
        Accounts with about as many followers, this one among them; redacted ones are not counted.
    standings : mapping of str to Standing
        Its place among them, under ``"undivided"``, ``"counted"`` and ``"reach"``.
    n_redacted : int
        Accounts of the network that are left out of all cohorts, whatever their followers.
    """

    account: Any
    followers: int
    mutual: int
    remembered: int
    undivided: float
    counted: float
    engaged: int | None
    launch: float
    reach: float
    lower: float
    upper: float
    worth: float
    settings: Settings
    cohort: Cohort
    standings: Mapping[str, Standing]
    n_redacted: int = 0

    def __str__(self) -> str:
        from influencegraph.io.audience_text import describe_audience

        return describe_audience(self)


@dataclass(frozen=True, eq=False, repr=False)
class Audiences(Columnar):
    """The audiences of all accounts. Arrays have shape (n_accounts,), follow `labels`, and are read-only.

    Redacted accounts have no row, though they count as followers of others.

    Attributes
    ----------
    scores : Scores
    followers, mutual : ndarray of int64
    remembered : ndarray of int64, or None
    undivided, counted : ndarray of float64
    worth : ndarray of float64
    engaged : ndarray of int64, or None
        As in `Audience`.
    """

    scores: Scores
    followers: Counts
    mutual: Counts
    remembered: Counts | None
    undivided: Floats
    counted: Floats
    worth: Floats
    engaged: Counts | None
    _rounding: Floats

    def __post_init__(self) -> None:
        counts = (self.followers, self.mutual, self.remembered, self.engaged)
        for array in (*counts, self.undivided, self.counted, self.worth):
            if array is not None:
                array.flags.writeable = False

    @property
    def labels(self) -> NDArray[Any]:
        """Account labels: int64 or str objects."""
        return self.scores.labels

    @property
    def n_redacted(self) -> int:
        """How many accounts are left out."""
        return 0 if self.scores.redaction is None else self.scores.redaction.n_hidden

    @property
    def launch(self) -> Floats:
        """Attention that starts at each account."""
        return self.scores.launch

    @property
    def reach(self) -> Floats:
        """Attention that arrives at each account, that which starts there included."""
        return self.scores.reach

    @cached_property
    def cohorts(self) -> tuple[Cohort, ...]:
        """All cohorts that have accounts, fewest followers first."""
        sizes = np.diff(self._grouping.bounds)
        return tuple(self._describe_cohort(number) for number in np.flatnonzero(sizes).tolist())

    @cached_property
    def reach_below(self) -> Counts:
        """How many of the others in its cohort certainly have less reach than each account."""
        below = np.empty(len(self), np.int64)
        for number in range(len(self._grouping.bounds) - 1):
            members = self._grouping.members(number)
            lower, upper = self._interval("reach", members)
            below[members] = np.searchsorted(np.sort(upper), lower, side="left")
        return frozen(below)

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, account: object) -> Audience:
        """Return one account's audience; O(its cohort).

        Raises
        ------
        UnknownAccount
            If no account has this label, or it is redacted.
        """
        scores = self.scores
        place = scores.accounts.position(account)
        label = self.labels[place]
        number = int(number_cohorts(self.followers[place]))
        return Audience(
            account=int(label) if isinstance(label, np.integer) else label,
            followers=int(self.followers[place]),
            mutual=int(self.mutual[place]),
            remembered=0 if self.remembered is None else int(self.remembered[place]),
            undivided=float(self.undivided[place]),
            counted=float(self.counted[place]),
            engaged=None if self.engaged is None else int(self.engaged[place]),
            launch=float(scores.launch[place]),
            reach=float(scores.reach[place]),
            lower=float(scores.lower[place]),
            upper=float(scores.upper[place]),
            worth=float(self.worth[place]),
            settings=scores.settings,
            cohort=self._describe_cohort(number),
            standings=self._stand(place, self._grouping.members(number)),
            n_redacted=self.n_redacted,
        )

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name, accounts in the order of `labels`; a data frame takes it as it is.

        ``cohort`` is the least number of followers in the account's cohort, ``reach_below`` how many of
        the ``cohort_accounts - 1`` others certainly have less reach.
        """
        numbers = number_cohorts(self.followers)
        engaged = () if self.engaged is None else ("engaged",)
        remembered = () if self.remembered is None else ("remembered",)
        names = ("followers", "mutual", *remembered, "undivided", "counted", *engaged, "launch", "reach")
        return {
            "account": self.labels,
            **{name: getattr(self, name) for name in names},
            "cohort": start_cohorts(numbers),
            "cohort_accounts": np.diff(self._grouping.bounds)[numbers],
            "reach_below": self.reach_below,
        }

    def __repr__(self) -> str:
        from influencegraph.io.audience_text import describe_audiences

        return describe_audiences(self)

    @cached_property
    def _grouping(self) -> Grouping:
        return group_accounts(self.followers)

    def _describe_cohort(self, number: int) -> Cohort:
        members = self._grouping.members(number)
        return describe_cohort(number, {name: getattr(self, name)[members] for name in MEASURES})

    def _stand(self, place: int, members: NDArray[np.intp]) -> dict[str, Standing]:
        standings = {}
        for name in MEASURES:
            own_lower, own_upper = self._interval(name, np.array([place]))
            lower, upper = self._interval(name, members)
            standings[name] = Standing(
                int(np.count_nonzero(upper < own_lower)), int(np.count_nonzero(lower > own_upper))
            )
        return standings

    def _interval(self, measure: str, chosen: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Bound the exact values; sums of equal parts in another order may differ in their last bits."""
        if measure == "reach":
            return self.scores.lower[chosen], self.scores.upper[chosen]
        values, slack = getattr(self, measure)[chosen], self._rounding[chosen]
        return values * (1.0 - slack), values * (1.0 + slack)


@overload
def audience(scores: Scores, account: None = None, *, graph: FollowerGraph | None = None) -> Audiences: ...
@overload
def audience(scores: Scores, account: object, *, graph: FollowerGraph | None = None) -> Audience: ...
def audience(
    scores: Scores, account: object = None, *, graph: FollowerGraph | None = None
) -> Audience | Audiences:
    """Say what becomes of an account's followers: how much attention they give it, and what arrives.

    The first call adds up the network, O(follows); each further one looks at the account's cohort only.

    Parameters
    ----------
    scores : Scores
        Of a propagation method.
    account : int or str, optional
        A label; by default all accounts.
    graph : FollowerGraph, optional
        What was scored, where `scores` were loaded and have lost it.

    Returns
    -------
    Audience or Audiences
        One account's lines with its place among accounts of about as many followers; or columns of all.

    Raises
    ------
    UnknownAccount
        If no account has this label, or it is redacted.
    InvalidArgument
        If the method propagates no attention, `scores` have no graph, or `graph` is not the one they were
        made from.

    Examples
    --------
    Bob and ann follow each other and nobody else, which counts 0.4; cat also follows bob:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> scores = influencegraph.score(graph)
    >>> bob = influencegraph.audience(scores, "bob")
    >>> bob.followers, bob.undivided, bob.counted, round(bob.reach, 4)
    (2, 2.0, 1.4, 2.4763)
    >>> influencegraph.audience(scores).counted.tolist()
    [0.4, 1.4, 0.0]
    """
    found = find_scored(scores, graph, "an audience")
    sums = _add_up(found.graph, found.whole.settings)
    columns: list[Any] = [*sums]
    if found.hidden.any():
        columns = [None if each is None else each[~found.hidden] for each in columns]
    everybody = Audiences(scores, *columns)
    return everybody if account is None else everybody[account]


# ---- the network, added up once ----


class _Sums(NamedTuple):
    """What `Audiences` has of each account, by position, in its order."""

    followers: Counts
    mutual: Counts
    remembered: Counts | None
    undivided: Floats
    counted: Floats
    worth: Floats
    engaged: Counts | None
    rounding: Floats


def _add_up(graph: FollowerGraph, settings: Settings) -> _Sums:
    """Return the sums of all accounts, the same as last time if the settings are."""
    known = graph.prepared.get("audience")
    if known is None or known[0] != settings:
        t = Attention.of(graph, settings).transition
        ones, nothing = np.ones(graph.n_accounts), np.zeros(graph.n_accounts)
        undivided, _ = step_attention(t.undiscounted(), ones, nothing, 1.0)
        counted, _ = step_attention(t, ones, nothing, 1.0)
        rounding = (t.roundings.counts + (t.roundings.more + 1.0)) * UNIT * WIDEN_SUM
        undivided, counted, worth, mutual, rounding = (
            frozen(each[graph.node_of])
            for each in (undivided, counted, t.follow_back_worth, graph.mutual_counts, rounding)
        )
        engaged = _count_engaged(graph, t.engaged.engagement) if t.engaged and graph.layers else None
        remembered = None if graph.ghosts is None else frozen(count_remembered(graph)[graph.node_of])
        sums = _Sums(graph.follower_counts, mutual, remembered, undivided, counted, worth, engaged, rounding)
        known = graph.prepared["audience"] = settings, sums
    found: _Sums = known[1]
    return found


def _count_engaged(graph: FollowerGraph, engagement: Floats) -> Counts:
    """Return how many followers act on each account, by position."""
    before = np.concatenate([[0], np.cumsum(engagement > 0)])
    return frozen(np.diff(before[graph.followers.indptr])[graph.node_of])
