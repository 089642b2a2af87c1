"""Small side files of accounts: seeds (label, optional weight), display names (label, name), links.

Links say whose an account is: label of the account, label of the person.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Iterator
from typing import Any

from influencegraph.errors import InvalidFollows, shorten
from influencegraph.io.sources import read_source

_LINE_END = re.compile(r"\r\n|\r|\n")
_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_seeds(path: str | os.PathLike[str], kind: str) -> dict[Any, float]:
    """Return ``{label: weight}`` of a file with one account per line; a weight may follow, default 1.

    Raises
    ------
    InvalidFollows
        If a line is no label, a weight is no number, or an account is named twice.
    """
    seeds: dict[Any, float] = {}
    for line, label, rest in _read_lines(path, kind):
        weight = 1.0 if not rest else float(rest[0]) if _NUMBER.fullmatch(rest[0].strip()) else math.inf
        if weight == math.inf:
            raise InvalidFollows.in_file(
                os.fspath(path), line, f"the weight is {shorten(rest[0])}", "a number, finite and >= 0",
                "Leave it out to weigh all seeds alike.",
            )  # fmt: skip
        _refuse_repetition(path, line, label, seeds)
        seeds[label] = weight
    if not seeds:
        raise InvalidFollows.in_file(
            os.fspath(path), None, "it names no account", "one label per line", "Leave --seeds out."
        )
    return seeds


def read_names(path: str | os.PathLike[str], kind: str) -> dict[Any, str]:
    """Return ``{label: name}`` of a file with two columns; further ones are ignored.

    Raises
    ------
    InvalidFollows
        If a line has no name, or an account is named twice.
    """
    return _read_second(path, kind, "name")


def read_links(path: str | os.PathLike[str], kind: str) -> dict[Any, Any]:
    """Return ``{account: person}`` of a file with two columns of labels; further ones are ignored.

    Raises
    ------
    InvalidFollows
        If a line has no person, a label is of another kind, or an account is named twice.
    """
    persons: dict[Any, Any] = _read_second(path, kind, "person")
    if not persons:
        raise InvalidFollows.in_file(
            os.fspath(path), None, "it names no account", "two columns: account, person", "Leave --link out."
        )
    if kind == "int":
        return {label: _read_label(os.fspath(path), None, person, kind) for label, person in persons.items()}
    return persons


def _read_second(path: str | os.PathLike[str], kind: str, what: str) -> dict[Any, str]:
    """Return the second column by label."""
    seconds: dict[Any, str] = {}
    for line, label, rest in _read_lines(path, kind):
        if not rest:
            raise InvalidFollows.in_file(
                os.fspath(path), line, "there is one column", f"two: label, {what}",
                "Separate them by a tab or a comma.",
            )  # fmt: skip
        _refuse_repetition(path, line, label, seconds)
        seconds[label] = rest[0]
    return seconds


def _refuse_repetition(path: str | os.PathLike[str], line: int, label: Any, known: dict[Any, Any]) -> None:
    if label in known:
        raise InvalidFollows.in_file(
            os.fspath(path), line, f"account {shorten(label)} is there again", "one line per account",
            "Drop the repetition.",
        )  # fmt: skip


def _read_lines(path: str | os.PathLike[str], kind: str) -> Iterator[tuple[int, Any, list[str]]]:
    """Yield line number, label and further fields; blank lines and whole-line comments are skipped.

    Fields lie between tabs, or between commas where quotes are RFC 4180's; labels are taken as they are.
    """
    for number, line in enumerate(_LINE_END.split(read_source(path).decode()), 1):
        if not line.strip() or line[0] in "#%":
            continue
        label, *rest = line.split("\t") if "\t" in line else next(csv.reader([line]))
        yield number, _read_label(os.fspath(path), number, label, kind), rest


def _read_label(path: str, line: int | None, label: str, kind: str) -> Any:
    if kind == "str":
        return label
    try:
        value = int(label)
    except ValueError:
        value = None
    if value is None or str(value) != label:
        raise InvalidFollows.in_file(
            path, line, f"the label is {shorten(label)}", "an integer, as in the follows",
            "Use the same labels in both files.",
        )  # fmt: skip
    return value
