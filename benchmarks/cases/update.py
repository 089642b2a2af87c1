"""What do scores after edits cost, against starting over: cold, and warm from the old reach?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np

import influencegraph
from benchmarks import rows, timing
from benchmarks.plan import Plan
from benchmarks.ready import BUILD_BYTES, ready_memory
from benchmarks.tables import describe, graph_line, one, ratio, seconds, table
from influencegraph import FollowerGraph, Scores
from influencegraph.launch import resolve_teleport
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort
from influencegraph.solvers.solve import propagate

CASE, TITLE = "update", "Scores after edits"
SHARES = (0.0001, 0.001, 0.01, 0.1)
TARGETS = (1e-6, 1e-9)
SINGLE, EDITS = "one follow", 5
Columns = tuple[np.ndarray, np.ndarray]
_Found = TypeVar("_Found")


class _Network(NamedTuple):
    """A graph labelled 0, 1, 2, ..., its follows, and their ascending keys, ``follower n + followed``."""

    graph: FollowerGraph
    follows: Columns
    keys: np.ndarray

    def pick(self, count: int, seed: int) -> Columns:
        """Return follows to end, at least one."""
        chosen = np.random.default_rng(seed).choice(len(self.keys), max(1, count), replace=False)
        chosen.sort()
        return self.follows[0][chosen], self.follows[1][chosen]

    def turn(self, ended: Columns) -> Columns:
        """Return about as many follows that do not exist: of the same accounts, by others."""
        follower, followed = ended
        n = self.graph.n_accounts
        other = (follower + 1 + np.arange(len(follower)) % 7) % n
        keys = np.unique((other * n + followed)[other != followed])
        places = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        keys = keys[self.keys[places] != keys]
        return keys // n, keys % n

    def edit(self, ended: Columns, begun: Columns) -> FollowerGraph:
        """Edit the columns of follows and build the graph anew."""
        stays = np.ones(len(self.keys), bool)
        stays[np.searchsorted(self.keys, ended[0] * self.graph.n_accounts + ended[1])] = False
        columns = [np.r_[column[stays], new] for column, new in zip(self.follows, begun, strict=True)]
        return FollowerGraph.from_arrays(*columns, labels=self.graph.labels)


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for stored in plan.graphs():
        log = timing.Log(CASE, stored.name)
        graph = FollowerGraph.from_arrays(*stored.columns(), labels=np.arange(stored.n_accounts))
        follows = graph.to_arrays()[:2]
        network = _Network(graph, follows, follows[0] * graph.n_accounts + follows[1])
        for target in TARGETS:
            scores = influencegraph.score(graph, tolerance=target, n_threads=plan.threads)
            influencegraph.what_if(scores).unfollow(*map(_first, network.pick(1, 0))).score()  # sorts, once
            for block in range(1, plan.blocks + 1):
                for number in range(EDITS):
                    ended = network.pick(1, number + block * EDITS)
                    log.add(
                        SINGLE,
                        str(block),
                        _time(network, scores, ended, plan.threads),
                        target,
                        plan.threads,
                        number,
                    )
                for share in SHARES:
                    ended = network.pick(int(share * graph.n_follows), block)
                    log.add(
                        f"{share:.2%}",
                        str(block),
                        _time(network, scores, ended, plan.threads),
                        target,
                        plan.threads,
                    )
        yield stored.name, [graph_line(CASE, stored), *log.rows]


def _first(column: np.ndarray) -> int:
    return int(column[0])


def _clock(network: _Network, work: Callable[[], _Found]) -> tuple[_Found, float]:
    ready_memory(BUILD_BYTES * network.graph.n_follows)
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def _time(network: _Network, scores: Scores, ended: Columns, n_threads: int) -> dict[str, Any]:
    """Time all three ways; about as many follows begin as end. A single edit ends one."""
    tolerance = scores.certificate.tolerance
    begun = network.turn(ended) if len(ended[0]) > 1 else (ended[0][:0], ended[1][:0])
    effort: dict[str, Any] = {"tolerance": tolerance, "n_threads": n_threads}

    def start_over(start: np.ndarray | None) -> Scores | Propagation:
        edited = network.edit(ended, begun)
        if start is None:
            return influencegraph.score(edited, **effort)
        return propagate(edited, scores.settings, resolve_teleport(edited, None), Effort(**effort), start)

    after, passed = _clock(network, lambda: influencegraph.update(
        scores, added=begun, removed=ended, n_threads=n_threads
    ))  # fmt: skip
    cold, cold_passed = _clock(network, lambda: start_over(None))
    warm, warm_passed = _clock(network, lambda: start_over(scores.reach))
    for other in (cold, warm):
        if not np.all((after.lower <= other.upper) & (other.lower <= after.upper)):
            raise timing.WrongAnswerError("intervals of one account do not meet")
    return {
        "seconds": passed,
        "cold_seconds": cold_passed,
        "warm_seconds": warm_passed,
        "visited": after.work.follows_visited / network.graph.n_follows,
        "pushed": float(after.work.path == "push"),
    }


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "`update` against editing the columns of follows, building and scoring: *cold* from nothing, *warm* "
        "from the old reach. About as many follows begin as end. Every account's interval meets "
        f"those of both others. *{SINGLE}*: one ends, {EDITS} different ones in each block. *visited*: "
        "how often follows were read, over their number."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        for target in TARGETS:
            for kind in rows.distinct(here, "contender"):
                found = rows.select(here, contender=kind, target=f"{target:g}")
                if not found:
                    continue
                names = ("seconds", "cold_seconds", "warm_seconds", "visited", "pushed")
                ours, cold, warm, visited, pushed = (rows.blocks(found, name) for name in names)
                lines.append(
                    [
                        describe(here), kind, f"{target:g}", seconds(ours), seconds(cold), seconds(warm),
                        ratio(cold, ours), one(visited, ".3f"), one(pushed, ".0%"),
                    ]
                )  # fmt: skip
    header = ["graph", "changed", "tolerance", "update s", "cold s", "warm s", "cold / update", "visited"]
    yield table([*header, "pushed"], lines)
