"""Advice to one account: the dead weight among its own follows.

A follow that is returned makes the follow-back worth less (docs/mathematics.md). Ending it restores the
follow-back, if it stays; ending a one-way follow changes nothing that the account earns. `Unfollow` says by
how much, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.earned import bound_earned
from influencegraph.ghosts import refuse_ghosts
from influencegraph.graph import FollowerGraph
from influencegraph.labels import as_objects
from influencegraph.scored import find_scored
from influencegraph.scores import Scores
from influencegraph.settings import check_count, check_number
from influencegraph.unfollow import Changes, Unfollow

GAIN_MIN = 0.01
"""What ending one follow must add to the earned reach, as a share of it, to be called a gain."""

_PUSHES_MAX = 30
"""Follows that get a push of their own."""

CERTAIN = (
    "Certain, all else unchanged: ending a follow of your own never lowers your earned reach. It can lower "
    "the reach, which also counts attention that comes back by way of whom you follow."
)
UNCERTAIN = (
    "Not certain: a follow-back may be withdrawn in turn, and what is at stake is then lost. Where ended "
    "follows are remembered, the discount cools off slowly, and so the gain comes slowly. Gains of several "
    "follows do not add up exactly."
)


class AdviceLine(NamedTuple):
    """What ending one follow does. Numbers are in accounts; an exact change lies within the error beside it.

    Attributes
    ----------
    account : int or str
        Whom the follow is of.
    is_mutual : bool
        Whether it is returned. If not, ending it changes nothing that is earned.
    earned_change, earned_error : float
        Change of the earned reach, at least 0.
    reach_change, reach_error : float
        Change of the reach, up or down.
    at_stake : float
        What the follow-back brings to the earned reach now: lost at most, if it is withdrawn.
    """

    account: Any
    is_mutual: bool
    earned_change: float
    earned_error: float
    reach_change: float
    reach_error: float
    at_stake: float


@dataclass(frozen=True, eq=False)
class Advice(Columnar):
    """What ending each of an account's follows would do. Made by `influencegraph.advise`.

    Attributes
    ----------
    account : int or str
    lines : list of AdviceLine
        Most gain of earned reach first, then most gain of reach.
    n_following : int
        How many accounts it follows, redacted ones included, which have no line.
    earned, earned_error : float
        Its earned reach, in accounts, and how far that can be off.
    reach : float
        Its reach, in accounts.
    n_follows_read : int
        What it took, a follow counted each time that it is read.
    """

    account: Any
    lines: list[AdviceLine]
    n_following: int
    earned: float
    earned_error: float
    reach: float
    n_follows_read: int

    @property
    def has_gain(self) -> bool:
        """Whether ending one follow adds 1 % to the earned reach or more."""
        return bool(self.lines) and self.lines[0].earned_change >= GAIN_MIN * self.earned

    @property
    def verdict(self) -> str:
        """What there is to gain, in a sentence."""
        if not self.n_following:
            return "It follows nobody: there is nothing to end."
        if not self.lines:
            return "All whom it follows are redacted."
        best = self.lines[0].earned_change / self.earned if self.earned > 0 else 0.0
        if not self.has_gain:
            return (
                f"Nothing to gain: ending no follow adds 1 % to the earned reach (the best adds {best:.2%})."
            )
        return f"The first line alone adds {best:.1%} to the earned reach, if the follow-back stays."

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the fields of `lines` as columns; a data frame takes them as they are."""
        columns = list(zip(*self.lines, strict=True)) or [()] * len(AdviceLine._fields)
        kinds = [None, np.bool_] + [np.float64] * 5
        arrays = [np.array(values, kind) for values, kind in zip(columns[1:], kinds[1:], strict=True)]
        is_text = bool(columns[0]) and isinstance(columns[0][0], str)
        accounts = as_objects(columns[0]) if is_text else np.array(columns[0], np.int64)
        return dict(zip(AdviceLine._fields, [accounts, *arrays], strict=True))

    def __str__(self) -> str:
        from influencegraph.io.display import describe_advice

        return describe_advice(self, [self.verdict, CERTAIN, UNCERTAIN])


