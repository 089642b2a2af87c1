"""Compile ahead: call everything that has kernels on tiny networks, so that nobody waits for them later.

A kernel is compiled for the types it is handed: with and without weights, 32 and 64 bits, read-only or not.
So what is called here are public functions, in every form that they take, and what they do on large
networks alone; tests/test_warm_up.py holds that nothing is left.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from influencegraph.advice import advise
from influencegraph.audits import audit, audit_log
from influencegraph.audits.null_graphs import shuffle_follows
from influencegraph.earned import earned_reach
from influencegraph.errors import InfluenceGraphWarning
from influencegraph.graph import FollowerGraph
from influencegraph.io.text import read_follows
from influencegraph.kernels.jit import Crew, Kernels, take_stock
from influencegraph.kernels.spread import Roundings
from influencegraph.lab.cascades import independent_cascade_reach
from influencegraph.launch import resolve_teleport
from influencegraph.local import local_scores, who_reaches
from influencegraph.methods import METHODS, score
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.cases import RightHandSide
from influencegraph.solvers.scale import find_factor, scale_step
from influencegraph.solvers.together import propagate_lanes
from influencegraph.whatif import what_if

Columns = tuple[Any, ...]

_HUBS = 40
_ACCOUNTS = 400
_TEXTS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "narrow.tsv": (b"1\t2\n2\t1\n3\t1\n", {}),
    "wide.csv": (b"-5000000000,2\n2,-5000000000\n3,2\n", {}),
    "weights.csv": (b"source,target,w\n1,2,0.5\n2,1,1e-3\n", {"weight": "w"}),
    "names.csv": (b'ann,"bob ""b"""\nbob,ann\n', {}),
    "blanks.txt": (b"# a comment\nann bob 2\nbob  ann 3\n", {"weight": 2}),
}
"""Files of each kind: name, what it holds, arguments."""


def warm_up() -> Kernels:
    """Compile or load every kernel, and say how many; some 30 seconds where none is cached.

    Examples
    --------
    >>> from influencegraph.warm_up import list_calls
    >>> len(list(list_calls()))
    30
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InfluenceGraphWarning)
        for call in list_calls():
            call()
    return take_stock()


def list_calls() -> Iterator[Callable[[], object]]:
    """Yield calls that need, all together, every kernel in every form."""
    follower, followed = _make_follows()
    weights = np.arange(1.0, len(follower) + 1.0)
    builds: list[tuple[Columns, tuple[str, ...]]] = [
        ((follower.astype(np.uint32), followed.astype(np.uint32)), ("pull", "partitioned", "auto")),
        ((follower, followed, weights), ("pull", "partitioned", "auto")),
        (
            (follower, followed, weights * 1e-200),
            ("pull", "partitioned", "auto"),
        ),
    ]
    for columns, layouts in builds:
        yield partial(_score_all, columns, layouts)
    yield _score_flat
    yield partial(_solve_together, builds[0][0])
    yield partial(_solve_together, _make_flat())
    yield _scale
    yield partial(_score_layers, builds[1][0])
    scattered = _freeze(follower * (1 << 40)), _freeze(followed * (1 << 40))
    many = np.arange(3_000) * (1 << 40)  # more than the first hash table holds
    names = follower.astype(str), followed.astype(str)
    others: list[Columns] = [
        (follower, followed),
        tuple(np.tile(column, 2) for column in (follower, followed)),  # each follow twice
        tuple(np.tile(column, 2) for column in (follower, followed, weights)),
        scattered,
        (many, np.roll(many, 1)),
        (many.astype(str), np.roll(many, 1).astype(str)),
        tuple(column.copy() for column in scattered),
        names,
        tuple(_freeze(column) for column in names),
        tuple(column.tolist() for column in names),
    ]
    for columns in others:
        yield partial(FollowerGraph.from_arrays, *columns)
    for weighted in (False, True):
        yield partial(_look_at, (follower, followed, weights) if weighted else (follower, followed))
        yield partial(_edit_plain, (follower, followed, weights) if weighted else (follower, followed))
        yield partial(_audit, (follower, followed, weights) if weighted else (follower, followed))
    yield partial(audit_log, (np.arange(len(follower)), ["follow"] * len(follower), follower, followed))
    for name, (text, arguments) in _TEXTS.items():
        yield partial(_read, name, text, arguments)


def _freeze(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a read-only copy."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _make_follows() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return follows among hubs, and from accounts that follow one each; two of these follow each other.

    So there is a tail, which has few follows within. One account follows nobody.
    """
    hubs = [(u, v) for u, v in product(range(_HUBS), repeat=2) if u != v]
    others = [(u, u % _HUBS) for u in range(_HUBS, _ACCOUNTS)]
    pair = [(_ACCOUNTS - 1, _ACCOUNTS - 2), (_ACCOUNTS - 2, _ACCOUNTS - 1)]
    silent = [(0, _ACCOUNTS)]
    follower, followed = np.array([*hubs, *others, *pair, *silent]).T
    return follower.copy(), followed.copy()


