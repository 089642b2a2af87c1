"""Every question about scores refuses what it cannot answer in one way."""

from __future__ import annotations

import pytest

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument, Scores

GRAPH = FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
SCORES = influencegraph.score(GRAPH)
QUESTIONS = {
    "an explanation": lambda scores, graph=None: influencegraph.explain_score(scores, "bob", graph=graph),
    "a comparison": lambda scores, graph=None: influencegraph.compare_scores(
        scores, scores, graphs=(graph, graph)
    ),
    "a what-if": lambda scores, graph=None: influencegraph.what_if(scores, graph=graph),
    "an update": lambda scores, graph=None: influencegraph.update(scores, graph=graph),
    "advice": lambda scores, graph=None: influencegraph.advise(scores, "bob", graph=graph),
    "earned reach": lambda scores, graph=None: influencegraph.earned_reach(scores, graph=graph),
    "an audience": lambda scores, graph=None: influencegraph.audience(scores, graph=graph),
}
each_question = pytest.mark.parametrize("question", QUESTIONS)


@each_question
@pytest.mark.parametrize("method", ["followers", "one_way_followers", "hits", "salsa"])
def test_scores__of_a_method_that_propagates_nothing(question, method):
    with pytest.raises(InvalidArgument) as caught:
        QUESTIONS[question](influencegraph.score(GRAPH, method=method))
    subject = "snapshot 0" if question == "a comparison" else "scores"
    assert str(caught.value) == (
        f"the method of {subject} is {method!r}; {question} needs a propagation method. "
        "Score with method='reach' or method='pagerank'."
    )
    assert caught.value.method == method


@each_question
@pytest.mark.parametrize("method", ["reach", "pagerank", "tunkrank"])
def test_scores__of_a_method_that_propagates(question, method):
    assert QUESTIONS[question](influencegraph.score(GRAPH, method=method)) is not None


@each_question
@pytest.mark.parametrize("thing", [GRAPH, None, 3])
def test_scores__that_are_none(question, thing):
    if question == "a comparison":
        asks = [lambda: influencegraph.compare_scores(SCORES, thing), lambda: QUESTIONS[question](thing)]
        asks = asks[1:] if thing is None else asks
    else:
        asks = [lambda: QUESTIONS[question](thing)]
    for ask in asks:
        with pytest.raises(InvalidArgument, match=r"influencegraph\.score\(graph\) makes them") as caught:
            ask()
        if question != "a comparison":
            assert f"{question} is asked of Scores" in str(caught.value)


@each_question
def test_graph__that_is_missing_or_another_one(question, tmp_path):
    SCORES.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match="graph"):
        QUESTIONS[question](loaded)
    again = FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    assert QUESTIONS[question](loaded, again) is not None
    for other in (
        FollowerGraph.from_arrays(["ann", "cat"], ["bob", "bob"]),
        FollowerGraph.from_arrays(["ann", "bob"], ["bob", "ann"]),
    ):
        with pytest.raises(InvalidArgument) as caught:
            QUESTIONS[question](loaded, other)
        assert caught.value.name == "graph"
