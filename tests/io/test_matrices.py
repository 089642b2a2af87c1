"""SciPy sparse arrays: ``matrix[u, v]`` is the weight of u's follow of v."""

import numpy as np
import pytest
import scipy.sparse

from influencegraph import FollowerGraph, InvalidFollows, score

DENSE = np.array([[0, 2.0, 0], [1.0, 0, 0], [0, 3.0, 0]])


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("make", [scipy.sparse.coo_array, scipy.sparse.coo_matrix])
def test_matrix__every_format_is_one(form, make):
    graph = FollowerGraph.from_scipy(make(DENSE).asformat(form))
    assert graph.labels.tolist() == [0, 1, 2]
    assert graph.followers_of(1).tolist() == [0, 2]
    np.testing.assert_array_equal(graph.to_scipy().toarray(), DENSE)


def test_matrix__round_trip_keeps_bytes_and_stored_zeros():
    matrix = scipy.sparse.csr_array(([1.0, 0.0], ([0, 1], [1, 0])), shape=(3, 3))
    graph = FollowerGraph.from_scipy(matrix)
    assert graph.n_follows == 2
    assert graph.mutuals_of(0).tolist() == []
    again = FollowerGraph.from_scipy(graph.to_scipy())
    assert score(again).reach.tobytes() == score(graph).reach.tobytes()
    assert graph.to_scipy().nnz == 2


def test_matrix__of_truths_weighs_one_and_integers_are_weights():
    assert FollowerGraph.from_scipy(scipy.sparse.csr_array(DENSE > 0)).follow_weights is None
    integers = FollowerGraph.from_scipy(scipy.sparse.csr_array(DENSE.astype(np.int8)))
    assert integers.weights.tolist() == [2.0, 1.0, 3.0]


@pytest.mark.parametrize("labels", [["c", "a", "b"], ("c", "a", "b"), np.array(["c", "a", "b"]), [9, 3, 5]])
def test_matrix__labels_name_the_rows(labels):
    graph = FollowerGraph.from_scipy(scipy.sparse.csr_array(DENSE), labels)
    assert graph.labels.tolist() == list(labels)
    assert graph.followers_of(labels[1]).tolist() == [labels[0], labels[2]]


def test_matrix__unsorted_and_repeated_entries_are_fine_and_never_written_to():
    data, indices, indptr = np.array([1.0, 2.0, 4.0]), np.array([2, 1, 1]), np.array([0, 3, 3, 3])
    matrix = scipy.sparse.csr_array((data, indices, indptr), shape=(3, 3))
    graph = FollowerGraph.from_scipy(matrix)
    assert graph.to_arrays().weights.tolist() == [6.0, 1.0]
    assert (matrix.data.tolist(), matrix.indices.tolist()) == ([1.0, 2.0, 4.0], [2, 1, 1])
    graph.to_scipy().data[:] = 0
    assert graph.to_arrays().weights.tolist() == [6.0, 1.0]


def test_matrix__empty():
    graph = FollowerGraph.from_scipy(scipy.sparse.csr_array((0, 0)))
    assert graph.n_accounts == 0
    assert graph.to_scipy().shape == (0, 0)
    assert FollowerGraph.from_scipy(scipy.sparse.csr_array((2, 2))).labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("data", "indices", "indptr"),
    [
        ([1.0], [5], [0, 1, 1]),
        ([1.0], [-1], [0, 1, 1]),
        ([1.0, 1.0], [0, 1], [0, 2, 1]),
        ([1.0, 1.0], [0, 1], [1, 2, 2]),
        ([1.0], [0, 1], [0, 1, 2]),
        ([1.0, 1.0], [0, 1], [0, 1, 9]),
        ([1.0, 1.0], [0, 1], [0, 2]),
    ],
)
@pytest.mark.parametrize("form", ["csr", "csc"])
def test_matrix__that_points_outside_itself_is_refused(form, data, indices, indptr):
    matrix = getattr(scipy.sparse, f"{form}_array")((2, 2))
    matrix.data, matrix.indices, matrix.indptr = np.array(data), np.array(indices), np.array(indptr)
    with pytest.raises(InvalidFollows, match="do not fit together"):
        FollowerGraph.from_scipy(matrix)


@pytest.mark.parametrize(
    ("matrix", "labels", "match"),
    [
        (DENSE, None, "ndarray"),
        (None, None, "NoneType"),
        (scipy.sparse.csr_array((2, 3)), None, "square"),
        (scipy.sparse.csr_array(-DENSE), None, "finite and >= 0"),
        (scipy.sparse.csr_array(DENSE * np.nan), None, "finite and >= 0"),
        (scipy.sparse.csr_array(DENSE * 1j), None, "complex"),
        (scipy.sparse.csr_array(DENSE), ["a"], "1 names for 3 rows"),
        (scipy.sparse.csr_array(DENSE), ["a", "b", 3], "type int"),
        (scipy.sparse.csr_array(DENSE), ["a", "b", "a"], "more than once"),
        (scipy.sparse.csr_array(DENSE), [1.0, 2.0, 3.0], "float"),
    ],
    ids=str,
)
def test_matrix__refusals(matrix, labels, match):
    with pytest.raises(InvalidFollows, match=match):
        FollowerGraph.from_scipy(matrix, labels)
