"""What `warm-up` compiles is all that anything needs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import influencegraph
from influencegraph import warm_up
from influencegraph.cli import main
from influencegraph.kernels.jit import Kernels

ROOT = Path(influencegraph.__file__).parent.parent

NEEDS_KERNELS = """
import gzip, io, os, pickle, sys, warnings
import numpy as np
import influencegraph
from influencegraph import FollowerGraph, read_follows, score
from influencegraph.audits.null_graphs import shuffle_follows
rng = np.random.default_rng(3)
m = 60_000
follower, followed = rng.integers(0, 9000, m), (9000 * rng.random(m) ** 3).astype(int)
weights = rng.random(m) + 0.1
def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array
def use(graph):
    for name, method in influencegraph.METHODS.items():
        if name != "hitting_time":  # which has no kernels of its own, and refuses so many accounts
            score(graph, method=name, teleport=None if method.seeds is None else [graph.labels[0]])
    for layout in ("auto", "pull", "partitioned"):
        score(graph, layout=layout, n_threads=2)
        score(graph, layout=layout, teleport={graph.labels[0]: 1.0}, tolerance=1e-12)
    scores, account = score(graph), graph.labels[3]
    influencegraph.earned_reach(scores, graph.labels[:20], n_threads=2)
    influencegraph.advise(scores, account), influencegraph.who_reaches(graph, account)
    influencegraph.local_scores(graph, {account: 2.0})
    influencegraph.independent_cascade_reach(graph, 0.001, 2)
    graph.to_arrays(), graph.to_scipy(), graph.following_of(graph.labels[0])
    for tolerance in (1e-6, 1e-12):
        first = graph.labels[0]
        plan = influencegraph.what_if(score(graph)).unfollow(first, graph.following_of(first))
        plan.score(tolerance=tolerance), plan.remove(graph.labels[5]).score(tolerance=tolerance)
    influencegraph.audience(score(graph))
    influencegraph.audience(score(graph, teleport=[graph.labels[0]]), graph=pickle.loads(pickle.dumps(graph)))
    graph.link({graph.labels[0]: graph.labels[1]})
    influencegraph.audit(graph, graph.labels[0])
    shuffle_follows(graph, sweeps=1, keep_mutual=False)
for each in (None, weights, read_only(weights), weights.astype(np.float32), weights * 1e-250):
    use(FollowerGraph.from_arrays(follower, followed, each))
for dtype in (np.uint8, np.int32, np.uint32, np.uint64, ">i4", str, object):
    FollowerGraph.from_arrays(follower[:99].astype(np.uint8).astype(dtype), followed[:99].astype(dtype))
for columns in ((follower, followed), (follower << 40, followed << 40)):
    columns = [*columns, *(column[::2] for column in columns), *map(read_only, columns)]
    for pair in zip(columns[::2], columns[1::2]):
        FollowerGraph.from_arrays(*pair)
from influencegraph.solvers import together
together.pays_to_share = lambda graph: True
graph = FollowerGraph.from_arrays(follower, followed)
influencegraph.score_batch(graph, [{"mutual_worth": worth} for worth in (0, 0.5, 1)], tolerance=1e-12)
score(graph, topics={name: [int(name)] for name in "1234"}, n_threads=2)
flat = FollowerGraph.from_arrays(np.arange(m) % 4000, rng.integers(0, 4000, m))
for method, layout in (("pagerank", "pull"), ("reach", "partitioned")):  # are scaled
    score(flat, method=method, layout=layout, tolerance=2e-7)
influencegraph.score_batch(flat, [{"mutual_worth": worth} for worth in (0, 0.5, 1)], tolerance=1e-11)
influencegraph.score_batch(flat, [{"teleport": [seed]} for seed in range(3)])
names = follower.astype(str), followed.astype(str)
use(FollowerGraph.from_arrays(*names))
FollowerGraph.from_arrays(*map(read_only, names), labels=sorted({*names[0], *names[1]}))
graph = pickle.loads(pickle.dumps(FollowerGraph.from_arrays(follower, followed, labels=np.arange(9000))))
use(graph)
use(FollowerGraph.from_scipy(graph.to_scipy()))
layered = graph.with_layer("acts", follower, followed, weights, times=follower)
for layout in ("auto", "pull", "partitioned"):
    score(layered, layout=layout, half_life=9, as_of=9000)
