"""What became of the rows that a graph was built from."""

from __future__ import annotations

from dataclasses import dataclass


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
        return "; ".join([*parts, *self.guesses])
