"""influencegraph itself, with its defaults."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import TOLERANCES, Follows

TITLE = "**influencegraph**"
REQUIREMENTS = ()
PACKAGES = ("numpy", "scipy", "numba")
VARIANTS = {
    "certified": "the loosest tolerance whose own certificate (share_error) reaches the error",
    "true error": "the loosest tolerance whose true error does, as for everybody else",
}
DISCOUNTED = "discounted"
FOLLOWS_MAX = 1 << 40
WARM_UP_ACCOUNTS = 1 << 16
"""With sixteen times as many follows: a smaller network has another layout, and loads other kernels."""


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    return _prepare(follows, np.arange(follows.n_accounts), variant, n_threads)


def build_labelled(follows: Follows, variant: str, n_threads: int) -> Any:
    return _prepare(follows, None, variant, n_threads)


def _prepare(follows: Follows, labels: Any, variant: str, n_threads: int) -> Any:
    import influencegraph

    graph = influencegraph.FollowerGraph.from_arrays(follows.follower, follows.followed, labels=labels)
    method = "reach" if variant == DISCOUNTED else "pagerank"
    _lay_out(graph, method, n_threads)
    return graph, method, n_threads


def _lay_out(graph: Any, method: str, n_threads: int) -> None:
    """Make what the first score makes of a graph and later ones find, without scoring."""
    from influencegraph.methods import read_settings
    from influencegraph.settings import check_effort
    from influencegraph.solvers.solve import arrange, open_crew
    from influencegraph.solvers.transition import make_transition

    settings = read_settings(graph, "uniform", method)
    effort = check_effort(1e-9, 1000, "error", n_threads, None, "auto")
    with open_crew(graph, effort) as crew:
        arrange(graph, settings, make_transition(graph, settings, crew), effort, crew)


def convert(follows: Follows, n_threads: int) -> dict[str, Any]:
    """Time building alone, without the layout that the first score makes."""
    import time

    from benchmarks.peers.worker import held_bytes
    from influencegraph import FollowerGraph

    labels = np.arange(follows.n_accounts)
    start = time.perf_counter()
    graph = FollowerGraph.from_arrays(follows.follower, follows.followed, labels=labels)
    seconds = time.perf_counter() - start
    mutual = float(graph.mutual_counts.sum()) / graph.n_follows
    return {"build_seconds": seconds, "mutual": mutual, "build_bytes": held_bytes()}


def solve(model: Any, setting: float) -> tuple[Any, int]:
    import influencegraph

    graph, method, n_threads = model
    scores = influencegraph.score(graph, method=method, tolerance=setting, n_threads=n_threads)
    return scores, scores.certificate.sweeps


def join(model: Any, answer: Any) -> Any:
    return answer.labels, answer.values


def report(model: Any, answer: Any) -> dict[str, Any]:
    found = answer.certificate
    return {"certified": found.share_error if answer.method == "pagerank" else found.error}


def read_columns(follows: Follows, n_threads: int, path: str) -> dict[str, Any]:
    """Time the reader alone (the gate behind it is replaced by one that keeps the columns), then with it."""
    import time
    from types import SimpleNamespace

    from influencegraph.io import text

    kept: list[Any] = []

    def keep(*columns: Any) -> Any:
        kept[:] = columns
        return SimpleNamespace(report=SimpleNamespace(rows=1))

    gate, text.build_graph = text.build_graph, keep  # type: ignore[assignment] # for this measurement only
    try:
        start = time.perf_counter()
        text.read_follows(path)
        seconds = time.perf_counter() - start
    finally:
        text.build_graph = gate
    start = time.perf_counter()
    text.read_follows(path)
    equal = all(np.array_equal(ours, ids) for ours, ids in zip(kept[:2], follows[:2], strict=True))
    return {"read_seconds": seconds, "graph_seconds": time.perf_counter() - start, "equal": equal}
