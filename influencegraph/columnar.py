"""What has columns, and so can be a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas


class Columnar:
    """Base of results that lie in columns; the first says what a line is about, such as ``account``."""

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all columns by name, one entry for each line."""
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """Return `to_columns` as a pandas DataFrame indexed by the first of them.

        Raises
        ------
        MissingExtra
            If pandas is not installed.
        """
        from influencegraph.io.tables import make_pandas

        return make_pandas(self.to_columns())
