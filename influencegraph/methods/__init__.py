"""Scoring methods, one per file: graph in, Scores out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypedDict, Unpack, overload

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
from influencegraph.methods.method import Method, Outcome
from influencegraph.scale import Scale
from influencegraph.scores import Scores
from influencegraph.settings import (
    LayoutName,
    Progress,
    Settings,
    check_damping,
    check_effort,
    check_engagement_half,
    check_fading,
    check_mutual_capacity,
    check_mutual_giving,
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

DEFAULTS = {
    "damping": 0.85, "mutual_worth": 0.4, "mutual_capacity": 150.0, "engagement_half": 3.0,
    "half_life": None, "as_of": None, "mutual_giving": 1.5,
}  # fmt: skip
ENGAGEMENT = frozenset({"engagement_half", "half_life", "as_of"})
"""Settings that only layers give a meaning."""


class ScoreOptions(TypedDict, total=False):
    """What `score` takes besides the graph and topics."""

    method: str
    damping: float
    mutual_worth: float
    mutual_capacity: float
    teleport: Any
    tolerance: float
    max_sweeps: int
    not_converged: Literal["error", "warn"]
    scale: Scale | None
    n_threads: int | None
    progress: Callable[[Progress], object] | Literal[True] | None
    layout: LayoutName
    engagement_half: float
    half_life: Any
    as_of: Any
    mutual_giving: float


@overload
def score(graph: FollowerGraph, *, topics: None = None, **options: Unpack[ScoreOptions]) -> Scores: ...


@overload
def score(
    graph: FollowerGraph, *, topics: Mapping[str, Any], **options: Unpack[ScoreOptions]
) -> dict[str, Scores]: ...


def score(
    graph: FollowerGraph,
    *,
    method: str = "reach",
    damping: float = 0.85,
    mutual_worth: float = 0.4,
    mutual_capacity: float = 150,
    teleport: Any = None,
    tolerance: float = 1e-9,
    max_sweeps: int = 1000,
    not_converged: Literal["error", "warn"] = "error",
    scale: Scale | None = None,
    n_threads: int | None = None,
    progress: Callable[[Progress], object] | Literal[True] | None = None,
    layout: LayoutName = "auto",
    engagement_half: float = 3,
    half_life: Any = None,
    as_of: Any = None,
    mutual_giving: float = 1.5,
    topics: Mapping[str, Any] | None = None,
) -> Scores | dict[str, Scores]:
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
        What a follow that is returned is worth, of a follower who gives nothing one-way; 1 is no discount,
        0 is strict.
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
        agree within their certificates.
    engagement_half : float > 0
        Of a graph with layers (`FollowerGraph.with_layer`): how much engagement, in follows' worth, spares
        half of a mutual follow's discount.
    half_life, as_of : float, timedelta and date, optional
        Both together: acts in layers count half for each `half_life`, in seconds, that they are older than
        `as_of`.
    mutual_giving : float >= 0
        How much more mutual follows count whose followers also follow where nothing comes back:
        ``min(1, mutual_worth (1 + mutual_giving g))`` takes the place of `mutual_worth`, g being the share of
        the follower's attention that goes one-way. 0 looks at no follower's other follows.
    topics : dict of name: teleport, optional
        Several teleports, such as trusted seeds for each subject, scored at once (`score_batch`).

    Returns
    -------
    Scores, or dict of name: Scores
        Values, certified intervals and ranks, certificate and ledger; with `topics`, of each.

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
    Bob and ann follow each other and nobody else, which counts 0.4; cat's follow is not returned:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> scores = influencegraph.score(graph)
    >>> scores.reach.round(4).tolist()
    [1.8419, 2.4763, 1.0]
    >>> influencegraph.score(graph, method="followers").values.tolist()
    [1.0, 2.0, 0.0]
    """
    check_graph(graph)
    if topics is not None:
        from influencegraph.batch import score_topics

        given = {"tolerance": tolerance, "max_sweeps": max_sweeps, "not_converged": not_converged}
        settings = {
            "damping": damping, "mutual_worth": mutual_worth, "mutual_capacity": mutual_capacity,
            "engagement_half": engagement_half, "half_life": half_life, "as_of": as_of,
            "mutual_giving": mutual_giving,
        }  # fmt: skip
        return score_topics(
            graph, topics, teleport, method=method, scale=scale, n_threads=n_threads, progress=progress,
            layout=layout, **given, **settings,
        )  # fmt: skip
    effort = check_effort(tolerance, max_sweeps, not_converged, n_threads, show_progress(progress), layout)
    case = read_case(
        graph,
        method=method,
        damping=damping,
        mutual_worth=mutual_worth,
        mutual_capacity=mutual_capacity,
        teleport=teleport,
        scale=scale,
        engagement_half=engagement_half,
        half_life=half_life,
        as_of=as_of,
        mutual_giving=mutual_giving,
    )
    return make_scores(graph, case, case.method.compute(graph, case.settings, case.launch, effort))


