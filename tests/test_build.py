"""The gate in parallel: the same bytes as a slow twin, whatever the blocks, the threads and the row order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencegraph import FollowerGraph, InvalidFollows, build, columns, numbering
from influencegraph.build import build_graph
from influencegraph.kernels.jit import Crew
from influencegraph.labels import Coded


@pytest.fixture(params=["few buckets", "wide pairs", "gaps"])
def _tiny(request, monkeypatch):
    """Blocks of 4 rows, pieces of 8, and 4 buckets, so that a few rows cross every boundary.

    Pairs of 64 bits, as large networks have them; and integers numbered without looking which of them occur.
    """
    monkeypatch.setattr(columns, "BLOCK", 4)
    monkeypatch.setattr(columns, "PIECE", 8)
    monkeypatch.setattr(build, "_BUCKETS", 4)
    if request.param == "wide pairs":
        monkeypatch.setattr(build, "_NARROW", 0)
    elif request.param == "gaps":
        monkeypatch.setattr(numbering, "_DENSE", 2**-6)


def bytes_of(graph):
    arrays = [*graph.followers, graph.mutual_start, graph.out_degrees, graph.position_of, graph.node_of]
    weights = [] if graph.follow_weights is None else [graph.follow_weights]
    return [(array.dtype.str, array.tobytes()) for array in arrays + weights], graph.labels.tolist()


def twin(follower, followed, weights=None, labels=None):
    """Return the same in plain Python: a dict of follows, sorted."""
    labels = sorted({*follower, *followed}) if labels is None else list(labels)
    place = {label: position for position, label in enumerate(labels)}
    amounts = {}
    for row, (u, v) in enumerate(zip(follower, followed, strict=True)):
        if u != v:
            weight = 1.0 if weights is None else weights[row]
            amounts.setdefault((place[u], place[v]), []).append(weight)
    follows = {}
    for pair, each in amounts.items():
        follows[pair] = each[0] if len(each) == 1 else sum(sorted(each), 0.0)
    degrees, followers = [0] * len(labels), [[] for _ in labels]
    for u, v in follows:
        degrees[u] += 1
        followers[v].append(u)
    position_of = sorted(range(len(labels)), key=lambda position: (-degrees[position], position))
    node_of = {position: node for node, position in enumerate(position_of)}
    indptr, indices, starts, kept = [0], [], [], []
    for v in position_of:
        row = sorted((node_of[u], u) for u in followers[v])

        def is_mutual(u, v=v):
            return follows[u, v] > 0 and follows.get((v, u), 0) > 0

        one_way = [(node, u) for node, u in row if not is_mutual(u)]
        mutual = [(node, u) for node, u in row if is_mutual(u)]
        starts.append(len(indices) + len(one_way))
        indices += [node for node, _ in one_way + mutual]
        kept += [follows[u, v] for _, u in one_way + mutual]
        indptr.append(len(indices))
    arrays = [
        np.array(indptr, np.int64),
        np.array(indices, np.uint32),
        np.array(starts, np.int64),
        np.array([degrees[position] for position in position_of], np.int64),
        np.array(position_of, np.uint32),
        np.array([node_of[position] for position in range(len(labels))], np.uint32),
    ]
    if weights is not None:
        arrays.append(np.array(kept, np.float64))
    return [(array.dtype.str, array.tobytes()) for array in arrays], labels


rows = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from([0.0, -0.0, 0.1, 0.2, 1e16, 3.0])),
    max_size=50,
)
NUMBERS = [5, -3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
HUGE = [int(x) for x in np.random.default_rng(3).integers(-(2**63), 2**63 - 1, 12)]
NAMES = ["b", "a", "é", "e\u0301", "😀", "longer name", "7", "07", "\uffff", "z", "zz", "Z"]


@pytest.mark.usefixtures("_tiny")
@settings(max_examples=60)
@given(rows, st.sampled_from([NUMBERS, HUGE, NAMES]), st.booleans(), st.booleans(), st.integers(1, 3))
def test_build__equals_its_twin(rows, accounts, weighted, listed, n_threads):
    follower = [accounts[u] for u, _, _ in rows]
    followed = [accounts[v] for _, v, _ in rows]
    weights = [w for _, _, w in rows] if weighted else None
    labels = [*accounts, 99 if accounts is not NAMES else "99"] if listed else None
    wanted = twin(follower, followed, weights, labels)
    graph = build_graph(follower, followed, weights, labels, n_threads=n_threads)
    assert bytes_of(graph) == wanted
    selves = sum(u == v for u, v in zip(follower, followed, strict=True))
    report = graph.report
    assert (report.rows, report.self_follows, report.follows) == (len(rows), selves, graph.n_follows)
    assert report.duplicates == len(rows) - selves - graph.n_follows
    assert report.mutual_pairs * 2 == graph.mutual_counts.sum()
    if rows:
        kind = np.array(accounts).dtype
        arrays = np.array(follower, kind), np.array(followed, kind)
        assert bytes_of(build_graph(*arrays, weights, labels, n_threads=n_threads)) == wanted


@pytest.mark.usefixtures("_tiny")
@given(rows)
def test_build__forms_of_a_column_are_one(rows):
    follower, followed = [u for u, _, _ in rows], [v for _, v, _ in rows]
    wanted = bytes_of(build_graph(follower, followed))
    for kind, other in [("u4", "u4"), ("u4", "i8"), ("i4", "u4"), (">u4", "<i8"), ("u1", "u8"), ("O", "i2")]:
        columns_ = np.array(follower, kind), np.array(followed, other)
        assert bytes_of(build_graph(*columns_, n_threads=2)) == wanted
    names = [f"{number:02}" for number in range(12)]
    texts = [[names[code] for code in column] for column in (follower, followed)]
    wanted = bytes_of(build_graph(*texts, labels=names))
    coded = [Coded(np.array(column, np.int64), names) for column in (follower, followed)]
    assert bytes_of(build_graph(*coded, labels=names if not rows else None)) == wanted
    assert bytes_of(build_graph(np.array(texts[0], "U2"), coded[1], labels=names)) == wanted
    assert bytes_of(build_graph(np.array(texts[0], "U7"), texts[1], labels=names, n_threads=2)) == wanted


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_build__many_rows_over_many_blocks(weighted, sparse, monkeypatch):
    rng = np.random.default_rng(1)
    n, m = 3000, 40_000
    codes = (rng.random((2, m)) ** 3 * n).astype(np.uint32)
    codes[:, -5000:] = codes[:, :5000]
    weights = rng.random(m) if weighted else None
    names = rng.integers(-(2**62), 2**62, n) if sparse else np.arange(n)
    wanted = bytes_of(build_graph(*names[codes], weights, n_threads=1))
    assert wanted == twin(*names[codes].tolist(), weights)
    monkeypatch.setattr(columns, "BLOCK", 1 << 10)
    monkeypatch.setattr(columns, "PIECE", 1 << 12)
    monkeypatch.setattr(build, "_BUCKETS", 16)
    for runs in (1 << 9, 7):
        monkeypatch.setattr(build, "_RUNS", runs)
        for n_threads in (1, 2, 5):
            order = rng.permutation(m)
            columns_ = names[codes][:, order]
            again = build_graph(*columns_, None if weights is None else weights[order], n_threads=n_threads)
            assert bytes_of(again) == wanted


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize("labels", [list(range(8)), [10**15 * k for k in range(8)], list("abcdefgh")])
@pytest.mark.parametrize("side", ["follower", "followed"])
def test_labels__the_first_row_that_is_not_listed_is_named(labels, side):
    ends = {"follower": [labels[k % 4] for k in range(20)], "followed": [labels[k % 3] for k in range(20)]}
    ends[side][13] = ends[side][17] = labels[7]
    for convert in (list, np.array):
        with pytest.raises(InvalidFollows, match=f"{side} in row 13 is") as caught:
            FollowerGraph.from_arrays(convert(ends["follower"]), convert(ends["followed"]), labels=labels[:7])
        assert (caught.value.row, caught.value.label) == (13, labels[7])


@pytest.mark.parametrize("kind", ["int", "str"])
def test_hashing__records_made_to_collide_are_sorted_instead(kind, monkeypatch):
    import influencegraph.kernels.records

    values = [10**15, -(10**15), 7, 10**15] if kind == "int" else ["b", "a", "longer", "b"]
    wanted = bytes_of(FollowerGraph.from_arrays(np.array(values), np.array(values[::-1])))
    monkeypatch.setattr(influencegraph.kernels.records, "number_records", lambda *_: (-1, 0))
    assert bytes_of(FollowerGraph.from_arrays(np.array(values), np.array(values[::-1]))) == wanted


@pytest.mark.parametrize("kind", ["int", "str"])
@pytest.mark.parametrize("n_distinct", [5, 300, 5000])
def test_hashing__pieces_share_what_the_first_one_has(kind, n_distinct, monkeypatch):
    """Known records are found, others numbered behind them; all are where the first piece knows too many."""
    monkeypatch.setattr(columns, "BLOCK", 125)
    monkeypatch.setattr(columns, "PIECE", 1000)
    rng = np.random.default_rng(n_distinct)
    values = rng.integers(-(2**63), 2**63 - 1, n_distinct)[rng.integers(0, n_distinct, (2, 4321))]
    follower, followed = values if kind == "int" else values.astype("U")
    with Crew(3) as crew:
        named = numbering.number_labels(follower, followed, crew=crew)
    assert named.accounts.values.tolist() == sorted({*follower.tolist(), *followed.tolist()})
    for column, wanted in ((named.follower, follower), (named.followed, followed)):
        assert (named.accounts.values[column.positions()] == wanted).all()


@pytest.mark.parametrize("answers", [-1, 0])
def test_hashing__records_that_look_alike_are_numbered_by_themselves(answers, monkeypatch):
    from influencegraph.kernels import records

    monkeypatch.setattr(columns, "BLOCK", 25)
    monkeypatch.setattr(columns, "PIECE", 100)
    values = np.random.default_rng(1).integers(0, 40, (2, 950)) * 10**15
    wanted = bytes_of(FollowerGraph.from_arrays(*values))
    if answers:
        monkeypatch.setattr(records, "find_records", lambda *_: answers)
    else:
        number = records.number_records
        monkeypatch.setattr(
            records, "number_records", lambda *given: (-1, 0) if given[6].size == 100 else number(*given)
        )
    assert bytes_of(FollowerGraph.from_arrays(*values)) == wanted


def test_hashing__many_values_outgrow_the_first_table():
    rng = np.random.default_rng(2)
    values = rng.integers(-(2**63), 2**63 - 1, 20_000)
    named = numbering.number_labels(values, values[::-1])
    assert named.accounts.values.tolist() == sorted(values.tolist())
    assert (named.accounts.values[named.follower.positions()] == values).all()
    texts = values.astype("U")
    named = numbering.number_labels(texts, texts[::-1])
    assert (named.accounts.values[named.followed.positions()] == texts[::-1]).all()
