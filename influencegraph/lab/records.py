"""What the lab found: one record for each attack, method, budget and seed, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.labels import as_objects
from influencegraph.settings import check_number

Key = tuple[str, str, int, int]

KEYS = ("attack", "method", "budget", "seed")


@dataclass(frozen=True)
class Record:
    """What one attack came to under one method. Numbers that have no meaning are nan.

    Attributes
    ----------
    attack, method : str
    budget : int
        Follows that the attack was allowed to make.
    seed : int
        `rng` of the attack.
    n_accounts, n_follows : int
        Of the network before.
    n_gainers, n_fakes, n_made : int
        Who gains; accounts that did not exist before; follows made. Where nobody gains, those who pay are
        measured in their place.
    value_before, value_after : float
        Summed values of the gainers: accounts of reach for reach and its relatives, the numbers whose
        logarithm tweepcred's points are, else in the method's own unit. Only what was launched before is
        launched after: fakes launch nothing, unless they are the gainers.
    value_launching : float
        The same with what fakes launch.
    value_per_gainer : float
        ``value_after`` over the number of gainers: 1 is the reach of an account that nobody follows.
    amplification : float
        ``value_after / value_before``. Where the gainers are all new: their summed reach over what they
        launch and what enters from outside.
    amplification_launching : float
        The same with what fakes launch.
    share_amplification : float
        The gainers' part of the sum of all values, over what it was; where they are new, over their part of
        all accounts.
    rank_before, rank_after : float
        Median rank of the gainers, as published; 1 is best.
    percentile_before, percentile_after : float
        How many of the accounts that there were before are below them, on average, in per cent.
    gain : float
        ``value_after - value_before`` in values of an average account before.
    gain_per_follow, gain_per_fake : float
        Of each follow made, and of each fake.
    displaced : float
        Accounts without a part in the attack that fall out of the top 100.
    collateral : float
        Mean relative change of honest accounts that were like the gainers in value, followers and followings.
    auc : float
        How likely a gainer shows more evidence than an honest account like it; 0.5 by chance. Only of methods
        that claim detection: for reach, the part of attention withheld; for CollusionRank, the blame of those
        who were not known.
    """

    attack: str
    method: str
    budget: int
    seed: int
    n_accounts: int
    n_follows: int
    n_gainers: int
    n_fakes: int
    n_made: int
    value_before: float
    value_after: float
    value_launching: float
    value_per_gainer: float
    amplification: float
    amplification_launching: float
    share_amplification: float
    rank_before: float
    rank_after: float
    percentile_before: float
    percentile_after: float
    gain: float
    gain_per_follow: float
    gain_per_fake: float
    displaced: float
    collateral: float
    auc: float

    @property
    def key(self) -> Key:
        """Attack, method, budget and seed."""
        return self.attack, self.method, self.budget, self.seed


COLUMNS = tuple(each.name for each in fields(Record))
MEASURES = COLUMNS[COLUMNS.index("value_before") :]
"""Columns of measured numbers."""


class Estimate(NamedTuple):
    """A mean over seeds with Student's interval; ends are nan where there is one seed."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, eq=False, repr=False)
