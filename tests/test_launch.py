"""Where attention starts."""

import math

import numpy as np
import pytest

from influencegraph import FollowerGraph, InvalidArgument, UnknownAccount, score
from influencegraph.launch import resolve_teleport

GRAPH = FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])


@pytest.mark.parametrize(
    ("teleport", "amounts", "kind"),
    [
        (None, [1, 1, 1], "uniform"),
        (["cat"], [0, 0, 3], "given"),
        (("cat", "ann"), [1.5, 0, 1.5], "given"),
        ({"ann", "cat"}, [1.5, 0, 1.5], "given"),
        ((name for name in ["ann"]), [3, 0, 0], "given"),
        ({"ann": 1, "bob": 2}, [1, 2, 0], "given"),
        ({"ann": 1, "bob": 0}, [3, 0, 0], "given"),
        (np.array([1, 1, 2]), [0.75, 0.75, 1.5], "given"),
        (np.array([1e308, 1e308, 0]), [1.5, 1.5, 0], "given"),
        (np.array([5e-324, 0, 5e-324]), [1.5, 0, 1.5], "given"),
        (np.array([1, 0, 1], ">f4"), [1.5, 0, 1.5], "given"),
        ({"ann": np.float32(2)}, [3, 0, 0], "given"),
    ],
)
def test_teleport__every_kind_sums_to_the_number_of_accounts(teleport, amounts, kind):
    launch = resolve_teleport(GRAPH, teleport)
    assert launch.amounts.tolist() == amounts
    assert launch.kind == kind


@pytest.mark.parametrize(
    "teleport",
    [
        [], {}, {"ann": 0}, {"ann": -1}, {"ann": float("nan")}, {"ann": math.inf}, {"ann": "x"},
        {"ann": None}, {"ann": -0.0}, ["ann", "ann"], "ann", b"ann", 3, 0.5, True, object(),
        np.zeros(3), np.array([1.0, -1.0, 0.0]), np.array([1.0, np.nan, 0.0]), np.ones(2), np.ones((3, 1)),
        np.array(["ann"]), np.array([True, False, True]), np.array([1j, 0, 0]), np.array([1, 0, 0], object),
        {"ann": 10**400},
    ],
    ids=lambda value: f"{value!r:.30}",
)  # fmt: skip
def test_teleport__what_is_no_launch_is_refused_in_one_line(teleport):
    with pytest.raises(InvalidArgument) as caught:
        score(GRAPH, teleport=teleport)
    assert caught.value.name == "teleport"
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("teleport", [["zoe"], {"zoe": 1}, [1], [None], ["ann", float("nan")], [["ann"]]])
def test_teleport__an_unknown_account_is_named(teleport):
    with pytest.raises(UnknownAccount, match="no account"):
        score(GRAPH, teleport=teleport)


def test_teleport__keeps_the_callers_array_as_it_is():
    given = np.array([1.0, 2.0, 3.0])
    scores = score(GRAPH, teleport=given)
    assert given.tolist() == [1.0, 2.0, 3.0]
    assert given.flags.writeable
    given[:] = 9
    assert scores.launch.tolist() == [0.5, 1.0, 1.5]
    assert scores.settings.teleport == "given"


def test_teleport__ones_score_as_uniform_does():
    given, uniform = score(GRAPH, teleport=np.ones(3)), score(GRAPH)
    assert given.reach.tolist() == uniform.reach.tolist()
    assert uniform.launch.tolist() == [1.0, 1.0, 1.0]


def test_teleport__of_an_empty_graph():
    empty = FollowerGraph.from_arrays([], [])
    assert score(empty, teleport=np.empty(0)).reach.tolist() == []
    with pytest.raises(UnknownAccount):
        score(empty, teleport=["ann"])
