"""Eight vectors side by side: one pass along the follows steps all of them.

A *lane* is one of `LANES` vectors. They lie interleaved, the eight values of an account together, so that
a follow reads one cache line's half and one addition serves all lanes. Certified steps are float64 and take
`HALF` lanes at a time, which is as many bytes. Arrays of lanes are flat: account v's lane i is at
``8 v + i``. Where accounts pass on another amount along their mutual follows in any lane, these lie `behind`
the others, as in `influencegraph.kernels.mix`: what is said to be doubled is then twice as long.

Sums run in 256-bit vectors: `_add_lanes` is written in the compiler's own language, because numba does not
find the vector in eight additions (2.2 ns a follow against 1.0).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

from influencegraph.kernels.jit import compiled

LANES = 8
HALF = 4
_BYTES = 32
_ZERO, _ONE, _TWO = np.uint64(0), np.uint64(1), np.uint64(2)
_LANES, _HALF = np.uint64(LANES), np.uint64(HALF)
_SLOT_BITS, _SHIFT = np.uint64((1 << 15) - 1), np.uint64(15)


if config.DISABLE_JIT:

    def _add_lanes(out, place, values, source):
        lanes = _BYTES // out.itemsize
        out[place : place + lanes] += values[source : source + lanes]

    def _close_row(sums, worth, k, steps, moved):
        row = slice(k, k + LANES)
        step = sums[:LANES] + worth[row] * sums[LANES:]
        steps[row] += step
        sums[:LANES] = step
        moved += np.abs(step)

    def _scale_row(values, source, inverse, k, out, target):
        out[target : target + LANES] = values[source : source + LANES] * inverse[k : k + LANES]

    def _add_row(values, source, inverse, k, out, target):
        out[target : target + LANES] += values[source : source + LANES] * inverse[k : k + LANES]

else:

    def _point(made: Any, array: int, index: Any, lanes: int) -> Any:
        """Return a pointer to `lanes` neighbours of argument `array`, from `index` on."""
        context, builder, signature, arguments = made
        kind = signature.args[array]
        data = context.make_array(kind)(context, builder, arguments[array]).data
        vector = ir.VectorType(context.get_value_type(kind.dtype), lanes)
        return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())

    def _aligned(instruction: Any, vector: Any) -> Any:
        instruction.align = 4 if isinstance(vector.element, ir.FloatType) else 8
        return instruction

    def _load(builder: Any, pointer: Any) -> Any:
        return _aligned(builder.load(pointer), pointer.type.pointee)

    def _store(builder: Any, value: Any, pointer: Any) -> None:
        _aligned(builder.store(value, pointer), value.type)

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def _add_lanes(typing: Any, out: Any, place: Any, values: Any, source: Any) -> Any:
        """Add 32 bytes of `values` from `source` on to those of `out` from `place` on."""
        lanes = _BYTES * 8 // out.dtype.bitwidth

        def write(*made: Any) -> Any:
            context, builder, _, arguments = made
            target = _point(made, 0, arguments[1], lanes)
            terms = _load(builder, target), _load(builder, _point(made, 2, arguments[3], lanes))
            _store(builder, builder.fadd(*terms), target)
            return context.get_dummy_value()

        return types.void(out, place, values, source), write

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def _close_row(typing: Any, sums: Any, worth: Any, k: Any, steps: Any, moved: Any) -> Any:
        """Join a row's sums into its step, in place of the first; add it to `steps`, its size to `moved`."""

        def write(*made: Any) -> Any:
            context, builder, _, arguments = made
            at, first, behind = arguments[2], *(ir.Constant(ir.IntType(64), i) for i in (0, LANES))
            one_way, mutual, rho, before, moves = (
                _load(builder, _point(made, array, index, LANES))
                for array, index in ((0, first), (0, behind), (1, at), (3, at), (4, first))
            )
            step = builder.fadd(one_way, builder.fmul(rho, mutual))
            _store(builder, step, _point(made, 0, first, LANES))
            _store(builder, builder.fadd(before, step), _point(made, 3, at, LANES))
            words = ir.VectorType(ir.IntType(32), LANES)
            unsigned = ir.Constant(words, [0x7FFFFFFF] * LANES)
            size = builder.bitcast(builder.and_(builder.bitcast(step, words), unsigned), step.type)
            total = builder.fadd(moves, builder.fpext(size, moves.type))
            _store(builder, total, _point(made, 4, first, LANES))
            return context.get_dummy_value()

        return types.void(sums, worth, k, steps, moved), write

    def _multiply(made: Any) -> tuple[Any, Any]:
        """Return the product of lanes of arguments 0 and 2, and a pointer to those of argument 4."""
        builder, arguments = made[1], made[3]
        factors = (_load(builder, _point(made, array, arguments[array + 1], LANES)) for array in (0, 2))
        return builder.fmul(*factors), _point(made, 4, arguments[5], LANES)

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def _scale_row(typing: Any, values: Any, source: Any, inverse: Any, k: Any, out: Any, target: Any) -> Any:
        """Write the lanes of `values` from `source` on, times those of `inverse` from `k` on."""

        def write(*made: Any) -> Any:
            _store(made[1], *_multiply(made))
            return made[0].get_dummy_value()

        return types.void(values, source, inverse, k, out, target), write

    @intrinsic  # type: ignore[untyped-decorator] # numba is untyped
    def _add_row(typing: Any, values: Any, source: Any, inverse: Any, k: Any, out: Any, target: Any) -> Any:
        """Add the lanes of `values` from `source` on, times those of `inverse` from `k` on."""

        def write(*made: Any) -> Any:
            product, place = _multiply(made)
            _store(made[1], made[1].fadd(_load(made[1], place), product), place)
            return made[0].get_dummy_value()

        return types.void(values, source, inverse, k, out, target), write


