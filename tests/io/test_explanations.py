"""Explanations as text: what they say, and that no label changes how a terminal shows it."""

from test_display import HIDDEN, HOSTILE

from influencegraph import FollowerGraph, explain_score, score
from influencegraph.io.explanations import describe_explanation

GRAPH = FollowerGraph.from_arrays(["ann", "cat", "bob"], ["bob", "bob", "ann"])


def test_text__says_what_a_stranger_needs():
    lines = str(explain_score(score(GRAPH), "bob")).splitlines()
    assert lines == [
        "bob has a reach of 2.4763 accounts: rank 1 of 3, score 82.5 of 100.",
        "1.0000 of it starts at bob itself, 1.4763 arrives from 2 followers.",
        "bob and 1 of its followers follow each other; such a follow counts 40%, which withheld 0.9394.",
        "",
        "from                  arrives  of all  its reach  attention  counts  withheld",
        "cat                    0.8500   34.3%     1.0000       100%    100%",
        "ann                    0.6263   25.3%     1.8419       100%     40%    0.9394",
        "starts here            1.0000   40.4%",
        "left over by solving   0.0000    0.0%",
        "together               2.4763  100.0%                                  0.9394",
        "",
        "Each line: 0.85 of the follower's reach, times the part of its attention that bob has,",
        "times what of that counts.",
    ]


def test_text__of_a_path_says_where_the_attention_went():
    why = explain_score(score(GRAPH), "bob").through("ann")
    text = describe_explanation(why, {"bob": "Bob B.", "dan": "Dan"})
    assert text.startswith(
        "0.6263 accounts of Bob B.'s reach arrive through ann.\n0.3400 of it starts at ann itself,"
    )
    assert "\nbob" not in text
    assert "\nBob B. (bob) " in text
    assert text.endswith("times the 34% of ann's reach that arrive at Bob B. this way.")
    further = str(why.through("bob"))
    assert "reach arrive through bob by way of ann." in further


def test_text__tells_what_the_capacity_withheld():
    friends = [f"friend{i}" for i in range(4)]
    graph = FollowerGraph.from_arrays(["bob"] * 4 + friends, friends + ["bob"] * 4)
    text = str(explain_score(score(graph, mutual_capacity=2), "bob"))
    assert "such a follow counts 20%, which withheld 3.1322." in text
    assert "\n0.7831 of that is withheld only because they are more than the 2 that" in text
    assert "more than" not in str(explain_score(score(graph, mutual_capacity=4), "bob"))


def test_text__of_seeds_may_start_nothing_at_the_account():
    text = str(explain_score(score(GRAPH, teleport=["cat"]), "ann"))
    assert "\n0.0000 of it starts at ann itself" in text
    nothing = str(explain_score(score(GRAPH, teleport=["ann"]), "cat"))
    assert "cat has a reach of 0.0000 accounts" in nothing
    assert "nan" not in nothing


def test_text__escapes_labels_and_names():
    pairs = [(label, "zed") for label in HOSTILE] + [("zed", HOSTILE[0])]
    scores = score(FollowerGraph.from_arrays(*zip(*pairs, strict=True)))
    for text in (
        str(explain_score(scores, "zed", top=99)),
        str(explain_score(scores, HOSTILE[0]).through("zed")),
        describe_explanation(explain_score(scores, "zed"), dict.fromkeys(scores, HOSTILE[1])),
    ):
        assert not HIDDEN.search(text)
        assert max(map(len, text.splitlines())) < 250
