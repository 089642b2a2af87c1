"""Audiences: sums equal the twin's, cohorts are what they say, and texts tell what was computed."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import FollowerGraph, InvalidArgument, Scores, UnknownAccount, audience, score
from influencegraph.audiences import MEASURES
from influencegraph.io.audience_text import describe_audience
from influencegraph.testing import follower_graphs, settings

FOLLOWS = [("ann", "bob"), ("bob", "ann"), ("cat", "bob"), ("dan", "ann"), ("dan", "cat"), ("eve", "bob")]
GRAPH = FollowerGraph.from_arrays(
    *zip(*FOLLOWS, strict=True), labels=["ann", "bob", "cat", "dan", "eve", "fay"]
)
SCORES = score(GRAPH)


def read_worths(chosen):
    return {name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving")}


# ---- the numbers ----


@given(follower_graphs(max_accounts=7), settings(), st.booleans())
def test_audience__sums_equal_the_twin(graph, chosen, seeded):
    scores = score(graph, teleport=[0] if seeded else None, **chosen)
    undivided, counted = oracles.audience(graph.to_scipy().toarray(), **read_worths(chosen))
    found = audience(scores)
    np.testing.assert_allclose(found.undivided, undivided, rtol=1e-14, atol=0)
    np.testing.assert_allclose(found.counted, counted, rtol=1e-14, atol=0)
    assert np.all(found.counted <= found.undivided * (1 + 1e-14))
    assert found.followers.tolist() == [len(graph.followers_of(each)) for each in range(len(graph))]
    assert found.mutual.tolist() == [len(graph.mutuals_of(each)) for each in range(len(graph))]


@given(follower_graphs(max_accounts=7), settings())
def test_audience__reach_is_launch_and_what_arrives(graph, chosen):
    scores = score(graph, **chosen)
    found = audience(scores)
    passed = oracles.transition(graph.to_scipy().toarray(), **read_worths(chosen))
    arrived = chosen["damping"] * passed.T @ scores.reach
    off = np.abs(found.launch + arrived - found.reach).sum() * (1 - chosen["damping"]) / len(graph)
    assert off <= 2 * scores.certificate.error + 1e-14


@given(follower_graphs(max_accounts=7), settings())
def test_audience__one_account_is_its_line_of_all(graph, chosen):
    scores = score(graph, **chosen)
    columns = audience(scores).to_columns()
    for place, account in enumerate(scores):
        one = audience(scores, account)
        for name in ("account", "followers", "mutual", "undivided", "counted", "launch", "reach"):
            assert getattr(one, name) == columns[name][place]
        assert one.lower <= one.reach <= one.upper
        assert one.cohort.followers_min == columns["cohort"][place]
        assert one.cohort.n_accounts == columns["cohort_accounts"][place]
        assert one.standings["reach"].below == columns["reach_below"][place]
        if one.followers and one.mutual == one.followers:
            assert one.counted >= one.worth * one.undivided * (1 - 1e-14)
            if not chosen["mutual_giving"]:
                assert one.counted == pytest.approx(one.worth * one.undivided, rel=1e-14)


@given(follower_graphs(max_accounts=8), settings())
def test_cohorts__have_about_as_many_followers_and_certain_places(graph, chosen):
    scores = score(graph, **chosen)
    found = audience(scores)
    assert sum(cohort.n_accounts for cohort in found.cohorts) == len(graph)
    for cohort in found.cohorts:
        low, high = cohort.followers_min, cohort.followers_max
        assert high == max(0, 2 * low - 1)
        members = np.flatnonzero((found.followers >= low) & (found.followers <= high))
        assert len(members) == cohort.n_accounts
        for measure in MEASURES:
            values = getattr(found, measure)[members]
            for part, value in zip((0.1, 0.5, 0.9), cohort.quantiles[measure], strict=True):
                assert value in values
                assert np.mean(values <= value) >= part > np.mean(values < value)
        for place in members.tolist():
            below, above = found[place].standings["reach"]
            assert below == np.sum(scores.upper[members] < scores.lower[place])
            assert above == np.sum(scores.lower[members] > scores.upper[place])


def test_cohorts__equal_parts_added_in_another_order_do_not_differ():
    """Two accounts with followers of 3, 7 and 11 follows each, listed in opposite orders."""
    pairs = [(f"{hub}{label}", hub) for hub in "xy" for label in "abc"]
    for hub, counts in (("x", (3, 7, 11)), ("y", (11, 3, 7))):
        for label, count in zip("abc", counts, strict=True):
            pairs += [(f"{hub}{label}", f"other{number:02}") for number in range(count - 1)]
    found = audience(score(FollowerGraph.from_arrays(*zip(*pairs, strict=True))))
    for measure in MEASURES:
        x, y = found["x"].standings[measure], found["y"].standings[measure]
        assert x == y


def test_audience__a_farm_far_above_its_capacity():
    """300 accounts that all follow each other: each holds 1 attention, of which 0.4 x 150/299 counts."""
    n = 300
    follower, followed = np.nonzero(~np.eye(n, dtype=bool))
    one = audience(score(FollowerGraph.from_arrays(follower, followed)), 7)
    counted = 0.4 * 150 / 299
    assert (one.followers, one.mutual) == (299, 299)
    assert one.undivided == pytest.approx(1, rel=1e-13)
    assert one.counted == pytest.approx(counted, rel=1e-13)
    assert one.reach == pytest.approx(1 / (1 - 0.85 * counted), rel=1e-8)
    assert "counts at least 20% here, being one of 299 with room for 150; 0.7993 is lost that way" in str(one)


def test_audience__pagerank_counts_everything():
    found = audience(score(GRAPH, method="pagerank"))
    assert found.counted.tolist() == found.undivided.tolist()
    assert "a follow that is returned counts in full" in str(found["ann"])


def test_audience__weights_that_vanish_beside_others():
    graph = FollowerGraph.from_arrays([1, 1, 2, 3], [2, 3, 1, 1], [1e-300, 1e300, 0.0, 5.0])
    found = audience(score(graph))
    assert found.undivided.tolist() == [1.0, 0.0, 1.0]
    assert found.counted.tolist() == pytest.approx(
        [0.4, 0.0, 0.4]
    )  # 1 and 3 follow each other; 2's follow weighs nothing
    assert found.followers.tolist() == [2, 1, 1]


def test_audience__no_accounts():
    empty = audience(score(FollowerGraph.from_arrays([], [])))
    assert len(empty) == 0
    assert empty.cohorts == ()
    assert str(empty).startswith("Audiences of 0 accounts")
    assert all(len(column) == 0 for column in empty.to_columns().values())
    with pytest.raises(UnknownAccount):
        empty[0]


def test_audience__is_added_up_once_for_the_same_settings():
    first, second = audience(SCORES), audience(SCORES)
    assert first.counted is second.counted
    assert audience(score(GRAPH, mutual_worth=0.0)).counted.tolist() != first.counted.tolist()
    assert audience(SCORES).counted.tolist() == first.counted.tolist()
    for name, array in first.to_columns().items():
        if name in ("followers", "mutual", "undivided", "counted", "launch", "reach", "reach_below"):
            assert not array.flags.writeable


# ---- what is refused ----


def test_audience__unknown_accounts_and_things_that_are_no_scores():
    with pytest.raises(UnknownAccount, match="no account 'zoe' among the 6"):
        audience(SCORES, "zoe")
    with pytest.raises(InvalidArgument, match="scores is a FollowerGraph"):
        audience(GRAPH)


@pytest.mark.parametrize("method", ["followers", "one_way_followers"])
def test_audience__methods_that_propagate_nothing_have_none(method):
    with pytest.raises(InvalidArgument, match=f"is '{method}'; an audience needs a propagation method"):
        audience(score(GRAPH, method=method))


def test_audience__loaded_scores_ask_for_their_graph(tmp_path):
    SCORES.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match=r"these scores have no graph; .* was scored as graph="):
        audience(loaded, "bob")
    again = FollowerGraph.from_arrays(*zip(*FOLLOWS, strict=True), labels=GRAPH.labels)
    assert audience(loaded, "bob", graph=again) == audience(SCORES, "bob")
    for other, match in (
        (FollowerGraph.from_arrays(["ann"], ["bob"]), "it has the same accounts"),
        (
            FollowerGraph.from_arrays(["ann"], ["bob"], labels=GRAPH.labels),
            "moves these scores by 0.071 in one",
        ),
        ("follows.tsv", "graph is 'follows.tsv'; it must be a FollowerGraph"),
    ):
        with pytest.raises(InvalidArgument, match=match):
            audience(loaded, "bob", graph=other)


@given(follower_graphs(max_accounts=7), settings())
def test_audience__a_graph_built_again_is_never_refused(graph, chosen):
    scores = score(graph, **chosen)
    follower, followed, weights = graph.to_arrays()
    again = FollowerGraph.from_arrays(follower, followed, weights, labels=graph.labels)
    assert audience(scores, 0, graph=again) == audience(scores, 0)


# ---- as text ----


def test_audience__text_of_one_account():
    lines = str(audience(SCORES, "bob")).splitlines()
    assert (
        lines[0]
        == "Audience of bob by reach(damping=0.85, mutual_worth=0.4, mutual_capacity=150, mutual_giving=1.5)"
    )
    assert " ".join(lines[1].split()) == "followers 3 1 of them followed back"
    assert [line.split("  ")[0] for line in lines[2:5]] == [
        "their undivided attention", "what of it counts", "reach, what arrives",
    ]  # fmt: skip
    assert lines[6] == "2 accounts have 2 to 3 followers, this one among them:"
    assert lines[-1].split()[-6:] == ["2.7881", "2.7881", "4.0092", "4.0092", "1", "0"]
    assert all(line == line.rstrip() for line in lines)


def test_audience__text_of_accounts_without_followers_or_fellows():
    fay = str(audience(SCORES, "fay"))
    assert "nobody follows it" in fay
    assert "only the 1.0000 that starts here" in fay
    assert "3 accounts have no followers, this one among them:" in fay
    assert str(audience(SCORES, "cat")).endswith("No other account has 1 follower.")


def test_audience__labels_are_hostile():
    graph = FollowerGraph.from_arrays(["a\x1b[31m"], ["b\n\u202e"])
    found = audience(score(graph))
    named = describe_audience(found["b\n\u202e"], {"b\n\u202e": "B\x1b"})
    assert named.startswith("Audience of B\\x1b (b\\n\\u202e) by ")
    for text in (str(found), str(found["b\n\u202e"]), str(found["a\x1b[31m"]), named):
        assert not set(text) & {"\x1b", "\u202e"}
        assert "b\\n\\u202e" in text or "a\\x1b[31m" in text


def test_audiences__text_of_all():
    text = str(audience(SCORES))
    assert text.splitlines()[2].split() == ["bob", "3", "1", "3.0000", "2.4000", "4.0092"]
    assert "... and" not in text
    assert text.splitlines()[-1].split()[:4] == ["2", "to", "3", "2"]


def test_audiences__pandas():
    pytest.importorskip("pandas")
    frame = audience(SCORES).to_pandas()
    assert frame.index.tolist() == list(SCORES)
    assert frame.loc["bob", "followers"] == 3


def test_oracle__a_follow_without_a_return_is_never_discounted():
    undivided, counted = oracles.audience(np.array([[0.0, 1.0], [0.0, 0.0]]), mutual_worth=0.0)
    assert undivided.tolist() == counted.tolist() == [0.0, 1.0]


def test_audience__counts_who_engages_where_there_are_layers():
    graph = FollowerGraph.from_arrays(
        ["ann", "cat", "dan", "bob"], ["bob", "bob", "bob", "ann"], labels=["ann", "bob", "cat", "dan"]
    )
    layered = graph.with_layer("likes", ["ann", "cat", "cat"], ["bob", "bob", "ann"], [3, 1, 1])
    everybody = audience(score(layered))
    assert everybody.engaged.tolist() == [0, 2, 0, 0]
    assert "engaged" in everybody.to_columns()
    bob = everybody["bob"]
    assert (bob.engaged, bob.worth, bob.undivided) == (2, 0.4, 3.0)
    assert bob.counted == pytest.approx(2 + 0.4 + 0.6 * 3 / 6)
    assert "engaged followers" in str(bob)
    assert "counts at least 40% here" in str(bob)
    assert "no follower acted on it" in str(everybody["ann"])
    plain = audience(score(graph))
    assert plain.engaged is None
    assert "engaged" not in plain.to_columns()
    assert "engaged" not in str(plain["bob"])
