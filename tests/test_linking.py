"""Linked accounts: the graph of persons is the one built from relabelled rows, each follow once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import FollowerGraph, InvalidArgument, InvalidFollows, UnknownAccount, score
from influencegraph.testing import follower_graphs


def rename(graph, person_of):
    """The slow twin: relabel rows one by one, keep the heaviest of each, drop inner ones."""
    follower, followed, weights = graph.to_arrays()
    heaviest, inner = {}, 0
    for i, (u, v) in enumerate(zip(follower.tolist(), followed.tolist(), strict=True)):
        pair = person_of.get(u, u), person_of.get(v, v)
        inner += pair[0] == pair[1]
        if pair[0] != pair[1]:
            heaviest[pair] = max(heaviest.get(pair, 0.0), 1.0 if weights is None else weights[i])
    persons = list(dict.fromkeys(person_of.get(each, each) for each in graph.labels.tolist()))
    columns = [u for u, _ in heaviest], [v for _, v in heaviest]
    given_weights = None if weights is None else np.array(list(heaviest.values()))
    return columns, given_weights, persons, inner


def bytes_of(graph):
    arrays = [*graph.followers, graph.mutual_start, graph.out_degrees, graph.position_of, graph.node_of]
    if graph.follow_weights is not None:
        arrays.append(graph.follow_weights)
    return [(array.dtype, array.tobytes()) for array in arrays], graph.labels.tolist()


@st.composite
def graphs_and_links(draw):
    """Networks of integers or strings, in order or not, and persons with new labels or an account's."""
    graph = draw(follower_graphs(max_accounts=8))
    order = draw(st.permutations(range(len(graph))))
    rename_to = str if draw(st.booleans()) else int
    follower, followed, weights = graph.to_arrays()
    columns = [np.array([rename_to(each) for each in ends.tolist()], object) for ends in (follower, followed)]
    graph = FollowerGraph.from_arrays(*columns, weights, labels=[rename_to(each) for each in order])
    groups = draw(st.lists(st.integers(0, 3), min_size=len(order), max_size=len(order)))
    members = {group: [rename_to(i) for i, each in enumerate(groups) if each == group] for group in (1, 2, 3)}
    links = {}
    for group, accounts in members.items():
        if accounts:
            person = draw(st.sampled_from([*accounts, rename_to(90 + group)]))
            links[person] = draw(st.permutations(accounts))
    return graph, links


@given(graphs_and_links(), st.booleans())
def test_link__is_the_graph_of_relabelled_rows(drawn, by_alias):
    graph, links = drawn
    person_of = {alias: person for person, aliases in links.items() for alias in aliases}
    columns, weights, persons, inner = rename(graph, person_of)
    labels = graph.labels.tolist()
    wanted = FollowerGraph.from_arrays(
        *columns, weights, labels=sorted(persons) if labels == sorted(labels) else persons
    )
    found = graph.link(person_of if by_alias else links)
    assert bytes_of(found) == bytes_of(wanted)
    report = found.report
    assert (report.rows, report.follows, report.self_follows) == (graph.n_follows, wanted.n_follows, inner)
    assert report.duplicates == report.rows - report.follows - report.self_follows
    assert report.mutual_pairs == wanted.report.mutual_pairs
    assert score(found).reach.tobytes() == score(wanted).reach.tobytes()


@given(follower_graphs(max_accounts=8))
def test_link__nobody_changes_nothing(graph):
    same = graph.link({})
    assert bytes_of(same) == bytes_of(graph)
    assert same.report.rows == graph.n_follows
    assert bytes_of(graph.link({each: each for each in graph.labels.tolist()})) == bytes_of(graph)


@given(follower_graphs(max_accounts=8, weighted=False))
def test_link__weights_of_one_are_no_weights(graph):
    follower, followed, _ = graph.to_arrays()
    ones = FollowerGraph.from_arrays(follower, followed, np.ones(len(follower)), labels=graph.labels)
    links = {each: each % 3 for each in graph.labels.tolist()}
    plain, weighted = graph.link(links), ones.link(links)
    assert bytes_of(plain)[0] == bytes_of(weighted)[0][:-1]
    assert not len(follower) or set(weighted.follow_weights.tolist()) <= {1.0}


