"""What if: new scores of an edited network, without starting over.

    x' - x = G'^T [launch' - launch + a (P' - P)^T x],    G' = (I - a P')^-1

Only rows of edited accounts differ, so the bracket is small, and what follows from it is passed on until the
error asked for is certified: account by account (`push.py`), or by sweeps over the graph as it was
(`sweep.py`). Where neither pays, the edited graph is built and solved from the old vector on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from influencegraph.edits import EditScript, read_batch
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.ghosts import refuse_ghosts
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels
from influencegraph.methods import METHODS, read_settings, show_progress
from influencegraph.redaction import redact_alike, whole_of
from influencegraph.scored import Scored, find_scored
from influencegraph.scores import Scores
from influencegraph.settings import Progress, Settings, check_effort
from influencegraph.whatif.solution import rescore

__all__ = ["WhatIf", "update", "what_if"]

_CHANGEABLE = (
    "damping", "mutual_worth", "mutual_capacity", "mutual_giving", "engagement_half", "half_life", "as_of",
)  # fmt: skip
"""Settings that `WhatIf.set` changes, where the method has them."""


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
        alike, and nothing if it starts at seeds. A new follow has no acts in any layer.

        Raises
        ------
        InvalidArgument
            If a follow exists, or would lead from an account to itself.
        InvalidFollows
            If a label cannot name an account of this graph, or the weight is not finite and >= 0.
        UnknownAccount
            If some accounts are redacted and a label is none of those shown: there no new ones come.
        """
        script = self._script.copy()
        for one in _as_list(follower):
            for other in _as_list(followed):
                script.follow(one, other, weight)
        return WhatIf(self._scores, script, self._settings)

    def unfollow(self, follower: Any, followed: Any) -> WhatIf:
        """End the follow of `follower` to `followed`. Either may be a list: then of each to each.

        Its acts go with it, unless it begins again before `score`: then only its weight has changed.

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

    def set(self, **settings: Any) -> WhatIf:
        """Change settings: all is solved again, from the vector before.

        These are `damping`, `mutual_worth`, `mutual_capacity` and `mutual_giving`, and of a graph with layers
        `engagement_half`, `half_life` and `as_of`, as in `influencegraph.score`.

        Raises
        ------
        InvalidArgument
            If a setting is unknown, outside its range, fixed by the method, or about layers
            where there are none.
        """
        before = self._settings
        free = METHODS[before.method].free
        names = [each for each in _CHANGEABLE if each in free or (each == "as_of" and "half_life" in free)]
        for name in settings:
            if name not in names:
                raise InvalidArgument.because(
                    f"set is asked to change {shorten(name)}",
                    f"of method {before.method!r} it changes {', '.join(names)}",
                    "Score anew for anything else.",
                    name=name,
                )
        kept = {name: value for name in names if (value := getattr(before, name)) is not None}
        graph = self._script.graph
        changed = read_settings(graph, before.teleport, before.method, **{**kept, **settings})
        return WhatIf(self._scores, self._script, replace(changed, version=before.version))

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
        made = rescore(whole_of(self._scores), self._script.find_changes(), self._settings, effort)
        return redact_alike(made, self._scores)


def what_if(scores: Scores, *, graph: FollowerGraph | None = None) -> WhatIf:
    """Begin to edit the network of `scores`; nothing is computed before `WhatIf.score`.

    Parameters
    ----------
    scores : Scores
        Of a propagation method, as ``"reach"`` or ``"pagerank"``. Redacted ones give redacted answers.
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
    found = _find(scores, graph, "a what-if")
    return WhatIf(scores, EditScript(found.graph, _name_shown(scores)), scores.settings)


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

    A follow in both changes its weight, and keeps its acts in the layers; others take theirs along.

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
        If labels or weights cannot be believed; where accounts are redacted, if one is not shown.
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
    found = _find(scores, graph, "an update")
    asked = scores.certificate.tolerance if tolerance is None else tolerance
    effort = check_effort(asked, max_sweeps, not_converged, n_threads, show_progress(progress))
    changes = read_batch(found.graph, added, removed, _name_shown(scores))
    return redact_alike(rescore(found.whole, changes, scores.settings, effort), scores)


def _find(scores: Scores, graph: FollowerGraph | None, question: str) -> Scored:
    """Return what was scored; what an edit would have to remember is not known."""
    found = find_scored(scores, graph, question)
    if found.graph.ghosts is not None:
        raise refuse_ghosts(found.graph.ghosts, "edits are followed up where follows and acts tell all")
    return found


def _name_shown(scores: Scores) -> Labels | None:
    """Return the accounts that alone may be named, where some are redacted."""
    return None if scores.redaction is None else scores.accounts


def _as_list(accounts: Any) -> list[Any]:
    if isinstance(accounts, str | bytes) or not isinstance(accounts, Iterable):
        return [accounts]
    return accounts.tolist() if isinstance(accounts, np.ndarray) else list(accounts)
