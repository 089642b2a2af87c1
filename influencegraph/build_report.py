"""What became of the rows that a graph was built from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EventReport:
    """What became of the rows of a log of follows and unfollows.

    Attributes
    ----------
    rows : int
        ``rows == begun + ended + repeated + unmatched + self_follows + later``.
    begun, ended : int
        Rows by which a follow began, and rows by which one ended.
    repeated : int
        Follows of a follow that existed: they change nothing.
    unmatched : int
        Unfollows of a follow that did not exist: they change nothing.
    begun_before : int
        Of `ended`, those whose follow began before the log.
    self_follows, later : int
        Rows dropped, and rows after `as_of`, left out.
    """

    rows: int
    begun: int
    ended: int
    repeated: int
    unmatched: int
    begun_before: int
    self_follows: int
    later: int

    def __str__(self) -> str:
        before = f", {self.begun_before:,} of them begun before the log" if self.begun_before else ""
        parts = [
            f"{self.rows:,} events",
            f"follows begun: {self.begun:,}",
            f"ended: {self.ended:,}{before}",
        ]
        for count, what in (
            (self.repeated, "follows of whom was followed"),
            (self.unmatched, "unfollows of whom was not"),
            (self.self_follows, "of oneself, dropped"),
            (self.later, "after as_of, left out"),
        ):
            if count:
                parts.append(f"{what}: {count:,}")
        return "; ".join(parts)


@dataclass(frozen=True)
class BuildReport:
    """What became of the rows that a graph was built from.

    Attributes
    ----------
    rows : int
        Rows read; ``rows == follows + duplicates + self_follows``.
    follows, accounts, mutual_pairs : int
        Distinct follows, accounts, and pairs of accounts that follow each other.
    duplicates, self_follows : int
        Rows merged into an earlier one, and rows dropped.
    comments, ignored_columns : int
        Of a file: whole-line comments skipped, and columns that nobody asked for.
    guesses : tuple of str
        What was not said and had to be guessed, one sentence each.
    events : EventReport or None
        Of a log: what became of its rows. The follows at its end are the `rows` above.
    """

    rows: int
    follows: int
    duplicates: int
    self_follows: int
    accounts: int
    mutual_pairs: int
    comments: int = 0
    ignored_columns: int = 0
    guesses: tuple[str, ...] = ()
    events: EventReport | None = None

    def __str__(self) -> str:
        parts = [
            f"{self.rows:,} rows: {self.follows:,} follows between {self.accounts:,} accounts",
            f"mutual pairs: {self.mutual_pairs:,}",
        ]
        for count, what in (
            (self.duplicates, "duplicates merged"),
            (self.self_follows, "self-follows dropped"),
            (self.comments, "comment lines skipped"),
            (self.ignored_columns, "columns ignored"),
        ):
            if count:
                parts.append(f"{what}: {count:,}")
        events = [] if self.events is None else [str(self.events)]
        return "; ".join([*events, *parts, *self.guesses])