@compiled
def gather_lanes(cell, spread, values, behind, out):
    """Add up, for every slot of a partition, the lanes of the followers in `cell`; O(its follows).

    Parameters
    ----------
    cell : Cell
        See `influencegraph.layouts.partitioned`.
    spread : int
        Accounts in a block of runs.
    values : float32 or float64, flat, doubled
        Attention per weight: eight lanes of float32 or four of float64 for each account.
    behind : uint64
        In accounts; 0 where nothing is doubled.
    out : out, as `values`, flat
        As many for each slot.
    """
    width = np.uint64(_BYTES // values.itemsize)
    for k in range(np.uint64(out.size)):
        out[k] = 0
    places = cell.places
    i, run = _ZERO, _ZERO
    for half in range(np.uint64(cell.ends.size)):
        block = np.uint64(cell.first_block) + (half >> _ONE)
        base = block * np.uint64(spread) + (half & _ONE) * behind
        while run < np.uint64(cell.ends[half]):
            end = i + np.uint64(cell.lengths[run])
            slot = np.uint64(cell.run_slots[run]) * width
            while i < end:
                _add_lanes(out, slot, values, (base + np.uint64(places[i])) * width)
                i += _ONE
            run += _ONE
    slots, sources = cell.slots, cell.sources
    message = _ZERO
    if behind == 0:
        for i in range(np.uint64(slots.size)):
            slot = np.uint64(slots[i])
            message += slot >> _SHIFT
            source = np.uint64(sources[message - _ONE])
            _add_lanes(out, (slot & _SLOT_BITS) * width, values, source * width)
    else:
        for i in range(np.uint64(slots.size)):
            slot = np.uint64(slots[i])
            message += slot >> _SHIFT
            source = np.uint64(sources[message - _ONE]) + (slot & _ONE) * behind
            _add_lanes(out, (slot & _SLOT_BITS) * width, values, source * width)


@compiled
def close_lanes(sums, first, last, launch, worth, out):
    """Join the sums of a partition's cells into the step of its accounts; O(accounts x cells).

    Parameters
    ----------
    sums : float32 (cells, slots x 8)
    launch, worth : float32, flat
    out : out, float32, flat
        ``launch + one-way + worth mutual``, from `first` to `last`.
    """
    for cell in range(1, sums.shape[0]):
        for k in range(np.uint64(sums.shape[1])):
            sums[0, k] += sums[cell, k]
    for i in range(np.uint64(last - first)):
        k = (np.uint64(first) + i) * _LANES
        own = i * _TWO * _LANES
        for lane in range(_LANES):
            out[k + lane] = (
                launch[k + lane] + sums[0, own + lane] + worth[k + lane] * sums[0, own + _LANES + lane]
            )


@compiled
def close_half(sums, first, last, launch, worth, damping, roundings, reach, stepped, out_sums):
    """Join sums into one exact-but-for-rounding step of four lanes, and add up what a certificate asks.

    O(accounts x cells).

    Parameters
    ----------
    sums : float64 (cells, slots x 4)
    launch, worth : four of float64 (n_accounts,)
    damping : float64 (4,)
    roundings : float64 (n_accounts,)
        Operations behind each step.
    reach : four of float64 (n_accounts,)
    stepped : out, four of float64 (n_accounts,)
        ``launch + damping (one-way + worth mutual)``, from `first` to `last`.
    out_sums : out, float64 (4, 3)
        Of each lane, over these accounts: ``|stepped - reach|``; ``(roundings + 1) stepped``; attention
        that evaporated, ``(1 - worth) mutual``.
    """
    for cell in range(1, sums.shape[0]):
        for k in range(np.uint64(sums.shape[1])):
            sums[0, k] += sums[cell, k]
    for lane in range(_HALF):
        residual, noise, evaporated = 0.0, 0.0, 0.0
        started, rho = launch[lane], worth[lane]
        for i in range(np.uint64(last - first)):
            v = np.uint64(first) + i
            mutual = sums[0, (i * _TWO + _ONE) * _HALF + lane]
            value = started[v] + damping[lane] * (sums[0, i * _TWO * _HALF + lane] + rho[v] * mutual)
            stepped[lane][v] = value
            residual += abs(value - reach[lane][v])
            noise += (roundings[v] + 1.0) * value
            evaporated += (1.0 - rho[v]) * mutual
        out_sums[lane, 0], out_sums[lane, 1], out_sums[lane, 2] = residual, noise, evaporated


@compiled
def pull_half(
    followers, mutual_start, per_weight, behind, first, last, launch, worth, damping, roundings, reach,
    stepped, out_sums,
):  # fmt: skip
    """Step four lanes of accounts who follow nobody; O(follows of rows `first` to `last`).

    Their reach is read by no row: it is set to its own step. Otherwise as `close_half`; ``per_weight`` is
    flat, float64 (n_spreading x 4,), doubled, and `behind` in accounts.
    """
    sums = np.zeros(2 * HALF)
    out_sums[:] = 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        sums[:] = 0.0
        cut = np.uint64(mutual_start[v])
        for i in range(np.uint64(followers.indptr[v]), np.uint64(followers.indptr[v + _ONE])):
            source = np.uint64(followers.indices[i]) + (_ZERO if i < cut else behind)
            _add_lanes(sums, _ZERO if i < cut else _HALF, per_weight, source * _HALF)
        for lane in range(_HALF):
            mutual, rho = sums[_HALF + lane], worth[lane][v]
            value = launch[lane][v] + damping[lane] * (sums[lane] + rho * mutual)
            stepped[lane][v] = value
            reach[lane][v] = value
            out_sums[lane, 1] += (roundings[v] + 1.0) * value
            out_sums[lane, 2] += (1.0 - rho) * mutual


@compiled
def open_lanes(launch, inverse, regard, damping, first, last, out_reach, out_inverse, out_per_weight):
    """Begin with the launch, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    launch : float32, flat
    inverse : float32 (n_spreading,)
        ``1 / W_u``.
    regard : float32, flat
        ``c_u``; empty where nothing is doubled.
    damping : float32 (8,)
    out_reach : out, float32, flat
        The launch.
    out_inverse, out_per_weight : out, float32, flat, doubled
        ``damping / W_u``, and that times the launch; both times ``c_u`` behind.
    """
    behind = np.uint64(out_reach.size)
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(_LANES):
            k = v * _LANES + lane
            passed = inverse[v] * damping[lane]
            out_reach[k] = launch[k]
            out_inverse[k] = passed
            out_per_weight[k] = launch[k] * passed
            if regard.size:
                passed *= regard[k]
                out_inverse[behind + k] = passed
                out_per_weight[behind + k] = launch[k] * passed


@compiled
def close_tail(stepped, inverse, first, last, split, reach, per_weight, out_change):
    """Take over the step of accounts `first` to `last`, which are in the tail; O(accounts).

    As `influencegraph.kernels.mix.close_tail`, every array of accounts flat; `inverse` as well.
    """
    origin = np.uint64(split) * _LANES
    if per_weight.size > reach.size:
        behind, tail = np.uint64(reach.size), np.uint64(reach.size) - origin
        for k in range(np.uint64(first) * _LANES, np.uint64(last) * _LANES):
            out_change[tail + k - origin] = (stepped[k] - reach[k]) * inverse[behind + k]
            per_weight[behind + k] = stepped[k] * inverse[behind + k]
    for k in range(np.uint64(first) * _LANES, np.uint64(last) * _LANES):
        change = (stepped[k] - reach[k]) * inverse[k]
        reach[k] = stepped[k]
        per_weight[k] = stepped[k] * inverse[k]
        out_change[k - origin] = change


@compiled
def step_tail(indptr, middle, sources, change, worth, inverse, first, last, out_steps, out_change, out_moved):
    """Pass a change on along the follows within the tail, rows `first` to `last`; O(their follows).

    As `influencegraph.kernels.mix.step_tail`; ``out_moved`` is float64 (8,), the sums of the changes.
    """
    sums = np.zeros(2 * LANES, np.float32)
    out_moved[:] = 0.0
    is_split, rows = inverse.size > worth.size, np.uint64(worth.size)
    behind = np.uint64(change.size // 2) if is_split else _ZERO
    for row in range(np.uint64(first), np.uint64(last)):
        sums[:] = 0
        cut = np.uint64(middle[row])
        for i in range(np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])):
            source = np.uint64(sources[i]) * _LANES + (_ZERO if i < cut else behind)
            _add_lanes(sums, _ZERO if i < cut else _LANES, change, source)
        own = row * _LANES
        _close_row(sums, worth, own, out_steps, out_moved)
        _scale_row(sums, _ZERO, inverse, own, out_change, own)
        if is_split:
            _scale_row(sums, _ZERO, inverse, rows + own, out_change, rows + own)


