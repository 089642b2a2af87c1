"""Why one account's reach and score changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.compare.causes import CAUSES, OF_FOLLOWS, POINT_CAUSES, Pairs, split_follows
from influencegraph.compare.followers import FollowerChanges
from influencegraph.compare.points import find_points
from influencegraph.compare.snapshots import Match, Snapshot
from influencegraph.scale import Scale
from influencegraph.settings import Settings
from influencegraph.sums import add_up

Floats = NDArray[np.float64]


class State(NamedTuple):
    """An account in one snapshot; zeros where it is not there.

    Attributes
    ----------
    is_there : bool
    reach, lower, upper, launch : float
        In accounts; the certified interval of the reach, and what starts here.
    score : float
        0-100.
    mutual_contacts : int
    remembered_contacts : float
        Places that those which ended take up of its capacity, as far as they are remembered.
    settings : Settings
    scale : Scale
    """

    is_there: bool
    reach: float
    lower: float
    upper: float
    launch: float
    score: float
    mutual_contacts: int
    remembered_contacts: float
    settings: Settings
    scale: Scale


@dataclass(frozen=True, eq=False, repr=False)
class Change(Columnar):
    """Why an account's reach and score changed; printed, it says so in a sentence and a table.

    ``sum(parts.values()) == after.reach - before.reach`` and
    ``sum(points.values()) == after.score - before.score``, to rounding.

    Attributes
    ----------
    account : int or str
    before, after : State
        The account in the first and in the last snapshot.
    parts : dict of str to float
        Change of reach by cause, in accounts: all of `CAUSES`, "unresolved" among them.
    points : dict of str to float
        Change of score by cause: all of `POINT_CAUSES`.
    unresolved_max : float
        Bound on the size of ``parts["unresolved"]``, from the certified intervals.
    followers : FollowerChanges
        What each follower did to it.
    origins, origin_points : dict of str to float, or None
        Changes of reach and of score by the cause that they began with, wherever in the network, if
        tracing was asked for; what is "followers" in `parts` is among the other causes here.
    """

    account: Any
    before: State
    after: State
    parts: dict[str, float]
    points: dict[str, float]
    unresolved_max: float
    followers: FollowerChanges
    origins: dict[str, float] | None = None
    origin_points: dict[str, float] | None = None

    @property
    def change(self) -> float:
        """Change of reach, in accounts."""
        return self.after.reach - self.before.reach

    @property
    def lower(self) -> float:
        """Certified lower end of `change`."""
        return self.after.lower - self.before.upper

    @property
    def upper(self) -> float:
        """Certified upper end of `change`."""
        return self.after.upper - self.before.lower

    @property
    def score_change(self) -> float:
        """Change of score, in points."""
        return self.after.score - self.before.score

    @property
    def has_moved(self) -> bool:
        """Whether the reach certainly changed."""
        return self.lower > 0.0 or self.upper < 0.0

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the followers' parts as columns, largest change first."""
        return self.followers.to_columns()

    def __repr__(self) -> str:
        from influencegraph.io.comparisons import describe_change

        return describe_change(self)


def explain_change(match: Match, number: int) -> Change:
    """Explain the change of the account with `number`; O(its followers in all snapshots)."""
    accounts = np.array([number])
    parts = dict.fromkeys(CAUSES, 0.0)
    points = dict.fromkeys(POINT_CAUSES, 0.0)
    steps = []
    for one, other in pairwise(match.snapshots):
        pairs = split_follows(one, other, accounts)
        steps.append(pairs)
        step = {cause: add_up(pairs.parts[cause]) for cause in OF_FOLLOWS}
        step["launch"] = float(other.launch[number] - one.launch[number])
        amounts = (-value for value in step.values())
        step["unresolved"] = math.fsum((other.reach[number], -one.reach[number], *amounts))
        worth = find_points(one, other, accounts)
        for cause, value in step.items():
            parts[cause] += value
            points[cause] += float(worth.per_account[0]) * value
        points["scale"] += float(worth.scale[0])
        points["clipping"] += float(worth.clipping[0])
    label = match.accounts.values[number]
    widths = (
        max(each.upper[number] - each.reach[number], each.reach[number] - each.lower[number])
        for each in match.snapshots
    )
    first, *middle, last = map(float, widths)
    return Change(
        account=int(label) if isinstance(label, np.integer) else label,
        before=_state(match.snapshots[0], number),
        after=_state(match.snapshots[-1], number),
        parts=parts,
        points=points,
        unresolved_max=first + 2.0 * sum(middle) + last,
        followers=_gather_followers(match, steps),
    )


def _state(snapshot: Snapshot, number: int) -> State:
    node = int(snapshot.node_of[number])
    mutual = int(snapshot.graph.mutual_counts[node]) if node >= 0 else 0
    return State(
        is_there=node >= 0,
        reach=float(snapshot.reach[number]),
        lower=float(snapshot.lower[number]),
        upper=float(snapshot.upper[number]),
        launch=float(snapshot.launch[number]),
        score=float(snapshot.score[number]),
        mutual_contacts=mutual,
        remembered_contacts=float(snapshot.contacts[node]) - mutual if node >= 0 else 0.0,
        settings=snapshot.settings,
        scale=snapshot.scale,
    )


def _gather_followers(match: Match, steps: list[Pairs]) -> FollowerChanges:
    """Add up each follower's parts over all steps; redacted followers become one line."""
    everyone = np.concatenate([pairs.followers for pairs in steps])
    keys = np.where(match.hidden[everyone], len(match.accounts), everyone)
    is_plain = len(steps) == 1 and not match.hidden.any()
    numbers, rows = (keys, None) if is_plain else np.unique(keys, return_inverse=True)

    def add(columns: list[Floats]) -> Floats:
        if rows is None:
            return columns[0]
        return np.bincount(rows, np.concatenate(columns), minlength=len(numbers)).astype(np.float64)

    zeros = [np.zeros(len(pairs.followers)) for pairs in steps]
    moved = [
        _has_moved(one, other, pairs.followers)
        for (one, other), pairs in zip(pairwise(match.snapshots), steps, strict=True)
    ]
    is_redacted = numbers == len(match.accounts)
    labels = match.accounts.values[np.where(is_redacted, 0, numbers)]
    if is_redacted.any():
        labels = labels.astype(object)
        labels[is_redacted] = None
    return FollowerChanges(
        labels,
        add([steps[0].before, *zeros[1:]]),
        add([*zeros[:-1], steps[-1].after]),
        {cause: add([pairs.parts[cause] for pairs in steps]) for cause in OF_FOLLOWS},
        add([each.astype(np.float64) for each in moved]) > 0,
    )


def _has_moved(one: Snapshot, other: Snapshot, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    fell = other.upper[numbers] < one.lower[numbers]
    rose = other.lower[numbers] > one.upper[numbers]
    return fell | rose
