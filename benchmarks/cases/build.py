"""Ids to a FollowerGraph, against SciPy's conversion to a sparse matrix."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import rows, timing
from benchmarks.peers import Contender
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, mebibytes, ratio, seconds, table

CASE, TITLE = "build", "Building the graph"
_OURS, _SCIPY = Contender("ours", "certified"), Contender("scipy", "float64")
_NAMES = {
    _OURS: "FollowerGraph.from_arrays",
    _SCIPY: "SciPy csr, sum_duplicates; its search for mutual follows",
}


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    for graph in plan.graphs():
        log = timing.Log(CASE, graph.name)
        runners = [each for each in _NAMES if graph.n_follows <= each.module.FOLLOWS_MAX]
        for block in range(1, plan.blocks + 1):
            for contender in runners[:: 1 if block % 2 else -1]:
                with timing.Process(contender, plan.python(contender.peer), plan.threads, plan) as process:
                    process.ask("warm_up")
                    process.ask("load", folder=str(graph.folder.resolve()), accounts=graph.n_accounts)
                    answers = [process.ask("call", name="convert") for _ in range(timing.REPEATS)]
                    if abs(answers[0]["mutual"] - graph.mutual) > 1e-9:
                        raise timing.WrongAnswerError(f"{contender.title} finds other mutual follows")
                names = ("build_seconds", "mutual_seconds", "build_bytes")
                kept = {name: [each[name] for each in answers] for name in names if name in answers[0]}
                log.add(_NAMES[contender], str(block), kept, threads=plan.threads)
        yield graph.name, [graph_line(CASE, graph), *log.rows]


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "`from_arrays` checks labels, drops self-follows, merges repeated follows and finds the mutual "
        "ones. SciPy's conversion (coo to csr of truth values, duplicates merged) does not look for "
        "mutual follows; what `A.multiply(A.T)` takes for that is shown apart, and the graph is compared "
        "with the plain conversion and with both."
    )
    lines = []
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        ours = rows.blocks(here, "build_seconds", contender=_NAMES[_OURS])
        plain = rows.blocks(here, "build_seconds", contender=_NAMES[_SCIPY])
        search = rows.blocks(here, "mutual_seconds", contender=_NAMES[_SCIPY])
        both = [sum(pair) for pair in zip(plain, search, strict=True)]
        peak = mebibytes(rows.blocks(here, "build_bytes", contender=_NAMES[_OURS]))
        lines.append(
            [
                describe(here),
                seconds(ours),
                seconds(plain),
                seconds(search),
                ratio(plain, ours),
                ratio(both, ours),
                peak,
            ]
        )
    header = [
        "graph",
        "from_arrays s",
        "SciPy csr s",
        "SciPy mutual s",
        "x csr",
        "x both",
        "from_arrays peak MiB",
    ]
    yield table(header, lines)
