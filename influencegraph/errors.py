"""Every error and warning of the package.

The tree::

    InfluenceGraphError
    ├── InvalidFollows   (ValueError)       a file or array of follows that cannot be believed
    ├── InvalidArgument  (ValueError)       a setting outside its range, or of the wrong kind
    ├── UnknownAccount   (LookupError)      a label that is no account of this graph
    ├── DidNotConverge   (ArithmeticError)  the tolerance was not certified
    ├── MissingField     (AttributeError)   a field that scores of this method do not have
    ├── StoreDamaged     (OSError)          a saved graph or saved scores that cannot be trusted
    └── MissingExtra     (ImportError)      an optional package is not installed
    InfluenceGraphWarning (UserWarning)     the result is right; something about it deserves a look

Messages are composed here, from three parts: what was found, what was expected, what to do.
The facts they are made of stay on the error as attributes.
"""

from __future__ import annotations

from typing import Any, Self

__all__ = [
    "DidNotConverge",
    "InfluenceGraphError",
    "InfluenceGraphWarning",
    "InvalidArgument",
    "InvalidFollows",
    "MissingExtra",
    "MissingField",
    "StoreDamaged",
    "UnknownAccount",
]


def shorten(value: object, limit: int = 60) -> str:
    """Return ``repr(value)`` on one line of at most `limit` characters, control characters escaped."""
    text = ascii(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


class InfluenceGraphError(Exception):
    """Root of the package's errors; catch it to catch them all."""

    @classmethod
    def because(cls, found: str, expected: str, remedy: str, **facts: object) -> Self:
        """Compose the message from its three parts and keep `facts` as attributes."""
        error = cls(f"{found}; {expected}. {remedy}" if expected else f"{found}. {remedy}")
        for name, fact in facts.items():
            setattr(error, name, fact)
        return error


class InfluenceGraphWarning(UserWarning):
    """The result is right, but something about the input or the run deserves a look."""


class InvalidFollows(InfluenceGraphError, ValueError):  # noqa: N818 - the name is part of the API
    """Follows that cannot be believed: a damaged file, labels of two kinds, a weight that is no number."""

    @classmethod
    def in_file(cls, path: str, line: int | None, found: str, expected: str, remedy: str) -> Self:
        """Refuse the file at `path`, at 1-based `line` where there is one."""
        place = path if line is None else f"{path}, line {line}"
        return cls.because(f"{place}: {found}", f"expected {expected}", remedy, path=path, line=line)


class InvalidArgument(InfluenceGraphError, ValueError):  # noqa: N818 - the name is part of the API
    """An argument outside its range, or of the wrong kind."""

    @classmethod
    def out_of_range(cls, name: str, value: object, expected: str, remedy: str) -> Self:
        """Refuse `value` for the argument `name`."""
        return cls.because(
            f"{name} is {shorten(value)}", f"it must {expected}", remedy, name=name, value=value
        )


class UnknownAccount(InfluenceGraphError, LookupError):  # noqa: N818 - the name is part of the API
    """A label that is no account of this graph."""

    @classmethod
    def missing(cls, label: object, n_accounts: int, kind: str, example: object = None) -> Self:
        """Refuse `label`, telling what the labels of this graph look like."""
        nouns = {"int": "integers", "str": "strings"}
        looks = f"its labels are {nouns[kind]}" + ("" if example is None else f" such as {shorten(example)}")
        return cls.because(
            f"no account {shorten(label)} among the {n_accounts:,} of this graph",
            looks,
            "`graph.labels` lists them all.",
            label=label,
        )

    def __str__(self) -> str:
        # LookupError's relatives print the repr of their argument; ours is a sentence.
        return str(self.args[0]) if self.args else ""


class DidNotConverge(InfluenceGraphError, ArithmeticError):  # noqa: N818 - the name is part of the API
    """The tolerance was not certified; `.error` is what was."""

    @classmethod
    def after(cls, sweeps: int, error: float, tolerance: float, floor: float | None) -> Self:
        """Say how far `sweeps` sweeps came; `floor` is the error of rounding where that is the limit."""
        if floor is None:
            remedy = (
                "Raise max_sweeps, raise tolerance, or pass not_converged='warn' to get the scores "
                "with the error they have."
            )
        else:
            remedy = (
                f"Rounding alone accounts for {floor:.2g}, so float64 cannot do better: raise tolerance "
                "above that, or pass not_converged='warn'."
            )
        return cls.because(
            f"after {sweeps:,} sweeps the certified error is {error:.3g}",
            f"tolerance asks for {tolerance:.3g}",
            remedy,
            sweeps=sweeps,
            error=error,
            tolerance=tolerance,
        )

    @classmethod
    def at_rounding(cls, error: float, tolerance: float) -> Self:
        """Say that rounding is what is left of the certified `error`."""
        return cls.because(
            f"the certified error is {error:.3g}, and all of it is rounding",
            f"tolerance asks for {tolerance:.3g}",
            "Raise tolerance above that.",
            error=error,
            tolerance=tolerance,
        )

    @classmethod
    def unsettled(cls, sweeps: int, left: float, change: float, tolerance: float) -> Self:
        """Say that values without a certificate still move: by `change` of late, by about `left` in all."""
        return cls.because(
            f"after {sweeps:,} sweeps values move by {change:.3g}, and have about {left:.3g} to go",
            f"tolerance asks for {tolerance:.3g}",
            "Raise max_sweeps, raise tolerance, or pass not_converged='warn' to get them as they are.",
            sweeps=sweeps,
            error=left,
            tolerance=tolerance,
        )


class MissingField(InfluenceGraphError, AttributeError):  # noqa: N818 - the name is part of the API
    """A field that scores of this method do not have."""

    @classmethod
    def of_method(cls, field: str, method: str, unit: str) -> Self:
        """Say where the numbers of `method` are instead of in `field`."""
        return cls.because(
            f"scores of method {method!r} have no {field}",
            "only propagation methods have it",
            f"Use `.values`, in {unit}, or score with method='reach'.",
            field=field,
            method=method,
        )


class StoreDamaged(InfluenceGraphError, OSError):  # noqa: N818 - the name is part of the API
    """A saved graph or saved scores that cannot be trusted."""

    @classmethod
    def at(cls, path: str, found: str, expected: str) -> Self:
        """Refuse the file at `path`."""
        return cls.because(f"{path}: {found}", expected, "Save it again from its source.", path=path)


class MissingExtra(InfluenceGraphError, ImportError):  # noqa: N818 - the name is part of the API
    """An optional package is not installed."""

    @classmethod
    def for_package(cls, package: str, extra: str, purpose: str) -> Self:
        """Say which extra brings `package`, needed for `purpose`."""
        return cls.because(
            f"{package} is not installed",
            f"{purpose} needs it",
            f"pip install 'influencegraph[{extra}]'",
            package=package,
            extra=extra,
        )


def describe_type(value: Any) -> str:
    """Name the type of `value` as a user would: ``float64 array``, ``list``, ``None``."""
    if value is None:
        return "None"
    dtype = getattr(value, "dtype", None)
    return type(value).__name__ if dtype is None else f"{dtype} array"
