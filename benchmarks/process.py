"""Our end of a worker: a process in the contender's environment that answers JSON lines."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

from benchmarks.peers import Contender
from benchmarks.plan import ROOT, Plan

_PATIENCE_SECONDS = 1800.0


class FailedError(Exception):
    """A contender said why it cannot go on, or died."""


class Process:
    """Our end of a worker (see peers/worker.py for what it understands)."""

    def __init__(self, contender: Contender, python: Path | str, n_threads: int, plan: Plan) -> None:
        self._child = subprocess.Popen(
            [str(python), "-m", "benchmarks.peers.worker", contender.peer, contender.variant, str(n_threads)],
            cwd=ROOT, env=plan.environment(n_threads), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.title = contender.title

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.kill()
        self._child.wait()
        self._child.stdin.close()
        self._child.stdout.close()

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """Send one order and return its answer."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        watchdog = threading.Timer(_PATIENCE_SECONDS, self._child.kill)
        watchdog.start()
        try:
            self._child.stdin.write(json.dumps({"do": do, **order}) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watchdog.cancel()
        if not line:
            raise FailedError(f"died in {do} (exit {self._child.wait()})")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise FailedError(answer["failed"])
        return answer
