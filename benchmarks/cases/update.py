"""What do new scores cost after follows came and went, against scoring anew?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import influencegraph
from benchmarks import rows, timing
from benchmarks.graphs import Stored
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, one, ratio, seconds, table
from influencegraph import FollowerGraph, Scores
from influencegraph.edits import read_batch
from influencegraph.settings import Effort
from influencegraph.whatif.solution import solve_anew

CASE, TITLE = "update", "Follows that came and went"
SHARES = (1e-4, 1e-3, 1e-2, 1e-1)
"""Of the follows, half of them ended and as many begun."""
TOLERANCES = (1e-6, 1e-9)
SINGLE = "one follow"
PATHS = ("push", "sweep", "solve")


class Edits(NamedTuple):
    """Columns of `influencegraph.update`."""

    added: tuple[np.ndarray, np.ndarray]
    removed: tuple[np.ndarray, np.ndarray]


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for stored in plan.graphs():
        log = timing.Log(CASE, stored.name)
        labels = np.arange(stored.n_accounts)
        graph = FollowerGraph.from_arrays(*stored.columns(), labels=labels)
        for tolerance in TOLERANCES:
            scores = influencegraph.score(graph, tolerance=tolerance, n_threads=plan.threads)
            for share in (0.0, *SHARES):
                kind = SINGLE if not share else f"{100 * share:g} %"
                for block in range(plan.blocks + 1):
                    measures = _time(scores, _draw(stored, share, block), plan.threads)
                    if block:  # the first one compiles, and transposes the graph
                        log.add(kind, str(block), measures, tolerance, plan.threads, share)
        yield stored.name, [graph_line(CASE, stored), *log.rows]


def _draw(stored: Stored, share: float, block: int) -> Edits:
    """Draw follows to be ended and others to be begun; one to be begun where the share is 0."""
    rng = np.random.default_rng([block, int(1e6 * share)])
    follower, followed = stored.columns()
    count = max(1, round(share * len(follower) / 2))
    gone = np.sort(rng.choice(len(follower), count if share else 0, replace=False))
    ends = rng.integers(0, stored.n_accounts, (2, 2 * count + 64))
    keys = np.unique(ends[0] * stored.n_accounts + ends[1])
    known = np.asarray(follower, np.int64) * stored.n_accounts + followed
    keys = rng.permutation(np.setdiff1d(keys, known))
    new = keys // stored.n_accounts, keys % stored.n_accounts
    distinct = np.flatnonzero(new[0] != new[1])[:count]
    return Edits((new[0][distinct], new[1][distinct]), (follower[gone].copy(), followed[gone].copy()))


def _time(scores: Scores, edits: Edits, n_threads: int) -> dict[str, Any]:
    """Time the update, the edited graph solved from the old vector on, and all of it anew."""
    graph, tolerance = scores.graph, scores.certificate.tolerance
    assert graph is not None
    effort = Effort(tolerance=tolerance, n_threads=n_threads)
    update_seconds, after = _clock(
        lambda: influencegraph.update(scores, **edits._asdict(), n_threads=n_threads)
    )
    warm_seconds, warm = _clock(
        lambda: solve_anew(scores, read_batch(graph, *edits), scores.settings, effort)
    )
    columns = _edit_columns(graph, edits)
    cold_seconds, cold = _clock(
        lambda: influencegraph.score(
            FollowerGraph.from_arrays(*columns, labels=graph.labels), tolerance=tolerance, n_threads=n_threads
        )
    )
    for other in (warm, cold):
        if not np.all((after.lower <= other.upper) & (other.lower <= after.upper)):
            raise timing.WrongAnswerError("intervals of one account do not meet")
    assert after.work is not None
    return {
        "update_seconds": update_seconds,
        "warm_seconds": warm_seconds,
        "cold_seconds": cold_seconds,
        "visited": after.work.share,
        "path": float(PATHS.index(after.work.path)),
        "certified": after.certificate.error,
    }


def _edit_columns(graph: FollowerGraph, edits: Edits) -> list[np.ndarray]:
    """Return the columns of the edited network; not timed, whoever scores anew has them."""
    follows = graph.to_arrays()
    n = graph.n_accounts
    gone = edits.removed[0].astype(np.int64) * n + edits.removed[1]
    stays = ~np.isin(follows.follower * n + follows.followed, gone)
    columns = zip((follows.follower, follows.followed), edits.added, strict=True)
    return [np.append(old[stays], new) for old, new in columns]


def _clock(answer: Callable[[], Scores]) -> tuple[float, Scores]:
    start = time.perf_counter()
    scores = answer()
    return time.perf_counter() - start, scores


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "New scores after edits: *update* from the scores before (`influencegraph.update`), *warm* builds "
        "the edited network and solves it from the old vector on, *anew* builds and scores it, given its "
        "columns. Half of the edits end a follow, half begin one; *one follow* begins one. *Visited* is how "
        "often attention was passed along a follow, beside all follows. Intervals were checked to meet."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        for kind in rows.distinct(here, "contender"):
            for target in TOLERANCES:
                found = rows.select(here, contender=kind, target=f"{target:g}")
                if not found:
                    continue
                ours, warm, cold = (
                    rows.blocks(found, f"{how}_seconds") for how in ("update", "warm", "cold")
                )
                path = PATHS[int(float(one(rows.blocks(found, "path"), ".0f")))]
                lines.append(
                    [
                        describe(here), kind, f"{target:g}", path, one(rows.blocks(found, "visited"), ".3f"),
                        seconds(ours), seconds(warm), seconds(cold), ratio(warm, ours), ratio(cold, ours),
                    ]
                )  # fmt: skip
    yield table(
        [
            "graph", "edits", "tolerance", "path", "visited", "update s", "warm s", "anew s", "warm / update",
            "anew / update",
        ],
        lines,
    )  # fmt: skip
