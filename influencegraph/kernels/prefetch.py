"""Tell the cache what will be needed, and what will not."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

if config.DISABLE_JIT:

    def prefetch(array, index):
        """Do nothing: what is asked for is read later all the same."""

    def store_past(value, array, index):
        """Write a number."""
        array[index] = value

    def store_four_past(values, array, index):
        """Write four numbers."""
        array[index : index + 4] = values

else:

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def prefetch(typing: Any, array: Any, index: Any) -> Any:
        """Bring the line of the cache that holds ``array[index]`` nearer.

        `index` is uint64; beyond the array nothing happens.
        """

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            pointer = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
            word = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [pointer.type, word, word, word])
            function = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
            builder.call(function, [pointer, word(0), word(3), word(1)])  # to read; into all caches; data
            return context.get_dummy_value()

        return types.void(array, index), write

    def _store_past(context: Any, builder: Any, signature: Any, arguments: Any, value: Any) -> Any:
        """Write `value` to ``array[index]`` and behind it: the last two of `arguments`."""
        data = context.make_array(signature.args[1])(context, builder, arguments[1]).data
        pointer = builder.bitcast(builder.gep(data, [arguments[2]]), value.type.as_pointer())
        store = builder.store(value, pointer, context.get_abi_sizeof(value.type))
        store.set_metadata("nontemporal", builder.module.add_metadata([ir.IntType(32)(1)]))
        return context.get_dummy_value()

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def store_past(typing: Any, value: Any, array: Any, index: Any) -> Any:
        """Write a number without having its line in the cache, which is for what is read much later.

        Where another thread reads it, the two have to meet at a lock in between, as at the end of `Crew.run`.
        """

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            word = ir.IntType(signature.args[0].bitwidth)
            value = builder.bitcast(arguments[0], word)
            return _store_past(context, builder, signature, arguments, value)

        return types.void(value, array, index), write

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def store_four_past(typing: Any, values: Any, array: Any, index: Any) -> Any:
        """Write a tuple of four as `store_past` writes one; their address is a multiple of their size."""

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = ir.VectorType(context.get_value_type(signature.args[1].dtype), 4)
            four = ir.Constant(kind, ir.Undefined)
            for i in range(4):
                place = ir.IntType(32)(i)
                four = builder.insert_element(four, builder.extract_value(arguments[0], i), place)
            return _store_past(context, builder, signature, arguments, four)

        return types.void(values, array, index), write
