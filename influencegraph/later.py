"""Fields whose values are found when somebody first asks for them: few ever do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Found = TypeVar("Found", covariant=True)


class Later(Generic[Found]):
    """Stands for a value, and finds it.

    Parameters
    ----------
    find : callable
        Called once, or once by each of several threads that ask at the same time; always to the same effect.
        What it holds is let go of then.
    """

    def __init__(self, find: Callable[[], Found]) -> None:
        self._find: Callable[[], Found] | None = find
        self._found: Found | None = None

    def get(self) -> Found:
        """Return the value."""
        find = self._find
        if find is not None:
            self._found = find()
            self._find = None
        return self._found  # type: ignore[return-value] # found, whoever found it


class OnUse(Generic[Value]):
    """A field of a dataclass that takes a value or `Later`; whoever reads it gets the value.

    What was given lies with the record under the field's name with ``_`` before it.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = f"_{name}"

    def __get__(self, record: Any, owner: type | None = None) -> Value:
        if record is None:
            raise AttributeError(self._key[1:])  # so that dataclasses see no default
        value = record.__dict__[self._key]
        if isinstance(value, Later):
            value = record.__dict__[self._key] = value.get()
        return value  # type: ignore[no-any-return] # a dict knows no types

    def __set__(self, record: Any, value: Value | Later[Value]) -> None:
        record.__dict__[self._key] = value


class NoneOrOnUse(OnUse[Value | None]):
    """The same, None by default."""

    def __get__(self, record: Any, owner: type | None = None) -> Value | None:
        return None if record is None else super().__get__(record, owner)


class Whole:
    """Base of frozen dataclasses with such fields: pickled and copied with the values, found by then."""

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type] # of dataclasses

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
