"""What audits find: a value for each account, how usual it is, and what chance would make of it.

A finding is evidence, never a verdict: it names the accounts, the number, the rule by which the number
stands out, and an innocent explanation, which is as likely to be the true one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.columnar import Columnar
from influencegraph.csr import frozen
from influencegraph.labels import Labels

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Unit = Literal["share", "count", "steps"]


class Rule(NamedTuple):
    """When a value stands out: all three must hold.

    Attributes
    ----------
    value_min : float
        It is at least so large.
    ratio_min : float
        It is at least so many times what is to be expected by chance.
    percentile_min : float in [0, 100]
        At least so many per cent of the accounts measured have less.
    """

    value_min: float
    ratio_min: float
    percentile_min: float = 90.0


class Words(NamedTuple):
    """How an audit speaks.

    Attributes
    ----------
    title : str
        What is measured.
    evidence : str
        A sentence with the names of facts in braces.
    chance : str
        What is expected by chance, and of what.
    innocent : str
        What else makes such a value.
    unit : {"share", "count", "steps"}
        How values are written.
    """

    title: str
    evidence: str
    chance: str
    innocent: str
    unit: Unit = "share"


@dataclass(frozen=True)
class Finding:
    """What one audit says of one account; ``str()`` puts it into sentences.

    Attributes
    ----------
    account : int or str
        Whom it is about.
    audit : str
        A name in `AUDITS` or `LOG_AUDITS`.
    value, expected : float
        What was measured, and what is to be expected by chance; nan where there is too little to measure.
    percentile : float in [0, 100]
        Per cent of the accounts measured that have less.
    median : float
        Half of the accounts measured have at most this.
    n_measured : int
        Accounts that have enough of it to be measured.
    stands_out : bool
        Whether `rule` holds.
    rule : Rule
    evidence : str
        What the value is made of, in a sentence.
    words : Words
        What is measured, what chance means, and the innocent explanation.
    accounts : tuple of labels
        This account, and those who share the evidence.
    """

    account: Any
    audit: str
    value: float
    expected: float
    percentile: float
    median: float
    n_measured: int
    stands_out: bool
    rule: Rule
    evidence: str
    words: Words
    accounts: tuple[Any, ...] = field(repr=False)

    @property
    def innocent(self) -> str:
        """What else makes such a value."""
        return self.words.innocent

    def __str__(self) -> str:
        from influencegraph.io.finding_text import describe_finding

        return describe_finding(self)


@dataclass(frozen=True, eq=False)
class Measure:
    """What one audit says of all accounts. Arrays have shape (n_accounts,) and are read-only.

    Attributes
    ----------
    audit : str
    words : Words
    rule : Rule
    values, expected : ndarray of float64
        nan where there is too little to measure.
    facts : mapping of str to ndarray
        What ``words.evidence`` tells.
    find_others : callable or None
        From a position to the positions of those who share the evidence.
    """

    audit: str
    words: Words
    rule: Rule
    values: Floats
    expected: Floats
    facts: Mapping[str, NDArray[Any]]
    find_others: Callable[[int], Ids] | None = None

    def __post_init__(self) -> None:
        for array in (self.values, self.expected, *self.facts.values()):
            array.flags.writeable = False

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(self.values[~np.isnan(self.values)])

    @property
    def n_measured(self) -> int:
        """How many accounts have enough to be measured."""
        return len(self._sorted)

    @property
    def median(self) -> float:
        """Half of the accounts measured have at most this; nan where there are none."""
        return float(self._sorted[(self.n_measured - 1) // 2]) if self.n_measured else np.nan

    @cached_property
    def percentiles(self) -> Floats:
        """Per cent of the accounts measured that have less than each; nan where nothing was measured."""
        less = np.searchsorted(self._sorted, self.values, side="left")
        shares = 100.0 * less / max(1, self.n_measured)
        return frozen(np.where(np.isnan(self.values), np.nan, shares))

    @cached_property
    def stands_out(self) -> NDArray[np.bool_]:
        """For which accounts the rule holds."""
        with np.errstate(invalid="ignore"):
            holds = (self.values >= self.rule.value_min) & (self.percentiles >= self.rule.percentile_min)
            return frozen(holds & (self.values >= self.rule.ratio_min * self.expected))


@dataclass(frozen=True, eq=False, repr=False)
class Findings(Columnar):
    """What audits say of all accounts, in the order of `labels`.

    Attributes
    ----------
    accounts : Labels
        Labels and their look-up.
    measures : mapping of str to Measure
        By audit.
    """

    accounts: Labels
    measures: Mapping[str, Measure]

    @property
    def labels(self) -> NDArray[Any]:
        """Account labels: int64 or str objects."""
        return self.accounts.values

    @cached_property
    def counts(self) -> Ids:
        """In how many audits each account stands out, shape (n_accounts,)."""
        counts = np.zeros(len(self.accounts), np.int64)
        for measure in self.measures.values():
            counts += measure.stands_out
        return frozen(counts)

    def __len__(self) -> int:
        return len(self.accounts)

    def __getitem__(self, account: object) -> tuple[Finding, ...]:
        """Return what each audit says of one account, whether it stands out or not.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        """
        position = self.accounts.position(account)
        return tuple(self._find(name, position) for name in self.measures)

    def top(self, n: int = 10) -> tuple[Finding, ...]:
        """Return the first `n` findings that stand out: of accounts with most of them first.

        Accounts with as many are in the order of their labels. That is an order to read in, and no degree.
        """
        order = np.argsort(-self.counts, kind="stable")
        found: list[Finding] = []
        for position in order[: int(np.count_nonzero(self.counts))].tolist():
            names = [name for name, measure in self.measures.items() if measure.stands_out[position]]
            found += [self._find(name, position) for name in names[: n - len(found)]]
            if len(found) >= n:
                break
        return tuple(found)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name, accounts in the order of `labels`; a data frame takes it as it is.

        ``audits`` says in how many the account stands out; each audit has four columns: its value, and with
        ``_expected``, ``_percentile`` and ``_stands_out`` after its name, the rest.
        """
        columns: dict[str, NDArray[Any]] = {"account": self.labels, "audits": self.counts}
        for name, measure in self.measures.items():
            columns[name] = measure.values
            columns[f"{name}_expected"] = measure.expected
            columns[f"{name}_percentile"] = measure.percentiles
            columns[f"{name}_stands_out"] = measure.stands_out
        return columns

    def __repr__(self) -> str:
        from influencegraph.io.finding_text import describe_findings

        return describe_findings(self)

    def _find(self, name: str, position: int) -> Finding:
        measure = self.measures[name]
        others = np.empty(0, np.int64)
        if measure.find_others is not None:
            others = measure.find_others(position)
        concerned = [position, *np.setdiff1d(others, [position]).tolist()]
        labels = self.labels[concerned].tolist()
        value = float(measure.values[position])
        facts = {fact: values[position].item() for fact, values in measure.facts.items()}
        told = (
            "There is too little to measure." if np.isnan(value) else measure.words.evidence.format(**facts)
        )
        return Finding(
            account=labels[0],
            audit=name,
            value=value,
            expected=float(measure.expected[position]),
            percentile=float(measure.percentiles[position]),
            median=measure.median,
            n_measured=measure.n_measured,
            stands_out=bool(measure.stands_out[position]),
            rule=measure.rule,
            evidence=told,
            words=measure.words,
            accounts=tuple(labels),
        )


def report(accounts: Labels, measure: Measure) -> Findings:
    """Return the findings of one audit."""
    return Findings(accounts, {measure.audit: measure})


def unite(findings: Iterable[Findings], accounts: Labels) -> Findings:
    """Return the findings of several audits of the same accounts."""
    return Findings(accounts, {name: measure for each in findings for name, measure in each.measures.items()})


def where(enough: NDArray[np.bool_], values: NDArray[Any]) -> Floats:
    """Return `values` where there is enough to measure, nan elsewhere."""
    return np.where(enough, values, np.nan)
