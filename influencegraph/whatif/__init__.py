"""What if: new scores of an edited network, without starting over.

    x' - x = G'^T [launch' - launch + a (P' - P)^T x],    G' = (I - a P')^-1

Only rows of edited accounts differ, so the bracket is small, and what follows from it is passed on until the
error asked for is certified: account by account (`push.py`), or by sweeps over the graph as it was
(`sweep.py`). Where neither pays, the edited graph is built and solved from the old vector on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import numpy as np

from influencegraph.edits import EditScript, read_batch
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.ghosts import refuse_ghosts
from influencegraph.graph import FollowerGraph
from influencegraph.methods import METHODS, show_progress
from influencegraph.scored import find_graph
from influencegraph.scores import Scores
from influencegraph.settings import (
    Progress,
    Settings,
    check_damping,
    check_effort,
    check_mutual_capacity,
    check_mutual_worth,
)
from influencegraph.whatif.solution import rescore

__all__ = ["WhatIf", "update", "what_if"]

_CHECKS = {
    "damping": check_damping,
    "mutual_worth": check_mutual_worth,
    "mutual_capacity": check_mutual_capacity,
}


class WhatIf:
    """Edits to come, each call one more; made by `what_if`, turned into scores by `score`.

    Every call returns another object and leaves this one as it is, so that several what-ifs can go on from
    one.
    """

    def __init__(self, scores: Scores, script: EditScript, settings: Settings) -> None:
        self._scores, self._script, self._settings = scores, script, settings

    def follow(self, follower: Any, followed: Any, weight: float = 1.0) -> WhatIf:
        """Let `follower` follow `followed`. Either may be a list: then each follows each.

        A label that is no account yet becomes one, which launches 1 if attention starts at all accounts
        alike, and nothing if it starts at seeds.

        Raises
        ------
        InvalidArgument
            If a follow exists, or would lead from an account to itself.
        InvalidFollows
            If a label cannot name an account of this graph, or the weight is not finite and >= 0.
        """
        script = self._script.copy()
        for one in _as_list(follower):
            for other in _as_list(followed):
                script.follow(one, other, weight)
        return WhatIf(self._scores, script, self._settings)

    def unfollow(self, follower: Any, followed: Any) -> WhatIf:
        """End the follow of `follower` to `followed`. Either may be a list: then of each to each.

        Raises
        ------
        InvalidArgument
            If there is no such follow.
        UnknownAccount
            If one of them is no account.
        """
        script = self._script.copy()
        for one in _as_list(follower):
            for other in _as_list(followed):
                script.unfollow(one, other)
        return WhatIf(self._scores, script, self._settings)

    def remove(self, accounts: Any) -> WhatIf:
        """Remove an account, or a list of them, with all their follows and the attention they launch.

        Raises
        ------
        UnknownAccount
            If one is no account.
        """
        script = self._script.copy()
        for account in _as_list(accounts):
            script.remove(account)
        return WhatIf(self._scores, script, self._settings)

    def set(self, **settings: float) -> WhatIf:
        """Change `damping`, `mutual_worth` or `mutual_capacity`: all is solved again, from the vector before.

        Raises
        ------
        InvalidArgument
            If a setting is unknown, outside its range, or fixed by the method.
        """
        method = self._settings.method
        for name in settings:
            if name not in _CHECKS or name not in METHODS[method].free:
                free = [each for each in _CHECKS if each in METHODS[method].free]
                raise InvalidArgument.because(
                    f"set is asked to change {shorten(name)}",
                    f"of method {method!r} it changes {', '.join(free)}",
                    "Score anew for anything else.",
                    name=name,
                )
        checked = {name: _CHECKS[name](value) for name, value in settings.items()}
        changed = {**vars(self._settings), **checked}
        return WhatIf(self._scores, self._script, Settings(**changed))

    def score(
        self,
        *,
        tolerance: float | None = None,
        max_sweeps: int = 1000,
        not_converged: Literal["error", "warn"] = "error",
        n_threads: int | None = None,
        progress: Callable[[Progress], object] | Literal[True] | None = None,
    ) -> Scores:
        """Return the scores after the edits, certified as any others.

        Parameters
        ----------
        tolerance : float > 0, optional
            Certified total error, that of the scores before included; by default the tolerance of these.
        max_sweeps, not_converged, n_threads, progress
            As in `influencegraph.score`.

        Returns
        -------
        Scores
            Equal to a full recomputation within both certificates. `work` says how they were found; `graph`
            is built when first asked for.

        Raises
        ------
        DidNotConverge
            If the tolerance was not certified within `max_sweeps`.
        """
        asked = self._scores.certificate.tolerance if tolerance is None else tolerance
        effort = check_effort(asked, max_sweeps, not_converged, n_threads, show_progress(progress))
        return rescore(self._scores, self._script.find_changes(), self._settings, effort)


def what_if(scores: Scores, *, graph: FollowerGraph | None = None) -> WhatIf:
    """Begin to edit the network of `scores`; nothing is computed before `WhatIf.score`.

    Parameters
    ----------
    scores : Scores
        Of a propagation method: ``"reach"`` or ``"pagerank"``.
    graph : FollowerGraph, optional
        The one that was scored, where `scores` do not carry it (after loading).

    Raises
    ------
    InvalidArgument
        If the method propagates no attention, or the graph is missing or another one.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> scores = influencegraph.score(graph)
    >>> after = influencegraph.what_if(scores).follow("cat", "ann").unfollow("ann", "bob").score()
    >>> after.labels.tolist(), after.reach.round(3).tolist()
    (['ann', 'bob', 'cat'], [2.636, 1.425, 1.0])
    """
    _, found = _find_graph(scores, graph)
    return WhatIf(scores, EditScript(found), scores.settings)


def update(
    scores: Scores,
    *,
    added: Any = None,
    removed: Any = None,
    graph: FollowerGraph | None = None,
    tolerance: float | None = None,
    max_sweeps: int = 1000,
    not_converged: Literal["error", "warn"] = "error",
    n_threads: int | None = None,
    progress: Callable[[Progress], object] | Literal[True] | None = None,
) -> Scores:
    """Return the scores after many follows came and went: `removed` go first, then `added` come.

    Parameters
    ----------
    scores : Scores
        Of a propagation method.
    added : tuple of (followers, followed) or (followers, followed, weights), optional
        Columns of labels, as in `FollowerGraph.from_arrays`; labels that are no accounts yet become some.
    removed : tuple of (followers, followed), optional
        Columns of labels. Accounts stay, even without follows.
    graph : FollowerGraph, optional
        The one that was scored, where `scores` do not carry it.
    tolerance, max_sweeps, not_converged, n_threads, progress
        As in `WhatIf.score`.

    Raises
    ------
    InvalidArgument
        If a follow to be added exists, one to be removed does not, or one is named twice.
    InvalidFollows, UnknownAccount
        If labels or weights cannot be believed.
    DidNotConverge
        If the tolerance was not certified within `max_sweeps`.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> scores = influencegraph.score(graph)
    >>> after = influencegraph.update(scores, added=(["dan"], ["ann"]), removed=(["cat"], ["bob"]))
    >>> after.labels.tolist(), after.work.path
    (['ann', 'bob', 'cat', 'dan'], 'push')
    """
    _, found = _find_graph(scores, graph)
    asked = scores.certificate.tolerance if tolerance is None else tolerance
    effort = check_effort(asked, max_sweeps, not_converged, n_threads, show_progress(progress))
    return rescore(scores, read_batch(found, added, removed), scores.settings, effort)


def _as_list(accounts: Any) -> list[Any]:
    if isinstance(accounts, str | bytes) or not isinstance(accounts, Iterable):
        return [accounts]
    return accounts.tolist() if isinstance(accounts, np.ndarray) else list(accounts)


def _find_graph(scores: Any, graph: Any) -> tuple[Scores, FollowerGraph]:
    """Return the graph that was scored, or say what is wrong."""
    if not isinstance(scores, Scores):
        raise InvalidArgument.out_of_range(
            "scores", scores, "be Scores", "`influencegraph.score` makes them."
        )
    if scores.propagation is None:
        raise InvalidArgument.because(
            f"scores are of method {scores.method!r}",
            "edits are followed up where attention propagates",
            "Score with method='reach' or 'pagerank', or score the edited graph anew.",
            name="scores",
        )
    found = find_graph(scores, graph)
    if found.layers:
        raise InvalidArgument.because(
            f"the graph has {len(found.layers)} layer{'s' if len(found.layers) > 1 else ''} of engagement",
            "edits are followed up where follows alone say what passes",
            "Edit the follows, lay the layers anew, and score that.",
            name="graph",
        )
    if found.ghosts is not None:
        raise refuse_ghosts(found.ghosts, "edits are followed up where follows alone say what passes")
    return scores, found