def test_link__a_mutual_follow_across_networks():
    graph = FollowerGraph.from_arrays(["ann@x", "bob@y"], ["bob@x", "ann@y"])
    assert graph.report.mutual_pairs == 0
    linked = graph.link({f"{name}@{network}": name for name in ("ann", "bob") for network in "xy"})
    assert linked.mutuals_of("ann").tolist() == ["bob"]


def test_link__the_heaviest_of_repeated_follows_and_zero_weights():
    graph = FollowerGraph.from_arrays([1, 2, 3, 4], [9, 9, 8, 9], [2.0, 5.0, 0.0, 0.0])
    linked = graph.link({1: 100, 2: 100, 3: 200, 4: 200, 8: 9})
    assert linked.labels.tolist() == [9, 100, 200]
    assert linked.to_arrays().follower.tolist() == [100, 200]
    assert linked.weights.tolist() == [5.0, 0.0]


def test_link__everybody_is_one_person_and_nobody_at_all():
    one = FollowerGraph.from_arrays([1, 2], [2, 1]).link({1: 7, 2: 7})
    assert (one.labels.tolist(), one.n_follows, one.report.self_follows) == ([7], 0, 2)
    empty = FollowerGraph.from_arrays([], []).link({})
    assert (len(empty), empty.n_follows) == (0, 0)


def test_link__accounts_keep_the_order_that_was_given():
    graph = FollowerGraph.from_arrays(["b"], ["c"], labels=["d", "c", "b", "a"])
    assert graph.link({"a": "x", "c": "x"}).labels.tolist() == ["d", "x", "b"]
    ascending = FollowerGraph.from_arrays(["b"], ["c"], labels=["a", "b", "c", "d"])
    assert ascending.link({"a": "x", "c": "x"}).labels.tolist() == ["b", "d", "x"]


def test_link__a_person_named_like_an_account_is_that_account():
    graph = FollowerGraph.from_arrays(["ann2", "bob"], ["bob", "ann"])
    assert graph.link({"ann2": "ann"}).mutuals_of("ann").tolist() == ["bob"]
    assert graph.link({"ann": ["ann2"]}).labels.tolist() == ["ann", "bob"]


PLAIN = FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "cat", "ann"])


@pytest.mark.parametrize(
    ("links", "match"),
    [
        ([("ann", "x")], r"links is a list; it is a dict .* pass dict\(pairs\)"),
        (
            {"x": ["ann"], "bob": "y"},
            "holds labels as well as lists of labels; .* Write one account as a list",
        ),
        ({"x": []}, "gives 'x' no account; a person has one at least"),
        ({"x": ["ann", "bob"], "y": ("bob",)}, "gives 'bob' to 'x' and to 'y'; .* named once"),
        ({"x": ["ann", "ann"]}, "gives 'ann' to 'x' and to 'x'"),
        (
            {"ann": "bob", "bob": "x"},
            "gives 'bob' to 'x', and names a person 'bob'; .* one of its own accounts",
        ),
        ({"ann": 7}, "names a person 7; it is a string, as the labels"),
        ({"ann": None}, "names a person None"),
        ({("ann", "bob"): ["ann"]}, "names a person"),
    ],
)
def test_link__what_is_refused(links, match):
    with pytest.raises(InvalidArgument, match=match):
        PLAIN.link(links)


def test_link__unknown_accounts_and_impossible_names():
    for links in ({"zoe": "x"}, {"x": ["ann", "zoe"]}):
        with pytest.raises(UnknownAccount, match="no account 'zoe'"):
            PLAIN.link(links)
    with pytest.raises(InvalidFollows, match="links holds an empty string"):
        PLAIN.link({"ann": ""})
    integers = FollowerGraph.from_arrays([1], [2])
    for person in (True, 1.0, "1", 2**63):
        with pytest.raises(InvalidArgument, match="it is an integer of int64"):
            integers.link({1: person})
    assert integers.link({1: np.int64(-5)}).labels.tolist() == [-5, 2]
