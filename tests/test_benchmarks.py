"""The benchmarks measure what they say: graphs, workers, wrong answers, the page. Nothing is timed here."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from benchmarks import cases, graphs, reference, rows, tables, timing
from benchmarks.__main__ import parse
from benchmarks.generate import generate
from benchmarks.peers import BINARIES, PEERS, READERS, Contender
from benchmarks.plan import Plan

OURS, SCIPY = Contender("ours", "certified"), Contender("scipy", "float64")


@pytest.fixture
def plan(tmp_path):
    return Plan(size="small", blocks=2, cache=tmp_path, docs=tmp_path / "docs")


@pytest.fixture
def tiny(tmp_path):
    """A stored graph of 300 accounts, some of them dangling and some without any follow."""
    ends = np.random.default_rng(1).integers(0, 280, (2, 2000), dtype=np.uint32)
    follower, followed = np.unique(ends[:, (ends[0] != ends[1]) & (ends[0] % 5 > 0)], axis=1)
    folder = tmp_path / "graphs" / "tiny"
    folder.mkdir(parents=True)
    graphs._save(folder, [follower.copy(), followed.copy()], 300, graphs.mutual_share(follower, followed))
    return graphs.store("tiny", tmp_path)


# ---- graphs ----


@pytest.mark.parametrize(("kind", "mutual"), [("rmat", 0.22), ("rmat", 0.36), ("uniform", 0.22)])
def test_generate__mutual_share_distinct_and_no_self_follows(kind, mutual):
    words = generate(kind, 14, mutual)
    follower, followed = words >> np.uint64(32), words & np.uint64(0xFFFFFFFF)
    assert abs(graphs.mutual_share(follower, followed) - mutual) < 0.003
    assert len(np.unique(words)) == len(words)
    assert not (follower == followed).any()
    assert max(follower.max(), followed.max()) < 1 << 14


def test_generate__same_bytes_from_the_same_seed():
    words = generate("rmat", 10, 0.22)
    assert zlib.crc32(words.tobytes()) == 1239819664
    assert np.array_equal(words, generate("rmat", 10, 0.22))
    assert not np.array_equal(words[:100], generate("rmat", 10, 0.22, seed=8)[:100])


def test_store__keeps_columns_and_counts_and_scatters_labels(tmp_path):
    graph = graphs.store("rmat10_mutual36", tmp_path)
    follower, followed = graph.columns()
    assert follower.dtype == followed.dtype == np.uint32
    assert (graph.n_accounts, graph.n_follows) == (1024, len(follower))
    assert graph.mutual == pytest.approx(graphs.mutual_share(follower, followed))
    labelled = graphs.store("rmat10_mutual36_labels", tmp_path)
    known = np.unique(np.concatenate(labelled.columns()))
    assert len(known) == labelled.n_accounts == len(np.unique(np.concatenate([follower, followed])))
    assert known.max() > 2**60


# ---- answers ----


def test_reference__is_networkxs_pagerank(tiny):
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(300))
    graph.add_edges_from(zip(*(column.tolist() for column in tiny.columns()), strict=True))
    expected = networkx.pagerank(graph, tol=1e-14, max_iter=500)
    assert reference.distance(np.array([expected[i] for i in range(300)]), reference.load(tiny)) < 1e-10


@pytest.mark.parametrize("contender", [OURS, SCIPY], ids=lambda each: each.peer)
def test_worker__answers_the_protocol(contender, plan, tiny, tmp_path):
    out = tmp_path / "values.npy"
    with timing.Process(contender, plan.python(contender.peer), 1, plan) as process:
        assert "numpy" in process.ask("about")["versions"]
        assert process.ask("load", folder=str(tiny.folder), accounts=300)["load_seconds"] > 0
        assert process.ask("build").keys() == {"build_seconds", "build_bytes"}
        answer = process.ask("solve", setting=1e-8, out=str(out))
        assert answer["solve_seconds"] > 0
        assert answer["iterations"] > 1
        assert reference.distance(np.load(out), reference.load(tiny)) < 1e-6
        with pytest.raises(timing.FailedError, match="no_such_call"):
            process.ask("call", name="no_such_call")
        assert process.ask("build")["build_seconds"] > 0


def test_race__every_phase_and_error_of_every_block_is_kept(plan, tiny, monkeypatch):
    monkeypatch.setattr(timing.Process, "ask", _without_warm_up(timing.Process.ask))
    race = timing.Race(plan, "solve", tiny, (1e-6,), 1)
    measured = race.run([SCIPY])
    timed = [row for row in measured if row.block.isdigit()]
    assert [row.block for row in timed] == ["1", "2"]
    for row in timed:
        assert {"load_seconds", "build_seconds", "solve_seconds", "join_seconds"} <= row.measures.keys()
        assert 0 < max(row.measures["error"]) <= 1e-6
        assert len(row.measures["solve_seconds"]) == timing.REPEATS
    walked = [float(row.setting) for row in rows.select(measured, block=rows.WALK)]
    assert walked == sorted(walked, reverse=True)
    assert rows.select(measured, block=rows.SETTING)[0].setting == f"{walked[-1]:g}"


def _without_warm_up(ask):
    return lambda self, do, **order: {} if do == "warm_up" else ask(self, do, **order)


class Liar:
    """Stands in for a worker: right `honest` times, then wrong in the fourth digit."""

    solution = np.empty(0)
    honest = 0

    def __init__(self, contender, python, n_threads, plan):
        self.lies = contender == SCIPY

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, do, setting=None, out="", **_):
        if do == "solve":
            Liar.honest -= self.lies
            off = 1e-4 * (np.arange(len(self.solution)) % 2) if self.lies and Liar.honest < 0 else 0.0
            np.save(out, self.solution * (1 + off))
        seconds = {"solve_seconds": 0.1, "join_seconds": 0.1, "build_seconds": 1.0}
        return {**seconds, "certified": 1e-9, "versions": {}}


@pytest.mark.parametrize(
    ("honest", "reason"), [(0, "no setting comes nearer"), (7, "wrong answer in block 2")]
)
def test_race__a_wrong_answer_ends_its_row_and_no_other(plan, tiny, monkeypatch, honest, reason):
    monkeypatch.setattr(timing, "Process", Liar)
    monkeypatch.setattr(Liar, "solution", reference.load(tiny))
    monkeypatch.setattr(Liar, "honest", honest)
    measured = timing.Race(plan, "solve", tiny, (1e-6,), 1).run([OURS, SCIPY])
    (ended,) = rows.select(measured, block=rows.ABORTED)
    assert ended.contender == SCIPY.title
    assert reason in ended.note
    assert [row.contender for row in measured if row.block.isdigit()] == [OURS.title] * 2
    page = "\n".join(tables.race_table(measured, "1e-06"))
    assert f"| {SCIPY.title} | {ended.note} |" in page


# ---- rows and page ----


def _timed(case, contender, block, seconds):
    measures = {"solve_seconds": (seconds, seconds * 2, seconds), "error": (5e-7,), "build_seconds": (2.0,)}
    return rows.Row(case, "g", contender, "1e-06", "2", "3e-07", block, measures, "", "2026-01-01")


def test_tables__are_made_from_raw_rows_and_keep_the_other_sections(plan):
    size = {"accounts": (1000.0,), "follows": (20000.0,), "mutual": (0.22,)}
    head = rows.Row("solve", "g", "", "", "", "", "graph", size, "", "2026-01-01")
    found = [
        plan.about("solve", "g"), head,
        *(_timed("solve", tables.OURS, str(block), 0.125 * block) for block in (1, 2, 3)),
        *(_timed("solve", "slow", str(block), 0.375 * block) for block in (1, 2, 3)),
    ]  # fmt: skip
    rows.replace(plan.raw, "solve", "g", found)
    assert rows.read(plan.raw) == found
    rows.replace(plan.raw, "memory", "g", [plan.about("memory", "g"), head._replace(case="memory")])
    rows.replace(plan.raw, "memory", "g", [plan.about("memory", "g"), head._replace(case="memory")])
    assert rows.select(rows.read(plan.raw), case="solve") == found
    page = plan.docs / "page.md"
    tables.write(plan.raw, page, cases.CASES)
    text = page.read_text()
    assert "### g: 1,000 accounts, 20,000 follows, 22.0 % mutual; error 1e-06" in text
    assert "| slow | 3e-07 | - | 5.0e-07 | 2 [2-2] | 0.75 [0.375-1.12] | - | 3.00 |" in text
    assert text.count("\n## ") == 2
    assert "NumPy" in text


def test_read__rows_of_another_kind_are_none(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("graph,seconds\nx,1\n")
    assert rows.read(path) == []


def test_every_peer_and_case__has_what_the_suite_needs():
    folder = Path(timing.__file__).parent
    helpers = {"__init__", "worker", "labelling", "binfiles", "twins"}
    assert {path.stem for path in (folder / "peers").glob("*.py")} == {*PEERS, *READERS} | helpers
    names = {"__init__", *(case.CASE for case in cases.CASES)}
    assert {path.stem for path in (folder / "cases").glob("*.py")} == names
    for name in (*PEERS, *READERS):
        module = Contender(name, "").module
        assert all("==" in requirement for requirement in module.REQUIREMENTS)
        assert bool(module.REQUIREMENTS) == (name not in ("ours", *BINARIES))
    for path in folder.rglob("*.py"):
        assert len(path.read_text().splitlines()) < 300, path


def test_parse__peers_without_names_are_all_of_them(tmp_path):
    plan, names = parse(["--peers", "--only", "text", "--docs", str(tmp_path)])
    assert set(plan.peers) == {*PEERS, *READERS} - {"ours", *BINARIES}
    assert names == ["text"]
    assert parse(["--peers", "igraph"])[0].peers == ("igraph",)
    assert parse([])[0].peers == ()


@pytest.mark.parametrize("name", ["batch", "limits", "update", "weighted"])
def test_cases__that_run_here_measure_and_render(name, plan, monkeypatch):
    """They read the library from inside, so that a change there may break them."""
    case = {each.CASE: each for each in cases.CASES}[name]
    if name == "limits":
        monkeypatch.setattr(case, "_SAMPLE", 1 << 12)
    plan.names, plan.blocks = ("rmat10",), 1
    ((graph, measured),) = case.measure(plan)
    assert graph == "rmat10"
    lines = "\n".join(case.render(measured))
    assert "1,024 accounts" in lines
    assert "nan" not in lines
