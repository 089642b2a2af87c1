"""How long until a fresh process has its first scores, with nothing compiled yet and with everything?"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from benchmarks import rows, timing
from benchmarks.plan import ROOT, Plan
from benchmarks.tables import seconds, table

CASE, TITLE = "startup", "The first score of a process"
_MEASURES = {
    "import_numba": "importing NumPy and numba",
    "import": "importing influencegraph",
    "build": "first graph",
    "score": "first score (reach)",
    "again": "second score",
}
_SCRIPT = """
import json, time
start = time.perf_counter()
def lap():
    global start
    now = time.perf_counter()
    start, passed = now, now - start
    return passed
found = {}
import numpy, numba; found["import_numba"] = lap()
import influencegraph; found["import"] = lap()
graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3, 4], [2, 1, 2, 3]); found["build"] = lap()
influencegraph.score(graph).reach; found["score"] = lap()
influencegraph.score(graph).reach; found["again"] = lap()
print(json.dumps(found))
"""


def measure(plan: Plan) -> Iterator[tuple[str, list[rows.Row]]]:
    log = timing.Log(CASE, "4 follows")
    for block in range(1, plan.blocks + 1):
        with tempfile.TemporaryDirectory() as cache:
            for kind in ("nothing compiled", "compiled before"):
                log.add(kind, str(block), _run(plan, cache), threads=plan.threads)
    yield "4 follows", log.rows


def _run(plan: Plan, cache: str) -> dict[str, float]:
    environment = plan.environment(plan.threads) | {"NUMBA_CACHE_DIR": cache}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def render(measured: list[rows.Row]) -> Iterator[str]:
    yield "Seconds in a fresh process, on four follows: compiling, or loading what was compiled."
    lines = []
    for kind in rows.distinct(measured, "contender"):
        lines.append([kind, *(seconds(rows.blocks(measured, name, contender=kind)) for name in _MEASURES)])
    yield table(["", *_MEASURES.values()], lines)
