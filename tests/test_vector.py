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


def everything_small(v, values, place, numbers, at, other):
    v.store(v.load(values, place), numbers, at)
    v.store(v.larger(v.load(values, place), v.load(numbers, at)), other, place)


run_small = vector.vectorized(everything_small)


@numba.njit
def compiled_small(values, numbers, other):
    for place in range(0, values.size, 8):
        run_small(values, np.uint64(place), numbers, np.uint64(place + 3), other)


def test_vectorized__rounds_to_eight_bits_as_slices_do():
    rng = np.random.default_rng(0)
    sizes = np.exp2(rng.uniform(-132, -94, 800)) * rng.choice([-1, 1], 800)
    values = np.concatenate([sizes, [0, -0.0, 1, -1, np.inf, 2.0**-126, -vector.TINY_MAX, 1e-45]])
    values = values.astype(np.float32)
    found = np.zeros((2, len(values) + 3), np.uint8), np.zeros((2, len(values)), np.float32)
    compiled_small(values, found[0][0], found[1][0])
    for place in range(0, len(values), 8):
        everything_small(vector._Slices(8), values, place, found[0][1], place + 3, found[1][1])
    for compiled_one, sliced in found:
        assert compiled_one.tobytes() == sliced.tobytes()
