"""What every score obeys: the public laws, closed forms, and what only our own results promise."""

# ruff: noqa: N806 - the letters of docs/mathematics.md

from __future__ import annotations

import math
from fractions import Fraction

import closed_forms
import hypothesis
import numpy as np
import oracles
import pytest
import scipy.sparse
from hypothesis import strategies as st

import influencegraph
from influencegraph.errors import InvalidArgument
from influencegraph.testing import (
    LAWS,
    check_scoring,
    find_inapplicable,
    follower_graphs,
    settings,
    teleports,
)

TIGHT = 1e-12


def reach(graph, **chosen):
    return influencegraph.score(graph, tolerance=TIGHT, **chosen).reach


def pagerank_reach(graph, *, damping=0.85, teleport=None):
    return influencegraph.score(
        graph, method="pagerank", damping=damping, teleport=teleport, tolerance=TIGHT
    ).reach


def share(graph, **chosen):
    return influencegraph.score(graph, tolerance=TIGHT, **chosen).share


# ---- the laws of influencegraph.testing ----


@pytest.mark.parametrize("law", LAWS)
def test_reach__obeys(law):
    assert check_scoring(reach, laws=[law], max_examples=60) == [law]


@pytest.mark.parametrize("law", [law for law in LAWS if law not in find_inapplicable(pagerank_reach)])
def test_pagerank__obeys(law):
    check_scoring(pagerank_reach, laws=[law], max_examples=25)


@pytest.mark.parametrize("law", [name for name, law in LAWS.items() if law.any_unit])
def test_share__obeys(law):
    check_scoring(share, laws=[law], max_examples=25)


@pytest.mark.parametrize("method", ["followers", "one_way_followers"])
def test_counts__obey(method):
    def count(graph):
        return influencegraph.score(graph, method=method).values

    check_scoring(count, laws=["relabelling", "rows", "symmetry"], max_examples=25)


@hypothesis.given(follower_graphs(5, min_accounts=2), st.data())
def test_pagerank__being_followed_back_never_lowers(graph, data):
    A = graph.to_scipy().toarray()
    u, v = data.draw(st.permutations(range(len(A))))[:2]
    A[v, u] = A[v, u] or 1.0
    after = A.copy()
    A[u, v], after[u, v] = 0.0, 1.0
    assert oracles.pagerank(after)[v] >= oracles.pagerank(A)[v] - 1e-12


def test_laws__names_and_statements():
    for name, law in LAWS.items():
        assert law.name == name
        assert law.statement.endswith(".")
        assert law.needs <= {"damping", "mutual_worth", "mutual_capacity", "mutual_giving", "teleport"}


# ---- check_scoring itself ----


def test_check_scoring__shows_the_smallest_network():
    def renormalised(graph, *, damping=0.85, mutual_worth=0.5, mutual_capacity=150.0):
        passed = oracles.transition(graph.to_scipy().toarray(), mutual_worth, mutual_capacity)
        sums = passed.sum(axis=1, keepdims=True)
        rows = np.divide(passed, sums, out=np.zeros_like(passed), where=sums > 0)
        return np.linalg.solve(np.eye(len(rows)) - damping * rows.T, np.ones(len(rows)))

    with pytest.raises(AssertionError, match="the law 'clique' is broken") as caught:
        check_scoring(renormalised, laws=["clique"])
    assert "3 accounts: 1 <-> 2; " in str(caught.value)


def test_check_scoring__settings_not_accepted():
    def followers(graph, *, damping):
        return graph.follower_counts

    assert "clique" in find_inapplicable(followers)
    with pytest.raises(InvalidArgument, match="accepts mutual_capacity, mutual_worth"):
        check_scoring(followers, laws=["clique"])


def test_check_scoring__unknown_law():
    with pytest.raises(InvalidArgument, match="'gravity'"):
        check_scoring(reach, laws=["gravity"])


@pytest.mark.parametrize("values", [np.ones((1, 1)), np.nan])
def test_check_scoring__no_scores(values):
    with pytest.raises(AssertionError, match=r"returned (values|an array)"):
        check_scoring(lambda graph: np.full((graph.n_accounts,), values) if np.isscalar(values) else values)


def test_check_scoring__function_that_fails():
    def fail(graph):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        check_scoring(fail)
    assert "the law 'relabelling'" in caught.value.__notes__[0]


# ---- closed forms ----

A, WORTH, CAPACITY = 0.85, 0.4, 3
FORMS = {
    "cycle": closed_forms.cycle(7, A),
    "path": closed_forms.path(40, A),
    "star": closed_forms.star(9, A),
    "mutual_star": closed_forms.mutual_star(9, A, WORTH, CAPACITY),
    "clique_at_capacity": closed_forms.clique(6, A, WORTH, CAPACITY),
    "clique": closed_forms.clique(3, A, WORTH, CAPACITY),
    "two_level_tree": closed_forms.two_level_tree(4, 3, A),
}


