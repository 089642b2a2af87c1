"""Changes as text: a sentence that reads well for everybody, and no label that changes a terminal."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_display import HIDDEN, HOSTILE

from influencegraph import FollowerGraph, compare_scores, score
from influencegraph.io.comparisons import describe_change, describe_comparison
from influencegraph.testing import follower_graphs, settings

PEOPLE = ["ann", "bob", "cat", "dan", "eve", "fay", "gus"]


def network(*follows, **given_settings):
    pairs = [follow.split(">") for follow in follows]
    labels = given_settings.pop("labels", PEOPLE)
    graph = FollowerGraph.from_arrays(*zip(*pairs, strict=True), labels=labels)
    return score(graph, tolerance=1e-13, **given_settings)


def sentence(before, after, account, names=None):
    text = describe_change(compare_scores(before, after).explain(account), names)
    return " ".join(text.split("\n\n")[0].split())


def test_one_cause__needs_no_amounts():
    base = network("ann>bob")
    assert sentence(base, network("ann>bob", "cat>bob"), "bob") == (
        "bob's score rose 19.4 points, from 31.6 to 51.0, because 1 account now follows it (cat)."
    )
    assert sentence(network("ann>bob", "cat>bob", "dan>bob"), base, "bob") == (
        "bob's score fell 33.5 points, from 65.1 to 31.6, because 2 accounts no longer follow it "
        "(cat and dan)."
    )
    assert sentence(base, network("ann>bob", "ann>cat"), "bob") == (
        "bob's score fell 13.4 points, from 31.6 to 18.2, because 1 follower gives it a smaller part of its "
        "attention (ann)."
    )
    assert sentence(base, network("ann>bob", "gus>ann"), "bob") == (
        "bob's score rose 16.9 points, from 31.6 to 48.6, because 1 follower rose (ann)."
    )
    assert sentence(base, network("ann>bob", damping=0.5), "bob") == (
        "bob's score fell 10.8 points, from 31.6 to 20.8, because a follow now passes on 50% of attention, "
        "not 85%."
    )


def test_many_causes__largest_first_and_against_the_change_with_a_sign():
    before = network("ann>bob", "cat>bob", "dan>bob", "eve>ann")
    after = network("ann>bob", "cat>bob", "fay>bob", "gus>bob", "bob>cat")
    text = sentence(before, after, "bob")
    amounts = [part.split(" because ")[0].split(": ")[-1] for part in text.split("; ")]
    assert len(amounts) >= 3
    values = compare_scores(before, after).explain("bob").points
    assert sorted(map(abs, map(float, amounts[:3])), reverse=True) == [
        abs(float(each)) for each in amounts[:3]
    ]
    assert abs(float(amounts[0])) == pytest.approx(max(map(abs, values.values())), abs=0.05)
    rises = "rose" in text.split(":")[0]
    for amount in amounts[:3]:
        assert amount[0] not in ("+" if rises else "-")


def test_nobody_moved__says_so():
    base = network("ann>bob", "cat>bob")
    assert str(compare_scores(base, base).explain("bob")) == "bob's score of 51.0 did not move."
    swapped = network("ann>bob", "dan>bob")
    assert sentence(base, swapped, "bob") == (
        "bob's score of 51.0 did not move: +16.2 because 1 account now follows it (dan); "
        "-16.2 because 1 account no longer follows it (cat)."
    )


def test_settings__in_plain_words():
    follows = ["ann>bob", "bob>ann", "cat>bob", "bob>cat", "dan>bob"]
    base = network(*follows)
    assert "because follows that it returns now count 100%, not 40%" in sentence(
        base, network(*follows, mutual_worth=1), "bob"
    )
    assert "because it can now hold 1 mutual followers at full worth, not 150" in sentence(
        base, network(*follows, mutual_capacity=1), "bob"
    )
    crowded = network(*follows, mutual_capacity=1)
    text = sentence(crowded, network(*follows, mutual_capacity=math.inf), "bob")
    assert "because it can now hold any number of mutual followers at full worth, not 1" in text
    more = network(*follows, "bob>dan", mutual_capacity=1)
    assert "because it has 3 mutual contacts, not 2, and each counts less" in sentence(crowded, more, "bob")
    assert "it now follows back 1 follower (dan), whose follow counts less" in sentence(crowded, more, "bob")
    assert "it no longer follows back 1 follower (dan), whose follow counts more" in sentence(
        more, crowded, "bob"
    )
    seeded = network(*follows, teleport=["bob", "dan"])
    assert "because attention of 3.5000 now starts at it, not 1.0000" in sentence(base, seeded, "bob")


def test_engagement__in_plain_words():
    pairs = (["ann", "bob", "cat"], ["bob", "ann", "bob"])
    graphs = [FollowerGraph.from_arrays(*pairs).with_layer("likes", ["ann"], ["bob"], [k]) for k in (0, 9)]
    text = sentence(score(graphs[0]), score(graphs[1]), "bob")
    assert "because 1 mutual follower engages with it more (ann)" in text
    text = sentence(score(graphs[1]), score(graphs[1], engagement_half=30), "bob")
    assert "because engagement now spares less of the discount, half of it at 30 and not at 3" in text


def test_settings__that_come_back_changed_on_the_way():
    follows = ["ann>bob", "bob>ann", "cat>bob"]
    path = [network(*follows), network(*follows, mutual_worth=0.1), network(*follows, "dan>bob")]
    comparison = compare_scores(path)
    assert "mutual_worth: 0.4 -> 0.1 -> 0.4" in str(comparison)
    text = str(comparison.explain("bob"))
    assert "dan" in text


def test_followers__that_went_both_ways_are_counted():
    before = network("ann>bob", "cat>bob", "eve>ann", "fay>ann")
    after = network("ann>bob", "cat>bob", "eve>cat")
    assert "1 follower fell (ann), outweighing 1 that rose" in sentence(before, after, "bob")
    assert "1 follower rose (cat), outweighing 1 that fell" in sentence(after, before, "bob") or (
        "1 follower rose (ann), outweighing 1 that fell" in sentence(after, before, "bob")
    )


def test_names__three_at_most_and_display_names_where_given():
    crowd = [f"{friend}>bob" for friend in PEOPLE if friend != "bob"]
    text = sentence(network("ann>bob"), network(*crowd), "bob", {"bob": "Bob B.", "cat": "Cat C."})
    assert text == (
        "Bob B.'s score rose 61.3 points, from 31.6 to 92.9, because 5 accounts now follow it "
        "(Cat C., dan, eve and 2 others)."
    )


def test_clipped__scores_are_told_in_reach():
    ring = ["ann>bob", "bob>cat", "cat>ann"]
    before, after = network(*ring, "dan>ann"), network(*ring, "dan>ann", "eve>ann")
    assert before["ann"].score == after["ann"].score == 100
    text = sentence(before, after, "ann")
    assert text.startswith("ann's reach rose 2.2 accounts, from 8.9 to 11.1: ")


def test_new_and_gone__accounts():
    before, after = (
        network("ann>bob", labels=["ann", "bob"]),
        network("ann>bob", "ann>cat", labels=["ann", "bob", "cat"]),
    )
    assert sentence(before, after, "cat") == (
        "cat is new, with a reach of 1.4250 and a score of 32.2, because 1 account follows it (ann)."
    )
    assert sentence(after, before, "cat") == (
        "cat is gone, and had a reach of 1.4250 and a score of 32.2, because 1 account followed it (ann)."
    )
    text = str(compare_scores(before, after))
    assert text.startswith("Of 3 accounts (1 new, 0 gone), 1 rose and 1 fell in reach.")


def test_traced__changes_say_where_they_began():
    follows = ["ann>bob", "bob>ann", "ann>cat"]
    comparison = compare_scores(network(*follows, mutual_worth=1), network(*follows))
    assert "Traced back" not in str(comparison.explain("cat"))
    text = str(comparison.explain("cat", trace=True))
    began = text.split("the change began with:\n")[1].splitlines()
    assert [line.split()[:2] for line in began] == [["where", "it"], ["mutual", "worth"]]
    assert "Traced back" not in str(
        compare_scores(network("ann>bob"), network("ann>bob")).explain("bob", trace=True)
    )


def test_network__as_text():
    before, after = network("ann>bob", "cat>bob"), network("ann>bob", "cat>bob", "dan>cat", "eve>dan")
    comparison = compare_scores(before, after)
    lines = describe_comparison(comparison, {"bob": "Bob B."}, top=1).splitlines()
    assert lines[0] == "Of 7 accounts, 3 rose and 0 fell in reach."
    assert lines[2].split("  ")[0] == "cause, in accounts of reach"
    assert lines[3].split() == ["follows", "gained", "+2.4225", "2.4225", "+3.7591", "2"]
    assert [line.split()[0] for line in lines[7:]] == ["account", "cat"]
    assert "Bob B." in describe_comparison(comparison, {"bob": "Bob B."})


@given(follower_graphs(5), follower_graphs(5), settings(), settings())
def test_every_text__is_whole(one, other, old, new):
    comparison = compare_scores(score(one, **old), score(other, **new))
    for text in (str(comparison), *(str(comparison.explain(each, trace=True)) for each in comparison.labels)):
        assert "nan" not in text
        assert "None" not in text
        assert "{" not in text
        assert "-0.0 " not in text
        assert "  because" not in text
    for account in comparison.labels.tolist():
        told = str(comparison.explain(account)).split("\n\n")[0]
        assert told.endswith(".")
        assert told.count(":") <= 1


@given(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE))
def test_text__escapes_labels_and_names(one, other):
    before = score(FollowerGraph.from_arrays([other, "zed"], ["zed", one]))
    after = score(FollowerGraph.from_arrays([other, "zed", "new"], ["zed", one, "zed"]))
    comparison = compare_scores(before, after)
    for text in (
        str(comparison),
        *(str(comparison.explain(each)) for each in comparison.labels),
        describe_change(comparison.explain("zed"), {"new": one, "zed": other}),
    ):
        assert not HIDDEN.search(text)
