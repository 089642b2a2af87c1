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

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def store_past(typing: Any, value: Any, array: Any, index: Any) -> Any:
        """Write a number without having its line in the cache, which is for what is read much later.

        Where another thread reads it, the two have to meet at a lock in between, as at the end of `Crew.run`.
        """

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(signature.args[1])(context, builder, arguments[1]).data
            word = ir.IntType(signature.args[0].bitwidth)
            pointer = builder.bitcast(builder.gep(data, [arguments[2]]), word.as_pointer())
            store = builder.store(builder.bitcast(arguments[0], word), pointer, word.width // 8)
            store.set_metadata("nontemporal", builder.module.add_metadata([ir.IntType(32)(1)]))
            return context.get_dummy_value()

        return types.void(value, array, index), write