def advise(
    scores: Scores,
    account: Any,
    *,
    top: int | None = 10,
    tolerance: float = 1e-5,
    graph: FollowerGraph | None = None,
) -> Advice:
    """Rank an account's follows by what ending each of them would do to what the account earns.

    Each line is for ending that follow alone, dilution, capacities and all, with everybody else's follows
    as they are; it equals scoring the network without the follow, within the errors given. One forward and
    one backward push, and one more for each of the follows that matter.

    Parameters
    ----------
    scores : Scores
        Of a propagation method.
    account : int or str
    top : int or None
        Lines wanted; None for all follows, of which 30 are then known as well as can be.
    tolerance : float > 0
        How exactly changes are wanted, as a share of the reach. The error beside each says how well they are
        known: some ten times that at most, and where the reach itself is not known better, its error.
    graph : FollowerGraph, optional
        That of the scores; needed where they were loaded and ``scores.graph`` is None.

    Returns
    -------
    Advice
        ``print(advice)`` shows the lines, and what is certain and what is not.

    Raises
    ------
    UnknownAccount
        If no account has this label.
    InvalidArgument
        If the method is no propagation, there is no graph, it is not that of the scores, or it remembers
        returns; if a setting is
        outside its range.

    Examples
    --------
    Ann follows bob back, which takes away 60 % of what bob's follow brings her; cat does not follow her:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "ann", "bob"], ["bob", "cat", "ann"])
    >>> advice = influencegraph.advise(influencegraph.score(graph), "ann")
    >>> [(line.account, round(line.earned_change, 3)) for line in advice.lines]
    [('bob', 0.51), ('cat', 0.0)]
    >>> advice.verdict
    'The first line alone adds 38.1% to the earned reach, if the follow-back stays.'
    """
    found = find_scored(scores, graph, "advice")
    whole, attention = found.whole, found.attention
    if attention.graph.ghosts is not None:
        raise refuse_ghosts(attention.graph.ghosts, "an unfollow would be remembered as well, and pay later")
    scores.accounts.position(account)  # redacted accounts are unknown
    position = whole.accounts.position(account)
    top = None if top is None else check_count("top", top)
    tolerance = check_number("tolerance", tolerance, 2.0**-1074, 1e308, "be above 0", "1e-5 is the default.")
    unfollow = Unfollow(attention, whole, int(attention.graph.node_of[position]), tolerance)
    changes = unfollow.bound_all()
    enough = tolerance * float(whole.reach[position])
    for k in _choose(changes, top, enough):
        changes = changes.put([k], unfollow.find(k, enough))
    earned = bound_earned(whole, np.array([position]), unfollow.returns)
    followed = attention.graph.position_of[unfollow.row.nodes]
    order = _rank(changes)
    order = order[~found.hidden[followed[order]]]
    labels = whole.labels
    return Advice(
        labels[position : position + 1].tolist()[0],
        _make_lines(labels[followed], unfollow, changes, order[:top]),
        len(followed),
        float(earned.middle[0]),
        float(earned.error[0]),
        float(whole.reach[position]),
        unfollow.n_follows_read,
    )


def _choose(changes: Changes, top: int | None, enough: float) -> list[int]:
    """Return the follows that a push of their own may lift into the top, or that are in it; best first.

    `enough` is the error at which nothing more is wanted.
    """
    earned = changes.earned
    order = _rank(changes)
    wanted = order[:top]
    if not len(wanted):
        return []
    bar = np.sort(earned.lower)[::-1][len(wanted) - 1]
    may = (earned.upper >= bar) & (earned.upper > 0.0)
    may[wanted] = True
    may &= np.maximum(earned.error, changes.reach.error) > enough
    return [k for k in order.tolist() if may[k]][:_PUSHES_MAX]


def _rank(changes: Changes) -> NDArray[np.intp]:
    return np.lexsort((-changes.reach.middle, -changes.earned.middle))


def _make_lines(
    labels: NDArray[Any], unfollow: Unfollow, changes: Changes, order: NDArray[np.intp]
) -> list[AdviceLine]:
    numbers: list[NDArray[Any]] = [labels, unfollow.row.is_mutual]
    for each in (changes.earned, changes.reach):
        numbers += [each.middle, each.error]
    numbers.append(changes.at_stake.middle)
    return [AdviceLine(*row) for row in zip(*(each[order].tolist() for each in numbers), strict=True)]