def _score_all(columns: Columns, layouts: tuple[str, ...]) -> None:
    graph = FollowerGraph.from_arrays(*columns)
    for name, method in METHODS.items():
        score(graph, method=name, teleport=None if method.seeds is None else [graph.labels[0]])
    for layout, teleport in product(layouts, (None, [graph.labels[0]])):
        score(graph, layout=layout, teleport=teleport)
    scores, account = score(graph), graph.labels[0]
    earned_reach(scores, account), advise(scores, account, top=1)
    local_scores(graph, [account]), who_reaches(graph, account)
    independent_cascade_reach(graph, n_cascades=1)


def _make_flat() -> Columns:
    """Return follows of everybody in a small network by everybody else."""
    return np.nonzero(~np.eye(_HUBS, dtype=np.bool_))


def _score_flat() -> None:
    graph = FollowerGraph.from_arrays(*_make_flat())
    for layout in ("pull", "partitioned"):
        score(graph, layout=layout)


def _score_layers(columns: Columns) -> None:
    graph = FollowerGraph.from_arrays(*columns).with_layer("acts", *columns)
    for layout in ("pull", "partitioned", "auto"):
        score(graph, layout=layout)
    score(graph, mutual_giving=0.0)
    _edit(graph)
    audit(graph)


def _audit(columns: Columns) -> None:
    graph = FollowerGraph.from_arrays(*columns)
    audit(graph), shuffle_follows(graph, sweeps=1)


def _solve_together(columns: Columns) -> None:
    graph = FollowerGraph.from_arrays(*columns)
    sides = [
        RightHandSide(Settings("reach", 0.85, worth, 150.0, launch.kind, mutual_giving=1.5), launch)
        for launch in (resolve_teleport(graph, None), resolve_teleport(graph, [graph.labels[0]]))
        for worth in (0.5, 1.0)
    ]
    propagate_lanes(graph, sides, Effort(tolerance=1e-12))


def _scale() -> None:
    """Scale a vector, which few solves do."""
    launch, reach, stepped = np.ones(4), np.full(4, 2.0), np.full(4, 2.1)
    with Crew(1) as crew:
        factor = find_factor(launch, reach, stepped, crew)
        assert factor is not None
        scale_step(launch, Roundings(launch, 0.0), factor, 4, reach, stepped, crew)


def _edit_plain(columns: Columns) -> None:
    _edit(FollowerGraph.from_arrays(*columns))


def _edit(graph: FollowerGraph) -> None:
    """Ask what if, of accounts that stay and of others, by push and by sweeps."""
    plan = what_if(score(graph))
    for tolerance in (1e-6, 1e-14):
        for edited in (plan.follow(_ACCOUNTS - 1, 0), plan.remove(_ACCOUNTS - 3).follow(_ACCOUNTS, 0)):
            edited.score(tolerance=tolerance, not_converged="warn")


def _look_at(columns: Columns) -> None:
    """Look at a graph from all sides, and save and load it."""
    graph = FollowerGraph.from_arrays(*columns)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "graph.npz")
        graph.save(path)
        loaded = FollowerGraph.load(path)
    for each in (graph, loaded):
        account = each.labels[0]
        each.followers_of(account), each.following_of(account), each.mutuals_of(account)
        each.to_arrays(), each.to_scipy()
        score(each)
    FollowerGraph.from_scipy(graph.to_scipy())


def _read(name: str, text: bytes, arguments: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(text)
        for label_type in ("auto", "str"):
            read_follows(path, label_type=label_type, **arguments)
        with open(path, "rb") as file:
            read_follows(file, **arguments)
