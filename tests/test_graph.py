"""Graphs: what goes in, what is refused, and every look-up."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencegraph import FollowerGraph, InvalidFollows, UnknownAccount, score

PAIRS = [("ann", "bob"), ("bob", "ann"), ("cat", "bob"), ("dan", "ann"), ("dan", "cat")]


def make(pairs=PAIRS, **options):
    return FollowerGraph.from_arrays([u for u, _ in pairs], [v for _, v in pairs], **options)


def bytes_of(graph):
    arrays = [*graph.followers, graph.mutual_start, graph.out_degrees, graph.position_of, graph.node_of]
    if graph.follow_weights is not None:
        arrays.append(graph.follow_weights)
    return [array.tobytes() for array in arrays], graph.labels.tolist()


def refuses(match, *arguments, **options):
    with pytest.raises(InvalidFollows, match=match) as caught:
        FollowerGraph.from_arrays(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    found, rest = message.split("; ", 1)
    expected, remedy = rest.rsplit(". ", 1) if ". " in rest else ("", "")
    assert found
    assert expected
    assert remedy
    return caught.value


# ---- look-ups ----


def test_lookups__a_small_graph():
    graph = make()
    assert (graph.n_accounts, graph.n_follows, len(graph)) == (4, 5, 4)
    assert graph.followers_of("ann").tolist() == ["bob", "dan"]
    assert graph.following_of("dan").tolist() == ["ann", "cat"]
    assert graph.mutuals_of("ann").tolist() == ["bob"]
    assert graph.mutuals_of("cat").tolist() == []
    assert graph.has_follow("dan", "cat")
    assert not graph.has_follow("cat", "dan")
    assert graph.follower_counts.tolist() == [2, 2, 1, 0]
    assert "ann" in graph
    assert "zoe" not in graph
    assert 1 not in graph
    assert None not in graph
    assert [] not in graph


@pytest.mark.parametrize("look", ["followers_of", "following_of", "mutuals_of"])
@pytest.mark.parametrize("label", ["zoe", 1, None, b"ann", float("nan"), ["ann"]])
def test_lookups__an_unknown_account_is_named(look, label):
    with pytest.raises(UnknownAccount, match="no account") as caught:
        getattr(make(), look)(label)
    assert caught.value.label is label
    with pytest.raises(UnknownAccount):
        make().has_follow("ann", label)
    with pytest.raises(UnknownAccount):
        make().has_follow(label, "ann")


@pytest.mark.parametrize("label", [True, 1.0, "1", None, 2**70, -(2**63), 4])
def test_lookups__integer_labels_are_found_only_as_integers(label):
    graph = make([(1, 2), (2, 3)])
    assert label not in graph
    with pytest.raises(UnknownAccount):
        graph.followers_of(label)
    assert np.int8(1) in graph
    assert np.uint64(1) in graph


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40))
def test_lookups__equal_those_of_a_set_of_pairs(pairs):
    graph = make(pairs)
    distinct = {(u, v) for u, v in pairs if u != v}
    everyone = sorted({account for pair in pairs for account in pair})
    assert graph.labels.tolist() == everyone
    assert graph.n_follows == len(distinct)
    assert graph.report.mutual_pairs * 2 == sum((v, u) in distinct for u, v in distinct)
    assert graph.report.self_follows == sum(u == v for u, v in pairs)
    assert graph.report.rows == len(pairs)
    assert graph.report.rows == graph.n_follows + graph.report.duplicates + graph.report.self_follows
    for account in everyone:
        followers = {u for u, v in distinct if v == account}
        following = {v for u, v in distinct if u == account}
        assert graph.followers_of(account).tolist() == sorted(followers)
        assert graph.following_of(account).tolist() == sorted(following)
        assert graph.mutuals_of(account).tolist() == sorted(followers & following)
        assert all(graph.has_follow(u, account) == ((u, account) in distinct) for u in everyone)
    columns = graph.to_arrays()
    assert list(zip(columns.follower.tolist(), columns.followed.tolist(), strict=True)) == sorted(distinct)


# ---- the gate ----


def test_gate__duplicates_add_up_and_self_follows_are_dropped():
    graph = FollowerGraph.from_arrays([1, 1, 2, 2], [2, 2, 2, 1], weights=[1.0, 2.0, 9.0, 0.5])
    assert graph.weights.tolist() == [3.0, 0.5]
    assert (graph.report.duplicates, graph.report.self_follows) == (1, 1)


def test_gate__a_follow_of_weight_zero_exists_and_is_not_mutual():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1], weights=[0.0, 1.0])
    assert graph.has_follow(1, 2)
    assert graph.mutuals_of(1).tolist() == graph.mutuals_of(2).tolist() == []
    assert graph.report.mutual_pairs == 0
    assert score(graph).reach.tolist() == pytest.approx([1.85, 1.0])


def test_gate__an_account_that_only_follows_itself_exists():
    graph = FollowerGraph.from_arrays([5], [5])
    assert (graph.labels.tolist(), graph.n_follows) == ([5], 0)


def test_gate__labels_give_the_order_and_isolated_accounts():
    graph = make(labels=["zoe", "dan", "cat", "bob", "ann"])
    assert graph.labels.tolist() == ["zoe", "dan", "cat", "bob", "ann"]
    assert graph.followers_of("zoe").tolist() == []
    assert graph.followers_of("ann").tolist() == ["dan", "bob"]
    numbers = make([(1, 2), (2, 9)], labels=[9, 2, 7, 1])
    assert numbers.labels.tolist() == [9, 2, 7, 1]
    assert numbers.following_of(2).tolist() == [9]
    assert 7 in numbers


def test_gate__labels_without_follows_are_accounts():
    for labels in ([3, 1], ["b", "a"]):
        graph = FollowerGraph.from_arrays([], [], labels=labels)
        assert graph.labels.tolist() == labels
        assert score(graph).reach.tolist() == [1.0, 1.0]


def test_gate__integers_reach_to_the_ends_of_int64():
    low, high = -(2**63), 2**63 - 1
    graph = FollowerGraph.from_arrays([low, high], [high, 0])
    assert graph.labels.tolist() == [low, 0, high]
    assert graph.followers_of(high).tolist() == [low]
    assert FollowerGraph.from_arrays(np.array([high], np.uint64), [1]).labels.tolist() == [1, high]


def test_gate__weights_of_a_repeated_follow_do_not_depend_on_their_order():
    weights = [1e16, 1.0, -0.0, 1.0, 1e-3, 7.0]
    results = {
        FollowerGraph.from_arrays([1] * 6, [2] * 6, weights=np.roll(weights, k)).weights.tobytes()
        for k in range(6)
    }
    assert len(results) == 1


@pytest.mark.parametrize(
    ("column", "match"),
    [
        ([True, False], "of type bool|bool"),
        (np.array([True, False]), "bool"),
        ([1.0, 2.0], "float"),
        (np.array([1.0, 2.0]), "float64"),
        ([b"a", b"b"], "bytes"),
        (np.array([b"a", b"b"]), "S1"),
        ([1, None], "None"),
        (["a", None], "None"),
        ([None, "a"], "None"),
        ([None, None], "None"),
        (["a", float("nan")], "nan"),
        ([1, float("nan")], "nan"),
        ([1, "1"], "'1'"),
        (["1", 1], "1 of type int"),
        ([1, True], "True"),
        ([True, 1], "True"),
        (np.array(["2020-01-01", "2021-01-01"], "datetime64[D]"), "datetime64"),
        (np.array([2**63, 1], np.uint64), "9223372036854775808"),
        ([2**63, 1], "9223372036854775808"),
        ([-(2**63) - 1, 1], "-9223372036854775809"),
        (["a", ""], "empty"),
        (np.array(["a", ""]), "empty"),
        (["a", "b\0c"], "NUL"),
        (["a", "b\0"], "NUL"),
        (["a", "\ud800"], "surrogate"),
        ("ab", "'ab'"),
        (b"ab", "b'ab'"),
        (7, "is 7"),
        (np.zeros((2, 1), int), "shape"),
        (np.array(3), "shape"),
        ([[1], [2]], "list"),
    ],
)
def test_gate__refuses_what_is_no_label(column, match):
    refuses(match, column, ["x", "y"])
    refuses(match, [1, 2], column)


def test_gate__refuses_two_kinds_and_two_lengths():
    refuses("integers and followed holds strings", [1, 2], ["a", "b"])
    refuses("1 rows and followed has 2", [1], [2, 3])
    refuses("'zoe'", ["zoe"], ["ann"], labels=["ann"])
    refuses("more than once", [1], [2], labels=[1, 2, 2])
    refuses("more than once", ["a"], ["b"], labels=["a", "b", "a"])
    refuses("strings", [1], [2], labels=["1", "2"])


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([1.0, float("nan")], "row 1 is nan"),
        ([float("inf"), 1.0], "row 0 is inf"),
        ([1.0, -1.0], "row 1 is -1.0"),
        ([1.0], "shape"),
        (3.0, "shape"),
        (["1", "2"], "numbers"),
        ([True, False], "numbers"),
        ([1.0, None], "numbers"),
        ([1j, 2], "numbers"),
    ],
)
def test_gate__refuses_what_is_no_weight(weights, match):
    refuses(match, [1, 2], [2, 1], weights=weights)


def test_gate__refuses_repeated_weights_that_overflow():
    refuses("add up to more", [1, 1], [2, 2], weights=[1.7e308, 1.7e308])


# ---- forms of the same input ----


def test_input__numpy_strings_lists_and_objects_are_one():
    sources, targets = [u for u, _ in PAIRS], [v for _, v in PAIRS]
    wanted = bytes_of(FollowerGraph.from_arrays(sources, targets))
    swapped = np.dtype("<U9").newbyteorder()
    for kind in ("U", "<U5", swapped, object, np.dtypes.StringDType()):
        graph = FollowerGraph.from_arrays(np.array(sources, kind), np.array(targets, kind))
        assert bytes_of(graph) == wanted, kind
    assert bytes_of(FollowerGraph.from_arrays(tuple(sources), iter(targets))) == wanted
    doubled = np.repeat(np.array(sources), 2)[::2]
    assert bytes_of(FollowerGraph.from_arrays(doubled, targets)) == wanted


@pytest.mark.parametrize("kind", ["<i8", ">i8", "<i4", ">u2", "i1", "u8", "O"])
@pytest.mark.parametrize("form", ["plain", "strided", "reversed", "read-only"])
def test_input__integers_of_any_layout_are_one_and_never_written_to(kind, form):
    sources, targets, weights = [5, 3, 9, 5], [3, 5, 5, 9], [1.0, 2.0, 0.5, 4.0]
    wanted = bytes_of(FollowerGraph.from_arrays(sources, targets, weights))

    def shape(values, kind):
        array = np.array(values, kind)
        if form == "strided":
            array = np.stack([array, array], 1)[:, 0]
        if form == "reversed":
            array = array[::-1].copy()[::-1]
        if form == "read-only":
            array.flags.writeable = False
        return array

    columns = [shape(sources, kind), shape(targets, kind), shape(weights, ">f8")]
    labels = shape([3, 5, 9], kind)
    before = [(column.tolist(), column.flags.writeable) for column in (*columns, labels)]
    assert bytes_of(FollowerGraph.from_arrays(*columns)) == wanted
    assert bytes_of(FollowerGraph.from_arrays(*columns, labels=labels)) == wanted
    assert [(column.tolist(), column.flags.writeable) for column in (*columns, labels)] == before


def test_input__changing_it_afterwards_changes_no_graph():
    columns = np.array([1, 2, 3]), np.array([2, 1, 2])
    labels, weights = np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0])
    graph = FollowerGraph.from_arrays(*columns, weights, labels)
    before = bytes_of(graph)
    for array in (*columns, labels, weights):
        array[:] = 0
    assert bytes_of(graph) == before


edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(0, 1e6)), min_size=1, max_size=40)


@settings(max_examples=50, deadline=None)
@given(edges, st.randoms(use_true_random=False))
def test_input__row_order_changes_no_byte(rows, random):
    shuffled = random.sample(rows, len(rows))
    for weighted in (False, True):
        graphs = []
        for each in (rows, shuffled):
            follower, followed, weights = zip(*each, strict=True)
            graphs.append(FollowerGraph.from_arrays(follower, followed, weights if weighted else None))
        assert bytes_of(graphs[0]) == bytes_of(graphs[1])


@settings(max_examples=50, deadline=None)
@given(edges)
def test_input__integers_and_strings_in_the_same_order_score_the_same(rows):
    follower, followed, weights = zip(*rows, strict=True)
    numbers = FollowerGraph.from_arrays(follower, followed, weights)
    names = FollowerGraph.from_arrays([str(u) for u in follower], [str(v) for v in followed], weights)
    assert [str(label) for label in numbers.labels] == names.labels.tolist()
    assert score(numbers).values.tobytes() == score(names).values.tobytes()


# ---- made into, kept ----


@pytest.mark.parametrize("weights", [None, [1.0, 0.0, 2.5, 3.0, 1e-300]])
def test_round_trips__arrays_scipy_networkx_and_pickle_keep_the_graph(weights):
    graph = make(weights=weights)
    names = graph.labels.tolist()
    columns = graph.to_arrays()
    assert bytes_of(FollowerGraph.from_arrays(*columns)) == bytes_of(graph)
    matrix = graph.to_scipy()
    assert matrix.shape == (4, 4)
    assert matrix[0, 1] == (1.0 if weights is None else weights[0])
    assert matrix.nnz == 5
    assert bytes_of(FollowerGraph.from_scipy(matrix, names))[0][:6] == bytes_of(graph)[0][:6]
    attribute = None if weights is None else "weight"
    assert bytes_of(FollowerGraph.from_networkx(graph.to_networkx(), attribute)) == bytes_of(graph)
    assert bytes_of(pickle.loads(pickle.dumps(graph))) == bytes_of(graph)


def test_pickling__keeps_the_read_only_flags_and_the_scores():
    graph = make()
    graph.following  # noqa: B018 - made on first use
    again = pickle.loads(pickle.dumps(graph))
    for array in (*again.followers, *again.following, again.labels, again.mutual_start, again.node_of):
        assert not array.flags.writeable
    assert again.report == graph.report
    assert score(again).values.tobytes() == score(graph).values.tobytes()


def test_arrays_of_a_graph__are_read_only():
    graph = make(weights=[1.0, 2.0, 3.0, 4.0, 5.0])
    arrays = [*graph.followers, *graph.following, graph.mutual_start, graph.follow_weights]
    arrays += [graph.out_degrees, graph.position_of, graph.node_of, graph.labels]
    arrays += [graph.in_degrees, graph.mutual_counts, graph.follower_counts]
    for array in arrays:
        assert not array.flags.writeable
    with pytest.raises(AttributeError):
        graph.accounts = None


def test_repr__counts():
    assert repr(make()) == "FollowerGraph(4 accounts, 5 follows, 1 mutual pair)"
    assert repr(FollowerGraph.from_arrays([], [])) == "FollowerGraph(0 accounts, 0 follows, 0 mutual pairs)"
    assert "weighted" in repr(FollowerGraph.from_arrays([1], [2], [1.0]))
    assert "self-follow" in str(FollowerGraph.from_arrays([1, 1], [1, 2]).report)