class LabRecords(Columnar):
    """What `run_lab` found: tidy, one line for each attack, method, budget and seed.

    Attributes
    ----------
    records : tuple of Record
        In the order of attacks, budgets, seeds and methods.
    """

    records: tuple[Record, ...]

    def __len__(self) -> int:
        return len(self.records)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabRecords):
            return NotImplemented
        mine, theirs = self.to_columns(), other.to_columns()
        return all(_same(mine[name], theirs[name]) for name in COLUMNS)

    __hash__ = None  # type: ignore[assignment] # records compare by value, nan equal to nan

    def __add__(self, other: LabRecords) -> LabRecords:
        """Return the records of both, such as of several networks."""
        return LabRecords(self.records + other.records)

    def select(self, **wanted: Any) -> LabRecords:
        """Return the records whose columns hold what is wanted: ``select(attack="follow_pool")``.

        Raises
        ------
        InvalidArgument
            If there is no such column.
        """
        for name in wanted:
            if name not in COLUMNS:
                expected = f"be one of {', '.join(COLUMNS)}"
                raise InvalidArgument.out_of_range("column", name, expected, "to_columns() has them all.")
        kept = (
            each
            for each in self.records
            if all(getattr(each, name) == value for name, value in wanted.items())
        )
        return LabRecords(tuple(kept))

    def distinct(self, name: str) -> list[Any]:
        """Return the different values of a column, in the order they come."""
        return list(dict.fromkeys(getattr(each, name) for each in self.records))

    def estimate(self, measure: str, confidence: float = 0.95) -> Estimate:
        """Return the mean of a measure over all these records, nan left out, with Student's interval.

        Raises
        ------
        InvalidArgument
            If `measure` is none of the measures, or `confidence` no number in (0, 1).
        """
        if measure not in MEASURES:
            expected = f"be one of {', '.join(MEASURES)}"
            raise InvalidArgument.out_of_range("measure", measure, expected, "See the docstring of Record.")
        confidence = check_confidence(confidence)
        values = np.array([getattr(each, measure) for each in self.records], np.float64)
        return estimate_mean(values[~np.isnan(values)], confidence)

    def summarise(self, measure: str = "amplification", confidence: float = 0.95) -> Summary:
        """Return mean and interval over seeds of one measure, by attack, budget and method."""
        groups: dict[tuple[str, int, str], list[Record]] = {}
        for each in self.records:
            groups.setdefault((each.attack, each.budget, each.method), []).append(each)
        lines = tuple(
            (*key, LabRecords(tuple(records)).estimate(measure, confidence))
            for key, records in groups.items()
        )
        return Summary(measure, lines)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name: strings as objects, counts as int64, measures as float64."""
        columns: dict[str, NDArray[Any]] = {}
        for each in fields(Record):
            values = [getattr(record, each.name) for record in self.records]
            if each.type == "str":
                columns[each.name] = as_objects(values)
            else:
                columns[each.name] = np.array(values, np.int64 if each.type == "int" else np.float64)
        return columns

    @classmethod
    def from_columns(cls, columns: Mapping[str, Iterable[Any]]) -> LabRecords:
        """Return the records that `to_columns` took apart, or that a CSV reader found.

        Raises
        ------
        InvalidArgument
            If a column is missing, or holds what does not belong there.
        """
        missing = [name for name in COLUMNS if name not in columns]
        if missing:
            raise InvalidArgument.because(
                f"there is no column {missing[0]!r}", f"records have {', '.join(COLUMNS)}",
                "Hand over all columns of to_columns().", name="columns",
            )  # fmt: skip
        kinds: dict[str, Callable[[Any], Any]] = {"str": str, "int": int, "float": float}
        readers = [kinds[str(each.type)] for each in fields(Record)]
        try:
            read = [map(reader, columns[name]) for reader, name in zip(readers, COLUMNS, strict=True)]
            return cls(tuple(Record(*row) for row in zip(*read, strict=True)))
        except (TypeError, ValueError) as error:
            raise InvalidArgument.because(
                f"the columns cannot be read: {shorten(str(error))}", "they are as to_columns() gives them",
                "Hand over what was saved, as it was saved.", name="columns",
            ) from None  # fmt: skip

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write all records to `path`, comma-separated, so that they read back exactly."""
        from influencegraph.io.tables import write_delimited

        write_delimited(self.to_columns(), path, ",")

    def __repr__(self) -> str:
        from influencegraph.io.lab_tables import describe_records

        return describe_records(self)


@dataclass(frozen=True, eq=False, repr=False)
class Summary(Columnar):
    """One measure by attack, budget and method, over the seeds. Made by `LabRecords.summarise`.

    Attributes
    ----------
    measure : str
    lines : tuple of (attack, budget, method, Estimate)
    """

    measure: str
    lines: tuple[tuple[str, int, str, Estimate], ...]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns attack, budget, method, mean, low, high, n."""
        attacks, budgets, methods, found = zip(*self.lines, strict=True) if self.lines else ((), (), (), ())
        columns = {"attack": as_objects(attacks), "budget": np.array(budgets, np.int64)}
        columns["method"] = as_objects(methods)
        for name in ("mean", "low", "high"):
            columns[name] = np.array([getattr(each, name) for each in found], np.float64)
        return columns | {"n": np.array([each.n for each in found], np.int64)}

    def __repr__(self) -> str:
        from influencegraph.io.lab_tables import describe_summary

        return describe_summary(self)


def check_confidence(value: Any) -> float:
    """Return `value` as a number in (0, 1)."""
    ends = math.nextafter(0.0, 1.0), math.nextafter(1.0, 0.0)
    return check_number("confidence", value, *ends, "lie in (0, 1)", "0.95 is usual.")


def estimate_mean(values: NDArray[np.float64], confidence: float = 0.95) -> Estimate:
    """Return the mean of independent values with Student's interval.

    Examples
    --------
    >>> estimate = estimate_mean(np.array([1.0, 2.0, 3.0]))
    >>> [round(each, 3) for each in estimate]
    [2.0, -0.484, 4.484, 3]
    """
    from scipy.special import stdtrit

    n = len(values)
    if n < 2:
        return Estimate(float(values[0]) if n else math.nan, math.nan, math.nan, n)
    mean = float(values.mean())
    half = float(stdtrit(n - 1, 0.5 + confidence / 2) * values.std(ddof=1) / math.sqrt(n))
    return Estimate(mean, mean - half, mean + half, n)


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    if one.dtype.kind == "f":
        return np.array_equal(one, other, equal_nan=True)
    return np.array_equal(one, other)
