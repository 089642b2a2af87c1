"""Columns out: CSV, TSV, NPZ, Parquet, pandas."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import chain
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, MissingExtra
from influencegraph.io.files import open_whole

if TYPE_CHECKING:
    import pandas

Columns = dict[str, NDArray[Any]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_delimited(
    columns: Columns, path: str | PathLike[str], delimiter: str, escape_formulas: bool = False
) -> None:
    """Write `columns` under their names, one row per account; floats so that they read back exactly.

    Fields that hold the delimiter, a quote or a line end are quoted (RFC 4180), in TSV as well.
    """
    lists = [values.tolist() for values in columns.values()]
    if escape_formulas:
        lists = [[_escape(value) for value in values] for values in lists]
    with open_whole(path) as file:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        for row in chain([tuple(columns)], zip(*lists, strict=True)):
            text.write(delimiter.join(_quote(value, delimiter) for value in row) + "\n")
        text.flush()
        text.detach()


def _quote(value: Any, delimiter: str) -> str:
    """Return `value` as a field; Python's csv before 3.13 leaves a lone carriage return unquoted."""
    if not isinstance(value, str):
        return repr(value)
    if any(special in value for special in (delimiter, '"', "\n", "\r")):
        doubled = value.replace('"', '""')
        return f'"{doubled}"'
    return value


def _escape(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def write_npz(columns: Columns, path: str | PathLike[str]) -> None:
    """Write `columns`, one array each; strings as fixed-width NumPy strings."""
    plain = {
        name: values.astype(np.str_) if values.dtype == object else values for name, values in columns.items()
    }
    with open_whole(path) as file:
        np.savez(file, allow_pickle=False, **plain)


def write_parquet(columns: Columns, path: str | PathLike[str]) -> None:
    """Write `columns` as Parquet, with page checksums."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra.for_package("pyarrow", "parquet", "writing Parquet") from None
    table = pyarrow.table({name: pyarrow.array(values) for name, values in columns.items()})
    with open_whole(path) as file:
        parquet.write_table(table, file, write_page_checksum=True)


def make_pandas(columns: Columns) -> pandas.DataFrame:
    """Return a pandas DataFrame indexed by its first column."""
    try:
        import pandas
    except ImportError:
        raise MissingExtra.for_package("pandas", "frames", "to_pandas") from None
    return pandas.DataFrame(columns).set_index(next(iter(columns)))


_WRITERS: dict[str, Callable[[Columns, str], None]] = {
    ".csv": lambda columns, path: write_delimited(columns, path, ","),
    ".tsv": lambda columns, path: write_delimited(columns, path, "\t"),
    ".npz": write_npz,
    ".parquet": write_parquet,
}


def check_suffix(path: str) -> str:
    """Return the end of `path` that names its format.

    Raises
    ------
    InvalidArgument
        If it names none.
    """
    for suffix in _WRITERS:
        if path.endswith(suffix):
            return suffix
    raise InvalidArgument.out_of_range(
        "--out", path, f"end in {', '.join(_WRITERS)}", "The end of the name says the format."
    )


def write_by_suffix(columns: Columns, path: str) -> None:
    """Write `columns` in the format that the end of `path` names."""
    _WRITERS[check_suffix(path)](columns, path)
