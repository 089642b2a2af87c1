"""Contenders race in interleaved blocks, and every answer is checked before its time counts.

Block 1 runs every contender once, each in a fresh process, block 2 again, starting with the next one. In a
block a contender warms up on another graph, loads, builds, solves once unmeasured and then up to three times.
"""

from __future__ import annotations

import bisect
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import reference, rows
from benchmarks.graphs import Stored
from benchmarks.peers import Contender
from benchmarks.plan import Plan, today
from benchmarks.process import FailedError, Process

REPEATS = 3
ENOUGH_SECONDS = 10.0
_LOOSEST = 400.0
"""Walks begin at so many times the error: on the uniform network a tolerance a hundred times as large reaches
it."""
NONE = object()
"""No setting was found; None is the setting of those that have none to set."""
Distance = Callable[[np.ndarray], float]


class WrongAnswerError(Exception):
    """An answer is further from the solution than was asked for."""


class Log:
    """The rows of one case on one graph."""

    def __init__(self, case: str, graph: str) -> None:
        self.case, self.graph = case, graph
        self.rows: list[rows.Row] = []

    def add(
        self, contender: str, block: str, measures: dict[str, Any], target: Any = "", threads: Any = "",
        setting: Any = "", note: str = "",
    ) -> None:  # fmt: skip
        kept = {
            name: tuple(float(each) for each in (value if isinstance(value, list) else [value]))
            for name, value in measures.items()
            if value is not None and not isinstance(value, str | dict)
        }
        target, setting = (
            f"{each:g}" if isinstance(each, float) else str(each) for each in (target, setting)
        )
        self.rows.append(
            rows.Row(
                self.case, self.graph, contender, target, str(threads), setting, block, kept, note, today()
            )
        )

    def abort(self, contender: str, reason: str, target: Any = "", threads: Any = "") -> None:
        """Say why a line has no numbers, and forget those it had."""
        text = f"{target:g}" if isinstance(target, float) else str(target)
        self.rows = [
            row
            for row in self.rows
            if row.contender != contender
            or row.threads not in ("", str(threads))
            or (text and row.target != text)
            or not row.block.isdigit()
        ]
        print(f"    {contender} at {text or 'any error'}: {reason}", flush=True)
        self.add(contender, rows.ABORTED, {}, target, threads, note=reason)


