"""Operations on neighbours in an array, in vectors; numba does not find vectors in loops over eight lanes.

Such an operation is a function of arrays, places in them, and numbers, written once:

    @vectorized
    def _scale(v, values, place, factor, out):
        v.store(v.load(values, place) * factor, out, place)

`v.load` yields 32 bytes of the first array's kind: eight neighbours of float32, or four of float64. Of other
arrays it yields as many, which is `v.lanes`. Kernels call it without `v`: as an instruction of the compiler,
or on NumPy slices where compiling is off.

Arrays of uint8 hold small numbers beside float32: a sign, five bits of exponent, two of fraction. They are
the bits 31 and 27 to 21 of the float32 that `v.load` yields, whose exponent is small therefore: up to
`TINY_MAX`. `v.store` rounds to the nearest such number; what is larger becomes the largest, what is below
2^-126, 0.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

TINY_MAX = 1.75 * 2.0**-96
"""The largest number of eight bits."""
_BYTES = 32
_DROPPED = 21
_SIGN, _REST, _KEPT = 0x80000000, 0x7FFFFFFF, 0x8FFFFFFF
"""Bits of a float32: its sign, the others, and those that eight bits may set."""
_LARGEST, _LEAST = 127, 4
"""Without sign: the largest number, and the least that is none below 2^-126."""


class _Slices:
    """The operations in NumPy."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes

    def load(self, array: Any, place: Any) -> Any:
        found = array[place : place + self.lanes]
        return _widen(found) if array.dtype == np.uint8 else found

    def store(self, value: Any, array: Any, place: Any) -> None:
        array[place : place + self.lanes] = _round(value) if array.dtype == np.uint8 else value

    def double(self, value: Any) -> Any:
        return value.astype(np.float64)

    def at_most_one(self, value: Any) -> Any:
        return np.minimum(value, value.dtype.type(1))

    def larger(self, value: Any, other: Any) -> Any:
        return np.maximum(value, other)


def _widen(numbers: Any) -> Any:
    """Return numbers of eight bits as float32."""
    bits = numbers.view(np.int8).astype(np.int32) << _DROPPED
    return (bits.view(np.uint32) & np.uint32(_KEPT)).view(np.float32)


def _round(values: Any) -> Any:
    """Return float32 as the nearest numbers of eight bits."""
    bits = values.view(np.uint32)
    numbers = ((bits & np.uint32(_REST)) + np.uint32(1 << (_DROPPED - 1))) >> np.uint32(_DROPPED)
    numbers = np.minimum(numbers, np.uint32(_LARGEST))
    numbers[numbers < _LEAST] = 0
    return (numbers | ((bits & np.uint32(_SIGN)) >> np.uint32(24))).astype(np.uint8)


class _Array(NamedTuple):
    kind: Any
    value: Any


