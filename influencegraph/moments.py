"""Times and spans as seconds: numbers stay as they are, dates count from 1970 in UTC.

A date without a time zone counts as it stands, so times and `as_of` must come from one clock. One with a time
zone is turned into UTC first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, shorten

Floats = NDArray[np.float64]

_COARSE = {"Y": 31_556_952, "M": 2_629_746, "W": 604_800, "D": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Seconds in units whose numbers of seconds can exceed an integer."""
_FAR = 2.0**53
"""Seconds up to which each whole one has a float64: 285 million years."""


def read_times(name: str, values: Any) -> Floats:
    """Return a column of times in seconds, float64 (rows,).

    Parameters
    ----------
    name : str
        Of the argument, for messages.
    values : array-like, shape (rows,)
        Finite numbers of seconds, datetime64 of any unit, dates or datetimes.

    Raises
    ------
    InvalidArgument
        If an entry is missing, no time, or too far away to be told in seconds.

    Examples
    --------
    >>> read_times("times", np.array(["1970-01-02", "1970-01-01"], "datetime64[D]")).tolist()
    [86400.0, 0.0]
    """
    array = np.asarray(values)
    if array.ndim == 1 and array.dtype.kind == "O" and all(map(_is_date, array)):
        array = np.array([_unzone(each) for each in array], "datetime64[us]")
    if array.ndim == 1 and not array.size:
        return np.empty(0)
    if array.ndim != 1 or array.dtype.kind not in "iufM":
        raise InvalidArgument.because(
            f"{name} is {shorten(values)}", "it is a column of seconds or of dates, one a row",
            "Convert it first.", name=name,
        )  # fmt: skip
    if array.dtype.kind == "M":
        return _count_from_1970(name, array)
    seconds = array.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(seconds))
    if bad.size:
        raise _refuse(name, int(bad[0]), repr(seconds.tolist()[bad[0]]), "each act has a finite time")
    return seconds


def read_time(name: str, value: Any) -> Any:
    """Return a date or datetime64 in seconds from 1970, or in words where it has none; others as they are."""
    if not (_is_date(value) or isinstance(value, np.datetime64)):
        return value
    try:
        return float(read_times(name, [value])[0])
    except InvalidArgument:
        return str(value)


def read_span(name: str, value: Any) -> Any:
    """Return a timedelta or timedelta64 in seconds; anything else as it is.

    Raises
    ------
    InvalidArgument
        If it counts months or years, which are of no one length.
    """
    if not isinstance(value, np.timedelta64):
        return value.total_seconds() if hasattr(value, "total_seconds") else value
    unit = np.datetime_data(value.dtype)[0]
    if unit in {"Y", "M", "generic"}:
        raise InvalidArgument.because(
            f"{name} is {value!r}", "months and years are of no one length", "Give it in days or seconds.",
            name=name, value=value,
        )  # fmt: skip
    return float(value / np.timedelta64(1, "s"))


def _is_date(value: Any) -> bool:
    return hasattr(value, "isoformat") and hasattr(value, "year")


def _unzone(value: Any) -> Any:
    """Return a datetime that has a time zone in UTC, without it."""
    offset = value.utcoffset() if hasattr(value, "utcoffset") else None
    return value if offset is None else value.replace(tzinfo=None) - offset


def _count_from_1970(name: str, dates: NDArray[Any]) -> Floats:
    missing = np.flatnonzero(np.isnat(dates))
    if missing.size:
        raise _refuse(name, int(missing[0]), "missing", "each act has a time")
    unit, count = np.datetime_data(dates.dtype)
    far = np.abs(dates.astype(np.int64).astype(np.float64)) * (_COARSE.get(unit, 0) * count) > _FAR
    if far.any():
        row = int(np.flatnonzero(far)[0])
        raise _refuse(name, row, str(dates[row]), "times lie within 285 million years")
    seconds: Floats = (dates - np.datetime64(0, "s")) / np.timedelta64(1, "s")
    return seconds


def _refuse(name: str, row: int, found: str, expected: str) -> InvalidArgument:
    return InvalidArgument.because(
        f"{name} in row {row} is {found}", expected, "Drop that row, or fill it in.", name=name, row=row
    )