@pytest.mark.parametrize("form", FORMS)
def test_reach__closed_forms(form):
    matrix, expected = FORMS[form]
    graph = influencegraph.FollowerGraph.from_scipy(scipy.sparse.csr_array(matrix))
    chosen = {"damping": A, "mutual_worth": WORTH, "mutual_capacity": CAPACITY}
    np.testing.assert_allclose(reach(graph, **chosen), expected, rtol=1e-10)
    np.testing.assert_allclose(oracles.reach(matrix, **chosen), expected, rtol=1e-12)


# ---- our own results ----


@hypothesis.given(follower_graphs(), settings(), st.data())
def test_score__slow_twins(graph, chosen, data):
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    scores = influencegraph.score(graph, teleport=teleport, tolerance=TIGHT, **chosen)
    matrix = graph.to_scipy().toarray()
    np.testing.assert_allclose(scores.reach, oracles.reach(matrix, teleport=teleport, **chosen), atol=1e-9)
    ledger = scores.ledger
    found = [ledger.kept, ledger.discounted, ledger.dangling]
    np.testing.assert_allclose(found, oracles.ledger(matrix, teleport=teleport, **chosen), atol=1e-10)


@hypothesis.given(follower_graphs(weighted=False))
def test_counts__slow_twins(graph):
    for method in ("followers", "one_way_followers"):
        values = influencegraph.score(graph, method=method).values
        np.testing.assert_array_equal(values, getattr(oracles, method)(graph.to_scipy().toarray()))


@pytest.mark.filterwarnings("ignore::influencegraph.InfluenceGraphWarning")
@hypothesis.settings(max_examples=30)
@hypothesis.given(follower_graphs(5), settings())
def test_certificate__at_every_sweep(graph, chosen):
    n, a = graph.n_accounts, Fraction(chosen["damping"])
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving")}
    P = oracles.exact_transition(graph.to_scipy().toarray(), **worths)
    exact = oracles.exact_reach(P, chosen["damping"], oracles.exact_launch(n))
    for sweeps in (1, 2, 3, 4, 5, 8, 16, 64, 256):
        scores = influencegraph.score(
            graph, tolerance=1e-300, max_sweeps=sweeps, not_converged="warn", **chosen
        )
        certificate = scores.certificate
        assert not certificate.converged
        assert certificate.sweeps <= sweeps
        found = [Fraction(each) for each in scores.reach.tolist()]
        off = [abs(x - y) for x, y in zip(found, exact, strict=True)]
        assert sum(off) * (1 - a) / n <= certificate.error
        assert max(off) <= certificate.reach_error_max
        for low, value, high in zip(scores.lower.tolist(), exact, scores.upper.tolist(), strict=True):
            assert low <= value <= high


@hypothesis.given(follower_graphs(), settings())
def test_ledger__sums_to_one(graph, chosen):
    scores = influencegraph.score(graph, **chosen)
    ledger = scores.ledger
    parts = [ledger.kept, ledger.discounted, ledger.dangling, ledger.unresolved]
    assert math.fsum(parts) == pytest.approx(1.0, abs=1e-15)
    assert min(parts[:3]) >= 0
    assert abs(ledger.unresolved) <= scores.certificate.error


def draw_large(rng):
    """60,000 accounts and 240,000 follows, a tenth of them returned: enough for threads to be used."""
    n = 60_000
    follower, followed = (n * rng.random((2, 220_000)) ** 1.5).astype(np.int64)
    one, other = np.append(follower, followed[:22_000]), np.append(followed, follower[:22_000])
    return one, other, rng.exponential(size=one.size)


@pytest.mark.parametrize("weighted", [False, True])
def test_score__same_bytes_for_any_threads_and_row_order(weighted):
    rng = np.random.default_rng(2)
    one, other, weights = draw_large(rng)
    order = rng.permutation(one.size)
    rows = [(one, other, weights), (one[order], other[order], weights[order])]
    graphs = [
        influencegraph.FollowerGraph.from_arrays(*each[:2], each[2] if weighted else None) for each in rows
    ]
    assert graphs[0].n_follows + 4 * graphs[0].n_accounts > 1 << 18
    runs = [
        influencegraph.score(graph, n_threads=threads, mutual_capacity=1)
        for graph in graphs
        for threads in (1, 2, 4)
    ]
    for run in runs[1:]:
        for name in ("reach", "lower", "upper", "rank_best", "rank_worst", "share", "score"):
            assert getattr(run, name).tobytes() == getattr(runs[0], name).tobytes()
        assert (run.certificate, run.ledger) == (runs[0].certificate, runs[0].ledger)
