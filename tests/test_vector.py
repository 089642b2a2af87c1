"""Operations in vectors: compiled and in NumPy they are the same."""

import numba
import numpy as np
import pytest

from influencegraph.kernels import vector


def everything(v, values, place, factor, other, at, totals):
    term = v.load(values, place) * factor - v.load(other, at + 8)
    v.store(v.at_most_one(abs(term)), other, at)
    v.store(v.load(totals, 0) + v.double(term), totals, 0)


run = vector.vectorized(everything)


@numba.njit
def compiled(values, place, factor, other, at, totals):
    run(values, place, factor, other, at, totals)


@pytest.mark.parametrize(("kind", "lanes"), [(np.float32, 8), (np.float64, 4)])
def test_vectorized__is_what_slices_do(kind, lanes):
    rng = np.random.default_rng(0)
    values, other = (rng.normal(size=40).astype(kind) for _ in range(2))
    place, at, factor = np.uint64(5), np.uint64(3), kind(1.5)
    found, totals = other.copy(), np.ones(lanes)
    compiled(values, place, factor, found, at, totals)
    term = values[5 : 5 + lanes] * factor - other[11 : 11 + lanes]
    expected = other.copy()
    expected[3 : 3 + lanes] = np.minimum(np.abs(term), 1)
    assert found.tobytes() == expected.tobytes()
    assert totals.tobytes() == (1 + term.astype(float)).tobytes()
    sliced, sums = other.copy(), np.ones(lanes)
    everything(vector._Slices(lanes), values, place, factor, sliced, at, sums)
    assert sliced.tobytes() == found.tobytes()
    assert sums.tobytes() == totals.tobytes()
