"""How the rows of a text are split, and which fields are wanted: what was said, and what must be guessed."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, InvalidFollows, shorten
from influencegraph.io.sources import count_lines

HEADER_WORDS = frozenset(
    f"{word}{end}"
    for word in [
        "source",
        "target",
        "src",
        "dst",
        "follower",
        "followee",
        "followed",
        "following",
        "from",
        "to",
        "user",
        "friend",
    ]
    for end in ("", "_id", "id")
)
_DELIMITER_NAMES = {0: "blanks", 9: "tabs", 44: "commas"}

Column = int | str


class Layout(NamedTuple):
    """How rows are split: the delimiter's byte (0: blanks), columns, header rows, what was guessed."""

    delimiter: int
    columns: NDArray[np.int64]
    header_rows: int
    guesses: tuple[str, ...]


def check_columns(source: Column, target: Column, weight: Column | None) -> list[Column]:
    """Return the wanted columns, positions or header names, each once; weight last."""
    wanted = [source, target] if weight is None else [source, target, weight]
    for name, column in zip(("source", "target", "weight"), wanted, strict=False):
        good = isinstance(column, str) or (
            isinstance(column, int) and not isinstance(column, bool) and column >= 0
        )
        if not good or column == "":
            raise InvalidArgument.out_of_range(
                name, column, "be a position from 0 or a header name", "The first column is 0."
            )
    if len(set(wanted)) < len(wanted):
        raise InvalidArgument.because(
            f"source, target and weight are {', '.join(map(shorten, wanted))}",
            "they are different columns",
            "Name each column once.",
            name="target",
        )
    return wanted


def check_delimiter(delimiter: str | None) -> int | None:
    """Return the delimiter's byte, 0 for blanks, None where it is to be guessed."""
    if delimiter is None:
        return None
    if (
        not isinstance(delimiter, str)
        or len(delimiter) != 1
        or not delimiter.isascii()
        or delimiter in '\n\r"\0'
    ):
        raise InvalidArgument.out_of_range(
            "delimiter",
            delimiter,
            "be one ASCII character, no quote and no line end",
            "'\\t', ',' and ' ' are usual.",
        )
    return 0 if delimiter == " " else ord(delimiter)


def _first_row(raw: bytearray, comments: NDArray[np.uint8]) -> tuple[int, bytes]:
    """Return where the first row begins, and its line."""
    place = 0
    while place < len(raw):
        line_feed = raw.find(b"\n", place)
        end = len(raw) if line_feed < 0 else line_feed
        carriage_return = raw.find(b"\r", place, end)
        end = end if carriage_return < 0 else carriage_return
        line = bytes(raw[place:end])
        if line.strip(b" \t") and line[0] not in comments:
            return place, line
        place = end + 1
    return len(raw), b""


def lay_out(
    path: str,
    raw: bytearray,
    delimiter: int | None,
    wanted: list[Column],
    header: bool | Literal["auto"],
    comments: NDArray[np.uint8],
) -> Layout:
    """Say how the rows are split, from what was asked for and from the first row.

    Raises
    ------
    InvalidFollows
        If a column is named that the header does not have.
    """
    _, line = _first_row(raw, comments)
    guesses: list[str] = []
    if delimiter is None:
        commas = b"," in line or line.startswith(b'"')
        delimiter = 9 if b"\t" in line else 44 if commas else 0
        if line:
            guesses.append(f"fields taken to be separated by {_DELIMITER_NAMES[delimiter]}")
    fields = _split_line(line, delimiter)
    columns = [
        _find_column(path, raw, column, fields, line, comments) if isinstance(column, str) else column
        for column in wanted
    ]
    is_header = header is True or any(isinstance(column, str) for column in wanted)
    if header == "auto" and not is_header and max(columns) < len(fields):
        is_header = all(fields[column].lower() in HEADER_WORDS for column in columns[:2])
        if is_header:
            guesses.append("the first line taken to be a header")
    return Layout(delimiter, np.array(columns, np.int64), int(is_header), tuple(guesses))


def _split_line(line: bytes, delimiter: int) -> list[str]:
    """Split a first row roughly, to look for a header; the data are split by the kernel."""
    whole = line.decode(errors="replace")
    if delimiter == 0:
        return whole.split()
    quotes = '"' if delimiter == 44 else ""
    return [field.strip(quotes) for field in whole.split(chr(delimiter))]


def _find_column(
    path: str, raw: bytearray, name: str, fields: list[str], line: bytes, comments: NDArray[np.uint8]
) -> int:
    if fields.count(name) == 1:
        return fields.index(name)
    found = f"the header has {', '.join(map(shorten, fields[:12]))}" if line else "there is no header"
    times = "once" if fields.count(name) == 0 else "once only"
    raise InvalidFollows.in_file(
        path,
        count_lines(raw, _first_row(raw, comments)[0]), found,
        f"a header that names {shorten(name)} {times}", "Name columns as the header does, or by position.",
    )  # fmt: skip