@compiled
def add_tail(rows, first, last, steps, inverse, split, reach, per_weight):
    """Add the steps of the tail's rows `first` to `last` to their accounts, and set them to 0; O(rows)."""
    is_split, behind, size = per_weight.size > reach.size, np.uint64(reach.size), np.uint64(steps.size)
    for row in range(np.uint64(first), np.uint64(last)):
        own, account = row * _LANES, (np.uint64(rows[row]) + np.uint64(split)) * _LANES
        _add_lanes(reach, account, steps, own)
        _add_row(steps, own, inverse, own, per_weight, account)
        if is_split:
            _add_row(steps, own, inverse, size + own, per_weight, behind + account)
        for lane in range(_LANES):
            steps[own + lane] = 0


@compiled
def measure_residual(steps, residuals, reach, newest, used, first, last, out_dots):
    """Write the residual of accounts `first` to `last`, and its products with earlier ones; O(used accounts).

    As `influencegraph.kernels.mix.measure_residual`; ``out_dots`` is float64 (memory + 2, 8).
    """
    start, stop = np.uint64(first) * _LANES, np.uint64(last) * _LANES
    for k in range(start, stop):
        residuals[newest, k] = steps[newest, k] - reach[k]
    out_dots[:] = 0.0
    for row in range(used):
        for k in range(start, stop, _LANES):
            for lane in range(_LANES):
                out_dots[row, lane] += np.float64(residuals[newest, k + lane]) * residuals[row, k + lane]
    for k in range(start, stop, _LANES):
        for lane in range(_LANES):
            out_dots[-2, lane] += abs(residuals[newest, k + lane])
            out_dots[-1, lane] += abs(steps[newest, k + lane])


@compiled
def mix_steps(steps, shares, inverse, first, last, reach, per_weight):
    """Write ``sum shares steps`` as the new reach of accounts `first` to `last`; O(memory x accounts).

    As `influencegraph.kernels.mix.mix_steps`; ``shares`` is float32 (memory, 8), arrays of accounts flat.
    """
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(_LANES):
            k = v * _LANES + lane
            value = np.float32(0)
            for row in range(shares.shape[0]):
                value += shares[row, lane] * steps[row, k]
            reach[k] = value
            per_weight[k] = value * inverse[k]
    if per_weight.size > reach.size:
        behind = np.uint64(reach.size)
        for k in range(np.uint64(first) * _LANES, np.uint64(last) * _LANES):
            per_weight[behind + k] = reach[k] * inverse[behind + k]
