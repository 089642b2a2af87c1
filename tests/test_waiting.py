"""How long anybody waits: for the compiler, and after Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import influencegraph

ROOT = Path(influencegraph.__file__).parent.parent

COLUMNS = """
import sys, time
import numpy as np
import numba
def make_columns(m):
    rng, n = np.random.default_rng(7), max(4, m // 10)
    return (n * rng.random(m) ** 3).astype(np.uint32), (n * rng.random(m) ** 2).astype(np.uint32)
"""
FIRST_SCORE = (
    COLUMNS
    + """
columns = make_columns(int(sys.argv[1]))
@numba.njit(cache=True)
def nothing(x):
    return x
nothing(1)  # numba sets itself up when the first function is called, whosever it is
def go():
    start = time.perf_counter()
    import influencegraph
    influencegraph.score(influencegraph.FollowerGraph.from_arrays(*columns))
    return time.perf_counter() - start
print(go() - go())  # what being the first adds
"""
)
FROM_NOTHING = (
    COLUMNS
    + """
start = time.process_time()
import influencegraph
for m in (300_000, 4_700_000):
    graph = influencegraph.FollowerGraph.from_arrays(*make_columns(m))
    influencegraph.score(graph)
assert "layout partitioned" in graph.prepared
print(time.process_time() - start)
"""
)
WORK = (
    COLUMNS
    + """
import influencegraph
from influencegraph import build
from influencegraph.kernels.jit import Crew
n_threads = int(sys.argv[1])
build.available_threads = lambda: n_threads
small = influencegraph.FollowerGraph.from_arrays(*make_columns(3000))
for layout in ("pull", "partitioned"):
    influencegraph.score(small, layout=layout)
columns = make_columns(5_000_000)
graph = None
if sys.argv[2] != "build":
    graph = influencegraph.FollowerGraph.from_arrays(*columns)
    assert graph.n_follows > 1 << 22
def say(progress):
    if progress.sweeps == 1:
        print("ready", flush=True)
if sys.argv[2] != "solve":
    print("ready", flush=True)
while True:
    if sys.argv[2] == "build":
        influencegraph.FollowerGraph.from_arrays(*columns)
    elif sys.argv[2] == "layout":
        graph.prepared.clear()
        influencegraph.score(graph, n_threads=n_threads, tolerance=1.0, max_sweeps=1, not_converged="warn")
    else:
        influencegraph.score(graph, n_threads=n_threads, tolerance=1e-13, not_converged="warn", progress=say)
"""
)


def start(*arguments, **environment):
    """Return a Python process of its own."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables,
    )  # fmt: skip


def measure(*arguments, **environment):
    """Return the seconds that a Python process of its own printed."""
    out, err = start(*arguments, **environment).communicate(timeout=300)
    assert out, err[-3000:]
    return float(out)


@pytest.mark.slow
def test_compiling__takes_20_seconds_at_most_and_loading_adds_a_third_of_one(tmp_path):
    from_nothing = measure("-c", FROM_NOTHING, NUMBA_CACHE_DIR=tmp_path)
    script = tmp_path / "first_score.py"  # numba caches what stands in files
    script.write_text(FIRST_SCORE)
    for rows in (100, 300_000):
        measure(script, rows, NUMBA_CACHE_DIR=tmp_path)  # a small network has a kernel of its own
        seconds = min(measure(script, rows, NUMBA_CACHE_DIR=tmp_path) for _ in range(3))
        print(f"{rows} rows: {seconds:.2f} s")
        assert seconds < 0.3
    print(f"from nothing: {from_nothing:.1f} s")
    assert from_nothing < 20


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("step", ["build", "layout", "solve"])
def test_interrupt__ends_every_step_within_a_second(step, n_threads):
    process = start("-c", WORK, n_threads, step)
    try:
        assert process.stdout.readline() == "ready\n", process.communicate()[1][-3000:]
        time.sleep(0.3)
        sent = time.perf_counter()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        waited = time.perf_counter() - sent
    finally:
        process.kill()
        process.wait()
    print(f"{step}, {n_threads} threads: {waited:.2f} s")
    assert "KeyboardInterrupt" in err
    assert waited < 1.0
