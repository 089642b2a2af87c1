"""Each audit of a network against its dense twin, and on networks whose answer is known."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import FollowerGraph, score
from influencegraph.audits import AUDITS, audit
from influencegraph.audits.cycles import cycles
from influencegraph.audits.dead_weight import dead_weight
from influencegraph.audits.mutual_blocks import mutual_blocks
from influencegraph.audits.overlap import overlap
from influencegraph.audits.stall import stall
from influencegraph.errors import InvalidArgument
from influencegraph.testing import follower_graphs
from tests import oracles
from tests.audits.matrices import (
    follow_matrix,
    mutual_matrix,
    one_way_matrix,
    values_of,
    weight_matrix,
)


def same(found, wanted, where, **closeness):
    assert np.isnan(found).tolist() == (~where).tolist()
    assert found[where] == pytest.approx(np.asarray(wanted, float)[where], **closeness)


@given(follower_graphs(max_accounts=9))
def test_mutual_blocks__as_by_hand(graph):
    mutual = mutual_matrix(graph)
    core, blocks = oracles.cores(mutual)
    contacts, total = mutual.sum(axis=1), max(1, mutual.sum())
    findings = mutual_blocks(graph)
    values, expected = values_of(findings)
    same(values, (mutual & blocks).sum(axis=1), core > 0)
    by_chance = contacts * (blocks @ contacts - contacts) / total
    same(expected, np.minimum(by_chance, blocks.sum(axis=1) - 1), core > 0)
    facts = findings.measures["mutual_blocks"].facts
    assert facts["core"].tolist() == core.tolist()
    pairs = [mutual[np.ix_(block, block)].sum() / 2 for block in blocks]
    sizes = blocks.sum(axis=1)
    wanted = [each / max(1, size * (size - 1) / 2) for each, size in zip(pairs, sizes, strict=True)]
    assert facts["density"][core > 0] == pytest.approx(np.array(wanted)[core > 0])
    for v, account in enumerate(graph.labels.tolist()):
        named = set(findings[account][0].accounts)
        assert named == (set(graph.labels[blocks[v]].tolist()) if core[v] else {account})


@given(follower_graphs(max_accounts=12), st.integers(1, 5))
def test_mutual_blocks__pieces_of_work_change_nothing(graph, work):
    whole = mutual_blocks(graph).measures["mutual_blocks"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["influencegraph.audits.mutual_blocks"], "_WORK", work)
        pieces = mutual_blocks(graph).measures["mutual_blocks"]
    assert np.array_equal(whole.values, pieces.values, equal_nan=True)
    for name, fact in whole.facts.items():
        assert np.array_equal(fact, pieces.facts[name])


@given(follower_graphs())
def test_overlap__is_jaccard(graph):
    follows, mutual = follow_matrix(graph), mutual_matrix(graph)
    both = mutual.sum(axis=1)
    union = follows.sum(axis=0) + follows.sum(axis=1) - both
    values, _ = values_of(overlap(graph, contacts_min=2))
    same(values, both / np.maximum(union, 1), union >= 2)


@given(follower_graphs(max_accounts=9))
def test_cycles__are_the_diagonal_of_the_cube(graph):
    one_way = one_way_matrix(graph).astype(int)
    wanted, by_chance = oracles.cycles(one_way)
    values, expected = values_of(cycles(graph, pairs_min=2))
    pairs = one_way.sum(axis=0) * one_way.sum(axis=1)
    same(values, wanted / np.maximum(pairs, 1), pairs >= 2)
    same(expected, by_chance / np.maximum(pairs, 1), pairs >= 2)


def test_cycles__of_many_rows_are_found_in_several_calls(monkeypatch):
    rng = np.random.default_rng(5)
    graph = FollowerGraph.from_arrays(rng.integers(0, 60, 900), rng.integers(0, 60, 900))
    whole = cycles(graph).measures["cycles"].facts["cycles"]
    monkeypatch.setattr(sys.modules["influencegraph.audits.cycles"], "_BLOCK", 7)
    assert cycles(graph).measures["cycles"].facts["cycles"].tolist() == whole.tolist()
    wanted, _ = oracles.cycles(one_way_matrix(graph).astype(int))
    assert whole.tolist() == wanted.tolist()


@given(follower_graphs())
def test_stall__is_the_derivative_of_undiscounted_reach(graph):
    values, _ = values_of(stall(graph, damping=0.7))
    same(values, oracles.stall(weight_matrix(graph), 0.7), graph.follower_counts > 0, abs=1e-6)


def test_stall__of_a_loop_that_lets_nothing_out():
    graph = FollowerGraph.from_arrays([0, 1, 2], [1, 2, 0])
    values, expected = values_of(stall(graph))
    assert values == pytest.approx(0.85 / 0.15)
    assert expected == pytest.approx(0.85 / 0.15)  # all of the network is the loop


def test_stall__without_damping_nothing_comes_from_anywhere():
    findings = stall(FollowerGraph.from_arrays([0, 1], [1, 0]), damping=0)
    assert values_of(findings)[0].tolist() == [0.0, 0.0]
    assert not findings.counts.any()


@given(follower_graphs())
def test_dead_weight__is_what_explanations_withhold(graph):
    A = weight_matrix(graph)  # noqa: N806 - the letter of docs/mathematics.md
    arrives, withheld, _ = oracles.contributions(A, oracles.reach(A))
    given_to = (arrives + withheld).sum(axis=0)
    some = (graph.follower_counts > 0) & (given_to > 0)
    values, _ = values_of(dead_weight(graph, followers_min=1))
    same(values, withheld.sum(axis=0) / np.where(some, given_to, 1), some, abs=1e-6)


def test_dead_weight__takes_scores_of_this_graph_only():
    graph = FollowerGraph.from_arrays([0, 1, 2], [1, 0, 0])
    strict = score(graph, mutual_worth=0)
    assert values_of(dead_weight(graph, scores=strict, followers_min=1))[0][1] == 1.0
    assert values_of(audit(graph, audits="dead_weight", scores=strict))[0].tolist() != [0.0]
    with pytest.raises(InvalidArgument, match="graph"):
        dead_weight(FollowerGraph.from_arrays([0, 1], [1, 0]), scores=strict)
    with pytest.raises(InvalidArgument, match="dead weight needs a propagation method"):
        dead_weight(graph, scores=score(graph, method="followers"))
    with pytest.raises(InvalidArgument, match="scores hide 1 accounts"):
        audit(graph, scores=score(graph).redact([1]))


def test_dead_weight__engagement_spares_some():
    graph = FollowerGraph.from_arrays([0, 1, 2], [1, 0, 0])
    layered = graph.with_layer("acts", [1], [0], [5])
    plain, spared = (values_of(dead_weight(each, followers_min=1))[0][0] for each in (graph, layered))
    assert 0 < spared < plain


def test_dead_weight__of_a_return_that_is_remembered():
    log = [0, 1, 2], ["follow", "follow", "unfollow"], ["ann", "bob", "ann"], ["bob", "ann", "bob"]
    for memory, withheld in ((None, 0.0), (np.inf, 0.6)):
        graph = FollowerGraph.from_events(log, as_of=9, memory=memory)
        assert values_of(dead_weight(graph, followers_min=1))[0][0] == pytest.approx(withheld)


@pytest.mark.parametrize("name", AUDITS)
def test_audits__of_an_empty_network_and_of_lonely_accounts(name):
    for graph in (FollowerGraph.from_arrays([], []), FollowerGraph.from_arrays([1], [2], labels=[1, 2, 3])):
        (measure,) = AUDITS[name](graph).measures.values()
        assert measure.audit == name
        assert len(measure.values) == graph.n_accounts
        assert not measure.stands_out.any()