def check_graph(graph: Any) -> None:
    """Refuse what is no FollowerGraph."""
    if not isinstance(graph, FollowerGraph):
        raise InvalidArgument.because(
            f"graph is {shorten(graph)}",
            "it is a FollowerGraph",
            "Make one with FollowerGraph.from_arrays, from_scipy, from_networkx, or read_follows.",
            name="graph",
        )


class Case(NamedTuple):
    """How a network is scored, checked."""

    method: Method
    settings: Settings
    launch: Launch
    scale: Scale


def read_case(
    graph: FollowerGraph, *, method: str = "reach", teleport: Any = None, scale: Scale | None = None,
    **given: Any,
) -> Case:  # fmt: skip
    """Check how a network is to be scored; `given` are settings of `read_settings`."""
    chosen = _choose(method)
    launch = _launch(graph, method, chosen, teleport)
    settings = read_settings(graph, launch.kind, method, **given)
    return Case(chosen, settings, launch, _scale(graph, settings, scale))


def read_settings(
    graph: FollowerGraph, teleport: Literal["uniform", "given"], method: str = "reach", *,
    damping: Any = DEFAULTS["damping"], mutual_worth: Any = DEFAULTS["mutual_worth"],
    mutual_capacity: Any = DEFAULTS["mutual_capacity"], engagement_half: Any = DEFAULTS["engagement_half"],
    half_life: Any = None, as_of: Any = None, mutual_giving: Any = DEFAULTS["mutual_giving"],
) -> Settings:  # fmt: skip
    """Check settings, without looking at where attention starts; O(1)."""
    given: dict[str, float | None] = {
        "damping": check_damping(damping),
        "mutual_worth": check_mutual_worth(mutual_worth),
        "mutual_capacity": check_mutual_capacity(mutual_capacity),
        "engagement_half": check_engagement_half(engagement_half),
        "mutual_giving": check_mutual_giving(mutual_giving),
    }
    given["half_life"], given["as_of"] = check_fading(half_life, as_of)
    return _settle(graph, method, _choose(method), given, teleport)


def make_scores(graph: FollowerGraph, case: Case, outcome: Outcome) -> Scores:
    """Say what was found, and how."""
    return Scores(
        outcome.values,
        case.method.unit,
        graph.accounts,
        case.settings,
        case.scale,
        outcome.propagation,
        graph,
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


def _settle(
    graph: FollowerGraph, name: str, method: Method, given: dict[str, float | None],
    teleport: Literal["uniform", "given"],
) -> Settings:  # fmt: skip
    """Keep the settings that the method reads; refuse those it would ignore."""
    free = method.free | ({"as_of"} if "half_life" in method.free else set())
    for setting, value in given.items():
        is_left = value in (DEFAULTS[setting], method.fixed.get(setting))
        if setting not in free and not is_left:
            raise _not_used(name, setting, value)
        if setting in ENGAGEMENT and not graph.layers and not is_left:
            raise InvalidArgument.because(
                f"{setting} is {value:g}", "this graph has no layer of engagement",
                f"Add one with graph.with_layer, or leave {setting} out.", name=setting,
            )  # fmt: skip
    unused = set() if graph.layers else ENGAGEMENT
    used = {setting: value for setting, value in given.items() if setting in free - unused}
    used |= method.fixed
    return Settings(
        name, used.get("damping"), used.get("mutual_worth"), used.get("mutual_capacity"), teleport,
        used.get("engagement_half"), used.get("half_life"), used.get("as_of"),
        used.get("mutual_giving"),
    )  # fmt: skip


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
            stacklevel=4,
        )
    return scale


def show_progress(
    progress: Callable[[Progress], object] | Literal[True] | None,
) -> Callable[[Progress], object] | None:
    """Return what draws progress; True draws on a terminal."""
    if progress is not True:
        return progress
    from influencegraph.io.display import draw_progress

    return draw_progress()
