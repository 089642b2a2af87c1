"""Intervals of float64 that hold exact real numbers: every operation rounds its ends outward.

Moore, *Interval Analysis*, 1966.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_UNIT = 2.0**-53
_VANISHING = 2.0**-800
"""More than underflow can lose."""


def _down(values: Any) -> Floats:
    return np.asarray(np.nextafter(values, -np.inf))


def _up(values: Any) -> Floats:
    return np.asarray(np.nextafter(values, np.inf))


@dataclass(frozen=True, eq=False)
class Interval:
    """Numbers known to lie in ``[lower, upper]``: two float64 arrays of one shape.

    Examples
    --------
    >>> third = Interval.exactly(1.0) / Interval.exactly(3.0)
    >>> bool(third.lower < third.upper), bool((third * 3.0).lower <= 1 <= (third * 3.0).upper)
    (True, True)
    """

    lower: Floats
    upper: Floats

    @classmethod
    def exactly(cls, values: Any) -> Interval:
        """Return intervals of no width."""
        array = np.asarray(values, np.float64)
        return cls(array, array)

    @classmethod
    def around(cls, values: Any, roundings: float) -> Interval:
        """Return intervals that hold what `values` >= 0 were before so many operations rounded them."""
        array = np.asarray(values, np.float64)
        lost = array * ((roundings + 1.0) * _UNIT * (1.0 + 2.0**-20)) + np.where(array > 0, _VANISHING, 0.0)
        return cls(np.maximum(_down(array - lost), 0.0), np.where(array > 0, _up(array + lost), array))

    def __add__(self, other: Interval | Floats | float) -> Interval:
        other = _read(other)
        return Interval(_down(self.lower + other.lower), _up(self.upper + other.upper))

    def __sub__(self, other: Interval | Floats | float) -> Interval:
        other = _read(other)
        return Interval(_down(self.lower - other.upper), _up(self.upper - other.lower))

    def __rsub__(self, other: float) -> Interval:
        return _read(other) - self

    def __mul__(self, other: Interval | Floats | float) -> Interval:
        other = _read(other)
        ends = [x * y for x in (self.lower, self.upper) for y in (other.lower, other.upper)]
        return Interval(_down(np.minimum.reduce(ends)), _up(np.maximum.reduce(ends)))

    def __truediv__(self, other: Interval | Floats | float) -> Interval:
        """Divide by what is positive throughout."""
        other = _read(other)
        ends = [x / y for x in (self.lower, self.upper) for y in (other.lower, other.upper)]
        return Interval(_down(np.minimum.reduce(ends)), _up(np.maximum.reduce(ends)))

    def __getitem__(self, places: Any) -> Interval:
        return Interval(np.asarray(self.lower[places]), np.asarray(self.upper[places]))

    def sum(self) -> Interval:
        """Return the sum over one dimension; its ends are summed exactly and rounded once."""
        return Interval(_down(math.fsum(self.lower.tolist())), _up(math.fsum(self.upper.tolist())))

    def within(self, low: Any, high: Any = np.inf) -> Interval:
        """Return what is left within ``[low, high]``, where the numbers are known to be."""
        lower = np.clip(self.lower, low, high)
        return Interval(lower, np.maximum(np.clip(self.upper, low, high), lower))

    def meet(self, other: Interval) -> Interval:
        """Return what is in both."""
        lower = np.maximum(self.lower, other.lower)
        return Interval(lower, np.maximum(np.minimum(self.upper, other.upper), lower))

    def where(self, chosen: NDArray[np.bool_], other: Interval | Floats | float) -> Interval:
        """Return these intervals where `chosen`, and `other` elsewhere."""
        other = _read(other)
        return Interval(np.where(chosen, self.lower, other.lower), np.where(chosen, self.upper, other.upper))

    def put(self, places: Any, new: Interval) -> Interval:
        """Return these intervals with `new` ones at `places`."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[places], upper[places] = new.lower, new.upper
        return Interval(lower, upper)

    @property
    def middle(self) -> Floats:
        """The numbers in the middle."""
        return np.asarray(self.lower + 0.5 * (self.upper - self.lower))

    @property
    def error(self) -> Floats:
        """How far the middle is from either end at most."""
        middle = self.middle
        return np.where(
            self.lower == self.upper, 0.0, _up(np.maximum(self.upper - middle, middle - self.lower))
        )


def _read(value: Interval | Floats | float) -> Interval:
    return value if isinstance(value, Interval) else Interval.exactly(value)
