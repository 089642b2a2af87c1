"""Labels are opaque and exact."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencegraph import FollowerGraph, InvalidFollows, UnknownAccount
from influencegraph.labels import Coded, Labels, as_objects, check_name
from influencegraph.numbering import number_labels


def positions_of(follower, followed, labels=None):
    """The accounts of two columns, and the positions of both."""
    named = number_labels(follower, followed, labels)
    return named.accounts, named.follower.positions(), named.followed.positions()


integers = st.integers(-(2**63), 2**63 - 1)
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=6)


@settings(deadline=None)
@given(st.lists(integers | st.integers(-5, 5), max_size=30))
def test_integers__are_numbered_by_value(values):
    accounts, sources, targets = positions_of(values, values[::-1])
    assert accounts.values.tolist() == sorted(set(values))
    assert accounts.values[sources].tolist() == values
    assert accounts.values[targets].tolist() == values[::-1]


@settings(deadline=None)
@given(st.lists(names, max_size=30))
def test_strings__are_numbered_by_code_point_whatever_holds_them(values):
    accounts, sources, _ = positions_of(values, values)
    assert accounts.values.tolist() == sorted(set(values))
    assert accounts.values[sources].tolist() == values
    for column in (np.array(values, "U") if values else [], np.array(values, object)):
        other, positions, _ = positions_of(column, column)
        assert other.values.tolist() == accounts.values.tolist()
        assert positions.tolist() == sources.tolist()


@settings(deadline=None)
@given(st.lists(names | integers.map(str), unique=True, max_size=20))
def test_find__inverts_any_order(values):
    accounts = Labels(as_objects(values))
    assert [accounts.find(value) for value in values] == list(range(len(values)))
    assert accounts.find("") is None


@settings(deadline=None)
@given(st.lists(integers, unique=True, max_size=20), integers)
def test_find__inverts_any_order_of_integers(values, other):
    accounts = Labels(np.array(values, np.int64))
    assert [accounts.find(value) for value in values] == list(range(len(values)))
    assert (accounts.find(other) is None) == (other not in values)
    assert accounts.find(float(other)) is None


def test_strings__that_look_alike_are_different_accounts():
    values = ["NA", "null", "None", "nan", "007", "7", "7.0", "Ann", "ann", "é", "e\u0301", " ann", "😀", "1"]
    values.append("\uff17")
    graph = FollowerGraph.from_arrays(values, ["x"] * len(values))
    assert set(graph.labels.tolist()) == {*values, "x"}
    assert graph.labels.tolist() == sorted([*values, "x"])


def test_integers__sparse_and_huge_allocate_nothing_in_proportion():
    graph = FollowerGraph.from_arrays([0, 10**18], [10**12, 5])
    assert graph.labels.tolist() == [0, 5, 10**12, 10**18]


def test_subclasses_of_str__become_plain_strings():
    class Name(str):
        __slots__ = ()

    graph = FollowerGraph.from_arrays([Name("a")], [np.str_("b")])
    assert {type(label) for label in graph.labels.tolist()} == {str}
    assert graph.labels.tolist() == ["a", "b"]


@pytest.mark.parametrize("value", [np.int8(-5), np.uint64(2**63 - 1), np.int64(-(2**63))])
def test_integers__numpy_scalars_in_lists_are_exact(value):
    assert FollowerGraph.from_arrays([value], [0]).following_of(int(value)).tolist() == [0]


@pytest.mark.parametrize("name", ["", "a\0", "\0", "\udcff", "a\ud83d"])
def test_check_name__refuses_what_cannot_be_written(name):
    with pytest.raises(InvalidFollows, match="a label is a non-empty Unicode string") as caught:
        check_name(name, "follower")
    assert str(caught.value).isascii()
    assert "\n" not in str(caught.value)


def test_messages__show_hostile_labels_escaped():
    graph = FollowerGraph.from_arrays(["a"], ["b"])
    for label in ("x\x1b[31mred", "line\nbreak", "\u202eright to left", "x" * 10_000):
        with pytest.raises(UnknownAccount) as caught:
            graph.followers_of(label)
        message = str(caught.value)
        assert message.isprintable()
        assert len(message) < 300


def test_unknown_account__says_what_the_labels_look_like():
    with pytest.raises(UnknownAccount, match="its labels are integers such as 1") as caught:
        FollowerGraph.from_arrays([1], [2]).followers_of("1")
    assert isinstance(caught.value, LookupError)
    with pytest.raises(UnknownAccount, match="its labels are strings such as 'a'"):
        FollowerGraph.from_arrays(["a"], ["b"]).followers_of(1)
    with pytest.raises(UnknownAccount, match="among the 0"):
        FollowerGraph.from_arrays([], []).followers_of(1)


def test_coded__columns_are_read_as_their_names():
    column = Coded(np.array([1, 0, 1]), ["b", "a"])
    accounts, sources, _ = positions_of(column, ["c", "c", "b"])
    assert accounts.values.tolist() == ["a", "b", "c"]
    assert sources.tolist() == [0, 1, 0]


def test_pickling__keeps_labels_read_only():
    for values in (np.array([3, 1]), as_objects(["b", "a"])):
        again = pickle.loads(pickle.dumps(Labels(values)))
        assert again.values.tolist() == values.tolist()
        assert not again.values.flags.writeable
        assert [again.find(value) for value in values.tolist()] == [0, 1]
