"""Intervals hold the exact result of every operation."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph.intervals import Interval

NUMBERS = st.floats(-1e100, 1e100) | st.sampled_from([0.0, 1.0, 5e-324, -5e-324, 0.1, 2.0**-1022])
POSITIVE = st.floats(1e-100, 1e100)


@st.composite
def intervals(draw, numbers=NUMBERS):
    """An interval, and an exact number in it."""
    low, high = sorted((draw(numbers), draw(numbers)))
    part = Fraction(draw(st.integers(0, 8)), 8)
    return Interval(np.array([low]), np.array([high])), Fraction(low) + part * (
        Fraction(high) - Fraction(low)
    )


def holds(interval, exact):
    return Fraction(float(interval.lower[0])) <= exact <= Fraction(float(interval.upper[0]))


@given(intervals(), intervals(), intervals(POSITIVE))
def test_operations__hold_the_exact_result(one, other, divisor):
    (a, x), (b, y), (c, z) = one, other, divisor
    assert holds(a, x)
    assert holds(a + b, x + y)
    assert holds(a - b, x - y)
    assert holds(1.5 - a, Fraction(1.5) - x)
    assert holds(a * b, x * y)
    assert holds(a / c, x / z)
    assert a.error[0] >= a.upper[0] - a.middle[0]
    assert abs(x - Fraction(float(a.middle[0]))) <= Fraction(float(a.error[0]))


@given(st.lists(intervals(), min_size=1, max_size=6))
def test_sum__holds_the_exact_sum(terms):
    joined = Interval(*(np.concatenate([getattr(a, end) for a, _ in terms]) for end in ("lower", "upper")))
    assert holds(joined.sum()[None], sum(x for _, x in terms))


@given(st.floats(0, 1e100), st.floats(0, 1e100), st.floats(0, 1e100))
def test_around__holds_what_was_rounded(a, b, c):
    for exact, value, roundings in (
        (Fraction(a) * Fraction(b), a * b, 1),
        (Fraction(a) * Fraction(b) + Fraction(c), a * b + c, 2),
    ):
        assert holds(Interval.around([value], roundings), exact) or 0 < exact < Fraction(2) ** -1022


def test_narrowing__keeps_what_is_possible():
    a = Interval(np.array([-1.0, 0.2, 3.0]), np.array([0.5, 0.4, 4.0]))
    assert a.within(0.0, 1.0).lower.tolist() == [0.0, 0.2, 1.0]
    assert a.within(0.0, 1.0).upper.tolist() == [0.5, 0.4, 1.0]
    met = a.meet(Interval(np.zeros(3), np.ones(3)))
    assert (met.lower.tolist(), met.upper.tolist()) == ([0.0, 0.2, 3.0], [0.5, 0.4, 3.0])
    chosen = a.where(np.array([True, False, True]), 7.0)
    assert chosen.lower.tolist() == [-1.0, 7.0, 3.0]
    assert a.put([1], Interval.exactly([9.0])).upper.tolist() == [0.5, 9.0, 4.0]
    assert Interval.exactly(2.0).error == 0.0
    assert Interval.around(0.0, 5).upper == 0.0
    assert a[1:].lower.tolist() == [0.2, 3.0]
    assert float(Interval.exactly([]).sum().upper) == pytest.approx(0.0)
