"""Accounts left out of all outputs, while everything said of the others stays as it was.

Redacted scores hold the shown accounts only: nothing that lists, looks up, draws, saves or pickles them
can let a hidden one slip. Where the others stand among all (rank, share) was settled before, and is kept.
Questions need the hidden numbers too, for their sums; they get them from `whole_of`, and keep to themselves
what `hidden_in` marks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.labels import Labels

if TYPE_CHECKING:
    from influencegraph.propagation import Propagation
    from influencegraph.scores import Scores


@dataclass(frozen=True, eq=False)
class Redaction:
    """Where the shown accounts stand among all, each array (n_shown,) in the order of the labels.

    Attributes
    ----------
    n_hidden : int
        How many accounts are left out.
    share : ndarray of float64
    rank, rank_best, rank_worst : ndarray of int64
    whole : Scores or None
        The scores before; in memory only, None after loading or unpickling.
    hidden : ndarray of bool, shape (n_accounts,), or None
        Which accounts of `whole` are left out.
    """

    n_hidden: int
    share: NDArray[np.float64]
    rank: NDArray[np.int64]
    rank_best: NDArray[np.int64]
    rank_worst: NDArray[np.int64]
    whole: Scores | None = None
    hidden: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        for array in (self.share, self.rank, self.rank_best, self.rank_worst, self.hidden):
            if array is not None:
                array.flags.writeable = False

    def __getstate__(self) -> dict[str, Any]:
        state = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**state, "whole": None, "hidden": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # pickling drops the read-only flags


def hide_accounts(scores: Scores, accounts: Iterable[Any]) -> Scores:
    """Return `scores` without `accounts`; those hidden before stay hidden.

    Raises
    ------
    InvalidArgument
        If `accounts` is no list of labels.
    UnknownAccount
        If one of them is no account, or hidden already.
    """
    if isinstance(accounts, str | bytes) or not isinstance(accounts, Iterable):
        raise InvalidArgument.out_of_range(
            "accounts", accounts, "be a list of labels", "For one account, pass [label]."
        )
    is_shown = np.ones(len(scores), np.bool_)
    is_shown[scores.accounts.positions(accounts)] = False
    return _keep(scores, is_shown)


def redact_alike(made: Scores, scores: Scores) -> Scores:
    """Return `made`, computed from the whole of `scores`, with the same accounts hidden as in `scores`."""
    if scores.redaction is None:
        return made
    whole = whole_of(scores)
    hidden = whole.labels[hidden_in(scores)].tolist()
    return hide_accounts(made, [label for label in hidden if label in made])


def whole_of(scores: Scores) -> Scores:
    """Return the scores before anything was hidden: `scores` themselves where nothing is.

    Raises
    ------
    InvalidArgument
        If they were saved or pickled since: what is hidden did not go along.
    """
    if scores.redaction is None:
        return scores
    if scores.redaction.whole is None:
        raise InvalidArgument.because(
            "these scores were redacted and then saved, and do not hold the numbers of the "
            f"{scores.redaction.n_hidden:,} redacted accounts",
            "the question needs them for its sums",
            "Ask it before saving, or score the network again and redact that.",
            name="scores",
        )
    return scores.redaction.whole


def hidden_in(scores: Scores) -> NDArray[np.bool_]:
    """Return which accounts of ``whole_of(scores)`` are hidden: bool, in the order of its labels."""
    whole_of(scores)
    if scores.redaction is None or scores.redaction.hidden is None:
        return np.zeros(len(scores), np.bool_)
    return scores.redaction.hidden


def _keep(scores: Scores, is_shown: NDArray[np.bool_]) -> Scores:
    if is_shown.all():
        return scores
    before = scores.redaction
    whole: Scores | None = scores
    hidden: NDArray[np.bool_] | None = ~is_shown
    n_hidden = int(np.count_nonzero(~is_shown))
    if before is not None:
        whole, n_hidden = before.whole, before.n_hidden + n_hidden
        hidden = None if before.hidden is None else before.hidden.copy()
        if hidden is not None:
            hidden[~hidden] = ~is_shown
    redaction = Redaction(
        n_hidden,
        scores.share[is_shown],
        scores.rank[is_shown],
        scores.rank_best[is_shown],
        scores.rank_worst[is_shown],
        whole,
        hidden,
    )
    return replace(
        scores,
        values=scores.values[is_shown],
        accounts=Labels(scores.labels[is_shown]),
        propagation=None if scores.propagation is None else _cut(scores.propagation, is_shown),
        graph=None,  # it names everybody
        redaction=redaction,
    )


def _cut(propagation: Propagation, is_shown: NDArray[np.bool_]) -> Propagation:
    arrays = {name: getattr(propagation, name)[is_shown] for name in ("reach", "lower", "upper", "launch")}
    return replace(propagation, **arrays)
