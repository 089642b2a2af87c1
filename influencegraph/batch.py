"""Score one network several times at once: cases that share the passes along its follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from influencegraph.errors import InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.methods import DEFAULTS, check_graph, make_scores, read_case, show_progress
from influencegraph.methods.method import Outcome
from influencegraph.scores import Scores
from influencegraph.settings import LayoutName, Progress, check_effort
from influencegraph.solvers.cases import RightHandSide
from influencegraph.solvers.together import propagate_together


def score_batch(
    graph: FollowerGraph,
    cases: Iterable[Mapping[str, Any]],
    *,
    tolerance: float = 1e-9,
    max_sweeps: int = 1000,
    not_converged: Literal["error", "warn"] = "error",
    n_threads: int | None = None,
    layout: LayoutName = "auto",
    progress: Callable[[Progress], object] | Literal[True] | None = None,
    **common: Any,
) -> list[Scores]:
    """Score one network several times at once: topics, seeds, a sweep over settings.

    Every pass along the follows serves eight cases, which takes about half as long as one after the other
    (docs/benchmarks.md, docs/decisions/0008). On networks of less than half a million follows, with weights,
    or where all follow about as many, but few, each case is scored by itself.

    Parameters
    ----------
    graph : FollowerGraph
    cases : iterable of dict
        What each case sets: ``method``, ``damping``, ``mutual_worth``, ``mutual_capacity``, ``teleport``,
        ``scale``, ``engagement_half``, ``half_life``, ``as_of``, ``mutual_giving``, as in `score`.
    tolerance, max_sweeps, not_converged, n_threads, progress
        As in `score`, for every case.
    layout : {"auto", "pull", "partitioned"}
        As in `score`; one that is forced scores each case by itself.
    **common
        Settings of all cases that do not set them themselves.

    Returns
    -------
    list of Scores
        In the order of `cases`; each certified as by `score`, and equal to its result within both
        certificates.

    Raises
    ------
    InvalidArgument
        If a setting is unknown, outside its range, or not one of the method's.
    UnknownAccount
        If a teleport names an account that does not exist.
    DidNotConverge
        If a tolerance was not certified within `max_sweeps`.

    Examples
    --------
    What ann and bob lose as a returned follow is worth less:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> worths = [{"mutual_worth": worth} for worth in (1, 0.5, 0)]
    >>> [scores.reach.round(2).tolist() for scores in influencegraph.score_batch(graph, worths)]
    [[9.27, 9.73, 1.0], [2.18, 2.78, 1.0], [1.0, 1.85, 1.0]]
    """
    check_graph(graph)
    effort = check_effort(tolerance, max_sweeps, not_converged, n_threads, show_progress(progress), layout)
    read = [read_case(graph, **{**_check_case(common), **_check_case(case)}) for case in cases]
    together = [number for number, case in enumerate(read) if case.method.read is not None]
    sides = [RightHandSide(read[number].settings, read[number].launch) for number in together]
    found = propagate_together(graph, sides, effort)
    propagations = dict(zip(together, found, strict=True))
    scored = []
    for number, case in enumerate(read):
        if case.method.read is None:
            outcome = case.method.compute(graph, case.settings, case.launch, effort)
        else:
            values = case.method.read(propagations[number], case.settings)
            outcome = Outcome(values, propagations[number])
        scored.append(make_scores(graph, case, outcome))
    return scored


def score_topics(
    graph: FollowerGraph, topics: Mapping[str, Any], teleport: Any, **options: Any
) -> dict[str, Scores]:
    """Score for each of `topics`, name: teleport; `options` are those of `score`.

    Raises
    ------
    InvalidArgument
        If `topics` is no dict, or there is a teleport besides.
    """
    if not isinstance(topics, Mapping) or teleport is not None:
        raise InvalidArgument.because(
            f"topics is {shorten(topics)}" if teleport is None else "both topics and teleport are given",
            "topics is a dict of name: teleport, and each topic has a teleport of its own",
            "topics={'ai': ['ann', 'bob']} starts attention at ann and bob.",
            name="topics",
        )
    cases = [{"teleport": seeds} for seeds in topics.values()]
    return dict(zip(topics, score_batch(graph, cases, **options), strict=True))


def _check_case(case: Any) -> dict[str, Any]:
    """Return one of `score_batch`'s cases, refused unless it is a dict of settings."""
    names = ("method", *DEFAULTS, "teleport", "scale")
    unknown = [name for name in case if name not in names] if isinstance(case, Mapping) else [case]
    if unknown:
        raise InvalidArgument.out_of_range(
            "cases",
            unknown[0],
            f"hold dicts of {', '.join(names)}",
            "What concerns all cases alike, such as tolerance, is an argument of score_batch.",
        )
    return dict(case)
