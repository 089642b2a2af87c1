"""Scoring methods, one per file: graph in, Scores out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal

from influencegraph.errors import InfluenceGraphWarning, InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch, resolve_teleport
from influencegraph.methods import (
    articlerank,
    collusionrank,
    followers,
    hits,
    hitting_time,
    leaderrank,
    one_way_followers,
    pagerank,
    reach,
    salsa,
    trustrank,
    tunkrank,
    tweepcred,
)
from influencegraph.methods.method import Method
from influencegraph.scale import Scale
from influencegraph.scores import Scores
from influencegraph.settings import (
    LayoutName,
    Progress,
    Settings,
    check_damping,
    check_effort,
    check_mutual_capacity,
    check_mutual_worth,
)

METHODS: dict[str, Method] = {
    "reach": reach.METHOD,
    "pagerank": pagerank.METHOD,
    "followers": followers.METHOD,
    "one_way_followers": one_way_followers.METHOD,
    "trustrank": trustrank.METHOD,
    "tunkrank": tunkrank.METHOD,
    "hitting_time": hitting_time.METHOD,
    "collusionrank": collusionrank.METHOD,
    "tweepcred": tweepcred.METHOD,
    "leaderrank": leaderrank.METHOD,
    "articlerank": articlerank.METHOD,
    "hits": hits.METHOD,
    "salsa": salsa.METHOD,
}
"""All methods by name, written out by hand."""

DEFAULTS = {"damping": 0.85, "mutual_worth": 0.5, "mutual_capacity": 150.0}


def score(
    graph: FollowerGraph,
    *,
    method: str = "reach",
    damping: float = 0.85,
    mutual_worth: float = 0.5,
    mutual_capacity: float = 150,
    teleport: Any = None,
    tolerance: float = 1e-9,
    max_sweeps: int = 1000,
    not_converged: Literal["error", "warn"] = "error",
    scale: Scale | None = None,
    n_threads: int | None = None,
    progress: Callable[[Progress], object] | Literal[True] | None = None,
    layout: LayoutName = "auto",
) -> Scores:
    """Score all accounts of a follower network, and say how sure the scores are.

    Parameters
    ----------
    graph : FollowerGraph
        Who follows whom.
    method : str
        A name in `METHODS`; docs/methods has a page for each. ``"reach"`` is discounted propagation; the
        others are there to be compared with.
    damping : float in [0, 1)
        Share of its attention that an account passes on to those it follows.
    mutual_worth : float in [0, 1]
        What a follow that is returned is worth; 1 is no discount, 0 is strict.
    mutual_capacity : float > 0 or inf
        How many mutual followers one account can hold at full `mutual_worth`.
    teleport : list of labels, dict of label: weight, or ndarray of shape (n_accounts,), optional
        Where attention starts; by default at each account alike. For ``"trustrank"`` accounts known to be
        good, for ``"collusionrank"`` known spammers: these two cannot do without.
    tolerance : float > 0
        Certified total error (L1) of all shares of attention; never scaled by the number of accounts.
    max_sweeps : int
        Give up after this many steps along all follows.
    not_converged : {"error", "warn"}
        What to do then.
    scale : Scale, optional
        A frozen scale, so that scores of different days compare; by default the network's own.
    n_threads : int, optional
        Threads for this call; by default all processors allowed. The bytes do not depend on it.
    progress : True or callable, optional
        True draws a line on a terminal's standard error; a callable is handed a `Progress` after each
        sweep.
    layout : {"auto", "pull", "partitioned"}
        How follows lie in memory while solving: by default chosen by size. Results of different layouts
        agree within their certificates. A weighted network has no partitioned layout.

    Returns
    -------
    Scores
        Values, certified intervals and ranks, certificate and ledger.

    Raises
    ------
    InvalidArgument
        If a setting is outside its range, or not one of the method's.
    UnknownAccount
        If `teleport` names an account that does not exist.
    DidNotConverge
        If the tolerance was not certified within `max_sweeps`.

    Examples
    --------
    Bob and ann follow each other, which counts half; cat's follow is not returned:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> scores = influencegraph.score(graph)
    >>> scores.reach.round(4).tolist()
    [2.18, 2.7765, 1.0]
    >>> influencegraph.score(graph, method="followers").values.tolist()
    [1.0, 2.0, 0.0]
    """
    if not isinstance(graph, FollowerGraph):
        raise InvalidArgument.because(
            f"graph is {shorten(graph)}",
            "it is a FollowerGraph",
            "Make one with FollowerGraph.from_arrays, from_scipy, from_networkx, or read_follows.",
            name="graph",
        )
    given = {
        "damping": check_damping(damping),
        "mutual_worth": check_mutual_worth(mutual_worth),
        "mutual_capacity": check_mutual_capacity(mutual_capacity),
    }
    effort = check_effort(tolerance, max_sweeps, not_converged, n_threads, _show(progress), layout)
    chosen = _choose(method)
    launch = _launch(graph, method, chosen, teleport)
    settings = _settle(method, chosen, given, launch)
    values, propagation = chosen.compute(graph, settings, launch, effort)
    return Scores(
        values, chosen.unit, graph.accounts, settings, _scale(graph, settings, scale), propagation, graph
    )


def _choose(method: str) -> Method:
    if not isinstance(method, str) or method not in METHODS:
        raise InvalidArgument.out_of_range(
            "method", method, f"be one of {', '.join(METHODS)}", "'reach' is the default."
        )
    return METHODS[method]


def _launch(graph: FollowerGraph, name: str, method: Method, teleport: Any) -> Launch:
    if teleport is not None and "teleport" not in method.free:
        raise _not_used(name, "teleport", teleport)
    if teleport is None and method.seeds is not None:
        raise InvalidArgument.because(
            "teleport is None",
            f"method {name!r} starts at {method.seeds}",
            "Name them: teleport=[label, ...].",
            name="teleport",
            value=None,
        )
    return resolve_teleport(graph, teleport)


def _settle(name: str, method: Method, given: dict[str, float], launch: Launch) -> Settings:
    """Keep the settings that the method reads; refuse those it would ignore."""
    used = {setting: value for setting, value in given.items() if setting in method.free}
    for setting, value in given.items():
        if setting not in method.free and value not in (DEFAULTS[setting], method.fixed.get(setting)):
            raise _not_used(name, setting, value)
    used |= method.fixed
    return Settings(
        name, used.get("damping"), used.get("mutual_worth"), used.get("mutual_capacity"), launch.kind
    )


def _not_used(method: str, setting: str, value: Any) -> InvalidArgument:
    return InvalidArgument.because(
        f"{setting} is {shorten(value)}",
        f"method {method!r} does not use it",
        f"Leave {setting} out, or use method='reach'.",
        name=setting,
        value=value,
    )


def _scale(graph: FollowerGraph, settings: Settings, scale: Scale | None) -> Scale:
    if scale is None:
        return Scale(graph.n_accounts, settings)
    if not isinstance(scale, Scale):
        raise InvalidArgument.out_of_range(
            "scale", scale, "be a Scale", "Scale.from_scores(scores, name=...) makes one."
        )
    if scale.settings != settings:
        warnings.warn(
            f"the scale {scale.name!r} was frozen at {scale.settings}, these scores are {settings}: "
            "differences between them come from the settings as well as from the network",
            InfluenceGraphWarning,
            stacklevel=3,
        )
    return scale


def _show(
    progress: Callable[[Progress], object] | Literal[True] | None,
) -> Callable[[Progress], object] | None:
    if progress is not True:
        return progress
    from influencegraph.io.display import draw_progress

    return draw_progress()
