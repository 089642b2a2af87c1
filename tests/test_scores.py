"""Scores: arrays, look-ups, ranks, and what they can be made into."""

import csv
import dataclasses
import math
import pickle
import stat

import numpy as np
import pytest

from influencegraph import FollowerGraph, InvalidArgument, Scores, UnknownAccount, score
from influencegraph.errors import MissingField
from influencegraph.later import Later

GRAPH = FollowerGraph.from_arrays(
    ["ann", "bob", "cat", "dan", "dan", "eve"], ["bob", "ann", "bob", "ann", "cat", "cat"]
)
SCORES = score(GRAPH)
FOLLOWERS = score(GRAPH, method="followers")
COLUMNS = ["account", "reach", "lower", "upper", "score", "rank", "rank_best", "rank_worst", "share"]
PLAIN_COLUMNS = ["account", "value", "rank", "rank_best", "rank_worst", "share"]


def same(one, other):
    assert one.labels.tolist() == other.labels.tolist()
    assert (one.unit, one.settings, one.scale) == (other.unit, other.settings, other.scale)
    one_columns, other_columns = one.to_columns(), other.to_columns()
    assert list(one_columns) == list(other_columns)
    assert one.values.tobytes() == other.values.tobytes()
    for name in list(one_columns)[1:]:
        assert one_columns[name].tobytes() == other_columns[name].tobytes(), name
    if one.propagation is not None:
        assert (one.certificate, one.ledger) == (other.certificate, other.ledger)
        assert one.launch.tobytes() == other.launch.tobytes()
    return True


def test_arrays__follow_the_labels_and_are_read_only():
    for scores in (SCORES, FOLLOWERS):
        for array in (*scores.to_columns().values(), scores.values, scores.labels):
            assert len(array) == len(scores) == 5
            assert not array.flags.writeable
    assert not SCORES.launch.flags.writeable
    with pytest.raises(dataclasses.FrozenInstanceError):
        SCORES.values = None


def test_reach__of_an_account_nobody_follows_is_one():
    assert SCORES["dan"].reach == SCORES["eve"].reach == 1.0
    assert SCORES["dan"].score == 0.0
    assert (SCORES.lower <= SCORES.reach).all()
    assert (SCORES.reach <= SCORES.upper).all()
    assert SCORES.share.sum() == pytest.approx(1.0)


def test_rank__equal_values_go_by_position():
    assert SCORES.rank.tolist() == [2, 1, 3, 4, 5]
    assert FOLLOWERS.values.tolist() == [2, 2, 2, 0, 0]
    assert FOLLOWERS.rank.tolist() == [1, 2, 3, 4, 5]
    assert FOLLOWERS.rank_best.tolist() == [1, 1, 1, 4, 4]
    assert FOLLOWERS.rank_worst.tolist() == [3, 3, 3, 5, 5]


def test_rank__certified_range_holds_the_rank():
    assert (SCORES.rank_best <= SCORES.rank).all()
    assert (SCORES.rank <= SCORES.rank_worst).all()
    assert (SCORES["dan"].rank_best, SCORES["dan"].rank_worst) == (4, 5)
    with pytest.warns(UserWarning, match="after 1 sweep"):
        rough = score(GRAPH, max_sweeps=1, not_converged="warn")
    assert (rough.rank_best <= SCORES.rank).all()
    assert (SCORES.rank <= rough.rank_worst).all()


def test_top__best_first_and_never_more_than_there_are():
    assert [line.account for line in SCORES.top(2)] == ["bob", "ann"]
    assert [line.rank for line in SCORES.top(100)] == [1, 2, 3, 4, 5]
    assert SCORES.top(0) == []
    assert SCORES.top(np.int64(1))[0] == SCORES["bob"]


@pytest.mark.parametrize("n", [-1, 1.5, True, None, "3"])
def test_top__of_a_strange_number_is_refused(n):
    with pytest.raises(InvalidArgument, match="n is "):
        SCORES.top(n)


def test_line__holds_plain_python_numbers():
    line = SCORES["bob"]
    assert line.account == "bob"
    assert line.value == line.reach == SCORES.reach[1]
    kinds = {field.name: type(getattr(line, field.name)) for field in dataclasses.fields(line)}
    assert set(kinds.values()) == {str, float, int, bool}
    plain = FOLLOWERS["bob"]
    assert (plain.value, plain.reach, plain.score, plain.lower) == (2.0, None, None, None)
    number = score(FollowerGraph.from_arrays([1], [2]))[2]
    assert type(number.account) is int


def test_lookups__of_accounts():
    assert "ann" in SCORES
    assert "zoe" not in SCORES
    assert list(SCORES) == GRAPH.labels.tolist()
    assert SCORES.graph is GRAPH
    for label in ("zoe", 0, None):
        with pytest.raises(UnknownAccount, match="no account"):
            SCORES[label]


@pytest.mark.parametrize(
    "field", ["reach", "lower", "upper", "launch", "certificate", "ledger", "score", "is_clipped"]
)
def test_fields__that_a_method_lacks_name_the_right_one(field):
    with pytest.raises(MissingField, match=r"Use `\.values`, in followers") as caught:
        getattr(FOLLOWERS, field)
    assert field in str(caught.value)
    assert not hasattr(FOLLOWERS, field)