class Race:
    """Some contenders on one graph."""

    def __init__(
        self, plan: Plan, case: str, graph: Stored, targets: tuple[float, ...], n_threads: int,
        labelled: bool = False, distance: Distance | None = None,
    ) -> None:  # fmt: skip
        self.plan, self.graph, self.targets, self.n_threads = plan, graph, targets, n_threads
        self.labelled, self.log = labelled, Log(case, graph.name)
        self._solution = None if distance else reference.load(graph)
        self._distance = distance or self._from_solution
        self._known = rows.select(rows.read(plan.raw), graph=graph.name, block=rows.SETTING)

    def run(self, contenders: list[Contender]) -> list[rows.Row]:
        """Return the rows of everybody."""
        settings = {each: self._prepare(each) for each in contenders}
        runners = [each for each in contenders if settings[each]]
        for block in range(1, self.plan.blocks + 1):
            turn = block % max(len(runners), 1)
            for contender in runners[turn:] + runners[:turn]:
                if settings[contender]:
                    self._run_block(contender, settings[contender], block)
            print(f"  {self.log.case} on {self.graph.name}: block {block} of {self.plan.blocks}", flush=True)
        return self.log.rows

    # ---- before anything is timed ----

    def _prepare(self, contender: Contender) -> dict[float, Any]:
        """Find the setting of each target; a contender that cannot run has none."""
        python, most = self.plan.python(contender.peer), contender.module.FOLLOWS_MAX
        if isinstance(python, str):
            self._abort(contender, python)
            return {}
        if self.graph.n_follows > most:
            self._abort(contender, f"not tried above {most:,} follows")
            return {}
        found: dict[float, Any] = {}
        try:
            with self._started(contender) as process:
                versions = _versions(process)
                for target in self.targets:
                    setting = self._look_up(contender, target, versions)
                    if setting is NONE and target < 1e-7 and "32" in contender.title:
                        self._abort(contender, "float32 cannot hold a vector this exact", target)
                        continue
                    if setting is NONE:
                        setting = self._walk(process, contender, target)
                    if setting is not NONE:
                        found[target] = setting
                        self._note_setting(contender, target, setting, versions)
        except FailedError as failure:
            self._abort(contender, str(failure))
        return found

    def _look_up(self, contender: Contender, target: float, versions: str) -> Any:
        if contender.peer == "ours":  # we change under one version
            return NONE
        known = rows.select(
            self._known,
            contender=contender.title,
            target=f"{target:g}",
            threads=str(self.n_threads),
            note=versions,
        )
        for setting in contender.module.grid(contender.variant):
            if known and known[-1].setting == _text(setting):
                return setting
        return NONE

    def _note_setting(self, contender: Contender, target: float, setting: Any, versions: str) -> None:
        self.log.add(contender.title, rows.SETTING, {}, target, self.n_threads, _text(setting), versions)

    def _walk(self, process: Process, contender: Contender, target: float) -> Any:
        """Return the loosest setting of the grid that reaches the target.

        Tolerances are walked from the loose end; sweeps are halved, because each brings an answer nearer.
        """
        grid, best, stuck = contender.module.grid(contender.variant), float("inf"), 0
        try:
            if isinstance(grid[0], int):
                return grid[
                    bisect.bisect_left(grid, True, key=lambda n: self._try(process, contender, n, target)[1])
                ]
            for setting in grid:
                if isinstance(setting, float) and setting > _LOOSEST * target:
                    continue
                error, is_reached = self._try(process, contender, setting, target)
                if is_reached:
                    return setting
                stuck = stuck + 1 if error > 0.9 * best else 0
                best = min(best, error)
                if stuck == 3:
                    break
            self._abort(contender, f"wrong answer: no setting comes nearer than {best:.1e}", target)
        except IndexError:
            self._abort(contender, f"wrong answer: {grid[-1]} sweeps do not reach it", target)
        except FailedError as failure:
            self._abort(contender, f"{failure}; the best error before was {best:.1e}", target)
        return NONE

    def _try(self, process: Process, contender: Contender, setting: Any, target: float) -> tuple[float, bool]:
        """Return the error that a setting reaches, and whether that is near enough.

        Threads that race make answers vary: several of them must be near enough, with some room.
        """
        n_answers, room = (5, 0.9) if getattr(contender.module, "RACES", False) else (1, 1.0)
        answers = [self._solve(process, contender, setting) for _ in range(n_answers)]
        error = max(answer["reached"] for answer in answers)
        self.log.add(
            contender.title, rows.WALK, {"error": error, "solve_seconds": answers[0]["solve_seconds"]},
            target, self.n_threads, _text(setting),
        )  # fmt: skip
        return error, error <= room * target

    # ---- timed ----

    def _run_block(self, contender: Contender, settings: dict[float, Any], block: int) -> None:
        try:
            with self._started(contender) as process:
                for target, setting in [*settings.items()]:
                    try:
                        measures, note = self._repeat(process, contender, target, setting)
                    except WrongAnswerError as wrong:
                        self._abort(contender, f"wrong answer in block {block}: {wrong}", target)
                        del settings[target]
                        continue
                    measures |= self._built
                    self.log.add(
                        contender.title, str(block), measures, target, self.n_threads, _text(setting), note
                    )
        except FailedError as failure:
            for target in settings:
                self._abort(contender, f"in block {block}: {failure}", target)
            settings.clear()

    @contextmanager
    def _started(self, contender: Contender) -> Iterator[Process]:
        """Start a worker, and let it warm up, load and build."""
        with Process(contender, self.plan.python(contender.peer), self.n_threads, self.plan) as process:
            process.ask("warm_up", labelled=self.labelled)
            loaded = process.ask(
                "load", folder=str(self.graph.folder.resolve()), accounts=self.graph.n_accounts
            )
            built = process.ask("build", labelled=self.labelled)
            if getattr(contender.module, "BUILD_UNTIMED", False):
                loaded, built = {}, {}
            self._built = loaded | built
            yield process

    def _repeat(
        self, process: Process, contender: Contender, target: float, setting: Any
    ) -> tuple[dict[str, Any], str]:
        """Solve once to warm up, where that is quick, then up to REPEATS times; check every answer."""
        timed: list[dict[str, Any]] = []
        warm = getattr(contender.module, "NO_WARM_UP", False)
        spent = 0.0
        while len(timed) < REPEATS and (not timed or spent < ENOUGH_SECONDS):
            answer = self._solve(process, contender, setting)
            if answer["error"] > target or answer["reached"] > target:
                raise WrongAnswerError(f"error {answer['reached']:.1e} at setting {_text(setting)}")
            if warm or answer["solve_seconds"] > ENOUGH_SECONDS / 2:
                timed.append(answer)
            warm = True
            spent += answer["solve_seconds"]
        names = ("solve_seconds", "join_seconds", "error", "iterations", "solve_bytes", "certified")
        kept = {name: [each[name] for each in timed] for name in names if timed[0].get(name) is not None}
        return kept, timed[0].get("checked", "")

    def _solve(self, process: Process, contender: Contender, setting: Any) -> dict[str, Any]:
        """Return the answer with its true error, and the error that must reach the target."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "values.npy"
            answer = process.ask("solve", setting=setting, out=str(out))
            values, labels = np.load(out), out.with_name("values.labels.npy")
            if labels.exists():
                values = self._by_account(np.load(labels), values)
        answer["error"] = self._distance(values)
        answer["reached"] = answer["certified"] if contender.variant == "certified" else answer["error"]
        return answer

    def _by_account(self, labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Bring labelled values into the order of the solution."""
        accounts = (
            np.load(self.graph.folder / "accounts.npy") if self.labelled else np.arange(self.graph.n_accounts)
        )
        if np.array_equal(labels, accounts):
            return values
        order = np.argsort(labels, kind="stable")
        if not np.array_equal(labels[order], accounts):
            raise FailedError("its labels are not those of the accounts")
        return values[order]

    def _from_solution(self, values: np.ndarray) -> float:
        assert self._solution is not None
        return reference.distance(values, self._solution)

    def _abort(self, contender: Contender, reason: str, target: Any = "") -> None:
        self.log.abort(contender.title, reason, target, self.n_threads)


def _text(setting: Any) -> str:
    return "" if setting is None else f"{setting:g}"


def _versions(process: Process) -> str:
    about = process.ask("about")
    return ", ".join(f"{name} {number}" for name, number in about["versions"].items())
