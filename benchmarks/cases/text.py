"""Reading a file of integers: two tab-separated columns into two arrays, equal to those written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks import rows, timing
from benchmarks.graphs import Stored
from benchmarks.plan import Plan
from benchmarks.tables import describe, graph_line, ratio, seconds, table

CASE, TITLE = "text", "Reading text"
_CHUNK = 1 << 18
_OURS = "**influencegraph** reader"


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    graph = plan.middle()
    path, log = _write(graph), timing.Log(CASE, graph.name)
    out: set[str] = set()
    for block in range(1, plan.blocks + 1):
        for reader in plan.readers()[:: 1 if block % 2 else -1]:
            title = _OURS if reader.peer == "ours" else reader.module.TITLE
            if title in out:
                continue
            try:
                python = plan.python(reader.peer)
                if isinstance(python, str):
                    raise timing.FailedError(python)
                with timing.Process(reader, python, plan.threads, plan) as process:
                    process.ask("load", folder=str(graph.folder.resolve()), accounts=graph.n_accounts)
                    process.ask("call", name="read_columns", path=str(path))
                    answers = [
                        process.ask("call", name="read_columns", path=str(path))
                        for _ in range(timing.REPEATS)
                    ]
                if not all(answer["equal"] for answer in answers):
                    raise timing.FailedError("wrong answer: other integers than were written")
            except timing.FailedError as failure:
                out.add(title)
                log.abort(title, str(failure), threads=plan.threads)
                continue
            names = ("read_seconds", "graph_seconds")
            kept = {name: [each[name] for each in answers] for name in names if name in answers[0]}
            log.add(title, str(block), kept | {"file_bytes": path.stat().st_size}, threads=plan.threads)
    yield graph.name, [graph_line(CASE, graph), *log.rows]


def _write(graph: Stored) -> Path:
    path = graph.folder / "follows.tsv"
    if not path.exists():
        columns = graph.columns()
        with path.with_suffix(".partial").open("w") as file:
            for start in range(0, graph.n_follows, _CHUNK):
                ends = zip(*(column[start : start + _CHUNK].tolist() for column in columns), strict=True)
                file.write("".join(f"{follower}\t{followed}\n" for follower, followed in ends))
        path.with_suffix(".partial").rename(path)
    return path


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield (
        "Two columns of integers, tab-separated, from the page cache into two arrays of int64; each "
        "reading was compared with what was written. Our reader is timed without the build behind it, "
        "and with it."
    )
    for graph in rows.distinct(measured, "graph"):
        here = rows.select(measured, graph=graph)
        ours, lines = rows.blocks(here, "read_seconds", contender=_OURS), []
        for contender in rows.distinct(here, "contender"):
            mine = rows.blocks(here, "read_seconds", contender=contender)
            if not mine:
                lines.append(
                    [
                        contender,
                        rows.select(here, contender=contender, block=rows.ABORTED)[0].note,
                        "",
                        "",
                        "",
                    ]
                )
                continue
            size = rows.blocks(here, "file_bytes", contender=contender)
            rate = [each / second / 1e6 for each, second in zip(size, mine, strict=True)]
            graph_seconds = seconds(rows.blocks(here, "graph_seconds", contender=contender))
            lines.append([contender, seconds(mine), seconds(rate), ratio(mine, ours), graph_seconds])
        yield f"### {describe(here)}"
        yield table(["reader", "columns s", "MB/s", "x", "to a graph s"], lines)
