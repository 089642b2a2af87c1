"""Raw rows, one per contender and block; the page is made from them and from nothing else.

Measuring a case again replaces its rows on the same graphs and leaves all others.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

Measures = dict[str, tuple[float, ...]]

ABOUT, ABORTED, WALK, SETTING = "about", "aborted", "walk", "setting"
"""No blocks: the machine; why a line has no numbers; looking for the setting, and what came of it."""


class Row(NamedTuple):
    """What one contender did in one block.

    `target` is the error asked for and `setting` what reaches it, as text. `measures` holds one value per
    repetition within the block, written ``name=value|value``. `note` holds what is no number.
    """

    case: str
    graph: str
    contender: str
    target: str
    threads: str
    setting: str
    block: str
    measures: Measures
    note: str
    date: str


def read(path: Path) -> list[Row]:
    """Return the rows of a file; none where it is missing, or of another kind."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        lines = list(csv.reader(file))
    if not lines or tuple(lines[0]) != Row._fields:
        return []
    return [Row(*line[:7], _parse(line[7]), *line[8:]) for line in lines[1:]]


def _parse(text: str) -> Measures:
    pairs = (each.partition("=") for each in text.split())
    return {name: tuple(float(value) for value in values.split("|")) for name, _, values in pairs}


def write(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows([*row[:7], _format(row.measures), *row[8:]] for row in rows)
    partial.replace(path)


def _format(measures: Measures) -> str:
    return " ".join(
        f"{name}={'|'.join(f'{value:.12g}' for value in values)}" for name, values in measures.items()
    )


def replace(path: Path, case: str, graph: str, fresh: Iterable[Row]) -> None:
    """Put `fresh` in the place of all rows of `case` on `graph`."""
    write(path, [*(row for row in read(path) if (row.case, row.graph) != (case, graph)), *fresh])


def select(rows: Iterable[Row], **wanted: str) -> list[Row]:
    """Return the rows whose columns hold what is wanted."""
    return [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]


def blocks(rows: Iterable[Row], measure: str, **wanted: str) -> list[float]:
    """Return the median of `measure` in each measured block."""
    return [
        statistics.median(row.measures[measure])
        for row in select(rows, **wanted)
        if row.block.isdigit() and measure in row.measures
    ]


def distinct(rows: Iterable[Row], column: str) -> list[str]:
    """Return the values of a column, in the order they come, "" aside."""
    return [value for value in dict.fromkeys(getattr(row, column) for row in rows) if value]
