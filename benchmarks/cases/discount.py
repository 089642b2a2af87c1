"""What does the discounted default cost against our own PageRank, at equal certified error?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import rows, timing
from benchmarks.graphs import Stored
from benchmarks.peers import Contender
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, one, ratio, seconds, table

CASE, TITLE = "discount", "The discounted default against PageRank"
TARGETS = (1e-6, 1e-9)
_METHODS = {"pagerank": Contender("ours", "certified"), "reach": Contender("ours", "discounted")}
_CERTIFIED = 1e-12


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for graph in plan.graphs():
        log = timing.Log(CASE, graph.name)
        exact = {method: _solve_exactly(plan, graph, contender) for method, contender in _METHODS.items()}
        for block in range(1, plan.blocks + 1):
            for method in [*_METHODS][:: 1 if block % 2 else -1]:
                _run_block(plan, graph, method, exact[method], block, log)
        yield graph.name, [graph_line(CASE, graph), *log.rows]


def _start(plan: Plan, graph: Stored, contender: Contender) -> timing.Process:
    process = timing.Process(contender, plan.python("ours"), plan.threads, plan)
    process.ask("warm_up")
    process.ask("load", folder=str(graph.folder.resolve()), accounts=graph.n_accounts)
    process.ask("build")
    return process


def _solve_exactly(plan: Plan, graph: Stored, contender: Contender) -> np.ndarray:
    with _start(plan, graph, contender) as process:
        return _solve(process, _CERTIFIED)[1]


def _solve(process: timing.Process, tolerance: float) -> tuple[dict[str, float], np.ndarray]:
    """Return the answer and y, the shares of attention that a certificate speaks of, up to one constant."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "values.npy"
        return process.ask("solve", setting=tolerance, out=str(out)), np.load(out)


def _run_block(
    plan: Plan, graph: Stored, method: str, exact: np.ndarray, block: int, log: timing.Log
) -> None:
    with _start(plan, graph, _METHODS[method]) as process:
        for target in TARGETS:
            _solve(process, target)
            answers = []
            for _ in range(timing.REPEATS):
                answer, values = _solve(process, target)
                error = float(np.abs(values - exact).sum())
                # Reach sums to at most n / 0.15, shares to 1.
                answer["error"] = error * 0.15 / graph.n_accounts if method == "reach" else error
                answers.append(answer)
                if answer["error"] > answer["certified"] + _CERTIFIED * 100:
                    raise timing.WrongAnswerError(
                        f"{method}: error {answer['error']:.1e} above {answer['certified']:.1e}"
                    )
            names = ("solve_seconds", "error", "certified", "iterations")
            kept = {name: [each[name] for each in answers] for name in names}
            log.add(method, str(block), kept, target, plan.threads, target)


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "Both at the same `tolerance`, which bounds the certified error of all shares of attention. The "
        "true error is the distance from our own solution certified to 1e-12, and was checked against "
        "the certificate."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        for target in TARGETS:
            found = {method: rows.select(here, contender=method, target=f"{target:g}") for method in _METHODS}
            times = {method: rows.blocks(found[method], "solve_seconds") for method in _METHODS}
            lines.append(
                [
                    describe(here), f"{target:g}",
                    *(one(rows.blocks(found[method], "iterations"), ".0f") for method in _METHODS),
                    *(one(rows.blocks(found[method], "error"), ".1e") for method in _METHODS),
                    *(seconds(times[method]) for method in _METHODS),
                    ratio(times["reach"], times["pagerank"]),
                ]
            )  # fmt: skip
    names = [f"{what}, {method}" for what in ("sweeps", "error", "s") for method in _METHODS]
    yield table(["graph", "tolerance", *names, "reach / pagerank"], lines)