scores = score(layered, mutual_capacity=1)
for tolerance in (1e-6, 1e-12):
    plan = influencegraph.what_if(scores).unfollow(0, graph.following_of(0)).follow(1, 8999)
    plan.score(tolerance=tolerance), plan.remove(5).score(tolerance=tolerance)
influencegraph.audience(scores), influencegraph.advise(scores, 3), influencegraph.earned_reach(scores, 3)
kinds = np.where(follower % 3 == 0, -1, 1)
logs = [[np.append(follower, followed[::2]), np.append(followed, follower[::2])]]
logs += [[column.astype(str) for column in logs[0]]]
for columns in logs:
    log = np.arange(len(columns[0])), np.append(0 * follower + 1, kinds[::2]), *columns
    haunted = FollowerGraph.from_events(log, as_of=1e6, memory=1e5)
    for layout in ("auto", "pull", "partitioned"):
        score(haunted, layout=layout)
    influencegraph.audience(score(haunted)), influencegraph.explain_score(score(haunted), haunted.labels[0])
    influencegraph.earned_reach(score(haunted), haunted.labels[0])
    influencegraph.local_scores(haunted, [haunted.labels[0]])
    influencegraph.compare_scores(score(haunted), score(FollowerGraph.from_events(log)))
influencegraph.audit(layered)
for kinds in (["follow"] * m, np.array(["follow"] * m)):
    influencegraph.audit_log((np.arange(m), kinds, follower, followed))
influencegraph.audit_log({"times": weights, "kinds": kinds, "followers": names[0], "followed": names[1]})
folder = sys.argv[1]
graph.save(os.path.join(folder, "graph.npz"))
use(FollowerGraph.load(os.path.join(folder, "graph.npz")))
rows = list(zip(follower.tolist(), followed.tolist(), weights.tolist()))
forms = {"a.tsv": "%d\\t%d\\t%r", "b.csv": '"u%d","v,%d",%r', "c.txt": "-%d000000000000 %d %e"}
for name, form in forms.items():
    text = "".join(form % row + "\\n" for row in rows).encode()
    path = os.path.join(folder, name)
    for content in (text, gzip.compress(text)):
        with open(path, "wb") as file:
            file.write(content)
        for arguments in ({}, {"weight": 2}, {"label_type": "str"}):
            read_follows(path, **arguments)
            with open(path, "rb") as file:
                read_follows(file, **arguments)
"""


def run(arguments, cache):
    """Run Python in a process of its own, with its compiled kernels in `cache`; return what it printed."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    variables |= {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300, env=variables
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@pytest.mark.slow
def test_warm_up__leaves_nothing_to_compile(tmp_path):
    cache = tmp_path / "cache"
    first = run(["-m", "influencegraph", "warm-up"], cache)
    assert first.stdout == ""
    pattern = r"influencegraph: (\d+) kernels compiled, (\d+) loaded; kept in (.+)\n"
    told = re.fullmatch(pattern, first.stderr)
    assert told, first.stderr
    assert int(told[1]) > 50
    assert Path(told[3]).parent == cache
    kernels = {path.name for path in cache.rglob("*.nbc")}
    assert len(kernels) == int(told[1])
    run(["-c", NEEDS_KERNELS, str(tmp_path)], cache)
    assert {path.name for path in cache.rglob("*.nbc")} == kernels
    again = re.fullmatch(pattern, run(["-m", "influencegraph", "warm-up"], cache).stderr)
    assert again
    assert int(again[1]) == 0
    assert int(again[2]) > 50


def test_warm_up__says_what_it_did_on_standard_error(capsys):
    assert main(["warm-up"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"influencegraph: \d+ kernels compiled, \d+ loaded; kept .+\n", err)


def test_warm_up__says_where_there_is_no_cache(capsys, monkeypatch):
    monkeypatch.setattr(warm_up, "warm_up", lambda: Kernels(3, 0, []))
    assert main(["warm-up"]) == 0
    told = "influencegraph: 3 kernels compiled, 0 loaded; kept nowhere: there is no cache\n"
    assert capsys.readouterr().err == told