def test_share__of_methods_without_propagation():
    assert FOLLOWERS.share.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0])
    assert score(FollowerGraph.from_arrays([], [], labels=[1, 2]), method="followers").share.tolist() == [
        0,
        0,
    ]


def test_ledger__sums_to_one():
    for graph in (GRAPH, FollowerGraph.from_arrays([1, 2], [2, 1])):
        ledger = score(graph).ledger
        total = ledger.kept + ledger.discounted + ledger.dangling + ledger.unresolved
        assert total == pytest.approx(1.0)
        assert abs(ledger.unresolved) <= 1e-9


# ---- exports ----


@pytest.mark.parametrize("scores", [SCORES, FOLLOWERS], ids=["reach", "followers"])
@pytest.mark.parametrize(("name", "delimiter"), [("to_csv", ","), ("to_tsv", "\t")])
def test_text__reads_back_exactly(scores, name, delimiter, tmp_path):
    path = tmp_path / "scores.txt"
    getattr(scores, name)(path)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=delimiter)
    columns = scores.to_columns()
    assert header == list(columns) == (COLUMNS if scores is SCORES else PLAIN_COLUMNS)
    for position, (column, values) in enumerate(columns.items()):
        read = [row[position] for row in rows]
        kind = str if column == "account" else type(values.tolist()[0])
        assert [kind(text) for text in read] == values.tolist()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("scores", [SCORES, FOLLOWERS], ids=["reach", "followers"])
def test_npz__reads_back_without_pickle(scores, tmp_path):
    path = tmp_path / "scores.npz"
    scores.to_npz(path)
    with np.load(path, allow_pickle=False) as arrays:
        assert list(arrays) == list(scores.to_columns())
        for name, values in scores.to_columns().items():
            assert arrays[name].tolist() == values.tolist()


@pytest.mark.parametrize("scores", [SCORES, FOLLOWERS], ids=["reach", "followers"])
def test_parquet_and_pandas__hold_all_columns(scores, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    scores.to_parquet(tmp_path / "scores.parquet")
    table = parquet.read_table(tmp_path / "scores.parquet")
    frame = scores.to_pandas()
    assert frame.index.tolist() == scores.labels.tolist()
    assert frame.index.name == "account"
    for name, values in scores.to_columns().items():
        assert table[name].to_pylist() == values.tolist()
        if name != "account":
            assert frame[name].tolist() == values.tolist()


def test_text__hostile_labels_stay_one_field_and_formulas_are_escaped_on_request(tmp_path):
    labels = ["=1+1", "+a", "-a", "@a", "\ta", "\ra", 'a"b', "a,b", "a\nb", "ü", "'q", " a"]
    scores = score(FollowerGraph.from_arrays([], [], labels=labels))
    for name, delimiter in (("to_csv", ","), ("to_tsv", "\t")):
        for escape in (False, True):
            path = tmp_path / "out"
            getattr(scores, name)(path, escape_formulas=escape)
            with path.open(encoding="utf-8", newline="") as file:
                read = [row[0] for row in list(csv.reader(file, delimiter=delimiter))[1:]]
            quote = "'" if escape else ""
            assert read == [quote + label for label in labels[:6]] + labels[6:]


def test_exports__of_no_account(tmp_path):
    empty = score(FollowerGraph.from_arrays([], []), method="followers")
    for name in ("to_csv", "to_tsv", "to_npz", "to_parquet", "save"):
        getattr(empty, name)(tmp_path / name)
    assert (tmp_path / "to_csv").read_text() == ",".join(PLAIN_COLUMNS) + "\n"
    assert len(empty.to_pandas()) == 0
    assert len(Scores.load(tmp_path / "save")) == 0


# ---- kept ----


@pytest.mark.parametrize("scores", [SCORES, FOLLOWERS, score(GRAPH, method="pagerank", teleport=["ann"])])
def test_saved_and_pickled__are_the_same(scores, tmp_path):
    scores.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    assert same(scores, loaded)
    assert loaded.graph is None
    again = pickle.loads(pickle.dumps(scores))
    assert same(scores, again)
    for each in (loaded, again):
        arrays = [each.values, each.labels]
        arrays += [] if each.propagation is None else [each.reach, each.lower, each.upper, each.launch]
        assert not any(array.flags.writeable for array in arrays)


def test_intervals__are_found_on_use_and_kept():
    scores = score(GRAPH)
    kept = vars(scores.propagation)
    assert isinstance(kept["_lower"], Later)
    assert pickle.loads(pickle.dumps(scores)).lower.tolist() == SCORES.lower.tolist()
    lower = scores.lower
    assert kept["_lower"] is lower is scores.lower
    assert scores.certificate.reach_error_max >= (scores.reach - lower).max() > 0


def test_saved__keep_an_infinite_capacity_and_a_named_scale(tmp_path):
    from influencegraph import Scale

    frozen = Scale.from_scores(score(GRAPH, mutual_capacity=math.inf), name="day\n1 é")
    scores = score(GRAPH, mutual_capacity=math.inf, scale=frozen)
    scores.save(tmp_path / "scores.npz")
    assert same(scores, Scores.load(tmp_path / "scores.npz"))
