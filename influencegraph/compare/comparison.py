"""What changed between snapshots of a network: for all accounts at once, and for each."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.compare.causes import CAUSES
from influencegraph.compare.change import Change, explain_change
from influencegraph.compare.everybody import (
    ByCause,
    Step,
    add_steps,
    split_everybody,
    trace_account,
    trace_network,
    trace_steps,
)
from influencegraph.compare.origins import Links
from influencegraph.compare.snapshots import Match
from influencegraph.csr import frozen
from influencegraph.errors import InvalidArgument
from influencegraph.labels import Labels
from influencegraph.scale import Scale
from influencegraph.settings import Settings

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


class CauseTotal(NamedTuple):
    """What one cause did to all accounts, redacted ones included.

    Attributes
    ----------
    total : float
        Sum of its parts, in accounts of reach.
    moved : float
        Sum of the sizes of its parts.
    n_mainly : int
        Accounts that certainly moved and of whose change it is the largest part.
    """

    total: float
    moved: float
    n_mainly: int


class Mover(NamedTuple):
    """An account that certainly moved.

    Attributes
    ----------
    account : int or str
    before, after, change : float
        Reach, in accounts.
    points : float
        Change of score.
    cause : str
        The largest part of the change.
    part : float
        Its size, in accounts of reach.
    """

    account: Any
    before: float
    after: float
    change: float
    points: float
    cause: str
    part: float


class Movers(NamedTuple):
    """Those who rose most and those who fell most, most first."""

    up: list[Mover]
    down: list[Mover]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Columnar):
    """Scores of two or more snapshots compared. Made by `compare_scores`; printed, it sums up the network.

    Arrays have shape (n,) and follow `labels`: the accounts of the last snapshot in its order, then those
    that only earlier snapshots have. Reach and score are 0 where an account is not there.

    Attributes
    ----------
    accounts : Labels
        Of all snapshots, redacted ones left out.
    """

    accounts: Labels
    _match: Match

    # ---- what was compared ----

    @property
    def labels(self) -> NDArray[Any]:
        """Account labels: int64 or str objects."""
        return self.accounts.values

    @property
    def settings(self) -> tuple[Settings, ...]:
        """Settings of each snapshot."""
        return tuple(each.settings for each in self._match.snapshots)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Scale of each snapshot."""
        return tuple(each.scale for each in self._match.snapshots)

    @property
    def settings_changed(self) -> dict[str, tuple[Any, ...]]:
        """Values in each snapshot of those settings that are not the same in all."""
        values = {
            each.name: tuple(getattr(one, each.name) for one in self.settings) for each in fields(Settings)
        }
        return {name: found for name, found in values.items() if len(set(found)) > 1}

    # ---- arrays ----

    @property
    def before(self) -> Floats:
        """Reach in the first snapshot, in accounts."""
        return self._shown(self._match.snapshots[0].reach)

    @property
    def after(self) -> Floats:
        """Reach in the last snapshot, in accounts."""
        return self._shown(self._match.snapshots[-1].reach)

    @property
    def change(self) -> Floats:
        """Change of reach, in accounts."""
        return frozen(self.after - self.before)

    @property
    def score_before(self) -> Floats:
        """Score in the first snapshot, 0-100."""
        return self._shown(self._match.snapshots[0].score)

    @property
    def score_after(self) -> Floats:
        """Score in the last snapshot, 0-100."""
        return self._shown(self._match.snapshots[-1].score)

    @property
    def score_change(self) -> Floats:
        """Change of score, in points."""
        return frozen(self.score_after - self.score_before)

    @property
    def is_new(self) -> Truths:
        """Who is in the last snapshot but not in the first."""
        first, last = self._presence
        return self._shown(last & ~first)

    @property
    def is_gone(self) -> Truths:
        """Who is in the first snapshot but not in the last."""
        first, last = self._presence
        return self._shown(first & ~last)

    @property
    def has_moved(self) -> Truths:
        """Whose reach certainly changed: the certified intervals do not meet."""
        return self._shown(self._has_moved)

    @cached_property
    def parts(self) -> dict[str, Floats]:
        """Changes of reach by cause; they sum to `change`, to rounding."""
        return {cause: self._shown(values) for cause, values in self._split[0].items()}

    @cached_property
    def points(self) -> dict[str, Floats]:
        """Changes of score by cause; they sum to `score_change`, to rounding."""
        return {cause: self._shown(values) for cause, values in self._split[1].items()}

    @cached_property
    def origins(self) -> dict[str, Floats]:
        """Changes of reach by the cause that they began with, wherever in the network; they sum to `change`.

        What followers' changes brought is traced back, through their followers, until every part is one of
        the other causes. O(sweeps x follows) for each cause, once.
        """
        return {cause: self._shown(values) for cause, values in self._traced[0].items()}

    @cached_property
    def origin_points(self) -> dict[str, Floats]:
        """Changes of score by the cause that they began with; they sum to `score_change`."""
        return {cause: self._shown(values) for cause, values in self._traced[1].items()}

    # ---- questions ----

    def __len__(self) -> int:
        return len(self.accounts)

    def __contains__(self, account: object) -> bool:
        return self.accounts.find(account) is not None

    def explain(self, account: Any, *, trace: bool = False) -> Change:
        """Say why the reach and the score of one account changed; O(its followers).

        Parameters
        ----------
        account : int or str
            A label.
        trace : bool
            Trace followers' changes back to where they began as well, which is O(sweeps x follows).

        Raises
        ------
        UnknownAccount
            If no snapshot has an account with this label, or it is redacted.
        """
        self.accounts.position(account)
        number = self._match.accounts.position(account)
        change = explain_change(self._match, number)
        if not trace:
            return change
        traced = trace_account(self._match, self._steps, self._turned, number)
        return replace(change, **traced._asdict())

    @cached_property
    def causes(self) -> dict[str, CauseTotal]:
        """What each cause did to all accounts together, largest first."""
        parts = self._split[0]
        mainly = np.bincount(self._main_causes[self._has_moved], minlength=len(CAUSES))
        totals = {
            cause: CauseTotal(float(values.sum()), float(np.abs(values).sum()), int(count))
            for (cause, values), count in zip(parts.items(), mainly, strict=True)
        }
        return dict(sorted(totals.items(), key=lambda each: -each[1].moved))

    @cached_property
    def traced_causes(self) -> dict[str, float]:
        """What of the change of reach of all accounts together began with each cause; O(sweeps x follows).

        As `origins`, added up over all accounts, redacted ones included; without "followers".
        """
        return trace_network(self._match, self._steps, self._turned)

    def movers(self, n: int = 10, *, by: str = "reach") -> Movers:
        """Return the `n` accounts that rose most and the `n` that fell most, of those that certainly moved.

        Parameters
        ----------
        n : int
        by : {"reach", "score"}
            What is compared.

        Raises
        ------
        InvalidArgument
            If `n` is negative or `by` is neither.
        """
        if isinstance(n, bool) or not hasattr(n, "__index__") or int(n) < 0:
            raise InvalidArgument.out_of_range("n", n, "be an integer >= 0", "movers(10) gives ten each way.")
        if by not in ("reach", "score"):
            raise InvalidArgument.out_of_range("by", by, "be 'reach' or 'score'", "'reach' is the default.")
        changes = self.change if by == "reach" else self.score_change
        return Movers(self._list_movers(changes, int(n)), self._list_movers(-changes, int(n)))

    # ---- made into ----

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all accounts: reach and score before and after, and the parts of the change of reach."""
        scores = {"score_before": self.score_before, "score_after": self.score_after}
        reach = {"before": self.before, "after": self.after, "change": self.change}
        return {"account": self.labels, **reach, **self.parts, **scores}

    def __repr__(self) -> str:
        return f"Comparison({len(self):,} accounts, {len(self._match.snapshots)} snapshots)"

    def __str__(self) -> str:
        from influencegraph.io.comparisons import describe_comparison

        return describe_comparison(self)

    def __getstate__(self) -> dict[str, Any]:
        if self._match.hidden.any():
            raise InvalidArgument.because(
                "this comparison holds redacted accounts",
                "what is pickled may be published",
                "Pickle what `explain` and `to_columns` return.",
                name="comparison",
            )
        return {each.name: getattr(self, each.name) for each in fields(self)}

    # ---- everybody at once, by number ----

    def _shown(self, values: NDArray[Any]) -> NDArray[Any]:
        return frozen(values if not self._match.hidden.any() else values[~self._match.hidden])

    @property
    def _presence(self) -> tuple[Truths, Truths]:
        return self._match.snapshots[0].node_of >= 0, self._match.snapshots[-1].node_of >= 0

    @cached_property
    def _has_moved(self) -> Truths:
        first, last = self._match.snapshots[0], self._match.snapshots[-1]
        return (last.lower > first.upper) | (last.upper < first.lower)

    @cached_property
    def _main_causes(self) -> NDArray[np.intp]:
        """Place in `CAUSES` of each account's largest part in the direction of its change."""
        parts = self._split[0]
        largest = np.full(len(self._match.accounts), -np.inf)
        causes = np.zeros(len(largest), np.intp)
        direction = np.sign(self._match.snapshots[-1].reach - self._match.snapshots[0].reach)
        for place, cause in enumerate(CAUSES):
            along = direction * parts[cause]
            causes[along > largest] = place
            np.maximum(largest, along, out=largest)
        return causes

    @cached_property
    def _steps(self) -> list[Step]:
        return split_everybody(self._match)

    @cached_property
    def _turned(self) -> list[Links]:
        return [step.links.turn() for step in self._steps]

    @cached_property
    def _split(self) -> tuple[ByCause, ByCause]:
        return add_steps(self._match, self._steps)

    @cached_property
    def _traced(self) -> tuple[ByCause, ByCause]:
        return trace_steps(self._match, self._steps)

    def _list_movers(self, rises: Floats, n: int) -> list[Mover]:
        rows = np.flatnonzero((rises > 0.0) & self.has_moved)
        rows = rows[np.argsort(-rises[rows], kind="stable")][:n]
        causes = [CAUSES[place] for place in self._shown(self._main_causes)[rows]]
        parts = [float(self.parts[cause][row]) for cause, row in zip(causes, rows.tolist(), strict=True)]
        columns = (self.before, self.after, self.change, self.score_change)
        numbers = [values[rows].tolist() for values in columns]
        return [
            Mover(*line) for line in zip(self.labels[rows].tolist(), *numbers, causes, parts, strict=True)
        ]