class _Value:
    """A vector, or a place in an array, while a kernel is compiled."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    def _join(self, other: Any, real: Any, whole: Any) -> _Value:
        number = other.value if isinstance(other, _Value) else ir.Constant(self.value.type, other)
        join = whole if isinstance(self.value.type, ir.IntType) else real
        return _Value(self.builder, join(self.value, number))

    def __add__(self, other: Any) -> _Value:
        return self._join(other, self.builder.fadd, self.builder.add)

    def __sub__(self, other: Any) -> _Value:
        return self._join(other, self.builder.fsub, self.builder.sub)

    def __mul__(self, other: Any) -> _Value:
        return self._join(other, self.builder.fmul, self.builder.mul)

    def __abs__(self) -> _Value:
        zero = ir.Constant(self.value.type, None)
        is_less = self.builder.fcmp_ordered("<", self.value, zero)
        return _Value(self.builder, self.builder.select(is_less, self.builder.fneg(self.value), self.value))


class _Instructions:
    """The operations in the compiler's language."""

    def __init__(self, context: Any, builder: Any, lanes: int) -> None:
        self._context, self._builder, self.lanes = context, builder, lanes

    def read(self, kind: Any, value: Any) -> _Array | _Value:
        """Return an argument of the kernel; a number is as many lanes of itself."""
        if isinstance(kind, types.Array):
            return _Array(kind, value)
        if isinstance(kind, types.Integer):
            return _Value(self._builder, value)
        vector, first = ir.VectorType(value.type, self.lanes), ir.Constant(ir.IntType(32), 0)
        one = self._builder.insert_element(ir.Constant(vector, ir.Undefined), value, first)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return _Value(self._builder, self._builder.shuffle_vector(one, one, lanes))

    def _point(self, array: _Array, place: Any) -> Any:
        data = self._context.make_array(array.kind)(self._context, self._builder, array.value).data
        index = place.value if isinstance(place, _Value) else ir.Constant(ir.IntType(64), place)
        vector = ir.VectorType(self._context.get_value_type(array.kind.dtype), self.lanes)
        return self._builder.bitcast(self._builder.gep(data, [index]), vector.as_pointer())

    def load(self, array: _Array, place: Any) -> _Value:
        found = self._builder.load(self._point(array, place))
        found.align = array.kind.dtype.bitwidth // 8
        return _Value(self._builder, self._widen(found) if array.kind.dtype == types.uint8 else found)

    def store(self, value: _Value, array: _Array, place: Any) -> None:
        found = self._round(value.value) if array.kind.dtype == types.uint8 else value.value
        self._builder.store(found, self._point(array, place)).align = array.kind.dtype.bitwidth // 8

    def _widen(self, numbers: Any) -> Any:
        """Do as `_widen` of slices."""
        b, kind = self._builder, ir.VectorType(ir.IntType(32), self.lanes)
        bits = b.and_(
            b.shl(b.sext(numbers, kind), self._constant(kind, _DROPPED)), self._constant(kind, _KEPT)
        )
        return b.bitcast(bits, ir.VectorType(ir.FloatType(), self.lanes))

    def _round(self, values: Any) -> Any:
        """Do as `_round` of slices."""
        b, kind = self._builder, ir.VectorType(ir.IntType(32), self.lanes)
        half, dropped, largest, least, none, eighth = (
            self._constant(kind, number)
            for number in (1 << (_DROPPED - 1), _DROPPED, _LARGEST, _LEAST, 0, 24)
        )
        bits = b.bitcast(values, kind)
        found = b.lshr(b.add(b.and_(bits, self._constant(kind, _REST)), half), dropped)
        found = b.select(b.icmp_unsigned("<", found, largest), found, largest)
        found = b.select(b.icmp_unsigned("<", found, least), none, found)
        sign = b.lshr(b.and_(bits, self._constant(kind, _SIGN)), eighth)
        return b.trunc(b.or_(found, sign), ir.VectorType(ir.IntType(8), self.lanes))

    def _constant(self, kind: Any, number: float) -> Any:
        return ir.Constant(kind, [number] * self.lanes)

    def double(self, value: _Value) -> _Value:
        kind = ir.VectorType(ir.DoubleType(), self.lanes)
        return _Value(self._builder, self._builder.fpext(value.value, kind))

    def at_most_one(self, value: _Value) -> _Value:
        one = self._constant(value.value.type, 1)
        is_less = self._builder.fcmp_ordered("<", value.value, one)
        return _Value(self._builder, self._builder.select(is_less, value.value, one))

    def larger(self, value: _Value, other: _Value) -> _Value:
        is_less = self._builder.fcmp_ordered("<", value.value, other.value)
        return _Value(self._builder, self._builder.select(is_less, other.value, value.value))


def vectorized(function: Callable[..., None]) -> Any:
    """Return `function` for kernels to call, without its first argument."""
    if config.DISABLE_JIT:

        def call(*arguments: Any) -> None:
            itemsize = next(each.itemsize for each in arguments if isinstance(each, np.ndarray))
            function(_Slices(_BYTES // itemsize), *arguments)

        return call

    def define(_: Any, *kinds: Any) -> Any:
        lanes = _BYTES * 8 // next(kind for kind in kinds if isinstance(kind, types.Array)).dtype.bitwidth

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            v = _Instructions(context, builder, lanes)
            function(v, *map(v.read, signature.args, arguments))
            return context.get_dummy_value()

        return types.void(*kinds), write

    define.__name__, define.__doc__ = function.__name__, function.__doc__
    define.__signature__ = inspect.signature(function)  # type: ignore[attr-defined] # of a function, numba reads it
    return intrinsic(define)
