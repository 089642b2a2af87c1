"""What the package promises about threads, forks and numba's cache; each case in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import influencegraph

ROOT = Path(influencegraph.__file__).parent.parent

BIG = """
import numpy as np
import influencegraph
rng = np.random.default_rng(7)
big = influencegraph.FollowerGraph.from_arrays(
    rng.integers(0, 40_000, 420_000), (40_000 * rng.random(420_000) ** 3).astype(int)
)
assert big.n_follows > 300_000, big.n_follows
def solve(n_threads=2):
    scores = influencegraph.score(big, n_threads=n_threads, tolerance=1e-6)
    return scores.values.tobytes() + scores.lower.tobytes() + scores.upper.tobytes()
"""

SMALL = """
import influencegraph
small = influencegraph.FollowerGraph.from_arrays(
    ["ann", "bob", "cat", "dan", "dan"], ["bob", "ann", "bob", "ann", "eve"], [1, 2, 3, 4, 0.5]
)
plain = influencegraph.FollowerGraph.from_arrays([1, 2, 3, 3, 5], [2, 1, 2, 5, 1])
for graph in (small, plain):
    for name, method in influencegraph.METHODS.items():
        seeds = None if method.seeds is None else [graph.labels[0]]
        print(name, influencegraph.score(graph, method=name, teleport=seeds).values.tolist())
    print(graph.followers_of(graph.labels[1]).tolist(), graph.to_arrays().followed.tolist())
    for layout in ("pull", "partitioned") if graph is plain else ("pull",):
        print(influencegraph.score(graph, layout=layout, tolerance=1e-7).reach.tolist())
"""


@pytest.fixture(scope="module")
def warm_cache(tmp_path_factory):
    """A folder that keeps the compiled kernels for the processes of this file."""
    return tmp_path_factory.mktemp("numba")


def run(code, cache, **environment):
    """Run `code` in a process of its own; return what it printed."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    variables |= {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache), **environment}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True, text=True, timeout=120, env=variables, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, f"rc {done.returncode}: {done.stderr[-3000:]}"
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def expected(warm_cache):
    return run(SMALL, warm_cache)


@pytest.mark.parametrize("layer", ["omp", "workqueue"])
def test_threads__eight_score_at_once_after_a_parallel_numba_function_of_the_program(layer, warm_cache):
    code = (
        BIG
        + """
from concurrent.futures import ThreadPoolExecutor
import threading, numba
@numba.njit(parallel=True)
def count(n):
    total = 0
    for i in numba.prange(n):
        total += i
    return total
serial = solve(1)
gate = threading.Barrier(8)
def together(_):
    gate.wait()
    return solve(2)
for warm in (False, True):
    if warm:
        assert count(1000) == 499500
    with ThreadPoolExecutor(8) as pool:
        for result in pool.map(together, range(8)):
            assert result == serial
assert count(1000) == 499500
print("same")
"""
    )
    assert run(code, warm_cache, NUMBA_THREADING_LAYER=layer, NUMBA_NUM_THREADS="2") == "same\n"


def test_threads__one_two_four_and_eight_give_the_same_bytes(warm_cache):
    code = BIG + "assert len({solve(n) for n in (1, 2, 4, 8, None)}) == 1; print('same')"
    assert run(code, warm_cache) == "same\n"


def test_threads__a_call_leaves_no_thread_and_no_setting_behind(warm_cache):
    code = (
        BIG
        + """
import threading, numba
before = numba.get_num_threads(), threading.active_count()
solve(1); solve(2); solve(8)
assert (numba.get_num_threads(), threading.active_count()) == before
print("same")
"""
    )
    assert run(code, warm_cache) == "same\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork__a_child_scores_after_its_parent_did_with_threads(warm_cache):
    code = (
        BIG
        + """
import hashlib, os, sys, time
parent = solve(2)
sys.stdout.flush()
pids = []
for n_threads in (1, 2):
    pid = os.fork()
    if not pid:
        os._exit(0 if solve(n_threads) == parent else 7)
    pids.append(pid)
for pid in pids:
    deadline = time.monotonic() + 60
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            sys.exit("a child hangs")
        time.sleep(0.01)
    assert os.waitstatus_to_exitcode(status) == 0, status
assert solve(2) == parent
print("same")
"""
    )
    assert run(code, warm_cache) == "same\n"


def test_spawn__a_child_process_of_multiprocessing_scores(warm_cache, tmp_path):
    script = tmp_path / "program.py"
    body = BIG.replace("\n", "\n    ")
    script.write_text(f"""
import hashlib, multiprocessing
def digest(n_threads):
    {body}
    return hashlib.sha256(solve(n_threads)).hexdigest()
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(digest, [1, 2]) == [digest(2)] * 2
    print("same")
""")
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(warm_cache)}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, env=variables
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "same\n", "")


def test_cache__a_place_that_cannot_be_written_is_no_obstacle(expected):
    assert run(SMALL, "/proc/nope") == expected


def test_cache__a_file_in_its_place_is_no_obstacle(expected, tmp_path):
    place = tmp_path / "file"
    place.write_text("not a folder")
    assert run(SMALL, place) == expected
    assert place.read_text() == "not a folder"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_cache__a_folder_that_others_can_write_is_not_used(expected, tmp_path):
    place = tmp_path / "shared"
    place.mkdir()
    place.chmod(0o777)
    assert run(SMALL, place) == expected
    assert [path for path in place.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_cache__one_planted_where_others_can_write_is_not_read(expected, warm_cache, tmp_path):
    place = Path(shutil.copytree(warm_cache, tmp_path / "planted"))
    for path in (place, *(path for path in place.iterdir() if path.is_dir())):
        path.chmod(0o777)
    files = list(place.rglob("*.nb?"))
    assert files
    for path in files:
        path.write_bytes(b"planted")
    assert run(SMALL, place) == expected
    assert all(path.read_bytes() == b"planted" for path in files)


def test_cache__garbage_in_index_or_code_is_compiled_again(expected, warm_cache, tmp_path):
    place = Path(shutil.copytree(warm_cache, tmp_path / "cache"))
    damaged = [*place.rglob("spread.*.nbi"), *place.rglob("order.*.nbc")]
    assert len({path.suffix for path in damaged}) == 2
    for path in damaged:
        path.write_bytes(b"\x80garbage" * 50)
    assert run(SMALL, place) == expected


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_debugging__switches_of_numba_change_no_number(switch, expected, warm_cache):
    assert run(SMALL, warm_cache, **{switch: "1"}) == expected


def test_results__with_columns_are_data_frames():
    pandas = pytest.importorskip("pandas")
    graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    scores = influencegraph.score(graph)
    change = influencegraph.compare_scores(scores, influencegraph.score(graph, mutual_worth=0))
    for result in (
        scores, change, change.explain("bob"), influencegraph.explain_score(scores, "bob"),
        influencegraph.audience(scores), influencegraph.advise(scores, "bob"),
        influencegraph.earned_reach(scores), influencegraph.local_scores(graph, ["cat"]),
        influencegraph.who_reaches(graph, "bob"),
    ):  # fmt: skip
        frame = result.to_pandas()
        assert isinstance(frame, pandas.DataFrame)
        assert frame.index.name == "account"
        assert [frame.index.name, *frame.columns] == list(result.to_columns())
